// Restores: what is asked for, and what the service made of it. They cost money, so each is written down before it is sent.
import type { Instant } from '../base/instant';

/** What the data comes from. */
export type RestoreSource =
  | { readonly kind: 'copy'; readonly copyId: string; readonly copyRegion: string }
  | { readonly kind: 'copied-time'; readonly at: Instant; readonly sourceRegion: string; readonly sourceInstanceId: string }
  | { readonly kind: 'set'; readonly instanceId: string; readonly backupId: string }
  | { readonly kind: 'time'; readonly instanceId: string; readonly at: Instant };

/** A new instance to restore into. */
export interface RestoreTarget {
  readonly region: string;
  readonly engine: 'mysql' | 'postgresql' | 'sqlserver';
  readonly engineVersion: string;
  readonly instanceClass: string;
  /** 5 to 2000, in steps of 5. */
  readonly storageGb: number;
  readonly description: string | undefined;
  readonly payType: 'postpaid';
  readonly vpcId: string | undefined;
  readonly vSwitchId: string | undefined;
  readonly zoneId: string | undefined;
  /** Addresses that may connect; none unless told. */
  readonly allowedAddresses: readonly string[];
}

/** One database or table of a set, and its name afterwards. */
export interface RestoredTable {
  readonly database: string;
  readonly newDatabase: string;
  /** Empty: the whole database. */
  readonly tables: readonly { readonly name: string; readonly newName: string }[];
}

/** What a set holds, for restores of single tables (RDS API, DescribeCrossBackupMetaList). */
export interface SetContents {
  readonly database: string;
  readonly sizeKb: number | undefined;
  readonly tables: readonly string[];
}
