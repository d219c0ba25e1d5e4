// Gaps in logs, recovery windows and the RPO in the other region.
import { instant } from '../../../lib/base/instant';
import { verifyCopies } from '../../../lib/policy/cross-region/verify';
import { DAY, HOUR, MINUTE, makeCopy, makeLogFile, makeSet, NOW } from '../fixtures';
import { ago, type Change, hourlyLogs, makeInput, rulesOf } from './support';

/** Logs are copied since long, and all of the last two days are there. */
const LOGGED: Change = {
  settings: { copiesLogs: true, logsEnabledAt: ago(300 * DAY) },
  localLogs: hourlyLogs(48, 0),
  copiedLogs: hourlyLogs(48, 1),
};

function gapsOf(change: Change): string[] {
  return verifyCopies(makeInput({ ...LOGGED, ...change })).gaps.map(({ where, from, to }) => `${where} ${(NOW - from) / HOUR} ${(NOW - to) / HOUR}`);
}

describe('gaps', () => {
  const without = (files: ReturnType<typeof hourlyLogs>, from: number, to: number): typeof files =>
    files.filter((file) => file.to <= ago(from * HOUR) || file.from >= ago(to * HOUR));

  test.each<{ name: string; change: Change; gaps: string[]; rules: string[] }>([
    { name: 'there are none where logs go on', change: {}, gaps: [], rules: [] },
    {
      name: 'what both have is the local ones’',
      change: { localLogs: without(hourlyLogs(48, 0), 20, 18), copiedLogs: without(hourlyLogs(48, 1), 20, 18) },
      gaps: ['local 20 18'],
      rules: ['local-log-gap'],
    },
    { name: 'copied ones have their own', change: { copiedLogs: without(hourlyLogs(48, 1), 20, 18) }, gaps: ['copied 20 18'], rules: ['copied-log-gap'] },
    {
      name: 'copied ones have their own also where local ones are not listed',
      change: { localLogs: undefined, copiedLogs: without(hourlyLogs(48, 1), 20, 18) },
      gaps: ['copied 20 18'],
      rules: ['copied-log-gap'],
    },
    {
      name: 'there may be more than one',
      change: { copiedLogs: without(without(hourlyLogs(48, 1), 20, 18), 12, 11) },
      gaps: ['copied 20 18', 'copied 12 11'],
      rules: ['copied-log-gap', 'copied-log-gap'],
    },
    {
      name: 'local logs that were never copied are one at the beginning',
      change: { copiedLogs: hourlyLogs(40, 1) },
      gaps: ['copied 48 40'],
      rules: ['copied-log-gap'],
    },
    {
      name: 'logs from before they were copied are none',
      change: { copiedLogs: hourlyLogs(40, 1), settings: { copiesLogs: true, logsEnabledAt: ago(40 * HOUR) } },
      gaps: [],
      rules: [],
    },
    {
      name: 'where the service does not say since when, the first copied log does',
      change: { copiedLogs: hourlyLogs(40, 1), settings: { copiesLogs: true, logsEnabledAt: undefined } },
      gaps: [],
      rules: [],
    },
    {
      name: 'where it does not and none is copied, nothing is concluded',
      change: { copiedLogs: [], settings: { copiesLogs: true, logsEnabledAt: undefined } },
      gaps: [],
      rules: [],
    },
    {
      name: 'up to two minutes between files are none',
      change: { localLogs: hourlyLogs(48, 0).map((file) => ({ ...file, to: instant(file.to - 2 * MINUTE) })) },
      gaps: [],
      rules: [],
    },
    {
      name: 'an upload at the end is none',
      change: { localLogs: [...hourlyLogs(48, 1), makeLogFile({ from: ago(HOUR), to: NOW, isComplete: false })] },
      gaps: [],
      rules: [],
    },
    {
      name: 'an upload that others have overtaken is one',
      change: { localLogs: hourlyLogs(48, 0).map((file, index) => ({ ...file, isComplete: index !== 20 })) },
      gaps: ['local 28 27'],
      rules: ['local-log-gap'],
    },
    {
      name: 'what is older than what is looked at is none',
      change: { policy: { lookBackMs: 19 * HOUR }, localLogs: without(hourlyLogs(48, 0), 20, 18) },
      gaps: ['local 19 18'],
      rules: ['local-log-gap'],
    },
    {
      name: 'where logs are not copied only local ones count',
      change: { settings: { copiesLogs: false }, copiedLogs: [], localLogs: without(hourlyLogs(48, 0), 20, 18) },
      gaps: ['local 20 18'],
      rules: ['local-log-gap'],
    },
    {
      name: 'where copies are off copied ones do not count',
      change: { settings: { isEnabled: false, copiesLogs: true }, copiedLogs: [] },
      gaps: [],
      rules: [],
    },
    { name: 'files that overlap are none', change: { localLogs: [...hourlyLogs(48, 0), ...hourlyLogs(30, 10)] }, gaps: [], rules: [] },
  ])('$name', ({ change, gaps, rules }) => {
    expect(gapsOf(change)).toEqual(gaps);
    expect(rulesOf({ ...LOGGED, ...change })).toEqual(rules);
  });

  test('a gap is told by its end, as its beginning moves with what is looked at', () => {
    const localLogs = [...without(hourlyLogs(48, 0), 20, 18)];

    const { findings } = verifyCopies(makeInput({ ...LOGGED, localLogs }));

    expect(findings).toMatchObject([
      {
        id: 'local-log-gap:rm-1:20261120T080500Z',
        severity: 'error',
        message: 'the local logs have a gap of 2 h from 2026-11-20T06:05:00Z to 2026-11-20T08:05:00Z',
        evidence: { from: '2026-11-20T06:05:00Z', to: '2026-11-20T08:05:00Z', minutes: 120 },
      },
    ]);
  });

  test('gaps are told the newest first', () => {
    const localLogs = without(without(hourlyLogs(48, 0), 20, 18), 10, 8);

    expect(verifyCopies(makeInput({ ...LOGGED, localLogs })).findings.map(({ evidence }) => evidence['minutes'])).toEqual([120, 120]);
    expect(gapsOf({ localLogs })).toEqual(['local 20 18', 'local 10 8']);
    expect(verifyCopies(makeInput({ ...LOGGED, localLogs })).findings[0]?.evidence['to']).toBe('2026-11-20T18:05:00Z');
  });
});

