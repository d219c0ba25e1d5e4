// ModifyBackupSetExpireTime: keeps a single-database backup set of SQL Server longer. It never shortens.
import { requiredText } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import { isGone } from '../../world/deletion-rules';
import type { InstanceState, SetState } from '../../world/state';
import { refusal } from '../errors';
import { parseExpiry } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'ModifyBackupSetExpireTime';

export const modifyBackupSetExpireTime: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  isUnscoped: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    // A number by its type, a text by its example: on the wire both are the same.
    BackupId: { type: 'string', required: true },
    ExpectExpireTime: { type: 'string', required: true },
  },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstanceName.NotFound'));
    if (instance.spec.engine !== 'SQLServer') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
    const set = requireSet(call, instance);
    checkKind(set);
    const expiresAt = parseExpiry(requiredText(call.parameters, 'ExpectExpireTime'));
    if (expiresAt === undefined || !isLater(expiresAt, set.expiresAt)) throw refusal(OPERATION, 'InvalidExpectExpireTime');
    return {
      body: { Code: '200', Data: '', Message: 'success', Success: true },
      changes: [{ kind: 'set-expiry', instanceId: instance.spec.id, backupId: set.id, expiresAt }],
    };
  },
};

function requireSet(call: Call, instance: InstanceState): SetState {
  const backupId = requiredText(call.parameters, 'BackupId');
  const found = instance.sets.find((set) => set.id === backupId);
  if (found === undefined || isGone(found, call.now)) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
  return found;
}

/** Only good, manual, physical, full sets of single databases. */
function checkKind(set: SetState): void {
  if (set.outcome !== 'Finished') throw refusal(OPERATION, 'IncorrectBackupSetState');
  const isOfKind = set.mode === 'Manual' && set.method === 'Physical' && set.type === 'FullBackup' && set.databases !== undefined;
  if (!isOfKind) throw refusal(OPERATION, 'IncorrectBackupSetMethod');
}

/** Null is for ever. The same time again is no extension. */
function isLater(wanted: number | null, current: number | null): boolean {
  if (current === null) return false;
  return wanted === null || wanted > current;
}
