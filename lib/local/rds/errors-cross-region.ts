// The error codes of the cross-region operations of the RDS API: settings, copies, logs and recovery windows, as documented.

type ErrorRow = readonly [status: number, message: string];

const NO_SUCH_RECORD: ErrorRow = [400, 'The DBInstanceId provided does not exist in records.'];
const NO_SUCH_INSTANCE: ErrorRow = [404, 'Specified instance does not exist or not support.'];
const NO_SUCH_SET: ErrorRow = [404, 'Specified backup set ID does not exist.'];
const BAD_REGION: ErrorRow = [400, 'Specified Region is not valid.'];
const BAD_PARAMETERS: ErrorRow = [400, 'Specified parameter is not valid.'];
const BAD_START: ErrorRow = [400, 'Specified start time is not valid.'];
const BAD_END: ErrorRow = [400, 'Specified end time is not valid.'];
const BAD_TIME: ErrorRow = [400, 'Specified time is not valid.'];
const ABSENT: ErrorRow = [400, 'Necessary param is absence.'];
const ABSENT_PARAMETER: ErrorRow = [400, 'Necessary parameter is absence.'];
const NOT_COPIED: ErrorRow = [403, 'Specified region not support cross region backup.'];
const NO_COPY: ErrorRow = [400, 'No available disaster restore bakset.'];
const WRONG_ENGINE: ErrorRow = [403, 'Current DB Instance engine does not support this operation.'];
const WRONG_STATE: ErrorRow = [403, 'Current DB instance state does not support this operation.'];
const WRONG_LOCK: ErrorRow = [403, 'Current DB instance lock mode does not support this operation.'];
const WRONG_CHARACTER: ErrorRow = [403, 'Current DB Instance character_type does not support this operation.'];
const READ_ONLY: ErrorRow = [400, 'The operation is not permitted due to type of the instance.'];

const COPY_LIST = {
  CrossBackupNotSupport: NOT_COPIED,
  'InvalidDBInstance.NotFound': NO_SUCH_INSTANCE,
  'InvalidEndTime.Format': BAD_END,
  'InvalidParameters.Format': BAD_PARAMETERS,
  'InvalidRegion.Format': BAD_REGION,
  'InvalidStartTime.Format': BAD_START,
  'InvalidTime.Format': BAD_TIME,
  ParameterAbsence: ABSENT,
} as const;

export const CROSS_REGION_ERRORS = {
  DescribeInstanceCrossBackupPolicy: {
    CrossBackupNotSupport: NOT_COPIED,
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
    'InvalidRegion.Format': BAD_REGION,
  },
  ModifyInstanceCrossBackupPolicy: {
    BackupPolicyNotSupport: [400, "Cold Data won't open with CrossBackup or Flash Backup, please check Backup Policy."],
    CrossBackupNotSupport: NOT_COPIED,
    DstRegionNoUser: [400, "The user info wasn't found destination region, please access the purchase page to initiate registration."],
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    IncorrectDBInstanceLockMode: WRONG_LOCK,
    IncorrectDBInstanceState: WRONG_STATE,
    IncorrectDBInstanceType: [403, 'Current DB instance type does not support this operation.'],
    IncorrectEngineVersion: [403, 'Current engine version does not support operations.'],
    IncorrectHostType: [403, 'Current DB Instance host type does not support this operation.'],
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
    'InvalidParameters.Format': BAD_PARAMETERS,
    'InvalidRegion.Format': BAD_REGION,
    'InvalideStatus.Format': [400, 'The instance status does not support this operation.'],
    'OperationDenied.SwitchToCrossRegionBackup': [400, 'Snapshot backup does not support cross region backup storage at present.'],
    ParameterAbsence: ABSENT,
    ParameterLeastAssociate: [400, 'Must input at least one optional parameter.'],
    UnsupportEncryptedSnapshot: [400, 'Encrypted DB instance snapshot does not support this operation.'],
  },
  DescribeCrossRegionBackups: COPY_LIST,
  DescribeCrossRegionLogBackupFiles: COPY_LIST,
  DescribeCrossRegionBackupDBInstance: {
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
    'InvalidRegion.Format': BAD_REGION,
  },
  DescribeAvailableCrossRegion: {
    CrossBackupNotSupport: NOT_COPIED,
    'InvalidRegion.Format': BAD_REGION,
  },
  DescribeAvailableRecoveryTime: {
    CrossBackupNotSupport: NOT_COPIED,
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    NoAvailableDisasterRestoreBakset: NO_COPY,
    NoAvailableLogBackup: [400, 'No available log backup.'],
  },
  DescribeLocalAvailableRecoveryTime: {
    IncorrectDBInstanceCharacterType: WRONG_CHARACTER,
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    'InvalidBackup.NotFound': [404, 'The available backup does not exist in recovery time.'],
    'InvalidBinlog.NotFound': [404, 'The available binlog does not exist in recovery time.'],
    'InvalidDBInstance.NotFound': NO_SUCH_INSTANCE,
    LogBackupNotEnabled: [400, 'Specified instance does not enabled logbackup'],
  },
  DescribeCrossBackupMetaList: {
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidMeta.Empty': [403, 'Meta information is empty.'],
    InvalidPageIndex: [400, 'The page index is invalid'],
    InvalidPageSize: [400, 'The page size is invalid'],
    NoAvailableDisasterRestoreBakset: [400, 'No available disaster restore bakset'],
  },
  DescribeBinlogFiles: {
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    'InvalidDBInstance.NotFound': NO_SUCH_INSTANCE,
    'InvalidEndTime.Format': BAD_END,
    'InvalidStartTime.Format': BAD_START,
    ParameterAbsence: ABSENT_PARAMETER,
    ReadDBInstanceNotSupport: READ_ONLY,
  },
  DescribeLogBackupFiles: {
    IncorrectDBInstanceCharacterType: WRONG_CHARACTER,
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    'InvalidDBInstance.NotFound': NO_SUCH_INSTANCE,
    ParameterAbsence: ABSENT_PARAMETER,
  },
} as const satisfies Record<string, Record<string, ErrorRow>>;
