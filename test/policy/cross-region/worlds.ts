// Generated worlds of one instance with copies in another region: healthy ones, and what goes wrong in them. 0 is the dull choice everywhere.
import fc from 'fast-check';
import { type Instant, instant } from '../../../lib/base/instant';
import type { BackupSet } from '../../../lib/domain/backup';
import type { CrossRegionCopy, CrossRegionSettings, LogFile } from '../../../lib/domain/cross-region';
import type { Instance } from '../../../lib/domain/instance';
import type { Finding } from '../../../lib/domain/verdict';
import { crossRegionDrifted, crossRegionNotCorrectable } from '../../../lib/policy/cross-region/findings';
import { decideCrossRegion } from '../../../lib/policy/cross-region/settings';
import type { CopiesInput, EarlierSight } from '../../../lib/policy/cross-region/types';
import { verifyCopies } from '../../../lib/policy/cross-region/verify';
import { at, DAY, HOUR, MINUTE, makeCopy, makeCrossRegionPolicy, makeCrossRegionSettings, makeInstance, makeLogFile, makeSet } from '../fixtures';

export const AS_OF = at('2026-11-21T02:05:00Z');
const LOOK_BACK = 7 * DAY;
/** What the service calls them does not matter to policy; that they are two does. */
export const DESTINATIONS = ['cn-shanghai', 'cn-beijing', 'cn-qingdao'];

const INSTANCES: readonly (readonly [Partial<Instance>, BackupSet['method']])[] = [
  [{}, 'physical'],
  [{ engine: 'postgresql', engineVersion: '16.0', storage: 'cloud-disk' }, 'snapshot'],
  [{ engine: 'postgresql', engineVersion: '10.0' }, 'physical'],
  [{ engine: 'sqlserver', engineVersion: '2019_std', storage: 'cloud-disk' }, 'physical'],
  [{ engine: 'sqlserver', engineVersion: '2019_ent', storage: 'cloud-disk', edition: 'cluster' }, 'snapshot'],
];

// Made once: reading their times takes longer than all else about a world.
const DULL_SET = makeSet();
const DULL_COPY = makeCopy();
const DULL_LOG = makeLogFile();

/** Everything that a world is made of; each number says how much of something. */
const traits = fc.record({
  kind: fc.nat({ max: INSTANCES.length - 1 }),
  intervalHours: fc.integer({ min: 4, max: 26 }),
  jitter: fc.nat({ max: 9_999 }),
  durationMinutes: fc.integer({ min: 3, max: 90 }),
  lag: fc.nat({ max: 9_999 }),
  maxLagHours: fc.integer({ min: 1, max: 12 }),
  localRetentionDays: fc.integer({ min: 8, max: 30 }),
  longerRetentionDays: fc.nat({ max: 60 }),
  newestAgeMinutes: fc.nat({ max: 26 * 60 }),
  saysMinutesOnly: fc.boolean(),
  saysConsistency: fc.boolean(),
  enabledDaysAgo: fc.constantFrom(undefined, 400, 400, 3),
  incrementals: fc.boolean(),
  extras: fc.boolean(),
  logs: fc.boolean(),
  logMinutes: fc.integer({ min: 20, max: 60 }),
  logSlackSeconds: fc.nat({ max: 59 }),
  hasRpo: fc.boolean(),
  asksWindows: fc.boolean(),
  runEveryHours: fc.constantFrom(undefined, 1, 6, 24),
  destination: fc.nat({ max: DESTINATIONS.length - 1 }),
  namesDestination: fc.boolean(),
  choice: fc.nat(),
});
export type Traits = typeof traits extends fc.Arbitrary<infer T> ? T : never;

export interface World {
  readonly traits: Traits;
  readonly input: CopiesInput;
}

export const healthyWorld: fc.Arbitrary<World> = traits.map((drawn) => ({ traits: drawn, input: inputOf(drawn) }));

/** All that is said of a world: by its copies, and by its settings. */
export function rulesOf(input: CopiesInput): string[] {
  return [...verifyCopies(input).findings, ...driftFindings(input)].map(({ rule }) => rule);
}

