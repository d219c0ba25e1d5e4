// DeleteBackupFile: deletes single-database sets of SQL Server, for the few accounts that the service still lets do it.
import type { Instant } from '../../../base/instant';
import { invalidParameter } from '../../rpc/errors';
import { text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import { isGone } from '../../world/deletion-rules';
import type { SetState } from '../../world/state';
import { refusal } from '../errors';
import { parseIds, parseSeconds } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'DeleteBackupFile';

const MAX_IDS = 100;

export const deleteBackupFile: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupId: { type: 'string' },
    BackupTime: { type: 'string' },
    DBName: { type: 'string' },
    RegionId: { type: 'string' },
  },
  run: (call, world) => {
    const { spec, sets } = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstanceName.NotFound'));
    if (!world.knobs.backupFileDeleters.includes(call.caller.accountId)) throw refusal(OPERATION, 'OperationDenied.ApiForbidden');
    if (spec.engine !== 'SQLServer') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
    const files = sets.filter((set) => set.databases !== undefined && !isGone(set, call.now));
    const ids = chosenIds(call, files);
    return {
      // Numbers, where every other operation has texts.
      body: { DeletedBaksetIds: { DeletedBaksetIds: ids.map(Number) } },
      changes: ids.map((backupId) => ({ kind: 'set-removed', instanceId: spec.id, backupId })),
    };
  },
};

/** By their ids, all of which must be single-database sets; else those made before a time, of one database if one is named. */
function chosenIds({ parameters }: Call, files: readonly SetState[]): readonly string[] {
  const ids = parseIds(text(parameters, 'BackupId') ?? '');
  if (ids.length > MAX_IDS) throw invalidParameter('BackupId');
  if (ids.some((id) => !files.some((set) => set.id === id))) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
  if (ids.length > 0) return ids;
  const before = timeOf(parameters);
  const database = text(parameters, 'DBName');
  return files.filter((set) => set.endedAt < before && (database === undefined || set.databases?.includes(database) === true)).map((set) => set.id);
}

function timeOf(parameters: Parameters): Instant {
  const given = text(parameters, 'BackupTime');
  if (given === undefined) throw refusal(OPERATION, 'ParameterLeastAssociate');
  const time = parseSeconds(given);
  if (time === undefined) throw invalidParameter('BackupTime');
  return time;
}
