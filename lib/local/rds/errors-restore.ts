// The error codes of the operations of the RDS API that restore, and of RDS Custom's snapshots.

type ErrorRow = readonly [status: number, message: string];

const NO_SUCH_SET: ErrorRow = [404, 'Specified backup set ID does not exist.'];
const NO_COPY: ErrorRow = [400, 'No available disaster restore bakset.'];
const WRONG_TYPE: ErrorRow = [400, 'Current DB instance engine and type does not support operations.'];
const WRONG_VERSION: ErrorRow = [400, 'Current engine version does not support operations.'];
const WRONG_REGION: ErrorRow = [400, 'Disaster restore should be operated in the ddr region or source region.'];
const BAD_REGION: ErrorRow = [400, 'Specified Region is not valid.'];
const BAD_ENGINE: ErrorRow = [400, 'Specified engine is not valid.'];
const BAD_ENGINE_VERSION: ErrorRow = [400, 'Specified engine version is not valid.'];
const BAD_RESTORE_TYPE: ErrorRow = [400, 'Specified restore type is not valid.'];
const BAD_STORAGE: ErrorRow = [400, 'Specified Storage is not valid.'];
const BAD_CLASS: ErrorRow = [404, 'Specified DB instance class is not found.'];
const NO_SOURCE: ErrorRow = [400, 'No SourceDBInstanceName.'];
const NO_SET_REGION: ErrorRow = [400, 'BackupSetRegion is absence.'];
const TDE: ErrorRow = [400, 'Cross-region disaster restore not support TDE bakset.'];
const WRONG_METHOD: ErrorRow = [400, 'Current backup set method does not support operations.'];
const WRONG_SET_VERSION: ErrorRow = [400, 'Current bakset version does not support operations.'];
/** ASSUMED: what other products answer; no code is documented for a token that comes again with another request. */
const OTHER_TOKEN: ErrorRow = [400, 'The request uses the same client token as a previous, but non-identical request.'];

