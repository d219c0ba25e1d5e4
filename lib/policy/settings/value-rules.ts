// Says which values a setting cannot take on an instance that has it, given what its other settings would be.
import { type BackupSettings, SETTING_MODES, type SettingName, type SettingsMode, type SettingValues } from '../../domain/settings';
import type { Change } from './change';
import { MODIFY, type Refusal, refuse, type SettingsInstance } from './engine-rules';
import { settingText } from './values';

/** What every write of a mode must carry (RDS API, ModifyBackupPolicy). `backupWindowMinute` is PreferredBackupTime, and so on. */
const REQUIRED: Readonly<Record<SettingsMode, readonly SettingName[]>> = {
  data: ['dataRetentionDays', 'backupDays', 'backupWindowMinute', 'logBackup'],
  log: ['logBackup', 'localLogHours', 'localLogSpacePercent', 'highSpaceProtection'],
};

const LOG_WITHIN_DATA = `${MODIFY}: LogBackupRetentionPeriod is at most BackupRetentionPeriod`;
const ARCHIVE_COUNTS = { 'by-month': 31, 'by-week': 7 } as const;

/** Why no write can carry this change: the service does not say what its mode needs. `said` is what the service said, nothing inferred. */
export function refusalOfUnknown({ setting }: Change, said: SettingValues): Refusal | undefined {
  const mode = SETTING_MODES[setting];
  const missing = REQUIRED[mode].filter((name) => said[name] === undefined);
  if (missing.length === 0) return undefined;
  const why = `the service does not say what ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'}, and every write of ${mode} settings must carry it`;
  return refuse(why, `${MODIFY}: required parameters`, 'set it once in the console');
}

/** Why a change cannot be made, when the settings would be `after` (with the change in them); undefined when it can. */
export function refusalOfValue(change: Change, after: SettingValues, instance: SettingsInstance, supports: BackupSettings['supports']): Refusal | undefined {
  switch (change.setting) {
    case 'dataRetentionDays':
    case 'logRetentionDays':
    case 'logBackup':
      return instance.engine === 'sqlserver' ? undefined : refusalOfRetention(change, after);
    case 'method':
      return refusalOfMethod(change, after, supports);
    case 'snapshotInterval':
      return refusalOfInterval(after, instance);
    case 'incremental':
      return change.target === true ? refusalOfIncremental(after, instance) : undefined;
    case 'priority':
      if (after.method !== 'snapshot') return undefined;
      return refuse('snapshots are always taken of the primary node', `${MODIFY}: BackupPriority`, 'leave priority out', ['method']);
    case 'logFrequency':
      if (after.method !== 'snapshot' || change.target !== 'with-data') return undefined;
      return refuse('with snapshots the logs cannot be backed up with the data only', `${MODIFY}: LogBackupFrequency`, 'wish for every-30-minutes', ['method']);
    case 'compression':
      return refusalOfCompression(after, instance);
    case 'archiveKeep':
    case 'archiveKeepCount':
      return refusalOfArchiveCount(change.setting, after);
    case 'localLogCount':
      if (change.target !== 'unlimited' || instance.engine === 'mysql') return undefined;
      return refuse('only MySQL keeps any number of log files', `${MODIFY}: LogBackupLocalRetentionNumber`, 'wish for 6 to 100');
    default:
      return undefined;
  }
}

/** True where logs exist and would be kept longer than data. */
export function keepsLogsTooLong({ logBackup, logRetentionDays, dataRetentionDays }: SettingValues): boolean {
  return logBackup !== false && logRetentionDays !== undefined && dataRetentionDays !== undefined && logRetentionDays > dataRetentionDays;
}

function refusalOfRetention({ setting, before, target, isConsequence }: Change, after: SettingValues): Refusal | undefined {
  const logText = settingText('logRetentionDays', after.logRetentionDays);
  const dataText = settingText('dataRetentionDays', after.dataRetentionDays);
  const isShorter = isLess(target, before);
  if (setting === 'logBackup' || setting === 'dataRetentionDays') {
    if (!keepsLogsTooLong(after) || target === false || (setting === 'dataRetentionDays' && !isShorter)) return undefined;
    const why = `logs cannot be kept longer than data backups, and with it they would be: ${logText} against ${dataText}`;
    return refuse(why, LOG_WITHIN_DATA, 'wish for a logRetention that fits', ['dataRetentionDays', 'logRetentionDays', 'logBackup']);
  }
  if (after.logBackup === false) {
    return refuse('the log backup is off, so its retention cannot be set', `${MODIFY}: LogBackupRetentionPeriod`, 'wish for logBackup on', ['logBackup']);
  }
  if (isShorter) {
    const isNeeded = !isConsequence || keepsLogsTooLong({ ...after, logRetentionDays: Number(before) });
    return isNeeded ? undefined : refuse('the logs need not be shortened', LOG_WITHIN_DATA, 'nothing to do', ['dataRetentionDays']);
  }
  if (after.dataRetentionDays !== undefined && !keepsLogsTooLong(after)) return undefined;
  const why = `logs cannot be kept longer than data backups, and those are kept for ${dataText}`;
  return refuse(why, LOG_WITHIN_DATA, 'wish for a dataRetention that fits', ['dataRetentionDays']);
}

