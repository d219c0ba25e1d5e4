// The RDS API's error codes in our words. With the tables that it takes in, the only place that knows them.
import type { Refusal } from '../openapi/translate';
import type { RdsAction } from './actions';
import { CROSS_REGION_REFUSALS } from './cross-region-errors';
import { CUSTOM_SNAPSHOT_REFUSALS } from './custom-snapshot-errors';
import type { RefusalRow as Row } from './refusal-row';
import { RESTORE_REFUSALS } from './restore-errors';

/** Source: the error list of ModifyBackupPolicy. */
const MODIFY_BACKUP_POLICY: readonly Row[] = [
  {
    code: /^IncorrectBackupPolicy$/,
    reason: 'advanced-policy',
    hint: 'the instance has an advanced backup policy, which only the console can change: change the settings there, or leave the instance out',
  },
  {
    code: /^OperationDenied\.SwitchToSnapshot$/,
    reason: 'setting-unsupported',
    hint: 'turn the cross-region backup of the instance off before its method becomes snapshot',
  },
  {
    code: /^OperationDenied\.NotSupportedBackupMethod$/,
    reason: 'setting-unsupported',
    hint: 'with more than 4,000 GB of storage only snapshots are possible: set the wanted method to snapshot',
  },
  {
    code: /^OperationDenied\.SwitchSnapshotToPhysical$/,
    reason: 'setting-unsupported',
    hint: 'the service never goes back from snapshots to physical backups: set the wanted method to snapshot',
  },
  {
    code: /^OperationDenied\.ModifyBackupSwitchOff$/,
    reason: 'setting-unsupported',
    hint: 'the switch that lets the backup method be changed is off: turn it on in the console',
  },
  {
    code: /^OperationDenied\.ApiForbidden$/,
    reason: 'setting-unsupported',
    hint: 'the engine or the edition decides about it: the logs of SQL Server are always backed up, those of Basic Edition cannot be set; leave such wishes out',
  },
  {
    code: /^IncorrectCategory$/,
    reason: 'setting-unsupported',
    hint: 'this instance type has no single-digit second backup: ask for no category there',
  },
  {
    code: /^OperationDenied\.ApiForbiddenForLogBackupFrequency$/,
    reason: 'setting-unsupported',
    hint: 'an instance with snapshots cannot back its logs up with its data: set the wanted log frequency to every 30 minutes',
  },
  {
    code: /^InvalidLogBackupFrequency\.Malformed$/,
    reason: 'setting-unsupported',
    hint: 'only SQL Server has a log frequency: ask for none elsewhere',
  },
  {
    code: /^InvalidReleasedKeepPolicy\.Format$/,
    reason: 'setting-unsupported',
    hint: 'this instance does not take the wish for what is kept when it is released: ask for none there',
  },
  {
    code: /^InvalidBackupRetentionPeriod\.Malformed$/,
    reason: 'invalid-request',
    hint: 'the retention must be 7 to 730 days, and that of logs at most that of data',
  },
  { code: /^InvalidColdRetention\.Format$/, reason: 'invalid-request', hint: 'archives are kept 30 to 1,095 days, or 0 for none' },
  {
    code: /^ReadDBInstanceNotSupport$/,
    reason: 'read-only-instance',
    hint: 'a read-only instance has no backup settings of its own: see its primary instance',
  },
  { code: /^BackupPropertyNotFound$/, reason: 'other', hint: 'the instance has no backup settings: look at it in the console' },
];

/** Source: the error list of DeleteBackup. */
const DELETE_BACKUP: readonly Row[] = [
  {
    code: /^OperationDenied\.BackupSetDeleteNotSupport$/,
    reason: 'set-not-deletable',
    hint: 'a set can be deleted only while its StoreStatus is Enabled, and a manual logical one never',
  },
  {
    code: /^IncorrectDBInstance(Engine|Type|CharacterType)$/,
    reason: 'set-not-deletable',
    hint: 'only MySQL and PostgreSQL of the High-availability Edition let their sets be deleted',
  },
  { code: /^ReadDBInstanceNotSupport$/, reason: 'read-only-instance', hint: 'a read-only instance has no sets of its own: see its primary instance' },
  { code: /^DeleteBackupSetNumExceed$/, reason: 'invalid-request', hint: 'delete at most 100 sets by one call' },
];

