// Says which settings an instance has at all, by engine, edition and storage, and what those are that it cannot have.
import type { Instance } from '../../domain/instance';
import type { BackupSettings, SettingName, SettingValues } from '../../domain/settings';

/** Why something cannot be written. */
export interface Refusal {
  /** The documents' rule with its source, and what to do. */
  readonly reason: string;
  /** The settings that it depends on; with other values of these it may be possible. */
  readonly because: readonly SettingName[];
}

/** The part of an instance that the engine matrix reads. */
export type SettingsInstance = Pick<Instance, 'engine' | 'engineVersion' | 'edition' | 'storage' | 'role'>;

export const MODIFY = 'RDS API, ModifyBackupPolicy';
const LEAVE_OUT = 'leave this wish out for such instances';

export function refuse(why: string, source: string, remedy: string, because: readonly SettingName[] = []): Refusal {
  return { reason: `${why} (${source}); ${remedy}`, because };
}

/** Why nothing at all can be written to this instance; undefined when something can. */
export function refusalOfInstance({ engine, role }: SettingsInstance): Refusal | undefined {
  if (engine === 'other') {
    return refuse(
      'the engine is not one whose settings this product knows',
      `${MODIFY}: MySQL, PostgreSQL, SQL Server and MariaDB`,
      "leave it out by the policy's select",
    );
  }
  if (role !== 'primary') {
    return refuse(`a ${role} instance has no backup settings of its own`, 'RDS API, ReadDBInstanceNotSupport', 'set those of its primary instance');
  }
  return undefined;
}

/** Why the instance does not have a setting, whatever its value; undefined when it does. */
export function refusalOfSetting(setting: SettingName, instance: SettingsInstance, supports: BackupSettings['supports']): Refusal | undefined {
  switch (setting) {
    case 'dataRetentionDays':
    case 'backupDays':
    case 'backupWindowMinute':
    case 'compression':
      return undefined;
    case 'logBackup':
    case 'logRetentionDays':
      return refusalOfLogs(setting, instance);
    case 'localLogHours':
    case 'localLogSpacePercent':
    case 'highSpaceProtection':
    case 'localLogCount':
      return hasNoLogs(instance) ? refuse('PostgreSQL Basic Edition has no log backup', 'RDS for PostgreSQL, log backup', LEAVE_OUT) : undefined;
    case 'archiveRetentionDays':
    case 'archiveKeep':
    case 'archiveKeepCount':
      if (isMysqlLocal(instance)) return undefined;
      return refuse('archived backups exist for MySQL on local disks only', `${MODIFY}: ArchiveBackupRetentionPeriod`, LEAVE_OUT);
    case 'priority':
    case 'logFrequency':
    case 'releasedKeep':
      return refusalOfOption(setting, instance, supports);
    default:
      return refusalOfMethod(setting, instance);
  }
}

/**
 * What is known of the settings: what the service says, and where it says nothing, what follows from its documents. A feature that the instance cannot have is
 * off; SQL Server always backs up its logs, and keeps them as long as its data. For comparing only: what the service does not say is never sent.
 */
export function knownValues(instance: SettingsInstance, settings: BackupSettings): SettingValues {
  if (instance.engine === 'other') return settings;
  const offUnless = <V>(setting: SettingName, off: V): V | undefined =>
    refusalOfSetting(setting, instance, settings.supports) === undefined ? undefined : off;
  const isSqlServer = instance.engine === 'sqlserver';
  return {
    ...settings,
    method: settings.method ?? offUnless('method', automaticMethod(instance)),
    category: settings.category ?? offUnless('category', 'standard'),
    snapshotInterval: settings.snapshotInterval ?? offUnless('snapshotInterval', 'off'),
    incremental: settings.incremental ?? offUnless('incremental', false),
    releasedKeep: settings.releasedKeep ?? offUnless('releasedKeep', 'none'),
    archiveRetentionDays: settings.archiveRetentionDays ?? offUnless('archiveRetentionDays', 0),
    logBackup: settings.logBackup ?? (isSqlServer ? true : hasNoLogs(instance) ? false : undefined),
    logRetentionDays: settings.logRetentionDays ?? (isSqlServer ? settings.dataRetentionDays : undefined),
  };
}

