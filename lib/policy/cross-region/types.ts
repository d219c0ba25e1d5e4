// What the verification of cross-region copies is decided from, and what it decides.
import type { Instant } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionCopy, CrossRegionSettings, CrossRegionWrite, LogFile, RecoveryWindow, RestoreAnswer } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import type { Finding } from '../../domain/verdict';

/** Undefined members were not asked for, or could not be: nothing is concluded from them. */
export interface CopiesInput {
  readonly instance: Instance;
  readonly policy: CrossRegionPolicy;
  readonly settings: CrossRegionSettings;
  /** Local sets that started in [asOf − lookBack, asOf]. */
  readonly sets: readonly BackupSet[];
  /** Of the same window. */
  readonly copies: readonly CrossRegionCopy[] | undefined;
  /** What the service names as copies of single local sets: asked for the newest unmatched one only. */
  readonly named: ReadonlyMap<string, readonly CrossRegionCopy[]>;
  readonly localLogs: readonly LogFile[] | undefined;
  readonly copiedLogs: readonly LogFile[] | undefined;
  readonly localWindow: RecoveryWindow | undefined;
  readonly copyWindow: RecoveryWindow | undefined;
  readonly probe: { readonly copyId: string; readonly at: Instant; readonly answer: RestoreAnswer } | undefined;
  readonly asOf: Instant;
}

/**
 * What became of one local set or one copy. `pending`: not copied yet, and not late yet. `not-copied`: made before the feature was on, or of a kind that is never copied.
 * `unknown`: copies cannot be listed.
 */
export type PairState = 'matched' | 'late' | 'missing' | 'failed' | 'pending' | 'not-copied' | 'unknown' | 'orphan' | 'expiring-early' | 'wrong-region';

export interface Pair {
  readonly state: PairState;
  readonly set: BackupSet | undefined;
  readonly copy: CrossRegionCopy | undefined;
  /** From the end of the backup to the time by which its copy is known to have been there; undefined where that is not known. */
  readonly lagMs: number | undefined;
  readonly reason: string;
}

export interface LagFigures {
  readonly copies: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface LogGap {
  readonly from: Instant;
  readonly to: Instant;
}

export interface CopiesReport {
  readonly pairs: readonly Pair[];
  /** Undefined when no copy has a known lag. */
  readonly lag: LagFigures | undefined;
  readonly gaps: readonly LogGap[];
  /** asOf minus the newest restorable moment in the other region; undefined where that is not known. */
  readonly achievedRpoMs: number | undefined;
  readonly findings: readonly Finding[];
}

/** What is to become of an instance's cross-region settings. */
export type CrossRegionDrift =
  | { readonly action: 'none' }
  | { readonly action: 'report' | 'not-correctable'; readonly reason: string; readonly before: string; readonly after: string }
  | {
      readonly action: 'correct';
      readonly write: CrossRegionWrite;
      readonly reason: string;
      readonly before: string;
      readonly after: string;
      readonly isDestructive: boolean;
      readonly costs: boolean;
    };