/** The documents list one code (a set that does not exist), and say that the operation is closed to new users. Not verified on a live account. */
const DELETE_BACKUP_FILE: readonly Row[] = [
  {
    code: /^OperationDenied\.ApiForbidden$/,
    reason: 'set-not-deletable',
    hint: 'only accounts that the service has let in may delete single-database sets: wait until they expire',
  },
  { code: /^IncorrectDBInstance(Engine|Type|CharacterType)$/, reason: 'set-not-deletable', hint: 'only SQL Server has single-database sets to delete' },
];

/** What a code means to one operation; one code may mean something else to another. */
const OWN_REFUSALS: Partial<Readonly<Record<RdsAction, readonly Row[]>>> = {
  ModifyBackupPolicy: MODIFY_BACKUP_POLICY,
  DeleteBackup: DELETE_BACKUP,
  DeleteBackupFile: DELETE_BACKUP_FILE,
  ...CROSS_REGION_REFUSALS,
  ...RESTORE_REFUSALS,
  ...CUSTOM_SNAPSHOT_REFUSALS,
};

/** What codes mean to all others. Sources: the error lists of CreateBackup, DescribeBackups and DescribeBackupTasks, and codes of their older versions. */
const COMMON_REFUSALS: readonly Row[] = [
  {
    code: /^(Exceeded\.BackupTimes|BackupTimesExceeded)$/,
    reason: 'cap-exceeded',
    hint: 'the instance has reached its daily number of backups: wait until the window frees a slot',
  },
  { code: /^(OperationDenied\.)?BackupJobExists$/, reason: 'backup-job-exists', hint: 'wait until the running backup job has ended' },
  { code: /^IncorrectDBInstanceLockMode/, reason: 'instance-locked', hint: 'unlock the instance: most often it is full or its subscription has ended' },
  { code: /^ReadDBInstanceNotSupport$/, reason: 'read-only-instance', hint: 'back up the primary instance instead' },
  {
    code: /^(IncorrectDBInstanceState|OperationDenied\.DBInstanceStatus|InvalidDBInstanceStatus.*|ConcurrentTaskExceeded)$/,
    reason: 'instance-state',
    hint: 'wait until the instance is Running',
  },
  {
    code: /^(BackupType\.NotSupport|InvalidBackupMethod\..*|OperationDenied\.NotSupportedBackupMethod|IncorrectDBInstance(Engine|Type|CharacterType))$/,
    reason: 'method-unsupported',
    hint: 'choose a backup method that this engine and storage support',
  },
  { code: /^(InvalidDBName\.Format|InvalidDB\.NotFound)$/, reason: 'no-such-database', hint: 'check the database names: each must exist and be running' },
  { code: /^InvalidDBInstance(Name|Id)?\.NotFound$/, reason: 'instance-not-found', hint: 'check the instance id, the region and the account' },
  {
    code: /^CrossBackupNotSupport$/,
    reason: 'cross-region-unsupported',
    hint: 'there is no cross-region backup between these regions: choose one of the destinations that the service names for the region of the instance',
  },
  { code: /^InvalidBackupSetID\.NotFound$/, reason: 'set-not-found', hint: 'the set is gone, or it is that of another instance' },
];

/** What a code means when this operation is refused with it; undefined for codes that are not in the tables. First match wins. */
export function refusalOf(action: RdsAction, code: string): Refusal | undefined {
  const rows = [...(OWN_REFUSALS[action] ?? []), ...COMMON_REFUSALS];
  return rows.find((row) => row.code.test(code));
}