export const RESTORE_ERRORS = {
  CheckCreateDdrDBInstance: {
    CrossRegionUnsupportTDE: TDE,
    DisasterRestoreRegionNotMatched: WRONG_REGION,
    IncorrectBackupSetMethod: WRONG_METHOD,
    IncorrectBackupSetType: [400, 'Backup set type should be ddr.'],
    IncorrectBaksetVersion: WRONG_SET_VERSION,
    IncorrectDBInstance: [403, 'The current DB instance does not support this operation.'],
    IncorrectDBInstanceType: WRONG_TYPE,
    IncorrectDBType: [403, 'The current DB type does not support this operation.'],
    IncorrectEngineVersion: WRONG_VERSION,
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidBackupType.Format': [400, 'Specified backup type is not valid.'],
    'InvalidDBInstance.NotFound': [404, 'The specified instance does not exist or is not supported.'],
    'InvalidDBInstanceClass.NotFound': BAD_CLASS,
    'InvalidEngine.Malformed': BAD_ENGINE,
    'InvalidEngineVersion.Malformed': BAD_ENGINE_VERSION,
    'InvalidMinorVersion.NotFound': [400, 'Specified minor version does not exists.'],
    'InvalidRestoreType.Format': BAD_RESTORE_TYPE,
    'InvalidStorage.Format': BAD_STORAGE,
    NoAvailableDisasterRestoreBakset: NO_COPY,
    NoBackupSetRegion: NO_SET_REGION,
    NoSourceInstanceName: NO_SOURCE,
    ResourceConfigError: [403, 'The request processing has failed due to resource config error.'],
    UserPermissionFailure: [400, 'The request processing has failed due to user permission.'],
  },
  CreateDdrInstance: {
    CrossRegionUnsupportTDE: [403, TDE[1]],
    DisasterRestoreRegionNotMatched: WRONG_REGION,
    IdempotentParameterMismatch: OTHER_TOKEN,
    IncorrectBackupSetMethod: [403, WRONG_METHOD[1]],
    IncorrectBackupSetType: [400, 'Backup set type should be value ddr.'],
    IncorrectBaksetVersion: [403, WRONG_SET_VERSION[1]],
    IncorrectDBInstanceType: WRONG_TYPE,
    IncorrectEngineVersion: WRONG_VERSION,
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidDBInstanceClass.NotFound': BAD_CLASS,
    'InvalidDBInstanceDescription.Format': [400, 'Specified DB instance description is not valid.'],
    'InvalidDBInstanceId.NotFound': [400, 'The DBInstanceId provided does not exist in records.'],
    'InvalidDBInstanceNetType.NotFound': [404, 'Specified DB instance net type is not found.'],
    'InvalidEngine.Malformed': BAD_ENGINE,
    'InvalidRegion.NotFound': [404, 'Specified Region does not exist in the RDS'],
    'InvalidRestoreType.Format': BAD_RESTORE_TYPE,
    'InvalidSecurityIPList.Duplicate': [400, 'Specified security IP list is not valid: Duplicate IP address in the list'],
    'InvalidSecurityIPList.Format': [400, 'Specified security IP list format is not valid.'],
    'InvalidSecurityIPList.QuotaExceeded': [400, 'Specified security IP list is not valid: Exceeding the allowed amount of IP address in the list.'],
    'InvalidStorage.Format': BAD_STORAGE,
    NoAvailableDisasterRestoreBakset: NO_COPY,
    NoBackupSetRegion: NO_SET_REGION,
    NoBaksetName: [400, 'BaksetName is absence.'],
    NoSourceInstanceName: NO_SOURCE,
    PreCheckInvalid: [400, 'CreateDdrInstance PreCheck Is Invalid'],
  },
  RestoreDdrTable: {
    IdempotentParameterMismatch: OTHER_TOKEN,
    IncorrectBackupSetMethod: [403, WRONG_METHOD[1]],
    IncorrectBackupSetState: [403, 'Current backup set state does not support operations.'],
    IncorrectDBInstanceState: [403, 'Current DB instance state does not support this operation.'],
    IncorrectDBInstanceType: [403, 'Current DB instance type does not support this operation.'],
    'InvalidBackup.NotFound': [404, 'The available backup does not exist in recovery time.'],
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidDB.NotFound': [404, 'Specified db does not exist or DB status does not support.'],
    'InvalidDBInstance.NotFound': [404, 'Specified instance does not exist or not support.'],
    'InvalidDBName.Duplicate': [400, 'Specified DB name already exists in the This instance.'],
    'InvalidRegion.Format': BAD_REGION,
    'InvalidRestoreTime.Format': [400, 'Specified restore time is not valid.'],
    'InvalidRestoreType.Format': BAD_RESTORE_TYPE,
    'InvalidSourceRestoreDBName.NotFound': [400, 'specific source restore dbname is not found in db list'],
  },
  CloneDBInstance: {
    IdempotentParameterMismatch: OTHER_TOKEN,
    IncorrectCharacterType: [403, 'Current DB instance character type does not support this operation.'],
    'InvalidDBInstance.NotFound': [404, 'The specified instance does not exist or is not supported.'],
    'InvalidDBInstanceId.NotFound': [400, 'The DBInstanceId provided does not exist in records.'],
    'InvalidRecoveryDbInstance.StorageSize': [400, 'The disk space of the new instance cannot be less than that of the current instance'],
    'InvalidRecoveryDbInstance.StorageType': [400, 'The disk local_ssd can not clone to cloud disk type'],
    'Request.NotFound': [404, 'The requested resource is not available.'],
  },
  // ASSUMED: no codes are listed for RDS Custom's snapshots. These are what ECS answers to the same acts.
  CreateRCSnapshot: {
    'IncorrectDiskStatus.CreatingSnapshot': [403, 'A previous snapshot creation is in process.'],
    IncorrectInstanceStatus: [403, 'The current status of the resource does not support this operation.'],
    'InvalidDescription.Malformed': [400, 'The specified parameter "Description" is not valid.'],
    'InvalidDiskId.NotFound': [404, 'The specified disk does not exist.'],
    'QuotaExceed.Snapshot': [403, 'The maximum number of snapshots of the disk has been reached.'],
  },
  DeleteRCSnapshot: {
    SnapshotCreatedDisk: [403, 'The snapshot has been used to create disks.'],
    SnapshotCreatedImage: [403, 'The snapshot has been used to create images.'],
  },
} as const satisfies Record<string, Record<string, ErrorRow>>;
