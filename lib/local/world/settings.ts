// What an instance's backup settings are when nobody chose them, and which of them its engine, disks and edition have at all.
import { type BackupSettings, type InstanceSpec, isCloudDisk, WEEKDAYS } from './state';

/** What the defaults depend on. */
export type SettingsSubject = Pick<InstanceSpec, 'engine' | 'engineVersion' | 'category' | 'storageType'>;

export function isMySqlOnLocalDisk(spec: SettingsSubject): boolean {
  return spec.engine === 'MySQL' && !isCloudDisk(spec);
}

export function isSqlServerCluster(spec: SettingsSubject): boolean {
  return spec.engine === 'SQLServer' && spec.category === 'cluster';
}

/** Single-digit second backup (engine matrix). */
export function canFlash(spec: SettingsSubject): boolean {
  return isCloudDisk(spec) && (spec.engine === 'MySQL' || spec.engine === 'PostgreSQL');
}

/** Basic Edition of PostgreSQL backs up no logs; that of MySQL cannot be set (engine matrix). */
export function hasFixedLogBackup(spec: SettingsSubject): boolean {
  return spec.engine === 'SQLServer' || (spec.category === 'Basic' && (spec.engine === 'MySQL' || spec.engine === 'PostgreSQL'));
}

/** The whole of settings of which some are given. Also fills in what records of an older journal do not have. */
export function completeSettings(spec: SettingsSubject, given: Partial<BackupSettings> = {}): BackupSettings {
  const method = given.method ?? defaultMethod(spec);
  return {
    days: WEEKDAYS,
    // 02:00 in China.
    windowStartMinute: 18 * 60,
    retentionDays: 7,
    method,
    incremental: spec.engine === 'SQLServer' && method === 'Physical',
    priority: 1,
    // With snapshots, logs cannot be backed up as seldom as data.
    logFrequency: spec.engine === 'SQLServer' && method === 'Snapshot' ? 'LogInterval' : '',
    releasedKeep: isCloudDisk(spec) ? 'Lastest' : 'None',
    category: 'Standard',
    compressType: spec.engine === 'MySQL' && spec.engineVersion === '8.0' ? '8' : '4',
    archiveRetentionDays: 0,
    archiveKeepPolicy: '0',
    archiveKeepCount: 0,
    logBackup: !(spec.engine === 'PostgreSQL' && spec.category === 'Basic'),
    logRetentionDays: 7,
    localLogHours: 18,
    localLogSpacePercent: 30,
    localLogCount: 60,
    highSpaceProtection: true,
    advancedPolicy: false,
    ...given,
  };
}

function defaultMethod(spec: SettingsSubject): BackupSettings['method'] {
  if (spec.engine === 'SQLServer') return 'Physical';
  return spec.engine === 'MariaDB' || isCloudDisk(spec) ? 'Snapshot' : 'Physical';
}

/** How long logs are really kept: on SQL Server as long as data. */
export function logRetentionDays(spec: InstanceSpec): number {
  return spec.engine === 'SQLServer' ? spec.settings.retentionDays : spec.settings.logRetentionDays;
}
