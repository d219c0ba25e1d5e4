// The nouns of cross-region backup in the local world: what an instance is set to, its copies, and what is planted among them.
import type { Instant } from '../../base/instant';
import type { JobOutcome, Method, SetType } from './state';

/** A time in which logs went to a region; open while `to` is null. */
export interface LogPeriod {
  readonly region: string;
  readonly from: Instant;
  readonly to: Instant | null;
}

/** What an instance is set to, since it was switched on for the first time (RDS API, DescribeInstanceCrossBackupPolicy). */
export interface CrossRegionSettings {
  readonly isEnabled: boolean;
  /** Stays when copying is switched off, as do the times. */
  readonly destination: string;
  readonly retentionDays: number;
  readonly copiesLogs: boolean;
  readonly enabledAt: Instant;
  /** Null while logs were never copied. */
  readonly logsEnabledAt: Instant | null;
  /** Oldest first. The files are worked out from them. */
  readonly logPeriods: readonly LogPeriod[];
}

/** A copy in another region, made to its end when its set ended: nobody sees it before `readyAt`. */
export interface CopyState {
  readonly id: string;
  /** The local set that it is of. Null: of none that was ever here. */
  readonly backupId: string | null;
  readonly region: string;
  /** Of the backup. */
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly readyAt: Instant;
  readonly outcome: JobOutcome;
  readonly method: Method;
  readonly type: SetType;
  readonly databases?: readonly string[];
  readonly sizeBytes: number;
  readonly expiresAt: Instant;
  /** Why it cannot be restored. Absent: it can; null: the service says so without a reason. */
  readonly unrestorable?: string | null;
}

/** What a test or a scenario does to a copy. */
export type CopyFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed' }
  /** It is there this long after the end of its backup. */
  | { readonly kind: 'late'; readonly lagMs: number }
  | { readonly kind: 'wrong-region'; readonly region: string }
  /** It goes this long after the end of its backup, whatever its retention. */
  | { readonly kind: 'expires-early'; readonly afterMs: number };

/** A piece of the log that is not there: every file that touches it is lost. */
export interface LogGap {
  readonly from: Instant;
  readonly to: Instant;
  readonly where: 'local' | 'copies' | 'both';
}

/** A restore that was ordered: the same token again is answered with it. */
export interface OrderState {
  /** Account, operation and client token. */
  readonly key: string;
  /** Of all that was asked for: the same token for something else is refused. */
  readonly digest: string;
  readonly orderId: string;
  readonly instanceId: string;
  readonly at: Instant;
}
