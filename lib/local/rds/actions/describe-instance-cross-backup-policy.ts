// DescribeInstanceCrossBackupPolicy: what one instance is set to, or was when copying was switched off.
import { describeInstance, describeSettings, describeTimes, INTERNAL_ENGINES } from '../cross-region-formats';
import { refusal } from '../errors';
import { checkCopyRegion, INSTANCE_ID, type RdsAction, requireCopiedInstance } from '../lookups';

const OPERATION = 'DescribeInstanceCrossBackupPolicy';

export const describeInstanceCrossBackupPolicy: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  parameters: { DBInstanceId: INSTANCE_ID, RegionId: { type: 'string', required: true } },
  run: (call, world) => {
    const notFound = (): ReturnType<typeof refusal> => refusal(OPERATION, 'InvalidDBInstanceId.NotFound');
    const instance = requireCopiedInstance(call, world, notFound);
    checkCopyRegion(call, instance, () => refusal(OPERATION, 'InvalidRegion.Format'), notFound);
    const { spec } = instance;
    const settings = spec.crossRegion;
    return {
      body: {
        ...describeInstance(spec),
        RegionId: spec.regionId,
        Engine: INTERNAL_ENGINES[spec.engine],
        // The text `null`, where there has never been anything to show.
        LockMode: settings === undefined ? 'null' : spec.lockMode,
        ...describeSettings(settings),
        ...(settings === undefined ? {} : describeTimes(settings)),
      },
    };
  },
};
