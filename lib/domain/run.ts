// Runs: what woke us, what came of it, and the one summary shape that every function returns.
import type { Instant } from '../base/instant';
import type { ReleaseReceipt } from './release';
import type { Finding } from './verdict';

export type TriggerType = 'timer' | 'event' | 'http' | 'invoke' | 'cli';

export interface Trigger {
  readonly type: TriggerType;
  /** The trigger's identity: with its time it names the run. */
  readonly id: string;
  readonly time: Instant;
}

export type FunctionName =
  | 'extra-backup'
  | 'retention-hygiene'
  | 'extend-expiry'
  | 'verify-cross-region'
  | 'pre-release-backup'
  | 'reconcile'
  | 'report'
  | 'restore';
/** `restore` is run by people only. */
export type DeployedFunction = Exclude<FunctionName, 'restore'>;
export const FUNCTION_NAMES: readonly DeployedFunction[] = [
  'extra-backup',
  'retention-hygiene',
  'extend-expiry',
  'verify-cross-region',
  'pre-release-backup',
  'reconcile',
  'report',
];

export type RunStatus = 'succeeded' | 'partial' | 'failed' | 'skipped' | 'continued';

export interface RunScope {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly instances: number;
  readonly shard?: string;
}

/** How many findings a summary carries; `findingsTotal` says how many there were. */
export const SUMMARY_FINDINGS = 50;

/** Times are ISO strings here: a summary leaves the house as JSON. */
export interface RunSummary {
  readonly runId: string;
  readonly function: FunctionName;
  readonly trigger: { readonly type: TriggerType; readonly id: string; readonly time: string };
  readonly status: RunStatus;
  readonly asOf: string;
  readonly dryRun: boolean;
  readonly scope: RunScope;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
  readonly apiCalls: Readonly<Record<string, number>>;
  /** Of verify-cross-region: over all copies that it has measured. */
  readonly copyLag?: { readonly copies: number; readonly p50Minutes: number; readonly p95Minutes: number; readonly maxMinutes: number };
  /** How many findings are new, changed, and gone since the last run that looked at the same instances. */
  readonly findingChanges?: { readonly opened: number; readonly updated: number; readonly closed: number };
  /** Of pre-release-backup: what the pipeline is told. */
  readonly release?: ReleaseReceipt;
  /** The parts of the fleet that other invocations work on: their runs are rows of their own. */
  readonly handedTo?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** A row of the ledger's `runs`. */
export interface RunRecord {
  readonly scope: string;
  readonly runId: string;
  readonly function: FunctionName;
  readonly trigger: Trigger;
  readonly startedAt: Instant;
  readonly leaseUntil: Instant;
  /** Grows with every take-over. */
  readonly fence: number;
  readonly summary: RunSummary | undefined;
}

/** The answer to a claim: ours now, finished earlier, or being worked on by somebody whose lease has not run out. */
export type RunClaim =
  | { readonly kind: 'claimed'; readonly run: RunRecord }
  | { readonly kind: 'finished'; readonly summary: RunSummary }
  | { readonly kind: 'held'; readonly until: Instant };
