// A local RDS and STS in memory with a virtual clock, and the official SDK pointed at them.
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Client from '@alicloud/rds20140815';
import { makeFaultPlan } from '../../../lib/local/faults';
import { foundWorld } from '../../../lib/local/fleet/found';
import type { FleetMember } from '../../../lib/local/fleet/spec';
import { DEFAULT_USER, type Identities, type IdentitiesOptions, makeIdentities } from '../../../lib/local/identities';
import type { FaultPlan, JournalRecord } from '../../../lib/local/kinds';
import { closeServer, listenOnLoopback } from '../../../lib/local/loopback';
import { makeRdsServer } from '../../../lib/local/rds/service';
import { makeStsServer } from '../../../lib/local/sts/service';
import { completeKnobs, type RdsKnobOptions } from '../../../lib/local/world/knobs';
import { makeJournalledState, makeWorld, type World } from '../../../lib/local/world/world';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

export interface ClientOptions {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly securityToken?: string;
  readonly bearerToken?: string;
  readonly signatureAlgorithm?: string;
}

export interface RdsRig {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly faults: FaultPlan;
  readonly identities: Identities;
  /** What was journalled, in order. */
  readonly records: JournalRecord[];
  readonly endpoint: string;
  readonly stsEndpoint: string;
  readonly client: Client;
  makeClient(options?: ClientOptions): Client;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly fleet?: readonly FleetMember[];
  readonly knobs?: RdsKnobOptions;
  readonly identities?: Omit<IdentitiesOptions, 'now'>;
  readonly clock?: VirtualClock;
  /** Replays these instead of founding a world. */
  readonly records?: readonly JournalRecord[];
}

/** One MySQL instance on local disks, without a past. */
export const ONE_MYSQL: FleetMember = { id: 'rm-one', engine: 'MySQL', usedGb: 10, databases: ['shop', 'crm'], history: { days: 0 } };

export async function startRig(options: RigOptions = {}): Promise<RdsRig> {
  const clock = options.clock ?? makeVirtualClock();
  const records: JournalRecord[] = [...(options.records ?? [])];
  const { state, owner } = makeJournalledState();
  // Through JSON, as a journal on disk would.
  for (const record of records) owner.apply(JSON.parse(JSON.stringify(record.data)));
  const knobs = completeKnobs(options.knobs);
  const world = makeWorld({ state, journal: { append: (batch) => records.push(...batch) }, knobs, now: clock.now });
  if (world.createdAt() === undefined) {
    const fleet = { members: () => options.fleet ?? [ONE_MYSQL] };
    for (const batch of foundWorld(fleet, {
      now: clock.now(),
      knobs,
      firstJobId: state.lastJobId,
      firstBackupId: state.lastBackupId,
      firstCopyId: state.lastCopyId,
    }))
      world.commit(batch);
  }
  const identities = makeIdentities({ now: clock.now, ...options.identities });
  const faults = makeFaultPlan();
  const rds = makeRdsServer({ world, identities, faults, now: clock.now, latencyMs: 0 });
  const sts = makeStsServer({ identities, faults, now: clock.now, latencyMs: 0 });
  const endpoint = `127.0.0.1:${await listenOnLoopback(rds)}`;
  const stsEndpoint = `127.0.0.1:${await listenOnLoopback(sts)}`;
  const makeClient = (given: ClientOptions = {}): Client => makeSdkClient(endpoint, given);
  return {
    clock,
    world,
    faults,
    identities,
    records,
    endpoint,
    stsEndpoint,
    client: makeClient(),
    makeClient,
    close: async () => {
      await closeServer(rds);
      await closeServer(sts);
    },
  };
}

export function makeSdkConfig(endpoint: string, options: ClientOptions = {}): $OpenApiUtil.Config {
  const credentials = options.bearerToken === undefined ? { accessKeyId: DEFAULT_USER.accessKeyId, accessKeySecret: DEFAULT_USER.secret, ...options } : options;
  return new $OpenApiUtil.Config({ ...credentials, protocol: 'http', endpoint, regionId: 'cn-hangzhou', readTimeout: 5000, connectTimeout: 5000 });
}

export function makeSdkClient(endpoint: string, options: ClientOptions = {}): Client {
  return new Client(makeSdkConfig(endpoint, options));
}

/** What a failed SDK call says: status, code and message, without the SDK's own additions. */
export interface SdkFailure {
  readonly name: string;
  readonly statusCode: number | undefined;
  readonly code: string | undefined;
  readonly message: string;
  readonly retryAfter: number | undefined;
  readonly accessDeniedDetail: Readonly<Record<string, unknown>> | undefined;
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<SdkFailure> {
  try {
    await call;
  } catch (error) {
    // The SDK's classes carry these fields without saying so in their types.
    return error as SdkFailure;
  }
  throw new Error('the call succeeded');
}