function refusalOfLogs(setting: 'logBackup' | 'logRetentionDays', instance: SettingsInstance): Refusal | undefined {
  if (hasNoLogs(instance)) {
    return refuse('PostgreSQL Basic Edition has no log backup', 'RDS for PostgreSQL, log backup', `use another edition, or ${LEAVE_OUT}`);
  }
  if (instance.engine === 'mysql' && instance.edition === 'basic') {
    return refuse('the log backup of MySQL Basic Edition cannot be set', 'RDS for MySQL, log backup', `use another edition, or ${LEAVE_OUT}`);
  }
  if (instance.engine !== 'sqlserver') return undefined;
  if (setting === 'logBackup')
    return refuse('the log backup of SQL Server is always on', 'RDS for SQL Server, log backup', 'leave logBackup out, or wish for it on');
  return refuse('SQL Server keeps its logs as long as its data backups', `${MODIFY}: LogBackupRetentionPeriod`, 'wish for a dataRetention that fits');
}

function refusalOfMethod(setting: 'method' | 'category' | 'snapshotInterval' | 'incremental', instance: SettingsInstance): Refusal | undefined {
  const { engine, storage } = instance;
  const isCloud = storage === 'cloud-disk';
  const isSqlServerCloud = engine === 'sqlserver' && isCloud;
  switch (setting) {
    case 'method':
      return isSqlServerCloud ? undefined : refuse('the backup method can be set for SQL Server on cloud disks only', `${MODIFY}: BackupMethod`, LEAVE_OUT);
    case 'category':
      if (isCloud && (engine === 'mysql' || engine === 'postgresql')) return undefined;
      return refuse('single-digit second backup exists for MySQL and PostgreSQL on cloud disks only', `${MODIFY}: IncorrectCategory`, LEAVE_OUT);
    case 'snapshotInterval':
      return isCloud ? undefined : refuse('high-frequency snapshots need cloud disks', `${MODIFY}: BackupInterval`, LEAVE_OUT);
    case 'incremental':
      if (isSqlServerCloud || isMysqlLocal(instance)) return undefined;
      return refuse('incremental backup exists for SQL Server on cloud disks and MySQL on local disks only', `${MODIFY}: EnableIncrementDataBackup`, LEAVE_OUT);
  }
}

function refusalOfOption(
  setting: 'priority' | 'logFrequency' | 'releasedKeep',
  { engine, edition }: SettingsInstance,
  supports: BackupSettings['supports'],
): Refusal | undefined {
  switch (setting) {
    case 'priority':
      if (engine === 'sqlserver' && edition === 'cluster' && supports.priority !== false) return undefined;
      return refuse('which node is backed up can be set for SQL Server Cluster Edition only, where it says so', `${MODIFY}: BackupPriority`, LEAVE_OUT);
    case 'logFrequency':
      return engine === 'sqlserver'
        ? undefined
        : refuse('the frequency of log backups can be set for SQL Server only', `${MODIFY}: LogBackupFrequency`, LEAVE_OUT);
    case 'releasedKeep':
      if (supports.releasedKeep !== false) return undefined;
      return refuse('the instance says that it cannot keep backups after its release', 'RDS API, DescribeBackupPolicy: SupportReleasedKeep', LEAVE_OUT);
  }
}

function automaticMethod({ engine, storage }: SettingsInstance): 'physical' | 'snapshot' {
  return engine === 'mariadb' || (storage === 'cloud-disk' && engine !== 'sqlserver') ? 'snapshot' : 'physical';
}

function hasNoLogs({ engine, edition }: SettingsInstance): boolean {
  return engine === 'postgresql' && edition === 'basic';
}

function isMysqlLocal({ engine, storage }: SettingsInstance): boolean {
  return engine === 'mysql' && storage === 'local-disk';
}
