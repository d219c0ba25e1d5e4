// What becomes of single sets and copies.
import { instant, plusMs } from '../../../lib/base/instant';
import type { CopiesInput } from '../../../lib/policy/cross-region/types';
import { newestUnmatched, verifyCopies } from '../../../lib/policy/cross-region/verify';
import { at, DAY, HOUR, MINUTE, makeCopy, makeInstance, makeSet, NOW } from '../fixtures';
import { ago, makeInput, pairsOf, rulesOf, statesOf } from './support';

const ENDED = makeSet().endedAt;

/** A set and its copy that started so long ago and took half an hour. */
function setAgo(id: string, ms: number, change: Parameters<typeof makeSet>[0] = {}): ReturnType<typeof makeSet> {
  return makeSet({ id, startedAt: ago(ms), endedAt: ago(ms - 30 * MINUTE), ...change });
}

function copyAgo(id: string, ms: number, change: Parameters<typeof makeCopy>[0] = {}): ReturnType<typeof makeCopy> {
  return makeCopy({ id, startedAt: ago(ms), endedAt: ago(ms - 30 * MINUTE), consistentAt: undefined, ...change });
}

test('a set and its copy are matched, and nothing is found', () => {
  expect(pairsOf({})).toEqual([{ state: 'matched', set: makeSet(), copy: makeCopy(), lagMs: undefined, reason: 'copy 14377: when it arrived is not known' }]);
  expect(rulesOf({})).toEqual([]);
});

test.each([
  { name: 'younger than the lag that is allowed', ms: 3.5 * HOUR, state: 'pending' },
  { name: 'older', ms: 3.5 * HOUR + 1, state: 'missing' },
])('a set without a copy that is $name is $state', ({ ms, state }) => {
  expect(statesOf({ sets: [setAgo('1', ms)], copies: [] })).toEqual([`1 - ${state}`]);
});

test('a missing copy is told with its set, its times and what is allowed', () => {
  const { findings } = verifyCopies(makeInput({ copies: [] }));

  expect(findings).toEqual([
    {
      id: 'copy-missing:rm-1:900001',
      severity: 'error',
      rule: 'copy-missing',
      instanceId: 'rm-1',
      message: 'backup set 900001 of 2026-11-20T18:00:00Z: there is no copy although more than 3 h have passed since the end of the backup',
      evidence: { backupId: '900001', startedAt: '2026-11-20T18:00:00Z', endedAt: '2026-11-20T18:30:00Z', maxLagMinutes: 180 },
      remedy: expect.stringContaining('take a backup now'),
    },
  ]);
});

test('more than ten findings of a rule are told one by one for the newest ten, and counted', () => {
  const sets = Array.from({ length: 12 }, (_, index) => setAgo(`${100 + index}`, (60 - index) * HOUR));

  const { findings } = verifyCopies(makeInput({ sets, copies: [] }));

  expect(findings.map(({ id }) => id).slice(0, 2)).toEqual(['copy-missing:rm-1:111', 'copy-missing:rm-1:110']);
  expect(findings).toHaveLength(11);
  expect(findings.at(-1)).toMatchObject({ id: 'copy-missing-backlog:rm-1', severity: 'error', evidence: { total: 12, listed: 10 } });
});

