// Counts a run's verdicts and findings as they fall, and says what they make of the run.
import { MINUTE_MS } from '../base/instant';
import type { ReleaseReceipt } from '../domain/release';
import type { RunStatus, RunSummary } from '../domain/run';
import { SUMMARY_FINDINGS } from '../domain/run';
import type { Finding, SlotVerdict, Verdict } from '../domain/verdict';
import type { LagFigures } from '../policy/cross-region/types';
import type { FindingChange } from '../policy/finding-changes';
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
  /** What is counted beside verdicts. */
  count(name: string, by: number): void;
  finding(finding: Finding): void;
  instances(count: number): void;
  /** The lag of all copies that the run has measured. */
  copyLag(lag: LagFigures): void;
  /** What is new about the findings of an instance whose posture is being written. */
  changes(changes: readonly FindingChange[]): void;
  /** The answer to a release. */
  release(receipt: ReleaseReceipt): void;
  /** The work goes on elsewhere or later: not an error. `to`: the parts of the fleet that other invocations work on. */
  handOff(to?: readonly string[]): void;
  readonly isHandedOff: boolean;
  totals(): TallyTotals;
}

export interface TallyTotals {
  readonly copyLag?: NonNullable<RunSummary['copyLag']>;
  readonly release?: ReleaseReceipt;
  readonly handedTo?: readonly string[];
  readonly counts: Record<string, number>;
  readonly findings: Finding[];
  readonly findingsTotal: number;
  readonly findingChanges: NonNullable<RunSummary['findingChanges']>;
  readonly instances: number;
  readonly status: RunStatus;
}

export function makeTally(observer: RunObserver): Tally {
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  let findingsTotal = 0;
  let instances = 0;
  let copyLag: RunSummary['copyLag'];
  let release: ReleaseReceipt | undefined;
  let handedTo: readonly string[] | undefined;
  const findingChanges = { opened: 0, updated: 0, closed: 0 };
  let hasFailure = false;
  let isHandedOff = false;

  return {
    verdict: (verdict, isNews = true) => {
      counts[verdict.verdict] = (counts[verdict.verdict] ?? 0) + 1;
      if (isNews && isFailure(verdict.verdict)) hasFailure = true;
      observer.onVerdict?.(verdict);
    },
    count: (name, by) => {
      counts[name] = (counts[name] ?? 0) + by;
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
    copyLag: ({ copies, p50Ms, p95Ms, maxMs }) => {
      const minutes = (ms: number): number => Math.round(ms / MINUTE_MS);
      copyLag = { copies, p50Minutes: minutes(p50Ms), p95Minutes: minutes(p95Ms), maxMinutes: minutes(maxMs) };
    },
    changes: (changes) => {
      for (const change of changes) {
        findingChanges[change.kind] += 1;
        observer.onFindingChange?.(change);
      }
    },
    release: (receipt) => {
      release = receipt;
    },
    handOff: (to) => {
      isHandedOff = true;
      handedTo = to ?? handedTo;
    },
    get isHandedOff() {
      return isHandedOff;
    },
    totals: () => ({
      ...(copyLag === undefined ? {} : { copyLag }),
      ...(release === undefined ? {} : { release }),
      ...(handedTo === undefined ? {} : { handedTo }),
      counts,
      findings,
      findingsTotal,
      findingChanges,
      instances,
      status: hasFailure ? 'partial' : isHandedOff ? 'continued' : 'succeeded',
    }),
  };
}
