// Cross-region backup, in our words: what an instance is set to, the copies in the other region, logs, recovery windows and the question whether a copy can be restored.
import type { Instant } from '../base/instant';
import type { BackupMethod, SetScope } from './backup';

/** What an instance is set to (RDS API, DescribeInstanceCrossBackupPolicy). */
export interface CrossRegionSettings {
  readonly isEnabled: boolean;
  /** Undefined while it has never been on. Stays when it is switched off. */
  readonly destination: string | undefined;
  /** 7 to 1825. */
  readonly retentionDays: number | undefined;
  readonly copiesLogs: boolean;
  readonly enabledAt: Instant | undefined;
  readonly logsEnabledAt: Instant | undefined;
}

/** Of an instance that never had it on. */
export const NEVER_COPIED: CrossRegionSettings = {
  isEnabled: false,
  destination: undefined,
  retentionDays: undefined,
  copiesLogs: false,
  enabledAt: undefined,
  logsEnabledAt: undefined,
};

/** An instance in the bulk list (RDS API, DescribeCrossRegionBackupDBInstance); instances that never had the feature on are not in it. */
export interface CrossRegionInstance extends CrossRegionSettings {
  readonly instanceId: string;
  /** The service's own word; `Released` and the like for instances that are gone. */
  readonly status: string;
}

export interface CrossRegionWrite {
  readonly isEnabled: boolean;
  readonly destination: string;
  readonly retentionDays: number;
  readonly copiesLogs: boolean;
}

/** One copy in the other region. Its id is its own, not that of the set it was made of. */
export interface CrossRegionCopy {
  readonly id: string;
  readonly instanceId: string;
  readonly region: string;
  /** Of the backup, not of the copying. */
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** The point in time that the data is of; undefined where the service does not say. */
  readonly consistentAt: Instant | undefined;
  readonly status: 'success' | 'failed';
  readonly method: BackupMethod | undefined;
  readonly type: 'full' | 'incremental';
  readonly scope: SetScope['kind'];
  readonly sizeBytes: number;
  /** Where it may be restored. */
  readonly restoreRegions: readonly string[];
}

/** A piece of the log, local or copied: it covers [from, to]. */
export interface LogFile {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly sizeBytes: number;
  /** False while the service is still uploading it. */
  readonly isComplete: boolean;
}

/** Any point in [from, to] can be restored. */
export interface RecoveryWindow {
  readonly from: Instant;
  readonly to: Instant;
}

/** What a restore of a copy would need, and the service's answer whether it would work (RDS API, CheckCreateDdrDBInstance). */
export interface RestoreCheck {
  /** Where the new instance would be. */
  readonly region: string;
  readonly engine: 'mysql' | 'postgresql' | 'sqlserver';
  readonly engineVersion: string;
  readonly instanceClass: string;
  /** 5 to 2000, in steps of 5. */
  readonly storageGb: number;
  readonly what:
    | { readonly kind: 'copy'; readonly copyId: string }
    | { readonly kind: 'time'; readonly at: Instant; readonly sourceRegion: string; readonly sourceInstanceId: string };
}

export type RestoreAnswer = { readonly isRestorable: true } | { readonly isRestorable: false; readonly code: string; readonly reason: string };

/** What the service's lists of instances do not say, and a restore needs (RDS API, DescribeDBInstanceAttribute). */
export interface InstanceDetails {
  readonly instanceClass: string;
  readonly storageGb: number;
  readonly isServerless: boolean;
}