describe('logs that are copied late', () => {
  test('are those older than a copy may be', () => {
    expect(rulesOf({ ...LOGGED, copiedLogs: hourlyLogs(48, 3) })).toEqual([]);

    const { findings, gaps } = verifyCopies(makeInput({ ...LOGGED, copiedLogs: hourlyLogs(48, 5) }));

    expect(gaps).toEqual([]);
    expect(findings).toMatchObject([
      {
        id: 'copied-logs-late:rm-1',
        severity: 'warning',
        evidence: { to: '2026-11-20T23:05:00Z', maxLagMinutes: 180, newestCopied: '2026-11-20T21:05:00Z' },
        message: expect.stringContaining('the newest copied log ends at 2026-11-20T21:05:00Z'),
      },
    ]);
  });

  test('are all where none is copied', () => {
    const { findings } = verifyCopies(makeInput({ ...LOGGED, copiedLogs: [] }));

    expect(findings).toMatchObject([{ rule: 'copied-logs-late', message: expect.stringContaining('no log is copied') }]);
    expect(findings[0]?.evidence).not.toHaveProperty('newestCopied');
  });
});

describe('the achieved RPO', () => {
  const rpoOf = (change: Change): number | undefined => {
    const { achievedRpoMs } = verifyCopies(makeInput(change));
    return achievedRpoMs === undefined ? undefined : achievedRpoMs / MINUTE;
  };
  const incremental = makeSet({ id: '2', type: 'incremental', startedAt: ago(4 * HOUR), endedAt: ago(3.5 * HOUR) });
  const ofIncremental = makeCopy({ id: 'c2', type: 'incremental', startedAt: ago(4 * HOUR), endedAt: ago(3.5 * HOUR), consistentAt: ago(3.5 * HOUR) });

  test.each<{ name: string; change: Change; minutes: number | undefined }>([
    { name: 'is the age of the newest copy’s moment', change: {}, minutes: 7 * 60 + 36 },
    { name: 'is that of its start where the service does not say more', change: { copies: [makeCopy({ consistentAt: undefined })] }, minutes: 8 * 60 + 5 },
    { name: 'is not known where copies cannot be listed', change: { copies: undefined }, minutes: undefined },
    { name: 'is not known without a copy', change: { copies: [] }, minutes: undefined },
    { name: 'knows no failed copy', change: { copies: [makeCopy({ status: 'failed' })] }, minutes: undefined },
    { name: 'knows no copy in another region', change: { copies: [makeCopy({ region: 'cn-beijing' })] }, minutes: undefined },
    {
      name: 'knows any region where none is agreed',
      change: { copies: [makeCopy({ region: 'cn-beijing' })], settings: { destination: undefined } },
      minutes: 7 * 60 + 36,
    },
    { name: 'knows no logical copy', change: { sets: [], copies: [makeCopy({ method: 'logical' })] }, minutes: undefined },
    { name: 'knows no copy of single databases', change: { copies: [makeCopy({ scope: 'databases' })] }, minutes: undefined },
    { name: 'knows a copy of unknown scope by its set', change: { copies: [makeCopy({ scope: 'unknown' })] }, minutes: 7 * 60 + 36 },
    { name: 'knows an incremental copy with its full one', change: { sets: [makeSet(), incremental], copies: [makeCopy(), ofIncremental] }, minutes: 210 },
    { name: 'knows no incremental copy whose full one is missing', change: { sets: [makeSet(), incremental], copies: [ofIncremental] }, minutes: undefined },
    { name: 'knows no incremental copy without a full one', change: { sets: [incremental], copies: [ofIncremental] }, minutes: undefined },
    { name: 'is the end of the logs that continue the copy', change: LOGGED, minutes: 60 },
    {
      name: 'is not beyond a gap',
      change: { ...LOGGED, copiedLogs: [...hourlyLogs(48, 6), ...hourlyLogs(4, 1)] },
      minutes: 6 * 60,
    },
    {
      name: 'is beyond a gap that a newer copy has behind it',
      change: { ...LOGGED, copiedLogs: [...hourlyLogs(48, 10), ...hourlyLogs(8, 1)] },
      minutes: 60,
    },
    { name: 'is that of the copy where logs end before it', change: { ...LOGGED, copiedLogs: hourlyLogs(48, 10) }, minutes: 7 * 60 + 36 },
    { name: 'is not known where the copied logs are not', change: { ...LOGGED, copiedLogs: undefined }, minutes: undefined },
    {
      name: 'is what the service itself says',
      change: { ...LOGGED, copyWindow: { from: ago(DAY), to: ago(30 * MINUTE) } },
      minutes: 30,
    },
    { name: 'is that of the copy where the service says that there is no window', change: { ...LOGGED, copyWindow: 'none' }, minutes: 7 * 60 + 36 },
    { name: 'is never below nothing', change: { copies: [makeCopy({ consistentAt: instant(NOW + 1) })] }, minutes: 0 },
  ])('$name', ({ change, minutes }) => {
    expect(rpoOf(change)).toBe(minutes);
  });
});