describe('where copies cannot be listed', () => {
  test('every set is unknown, whatever it is, and nothing is found', () => {
    const sets = [setAgo('1', 5 * HOUR), setAgo('2', 50 * HOUR, { method: 'logical' }), setAgo('3', 60 * HOUR, { status: 'failed' })];

    expect(pairsOf({ sets, copies: undefined }).map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(rulesOf({ sets, copies: undefined, policy: { rpoMs: HOUR } })).toEqual([]);
  });

  test('what earlier runs saw is kept', () => {
    const firstSeen = new Map([['14377', NOW]]);
    const earlier = new Map([['900001', { copyId: '14377', absentAt: undefined }]]);

    expect(verifyCopies(makeInput({ copies: undefined, firstSeen, earlier }))).toMatchObject({ firstSeen, earlier });
    expect(verifyCopies(makeInput({ copies: undefined }))).toMatchObject({ firstSeen: new Map(), earlier: new Map() });
  });
});

describe('no copy is expected of a set', () => {
  const sqlserver = makeInstance({ engine: 'sqlserver', storage: 'cloud-disk' });
  const scope = { kind: 'databases', databases: ['orders'] } as const;

  test.each<{ name: string; set?: Parameters<typeof makeSet>[0]; change?: Parameters<typeof statesOf>[0]; state: string; reason: string }>([
    { name: 'that failed', set: { status: 'failed', isAvailable: false }, state: 'not-copied', reason: 'not a set that can be restored from' },
    { name: 'that is not available', set: { isAvailable: false }, state: 'not-copied', reason: 'not a set that can be restored from' },
    { name: 'of single databases', set: { scope }, state: 'not-copied', reason: 'single databases' },
    { name: 'that is logical', set: { method: 'logical' }, state: 'not-copied', reason: 'logical set' },
    { name: 'of nobody knows what', set: { scope: { kind: 'unknown' } }, state: 'unknown', reason: 'not known whether it holds the whole instance' },
    {
      name: 'that is a snapshot of SQL Server',
      set: { method: 'snapshot' },
      change: { instance: sqlserver },
      state: 'not-copied',
      reason: 'OperationDenied.SwitchToCrossRegionBackup',
    },
    { name: 'made while copies are off', change: { settings: { isEnabled: false } }, state: 'not-copied', reason: 'switched off' },
    {
      name: 'made before copies were on',
      change: { settings: { enabledAt: at('2026-11-20T18:00:01Z') } },
      state: 'not-copied',
      reason: 'since 2026-11-20T18:00:01Z',
    },
    {
      name: 'whose copy has expired',
      change: { settings: { retentionDays: 7 }, asOf: instant(ENDED + 6.6 * DAY) },
      state: 'not-copied',
      reason: 'kept for 7 days',
    },
    { name: 'at the edge of what is looked at', change: { asOf: instant(makeSet().startedAt + 7 * DAY - MINUTE) }, state: 'unknown', reason: 'edge' },
    { name: 'when nobody knows since when sets are copied', change: { settings: { enabledAt: undefined } }, state: 'unknown', reason: 'since when' },
  ])('$name', ({ set, change, state, reason }) => {
    const [pair] = pairsOf({ sets: [makeSet(set)], copies: [], ...change });

    expect(pair).toMatchObject({ state, copy: undefined });
    expect(pair?.reason).toContain(reason);
    expect(rulesOf({ sets: [makeSet(set)], copies: [], ...change }).filter((rule) => rule !== 'sets-not-copyable')).toEqual([]);
  });

  test('and one that is there all the same is welcome', () => {
    const sets = [makeSet({ method: 'logical' })];

    expect(statesOf({ sets })).toEqual(['900001 14377 matched']);
  });

  test('but one is of a snapshot in Cluster Edition', () => {
    const instance = makeInstance({ engine: 'sqlserver', storage: 'cloud-disk', edition: 'cluster' });

    expect(statesOf({ instance, sets: [makeSet({ method: 'snapshot' })], copies: [] })).toEqual(['900001 - missing']);
  });

  test('where the service does not say since when, the oldest copy tells', () => {
    const sets = [setAgo('1', 70 * HOUR), setAgo('2', 60 * HOUR), setAgo('3', 50 * HOUR)];
    const copies = [copyAgo('c4', 10 * HOUR), copyAgo('c2', 60 * HOUR)];

    expect(statesOf({ sets, copies, settings: { enabledAt: undefined } }).slice(0, 3)).toEqual(['1 - not-copied', '2 c2 matched', '3 - missing']);
  });
});

describe('snapshots that are never copied, where copies are required', () => {
  const instance = makeInstance({ engine: 'sqlserver', storage: 'cloud-disk' });
  const snapshot = setAgo('2', 20 * HOUR, { method: 'snapshot' });
  const older = setAgo('1', 30 * HOUR, { method: 'snapshot' });

  test('are a warning where there is nothing else', () => {
    const { findings } = verifyCopies(makeInput({ instance, sets: [older, snapshot], copies: [] }));

    expect(findings).toMatchObject([{ id: 'sets-not-copyable:rm-1', severity: 'warning', evidence: { count: 2, of: 2, newest: '2' } }]);
  });

  test('are worth knowing where there are others', () => {
    const { findings } = verifyCopies(makeInput({ instance, sets: [snapshot, makeSet()] }));

    expect(findings).toMatchObject([{ rule: 'sets-not-copyable', severity: 'info', evidence: { count: 1, of: 2 } }]);
  });

  test.each([
    { name: 'are nothing where copies are not required', change: { policy: { isRequired: false } } },
    { name: 'are nothing where copies are off', change: { settings: { isEnabled: false } } },
  ])('$name', ({ change }) => {
    expect(rulesOf({ instance, sets: [snapshot], copies: [], ...change })).toEqual([]);
  });
});

describe('the one that the service names', () => {
  const older = setAgo('1', 40 * HOUR);
  const newer = setAgo('2', 20 * HOUR);
  const named = (id: string, ...rows: ReturnType<typeof makeCopy>[]): CopiesInput['named'] => new Map([[id, rows]]);
  const row = copyAgo('c2', 20 * HOUR);

  test('is asked for of the newest set that should have a copy by now', () => {
    const young = setAgo('3', 2 * HOUR);
    const twin = setAgo('0', 20 * HOUR);

    expect(newestUnmatched(makeInput({ sets: [twin, newer, young, older], copies: [] }))?.id).toBe('2');
    expect(newestUnmatched(makeInput({ sets: [newer, twin], copies: [] }))?.id).toBe('2');
    expect(newestUnmatched(makeInput({ copies: undefined }))).toBeUndefined();
  });

  test('is its copy when it is one row with the same start', () => {
    expect(statesOf({ sets: [older, newer], copies: [], named: named('2', row) })).toEqual(['1 - missing', '2 c2 matched']);
  });

  test.each([
    { name: 'two rows', rows: [row, copyAgo('c3', 20 * HOUR)] },
    { name: 'another start', rows: [copyAgo('c2', 20 * HOUR + 1)] },
    { name: 'no row', rows: [] },
  ])('is not trusted with $name', ({ rows }) => {
    expect(statesOf({ sets: [newer], copies: [], named: named('2', ...rows) })).toEqual(['2 - missing']);
  });

  test('is not trusted when it is the copy of another set', () => {
    const other = setAgo('1', 20 * HOUR + MINUTE);
    const shared = copyAgo('c1', 20 * HOUR + MINUTE);

    expect(statesOf({ sets: [newer, other], copies: [shared], named: named('2', { ...shared, startedAt: newer.startedAt }) })).toEqual([
      '1 c1 matched',
      '2 - missing',
    ]);
  });

  test('is not trusted for an older set', () => {
    expect(statesOf({ sets: [older, newer], copies: [], named: named('1', copyAgo('c1', 40 * HOUR)) })).toEqual(['1 - missing', '2 - missing']);
  });

  test('settles what times could not', () => {
    const sets = [setAgo('1', 20 * HOUR), newer];
    const copies = [row, copyAgo('c1', 20 * HOUR)];

    expect(rulesOf({ sets, copies })).toEqual(['copy-ambiguous']);
    expect(statesOf({ sets, copies, named: named('2', row) })).toEqual(['1 c1 matched', '2 c2 matched']);
  });
});

describe('copies and sets that nothing tells apart', () => {
  const sets = [setAgo('1', 20 * HOUR), setAgo('2', 20 * HOUR)];

  test('are unknown, and one finding says so', () => {
    const copies = [copyAgo('c1', 20 * HOUR)];

    expect(statesOf({ sets, copies })).toEqual(['1 - unknown', '2 - unknown', '- c1 unknown']);
    expect(verifyCopies(makeInput({ sets, copies })).findings).toMatchObject([
      { id: 'copy-ambiguous:rm-1', severity: 'info', message: expect.stringContaining('a copy fits'), evidence: { copies: 'c1', count: 1 } },
    ]);
  });

  test('are counted', () => {
    const copies = [copyAgo('c1', 20 * HOUR), copyAgo('c2', 20 * HOUR)];

    expect(verifyCopies(makeInput({ sets, copies })).findings).toMatchObject([{ message: expect.stringContaining('2 copies fit'), evidence: { count: 2 } }]);
  });
});

describe('a copy without a set', () => {
  const sets = [setAgo('1', 80 * HOUR), setAgo('3', 30 * HOUR)];
  const copies = [copyAgo('c1', 80 * HOUR), copyAgo('c3', 30 * HOUR)];

  test('is an orphan when its set should still be there', () => {
    const stray = copyAgo('c2', 50 * HOUR);

    expect(statesOf({ sets, copies: [...copies, stray] })).toEqual(['1 c1 matched', '- c2 orphan', '3 c3 matched']);
    expect(verifyCopies(makeInput({ sets, copies: [...copies, stray] })).findings).toMatchObject([
      { id: 'copy-orphaned:rm-1:c2', severity: 'info', evidence: { copyId: 'c2' } },
    ]);
  });

  test.each([
    { name: 'older than all local sets', stray: copyAgo('c2', 90 * HOUR) },
    { name: 'so young that its set may not be listed yet', stray: copyAgo('c2', 44 * MINUTE) },
    { name: 'a second copy of a set', stray: copyAgo('c4', 30 * HOUR) },
    { name: 'as old as sets that have expired', stray: copyAgo('c2', 50 * HOUR), keptDays: 2 },
  ])('is as it should be when it is $name', ({ stray, keptDays = 30 }) => {
    const kept = sets.map((set) => ({ ...set, expiresAt: plusMs(set.endedAt, keptDays * DAY) }));

    const pair = pairsOf({ sets: kept, copies: [...copies, stray] }).find(({ copy }) => copy === stray);

    expect(pair).toMatchObject({ state: 'matched', set: undefined, lagMs: undefined });
    expect(rulesOf({ sets: kept, copies: [...copies, stray] })).toEqual([]);
  });

  test('is as it should be at the edge of what is looked at, and where there are no sets at all', () => {
    const edge = copyAgo('c2', 7 * DAY - MINUTE - 10_000);
    const logical = setAgo('1', 7 * DAY - MINUTE, { method: 'logical' });

    expect(statesOf({ sets: [], copies: [edge] })).toEqual(['- c2 matched']);
    expect(statesOf({ sets: [{ ...logical, startedAt: ago(7 * DAY) }], copies: [edge] })).toEqual(['1 - not-copied', '- c2 matched']);
  });

  test('that failed is nobody’s loss', () => {
    const failed = copyAgo('c2', 50 * HOUR, { status: 'failed' });
    const again = copyAgo('c4', 30 * HOUR, { status: 'failed' });

    expect(statesOf({ sets, copies: [...copies, failed, again] })).toEqual(['1 c1 matched', '- c2 failed', '3 c3 matched', '- c4 failed']);
    expect(rulesOf({ sets, copies: [...copies, failed, again] })).toEqual([]);
  });
});

describe('copies in another region', () => {
  const away = (id: string, hours: number): ReturnType<typeof copyAgo> => copyAgo(id, hours * HOUR, { region: 'cn-beijing' });
  const found = (copies: readonly ReturnType<typeof copyAgo>[]): [string, string, unknown][] =>
    verifyCopies(makeInput({ sets: [setAgo('1', 50 * HOUR), setAgo('2', 30 * HOUR), setAgo('3', 10 * HOUR)], copies }))
      .findings.filter(({ rule }) => rule === 'copy-wrong-region')
      .map(({ id, severity, evidence }) => [id, severity, evidence['count']]);

  test('are one finding of the instance, whichever they are', () => {
    expect(found([away('c1', 50), away('c2', 30), away('c3', 10)])).toEqual([['copy-wrong-region:rm-1', 'error', 3]]);
  });

  test('are a warning once a newer copy is where it should be', () => {
    expect(found([away('c1', 50), away('c2', 30), copyAgo('c3', 10 * HOUR)])).toEqual([['copy-wrong-region:rm-1', 'warning', 2]]);
  });
});

describe('a copy with more than one fault', () => {
  test('has a finding for each, and the gravest is its state', () => {
    const sets = [makeSet({ expiresAt: 'never' })];
    const copies = [makeCopy({ region: 'cn-beijing' })];
    const earlier = new Map([['900001', { copyId: undefined, absentAt: plusMs(ENDED, 4 * HOUR) }]]);

    const { pairs, findings } = verifyCopies(makeInput({ sets, copies, earlier }));

    expect(pairs[0]).toMatchObject({ state: 'wrong-region', lagMs: NOW - ENDED });
    expect(findings.map(({ rule }) => rule)).toEqual(['copy-wrong-region', 'copy-late', 'copy-expires-early']);
    expect(findings[0]?.evidence).toMatchObject({ region: 'cn-beijing', wanted: 'cn-shanghai' });
    expect(findings[1]?.evidence).toMatchObject({ lagAtLeastMinutes: 240, lagAtMostMinutes: 455, maxLagMinutes: 180 });
    expect(findings[2]?.evidence).toMatchObject({ copyRetentionDays: 30, setExpiresAt: 'for ever' });
  });

  test('where no destination is known none is wrong', () => {
    expect(rulesOf({ settings: { destination: undefined }, copies: [makeCopy({ region: 'cn-beijing' })] })).toEqual([]);
  });
});

describe('a set that outlives its copy', () => {
  const days = (count: number): Parameters<typeof makeSet>[0] => ({ expiresAt: plusMs(ENDED, count * DAY) });

  test.each([
    { name: 'is found a day later', set: days(31), rules: ['copy-expires-early'] },
    { name: 'is not found within half a day', set: days(30.5), rules: [] },
    { name: 'is not found where the set says nothing of its end', set: { expiresAt: undefined }, rules: [] },
    { name: 'is not found where the retention of copies is not known', set: days(400), settings: { retentionDays: undefined }, rules: [] },
    {
      name: 'is no news where the retention is not as agreed and would be enough',
      set: days(31),
      policy: { retentionDays: { exactly: 60 } },
      rules: [],
    },
    {
      name: 'is found where the agreed retention is not enough either',
      set: days(90),
      policy: { retentionDays: { exactly: 60 } },
      rules: ['copy-expires-early'],
    },
  ])('$name', ({ set, rules, ...change }) => {
    expect(rulesOf({ sets: [makeSet(set)], ...change })).toEqual(rules);
  });

  test('is also found when the copy has gone before its time', () => {
    const earlier = new Map([['900001', { copyId: '14377', absentAt: undefined }]]);

    const report = verifyCopies(makeInput({ copies: [], earlier, settings: { retentionDays: undefined } }));

    expect(report.pairs[0]).toMatchObject({ state: 'expiring-early', copy: undefined, reason: expect.stringContaining('copy 14377 was there and is gone') });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['copy-expires-early']);
    expect(report.earlier.get('900001')).toEqual({ copyId: '14377', absentAt: undefined });
  });
});

