// DescribeBackupPolicy: an instance's own backup settings; the data view, the log view, or both.
import { formatInstantMinutes } from '../../../base/instant';
import { text } from '../../rpc/parameters';
import type { InstanceSpec, InstanceState } from '../../world/state';
import { isCloudDisk } from '../../world/state';
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

/** The types are as mixed as on the real wire. */
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
    CompressType: '4',
    BackupPriority: 1,
    EnableIncrementDataBackup: spec.engine === 'SQLServer' && settings.method === 'Physical',
    EnablePitrProtection: false,
    SupportModifyBackupPriority: spec.engine === 'SQLServer',
    SupportReleasedKeep: 1,
    SupportVolumeShadowCopy: spec.engine === 'SQLServer' && isCloudDisk(spec) ? 1 : 0,
    SupportsHighFrequencyBackup: isCloudDisk(spec) ? 1 : 0,
    ReleasedKeepPolicy: 'None',
    ArchiveBackupKeepCount: '0',
    ArchiveBackupKeepPolicy: '0',
    ArchiveBackupRetentionPeriod: '0',
  };
}

function logView(spec: InstanceSpec): Readonly<Record<string, unknown>> {
  const { settings } = spec;
  return {
    EnableBackupLog: settings.logBackup ? '1' : '0',
    LogBackupRetentionPeriod: settings.logRetentionDays,
    LogBackupFrequency: '',
    LogBackupLocalRetentionNumber: 60,
    LocalLogRetentionHours: 18,
    LocalLogRetentionSpace: '30',
    HighSpaceUsageProtection: 'Enable',
    PitrRetentionPeriod: 0,
  };
}