function refusalOfMethod({ target }: Change, after: SettingValues, supports: BackupSettings['supports']): Refusal | undefined {
  if (target === 'physical') {
    const why = 'an instance never goes back from snapshots to physical backups, and above 4,000 GB there are snapshots only';
    return refuse(
      why,
      `${MODIFY}: OperationDenied.SwitchSnapshotToPhysical, OperationDenied.NotSupportedBackupMethod`,
      'wish for snapshot here, or leave method out',
    );
  }
  if (supports.snapshots === false) {
    return refuse('the instance says that it has no snapshot backups', 'RDS API, DescribeBackupPolicy: SupportVolumeShadowCopy', 'leave method out for it');
  }
  if (after.logFrequency !== 'with-data') return undefined;
  const why = 'with snapshots the logs cannot be backed up with the data only';
  return refuse(why, `${MODIFY}: OperationDenied.ApiForbiddenForLogBackupFrequency`, 'wish for logFrequency every-30-minutes as well', ['logFrequency']);
}

function refusalOfInterval(after: SettingValues, { engine }: SettingsInstance): Refusal | undefined {
  if (engine === 'sqlserver' && after.method !== 'snapshot') {
    return refuse('high-frequency snapshots of SQL Server need the method snapshot', `${MODIFY}: BackupInterval`, 'wish for method snapshot as well', [
      'method',
    ]);
  }
  if (after.category !== 'flash') return undefined;
  return refuse('an interval means nothing with single-digit second backup', `${MODIFY}: BackupInterval`, 'wish for category standard', ['category']);
}

function refusalOfIncremental(after: SettingValues, { engine, edition }: SettingsInstance): Refusal | undefined {
  if (engine !== 'sqlserver') return undefined;
  if (after.method === 'snapshot') return refuse('snapshots are always full', `${MODIFY}: EnableIncrementDataBackup`, 'leave incremental out', ['method']);
  if (edition !== 'cluster' || after.priority !== 'secondary') return undefined;
  const why = 'Cluster Edition makes no incremental backups while the secondary node is backed up first';
  return refuse(why, 'RDS for SQL Server, incremental backup', 'wish for priority primary, or leave incremental out', ['priority']);
}

function refusalOfCompression({ compression }: SettingValues, { engine, engineVersion }: SettingsInstance): Refusal | undefined {
  const versions = compression === 4 ? ['5.6', '5.7'] : compression === 8 ? ['8.0'] : undefined;
  if (versions === undefined || (engine === 'mysql' && versions.includes(engineVersion))) return undefined;
  return refuse(`compression ${compression} is for MySQL ${versions.join(' and ')} only`, `${MODIFY}: CompressType`, 'wish for 0, 1 or 2');
}

function refusalOfArchiveCount(setting: SettingName, { archiveKeep, archiveKeepCount }: SettingValues): Refusal | undefined {
  const because: readonly SettingName[] = ['archiveKeep', 'archiveKeepCount'];
  const source = `${MODIFY}: ArchiveBackupKeepCount`;
  if (archiveKeep === 'all') {
    return setting === 'archiveKeep' ? undefined : refuse('where all archived backups are kept a number means nothing', source, 'leave it out', because);
  }
  if (archiveKeep === undefined || archiveKeepCount === undefined || archiveKeepCount <= ARCHIVE_COUNTS[archiveKeep]) return undefined;
  const why = `${archiveKeepCount} archived backups cannot be kept ${archiveKeep}, at most ${ARCHIVE_COUNTS[archiveKeep]}`;
  return refuse(why, source, 'wish for an archiveKeepCount that fits archiveKeep', because);
}

function isLess(a: Change['target'], b: Change['before']): boolean {
  return typeof a === 'number' && typeof b === 'number' && a < b;
}
