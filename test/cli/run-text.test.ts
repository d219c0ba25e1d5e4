import pc from 'picocolors';
import { instant } from '../../lib/base/instant';
import { deletionText, runText, statusText } from '../../lib/cli/printers/text';
import type { RunRecord, RunSummary } from '../../lib/domain/run';
import type { Finding, SlotVerdict } from '../../lib/domain/verdict';

const STYLE = { colors: pc.createColors(false), width: 120 };
const SUMMARY: RunSummary = {
  runId: 'run-1',
  function: 'retention-hygiene',
  trigger: { type: 'cli', id: 'keeper-run', time: '2026-11-21T01:00:00Z' },
  status: 'partial',
  asOf: '2026-11-21T01:00:00Z',
  dryRun: false,
  scope: { accounts: [], regions: [], instances: 1 },
  counts: {},
  findings: [],
  findingsTotal: 0,
  apiCalls: { DescribeBackups: 2 },
};

function onSet(backupId: string, verdict: SlotVerdict['verdict'], reason: string, instanceId = 'rm-1'): SlotVerdict {
  return { instanceId, engine: 'mysql', rule: 'retention', slotId: undefined, verdict, reason, until: undefined, backupId, jobId: undefined };
}

function rowsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('rm-'))
    .map((line) => line.replace(/ +/g, ' '));
}

test('a reason that sets of an instance share is told at the first of them', () => {
  const verdicts = [
    onSet('3', 'braked', 'too many'),
    onSet('1', 'braked', 'too many'),
    onSet('2', 'held', 'too many'),
    onSet('4', 'braked', 'too many', 'rm-2'),
  ];

  const text = runText(SUMMARY, [...verdicts, onSet('5', 'braked', 'too many', 'rm-2')], STYLE);

  expect(rowsOf(text)).toEqual([
    'rm-1 mysql retention braked too many 1',
    'rm-1 mysql retention held too many 2',
    'rm-1 mysql retention braked too many 3',
    'rm-2 mysql retention braked too many 4',
    'rm-2 mysql retention braked as above 5',
  ]);
});

test('what is new about findings and how late copies were is told, and what is not is left out', () => {
  const copyLag = { copies: 1, p50Minutes: 20, p95Minutes: 40, maxMinutes: 45 };

  const news = runText({ ...SUMMARY, copyLag, findingChanges: { opened: 2, updated: 0, closed: 1 } }, [], STYLE);
  const changed = runText({ ...SUMMARY, copyLag: { ...copyLag, copies: 3 }, findingChanges: { opened: 0, updated: 4, closed: 0 } }, [], STYLE);
  const none = runText({ ...SUMMARY, findingChanges: { opened: 0, updated: 0, closed: 0 } }, [], STYLE);

  expect(news).toContain('\ncopy lag, at most: median 20 min, 95 % 40 min, longest 45 min, of 1 copy\nfindings: 2 new, 1 closed\nrun run-1');
  expect(changed).toContain('of 3 copies\nfindings: 4 changed\n');
  expect(none).not.toMatch(/copy lag|findings:/);
});

test('what rules say of an instance is told in full each time', () => {
  const verdicts = ['a', 'b'].map((rule): SlotVerdict => ({ ...onSet('', 'instance-locked', 'it is locked'), rule, backupId: undefined }));

  expect(rowsOf(runText(SUMMARY, verdicts, STYLE))).toEqual(['rm-1 mysql a instance-locked it is locked -', 'rm-1 mysql b instance-locked it is locked -']);
});

test('findings come by their gravity, and those beyond the first are counted', () => {
  const finding = (id: string, severity: Finding['severity']): Finding => ({
    id,
    severity,
    rule: 'r',
    instanceId: undefined,
    message: id,
    evidence: {},
    remedy: 'do it',
  });

  const text = runText({ ...SUMMARY, findings: [finding('x', 'info'), finding('y', 'error')], findingsTotal: 60 }, [], STYLE);

  expect(text).toContain('error  y; do it\ninfo  x; do it\n58 more findings: see keeper status\nrun run-1: 1 instance looked at, 2 API calls\n');
});

test('a dry run has no name: nothing of it is recorded', () => {
  const text = runText({ ...SUMMARY, dryRun: true }, [], STYLE);

  expect(text).not.toContain('run-1');
  expect(text).toContain('dry run: 1 instance looked at');
});

test.each([
  { name: 'some went, some did not', dryRun: false, says: 'Deletion by hand at 2026-11-21T01:00:00Z: 1 of 2 backup sets deleted\n' },
  { name: 'of a dry run', dryRun: true, says: ': 1 of 2 backup sets would be deleted (dry run: nothing was changed)\n' },
])('a deletion by hand says how many are gone: $name', ({ dryRun, says }) => {
  const verdicts = [onSet('1', dryRun ? 'would-purge' : 'purged', 'deleted by hand'), onSet('2', 'held', 'hold h-1')];

  const text = deletionText({ ...SUMMARY, dryRun }, verdicts, STYLE);

  expect(text).toContain(says);
  expect(rowsOf(text)).toHaveLength(2);
});

test('a deletion that came to nothing is told without a table', () => {
  expect(deletionText(SUMMARY, [], STYLE)).toMatch(/: 0 of 0 backup sets deleted\n\nrun run-1: /);
});

test('in the status, a run that has only divided the work says how many parts there are', () => {
  const summary: RunSummary = { ...SUMMARY, status: 'continued', handedTo: ['prod/cn-hangzhou', 'prod/cn-shanghai'] };
  const trigger = { type: 'timer', id: 'every-quarter', time: instant(0) } as const;
  const at = { startedAt: instant(0), leaseUntil: instant(0), fence: 1 };
  const run: RunRecord = { scope: 'extra-backup', runId: 'run-1', function: 'extra-backup', trigger, ...at, summary };
  const meta = { installationId: 'house', schemaVersion: 1, createdAt: instant(0) };

  const text = statusText({ meta, runs: [run], open: [], releases: [], postures: [] }, STYLE);

  expect(text.replace(/ +/g, ' ')).toContain('continued 2 parts handed over');
});
