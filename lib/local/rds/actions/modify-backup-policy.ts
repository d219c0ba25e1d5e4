// ModifyBackupPolicy: changes an instance's own backup settings, in one of two modes that write different fields.
import { invalidParameter, type RpcError } from '../../rpc/errors';
import { checkParameters, integer, requiredText, text } from '../../rpc/parameters';
import type { ParameterRule, Parameters, ParameterTable } from '../../rpc/types';
import type { DataOrder, LogOrder } from '../../world/settings-rules';
import { ARCHIVE_KEEP_POLICIES, type BackupSettings, COMPRESS_TYPES, RELEASED_KEEPS, WEEKDAYS, type Weekday } from '../../world/state';
import { refusal } from '../errors';
import { parseWindow } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'ModifyBackupPolicy';

const badRetention = (): RpcError => refusal(OPERATION, 'InvalidBackupRetentionPeriod.Malformed');
const badArchive = (): RpcError => refusal(OPERATION, 'InvalidColdRetention.Format');

/** The documents let both modes set it. */
const LOG_RETENTION: ParameterRule = { type: 'int', min: 7, max: 730, invalid: badRetention };

const ARCHIVE_DAYS = { least: 30, most: 1095 };

const DATA_PARAMETERS: ParameterTable = {
  PreferredBackupTime: { type: 'string', required: true },
  PreferredBackupPeriod: { type: 'string', required: true },
  BackupRetentionPeriod: { type: 'int', required: true, min: 7, max: 730, invalid: badRetention },
  BackupLog: { type: 'string', required: true, values: ['Enable', 'Disabled'] },
  LogBackupRetentionPeriod: LOG_RETENTION,
  BackupMethod: { type: 'string', values: ['Physical', 'Snapshot'] },
  Category: { type: 'string', values: ['Flash', 'Standard'] },
  BackupInterval: { type: 'string', values: ['-1', '15', '30', '60', '120', '180', '240', '360', '480', '720'] },
  EnableIncrementDataBackup: { type: 'boolean' },
  BackupPriority: { type: 'int', min: 1, max: 2 },
  LogBackupFrequency: { type: 'string', values: ['LogInterval'], invalid: () => refusal(OPERATION, 'InvalidLogBackupFrequency.Malformed') },
  ReleasedKeepPolicy: { type: 'string', values: RELEASED_KEEPS, invalid: () => refusal(OPERATION, 'InvalidReleasedKeepPolicy.Format') },
  CompressType: { type: 'string', values: COMPRESS_TYPES },
  ArchiveBackupRetentionPeriod: { type: 'int', min: 0, max: ARCHIVE_DAYS.most, invalid: badArchive },
  ArchiveBackupKeepPolicy: { type: 'string', values: ARCHIVE_KEEP_POLICIES, invalid: badArchive },
  ArchiveBackupKeepCount: { type: 'int', min: 1, max: 31, invalid: badArchive },
};

const LOG_PARAMETERS: ParameterTable = {
  EnableBackupLog: { type: 'string', required: true, values: ['1', '0', 'True', 'False'] },
  LocalLogRetentionHours: { type: 'int', required: true, min: 0, max: 168 },
  LocalLogRetentionSpace: { type: 'int', required: true, min: 0, max: 50 },
  HighSpaceUsageProtection: { type: 'string', required: true, values: ['Enable', 'Disable'] },
  LogBackupRetentionPeriod: LOG_RETENTION,
  // 6 to 100, or -1: see below.
  LogBackupLocalRetentionNumber: { type: 'int', min: -1, max: 100 },
};

export const modifyBackupPolicy: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupPolicyMode: { type: 'string', values: ['DataBackupPolicy', 'LogBackupPolicy'] },
  },
  run: (call, world) => {
    // ASSUMED: the documents name no default mode. Fields of the other mode are not looked at.
    const order = text(call.parameters, 'BackupPolicyMode') === 'LogBackupPolicy' ? logOrderOf(call.parameters) : dataOrderOf(call.parameters);
    const instance = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstanceId.NotFound'));
    const { settings, changes } = world.planSettings(instance, order, call.now);
    return { body: describe(instance.spec.id, settings), changes };
  },
};