describe('an RPO that is not met', () => {
  test('is found with the figures', () => {
    const { findings } = verifyCopies(makeInput({ policy: { rpoMs: 6 * HOUR } }));

    expect(findings).toMatchObject([
      {
        id: 'copy-rpo-exceeded:rm-1',
        severity: 'error',
        message: 'nothing after 2026-11-20T18:29:00Z can be restored in the other region; 6 h are allowed',
        evidence: { rpoMinutes: 360, achievedMinutes: 456, copiesLogs: false },
        remedy: expect.stringContaining('copy the logs too'),
      },
    ]);
  });

  test.each<{ name: string; change: Change; rules: string[] }>([
    { name: 'is met', change: { policy: { rpoMs: 8 * HOUR } }, rules: [] },
    { name: 'is not asked for', change: {}, rules: [] },
    { name: 'is not met where nothing at all can be restored', change: { policy: { rpoMs: HOUR }, sets: [], copies: [] }, rules: ['copy-rpo-exceeded'] },
    {
      name: 'is not met with logs, either',
      change: { ...LOGGED, localLogs: hourlyLogs(48, 2), copiedLogs: hourlyLogs(48, 2), policy: { rpoMs: HOUR } },
      rules: ['copy-rpo-exceeded'],
    },
    {
      name: 'is not met by the service’s word',
      change: { ...LOGGED, copyWindow: { from: ago(DAY), to: ago(7 * HOUR) }, policy: { rpoMs: 6 * HOUR } },
      rules: ['copy-rpo-exceeded'],
    },
    { name: 'is a matter of the missing copy', change: { policy: { rpoMs: 8 * HOUR }, copies: [] }, rules: ['copy-missing'] },
    { name: 'is not only a matter of the missing copy', change: { policy: { rpoMs: 6 * HOUR }, copies: [] }, rules: ['copy-missing', 'copy-rpo-exceeded'] },
    {
      name: 'is a matter of logs that are late',
      change: { ...LOGGED, copiedLogs: hourlyLogs(48, 5), policy: { rpoMs: 4 * HOUR } },
      rules: ['copied-logs-late'],
    },
    {
      name: 'is a matter of copied logs with a gap where local ones are not listed',
      change: { ...LOGGED, localLogs: undefined, copiedLogs: [...hourlyLogs(48, 6), ...hourlyLogs(4, 1)], policy: { rpoMs: 4 * HOUR } },
      rules: ['copied-log-gap'],
    },
    {
      name: 'is a matter of a gap in the local logs where the copied ones are not listed',
      change: {
        ...LOGGED,
        localLogs: [...hourlyLogs(48, 6), ...hourlyLogs(4, 1)],
        copiedLogs: undefined,
        copyWindow: { from: ago(DAY), to: ago(6 * HOUR) },
        policy: { rpoMs: 4 * HOUR },
      },
      rules: ['local-log-gap'],
    },
    { name: 'is a matter of logs that are not copied as agreed', change: { policy: { rpoMs: HOUR, copiesLogs: true } }, rules: [] },
    { name: 'is nothing while copies are off', change: { policy: { rpoMs: HOUR }, settings: { isEnabled: false } }, rules: [] },
    { name: 'is nothing while copies are only just on', change: { policy: { rpoMs: HOUR }, settings: { enabledAt: ago(4 * HOUR) }, copies: [] }, rules: [] },
    {
      name: 'counts where the service does not say since when copies are on',
      change: { policy: { rpoMs: HOUR }, settings: { enabledAt: undefined } },
      rules: ['copy-rpo-exceeded'],
    },
    { name: 'is not known where copied logs are not', change: { ...LOGGED, copiedLogs: undefined, policy: { rpoMs: MINUTE } }, rules: [] },
  ])('$name', ({ change, rules }) => {
    expect(rulesOf(change)).toEqual(rules);
  });

  test('nothing to restore is told as such', () => {
    const { findings } = verifyCopies(makeInput({ policy: { rpoMs: HOUR }, sets: [], copies: [] }));

    expect(findings[0]?.message).toBe('nothing of the last 7 d can be restored in the other region; 1 h are allowed');
    expect(findings[0]?.evidence).toEqual({ rpoMinutes: 60, copiesLogs: false });
  });
});

