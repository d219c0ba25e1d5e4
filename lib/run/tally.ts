// Counts a run's verdicts and findings as they fall, and says what they make of the run.
import type { RunStatus } from '../domain/run';
import { SUMMARY_FINDINGS } from '../domain/run';
import type { Finding, SlotVerdict, Verdict } from '../domain/verdict';
import type { RunObserver } from './types';

/** Verdicts that are a failure when they are news. What only waits for its turn is none. */
const FAILURES: ReadonlySet<Verdict> = new Set<Verdict>([
  'failed',
  'abandoned',
  'missed',
  'ambiguous',
  'denied',
  'unreachable',
  'refused',
  'no-such-database',
  'over-limit',
  'braked',
  'not-in-plan',
]);

export function isFailure(verdict: Verdict): boolean {
  return FAILURES.has(verdict);
}

export interface Tally {
  /** `isNews` is false for a verdict that an earlier run has reported and that stands. */
  verdict(verdict: SlotVerdict, isNews?: boolean): void;
  finding(finding: Finding): void;
  instances(count: number): void;
  /** The work goes on elsewhere or later: not an error. */
  handOff(): void;
  readonly isHandedOff: boolean;
  totals(): { counts: Record<string, number>; findings: Finding[]; findingsTotal: number; instances: number; status: RunStatus };
}

export function makeTally(observer: RunObserver): Tally {
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  let findingsTotal = 0;
  let instances = 0;
  let hasFailure = false;
  let isHandedOff = false;

  return {
    verdict: (verdict, isNews = true) => {
      counts[verdict.verdict] = (counts[verdict.verdict] ?? 0) + 1;
      if (isNews && isFailure(verdict.verdict)) hasFailure = true;
      observer.onVerdict?.(verdict);
    },
    finding: (finding) => {
      findingsTotal += 1;
      if (finding.severity === 'error') hasFailure = true;
      if (findings.length < SUMMARY_FINDINGS) findings.push(finding);
    },
    instances: (count) => {
      instances += count;
      observer.onProgress?.(instances);
    },
    handOff: () => {
      isHandedOff = true;
    },
    get isHandedOff() {
      return isHandedOff;
    },
    totals: () => ({ counts, findings, findingsTotal, instances, status: hasFailure ? 'partial' : isHandedOff ? 'continued' : 'succeeded' }),
  };
}
