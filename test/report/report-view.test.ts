import { HOUR_MS, MINUTE_MS, plusMs } from '../../lib/base/instant';
import { MOST_FINDINGS, MOST_RULES, viewOfReport } from '../../lib/report/report-view';
import { isoOf, localTime, spanText, utcTime } from '../../lib/report/times';
import { AS_OF, aFinding, aFleet, aJudged, aPosture, aRun } from './fleet';

test('every instance has a row, the worst first', () => {
  const view = viewOfReport(aFleet());

  expect(view.instances.map(({ instanceId, posture }) => [instanceId, posture])).toEqual([
    ['rm-3', 'unprotected'],
    ['rm-2', 'at-risk'],
    ['rm-4', 'unknown'],
    ['rm-1', 'protected'],
  ]);
  expect(view.totals).toEqual({ unprotected: 1, 'at-risk': 1, unknown: 1, protected: 1 });
  expect(view.findingTotals).toEqual({ error: 1, warning: 1, info: 0 });
});

test('within a posture they are ordered by account, region and id, whatever the order they come in', () => {
  const instances = [
    aJudged({ instanceId: 'b' }),
    aJudged({ instanceId: 'a' }),
    aJudged({ region: 'cn-beijing', instanceId: 'c' }),
    aJudged({ account: 'audit', region: 'cn-zhangjiakou', instanceId: 'd' }),
    aJudged({ instanceId: 'a' }),
  ];
  const names = (list: typeof instances): readonly string[] => viewOfReport(aFleet({ instances: list })).instances.map(({ instanceId }) => instanceId);

  expect(names(instances)).toEqual(['d', 'c', 'a', 'a', 'b']);
  expect(names(instances.toReversed())).toEqual(['d', 'c', 'a', 'a', 'b']);
});

test('an instance shows the words of all functions, and the newest of their times', () => {
  const hygiene = aPosture('in-line', { engine: 'other', asOf: plusMs(AS_OF, -MINUTE_MS), findings: [aFinding({ severity: 'info', id: 'f' })] });

  const [row] = viewOfReport(aFleet({ instances: [aJudged({ others: [hygiene] })] })).instances;

  expect(row).toMatchObject({ engine: 'mysql', saidAt: AS_OF - MINUTE_MS, rulesTotal: 2, findingsTotal: 1, copies: undefined });
  expect(row?.rules.map(({ rule, verdict }) => [rule, verdict])).toEqual([
    ['nightly', 'already-done'],
    ['nightly', 'in-line'],
  ]);
});

test('an instance of which nothing was said has no time and no engine that is known', () => {
  const [row] = viewOfReport(aFleet({ instances: [aJudged({ backups: undefined })] })).instances;

  expect(row).toMatchObject({ engine: 'other', saidAt: undefined, rules: [], findings: [] });
});

test('what was measured of copies is shown with its time', () => {
  const view = viewOfReport(aFleet());

  expect(view.instances.find(({ instanceId }) => instanceId === 'rm-1')?.copies).toMatchObject({ copies: 7, measuredAt: AS_OF - 5 * HOUR_MS });
  expect(view.instances.find(({ instanceId }) => instanceId === 'rm-2')?.copies).toBeUndefined();
});

test('rules, findings, leftovers and runs are bounded, and how many there are is told', () => {
  const rules = Object.fromEntries(
    Object.values(aPosture('missed').rules).flatMap((rule) => Array.from({ length: 30 }, (_, index) => [`rule-${index}`, rule] as const)),
  );
  const findings = Array.from({ length: 150 }, (_, index) => aFinding({ id: `f-${index}` }));
  const backups = aPosture('missed', { rules, findings });

  const view = viewOfReport(
    aFleet({ instances: [aJudged({ backups })], leftovers: [aPosture(undefined, { findings })], runs: Array.from({ length: 150 }, () => aRun()) }),
  );

  const [row] = view.instances;
  expect([row?.rules.length, row?.rulesTotal]).toEqual([MOST_RULES, 30]);
  expect([row?.findings.length, row?.findingsTotal]).toEqual([MOST_FINDINGS, 150]);
  expect([view.leftovers.length, view.leftoversTotal, view.runs.length]).toEqual([100, 150, 100]);
  expect(view.findingTotals.error).toBe(300);
});

test.each([
  { ms: -5, text: 'under a minute' },
  { ms: 59_999, text: 'under a minute' },
  { ms: 12 * MINUTE_MS, text: '12 min' },
  { ms: 5 * HOUR_MS, text: '5 h' },
  { ms: 5 * HOUR_MS + 10 * MINUTE_MS, text: '5 h 10 min' },
  { ms: 76 * HOUR_MS, text: '3 d 4 h' },
  { ms: 48 * HOUR_MS + 10 * MINUTE_MS, text: '2 d' },
])('a span of $ms ms reads $text', ({ ms, text }) => {
  expect(spanText(ms)).toBe(text);
});

test.each([
  { timezone: 'Asia/Shanghai', text: '2026-11-21 10:30 +08:00' },
  { timezone: 'America/New_York', text: '2026-11-20 21:30 -05:00' },
])('a time reads as it is in $timezone', ({ timezone, text }) => {
  expect(localTime(AS_OF, timezone)).toBe(text);
  expect([utcTime(AS_OF), isoOf(AS_OF)]).toEqual(['2026-11-21 02:30 UTC', '2026-11-21T02:30:00Z']);
});
