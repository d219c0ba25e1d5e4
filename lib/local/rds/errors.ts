// The error codes of the RDS API by operation, with status and message as documented (the spelling and the double spaces are theirs).
import { type AccessDeniedDetail, RpcError } from '../rpc/errors';
import { CROSS_REGION_ERRORS } from './errors-cross-region';
import { RESTORE_ERRORS } from './errors-restore';

type ErrorRow = readonly [status: number, message: string];

const NO_SUCH_INSTANCE: ErrorRow = [404, 'The database instance does not exist.'];
const NO_SUCH_INSTANCE_ID: ErrorRow = [404, 'Invalid DBInstanceId NotFound.'];
const NO_SUCH_RECORD: ErrorRow = [400, 'The DBInstanceId provided does not exist in records.'];
const READ_ONLY: ErrorRow = [400, 'The operation is not permitted due to type of the instance.'];
const NO_SUCH_SET: ErrorRow = [404, 'Specified backup set ID does not exist.'];
const NO_PARAMETER: ErrorRow = [400, 'Must input at least one optional parameter'];
const NOT_PERMITTED: ErrorRow = [403, 'Operation is not permitted.'];
const WRONG_ENGINE: ErrorRow = [403, 'Current DB instance engine does not support this operation.'];
const WRONG_TYPE: ErrorRow = [403, 'Current DB instance engine and type does not support operations.'];
const BAD_RETENTION: ErrorRow = [400, 'The specified backup retention period is invalid.'];
const SNAPSHOTS_ONLY: ErrorRow = [403, 'When the storage is larger than 4000 GB, only snapshot backup is supported.'];
const WRONG_STATE: ErrorRow = [403, 'Current DB instance state does not support this operation.'];