describe('recovery windows', () => {
  const window = (from: number, to: number): { from: ReturnType<typeof ago>; to: ReturnType<typeof ago> } => ({ from: ago(from * HOUR), to: ago(to * HOUR) });
  const earlier = (localWindow: ReturnType<typeof window> | undefined, copyWindow?: ReturnType<typeof window>): Change => ({
    windowsBefore: { localWindow, copyWindow },
  });
  const daily = [makeSet({ id: '1', startedAt: ago(33 * HOUR), endedAt: ago(32 * HOUR) }), makeSet({ startedAt: ago(9 * HOUR), endedAt: ago(8 * HOUR) })];
  const copies = [makeCopy({ id: 'c1', startedAt: ago(33 * HOUR), endedAt: ago(32 * HOUR) }), makeCopy({ startedAt: ago(9 * HOUR), endedAt: ago(8 * HOUR) })];

  test.each<{ name: string; change: Change; rules: string[] }>([
    { name: 'that roll on are as they should be', change: { localWindow: window(168, 0), ...earlier(window(169, 1)) }, rules: [] },
    { name: 'are nothing without an earlier one', change: { localWindow: window(48, 0) }, rules: [] },
    { name: 'are nothing where they could not be read', change: earlier(window(168, 0), window(168, 0)), rules: [] },
    { name: 'may begin one full set later', change: { sets: daily, copies, localWindow: window(144, 0), ...earlier(window(169, 1)) }, rules: [] },
    {
      name: 'may not begin two later',
      change: { sets: daily, copies, localWindow: window(140, 0), ...earlier(window(169, 1)) },
      rules: ['local-window-shrunk'],
    },
    { name: 'may be a week shorter where nobody knows how often sets are made', change: { localWindow: window(2, 0), ...earlier(window(169, 1)) }, rules: [] },
    { name: 'must not end earlier', change: { localWindow: window(168, 2), ...earlier(window(169, 1)) }, rules: ['local-window-shrunk'] },
    {
      name: 'in the other region must not, either',
      change: { ...LOGGED, copyWindow: window(168, 2), ...earlier(undefined, window(169, 1)) },
      rules: ['copy-window-shrunk'],
    },
    {
      name: 'in the other region begin anew with each copy',
      change: { ...LOGGED, copyWindow: window(8, 0), ...earlier(undefined, window(169, 1)) },
      rules: [],
    },
    { name: 'in the other region are nothing the first time', change: { ...LOGGED, copyWindow: window(8, 0) }, rules: [] },
    { name: 'in the other region are nothing where logs are not copied', change: { copyWindow: 'none' }, rules: [] },
    {
      name: 'in the other region are nothing where copies are off',
      change: { ...LOGGED, copyWindow: 'none', settings: { isEnabled: false, copiesLogs: true } },
      rules: [],
    },
    {
      name: 'are missing where a set and logs after it are there',
      change: { localWindow: 'none', localLogs: hourlyLogs(48, 0) },
      rules: ['local-window-missing'],
    },
    { name: 'are not missing without logs after it', change: { localWindow: 'none', localLogs: hourlyLogs(48, 10) }, rules: [] },
    { name: 'are not missing without logs', change: { localWindow: 'none' }, rules: [] },
    { name: 'are not missing without a set', change: { localWindow: 'none', localLogs: hourlyLogs(48, 0), sets: [], copies: [] }, rules: [] },
    {
      name: 'in the other region are missing where a copy and logs after it are there',
      change: { ...LOGGED, copyWindow: 'none' },
      rules: ['copy-window-missing'],
    },
    {
      name: 'in the other region are not missing without logs after it',
      change: { ...LOGGED, copyWindow: 'none', localLogs: hourlyLogs(48, 10), copiedLogs: hourlyLogs(48, 10) },
      rules: [],
    },
    { name: 'in the other region are not missing without a copy', change: { ...LOGGED, copyWindow: 'none', sets: [], copies: [] }, rules: [] },
    { name: 'in the other region are not missing without known logs', change: { ...LOGGED, copyWindow: 'none', copiedLogs: undefined }, rules: [] },
    {
      name: 'that are missing say why an RPO is not met',
      change: { ...LOGGED, copyWindow: 'none', policy: { rpoMs: 2 * HOUR } },
      rules: ['copy-window-missing'],
    },
    {
      name: 'are a matter of a gap where there is one',
      change: {
        ...LOGGED,
        localLogs: [...hourlyLogs(48, 20), ...hourlyLogs(10, 0)],
        localWindow: window(10, 0),
        ...earlier(window(169, 1), window(169, 1)),
        copyWindow: window(9, 3),
      },
      rules: ['local-log-gap'],
    },
    {
      name: 'in the other region are a matter of late logs where there are some',
      change: { ...LOGGED, copiedLogs: hourlyLogs(48, 6), copyWindow: window(9, 6), ...earlier(undefined, window(9, 5)) },
      rules: ['copied-logs-late'],
    },
  ])('$name', ({ change, rules }) => {
    expect(rulesOf(change)).toEqual(rules);
  });

  test('that shrank are told with both', () => {
    const { findings } = verifyCopies(makeInput({ localWindow: window(168, 2), ...earlier(window(169, 1)) }));

    expect(findings).toMatchObject([
      {
        id: 'local-window-shrunk:rm-1',
        evidence: { beforeFrom: '2026-11-14T01:05:00Z', beforeTo: '2026-11-21T01:05:00Z', nowFrom: '2026-11-14T02:05:00Z', nowTo: '2026-11-21T00:05:00Z' },
      },
    ]);
  });
});
