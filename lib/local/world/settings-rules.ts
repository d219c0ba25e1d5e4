// Decides what a change of backup settings comes to, and which ones are refused (RDS API, ModifyBackupPolicy; engine matrix).
import { refusal } from '../rds/errors';
import { invalidParameter } from '../rpc/errors';
import { canFlash, hasFixedLogBackup, isMySqlOnLocalDisk, isSqlServerCluster, logRetentionDays } from './settings';
import { type ArchiveKeepPolicy, type BackupSettings, type CompressType, type InstanceSpec, isCloudDisk, type ReleasedKeep, type Weekday } from './state';

/** A write in the mode DataBackupPolicy: what the mode requires, and undefined for what was left out. */
export interface DataOrder {
  readonly mode: 'data';
  readonly days: readonly Weekday[];
  readonly windowStartMinute: number;
  readonly retentionDays: number;
  readonly logBackup: boolean;
  readonly logRetentionDays: number | undefined;
  readonly method: BackupSettings['method'] | undefined;
  readonly category: BackupSettings['category'] | undefined;
  /** -1: off. */
  readonly intervalMinutes: number | undefined;
  readonly incremental: boolean | undefined;
  readonly priority: BackupSettings['priority'] | undefined;
  /** Empty: as often as data. */
  readonly logFrequency: BackupSettings['logFrequency'] | undefined;
  readonly releasedKeep: ReleasedKeep | undefined;
  readonly compressType: CompressType | undefined;
  readonly archiveRetentionDays: number | undefined;
  readonly archiveKeepPolicy: ArchiveKeepPolicy | undefined;
  readonly archiveKeepCount: number | undefined;
}

/** A write in the mode LogBackupPolicy. */
export interface LogOrder {
  readonly mode: 'log';
  readonly logBackup: boolean;
  readonly localLogHours: number;
  readonly localLogSpacePercent: number;
  readonly highSpaceProtection: boolean;
  readonly logRetentionDays: number | undefined;
  readonly localLogCount: number | undefined;
}

export type SettingsOrder = DataOrder | LogOrder;

/** Above this, SQL Server takes snapshots only. */
const MAX_PHYSICAL_GB = 4000;

/** Archived sets that are kept of one week. */
const MOST_PER_WEEK = 7;

/**
 * The settings after the write; what the other mode writes stays. Throws the documented refusal for the first rule that forbids it.
 * A field that the documents say has no effect on such an instance is accepted and has none.
 */
export function planSettings(spec: InstanceSpec, order: SettingsOrder): BackupSettings {
  checkInstance(spec);
  const settings = order.mode === 'data' ? planData(spec, order) : planLog(spec, order);
  checkLogs(spec, order, settings);
  return settings;
}

/** ASSUMED: the documents list neither code for this operation; they are those of its neighbours. */
function checkInstance(spec: InstanceSpec): void {
  if (spec.role !== 'Primary') throw refusal('ModifyBackupPolicy', 'ReadDBInstanceNotSupport');
  if (spec.settings.advancedPolicy) throw refusal('ModifyBackupPolicy', 'IncorrectBackupPolicy');
  if (spec.status !== 'Running') throw refusal('ModifyBackupPolicy', 'IncorrectDBInstanceState');
}

function planData(spec: InstanceSpec, order: DataOrder): BackupSettings {
  const { settings } = spec;
  const category = planCategory(spec, order);
  const method = planMethod(spec, order);
  const logFrequency = planLogFrequency(spec, order, method);
  const { intervalMinutes: intervalBefore, ...others } = settings;
  const intervalMinutes = planInterval(order, intervalBefore, method, category);
  return {
    ...others,
    days: order.days,
    windowStartMinute: order.windowStartMinute,
    retentionDays: order.retentionDays,
    logBackup: order.logBackup,
    logRetentionDays: order.logRetentionDays ?? settings.logRetentionDays,
    releasedKeep: order.releasedKeep ?? settings.releasedKeep,
    category,
    method,
    logFrequency,
    ...(intervalMinutes === undefined ? {} : { intervalMinutes }),
    ...planNodes(spec, order, method),
    ...(isMySqlOnLocalDisk(spec) ? planFiles(settings, order) : {}),
  };
}

/** MySQL on local disks does not take the field at all; elsewhere only the instant kind is refused. */
function planCategory(spec: InstanceSpec, order: DataOrder): BackupSettings['category'] {
  const { category } = order;
  if (category === undefined) return spec.settings.category;
  if (isMySqlOnLocalDisk(spec) || (category === 'Flash' && !canFlash(spec))) throw refusal('ModifyBackupPolicy', 'IncorrectCategory');
  return category;
}

