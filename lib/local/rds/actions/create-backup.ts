// CreateBackup: starts one manual backup and answers at once with its job. It has no idempotency token.
import { integer, text } from '../../rpc/parameters';
import type { Parameters } from '../../rpc/types';
import type { BackupOrder } from '../../world/backup-rules';
import type { Method } from '../../world/state';
import { refusal } from '../errors';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

export const createBackup: RdsAction = {
  name: 'CreateBackup',
  group: 'general',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupMethod: {
      type: 'string',
      values: ['Logical', 'Physical', 'Snapshot'],
      invalid: () => refusal('CreateBackup', 'InvalidBackupMethod.ValueNotSupport'),
    },
    BackupStrategy: { type: 'string', values: ['db', 'instance'] },
    BackupType: { type: 'string', values: ['Auto', 'FullBackup'], invalid: () => refusal('CreateBackup', 'BackupType.NotSupport') },
    BackupRetentionPeriod: { type: 'long', invalid: () => refusal('CreateBackup', 'InvalidBackupRetentionPeriod.Malformed') },
    DBName: { type: 'string' },
  },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal('CreateBackup', 'InvalidDBInstanceName.NotFound'));
    const { jobId, changes } = world.planBackup(instance, orderOf(call.parameters), call.now);
    return { body: { BackupJobId: jobId }, changes };
  },
};

/** The parameter table has checked the words. */
function orderOf(parameters: Parameters): BackupOrder {
  const method = text(parameters, 'BackupMethod') as Method | undefined;
  const strategy = text(parameters, 'BackupStrategy') as BackupOrder['strategy'];
  const type = text(parameters, 'BackupType') as BackupOrder['type'];
  const databases = text(parameters, 'DBName')?.split(',');
  const retentionDays = integer(parameters, 'BackupRetentionPeriod');
  return {
    ...(method === undefined ? {} : { method }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(type === undefined ? {} : { type }),
    ...(databases === undefined ? {} : { databases }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  };
}
