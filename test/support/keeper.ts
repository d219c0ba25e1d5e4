// A whole keeper on the local cloud and the virtual clock: the official SDKs, the real wire, no time lost.
import { makeDeadline } from '../../lib/base/deadline';
import { HOUR_MS, type Instant, parseInstant } from '../../lib/base/instant';
import { type Logger, silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import type { ShardWork } from '../../lib/domain/open-task';
import type { CompiledPolicy } from '../../lib/domain/protection-policy';
import type { RunSummary, Trigger } from '../../lib/domain/run';
import type { Intent } from '../../lib/domain/slot';
import type { SlotVerdict, Verdict } from '../../lib/domain/verdict';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../lib/local';
import type { FleetMember } from '../../lib/local/fleet';
import { runExtendExpiry } from '../../lib/run/extend-expiry';
import { runExtraBackup } from '../../lib/run/extra-backup';
import { runRetentionHygiene } from '../../lib/run/hygiene/run';
import { planRun } from '../../lib/run/plan';
import { runReconcile } from '../../lib/run/reconcile';
import type { Plan, PlannedFunction, RunPorts, RunRequest } from '../../lib/run/types';
import { runVerifyCrossRegion } from '../../lib/run/verify/run';
import { type House, openHouse } from '../../lib/wire/house';
import { makeVirtualClock, type VirtualClock } from './virtual-clock';

export interface KeeperOptions {
  readonly fleet: readonly FleetMember[];
  /** keeper.yaml. */
  readonly policy: string;
  readonly start?: string;
  readonly cloud?: Partial<LocalCloudOptions>;
  /** Leaves the ledger as it is: not even tables. */
  readonly withoutLedger?: boolean;
  readonly logger?: Logger;
}

export interface TestRun {
  readonly summary: RunSummary;
  readonly verdicts: readonly SlotVerdict[];
}

export interface RunOptions {
  readonly ports?: RunPorts;
  /** The timer's name; equal names at equal times are one delivery. */
  readonly timer?: string;
  readonly asOf?: Instant;
  readonly instances?: readonly string[];
  readonly dryRun?: boolean;
  /** Instead of the keeper's own. */
  readonly policy?: CompiledPolicy;
  /** What is left of the function's time; an hour unless told. */
  readonly remainingMs?: number;
  /** The run is a worker's. */
  readonly shard?: ShardWork;
  /** Instead of the timer's own. */
  readonly trigger?: Trigger;
}

export interface TestKeeper {
  readonly clock: VirtualClock;
  readonly cloud: LocalCloud;
  readonly policy: CompiledPolicy;
  readonly house: House;
  /** Another worker: its own connections, the same cloud and ledger. */
  openHouse(env?: Record<string, string>): House;
  tick(options?: RunOptions): Promise<TestRun>;
  reconcile(options?: RunOptions): Promise<TestRun>;
  extend(options?: RunOptions): Promise<TestRun>;
  hygiene(options?: RunOptions): Promise<TestRun>;
  verify(options?: RunOptions): Promise<TestRun>;
  plan(name?: PlannedFunction): Promise<Plan>;
  /** Moves the world to this time of its own. */
  goTo(iso: string): void;
  /** When the instance's manual backups started, oldest first: what really happened. */
  manualStarts(instanceId: string): string[];
  /** The ids of the manual sets that the world holds, oldest first. */
  manualSets(instanceId: string): string[];
  intents(): Promise<readonly Intent[]>;
  close(): Promise<void>;
}

/** Start of every test world unless told: a Saturday, 09:00 in China. */
const START = '2026-11-21T01:00:00Z';

export async function startKeeper(options: KeeperOptions): Promise<TestKeeper> {
  const clock = makeVirtualClock(options.start ?? START);
  const { policy } = loadPolicyText(options.policy, 'keeper.yaml');
  const cloud = await startLocalCloud({ clock, fleet: { members: () => options.fleet }, tablestore: { notReadyMs: 0 }, ...options.cloud });
  const houses: House[] = [];
  const open = (env: Record<string, string> = {}): House => {
    const { accessKeyId, accessKeySecret } = cloud.credentials;
    const house = openHouse({
      env: { ...cloud.environment, ...env },
      policy,
      clock,
      random: () => 0.5,
      logger: options.logger ?? silentLogger,
      functionCredentials: { accessKeyId, accessKeySecret },
    });
    houses.push(house);
    return house;
  };
  const close = async (): Promise<void> => {
    for (const each of houses) each.close();
    await cloud.close();
    jest.useRealTimers();
  };
  const house = open();
  if (options.withoutLedger !== true) {
    await house.ledger.init(clock.now()).catch(async (error: unknown) => {
      await close();
      throw error;
    });
  }

  const run = async (useCase: typeof runExtraBackup, given: RunOptions): Promise<TestRun> => {
    const verdicts: SlotVerdict[] = [];
    const request = requestOf(policy, clock, given);
    const summary = await useCase(request, given.ports ?? open().ports, { onVerdict: (verdict) => verdicts.push(verdict) });
    return { summary, verdicts };
  };
  return {
    clock,
    cloud,
    policy,
    house,
    openHouse: open,
    tick: (given = {}) => run(runExtraBackup, { timer: 'tick', ...given }),
    reconcile: (given = {}) => run(runReconcile, { timer: 'reconcile', ...given }),
    extend: (given = {}) => run(runExtendExpiry, { timer: 'extend', ...given }),
    verify: (given = {}) => run(runVerifyCrossRegion, { timer: 'verify', ...given }),
    hygiene: (given = {}) => run(runRetentionHygiene, { timer: 'hygiene', ...given }),
    plan: (name = 'extra-backup') => planRun(name, requestOf(policy, clock, { dryRun: true }), open().ports),
    goTo: (iso) => clock.advance((parseInstant(iso) as Instant) - clock.now()), // the callers pass literals
    manualStarts: (instanceId) => manualStartsOf(cloud, clock, instanceId),
    manualSets: (instanceId) => manualSetsOf(cloud, clock, instanceId),
    intents: () => allIntents(house),
    close,
  };
}

function requestOf(policy: CompiledPolicy, clock: VirtualClock, given: RunOptions): RunRequest {
  const asOf = given.asOf ?? clock.now();
  return {
    trigger: given.trigger ?? { type: 'timer', id: given.timer ?? 'tick', time: asOf },
    asOf,
    dryRun: given.dryRun === true,
    policy: given.policy ?? policy,
    deadline: makeDeadline(clock, given.remainingMs ?? HOUR_MS, 1_000),
    ...(given.instances === undefined ? {} : { instances: given.instances }),
    ...(given.shard === undefined ? {} : { shard: given.shard }),
  };
}

function manualStartsOf(cloud: LocalCloud, clock: VirtualClock, instanceId: string): string[] {
  cloud.world.settle(clock.now());
  const starts = cloud.world.find(instanceId)?.starts ?? [];
  return starts.filter((start) => start.mode === 'Manual').map((start) => new Date(start.at).toISOString());
}

function manualSetsOf(cloud: LocalCloud, clock: VirtualClock, instanceId: string): string[] {
  cloud.world.settle(clock.now());
  const sets = cloud.world.find(instanceId)?.sets ?? [];
  return sets
    .filter((set) => set.mode === 'Manual')
    .sort((a, b) => a.startedAt - b.startedAt)
    .map((set) => set.id);
}

/** Every unfinished intent. */
async function allIntents(house: House): Promise<readonly Intent[]> {
  const intents: Intent[] = [];
  for await (const page of house.ledger.listOpenIntents()) intents.push(...page);
  return intents;
}

/** The verdicts on one instance, in order. */
export function verdictsOn(run: TestRun, instanceId: string): Verdict[] {
  return run.verdicts.filter((verdict) => verdict.instanceId === instanceId).map((verdict) => verdict.verdict);
}

/** A policy for both sample regions with these rules, in YAML. */
export function policyWith(rules: string, more = ''): string {
  return `timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\n${more}\nextraBackups:\n${rules}`;
}

export const HOURLY = '  - { name: hourly, schedule: "0 * * * *" }\n';
export const DAILY_AT_TWO = '  - { name: daily, schedule: "0 2 * * *" }\n';
