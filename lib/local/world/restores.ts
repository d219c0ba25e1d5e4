// Makes the instance that a restore yields: it is there at once, being created, and Running a while later.
import { shortHash } from '../../base/hash';
import { type Instant, plusMs } from '../../base/instant';
import { nextAutomatic } from './automatic';
import type { OrderState } from './copy-state';
import type { WorldDelta } from './deltas';
import type { RdsKnobs } from './knobs';
import { completeSettings } from './settings';
import type { IdSource } from './settle';
import { CREATING_STATUS, type DatabaseSpec, type InstanceSpec, type InstanceState, RESTORING_STATUS } from './state';

/** What the new instance is to be. */
export interface NewInstance {
  readonly regionId: string;
  readonly zoneId: string | undefined;
  readonly instanceClass: string | undefined;
  readonly storageGb: number | undefined;
  readonly storageType: string | undefined;
  readonly category: string | undefined;
  readonly payType: string;
  readonly description: string | undefined;
  readonly resourceGroupId: string | undefined;
  readonly databases: readonly DatabaseSpec[];
}

export interface OrderIdentity {
  readonly key: string | undefined;
  readonly digest: string;
}

export interface RestoreOptions {
  readonly now: Instant;
  readonly ids: IdSource;
  readonly knobs: RdsKnobs;
}

/** The order, and the changes that it makes. Its settings are the service's defaults, and it is not copied anywhere. */
export function orderInstance(
  source: InstanceState,
  wish: NewInstance,
  identity: OrderIdentity,
  options: RestoreOptions,
): { readonly order: OrderState; readonly changes: readonly WorldDelta[] } {
  const { now, ids, knobs } = options;
  const orderId = String(ids.orderId());
  const spec = newSpec(source.spec, wish, orderId, now);
  const instanceId = spec.id;
  const readyAt = plusMs(now, durationMs(source.spec, knobs));
  const order: OrderState = { key: identity.key ?? `order:${orderId}`, digest: identity.digest, orderId, instanceId, at: now };
  return {
    order,
    changes: [
      { kind: 'instance', spec },
      { kind: 'busy', instanceId, until: readyAt },
      { kind: 'automatic', instanceId, at: nextAutomatic(spec, readyAt) ?? null },
      { kind: 'order', order },
    ],
  };
}

/** The order, and the changes by which databases come into an instance that is there. */
export function orderDatabases(
  target: InstanceState,
  databases: readonly DatabaseSpec[],
  identity: OrderIdentity,
  options: RestoreOptions,
): { readonly order: OrderState; readonly changes: readonly WorldDelta[] } {
  const { now, ids, knobs } = options;
  const { spec } = target;
  const orderId = String(ids.orderId());
  const order: OrderState = { key: identity.key ?? `order:${orderId}`, digest: identity.digest, orderId, instanceId: spec.id, at: now };
  const known = new Set(spec.databases.map((database) => database.name));
  const added = databases.filter((database) => !known.has(database.name)).map(({ name }) => ({ name, status: 'Creating' }) as const);
  return {
    order,
    changes: [
      { kind: 'instance', spec: { ...spec, status: RESTORING_STATUS, databases: [...spec.databases, ...added] } },
      { kind: 'busy', instanceId: spec.id, until: plusMs(now, durationMs(spec, knobs)) },
      { kind: 'order', order },
    ],
  };
}

function durationMs(spec: InstanceSpec, { restores }: RdsKnobs): number {
  return restores.baseMs + restores.perGbMs * spec.usedGb;
}

function newSpec(source: InstanceSpec, wish: NewInstance, orderId: string, now: Instant): InstanceSpec {
  const { engine, engineVersion } = source;
  const { regionId, category = source.category, storageType = source.storageType } = wish;
  return {
    id: `${engine === 'PostgreSQL' ? 'pgm' : 'rm'}-${shortHash(`restored:${source.id}:${orderId}`, 17)}`,
    accountId: source.accountId,
    regionId,
    zoneId: wish.zoneId ?? `${regionId}-h`,
    description: wish.description ?? '',
    engine,
    engineVersion,
    category,
    storageType,
    instanceClass: wish.instanceClass ?? source.instanceClass,
    role: 'Primary',
    status: CREATING_STATUS,
    lockMode: 'Unlock',
    lockReason: '',
    payType: wish.payType,
    createdAt: now,
    resourceGroupId: wish.resourceGroupId ?? source.resourceGroupId,
    storageGb: wish.storageGb ?? source.storageGb,
    usedGb: source.usedGb,
    tags: {},
    databases: wish.databases,
    settings: completeSettings({ engine, engineVersion, category, storageType }),
  };
}
