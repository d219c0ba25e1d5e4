// CheckCreateDdrDBInstance: whether a copy, or a point in time after it, could become a new instance. It changes nothing.
import type { RpcError } from '../../rpc/errors';
import { requiredText } from '../../rpc/parameters';
import { ENGINES } from '../../world/state';
import { listedRefusal, refusal } from '../errors';
import type { RdsAction } from '../lookups';
import { CLASS_PATTERN, requireSource, storageOf } from '../restore-requests';

const OPERATION = 'CheckCreateDdrDBInstance';

const badStorage = (): RpcError => refusal(OPERATION, 'InvalidStorage.Format');

export const checkCreateDdrDbInstance: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  parameters: {
    RegionId: { type: 'string', required: true },
    // Digits only: the operation that creates takes words as well.
    RestoreType: { type: 'string', required: true, values: ['0', '1'], invalid: () => refusal(OPERATION, 'InvalidRestoreType.Format') },
    Engine: {
      type: 'string',
      required: true,
      values: ENGINES.filter((engine) => engine !== 'MariaDB'),
      invalid: () => refusal(OPERATION, 'InvalidEngine.Malformed'),
    },
    EngineVersion: { type: 'string', required: true },
    DBInstanceClass: { type: 'string', required: true, pattern: CLASS_PATTERN, invalid: () => refusal(OPERATION, 'InvalidDBInstanceClass.NotFound') },
    DBInstanceStorage: { type: 'int', required: true, invalid: badStorage },
  },
  run: (call, world) => {
    const { parameters } = call;
    storageOf(parameters, badStorage);
    const wish = {
      regionId: requiredText(parameters, 'RegionId'),
      engine: requiredText(parameters, 'Engine'),
      engineVersion: requiredText(parameters, 'EngineVersion'),
    };
    const { copy } = requireSource(call, world, wish, {
      refuse: (code) => refusal(OPERATION, code),
      noSetId: () => refusal(OPERATION, 'InvalidBackupSetID.NotFound'),
      noSourceName: () => refusal(OPERATION, 'NoSourceInstanceName'),
      noSourceRegion: () => refusal(OPERATION, 'NoBackupSetRegion'),
    });
    const planted = typeof copy.unrestorable === 'string' ? listedRefusal(OPERATION, copy.unrestorable) : undefined;
    if (planted !== undefined) throw planted;
    // Text, not a boolean.
    return { body: { IsValid: String(copy.unrestorable === undefined) } };
  },
};
