// What error codes mean to the calls about cross-region backup, logs and recovery windows. Source: the error list of each operation.
import type { RdsAction } from './actions';
import type { RefusalRow } from './refusal-row';

/** Source: the error list of ModifyInstanceCrossBackupPolicy. */
const MODIFY_SETTINGS: readonly RefusalRow[] = [
  {
    code: /^DstRegionNoUser$/,
    reason: 'destination-not-activated',
    hint: 'log on to the RDS buy page and select the destination region there: that activates the account in it, and nothing needs to be bought; then try again',
  },
  {
    code: /^IncorrectDBInstanceEngine$/,
    reason: 'cross-region-unsupported',
    hint: 'MySQL, PostgreSQL and SQL Server have cross-region backup, and no other engine: ask for no copies there',
  },
  {
    code: /^(IncorrectDBInstance(Type|CharacterType)|ReadDBInstanceNotSupport)$/,
    reason: 'cross-region-unsupported',
    hint: 'read-only and Serverless instances have no cross-region backup, nor have all editions: ask for no copies there',
  },
  {
    code: /^IncorrectEngineVersion$/,
    reason: 'cross-region-unsupported',
    hint: 'this version of the engine has no cross-region backup on this edition and disk: ask for no copies there',
  },
  {
    code: /^IncorrectHostType$/,
    reason: 'cross-region-unsupported',
    hint: 'instances on this kind of host or disk have no cross-region backup: ask for no copies there',
  },
  {
    code: /^InvalidDdrStorage\.NotFound$/,
    reason: 'cross-region-unsupported',
    hint: 'the destination region stores no copies of this instance: choose another of the destinations that the service names',
  },
  {
    code: /^OperationDenied\.(SwitchToCrossRegionBackup|SwitchToSnapshot|SwitchSnapshotToPhysical)$/,
    reason: 'cross-region-unsupported',
    hint: 'snapshot backups are not copied to other regions, and the service never goes back from snapshots to physical backups: ask for no copies there',
  },
  {
    code: /^UnsupportEncryptedSnapshot$/,
    reason: 'cross-region-unsupported',
    hint: 'snapshots of encrypted disks are not copied to other regions: ask for no copies there',
  },
  {
    code: /^BackupPolicyNotSupport$/,
    reason: 'cross-region-unsupported',
    hint: 'cross-region backup and archives or single-digit second backup exclude each other: turn those off first, or ask for no copies',
  },
  { code: /^InvalideStatus\.Format$/, reason: 'instance-state', hint: 'wait until the instance is Running; of a released one only the retention can change' },
  {
    code: /^(InvalidParameters\.Format|ParameterAbsence|ParameterLeastAssociate)$/,
    reason: 'invalid-request',
    hint: 'copies are kept 7 to 1,825 days, and logs are copied only where data is',
  },
];

/** The documents have one code for an instance that does not exist and for one whose copies are not listed. */
const LIST_COPIES: readonly RefusalRow[] = [
  {
    code: /^(InvalidDBInstance\.NotFound|IncorrectDBInstance(Engine|Type|CharacterType)|IncorrectEngineVersion|IncorrectHostType)$/,
    reason: 'copies-not-listed',
    hint: 'if the instance exists, the service does not list copies of its kind (MySQL on cloud disks, for example): look at them in the console',
  },
];

const LIST_INSTANCES: readonly RefusalRow[] = [
  {
    code: /^IncorrectDBInstanceEngine$/,
    reason: 'cross-region-unsupported',
    hint: 'MySQL, PostgreSQL and SQL Server have cross-region backup, and no other engine',
  },
];

const LOCAL_WINDOW: readonly RefusalRow[] = [
  {
    code: /^IncorrectDBInstance(Engine|CharacterType)$/,
    reason: 'not-told',
    hint: 'the service tells the local recovery window of primary instances of MySQL, PostgreSQL and MariaDB only',
  },
];

const LOCAL_LOGS: readonly RefusalRow[] = [
  { code: /^ReadDBInstanceNotSupport$/, reason: 'read-only-instance', hint: 'a read-only instance has no logs of its own: see its primary instance' },
  { code: /^IncorrectDBInstance(Engine|CharacterType)$/, reason: 'not-told', hint: 'the service lists no logs of this kind of instance' },
];

export const CROSS_REGION_REFUSALS: Partial<Readonly<Record<RdsAction, readonly RefusalRow[]>>> = {
  ModifyInstanceCrossBackupPolicy: MODIFY_SETTINGS,
  DescribeCrossRegionBackupDBInstance: LIST_INSTANCES,
  DescribeCrossRegionBackups: LIST_COPIES,
  DescribeCrossRegionLogBackupFiles: LIST_COPIES,
  DescribeLocalAvailableRecoveryTime: LOCAL_WINDOW,
  DescribeBinlogFiles: LOCAL_LOGS,
  DescribeLogBackupFiles: LOCAL_LOGS,
};
