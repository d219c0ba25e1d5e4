// How a backup is asked for: which parameters of CreateBackup each engine takes (RDS API, CreateBackup).
import { CreateBackupRequest } from '@alicloud/rds20140815/dist/models/CreateBackupRequest';
import type { BackupMethod, BackupSpec } from '../../domain/backup';
import { RefusedError } from '../../domain/cloud-errors';
import type { Instance } from '../../domain/instance';

const METHOD_NAMES: Readonly<Record<BackupMethod, string>> = { physical: 'Physical', logical: 'Logical', snapshot: 'Snapshot' };

/** The longest `retainDays` in the API's words. */
const KEEP_FOREVER = -1;

/**
 * The request for one manual backup. Throws a RefusedError, with nothing sent, for a database name that the API's comma list cannot carry
 * or for no databases at all.
 */
export function toCreateBackupRequest(instance: Instance, spec: BackupSpec): CreateBackupRequest {
  const isDatabaseLevel = spec.scope.kind === 'databases';
  const type = backupTypeOf(instance, spec);
  return new CreateBackupRequest({
    DBInstanceId: instance.id,
    backupMethod: methodNameOf(instance, spec.method),
    ...(type === undefined ? {} : { backupType: type }),
    ...(isDatabaseLevel ? { backupStrategy: 'db', DBName: databaseListOf(instance, spec) } : {}),
    ...(isDatabaseLevel && spec.retainDays !== undefined ? { backupRetentionPeriod: spec.retainDays === 'forever' ? KEEP_FOREVER : spec.retainDays } : {}),
  });
}

/** MariaDB makes snapshots under the name of Physical; SQL Server must be told Snapshot. */
function methodNameOf(instance: Instance, method: BackupMethod): string {
  return instance.engine === 'mariadb' && method === 'snapshot' ? METHOD_NAMES.physical : METHOD_NAMES[method];
}

/** Only physical backups of SQL Server have a type; single databases are always backed up in full. */
function backupTypeOf(instance: Instance, spec: BackupSpec): 'Auto' | 'FullBackup' | undefined {
  if (instance.engine !== 'sqlserver' || spec.method !== 'physical') return undefined;
  if (spec.scope.kind === 'databases' || spec.type === 'full') return 'FullBackup';
  return spec.type === 'auto' ? 'Auto' : undefined;
}

function databaseListOf(instance: Instance, spec: BackupSpec): string {
  const names = spec.scope.kind === 'databases' ? spec.scope.databases : [];
  const unfit = names.find((name) => name === '' || name.includes(','));
  if (names.length > 0 && unfit === undefined) return names.join(',');
  const what = unfit === undefined ? 'no database is named' : `the database name ${JSON.stringify(unfit)} cannot be sent in a comma list`;
  throw new RefusedError('invalid-request', `CreateBackup for ${instance.id} was not sent: ${what}`, {
    operation: 'CreateBackup',
    target: instance.id,
    hint: 'correct the databases of the rule',
  });
}
