// DescribeBackupPolicy: an instance's own backup settings; the data view, the log view, or both.
import { formatInstantMinutes } from '../../../base/instant';
import { text } from '../../rpc/parameters';
import { isSqlServerCluster, logRetentionDays } from '../../world/settings';
import { type InstanceSpec, type InstanceState, isCloudDisk } from '../../world/state';
import { refusal } from '../errors';
import { windowText } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

export const describeBackupPolicy: RdsAction = {
  name: 'DescribeBackupPolicy',
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupPolicyMode: { type: 'string', values: ['DataBackupPolicy', 'LogBackupPolicy'] },
    CompressType: { type: 'string' },
    ReleasedKeepPolicy: { type: 'string' },
  },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal('DescribeBackupPolicy', 'InvalidDBInstanceName.NotFound'));
    if (instance.spec.status === 'Creating') throw refusal('DescribeBackupPolicy', 'IncorrectDBInstanceState');
    const mode = text(call.parameters, 'BackupPolicyMode');
    return {
      body: {
        ...(mode === 'LogBackupPolicy' ? {} : dataView(instance)),
        ...(mode === 'DataBackupPolicy' ? {} : logView(instance.spec)),
      },
    };
  },
};

/** The types are as mixed as on the real wire; the booleans are real ones, although the documents spell `True`, which the official client cannot read. */
function dataView(instance: InstanceState): Readonly<Record<string, unknown>> {
  const { spec, nextAutomaticAt } = instance;
  const { settings } = spec;
  return {
    PreferredBackupPeriod: settings.days.join(','),
    PreferredBackupTime: windowText(settings.windowStartMinute),
    PreferredNextBackupTime: nextAutomaticAt === undefined ? '' : formatInstantMinutes(nextAutomaticAt),
    BackupRetentionPeriod: settings.retentionDays,
    BackupMethod: settings.method,
    BackupInterval: settings.intervalMinutes === undefined ? '-1' : String(settings.intervalMinutes),
    BackupLog: settings.logBackup ? 'Enable' : 'Disabled',
    Category: settings.category,
    CompressType: settings.compressType,
    EnableIncrementDataBackup: settings.incremental,
    EnablePitrProtection: false,
    SupportReleasedKeep: 1,
    SupportsHighFrequencyBackup: isCloudDisk(spec) ? 1 : 0,
    ReleasedKeepPolicy: settings.releasedKeep,
    ArchiveBackupKeepCount: String(settings.archiveKeepCount),
    ArchiveBackupKeepPolicy: settings.archiveKeepPolicy,
    ArchiveBackupRetentionPeriod: String(settings.archiveRetentionDays),
    ...sqlServerView(spec),
  };
}

/** The priority is told only where it can be chosen. */
function sqlServerView(spec: InstanceSpec): Readonly<Record<string, unknown>> {
  const { settings } = spec;
  if (spec.engine !== 'SQLServer') return { SupportModifyBackupPriority: false, SupportVolumeShadowCopy: 0 };
  return {
    LogBackupFrequency: settings.logFrequency,
    SupportVolumeShadowCopy: isCloudDisk(spec) ? 1 : 0,
    SupportModifyBackupPriority: isSqlServerCluster(spec),
    ...(isSqlServerCluster(spec) ? { BackupPriority: settings.priority } : {}),
  };
}

function logView(spec: InstanceSpec): Readonly<Record<string, unknown>> {
  const { settings } = spec;
  return {
    EnableBackupLog: settings.logBackup ? '1' : '0',
    LogBackupRetentionPeriod: logRetentionDays(spec),
    LogBackupLocalRetentionNumber: settings.localLogCount,
    LocalLogRetentionHours: settings.localLogHours,
    LocalLogRetentionSpace: String(settings.localLogSpacePercent),
    HighSpaceUsageProtection: settings.highSpaceProtection ? 'Enable' : 'Disable',
    PitrRetentionPeriod: settings.logBackup ? logRetentionDays(spec) : 0,
  };
}
