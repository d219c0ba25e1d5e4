// The world of the restore scenarios: instances with sets and copies, restores asked for by key, and the instances that came of them.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS, type Instant } from '../../../lib/base/instant';
import type { CrossRegionCopy } from '../../../lib/domain/cross-region';
import type { Fault } from '../../../lib/local/kinds';
import type { RestoreWish, TableWish } from '../../../lib/policy/restore-types';
import { planRestore, type RestorePlan } from '../../../lib/run/restore/plan';
import { type StartedRestore, startRestore } from '../../../lib/run/restore/start';
import { type RestoreView, readRestores } from '../../../lib/run/restore/status';
import { shardsOf } from '../../../lib/run/shards';
import type { RunPorts } from '../../../lib/run/types';
import { startKeeper, type TestKeeper } from '../../support/keeper';

const COPIED = { destination: 'cn-shanghai', logs: true } as const;
export const FLEET = [
  { id: 'rm-one', engine: 'MySQL' as const, databases: ['orders', 'invoices'], usedGb: 10, crossRegion: COPIED },
  { id: 'pg-one', engine: 'PostgreSQL' as const, usedGb: 10, crossRegion: COPIED },
  { id: 'rm-cloud', engine: 'MySQL' as const, storageType: 'cloud_essd', usedGb: 10, crossRegion: COPIED },
  { id: 'rm-two', engine: 'MySQL' as const, databases: ['app'], usedGb: 10 },
];
/** cn-shanghai, where the copies lie, is not a region of the policy. */
export const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\nextraBackups: []\n';

export const BLANK: Omit<RestoreWish, 'from'> = {
  kind: 'new-instance',
  instanceId: 'rm-one',
  copyRegion: undefined,
  region: undefined,
  engine: undefined,
  engineVersion: undefined,
  instanceClass: undefined,
  storageGb: undefined,
  disk: undefined,
  description: undefined,
  vpcId: undefined,
  vSwitchId: undefined,
  zoneId: undefined,
  allowedAddresses: [],
};

export interface RestoreWorld {
  readonly keeper: TestKeeper;
  copiesOf(instanceId: string): Promise<readonly CrossRegionCopy[]>;
  newestCopy(instanceId?: string): Promise<CrossRegionCopy>;
  newestSet(instanceId?: string): string;
  plan(wish: RestoreWish | TableWish): Promise<RestorePlan>;
  start(wish: RestoreWish | TableWish, given?: { readonly key?: string; readonly ports?: RunPorts; readonly asOf?: Instant }): Promise<StartedRestore>;
  status(key?: string): Promise<readonly RestoreView[]>;
  /** What the world has that was not there when it began. */
  made(): readonly { readonly id: string; readonly regionId: string; readonly storageGb: number; readonly instanceClass: string }[];
  /** Databases of an instance, in the world's order. */
  databasesOf(instanceId: string): readonly string[];
  fail(fault: Pick<Fault, 'operation' | 'effect' | 'reply'> & Partial<Fault>): void;
  close(): Promise<void>;
}

export async function startRestoreWorld(): Promise<RestoreWorld> {
  const keeper = await startKeeper({ fleet: FLEET, policy: POLICY });
  const { clock, cloud } = keeper;
  const known = new Set(FLEET.map(({ id }) => id));
  const world: RestoreWorld = {
    keeper,
    copiesOf: (instanceId) => {
      const gateway = keeper.house.ports.gatewayOf({ account: 'default', region: 'cn-hangzhou' });
      return gateway.listCopies(instanceId, 'cn-shanghai', { from: 0 as Instant, to: clock.now() }); // the beginning of all time
    },
    newestCopy: async (instanceId = 'rm-one') => {
      const copy = (await world.copiesOf(instanceId)).findLast(({ status }) => status === 'success');
      if (copy === undefined) throw new Error(`${instanceId} has no copy`);
      return copy;
    },
    newestSet: (instanceId = 'rm-one') => {
      const set = cloud.world.find(instanceId)?.sets.at(-1);
      if (set === undefined) throw new Error(`${instanceId} has no set`);
      return set.id;
    },
    plan: (wish) => {
      const { gatewayOf } = keeper.openHouse().ports;
      return planRestore({ shards: shardsOf(keeper.policy, gatewayOf), gatewayOf, asOf: clock.now() }, wish);
    },
    start: (wish, { key = 'drill', ports = keeper.openHouse().ports, asOf = clock.now() } = {}) => {
      const trigger = { type: 'cli', id: 'keeper', time: asOf } as const;
      return startRestore({ trigger, asOf, dryRun: false, policy: keeper.policy, deadline: makeDeadline(clock, HOUR_MS, 1_000) }, ports, wish, key);
    },
    status: (key) => readRestores(keeper.openHouse().ports, { limit: 20, ...(key === undefined ? {} : { key }) }),
    made: () => {
      cloud.world.settle(clock.now());
      return [...cloud.world.all()].map(({ spec }) => spec).filter(({ id }) => !known.has(id));
    },
    databasesOf: (instanceId) => (cloud.world.find(instanceId)?.spec.databases ?? []).map(({ name }) => name),
    fail: (fault) => cloud.faults.add({ service: 'rds', ...fault }),
    close: () => keeper.close(),
  };
  return world;
}
