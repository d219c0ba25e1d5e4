import { withWorkers } from '../../lib/cli/rehearsal/merge';
import type { RunStatus, RunSummary } from '../../lib/domain/run';

function summary(status: RunStatus, counts: RunSummary['counts'], instances = 0): RunSummary {
  return {
    runId: status,
    function: 'extra-backup',
    trigger: { type: 'timer', id: 't', time: '2026-11-21T18:00:00Z' },
    status,
    asOf: '2026-11-21T18:00:00Z',
    dryRun: false,
    scope: { accounts: [], regions: [], instances },
    counts,
    findings: [],
    findingsTotal: instances,
    apiCalls: { DescribeBackups: instances },
  };
}

test('a run without workers is told as it is', () => {
  const run = summary('succeeded', { submitted: 1 });

  expect(withWorkers(run, [])).toBe(run);
});

test('the numbers of a run and its workers are added up', () => {
  const merged = withWorkers(summary('continued', {}), [summary('succeeded', { submitted: 2, 'not-due': 1 }, 3), summary('succeeded', { submitted: 5 }, 5)]);

  expect(merged).toMatchObject({
    runId: 'continued',
    counts: { submitted: 7, 'not-due': 1 },
    scope: { instances: 8 },
    findingsTotal: 8,
    apiCalls: { DescribeBackups: 8 },
  });
});

test.each([
  { name: 'all did well', workers: ['succeeded', 'succeeded'], status: 'succeeded' },
  { name: 'one needs a look', workers: ['succeeded', 'partial'], status: 'partial' },
  { name: 'one failed', workers: ['failed', 'partial'], status: 'failed' },
  { name: 'all handed on', workers: ['continued'], status: 'continued' },
] as const)('where $name, the whole is $status', ({ workers, status }) => {
  expect(
    withWorkers(
      summary('continued', {}),
      workers.map((each) => summary(each, {})),
    ).status,
  ).toBe(status);
});
