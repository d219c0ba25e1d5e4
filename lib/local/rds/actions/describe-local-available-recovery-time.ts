// DescribeLocalAvailableRecoveryTime: to which points in time an instance can be brought back in its own region.
import { formatInstant } from '../../../base/instant';
import { localSpan, type RecoveryLack } from '../../world/recovery';
import { refusal } from '../errors';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'DescribeLocalAvailableRecoveryTime';

const CODES = { 'no-backup': 'InvalidBackup.NotFound', 'no-logs': 'InvalidBinlog.NotFound' } as const satisfies Record<RecoveryLack, string>;

export const describeLocalAvailableRecoveryTime: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: false,
  // Region, and not RegionId.
  parameters: { DBInstanceId: INSTANCE_ID, Region: { type: 'string' } },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstance.NotFound'));
    const { spec } = instance;
    if (spec.engine === 'SQLServer') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
    if (spec.role !== 'Primary') throw refusal(OPERATION, 'IncorrectDBInstanceCharacterType');
    if (!spec.settings.logBackup) throw refusal(OPERATION, 'LogBackupNotEnabled');
    const span = localSpan(instance, call.asOf, world.knobs);
    if (typeof span === 'string') throw refusal(OPERATION, CODES[span]);
    return { body: { DBInstanceId: spec.id, RecoveryBeginTime: formatInstant(span.from), RecoveryEndTime: formatInstant(span.to) } };
  },
};
