import type { RefusalReason } from '../../../lib/domain/cloud-errors';
import type { RdsAction } from '../../../lib/gateways/rds/actions';
import { refusalOf } from '../../../lib/gateways/rds/errors';

interface Row {
  readonly action: RdsAction;
  readonly code: string;
  readonly reason: RefusalReason;
  /** What the reader is told to do. */
  readonly remedy: RegExp;
}

test.each<Row>([
  { action: 'ModifyBackupPolicy', code: 'IncorrectBackupPolicy', reason: 'advanced-policy', remedy: /only the console/ },
  { action: 'ModifyBackupPolicy', code: 'OperationDenied.SwitchToSnapshot', reason: 'setting-unsupported', remedy: /cross-region backup of the instance off/ },
  { action: 'ModifyBackupPolicy', code: 'OperationDenied.NotSupportedBackupMethod', reason: 'setting-unsupported', remedy: /4,000 GB.*to snapshot/ },
  { action: 'ModifyBackupPolicy', code: 'OperationDenied.SwitchSnapshotToPhysical', reason: 'setting-unsupported', remedy: /never goes back/ },
  { action: 'ModifyBackupPolicy', code: 'OperationDenied.ModifyBackupSwitchOff', reason: 'setting-unsupported', remedy: /switch.*turn it on in the console/ },
  {
    action: 'ModifyBackupPolicy',
    code: 'OperationDenied.ApiForbidden',
    reason: 'setting-unsupported',
    remedy: /SQL Server.*Basic Edition.*leave such wishes out/,
  },
  { action: 'ModifyBackupPolicy', code: 'IncorrectCategory', reason: 'setting-unsupported', remedy: /ask for no category/ },
  { action: 'ModifyBackupPolicy', code: 'OperationDenied.ApiForbiddenForLogBackupFrequency', reason: 'setting-unsupported', remedy: /every 30 minutes/ },
  { action: 'ModifyBackupPolicy', code: 'InvalidLogBackupFrequency.Malformed', reason: 'setting-unsupported', remedy: /only SQL Server/ },
  { action: 'ModifyBackupPolicy', code: 'InvalidReleasedKeepPolicy.Format', reason: 'setting-unsupported', remedy: /released/ },
  { action: 'ModifyBackupPolicy', code: 'InvalidBackupRetentionPeriod.Malformed', reason: 'invalid-request', remedy: /7 to 730 days/ },
  { action: 'ModifyBackupPolicy', code: 'InvalidColdRetention.Format', reason: 'invalid-request', remedy: /30 to 1,095 days/ },
  { action: 'ModifyBackupPolicy', code: 'BackupPropertyNotFound', reason: 'other', remedy: /console/ },
  { action: 'ModifyBackupPolicy', code: 'InvalidDBInstanceId.NotFound', reason: 'instance-not-found', remedy: /instance id/ },
  { action: 'ModifyBackupPolicy', code: 'IncorrectDBInstanceState', reason: 'instance-state', remedy: /Running/ },
  { action: 'DeleteBackup', code: 'OperationDenied.BackupSetDeleteNotSupport', reason: 'set-not-deletable', remedy: /StoreStatus/ },
  { action: 'DeleteBackup', code: 'IncorrectDBInstanceType', reason: 'set-not-deletable', remedy: /High-availability Edition/ },
  { action: 'DeleteBackup', code: 'IncorrectDBInstanceCharacterType', reason: 'set-not-deletable', remedy: /High-availability Edition/ },
  { action: 'DeleteBackup', code: 'InvalidBackupSetID.NotFound', reason: 'set-not-found', remedy: /gone/ },
  { action: 'DeleteBackup', code: 'DeleteBackupSetNumExceed', reason: 'invalid-request', remedy: /100 sets/ },
  { action: 'DeleteBackup', code: 'IncorrectDBInstanceLockMode', reason: 'instance-locked', remedy: /unlock/ },
  { action: 'DeleteBackup', code: 'ReadDBInstanceNotSupport', reason: 'read-only-instance', remedy: /no sets of its own/ },
  { action: 'ModifyBackupPolicy', code: 'ReadDBInstanceNotSupport', reason: 'read-only-instance', remedy: /no backup settings of its own/ },
  { action: 'DeleteBackupFile', code: 'OperationDenied.ApiForbidden', reason: 'set-not-deletable', remedy: /let in/ },
  { action: 'DeleteBackupFile', code: 'IncorrectDBInstanceEngine', reason: 'set-not-deletable', remedy: /SQL Server/ },
  { action: 'DeleteBackupFile', code: 'InvalidBackupSetID.NotFound', reason: 'set-not-found', remedy: /gone/ },
  { action: 'CreateBackup', code: 'IncorrectDBInstanceType', reason: 'method-unsupported', remedy: /backup method/ },
  { action: 'CreateBackup', code: 'OperationDenied.NotSupportedBackupMethod', reason: 'method-unsupported', remedy: /backup method/ },
])('$code of $action is $reason, and says what to do', ({ action, code, reason, remedy }) => {
  const refusal = refusalOf(action, code);

  expect(refusal?.reason).toBe(reason);
  expect(refusal?.hint).toMatch(remedy);
});

test.each<{ action: RdsAction; code: string }>([
  { action: 'CreateBackup', code: 'OperationDenied.ApiForbidden' },
  { action: 'CreateBackup', code: 'IncorrectBackupPolicy' },
  { action: 'DescribeBackups', code: 'DeleteBackupSetNumExceed' },
])('$code means nothing in particular to $action', ({ action, code }) => {
  expect(refusalOf(action, code)).toBeUndefined();
});
