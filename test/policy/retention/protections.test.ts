// What stays whatever the rules say: automatic, foreign and held sets, the floor, the recovery anchor, and what incrementals build on.
import { instant } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import type { RetentionPolicy } from '../../../lib/domain/protection-policy';
import { protectionsOf } from '../../../lib/policy/retention/protect';
import type { KeepCause, LogSettings, TracedSet } from '../../../lib/policy/retention/types';
import { at, DAY, HOUR, makeInstance } from '../fixtures';
import { AS_OF, daysAgo, keptFor, keptIds, LOGS, makeInput, makeTraced, NO_KEEP, textsById } from './support';

const NEWEST = daysAgo([1]);
const HOLD: Hold = {
  id: 'h-01',
  target: { kind: 'set', backupId: '9' },
  owner: 'dba@example',
  reason: 'audit 2026',
  placedAt: at('2026-11-01T00:00:00Z'),
  until: undefined,
};

describe('a set stays when', () => {
  test.each<{ name: string; change: Partial<TracedSet>; causes: readonly KeepCause[]; text: string }>([
    { name: 'the service made it', change: { mode: 'automated', origin: 'foreign' }, causes: ['service'], text: 'the service made it' },
    { name: 'nobody knows who made it', change: { origin: 'foreign' }, causes: ['foreign'], text: 'keeper backups claim' },
    { name: 'it was adopted and not claimed', change: { origin: 'adopted' }, causes: ['foreign'], text: 'adopted by its traces' },
    { name: 'it started after the time that is decided for', change: { startedAt: instant(AS_OF + 1) }, causes: ['future-dated'], text: 'started after' },
    { name: 'it succeeded and is not available', change: { isAvailable: false }, causes: ['unavailable'], text: 'may come back' },
    {
      name: 'the service made it and it failed',
      change: { mode: 'automated', status: 'failed', isAvailable: false },
      causes: ['service'],
      text: 'the service made it',
    },
    { name: 'it is foreign and failed', change: { origin: 'foreign', status: 'failed', isAvailable: false }, causes: ['foreign'], text: 'not made through' },
  ])('$name', ({ change, causes, text }) => {
    const input = makeInput({ sets: [...NEWEST, ...daysAgo([9], change)] });

    expect([...protectionsOf(input)].map(([id, reasons]) => [id, reasons.map(({ cause }) => cause)])).toEqual([['9', causes]]);
    expect(textsById(input)['9']?.join()).toContain(text);
  });

  test('every reason is given, not only the first', () => {
    const automatic = daysAgo([1], { mode: 'automated', origin: 'foreign' });
    const input = makeInput({ sets: automatic, holds: [{ ...HOLD, target: { kind: 'instance' } }], policy: { floor: 1 } });

    expect(protectionsOf(input).get('1')).toMatchObject([{ cause: 'service' }, { cause: 'held' }, { cause: 'floor' }]);
  });
});

describe('a set goes when', () => {
  test.each<{ name: string; change: Partial<TracedSet>; reason: string }>([
    { name: 'no rule keeps it', change: {}, reason: 'surplus: no rule keeps it (last 1)' },
    { name: 'it was claimed and no rule keeps it', change: { origin: 'claimed' }, reason: 'surplus: no rule keeps it (last 1)' },
    { name: 'it is ours and failed', change: { status: 'failed', isAvailable: false }, reason: 'failed: nothing can be restored from it' },
  ])('$name', ({ change, reason }) => {
    const input = makeInput({ sets: [...NEWEST, ...daysAgo([9], change)] });

    expect(textsById(input)['9']).toEqual([reason]);
    expect(protectionsOf(input).has('9')).toBe(false);
  });

  test('by hand, also when only a rule keeps it', () => {
    expect(protectionsOf(makeInput({ sets: NEWEST })).size).toBe(0);
  });
});