const RDS_ERRORS = {
  ...CROSS_REGION_ERRORS,
  ...RESTORE_ERRORS,
  CreateBackup: {
    BackupJobExists: [400, 'A backup job already exists in the specified DB instance.'],
    'BackupType.NotSupport': [400, 'the specified backup type not support'],
    'Exceeded.BackupTimes': [403, 'The backup times exceeds.'],
    IncorrectDBInstanceState: WRONG_STATE,
    IncorrectDBInstanceType: WRONG_TYPE,
    'IncorrectDBInstanceLockMode.ValueNotSupported': [400, 'The Current DB instance lock mode does not support this operation.'],
    'InvalidBackupMethod.ValueNotSupport': [400, 'The specified  parameter "BackupMethod" is not valid.'],
    'InvalidBackupRetentionPeriod.Malformed': BAD_RETENTION,
    'InvalidDB.NotFound': [404, 'Specified db does not exist or DB status does not support this operation.'],
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE,
    'InvalidDBName.Format': [400, 'Specified DB name is not valid.'],
    'OperationDenied.NotSupportedBackupMethod': SNAPSHOTS_ONLY,
    ReadDBInstanceNotSupport: READ_ONLY,
  },
  ModifyBackupPolicy: {
    IncorrectBackupPolicy: [
      400,
      'The current instance has an advanced backup policy enabled. Currently, you cannot use the OpenAPI to modify the backup policy. You need to modify the backup policy in the console.',
    ],
    IncorrectCategory: [403, 'Current Instance type does not support Category.'],
    // ASSUMED: not in this operation's list; as its neighbours say it.
    IncorrectDBInstanceState: WRONG_STATE,
    'InvalidBackupRetentionPeriod.Malformed': BAD_RETENTION,
    'InvalidColdRetention.Format': [400, 'Invalid cold retention format.'],
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
    'InvalidLogBackupFrequency.Malformed': [400, 'Invalid log backup frequency.'],
    'InvalidReleasedKeepPolicy.Format': [400, 'Specified Released Keep Policy is not valid.'],
    'OperationDenied.ApiForbidden': NOT_PERMITTED,
    'OperationDenied.ApiForbiddenForLogBackupFrequency': [
      403,
      'When the instance is a snapshot backup, the log backup frequency is not allowed to be consistent with the data backup.',
    ],
    'OperationDenied.NotSupportedBackupMethod': SNAPSHOTS_ONLY,
    'OperationDenied.SwitchSnapshotToPhysical': [403, 'Only physical backup to snapshot backup is supported.'],
    'OperationDenied.SwitchToSnapshot': [
      400,
      'Snapshot backup does not support cross region storage at present. Please turn off cross region backup before switching to snapshot backup mode.',
    ],
    // ASSUMED, too.
    ReadDBInstanceNotSupport: READ_ONLY,
  },
  DeleteBackup: {
    DeleteBackupSetNumExceed: [400, 'Delete backup set number is more than 100.'],
    IncorrectDBInstanceLockMode: [404, 'Current DB instance lock mode does not support this operation.'],
    IncorrectDBInstanceState: WRONG_STATE,
    IncorrectDBInstanceType: WRONG_TYPE,
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE_ID,
    'OperationDenied.BackupSetDeleteNotSupport': [403, 'The Specified backup does not support this operation.'],
    ParameterLeastAssociate: NO_PARAMETER,
    ReadDBInstanceNotSupport: READ_ONLY,
  },
  // ASSUMED, but for the unknown set: the list has that code only.
  DeleteBackupFile: {
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    'InvalidBackupSetID.NotFound': NO_SUCH_SET,
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE,
    'OperationDenied.ApiForbidden': NOT_PERMITTED,
    ParameterLeastAssociate: NO_PARAMETER,
  },
  // ASSUMED: neither the documents nor the metadata list codes for this operation. These follow its neighbours and the gateway's naming.
  ModifyBackupSetExpireTime: {
    IncorrectBackupSetMethod: [403, 'The method of the backup set does not support this operation.'],
    IncorrectBackupSetState: [403, 'The state of the backup set does not support this operation.'],
    IncorrectDBInstanceEngine: WRONG_ENGINE,
    'InvalidBackupSetID.NotFound': [404, 'The specified backup set does not exist.'],
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE,
    InvalidExpectExpireTime: [400, 'Specified parameter ExpectExpireTime is not valid.'],
  },
  DescribeBackups: {
    IncorrectDBInstanceState: WRONG_STATE,
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE,
    'InvalidEndTime.Format': [400, 'Specified end time is not valid.'],
    'InvalidMaxRecordsPerPage.Malformed': [403, 'Specified record number is not valid.'],
    'InvalidPageNumbers.Malformed': [400, 'Specified page number is not valid.'],
    InvalidParameterCombination: [400, 'The end time must be greater than the start time'],
    'InvalidStartTime.Format': [400, 'Specified start time is not valid.'],
  },
  DescribeBackupTasks: {
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE_ID,
    ReadDBInstanceNotSupport: READ_ONLY,
  },
  DescribeBackupPolicy: {
    IncorrectDBInstanceState: WRONG_STATE,
    'InvalidDBInstanceName.NotFound': NO_SUCH_INSTANCE_ID,
  },
  DescribeDBInstances: {
    'Invalid.NextToken': [400, 'The parameter NextToken is invalid.'],
    'InvalidDBInstanceType.ValueNotSupport': [400, 'The specified  parameter DBInstanceType is not valid.'],
    'InvalidExpired.Format': [400, 'The instance expiration status parameter is incorrect.'],
    'InvalidRegionId.NotFound': [404, 'The specified RegionId does not exist.'],
  },
  DescribeDBInstanceAttribute: {
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
  },
  DescribeDatabases: {
    'InvalidDBInstanceId.NotFound': NO_SUCH_RECORD,
    'InvalidDBInstanceStatus.NotSupport': [400, 'The Specified instance status is not supported to query account list.'],
  },
  DescribeRegions: {
    'InvalidAcceptLanguage.NotFound': [404, 'Only Chinese (zh-CN) and English (en-US) are allowed.'],
  },
  ListTagResources: {
    'BothEmpty.TagsAndResources': [400, 'The specified Tags and ResourcesIds are not allow to both empty.'],
    'Invalid.NextToken': [400, 'The parameter NextToken is invalid.'],
    'NumberExceed.ResourceIds': [400, 'The number of ResourceIds parameter is exceed , Valid : 50'],
    'NumberExceed.Tags': [400, 'The number of Tags parameter is exceed, Valid : 20'],
  },
  DescribeTags: {
    'InvalidDBInstanceId.NotFound': [404, 'The DBInstanceId provided does not exist in our records.'],
    'Tag.Allow5TagInfos': [400, 'only 5 tags allowed in one operation.'],
    'Tag.InvalidTagsParameter': [400, 'tags parameter is invalid.'],
  },
} as const satisfies Record<string, Record<string, ErrorRow>>;

export type RdsOperation = keyof typeof RDS_ERRORS;

/** The documented refusal of an operation. */
export function refusal<Operation extends RdsOperation>(operation: Operation, code: keyof (typeof RDS_ERRORS)[Operation] & string): RpcError {
  const listed = listedRefusal(operation, code);
  if (listed === undefined) throw new RangeError(`no such error: ${operation} ${code}`);
  return listed;
}

/** The refusal of that code; undefined where the operation's documents do not list it. */
export function listedRefusal(operation: RdsOperation, code: string): RpcError | undefined {
  const table: Readonly<Record<string, ErrorRow>> = RDS_ERRORS[operation];
  const row = table[code];
  return row === undefined ? undefined : new RpcError({ status: row[0], code, message: row[1] });
}

/** The refusal of a caller whose RAM policy does not allow the action. */
export function forbiddenByRam(accessDenied: AccessDeniedDetail): RpcError {
  const message = "User not authorized to operate on the specified resource, or this API doesn't support RAM.";
  return new RpcError({ status: 403, code: 'Forbidden.RAM', message, accessDenied });
}
