// DeleteBackup: deletes up to a hundred sets of MySQL or PostgreSQL, all of them or none. Its answer says nothing.
import { requiredText } from '../../rpc/parameters';
import { isDeletable, isGone, takesDeletion } from '../../world/deletion-rules';
import type { InstanceSpec } from '../../world/state';
import { refusal } from '../errors';
import { parseIds } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'DeleteBackup';

const MAX_IDS = 100;

export const deleteBackup: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  parameters: { DBInstanceId: INSTANCE_ID, BackupId: { type: 'string', required: true } },
  run: (call, world) => {
    const ids = parseIds(requiredText(call.parameters, 'BackupId'));
    if (ids.length === 0) throw refusal(OPERATION, 'ParameterLeastAssociate');
    if (ids.length > MAX_IDS) throw refusal(OPERATION, 'DeleteBackupSetNumExceed');
    const { spec, sets } = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstanceName.NotFound'));
    checkInstance(spec);
    for (const id of ids) {
      const set = sets.find((candidate) => candidate.id === id);
      if (set === undefined || isGone(set, call.now)) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
      if (!isDeletable(set, spec, call.now)) throw refusal(OPERATION, 'OperationDenied.BackupSetDeleteNotSupport');
    }
    return { body: {}, changes: ids.map((backupId) => ({ kind: 'set-removed', instanceId: spec.id, backupId })) };
  },
};

function checkInstance(spec: InstanceSpec): void {
  if (spec.role !== 'Primary') throw refusal(OPERATION, 'ReadDBInstanceNotSupport');
  if (!takesDeletion(spec)) throw refusal(OPERATION, 'IncorrectDBInstanceType');
  if (spec.status !== 'Running') throw refusal(OPERATION, 'IncorrectDBInstanceState');
  if (spec.lockMode !== 'Unlock') throw refusal(OPERATION, 'IncorrectDBInstanceLockMode');
}