describe('holds', () => {
  const sets = [...NEWEST, ...daysAgo([8], { release: 'r-7' }), ...daysAgo([9])];

  test.each<{ name: string; hold: Partial<Hold>; held: readonly string[] }>([
    { name: 'on a set', hold: {}, held: ['9'] },
    { name: 'on an instance', hold: { target: { kind: 'instance' } }, held: ['1', '8', '9'] },
    { name: 'on a release', hold: { target: { kind: 'release', release: 'r-7' } }, held: ['8'] },
    { name: 'with an end that is to come', hold: { until: instant(AS_OF + 1) }, held: ['9'] },
    { name: 'not when its end has come', hold: { until: AS_OF }, held: [] },
  ])('keep $name', ({ hold, held }) => {
    expect(keptFor('held', makeInput({ sets, holds: [{ ...HOLD, ...hold }] }))).toEqual(held);
  });

  test('say who wants it, why and until when', () => {
    const holds = [HOLD, { ...HOLD, id: 'h-02', reason: 'case 4', until: at('2027-01-01T00:00:00Z') }];

    expect(textsById(makeInput({ sets, holds }))['9']).toEqual([
      'hold h-01 of dba@example: audit 2026, until it is released',
      'hold h-02 of dba@example: case 4, until 2027-01-01T00:00:00Z',
    ]);
  });

  test('keep a failed set too', () => {
    const failed = daysAgo([9], { status: 'failed', isAvailable: false });

    expect(keptIds(makeInput({ sets: [...NEWEST, ...failed], holds: [HOLD] }))).toEqual(['1', '9']);
  });
});

describe('the floor', () => {
  const floorOf = (sets: readonly TracedSet[], policy: Partial<RetentionPolicy> = {}) => keptFor('floor', makeInput({ sets, policy: { floor: 2, ...policy } }));

  test('keeps the newest n, also when rules keep others', () => {
    expect(floorOf(daysAgo([1, 2, 3, 4]), { keep: { ...NO_KEEP, yearly: 5 } })).toEqual(['1', '2']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'an incremental set', change: { type: 'incremental' } },
    { name: 'an automatic incremental set', change: { type: 'incremental', mode: 'automated', origin: 'foreign' } },
    { name: 'a failed set', change: { status: 'failed', isAvailable: false } },
    { name: 'a set that is not available', change: { isAvailable: false } },
    { name: 'a set of single databases', change: { scope: { kind: 'databases', databases: ['orders'] } } },
    { name: 'a set of which nobody knows what it holds', change: { scope: { kind: 'unknown' } } },
    { name: 'a logical dump', change: { method: 'logical' } },
    { name: 'a future-dated set', change: { startedAt: instant(AS_OF + 1) } },
    { name: 'a set that ends with the next but one run', change: { expiresAt: instant(AS_OF + 2 * HOUR) } },
    { name: 'a set that has expired', change: { expiresAt: instant(AS_OF - 1) } },
  ])('is not fooled by $name', ({ change }) => {
    const traps = daysAgo([1, 2, 3], change);

    expect(floorOf([...traps, ...daysAgo([5, 6, 7])])).toEqual(['5', '6']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'an automatic set', change: { mode: 'automated', origin: 'foreign', scope: { kind: 'databases', databases: ['orders'] } } },
    { name: 'a foreign set', change: { origin: 'foreign' } },
    { name: 'an adopted set', change: { origin: 'adopted' } },
    { name: 'a snapshot', change: { method: 'snapshot' } },
    { name: 'a set that outlives the next two runs', change: { expiresAt: instant(AS_OF + 2 * HOUR + 1) } },
  ])('counts $name', ({ change }) => {
    expect(floorOf([...daysAgo([1], change), ...daysAgo([5, 6])])).toEqual(['1', '5']);
  });

  test('keeps a set whose expiry the service does not say, and does not count it', () => {
    const unsaid = daysAgo([1, 2, 3], { expiresAt: undefined });
    const input = makeInput({ sets: [...unsaid, ...daysAgo([5, 6, 7])], policy: { floor: 2 } });

    expect(keptFor('floor', input)).toEqual(['1', '2', '5', '6']);
    expect(textsById(input)['2']).toEqual(['it may count towards the floor: the service does not say when it expires']);
    expect(textsById(input)['6']).toEqual(['floor 2 of 2']);
  });

  test('of 0 keeps nothing', () => {
    expect(floorOf(daysAgo([1, 2]), { floor: 0 })).toEqual([]);
  });
});

