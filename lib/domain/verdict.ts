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

/**
 * On an instance's own settings. `in-line`: nothing has drifted. `drifted`: it has, and is reported only. `corrected`: written, and read back. `not-correctable`: the
 * API cannot do it. `waiting`: not now (a window, an instance that is busy). `paused`: somebody else keeps changing it back.
 */
export type SettingsVerdict = 'in-line' | 'drifted' | 'corrected' | 'not-correctable' | 'waiting' | 'paused';

/**
 * On the manual sets of an instance, and on single sets. `kept`: nothing is surplus. `surplus`: it may go, and cannot go now (or is reported only). `marked`: the first of
 * the two phases. `purged`: deleted, and seen to be gone. `braked`: too much was purged lately. `held`: a hold came first.
 */
export type RetentionVerdict = 'kept' | 'surplus' | 'marked' | 'purged' | 'braked' | 'held';

/**
 * On the copies of an instance as a whole. `copied`: everything is as agreed. `copies-at-risk`: something is not, and the findings say what. `copies-unknown`: the service
 * does not tell. `not-required`: no copies are asked for, and there are none.
 */
export type CopiesVerdict = 'copied' | 'copies-at-risk' | 'copies-unknown' | 'not-required';

/** Appear in plans and dry runs only. */
export type PlannedVerdict = 'would-submit' | 'would-extend' | 'would-correct' | 'would-mark' | 'would-purge';

/** `not-in-plan`: due by now, and not in the plan that is being applied. */
export type Verdict =
  | SettledVerdict
  | ActiveVerdict
  | DeferredVerdict
  | IdleVerdict
  | ExpiryVerdict
  | SettingsVerdict
  | RetentionVerdict
  | CopiesVerdict
  | PlannedVerdict
  | 'not-in-plan';

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