function driftFindings({ instance, policy, settings }: CopiesInput): readonly Finding[] {
  const drift = decideCrossRegion(instance, policy, settings, DESTINATIONS);
  switch (drift.action) {
    case 'report':
      return [crossRegionDrifted(instance.id, drift)];
    case 'not-correctable':
      return [crossRegionNotCorrectable(instance.id, drift)];
    default:
      return [];
  }
}

function inputOf(world: Traits): CopiesInput {
  const [instance, method] = INSTANCES[world.kind] as (typeof INSTANCES)[number]; // drawn within the list
  const maxLagMs = world.maxLagHours * HOUR;
  const settings = settingsOf(world);
  const sets = setsOf(world, method);
  const arrivals = new Map(sets.map((set, index) => [set.id, instant(set.endedAt + (spread(world.lag, index, 100) / 100) * maxLagMs)]));
  const isCopied = (set: BackupSet): boolean =>
    (arrivals.get(set.id) ?? AS_OF) <= AS_OF && (settings.enabledAt === undefined || set.startedAt >= settings.enabledAt);
  const copies = sets.filter(isCopied).map((set) => copyOf(set, world, settings.destination ?? ''));
  const localLogs = world.logs ? logsOf(world) : [];
  const copiedLogs = localLogs.filter(({ isComplete, to }) => isComplete && to <= AS_OF - maxLagMs / 2);
  const known = sets.map((set) => (world.saysMinutesOnly ? toMinutes(set) : set));
  return {
    instance: makeInstance(instance),
    policy: makeCrossRegionPolicy({
      destination: world.namesDestination ? settings.destination : undefined,
      retentionDays: { exactly: settings.retentionDays ?? 0 },
      copiesLogs: world.logs,
      maxLagMs,
      // Never tighter than the schedule allows.
      rpoMs: world.hasRpo ? 40 * HOUR + 4 * world.intervalHours * HOUR + maxLagMs : undefined,
      lookBackMs: LOOK_BACK,
    }),
    settings,
    sets: [...known, ...(world.extras ? extraSets() : [])],
    copies,
    named: new Map(),
    localLogs: world.logs ? localLogs : undefined,
    copiedLogs: world.logs ? copiedLogs : undefined,
    localWindow: world.asksWindows ? { from: instant(AS_OF - LOOK_BACK), to: instant(AS_OF - 5 * MINUTE) } : undefined,
    copyWindow: undefined,
    ...(world.asksWindows
      ? { windowsBefore: { localWindow: { from: instant(AS_OF - LOOK_BACK - DAY), to: instant(AS_OF - DAY) }, copyWindow: undefined } }
      : {}),
    ...historyOf(world, known, copies, arrivals),
    probe: { copyId: copies.at(-1)?.id ?? '0', at: AS_OF, answer: { isRestorable: true } },
    asOf: AS_OF,
  };
}

/** 0 to `choices` - 1, another for each index; always 0 for 0. */
function spread(seed: number, index: number, choices: number): number {
  return (seed * (index * 7 + 3)) % choices;
}

function settingsOf(world: Traits): CrossRegionSettings {
  const enabledAt = world.enabledDaysAgo === undefined ? undefined : instant(AS_OF - world.enabledDaysAgo * DAY);
  return makeCrossRegionSettings({
    destination: DESTINATIONS[world.destination],
    retentionDays: world.localRetentionDays + world.longerRetentionDays,
    copiesLogs: world.logs,
    enabledAt,
    logsEnabledAt: world.logs ? enabledAt : undefined,
  });
}

