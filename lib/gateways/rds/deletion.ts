// Deletes backup sets for good (RDS API, DeleteBackup; DeleteBackupFile for single-database sets of SQL Server).
import { DeleteBackupFileRequest } from '@alicloud/rds20140815/dist/models/DeleteBackupFileRequest';
import { DeleteBackupRequest } from '@alicloud/rds20140815/dist/models/DeleteBackupRequest';
import { DeleteBackupResponseBody } from '@alicloud/rds20140815/dist/models/DeleteBackupResponseBody';
import type { Instant } from '../../base/instant';
import { RefusedError } from '../../domain/cloud-errors';
import type { RdsTransport } from './transport';

/** One call takes no more (RDS API, DeleteBackup and DeleteBackupFile: BackupId). */
const MAX_IDS = 100;

const ACTIONS = { 'instance-sets': 'DeleteBackup', 'database-files': 'DeleteBackupFile' } as const;

export interface Deletion {
  readonly instanceId: string;
  readonly backupIds: readonly string[];
  readonly kind: keyof typeof ACTIONS;
  /** Nothing is sent after this moment. */
  readonly notAfter: Instant;
}

/**
 * Deletes 1 to 100 sets of one instance. Success says only that the request was taken. Throws a RefusedError `invalid-request`, with nothing sent,
 * for other numbers and for ids that a comma list cannot carry.
 */
export async function deleteSets(transport: RdsTransport, { instanceId, backupIds, kind, notAfter }: Deletion): Promise<void> {
  const action = ACTIONS[kind];
  const target = `${instanceId}, ${backupIds.length === 1 ? `backup set ${backupIds[0]}` : `${backupIds.length} backup sets`}`;
  const fault = faultIn(backupIds);
  if (fault !== undefined) throw new RefusedError('invalid-request', `${action} for ${target} was not sent: ${fault}`, { operation: action, target });
  const selection = { DBInstanceId: instanceId, backupId: backupIds.join(',') };
  const request = kind === 'instance-sets' ? new DeleteBackupRequest(selection) : new DeleteBackupFileRequest(selection);
  // DeleteBackupFile also answers with a list, in a shape of its own that nobody needs: the sets are listed again anyway.
  await transport.call({ action, target, request, Body: DeleteBackupResponseBody, notAfter });
}

/** DeleteBackupFile without an id would take a time instead, and delete everything before it. */
function faultIn(backupIds: readonly string[]): string | undefined {
  if (backupIds.length === 0) return 'no backup set is named';
  if (backupIds.length > MAX_IDS) return `one call deletes at most ${MAX_IDS} sets`;
  const unfit = backupIds.find((id) => id.trim() === '' || id.includes(','));
  return unfit === undefined ? undefined : `not the id of a backup set: ${JSON.stringify(unfit)}`;
}