describe('the recovery anchor', () => {
  const anchors = (
    sets: readonly TracedSet[],
    settings: LogSettings | undefined,
    policy: Partial<RetentionPolicy> = {},
    engine: 'mysql' | 'sqlserver' = 'mysql',
  ) => keptFor('recovery-anchor', makeInput({ sets, settings, policy, instance: makeInstance({ engine }) }));
  const sets = daysAgo([1, 6, 7, 8, 20, 700, 800, 900]);

  test.each<{ name: string; settings?: LogSettings; policy?: Partial<RetentionPolicy>; engine?: 'mysql' | 'sqlserver'; kept: readonly string[] }>([
    { name: 'is the newest set before the logs reach back', settings: LOGS, kept: ['7'] },
    { name: 'follows the log retention', settings: { ...LOGS, logRetentionDays: 14 }, kept: ['20'] },
    { name: "follows the policy's own window before the logs", settings: LOGS, policy: { recoveryWindowMs: 15 * DAY }, kept: ['20'] },
    {
      name: "follows the policy's own window also without log backup",
      settings: { ...LOGS, logBackup: false },
      policy: { recoveryWindowMs: DAY },
      kept: ['1'],
    },
    { name: 'is nothing when no logs are kept', settings: { ...LOGS, logBackup: false }, kept: [] },
    { name: 'is nothing when no set is that old', settings: { ...LOGS, logRetentionDays: 1000 }, kept: [] },
    { name: 'is everything that it could be when the settings are not known', kept: ['7', '8', '20', '700', '800'] },
    { name: 'is everything that it could be when log backup is not known', settings: { ...LOGS, logBackup: undefined }, kept: ['7', '8', '20', '700', '800'] },
    {
      name: 'is everything that it could be when log retention is not known',
      settings: { ...LOGS, logRetentionDays: undefined },
      kept: ['7', '8', '20', '700', '800'],
    },
    {
      name: 'is there on SQL Server whatever the settings say: its log backup cannot be switched off',
      settings: { ...LOGS, logBackup: false },
      engine: 'sqlserver',
      kept: ['7'],
    },
  ])('$name', ({ settings, policy, engine, kept }) => {
    expect(anchors(sets, settings, policy, engine)).toEqual(kept);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'an incremental set', change: { type: 'incremental' } },
    { name: 'a failed set', change: { status: 'failed', isAvailable: false } },
    { name: 'a set that is not available', change: { isAvailable: false } },
    { name: 'a set of single databases', change: { scope: { kind: 'databases', databases: ['orders'] } } },
    { name: 'a set of unknown scope', change: { scope: { kind: 'unknown' } } },
    { name: 'a logical dump', change: { method: 'logical' } },
    { name: 'a set that has expired', change: { expiresAt: AS_OF } },
    { name: 'a set that had not ended by then', change: { endedAt: instant(AS_OF - 7 * DAY + 1) } },
  ])('is never $name', ({ change }) => {
    expect(anchors([...daysAgo([1]), ...daysAgo([8], change), ...daysAgo([9])], LOGS)).toEqual(['9']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'an automatic set', change: { mode: 'automated', origin: 'foreign' } },
    { name: 'a foreign set', change: { origin: 'foreign' } },
    { name: 'a snapshot', change: { method: 'snapshot' } },
  ])('may be $name', ({ change }) => {
    expect(anchors([...daysAgo([1]), ...daysAgo([8], change), ...daysAgo([9])], LOGS)).toEqual(['8']);
  });

  test('has a substitute for as long as the service does not say when it expires', () => {
    const unsaid = daysAgo([9, 10], { expiresAt: undefined });
    const ending = daysAgo([8], { expiresAt: instant(AS_OF + HOUR) });

    expect(anchors([...daysAgo([1]), ...unsaid, ...daysAgo([11, 12])], LOGS)).toEqual(['9', '11']);
    expect(anchors([...daysAgo([1]), ...ending, ...unsaid, ...daysAgo([11, 12])], LOGS)).toEqual(['8', '9', '11']);
  });

  test('has a substitute when it expires before the next two runs', () => {
    const ending = daysAgo([8, 9], { expiresAt: instant(AS_OF + HOUR) });

    expect(anchors([...daysAgo([1]), ...ending, ...daysAgo([10, 11])], LOGS)).toEqual(['8', '10']);
  });

  test('is also the one before the longest possible window where a set ended just inside it', () => {
    const long = makeTraced({ id: 'long', startedAt: instant(AS_OF - 731 * DAY), endedAt: instant(AS_OF - 729 * DAY) });

    expect(anchors([...daysAgo([1]), long, ...daysAgo([800, 900])], undefined)).toEqual(['long', '800']);
  });

  test('says what it is for', () => {
    expect(textsById(makeInput({ sets, settings: LOGS }))['7']).toEqual(['the newest full set from before the recovery window of 7 days']);
    expect(textsById(makeInput({ sets, settings: undefined }))['800']).toEqual([
      'restores may have to start from it: nobody knows how far back the logs reach',
    ]);
  });
});