/** Oldest first, from the beginning of what is looked at. */
function setsOf(world: Traits, method: BackupSet['method']): BackupSet[] {
  const newest = AS_OF - world.newestAgeMinutes * MINUTE;
  const count = Math.floor((newest - (AS_OF - LOOK_BACK)) / (world.intervalHours * HOUR));
  return Array.from({ length: count }, (_, index) => {
    const rank = count - index;
    const startedAt = instant(
      newest - (rank - 1) * world.intervalHours * HOUR - spread(world.jitter, index, 61) * MINUTE - world.durationMinutes * MINUTE + index * 1_000,
    );
    const endedAt = instant(startedAt + world.durationMinutes * MINUTE);
    const isIncremental = world.incrementals && method === 'physical' && index % 3 !== 0;
    return {
      ...DULL_SET,
      id: `${900_000 + index}`,
      startedAt,
      endedAt,
      mode: index % 4 === 0 ? 'manual' : 'automated',
      method,
      type: isIncremental ? 'incremental' : 'full',
      sizeBytes: 1_000_000 + index,
      expiresAt: instant(endedAt + world.localRetentionDays * DAY),
    };
  });
}

function copyOf(set: BackupSet, world: Traits, region: string): CrossRegionCopy {
  const { startedAt, endedAt, method, type, sizeBytes } = set;
  const consistentAt = world.saysConsistency ? instant(endedAt - MINUTE) : undefined;
  return { ...DULL_COPY, id: `7${set.id}`, region, startedAt, endedAt, consistentAt, method, type, sizeBytes };
}

function toMinutes(set: BackupSet): BackupSet {
  const floor = (time: Instant): Instant => instant(Math.floor(time / MINUTE) * MINUTE);
  return { ...set, startedAt: floor(set.startedAt), endedAt: floor(set.endedAt) };
}

/** What is never copied, and is nobody's fault. */
function extraSets(): BackupSet[] {
  const long = { startedAt: instant(AS_OF - 2 * DAY - 7 * MINUTE - 13_000), endedAt: instant(AS_OF - 2 * DAY), expiresAt: instant(AS_OF + 40 * DAY) };
  return [
    makeSet({ ...long, id: '1', method: 'logical', scope: { kind: 'databases', databases: ['orders'] } }),
    makeSet({ ...long, id: '2', startedAt: instant(long.startedAt - HOUR), status: 'failed', isAvailable: false }),
    makeSet({ ...long, id: '3', startedAt: instant(long.startedAt - 2 * HOUR), scope: { kind: 'unknown' } }),
  ];
}

/** From before what is looked at, with seconds between the files; the last is still being uploaded. */
function logsOf({ logMinutes, logSlackSeconds }: Traits): LogFile[] {
  const length = logMinutes * MINUTE;
  const count = Math.ceil((LOOK_BACK + HOUR) / length);
  return Array.from({ length: count }, (_, index) => ({
    ...DULL_LOG,
    name: `mysql-bin.${`${index}`.padStart(6, '0')}`,
    from: instant(AS_OF - (count - index) * length),
    to: instant(AS_OF - (count - index - 1) * length - logSlackSeconds * 1_000),
    isComplete: index < count - 1,
  }));
}

/** What runs at these hours would have seen. */
function historyOf(
  { runEveryHours }: Traits,
  sets: readonly BackupSet[],
  copies: readonly CrossRegionCopy[],
  arrivals: ReadonlyMap<string, Instant>,
): Pick<CopiesInput, 'firstSeen' | 'earlier'> {
  if (runEveryHours === undefined) return {};
  const runs = Array.from({ length: 24 }, (_, index) => instant(AS_OF - (24 - index) * runEveryHours * HOUR));
  const earlier = new Map<string, EarlierSight>();
  const firstSeen = new Map<string, Instant>();
  for (const { id, endedAt } of sets) {
    const copy = copies.find((each) => each.id === `7${id}`);
    const arrivedAt = arrivals.get(id) ?? AS_OF;
    const seenAt = runs.find((run) => run >= arrivedAt);
    const absentAt = runs.findLast((run) => run >= endedAt && run < arrivedAt);
    if (copy !== undefined && seenAt !== undefined) firstSeen.set(copy.id, seenAt);
    if (copy !== undefined) earlier.set(id, { copyId: seenAt === undefined ? undefined : copy.id, absentAt });
  }
  return { firstSeen, earlier };
}
