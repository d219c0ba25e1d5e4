import pc from 'picocolors';
import { type Instant, parseInstant } from '../../lib/base/instant';
import { planText } from '../../lib/cli/printers/plan-text';
import type { SlotVerdict } from '../../lib/domain/verdict';
import type { Plan } from '../../lib/run/types';
import { CHANGE, EVERY_STEP, MARK, PURGE } from '../support/plan-steps';

const STYLE = { colors: pc.createColors(false), width: 120 };
const AT = parseInstant('2026-11-21T01:00:00Z') as Instant; // a literal

function planOf(steps: Plan['steps'], verdicts: Plan['verdicts'] = []): Plan {
  const summary: Plan['summary'] = {
    runId: 'r',
    function: 'retention-hygiene',
    trigger: { type: 'cli', id: 'keeper-run', time: '2026-11-21T01:00:00Z' },
    status: 'succeeded',
    asOf: '2026-11-21T01:00:00Z',
    dryRun: true,
    scope: { accounts: [], regions: [], instances: 1 },
    counts: {},
    findings: [],
    findingsTotal: 0,
    apiCalls: {},
  };
  return { function: 'retention-hygiene', asOf: summary.asOf, policyDigest: 'sha256:p', steps, digest: 'sha256:d', verdicts, summary };
}

function verdict(said: SlotVerdict['verdict'], reason: string): SlotVerdict {
  return { instanceId: 'rm-1', engine: 'mysql', rule: 'retention', slotId: undefined, verdict: said, reason, until: AT, backupId: '1', jobId: undefined };
}

test('every step is shown with what was before, what comes after, and why; what destroys backups stands out', () => {
  const text = planText(planOf(EVERY_STEP), undefined, STYLE);

  expect(text.split('\n').slice(0, 16)).toEqual([
    'Plan for retention-hygiene at 2026-11-21T01:00:00Z: 1 settings change would be written, 1 backup set would be marked as surplus, 1 backup set would be purged, 1 backup set would be kept longer, 1 backup would be started, nothing was',
    '',
    '2 of 5 steps destroy backups',
    '',
    'rm-1 (default in cn-hangzhou)',
    '  ! DESTROYS BACKUPS: change data settings: dataRetentionDays 30 days → 7 days, backupDays mon → mon, thu',
    '      because',
    '  mark backup set 322 as surplus',
    '      because',
    '  ! DESTROYS BACKUPS: purge backup set 323, marked since 2026-11-19T01:00:00Z',
    '      because',
    '  keep backup set 321 longer: 2026-11-26T01:00:00Z → 2027-02-17T01:00:00Z',
    '      because',
    '  back up the instance (physical) for slot 20261121T020000Z~nightly~instance',
    '      because',
    '',
  ]);
});

test('a reason that steps of a kind share is told once, below the last of them', () => {
  const text = planText(planOf([MARK, { ...MARK, backupId: '324' }, { ...MARK, backupId: '325', reason: 'another' }, PURGE]), undefined, STYLE);

  expect(text.split('\n').slice(5, 12)).toEqual([
    '  mark backup set 322 as surplus',
    '  mark backup set 324 as surplus',
    '      because',
    '  mark backup set 325 as surplus',
    '      another',
    '  ! DESTROYS BACKUPS: purge backup set 323, marked since 2026-11-19T01:00:00Z',
    '      because',
  ]);
});

test('what was found is told, the gravest first, and how much there is beyond the first', () => {
  const plan = planOf([]);
  const about = { instanceId: 'rm-1', evidence: {}, remedy: 'do something' };
  const findings = [
    { ...about, id: 'a', rule: 'surplus-forever', severity: 'info', message: 'for ever' },
    { ...about, id: 'b', rule: 'floor-not-met', severity: 'error', message: 'too few' },
  ] as const;

  const text = planText({ ...plan, summary: { ...plan.summary, findings, findingsTotal: 3 } }, undefined, STYLE);

  expect(text).toContain('error  rm-1: too few; do something\ninfo  rm-1: for ever; do something\n1 more finding: name fewer');
});

test('steps stand under their instances', () => {
  const text = planText(planOf([MARK, PURGE, { ...CHANGE, instanceId: 'rm-2', isDestructive: false }]), undefined, STYLE);

  expect(text.split('\n').filter((line) => /^rm-/.test(line))).toEqual(['rm-1 (default in cn-hangzhou)', 'rm-2 (default in cn-hangzhou)']);
  expect(text).toContain('1 of 3 steps destroys backups');
});

test('a verdict that a step tells of is only counted, every other is told', () => {
  const text = planText(planOf([MARK], [verdict('would-mark', 'no rule keeps it'), verdict('surplus', 'it cannot go yet')]), undefined, STYLE);

  expect(text).not.toContain('no rule keeps it');
  expect(text).toMatch(/rm-1 +mysql +retention +surplus +it cannot go yet \(until 2026-11-21T01:00:00Z\)/);
  expect(text).toContain('verdicts: 1 surplus, 1 would-mark');
});

test('a file without steps is not to be applied', () => {
  expect(planText(planOf([]), { path: 'plan.json', digest: 'sha256:f' }, STYLE)).not.toContain('keeper apply');
});

test('the file and its digest are told', () => {
  const text = planText(planOf([MARK]), { path: 'plan.json', digest: 'sha256:f' }, STYLE);

  expect(text).toContain('file    plan.json (sha256:f)\n        carry it out: keeper apply plan.json\n');
});

test('names from the cloud cannot act on the terminal', () => {
  const text = planText(planOf([{ ...MARK, instanceId: 'rm\u001b[2J', reason: '\u202eowned\u0007' }]), { path: '\u001b[2Jx', digest: 'd' }, STYLE);

  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});