describe('an incremental set that stays', () => {
  const incremental = (days: readonly number[], change: Partial<TracedSet> = {}) => daysAgo(days, { type: 'incremental', ...change });
  const needed = (sets: readonly TracedSet[], policy: Partial<RetentionPolicy> = {}) => keptFor('needed-by-incremental', makeInput({ sets, policy }));

  test('needs its full set and the incremental ones between them', () => {
    expect(needed([...incremental([1, 2, 3]), ...daysAgo([4, 5]), ...incremental([6]), ...daysAgo([7])])).toEqual(['2', '3', '4']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'the service made', change: { mode: 'automated', origin: 'foreign' } },
    { name: 'somebody else made', change: { origin: 'foreign' } },
    { name: 'is not available now', change: { isAvailable: false } },
  ])('needs them also when it is one that $name', ({ change }) => {
    expect(needed([...daysAgo([1]), ...incremental([2], change), ...daysAgo([4, 5])])).toEqual(['4']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'a full set of single databases', change: { scope: { kind: 'databases', databases: ['orders'] } } },
    { name: 'a failed full set', change: { status: 'failed', isAvailable: false } },
    { name: 'a full set that is not available', change: { isAvailable: false } },
    { name: 'a logical dump', change: { method: 'logical' } },
  ])('does not build on $name', ({ change }) => {
    expect(needed([...incremental([1]), ...daysAgo([2], change), ...daysAgo([3])])).toEqual(['3']);
  });

  test('needs nothing when it failed', () => {
    const failed = incremental([2], { origin: 'foreign', status: 'failed', isAvailable: false });

    expect(needed([...daysAgo([1]), ...failed, ...daysAgo([3])])).toEqual([]);
  });

  test('does not need failed sets', () => {
    expect(needed([...incremental([1]), ...incremental([2], { status: 'failed', isAvailable: false }), ...daysAgo([3])])).toEqual(['3']);
  });

  test('needs nothing that is gone', () => {
    expect(needed(incremental([1, 2]))).toEqual([]);
  });

  test('leaves the full set surplus when it is surplus itself', () => {
    expect(keptIds(makeInput({ sets: [...daysAgo([1]), ...incremental([2]), ...daysAgo([3])] }))).toEqual(['1']);
  });

  test('stands against deletion by hand', () => {
    const input = makeInput({ sets: [...incremental([1]), makeTraced({ id: 'base', started: '2026-11-01T00:00:00Z' })] });

    expect(protectionsOf(input).get('base')).toEqual([{ cause: 'needed-by-incremental', text: 'an incremental set that stays builds on it' }]);
  });
});