describe('the lag', () => {
  const lagOf = (change: Parameters<typeof pairsOf>[0]): unknown => {
    const [pair] = pairsOf(change);
    return { state: pair?.state, lagMs: pair?.lagMs };
  };
  const seen = (...entries: [string, number][]): Pick<CopiesInput, 'firstSeen'> => ({
    firstSeen: new Map(entries.map(([id, ms]) => [id, plusMs(ENDED, ms)])),
  });
  const absent = (ms: number): Pick<CopiesInput, 'earlier'> => ({
    earlier: new Map([['900001', { copyId: undefined, absentAt: plusMs(ENDED, ms) }]]),
  });

  test.each([
    { name: 'is not known from the first run', change: {}, lag: { state: 'matched', lagMs: undefined } },
    { name: 'is not known without a run before the one that saw it', change: seen(['14377', HOUR]), lag: { state: 'matched', lagMs: undefined } },
    { name: 'is to the first run that saw it', change: seen(['14377', HOUR], ['old', -HOUR]), lag: { state: 'matched', lagMs: HOUR } },
    { name: 'is to this run where no earlier one saw it', change: seen(['old', -HOUR]), lag: { state: 'matched', lagMs: NOW - ENDED } },
    {
      name: 'is not known where a run should have known the set and says nothing of it',
      change: seen(['14377', 5 * HOUR], ['old', 4 * HOUR]),
      lag: { state: 'matched', lagMs: undefined },
    },
    { name: 'is no fault when only the runs were late', change: seen(['14377', 7 * HOUR], ['old', -HOUR]), lag: { state: 'matched', lagMs: 7 * HOUR } },
    { name: 'is no fault up to what is allowed', change: { ...seen(['14377', 7 * HOUR]), ...absent(3 * HOUR) }, lag: { state: 'matched', lagMs: 7 * HOUR } },
    {
      name: 'is one when a run did not find it after that',
      change: { ...seen(['14377', 7 * HOUR]), ...absent(3 * HOUR + 1) },
      lag: { state: 'late', lagMs: 7 * HOUR },
    },
    {
      name: 'is nobody’s for what was there before copies were on',
      change: { ...seen(['14377', 7 * HOUR]), ...absent(4 * HOUR), settings: { enabledAt: ENDED } },
      lag: { state: 'matched', lagMs: undefined },
    },
    { name: 'is never below nothing', change: { ...seen(['14377', -HOUR]), ...absent(-2 * HOUR) }, lag: { state: 'matched', lagMs: 0 } },
  ])('$name', ({ change, lag }) => {
    expect(lagOf(change)).toEqual(lag);
  });

  test('is summed up by nearest rank', () => {
    expect(verifyCopies(makeInput({ ...seen(['14377', HOUR], ['old', -HOUR]) })).lag).toEqual({ copies: 1, p50Ms: HOUR, p95Ms: HOUR, maxMs: HOUR });
    expect(verifyCopies(makeInput()).lag).toBeUndefined();
  });

  test('is not known of a copy that failed', () => {
    const change = { ...seen(['14377', HOUR], ['old', -HOUR]), copies: [makeCopy({ status: 'failed' })] };

    expect(lagOf(change)).toEqual({ state: 'failed', lagMs: undefined });
  });
});