/** Takes effect on SQL Server with cloud disks only. ASSUMED: left out, it stays as it is. */
function planMethod(spec: InstanceSpec, order: DataOrder): BackupSettings['method'] {
  const { method: before } = spec.settings;
  if (spec.engine !== 'SQLServer' || !isCloudDisk(spec)) return before;
  const method = order.method ?? before;
  if (method === 'Physical' && spec.storageGb > MAX_PHYSICAL_GB) throw refusal('ModifyBackupPolicy', 'OperationDenied.NotSupportedBackupMethod');
  if (method === 'Physical' && before === 'Snapshot') throw refusal('ModifyBackupPolicy', 'OperationDenied.SwitchSnapshotToPhysical');
  if (method === 'Snapshot' && before === 'Physical' && spec.crossRegion?.isEnabled === true) {
    throw refusal('ModifyBackupPolicy', 'OperationDenied.SwitchToSnapshot');
  }
  return method;
}

/** ASSUMED: left out, it stays as it is; sent empty, it is the documented default, as often as data. */
function planLogFrequency(spec: InstanceSpec, order: DataOrder, method: BackupSettings['method']): BackupSettings['logFrequency'] {
  const logFrequency = order.logFrequency ?? spec.settings.logFrequency;
  if (spec.engine !== 'SQLServer') {
    if (logFrequency !== '') throw refusal('ModifyBackupPolicy', 'InvalidLogBackupFrequency.Malformed');
    return '';
  }
  if (logFrequency === '' && method === 'Snapshot') throw refusal('ModifyBackupPolicy', 'OperationDenied.ApiForbiddenForLogBackupFrequency');
  return logFrequency;
}

/** Takes effect with snapshots only, and not with instant ones. */
function planInterval(
  order: DataOrder,
  before: number | undefined,
  method: BackupSettings['method'],
  category: BackupSettings['category'],
): number | undefined {
  const asked = order.intervalMinutes;
  if (asked === undefined || method !== 'Snapshot' || category === 'Flash') return before;
  return asked === -1 ? undefined : asked;
}

/** Differential backups, and the node that is backed up: SQL Server's alone, and a snapshot leaves no choice. */
function planNodes(spec: InstanceSpec, order: DataOrder, method: BackupSettings['method']): Pick<BackupSettings, 'incremental' | 'priority'> {
  const { settings } = spec;
  const priority = isSqlServerCluster(spec) && method === 'Physical' ? (order.priority ?? settings.priority) : settings.priority;
  const isPossible = spec.engine === 'SQLServer' && method === 'Physical' && !(isSqlServerCluster(spec) && priority === 1);
  const takesOrder = isMySqlOnLocalDisk(spec) || (isPossible && isCloudDisk(spec));
  if (takesOrder) return { priority, incremental: order.incremental ?? settings.incremental };
  return { priority, incremental: isPossible && settings.incremental };
}

/** How files are packed and archived. ASSUMED: the code for a count that its policy does not have. */
function planFiles(
  settings: BackupSettings,
  order: DataOrder,
): Pick<BackupSettings, 'compressType' | 'archiveRetentionDays' | 'archiveKeepPolicy' | 'archiveKeepCount'> {
  const archiveKeepPolicy = order.archiveKeepPolicy ?? settings.archiveKeepPolicy;
  const archiveKeepCount = order.archiveKeepCount ?? settings.archiveKeepCount;
  if (archiveKeepPolicy === 'ByWeek' && archiveKeepCount > MOST_PER_WEEK) throw refusal('ModifyBackupPolicy', 'InvalidColdRetention.Format');
  return {
    compressType: order.compressType ?? settings.compressType,
    archiveRetentionDays: order.archiveRetentionDays ?? settings.archiveRetentionDays,
    archiveKeepPolicy,
    archiveKeepCount,
  };
}

function planLog(spec: InstanceSpec, order: LogOrder): BackupSettings {
  const { settings } = spec;
  if (order.localLogCount === -1 && spec.engine !== 'MySQL') throw invalidParameter('LogBackupLocalRetentionNumber');
  const { logBackup, localLogHours, localLogSpacePercent, highSpaceProtection } = order;
  return {
    ...settings,
    logBackup,
    localLogHours,
    localLogSpacePercent,
    highSpaceProtection,
    logRetentionDays: order.logRetentionDays ?? settings.logRetentionDays,
    localLogCount: order.localLogCount ?? settings.localLogCount,
  };
}

/**
 * Log backup cannot be switched where the engine or the edition decides about it, and logs are never kept longer than data.
 * ASSUMED: the code for the former; for the latter, that a shorter data retention is refused too, not followed by the logs.
 */
function checkLogs(spec: InstanceSpec, order: SettingsOrder, settings: BackupSettings): void {
  const isSwitched = settings.logBackup !== spec.settings.logBackup;
  const isUnsettable = spec.category === 'Basic' && spec.engine === 'MySQL' && order.mode === 'log';
  if (hasFixedLogBackup(spec) && (isSwitched || isUnsettable)) throw refusal('ModifyBackupPolicy', 'OperationDenied.ApiForbidden');
  if (!settings.logBackup) return;
  if (logRetentionDays({ ...spec, settings }) > settings.retentionDays) throw refusal('ModifyBackupPolicy', 'InvalidBackupRetentionPeriod.Malformed');
}
