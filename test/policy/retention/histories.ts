// Generated histories of backup sets, cheap enough for a hundred thousand of them: each set comes from one number, and 0 is the dull choice everywhere.
import fc from 'fast-check';
import { type Instant, instant } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import type { RetentionPolicy } from '../../../lib/domain/protection-policy';
import type { LogSettings, RetentionInput, TracedSet } from '../../../lib/policy/retention/types';
import { at, DAY, HOUR, makeInstance, makeRetentionPolicy } from '../fixtures';
import { LOGS, makeTraced, NO_LOGS } from './support';

export const ZONES = ['Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'] as const;

/** Around the days on which clocks change, the end of a year, and a day like any other. */
const AS_OFS = ['2026-11-21T02:00:00Z', '2026-11-01T07:30:00Z', '2026-03-29T02:00:00Z', '2027-01-03T16:30:00Z'].map(at);

/** In hours: some hours, days, weeks, or years; a few lie in the future. */
const AGES: readonly ((spread: number) => number)[] = [
  (spread) => spread % 31,
  (spread) => (spread % 31) * 24,
  (spread) => (spread % 61) * 24 * 7 + (spread % 5),
  (spread) => spread,
  (spread) => 1 - (spread % 5),
];
const SPREAD = 40_000;

const SCOPES: readonly TracedSet['scope'][] = [
  { kind: 'instance' },
  { kind: 'instance' },
  { kind: 'instance' },
  { kind: 'instance' },
  { kind: 'databases', databases: ['orders'] },
  { kind: 'databases', databases: ['orders', 'invoices'] },
  { kind: 'databases', databases: ['invoices', 'orders'] },
  { kind: 'unknown' },
];
const ORIGINS: readonly TracedSet['origin'][] = ['created', 'created', 'created', 'created', 'claimed', 'foreign', 'adopted'];
const METHODS: readonly TracedSet['method'][] = ['physical', 'physical', 'snapshot', 'physical', 'logical'];
const RELEASES: readonly TracedSet['release'][] = [undefined, undefined, 'r-1'];

const DULL = makeTraced();

/** Numbers that pick: each choice takes its share of the number. */
function makePicker(seed: number): <T>(choices: readonly T[]) => T {
  let left = seed;
  return (choices) => {
    const picked = choices[left % choices.length];
    left = Math.floor(left / choices.length);
    return picked as (typeof choices)[number]; // the index is within the list
  };
}

/** `newerThan` makes it start after that, at an age that the seed gives otherwise. */
function makeSetOf(index: number, seed: number, asOf: Instant, newerThan?: Instant): TracedSet {
  const ageHours = AGES[seed % AGES.length]?.(Math.floor(seed / AGES.length) % SPREAD) ?? 0;
  const startedAt = newerThan === undefined ? instant(asOf - ageHours * HOUR) : instant(newerThan + (1 + (Math.abs(ageHours) % 960)) * HOUR);
  const pick = makePicker(Math.floor(seed / AGES.length / SPREAD));
  const isAutomatic = pick([false, false, true]);
  const scope = pick(SCOPES);
  const status = pick(['success', 'success', 'success', 'success', 'success', 'failed'] as const);
  const isAvailable = status === 'success' && pick([true, true, true, true, true, false]);
  return {
    ...DULL,
    id: `${100 + index}`,
    startedAt,
    endedAt: instant(startedAt + pick([0.5, 0.5, 5]) * HOUR),
    mode: isAutomatic ? 'automated' : 'manual',
    scope,
    status,
    isAvailable,
    origin: isAutomatic ? 'foreign' : pick(ORIGINS),
    type: pick(['full', 'full', 'incremental'] as const),
    method: pick(METHODS),
    expiresAt: pick(['never', instant(asOf + 30 * DAY), instant(startedAt + 30 * DAY), undefined, instant(asOf + HOUR), instant(asOf - HOUR)] as const),
    storeStatus: pick(['enabled', 'enabled', 'disabled', undefined] as const),
    release: pick(RELEASES),
  };
}

/** A set: its age and its traits in one number, evenly drawn; 2^53 is enough for every choice. */
const anySet = fc.noBias(fc.maxSafeNat());
const history = fc.array(anySet, { maxLength: 16, size: 'max' });

const count = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) });
const keep = fc
  .tuple(count, count, count, count, count, count)
  .map(([last, hourly, daily, weekly, monthly, yearly]) => ({ last, hourly, daily, weekly, monthly, yearly }));
const within = fc.option(
  fc.integer({ min: 1, max: 60 }).map((days) => days * DAY),
  { nil: undefined, freq: 1 },
);

export const anyPolicy: fc.Arbitrary<RetentionPolicy> = fc
  .tuple(keep, within, fc.integer({ min: 0, max: 3 }), fc.constantFrom(undefined, 0, 3 * DAY, 40 * DAY), fc.constantFrom(HOUR, DAY), fc.constantFrom(...ZONES))
  .map(([counts, keepWithinMs, floor, recoveryWindowMs, runEveryMs, timezone]) =>
    makeRetentionPolicy({ keep: counts, keepWithinMs, floor, recoveryWindowMs, runEveryMs, timezone }),
  );

const HOLDS: readonly (readonly Hold['target'][])[] = [
  [],
  [],
  [],
  [{ kind: 'set', backupId: '101' }],
  [{ kind: 'release', release: 'r-1' }],
  [
    { kind: 'set', backupId: '102' },
    { kind: 'set', backupId: '105' },
  ],
  [{ kind: 'instance' }],
];
const SETTINGS: readonly (LogSettings | undefined)[] = [LOGS, NO_LOGS, { ...LOGS, logRetentionDays: 30 }, undefined, { ...LOGS, logBackup: undefined }];
const INSTANCES = (['mysql', 'postgresql', 'sqlserver', 'mariadb', 'other'] as const).map((engine) => makeInstance({ engine }));

export const anyInput: fc.Arbitrary<RetentionInput> = fc
  .tuple(history, anyPolicy, fc.nat({ max: 4 * 2 * 7 * 5 * 5 - 1 }))
  .map(([sets, policy, circumstances]) => {
    const pick = makePicker(circumstances);
    const asOf = pick(AS_OFS);
    const until = pick([undefined, instant(asOf + DAY)]);
    const holds = pick(HOLDS).map((target, index): Hold => ({ id: `h-${index}`, target, owner: 'dba', reason: 'audit', placedAt: asOf, until }));
    return {
      instance: pick(INSTANCES),
      settings: pick(SETTINGS),
      policy,
      holds,
      asOf,
      sets: sets.map((seed, index) => makeSetOf(index, seed, asOf)),
    };
  });

/** An input, and a set that started after all of its sets, of any kind. */
export const inputAndNewer: fc.Arbitrary<readonly [RetentionInput, TracedSet]> = fc.tuple(anyInput, anySet).map(([input, seed]) => {
  const newest = instant(Math.max(input.asOf - 60 * DAY, ...input.sets.map(({ startedAt }) => startedAt)));
  return [input, makeSetOf(899, seed, input.asOf, newest)];
});

export function hasRule({ keep: counts, keepWithinMs }: RetentionPolicy): boolean {
  return keepWithinMs !== undefined || Object.values(counts).some((each) => each > 0);
}
