// The policy's own rules: goldens in two time zones, with the borders of days, weeks, months and years and the days on which clocks change.
import type { KeepCounts, RetentionPolicy } from '../../../lib/domain/protection-policy';
import { rulesText, spanText } from '../../../lib/policy/retention/buckets';
import type { TracedSet } from '../../../lib/policy/retention/types';
import { at, DAY, HOUR, MINUTE } from '../fixtures';
import { daysAgo, keptIds, makeInput, makeTraced, NO_KEEP, textsById } from './support';

function setsAt(times: readonly string[], change: Partial<TracedSet> = {}): TracedSet[] {
  return times.map((started) => makeTraced({ started, ...change }));
}

function keptBy(keep: Partial<KeepCounts>, times: readonly string[], timezone: string): string[] {
  return keptIds(makeInput({ sets: setsAt(times), asOf: at('2027-06-01T00:00:00Z'), policy: { timezone, keep: { ...NO_KEEP, ...keep } } }));
}

describe('golden calendars', () => {
  test.each<{ name: string; keep: Partial<KeepCounts>; timezone: string; sets: readonly string[]; kept: readonly string[] }>([
    {
      name: 'last: the newest n',
      keep: { last: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z'],
      kept: ['2026-11-20T00:00:00Z', '2026-11-19T00:00:00Z'],
    },
    {
      name: 'daily, Shanghai: the day ends at 16:00 UTC',
      keep: { daily: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-11-18T12:00:00Z', '2026-11-19T15:59:00Z', '2026-11-19T16:00:00Z', '2026-11-20T15:00:00Z', '2026-11-17T00:00:00Z'],
      kept: ['2026-11-20T15:00:00Z', '2026-11-19T15:59:00Z'],
    },
    {
      name: 'daily, New York: the day ends at 05:00 UTC in winter',
      keep: { daily: 2 },
      timezone: 'America/New_York',
      sets: ['2026-11-18T12:00:00Z', '2026-11-19T04:59:00Z', '2026-11-19T05:00:00Z', '2026-11-20T04:00:00Z', '2026-11-17T00:00:00Z'],
      kept: ['2026-11-20T04:00:00Z', '2026-11-19T04:59:00Z'],
    },
    {
      name: 'daily, New York: a day of 25 hours is one day',
      keep: { daily: 2 },
      timezone: 'America/New_York',
      sets: ['2026-10-30T12:00:00Z', '2026-11-01T03:59:00Z', '2026-11-01T04:00:00Z', '2026-11-01T20:00:00Z', '2026-11-02T04:59:00Z'],
      kept: ['2026-11-02T04:59:00Z', '2026-11-01T03:59:00Z'],
    },
    {
      name: 'daily, New York: a day of 23 hours is one day',
      keep: { daily: 2 },
      timezone: 'America/New_York',
      sets: ['2026-03-06T12:00:00Z', '2026-03-08T04:59:00Z', '2026-03-08T05:00:00Z', '2026-03-09T03:59:00Z'],
      kept: ['2026-03-09T03:59:00Z', '2026-03-08T04:59:00Z'],
    },
    {
      name: 'hourly, New York: the hour that happens twice is one bucket',
      keep: { hourly: 2 },
      timezone: 'America/New_York',
      sets: ['2026-11-01T03:30:00Z', '2026-11-01T04:30:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
      kept: ['2026-11-01T06:30:00Z', '2026-11-01T04:30:00Z'],
    },
    {
      name: 'hourly, New York: the hour that is left out takes no bucket',
      keep: { hourly: 2 },
      timezone: 'America/New_York',
      sets: ['2026-03-08T05:30:00Z', '2026-03-08T06:30:00Z', '2026-03-08T07:30:00Z'],
      kept: ['2026-03-08T07:30:00Z', '2026-03-08T06:30:00Z'],
    },
    {
      name: 'hourly, Shanghai: the same times are four different hours',
      keep: { hourly: 3 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-11-01T03:30:00Z', '2026-11-01T04:30:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
      kept: ['2026-11-01T06:30:00Z', '2026-11-01T05:30:00Z', '2026-11-01T04:30:00Z'],
    },
    {
      name: 'weekly, Shanghai: the ISO week runs from Monday over the end of the year',
      keep: { weekly: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-12-20T15:00:00Z', '2026-12-27T15:59:00Z', '2026-12-27T16:00:00Z', '2026-12-31T20:00:00Z', '2027-01-03T15:59:00Z'],
      kept: ['2027-01-03T15:59:00Z', '2026-12-27T15:59:00Z'],
    },
    {
      name: 'weekly, New York: Monday starts five hours later',
      keep: { weekly: 2 },
      timezone: 'America/New_York',
      sets: ['2026-12-20T15:00:00Z', '2026-12-28T04:59:00Z', '2026-12-28T05:00:00Z', '2027-01-04T04:59:00Z'],
      kept: ['2027-01-04T04:59:00Z', '2026-12-28T04:59:00Z'],
    },
    {
      name: 'monthly, Shanghai: the month ends with its last local day',
      keep: { monthly: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-09-30T15:00:00Z', '2026-10-31T15:59:00Z', '2026-10-31T16:00:00Z', '2026-11-20T00:00:00Z'],
      kept: ['2026-11-20T00:00:00Z', '2026-10-31T15:59:00Z'],
    },
    {
      name: 'yearly, Shanghai: the new year starts at 16:00 UTC',
      keep: { yearly: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2025-06-01T00:00:00Z', '2025-12-31T15:59:00Z', '2025-12-31T16:00:00Z', '2026-12-31T15:59:00Z', '2024-01-01T00:00:00Z'],
      kept: ['2026-12-31T15:59:00Z', '2025-12-31T15:59:00Z'],
    },
    {
      name: 'yearly, New York: and at 05:00 UTC of the day after',
      keep: { yearly: 2 },
      timezone: 'America/New_York',
      sets: ['2025-06-01T00:00:00Z', '2026-01-01T04:59:00Z', '2026-01-01T05:00:00Z', '2026-12-31T15:59:00Z', '2024-01-01T00:00:00Z'],
      kept: ['2026-12-31T15:59:00Z', '2026-01-01T04:59:00Z'],
    },
    {
      name: 'rules add up',
      keep: { last: 1, daily: 2, monthly: 2 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-09-10T00:00:00Z', '2026-10-10T00:00:00Z', '2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z'],
      kept: ['2026-11-20T01:00:00Z', '2026-11-19T00:00:00Z', '2026-10-10T00:00:00Z'],
    },
    {
      name: 'the oldest stays while the count lasts',
      keep: { monthly: 3 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z', '2026-11-20T00:00:00Z'],
      kept: ['2026-11-20T00:00:00Z', '2026-11-01T00:00:00Z'],
    },
    {
      name: 'the oldest goes when the count is used up',
      keep: { monthly: 1 },
      timezone: 'Asia/Shanghai',
      sets: ['2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z', '2026-11-20T00:00:00Z'],
      kept: ['2026-11-20T00:00:00Z'],
    },
  ])('$name', ({ keep, timezone, sets, kept }) => {
    expect(keptBy(keep, sets, timezone)).toEqual(kept);
  });
});

describe('reasons', () => {
  test('count the buckets and name them', () => {
    const sets = setsAt(['2026-11-19T18:10:00Z', '2026-11-20T18:05:00Z', '2026-11-20T19:05:00Z', '2026-11-21T01:00:00Z']);
    const keep = { last: 1, hourly: 2, daily: 7, weekly: 4, monthly: 12, yearly: 3 };

    const texts = textsById(makeInput({ sets, policy: { timezone: 'Asia/Shanghai', keep, keepWithinMs: 6 * HOUR } }));

    expect(texts).toEqual({
      '2026-11-21T01:00:00Z': [
        'last 1 of 1',
        'hourly 1 of 2 (2026-11-21 09h)',
        'daily 1 of 7 (2026-11-21)',
        'weekly 1 of 4 (2026-W47)',
        'monthly 1 of 12 (2026-11)',
        'yearly 1 of 3 (2026)',
        'within 6 hours of the newest',
      ],
      '2026-11-20T19:05:00Z': ['hourly 2 of 2 (2026-11-21 03h)', 'within 6 hours of the newest'],
      '2026-11-20T18:05:00Z': ['surplus: no rule keeps it (last 1, hourly 2, daily 7, weekly 4, monthly 12, yearly 3, within 6 hours)'],
      '2026-11-19T18:10:00Z': [
        'daily 2 of 7 (2026-11-20)',
        'weekly 2 of 4 (2026-W47, the oldest)',
        'monthly 2 of 12 (2026-11, the oldest)',
        'yearly 2 of 3 (2026, the oldest)',
      ],
    });
  });

  test.each<{ ms: number; text: string }>([
    { ms: DAY, text: '1 day' },
    { ms: 30 * DAY, text: '30 days' },
    { ms: 36 * HOUR, text: '36 hours' },
    { ms: 90 * MINUTE, text: '90 minutes' },
  ])('$ms ms is $text', ({ ms, text }) => {
    expect(spanText(ms)).toBe(text);
  });

  test('name only the rules that are on', () => {
    expect(rulesText({ keep: { ...NO_KEEP, weekly: 4 }, keepWithinMs: undefined })).toBe('weekly 4');
  });
});

describe('within', () => {
  const within = (sets: readonly TracedSet[], policy: Partial<RetentionPolicy> = {}) =>
    keptIds(makeInput({ sets, policy: { keep: NO_KEEP, keepWithinMs: 3 * DAY, ...policy } })).filter((id) => !id.startsWith('auto'));

  test('keeps what is younger than the newest less the duration', () => {
    expect(within(daysAgo([0, 1, 2, 3, 4]))).toEqual(['0', '1', '2']);
  });

  test('never ages a dead source to zero: years later the same sets stay', () => {
    expect(within(daysAgo([1000, 1001, 1002, 1003, 1010]))).toEqual(['1000', '1001', '1002']);
  });

  test("counts from the newest complete set of any origin: the service's own sets show that the source lives", () => {
    const automatic = daysAgo([1], { id: 'auto', mode: 'automated', origin: 'foreign' });

    expect(within([...automatic, ...daysAgo([2, 3, 4, 5])])).toEqual(['2', '3']);
  });

  test.each<{ name: string; change: Partial<TracedSet> }>([
    { name: 'a failed set', change: { status: 'failed', isAvailable: false } },
    { name: 'a set that is not available', change: { isAvailable: false } },
    { name: 'a future-dated set', change: { startedAt: at('2027-01-01T00:00:00Z') } },
    { name: 'a set of another scope', change: { scope: { kind: 'databases', databases: ['orders'] } } },
  ])('does not count from $name', ({ change }) => {
    const other = makeTraced({ id: 'auto', started: '2026-11-21T01:00:00Z', origin: 'foreign', ...change });

    expect(within([other, ...daysAgo([2, 3, 4, 5])])).toEqual(['2', '3', '4']);
  });

  test('keeps the newest of ours when all of them are too old', () => {
    const automatic = daysAgo([0], { id: 'auto', mode: 'automated', origin: 'foreign' });
    const sets = [...automatic, ...daysAgo([20, 21])];

    expect(within(sets)).toEqual(['20']);
    expect(textsById(makeInput({ sets, policy: { keep: NO_KEEP, keepWithinMs: DAY } }))['20']).toEqual(['the newest of its kind']);
  });
});

describe('groups', () => {
  const orders = { kind: 'databases', databases: ['orders', 'invoices'] } as const;
  const turned = { kind: 'databases', databases: ['invoices', 'orders'] } as const;
  const other = { kind: 'databases', databases: ['orders'] } as const;

  test.each<{ name: string; sets: readonly TracedSet[]; kept: readonly string[] }>([
    {
      name: 'whole-instance, single-database and unknown sets fill buckets of their own',
      sets: [
        ...daysAgo([1, 5]),
        ...daysAgo([2, 6], { scope: orders }),
        ...daysAgo([3, 7], { scope: other }),
        ...daysAgo([4, 8], { scope: { kind: 'unknown' } }),
      ],
      kept: ['1', '2', '3', '4'],
    },
    {
      name: 'the order of a list of databases means nothing',
      sets: [...daysAgo([1], { scope: orders }), ...daysAgo([2], { scope: turned })],
      kept: ['1'],
    },
    {
      name: 'an incremental set holds the whole instance whatever its list says',
      sets: [...daysAgo([1]), ...daysAgo([2], { type: 'incremental', scope: other }), ...daysAgo([3], { type: 'incremental', scope: { kind: 'unknown' } })],
      kept: ['1'],
    },
    {
      name: 'a logical dump of the instance pushes out no physical set',
      sets: [...daysAgo([1, 2], { method: 'logical' }), ...daysAgo([3, 4])],
      kept: ['1', '3'],
    },
    {
      name: "sets that are not ours fill nobody's buckets",
      sets: [
        ...daysAgo([1], { id: 'auto', mode: 'automated', origin: 'foreign' }),
        ...daysAgo([2], { id: 'foreign', origin: 'foreign' }),
        ...daysAgo([3], { id: 'adopted', origin: 'adopted' }),
        ...daysAgo([4], { id: 'failed', status: 'failed', isAvailable: false }),
        ...daysAgo([5, 6]),
      ],
      kept: ['auto', 'foreign', 'adopted', '5'],
    },
    { name: 'claimed sets are ours', sets: [...daysAgo([1]), ...daysAgo([2], { origin: 'claimed' })], kept: ['1'] },
  ])('$name', ({ sets, kept }) => {
    expect(keptIds(makeInput({ sets }))).toEqual(kept);
  });
});

test('a policy without any rule keeps everything of ours that can be restored from', () => {
  const failed = daysAgo([4], { status: 'failed', isAvailable: false });
  const input = makeInput({ sets: [...daysAgo([1, 2, 3]), ...failed], policy: { keep: NO_KEEP } });

  expect(keptIds(input)).toEqual(['1', '2', '3']);
  expect(textsById(input)['3']).toEqual(['the policy has no rule that lets sets go']);
});

test('of two sets that started at the same time the greater id is the newer', () => {
  const twins = [makeTraced({ id: '100' }), makeTraced({ id: '200' })];

  expect(keptIds(makeInput({ sets: twins }))).toEqual(['200']);
  expect(keptIds(makeInput({ sets: [...twins].reverse() }))).toEqual(['200']);
});

test('a clock that was set back across midnight opens no day twice', () => {
  // St. John's until 2011: at 00:01 back to 23:01 of the day before.
  const sets = ['2010-11-06T12:00:00Z', '2010-11-07T02:00:00Z', '2010-11-07T02:30:40Z', '2010-11-07T03:00:00Z', '2010-11-07T03:40:00Z'];

  expect(keptBy({ daily: 3 }, sets, 'America/St_Johns')).toEqual(['2010-11-07T03:40:00Z', '2010-11-07T03:00:00Z', '2010-11-06T12:00:00Z']);
});
