// Tells of a run and of the invocations that it handed parts of the fleet to as of one.
import type { RunStatus, RunSummary } from '../../domain/run';

/** What is worst comes first. A hand-over says nothing once the work was done. */
const WORST: readonly RunStatus[] = ['failed', 'partial', 'succeeded', 'skipped', 'continued'];

/** The summary of a run with those of its workers; the run's own where it had none. */
export function withWorkers(run: RunSummary, workers: readonly RunSummary[]): RunSummary {
  if (workers.length === 0) return run;
  const all = [run, ...workers];
  return {
    ...run,
    status: WORST.find((status) => all.some((each) => each.status === status)) ?? run.status,
    scope: { ...run.scope, instances: all.reduce((sum, { scope }) => sum + scope.instances, 0) },
    counts: sums(all.map(({ counts }) => counts)),
    findings: all.flatMap(({ findings }) => findings),
    findingsTotal: all.reduce((sum, { findingsTotal }) => sum + findingsTotal, 0),
    apiCalls: sums(all.map(({ apiCalls }) => apiCalls)),
  };
}

function sums(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) total[name] = (total[name] ?? 0) + count;
  return total;
}
