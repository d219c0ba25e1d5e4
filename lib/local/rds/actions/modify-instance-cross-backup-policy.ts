// ModifyInstanceCrossBackupPolicy: switches copies and log copies on and off, and says where to and for how long.
import type { RpcError } from '../../rpc/errors';
import { integer, text } from '../../rpc/parameters';
import type { Parameters } from '../../rpc/types';
import type { CrossRegionOrder } from '../../world/cross-region-rules';
import { describeSettings } from '../cross-region-formats';
import { refusal } from '../errors';
import { checkCopyRegion, INSTANCE_ID, type RdsAction, requireCopiedInstance } from '../lookups';

const OPERATION = 'ModifyInstanceCrossBackupPolicy';

const badParameter = (): RpcError => refusal(OPERATION, 'InvalidParameters.Format');

export const modifyInstanceCrossBackupPolicy: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    RegionId: { type: 'string', required: true },
    // Digits here, words in every answer.
    BackupEnabled: { type: 'string', values: ['0', '1'], invalid: badParameter },
    LogBackupEnabled: { type: 'string', values: ['0', '1'], invalid: badParameter },
    CrossBackupType: { type: 'string', values: ['1'], invalid: badParameter },
    RetentType: { type: 'int', min: 1, max: 1, invalid: badParameter },
    Retention: { type: 'int', min: 7, max: 1825, invalid: badParameter },
  },
  run: (call, world) => {
    const notFound = (): RpcError => refusal(OPERATION, 'InvalidDBInstanceId.NotFound');
    const instance = requireCopiedInstance(call, world, notFound);
    checkCopyRegion(call, instance, () => refusal(OPERATION, 'InvalidRegion.Format'), notFound);
    const { settings, changes } = world.planCrossRegion(instance, orderOf(call.parameters), call.now);
    const { id, regionId } = instance.spec;
    return { body: { DBInstanceId: id, RegionId: regionId, ...describeSettings(settings) }, changes };
  },
};

function orderOf(parameters: Parameters): CrossRegionOrder {
  return {
    isEnabled: switchOf(parameters, 'BackupEnabled'),
    copiesLogs: switchOf(parameters, 'LogBackupEnabled'),
    destination: text(parameters, 'CrossBackupRegion'),
    retentionDays: integer(parameters, 'Retention'),
  };
}

function switchOf(parameters: Parameters, name: string): boolean | undefined {
  const given = text(parameters, name);
  return given === undefined ? undefined : given === '1';
}
