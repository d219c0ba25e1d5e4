// DescribeAvailableRecoveryTime: to which points in time a copy and the logs copied after it can be brought.
import { formatInstant } from '../../../base/instant';
import { requiredText } from '../../rpc/parameters';
import { isMySqlOnCloudDisk } from '../../world/copies';
import { copySpan, type RecoveryLack } from '../../world/recovery';
import { refusal } from '../errors';
import { findCopy, type RdsAction } from '../lookups';

const OPERATION = 'DescribeAvailableRecoveryTime';

const CODES = { 'no-backup': 'NoAvailableDisasterRestoreBakset', 'no-logs': 'NoAvailableLogBackup' } as const satisfies Record<RecoveryLack, string>;

export const describeAvailableRecoveryTime: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  isUnscoped: true,
  parameters: { CrossBackupId: { type: 'int', required: true, min: 1 }, DBInstanceId: { type: 'string' }, RegionId: { type: 'string' } },
  run: (call, world) => {
    const id = requiredText(call.parameters, 'CrossBackupId');
    const found = findCopy(call, world, id);
    if (found === undefined) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
    const { instance, copy } = found;
    // ASSUMED: the code. By its text the operation is for MySQL on local disks; it is known to answer for PostgreSQL too, and not for SQL Server.
    if (instance.spec.engine === 'SQLServer' || isMySqlOnCloudDisk(instance.spec)) throw refusal(OPERATION, 'CrossBackupNotSupport');
    const span = copySpan(instance, copy, call.asOf, world.knobs);
    if (typeof span === 'string') throw refusal(OPERATION, CODES[span]);
    return {
      body: {
        CrossBackupId: Number(id),
        RegionId: instance.spec.regionId,
        RecoveryBeginTime: formatInstant(span.from),
        RecoveryEndTime: formatInstant(span.to),
      },
    };
  },
};
