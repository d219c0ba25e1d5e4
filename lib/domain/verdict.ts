// What a run says of each instance and slot, and what it found: reasons are data, words come with them.
import type { Instant } from '../base/instant';

/** Settled: nothing more will be done for this slot. */
export type SettledVerdict = 'already-done' | 'fresh-enough' | 'adopted' | 'failed' | 'abandoned' | 'missed' | 'method-unsupported' | 'read-only-instance';

/** Under way: a call was made; reconcile takes it from here. */
export type ActiveVerdict = 'submitted' | 'in-flight' | 'ambiguous';

/** Deferred: the slot stays open. */
export type DeferredVerdict =
  | 'job-running'
  | 'cap-exhausted'
  | 'cap-reserved'
  | 'instance-not-running'
  | 'instance-locked'
  | 'no-such-database'
  | 'blackout'
  | 'yield-to-release'
  | 'denied'
  | 'deferred-throttled'
  | 'refused'
  | 'unreachable';

/** No slot to speak of. */
export type IdleVerdict = 'not-due' | 'no-rule';

/** On a backup set and its expiry. `over-limit`: it was due, and the run had made all the changes that it may. */
export type ExpiryVerdict = 'extended' | 'left' | 'over-limit';

/** `would-submit` and `would-extend` appear in plans and dry runs only. */
export type Verdict = SettledVerdict | ActiveVerdict | DeferredVerdict | IdleVerdict | ExpiryVerdict | 'would-submit' | 'would-extend';

export interface SlotVerdict {
  readonly instanceId: string;
  readonly engine: string;
  /** Undefined for idle verdicts, and for verdicts on sets. */
  readonly rule: string | undefined;
  readonly slotId: string | undefined;
  readonly verdict: Verdict;
  /** One sentence with the figures: which set, which job, how many of how many. */
  readonly reason: string;
  /** When it makes sense to look again, where that is known. */
  readonly until: Instant | undefined;
  readonly backupId: string | undefined;
  readonly jobId: string | undefined;
}

export type Severity = 'info' | 'warning' | 'error';

/** One reasoned deviation. Its id is stable, so that it opens once. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** The kind of finding, kebab-case: `missed-slot`, `stuck-job`, `ambiguous-adoption`... */
  readonly rule: string;
  readonly instanceId: string | undefined;
  readonly message: string;
  readonly evidence: Readonly<Record<string, string | number | boolean>>;
  readonly remedy: string;
}
