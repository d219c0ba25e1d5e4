// Verifies the copies of one instance: which set has which, how late they were, whether logs go on, and what could be restored.

import { judgePairs } from './judge';
import { logContinuity } from './log-continuity';
import { logFindings, rpoFinding, windowFinding } from './log-findings';
import { ambiguousFindings, notCopyableFindings, pairFindings, probeFindings } from './pair-findings';
import { lagFigures } from './percentiles';
import { achievedRpoMs, rpoBreach } from './rpo';
import { keptEarlier, keptFirstSeen } from './sightings';
import type { CopiesInput, CopiesReport } from './types';
import { windowFaults } from './windows';

export { newestUnmatched } from './judge';

/**
 * What is so, and a finding for each thing that is not as it should be; of what has one cause, the cause. A setting that is not as agreed is not among them: see
 * decideCrossRegion. Pure: the order of the input never matters, and neither does the time of day.
 */
export function verifyCopies(input: CopiesInput): CopiesReport {
  const judged = judgePairs(input);
  const logs = logContinuity(input);
  const windows = windowFaults(judged, logs, input);
  const breach = rpoBreach(
    judged,
    logs,
    windows.some(({ kind, where }) => kind === 'missing' && where === 'copy'),
    input,
  );
  const pairs = judged.map(({ state, set, copy, lagMs, reason }) => ({ state, set, copy, lagMs, reason }));
  return {
    pairs,
    lag: lagFigures(pairs.map(({ lagMs }) => lagMs).filter((lagMs) => lagMs !== undefined)),
    gaps: logs.gaps,
    achievedRpoMs: achievedRpoMs(judged, input),
    findings: [
      ...pairFindings(judged, input),
      ...ambiguousFindings(judged, input),
      ...notCopyableFindings(input),
      ...logFindings(logs, input),
      ...windows.map((fault) => windowFinding(fault, input)),
      ...(breach === undefined ? [] : [rpoFinding(breach, input)]),
      ...probeFindings(input),
    ],
    firstSeen: keptFirstSeen(input),
    earlier: keptEarlier(pairs, input),
  };
}