/** The tables have checked the words. */
function dataOrderOf(parameters: Parameters): DataOrder {
  checkParameters(parameters, DATA_PARAMETERS);
  const interval = integer(parameters, 'BackupInterval');
  const incremental = text(parameters, 'EnableIncrementDataBackup');
  return {
    mode: 'data',
    days: daysOf(requiredText(parameters, 'PreferredBackupPeriod')),
    windowStartMinute: windowStartOf(requiredText(parameters, 'PreferredBackupTime')),
    retentionDays: Number(requiredText(parameters, 'BackupRetentionPeriod')),
    logBackup: requiredText(parameters, 'BackupLog') === 'Enable',
    logRetentionDays: integer(parameters, 'LogBackupRetentionPeriod'),
    method: text(parameters, 'BackupMethod') as DataOrder['method'],
    category: text(parameters, 'Category') as DataOrder['category'],
    intervalMinutes: interval,
    incremental: incremental === undefined ? undefined : incremental.toLowerCase() === 'true',
    priority: integer(parameters, 'BackupPriority') as DataOrder['priority'],
    // Sent empty it says something: see the rules.
    logFrequency: parameters['LogBackupFrequency'] as DataOrder['logFrequency'],
    releasedKeep: text(parameters, 'ReleasedKeepPolicy') as DataOrder['releasedKeep'],
    compressType: text(parameters, 'CompressType') as DataOrder['compressType'],
    ...archiveOf(parameters),
  };
}

function archiveOf(parameters: Parameters): Pick<DataOrder, 'archiveRetentionDays' | 'archiveKeepPolicy' | 'archiveKeepCount'> {
  const archiveRetentionDays = integer(parameters, 'ArchiveBackupRetentionPeriod');
  if (archiveRetentionDays !== undefined && archiveRetentionDays > 0 && archiveRetentionDays < ARCHIVE_DAYS.least) throw badArchive();
  return {
    archiveRetentionDays,
    archiveKeepPolicy: text(parameters, 'ArchiveBackupKeepPolicy') as DataOrder['archiveKeepPolicy'],
    archiveKeepCount: integer(parameters, 'ArchiveBackupKeepCount'),
  };
}

/** English names, at least two different ones; kept in the order of the week. */
function daysOf(list: string): readonly Weekday[] {
  const names = list.split(',').map((name) => name.trim());
  const days = WEEKDAYS.filter((day) => names.includes(day));
  const isKnown = (name: string): boolean => WEEKDAYS.some((day) => day === name);
  if (days.length < 2 || !names.every(isKnown)) throw invalidParameter('PreferredBackupPeriod');
  return days;
}

function windowStartOf(window: string): number {
  const start = parseWindow(window);
  if (start === undefined) throw invalidParameter('PreferredBackupTime');
  return start;
}

function logOrderOf(parameters: Parameters): LogOrder {
  checkParameters(parameters, LOG_PARAMETERS);
  const localLogCount = integer(parameters, 'LogBackupLocalRetentionNumber');
  if (localLogCount !== undefined && localLogCount !== -1 && localLogCount < 6) throw invalidParameter('LogBackupLocalRetentionNumber');
  return {
    mode: 'log',
    logBackup: ['1', 'True'].includes(requiredText(parameters, 'EnableBackupLog')),
    localLogHours: Number(requiredText(parameters, 'LocalLogRetentionHours')),
    localLogSpacePercent: Number(requiredText(parameters, 'LocalLogRetentionSpace')),
    highSpaceProtection: requiredText(parameters, 'HighSpaceUsageProtection') === 'Enable',
    logRetentionDays: integer(parameters, 'LogBackupRetentionPeriod'),
    localLogCount,
  };
}

/** The id has a capital ID here, and nowhere else. */
function describe(instanceId: string, settings: BackupSettings): Readonly<Record<string, unknown>> {
  return {
    DBInstanceID: instanceId,
    CompressType: settings.compressType,
    EnableBackupLog: settings.logBackup ? '1' : '0',
    HighSpaceUsageProtection: settings.highSpaceProtection ? 'Enable' : 'Disable',
    LocalLogRetentionHours: settings.localLogHours,
    LocalLogRetentionSpace: String(settings.localLogSpacePercent),
    LogBackupLocalRetentionNumber: settings.localLogCount,
  };
}
