// What retention is decided from, and what it decides: one decision and one feasibility for every backup set of an instance.
import type { Instant } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { Hold, PurgeMark } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { SetOrigin } from '../../domain/ports';
import type { RetentionPolicy } from '../../domain/protection-policy';
import type { SettingValues } from '../../domain/settings';

/** A set with what the ledger knows of it. `foreign`: nothing. */
export interface TracedSet extends BackupSet {
  readonly origin: SetOrigin | 'foreign';
  /** The key of the request that it was made for: see releaseOfSlot. */
  readonly release: string | undefined;
}

/** The settings that deletion depends on; undefined as a whole when they could not be read. */
export type LogSettings = Pick<SettingValues, 'logBackup' | 'logRetentionDays' | 'dataRetentionDays'>;

export interface RetentionInput {
  readonly instance: Instance;
  readonly policy: RetentionPolicy;
  /** In any order: the order never matters. */
  readonly sets: readonly TracedSet[];
  readonly holds: readonly Hold[];
  readonly settings: LogSettings | undefined;
  readonly asOf: Instant;
}

/**
 * Why a set stays. Protections stand against everything, also against deletion by hand; `rule` is what the policy wants to keep, `service` is what only the service
 * expires (its own automatic sets).
 */
export type KeepCause = 'service' | 'foreign' | 'held' | 'floor' | 'recovery-anchor' | 'needed-by-incremental' | 'unavailable' | 'future-dated' | 'rule';

export interface KeepReason {
  readonly cause: KeepCause;
  /** For example `daily 3 of 7 (2026-11-19)`, `hold h-01 of dba@example: audit 2026, until ...`. */
  readonly text: string;
}

export type SetDecision =
  | { readonly action: 'keep'; readonly reasons: readonly [KeepReason, ...KeepReason[]] }
  /** Why no rule keeps it. */
  | { readonly action: 'expire'; readonly reason: string };

/** Whether the service would delete a set. `until` without a time: nobody knows when (an instance that must run again). `rule`: the documents' rule that says so. */
export type PurgeFeasibility =
  | { readonly when: 'now'; readonly call: 'instance-sets' | 'database-files' }
  | { readonly when: 'until'; readonly at: Instant | undefined; readonly rule: string }
  | { readonly when: 'never'; readonly rule: string };

export interface DecidedSet {
  readonly set: TracedSet;
  readonly decision: SetDecision;
  readonly feasibility: PurgeFeasibility;
}

/** Where a set stands in the two phases. */
export type PurgePhase =
  | { readonly phase: 'none' }
  /** Surplus and deletable, not marked yet. */
  | { readonly phase: 'mark' }
  | { readonly phase: 'wait'; readonly until: Instant }
  | { readonly phase: 'purge' }
  /** A mark that no longer holds: the set stays by now, or cannot go. */
  | { readonly phase: 'unmark' };

export interface PhasedSet extends DecidedSet {
  readonly mark: PurgeMark | undefined;
  readonly next: PurgePhase;
}