test('a run keeps when it first saw what is listed, and for which sets it waits', () => {
  const sets = [makeSet(), setAgo('2', 2 * HOUR), setAgo('3', 5 * HOUR, { method: 'logical' })];
  const named = new Map([['x', [copyAgo('c9', 50 * HOUR)]]]);
  const firstSeen = new Map([
    ['14377', ago(HOUR)],
    ['gone', ago(HOUR)],
  ]);

  const report = verifyCopies(makeInput({ sets, named, firstSeen }));

  expect(report.firstSeen).toEqual(
    new Map([
      ['14377', ago(HOUR)],
      ['c9', NOW],
    ]),
  );
  expect(report.earlier).toEqual(
    new Map([
      ['900001', { copyId: '14377', absentAt: undefined }],
      ['2', { copyId: undefined, absentAt: NOW }],
    ]),
  );
});

test('a refused probe is told with its cause, an accepted one is no news', () => {
  const probe = (answer: NonNullable<CopiesInput['probe']>['answer']): Pick<CopiesInput, 'probe'> => ({ probe: { copyId: '14377', at: NOW, answer } });

  const { findings } = verifyCopies(makeInput(probe({ isRestorable: false, code: 'CrossRegionUnsupportTDE', reason: 'the copy is encrypted' })));

  expect(findings).toMatchObject([
    {
      id: 'copy-not-restorable:rm-1',
      severity: 'error',
      message: 'the newest copy cannot be restored, the service says: the copy is encrypted',
      evidence: { copyId: '14377', askedAt: '2026-11-21T02:05:00Z', code: 'CrossRegionUnsupportTDE' },
    },
  ]);
  expect(rulesOf(probe({ isRestorable: true }))).toEqual([]);
});

test('a refused probe that an earlier run remembers is the same finding, without a code', () => {
  const answer = { isRestorable: false, code: '', reason: 'the copy is encrypted' } as const;

  const { findings } = verifyCopies(makeInput({ probe: { copyId: '14378', at: NOW, answer } }));

  expect(findings).toMatchObject([{ id: 'copy-not-restorable:rm-1' }]);
  expect(findings[0]?.evidence).not.toHaveProperty('code');
});
