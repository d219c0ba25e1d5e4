import { Writable } from 'node:stream';
import { instant } from '../../lib/base/instant';
import { rehearsalText, stepLine } from '../../lib/cli/printers/rehearsal-text';
import { styleOf } from '../../lib/cli/printers/style';
import type { RunSummary } from '../../lib/domain/run';

const PLAIN = styleOf({ stdout: new Writable(), env: {} });

function lineOf(counts: RunSummary['counts'], width = PLAIN.width): string {
  const summary: RunSummary = {
    runId: 'r',
    function: 'extra-backup',
    trigger: { type: 'timer', id: 't', time: '2026-11-21T18:00:00Z' },
    status: 'succeeded',
    asOf: '2026-11-21T18:00:00Z',
    dryRun: false,
    scope: { accounts: [], regions: [], instances: 0 },
    counts,
    findings: [],
    findingsTotal: 0,
    apiCalls: {},
  };
  const invocation = {
    function: 'extra-backup' as const,
    triggerTime: instant(Date.parse('2026-11-21T18:00:00Z')),
    summary,
    shards: 0,
    backupsStarted: 0,
    isRepeated: false,
  };
  return stepLine({ kind: 'invocation', invocation }, { ...PLAIN, width });
}

test('an invocation that found no instance says so', () => {
  expect(lineOf({})).toBe('2026-11-21T18:00:00Z  extra-backup       succeeded   0 started  nothing to look at\n');
});

test('the greatest counts come first, as many as fit', () => {
  const counts = { 'not-due': 1, 'already-done': 20, 'fresh-enough': 5 };

  expect(lineOf(counts)).toContain('20 already-done, 5 fresh-enough, 1 not-due');
  expect(lineOf(counts, 80)).toMatch(/20 already-done \.\.\.\n$/);
});

test('what hygiene finds in order is counted, and what has drifted is told', () => {
  const row = {
    instanceId: 'rm-1',
    engine: 'mysql',
    rule: 'settings',
    reason: 'as agreed',
    until: undefined,
    slotId: undefined,
    backupId: undefined,
    jobId: undefined,
  };
  const rows = [
    { ...row, verdict: 'in-line', tone: 'idle' },
    { ...row, instanceId: 'rm-2', verdict: 'drifted', tone: 'bad', reason: '7 days, not 14' },
  ] as const;
  const base = { now: instant(Date.parse('2026-11-21T18:00:00Z')), invocations: [], news: [], findings: [], nextDue: undefined };

  const text = rehearsalText({ ...base, isFirst: true, rows }, PLAIN);

  expect(text).not.toContain('as agreed');
  expect(text).toMatch(/rm-2 +mysql +settings +drifted +7 days, not 14/);
  expect(text).toContain('verdicts  1 drifted, 1 in-line\n');
});

test.each([
  { rules: 1, words: '1 rule,' },
  { rules: 2, words: '2 rules,' },
])('$rules rules are told as "$words"', ({ rules, words }) => {
  expect(stepLine({ kind: 'policy', file: 'keeper.yaml', rules, digest: 'sha256:0' }, PLAIN)).toContain(words);
});
