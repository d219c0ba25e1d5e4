// An RDS instance, as far as backups care.
import type { Instant } from '../base/instant';

export type Engine = 'mysql' | 'postgresql' | 'sqlserver' | 'mariadb';

/** `other`: an engine that the documents we rest on do not cover. Such an instance is listed and gets its verdicts, and is never acted on. */
export type InstanceEngine = Engine | 'other';

/** What the instance sits on. It decides which backup methods exist (RDS help pages, backup methods per engine). */
export type StorageKind = 'local-disk' | 'cloud-disk';

/** The edition, in our words; `other` keeps the door open for editions the documents do not name. */
export type Edition = 'basic' | 'high-availability' | 'cluster' | 'finance' | 'serverless' | 'other';

export type InstanceRole = 'primary' | 'read-only' | 'guard' | 'temporary';

/** Where an instance lives: one account of the policy, one region. A shard of work is one of these. */
export interface AccountRegion {
  /** The account's name in the protection policy, never a credential. */
  readonly account: string;
  readonly region: string;
}

export interface Instance extends AccountRegion {
  readonly id: string;
  readonly description: string;
  readonly engine: InstanceEngine;
  /** For `other`, with the engine's name before it. */
  readonly engineVersion: string;
  readonly edition: Edition;
  readonly storage: StorageKind;
  readonly role: InstanceRole;
  /** The service's own word, for example `Running`, `Stopped`, `Rebooting`. Only `Running` can be backed up. */
  readonly status: string;
  readonly isLocked: boolean;
  /** Why, in the service's words; undefined when not locked. */
  readonly lockReason: string | undefined;
  readonly createdAt: Instant | undefined;
  readonly resourceGroupId: string | undefined;
  /** Empty unless the policy selects by tags: tags cost calls of their own. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A database inside an instance. */
export interface Database {
  readonly name: string;
  /** Cold (archived) databases and databases that are being created or deleted cannot be backed up (RDS API, DescribeDatabases). */
  readonly isBackupable: boolean;
}
