// Backup settings: what an instance itself is set to do (RDS API, DescribeBackupPolicy and ModifyBackupPolicy), in our words.
import type { Instant } from '../base/instant';
import type { Weekday } from './protection-policy';

/** The two disjoint modes in which the service writes settings: a write in one leaves the other's fields alone. */
export type SettingsMode = 'data' | 'log';

/**
 * Every setting, by name. A value is undefined where the service does not say: such a setting is never compared, and never sent.
 * Days and times of day are the service's own: UTC.
 */
export interface SettingValues {
  /** 7 to 730. */
  readonly dataRetentionDays: number | undefined;
  /** At least two, in the order of the week from Monday. */
  readonly backupDays: readonly Weekday[] | undefined;
  /** The start of the one-hour window of automatic backups: minutes after midnight UTC, 0 to 1439. */
  readonly backupWindowMinute: number | undefined;
  readonly method: 'physical' | 'snapshot' | undefined;
  /** `flash`: single-digit second backup. */
  readonly category: 'standard' | 'flash' | undefined;
  /** Minutes between two high-frequency snapshots, or `off`. */
  readonly snapshotInterval: number | 'off' | undefined;
  readonly incremental: boolean | undefined;
  /** Which node is backed up (SQL Server Cluster Edition). */
  readonly priority: 'secondary' | 'primary' | undefined;
  /** `with-data`: as often as data is backed up (SQL Server). */
  readonly logFrequency: 'every-30-minutes' | 'with-data' | undefined;
  /** What is kept of a released instance. */
  readonly releasedKeep: 'none' | 'latest' | 'all' | undefined;
  /** The service's own numbers: 0, 1, 2, 4 or 8. */
  readonly compression: number | undefined;
  /** 30 to 1095, or 0 for off. */
  readonly archiveRetentionDays: number | undefined;
  readonly archiveKeep: 'by-month' | 'by-week' | 'all' | undefined;
  /** Per month 1 to 31, per week 1 to 7. */
  readonly archiveKeepCount: number | undefined;
  readonly logBackup: boolean | undefined;
  /** 7 to 730, at most the data retention. */
  readonly logRetentionDays: number | undefined;
  /** 0 to 168. */
  readonly localLogHours: number | undefined;
  /** 0 to 50. */
  readonly localLogSpacePercent: number | undefined;
  readonly highSpaceProtection: boolean | undefined;
  /** 6 to 100 files on the instance, or `unlimited` (MySQL). */
  readonly localLogCount: number | 'unlimited' | undefined;
}

export type SettingName = keyof SettingValues;

/** The mode that writes each setting. */
export const SETTING_MODES: Readonly<Record<SettingName, SettingsMode>> = {
  dataRetentionDays: 'data',
  backupDays: 'data',
  backupWindowMinute: 'data',
  method: 'data',
  category: 'data',
  snapshotInterval: 'data',
  incremental: 'data',
  priority: 'data',
  logFrequency: 'data',
  releasedKeep: 'data',
  compression: 'data',
  archiveRetentionDays: 'data',
  archiveKeep: 'data',
  archiveKeepCount: 'data',
  logBackup: 'log',
  logRetentionDays: 'log',
  localLogHours: 'log',
  localLogSpacePercent: 'log',
  highSpaceProtection: 'log',
  localLogCount: 'log',
};

export const SETTING_NAMES: readonly SettingName[] = [
  'dataRetentionDays',
  'backupDays',
  'backupWindowMinute',
  'method',
  'category',
  'snapshotInterval',
  'incremental',
  'priority',
  'logFrequency',
  'releasedKeep',
  'compression',
  'archiveRetentionDays',
  'archiveKeep',
  'archiveKeepCount',
  'logBackup',
  'logRetentionDays',
  'localLogHours',
  'localLogSpacePercent',
  'highSpaceProtection',
  'localLogCount',
];

/** An instance's settings, with what the service says about changing them. */
export interface BackupSettings extends SettingValues {
  /** Undefined where the service does not say. */
  readonly nextBackupAt: Instant | undefined;
  readonly supports: {
    readonly priority: boolean | undefined;
    readonly snapshots: boolean | undefined;
    readonly highFrequency: boolean | undefined;
    readonly releasedKeep: boolean | undefined;
  };
}

/** One write: the settings as just read with the changes in them. The service wants all required fields of a mode, so the unchanged ones go along. */
export interface SettingsWrite {
  readonly mode: SettingsMode;
  readonly values: SettingValues;
  /** What differs from what was read; all of `mode`. */
  readonly changed: readonly SettingName[];
}
