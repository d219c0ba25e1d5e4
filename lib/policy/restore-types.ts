// What a restore is decided from, and what is decided: shared by the rules on what was typed, on the source, and on single tables.
import type { Instant } from '../base/instant';
import type { BackupSet } from '../domain/backup';
import type { CrossRegionCopy, InstanceDetails, RecoveryWindow } from '../domain/cross-region';
import type { Instance, StorageKind } from '../domain/instance';
import type { RestoredTable, RestoreSource, RestoreTarget, SetContents } from '../domain/restore';

export type RestorableEngine = RestoreTarget['engine'];

/** Seed document "rds-backup", Restore Data: BackupSet or BackupTime, each of the local backups or of the copies. */
export type RestoreFrom =
  | { readonly kind: 'set'; readonly backupId: string }
  | { readonly kind: 'time'; readonly at: Instant }
  | { readonly kind: 'copy'; readonly copyId: string }
  | { readonly kind: 'copied-time'; readonly at: Instant };

export type FromCopies = Extract<RestoreFrom, { kind: 'copy' | 'copied-time' }>;
export type FromLocal = Exclude<RestoreFrom, FromCopies>;

/** Whose data, and as of when. */
export interface RestoreOrigin {
  readonly instanceId: string;
  readonly from: RestoreFrom;
  /** Where its copies lie; undefined: where the instance is set to copy to. */
  readonly copyRegion: string | undefined;
}

/** What somebody asks for; what is undefined is taken from the source. */
export interface RestoreWish extends RestoreOrigin {
  readonly kind: 'new-instance';
  readonly region: string | undefined;
  readonly engine: RestorableEngine | undefined;
  readonly engineVersion: string | undefined;
  readonly instanceClass: string | undefined;
  readonly storageGb: number | undefined;
  readonly disk: StorageKind | undefined;
  readonly description: string | undefined;
  readonly vpcId: string | undefined;
  readonly vSwitchId: string | undefined;
  readonly zoneId: string | undefined;
  readonly allowedAddresses: readonly string[];
}

/** Single tables or databases of a copy, into an instance that exists. */
export interface TableWish extends RestoreOrigin {
  readonly kind: 'tables';
  /** The instance that gets them. */
  readonly into: string;
  readonly tables: readonly RestoredTable[];
}

/** `none`: the service says that no point in time can be restored. `unknown`: it does not say. */
export type KnownWindow = RecoveryWindow | 'none' | 'unknown';

/** What the service knows of the source. */
export interface FoundSource {
  readonly account: string;
  /** Of the instance, not of its copies. */
  readonly region: string;
  /** Undefined: released; only its copies are left. */
  readonly instance: Instance | undefined;
  readonly details: InstanceDetails | undefined;
  readonly copyRegion: string | undefined;
  /** The set, or the copy, that was named; undefined: the service knows none of that id. */
  readonly set: BackupSet | undefined;
  readonly copy: CrossRegionCopy | undefined;
  /** False where the service lists no copies of this kind of instance: then only its check knows them. */
  readonly areCopiesListed: boolean;
  /** For points in time. */
  readonly window: KnownWindow;
}

/** What the service knows of the instance that gets single tables. */
export interface FoundTarget {
  readonly instance: Instance;
  readonly databases: readonly string[];
  /** Of the copy; undefined where the service does not say. */
  readonly contents: readonly SetContents[] | undefined;
}

/** Why a restore is refused before anything that costs money is sent. */
export interface RestoreRefusal {
  /** The option or the object that it is about. */
  readonly parameter: string;
  readonly message: string;
  /** The document that forbids it, and its words or code. */
  readonly rule: string;
}

export type RestoreDecision =
  | { readonly kind: 'possible'; readonly source: RestoreSource; readonly target: RestoreTarget; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly refusals: readonly RestoreRefusal[] };

export type TableDecision =
  | { readonly kind: 'possible'; readonly source: RestoreSource; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly refusals: readonly RestoreRefusal[] };

export const ENGINE_NAMES: Readonly<Record<RestorableEngine, string>> = { mysql: 'MySQL', postgresql: 'PostgreSQL', sqlserver: 'SQL Server' };

export function refusal(parameter: string, message: string, rule: string): RestoreRefusal {
  return { parameter, message, rule };
}

/** True for restores from the other region. */
export function isFromCopies(from: RestoreFrom): from is FromCopies {
  return from.kind === 'copy' || from.kind === 'copied-time';
}
