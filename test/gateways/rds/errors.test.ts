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
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'DstRegionNoUser', reason: 'destination-not-activated', remedy: /buy page.*destination region/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'CrossBackupNotSupport', reason: 'cross-region-unsupported', remedy: /destinations/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectDBInstanceEngine', reason: 'cross-region-unsupported', remedy: /no other engine/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectDBInstanceType', reason: 'cross-region-unsupported', remedy: /Serverless/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectEngineVersion', reason: 'cross-region-unsupported', remedy: /this version/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectHostType', reason: 'cross-region-unsupported', remedy: /disk/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'InvalidDdrStorage.NotFound', reason: 'cross-region-unsupported', remedy: /another of the destinations/ },
  {
    action: 'ModifyInstanceCrossBackupPolicy',
    code: 'OperationDenied.SwitchToCrossRegionBackup',
    reason: 'cross-region-unsupported',
    remedy: /snapshot backups are not copied/,
  },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'UnsupportEncryptedSnapshot', reason: 'cross-region-unsupported', remedy: /encrypted/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'BackupPolicyNotSupport', reason: 'cross-region-unsupported', remedy: /archives/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'InvalideStatus.Format', reason: 'instance-state', remedy: /Running/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'InvalidParameters.Format', reason: 'invalid-request', remedy: /7 to 1,825 days/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectDBInstanceLockMode', reason: 'instance-locked', remedy: /unlock/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'IncorrectDBInstanceState', reason: 'instance-state', remedy: /Running/ },
  { action: 'ModifyInstanceCrossBackupPolicy', code: 'InvalidDBInstance.NotFound', reason: 'instance-not-found', remedy: /instance id/ },
  { action: 'DescribeCrossRegionBackups', code: 'IncorrectHostType', reason: 'copies-not-listed', remedy: /console/ },
  { action: 'DescribeCrossRegionBackups', code: 'CrossBackupNotSupport', reason: 'cross-region-unsupported', remedy: /between these regions/ },
  { action: 'DescribeCrossRegionBackupDBInstance', code: 'IncorrectDBInstanceEngine', reason: 'cross-region-unsupported', remedy: /no other engine/ },
  { action: 'DescribeAvailableRecoveryTime', code: 'InvalidBackupSetID.NotFound', reason: 'set-not-found', remedy: /gone/ },
  { action: 'DescribeBinlogFiles', code: 'ReadDBInstanceNotSupport', reason: 'read-only-instance', remedy: /no logs of its own/ },
  { action: 'DescribeLogBackupFiles', code: 'IncorrectDBInstanceEngine', reason: 'not-told', remedy: /no logs of this kind/ },
  { action: 'CreateDdrInstance', code: 'CrossRegionUnsupportTDE', reason: 'cross-region-unsupported', remedy: /region of its source only/ },
  { action: 'CreateDdrInstance', code: 'IncorrectBackupSetMethod', reason: 'method-unsupported', remedy: /another set/ },
  { action: 'CreateDdrInstance', code: 'IncorrectBackupSetType', reason: 'invalid-request', remedy: /list the copies/ },
  { action: 'CreateDdrInstance', code: 'IncorrectBaksetVersion', reason: 'invalid-request', remedy: /engine version of the source/ },
  { action: 'CreateDdrInstance', code: 'NoAvailableDisasterRestoreBakset', reason: 'set-not-found', remedy: /recovery window/ },
  { action: 'CreateDdrInstance', code: 'DisasterRestoreRegionNotMatched', reason: 'invalid-request', remedy: /region of the source instance/ },
  { action: 'CreateDdrInstance', code: 'InvalidDBInstanceClass.NotFound', reason: 'invalid-request', remedy: /choose another/ },
  { action: 'CreateDdrInstance', code: 'InvalidStorage.Format', reason: 'invalid-request', remedy: /steps of 5/ },
  { action: 'CreateDdrInstance', code: 'InvalidSecurityIPList.Duplicate', reason: 'invalid-request', remedy: /different addresses/ },
  { action: 'CreateDdrInstance', code: 'OperationDenied.ZoneResource', reason: 'other', remedy: /another zone/ },
  { action: 'CreateDdrInstance', code: 'PreCheckInvalid', reason: 'other', remedy: /restore plan/ },
  { action: 'CloneDBInstance', code: 'InvalidRecoveryDbInstance.StorageSize', reason: 'invalid-request', remedy: /at least that of the source/ },
  { action: 'CloneDBInstance', code: 'IncorrectCharacterType', reason: 'method-unsupported', remedy: /cannot be restored this way/ },
  { action: 'RestoreDdrTable', code: 'InvalidDBName.Duplicate', reason: 'invalid-request', remedy: /another new name/ },
  { action: 'RestoreDdrTable', code: 'InvalidSourceRestoreDBName.NotFound', reason: 'no-such-database', remedy: /list its contents/ },
  { action: 'RestoreDdrTable', code: 'ChildDBInstanceExists', reason: 'other', remedy: /new instance/ },
  { action: 'RestoreDdrTable', code: 'InvalidBinlog.NotFound', reason: 'set-not-found', remedy: /no logs reach that time/ },
  { action: 'RestoreDdrTable', code: 'IncorrectBackupSetState', reason: 'other', remedy: /another set/ },
  { action: 'CreateDdrInstance', code: 'IdempotentParameterMismatch', reason: 'invalid-request', remedy: /another restore before/ },
  { action: 'CloneDBInstance', code: 'Request.NotFound', reason: 'set-not-found', remedy: /another set/ },
  { action: 'DescribeAvailableRecoveryTime', code: 'CrossBackupNotSupport', reason: 'cross-region-unsupported', remedy: /SQL Server/ },
  { action: 'CreateRCSnapshot', code: 'IncorrectDiskStatus.CreatingSnapshot', reason: 'backup-job-exists', remedy: /one snapshot at a time/ },
  { action: 'CreateRCSnapshot', code: 'IncorrectInstanceStatus', reason: 'instance-state', remedy: /Running or Stopped/ },
  { action: 'CreateRCSnapshot', code: 'QuotaExceed.Snapshot', reason: 'cap-exceeded', remedy: /256/ },
  { action: 'CreateRCSnapshot', code: 'InvalidDiskId.NotFound', reason: 'other', remedy: /id of the disk/ },
  { action: 'DeleteRCSnapshot', code: 'SnapshotCreatedDisk', reason: 'set-not-deletable', remedy: /force/ },
  { action: 'DeleteRCSnapshot', code: 'SnapshotCreatedImage', reason: 'set-not-deletable', remedy: /images/ },
  { action: 'DescribeCrossBackupMetaList', code: 'InvalidMeta.Empty', reason: 'other', remedy: /as a whole/ },
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
