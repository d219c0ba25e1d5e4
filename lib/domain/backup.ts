// Backup sets, backup jobs, and the request that makes one.
import type { Instant } from '../base/instant';

export type BackupMethod = 'physical' | 'logical' | 'snapshot';
export type BackupMode = 'manual' | 'automated';

/** What a backup holds: the whole instance, or named databases. */
export type Scope = { readonly kind: 'instance' } | { readonly kind: 'databases'; readonly databases: readonly string[] };

/** What a set is known to hold. The service's list does not always say: `unknown` never stands for the instance. */
export type SetScope = Scope | { readonly kind: 'unknown' };

/** A restorable copy (or a failed attempt at one, which the service lists too). */
export interface BackupSet {
  readonly id: string;
  readonly instanceId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly status: 'success' | 'failed';
  readonly isAvailable: boolean;
  readonly mode: BackupMode;
  readonly method: BackupMethod;
  readonly type: 'full' | 'incremental';
  readonly sizeBytes: number;
  /** From the download list per database, where the service gives one; the ledger may know better. */
  readonly scope: SetScope;
  readonly expiresAt: Instant | 'never' | undefined;
  /** StoreStatus: `enabled` means that the service lets it be deleted now; undefined where it does not say. */
  readonly storeStatus: 'enabled' | 'disabled' | undefined;
}

/** A set of an instance that was released. The service keeps it for a while of its own. */
export interface DetachedSet {
  readonly instanceId: string;
  readonly instanceDescription: string;
  readonly backupId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly status: 'success' | 'failed';
  readonly isAvailable: boolean;
  readonly mode: BackupMode;
  readonly method: BackupMethod;
  readonly sizeBytes: number;
}

export type BackupJobStatus = 'not-started' | 'running' | 'finished' | 'failed';

/** The act that yields a set. */
export interface BackupJob {
  readonly id: string;
  readonly instanceId: string;
  readonly status: BackupJobStatus;
  readonly mode: BackupMode;
  readonly progressPercent: number | undefined;
  /** Known only when the job is finished and was asked for by its id (RDS API, DescribeBackupTasks). */
  readonly backupId: string | undefined;
}

/** How a backup is made. Decided by policy for each slot, from the rule and the engine. */
export interface BackupSpec {
  readonly scope: Scope;
  readonly method: BackupMethod;
  /** SQL Server physical only: `auto` lets the service choose differential or full. Undefined elsewhere. */
  readonly type: 'auto' | 'full' | undefined;
  /** SQL Server single-database sets only: 7 to 730, or `forever`. Undefined: the instance's own retention. */
  readonly retainDays: number | 'forever' | undefined;
}
