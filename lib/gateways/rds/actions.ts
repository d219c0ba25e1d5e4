// The RDS actions this gateway calls, the rate group each belongs to, and the permissions each method of the port needs.
import type { AccountRegion } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';

/** The API limits cross-region operations and writes of backup settings more tightly than the rest. */
export type OperationGroup = 'standard' | 'settings-writes' | 'cross-region';

export interface ActionTraits {
  readonly group: OperationGroup;
  readonly changes: boolean;
  /** False for a change that would be made twice, as the action takes no idempotency token. It is repeated only after a certain refusal. */
  readonly isRepeatable: boolean;
}

export type RdsAction =
  | 'CheckCreateDdrDBInstance'
  | 'CloneDBInstance'
  | 'CreateBackup'
  | 'CreateDdrInstance'
  | 'CreateRCSnapshot'
  | 'DeleteBackup'
  | 'DeleteBackupFile'
  | 'DeleteRCSnapshot'
  | 'DescribeAvailableCrossRegion'
  | 'DescribeAvailableRecoveryTime'
  | 'DescribeBackupPolicy'
  | 'DescribeBackups'
  | 'DescribeBackupTasks'
  | 'DescribeBinlogFiles'
  | 'DescribeCrossBackupMetaList'
  | 'DescribeCrossRegionBackupDBInstance'
  | 'DescribeCrossRegionBackups'
  | 'DescribeCrossRegionLogBackupFiles'
  | 'DescribeDBInstanceAttribute'
  | 'DescribeDBInstances'
  | 'DescribeDatabases'
  | 'DescribeDetachedBackups'
  | 'DescribeInstanceCrossBackupPolicy'
  | 'DescribeLocalAvailableRecoveryTime'
  | 'DescribeLogBackupFiles'
  | 'DescribeRCSnapshots'
  | 'ListTagResources'
  | 'ModifyBackupPolicy'
  | 'ModifyBackupSetExpireTime'
  | 'ModifyInstanceCrossBackupPolicy'
  | 'RestoreDdrTable';

const READ: ActionTraits = { group: 'standard', changes: false, isRepeatable: true };
const CROSS_REGION_READ: ActionTraits = { ...READ, group: 'cross-region' };
/** What is done twice has the effect of once. */
const REPEATABLE_CHANGE: ActionTraits = { group: 'standard', changes: true, isRepeatable: true };
const SINGLE_CHANGE: ActionTraits = { group: 'standard', changes: true, isRepeatable: false };

export const ACTION_TRAITS: Readonly<Record<RdsAction, ActionTraits>> = {
  CheckCreateDdrDBInstance: CROSS_REGION_READ,
  // Restores carry a client token.
  CloneDBInstance: REPEATABLE_CHANGE,
  CreateBackup: SINGLE_CHANGE,
  CreateDdrInstance: { ...REPEATABLE_CHANGE, group: 'cross-region' },
  CreateRCSnapshot: SINGLE_CHANGE,
  // What is gone cannot be deleted again: a repetition is refused at worst.
  DeleteBackup: REPEATABLE_CHANGE,
  DeleteBackupFile: REPEATABLE_CHANGE,
  DeleteRCSnapshot: REPEATABLE_CHANGE,
  DescribeAvailableCrossRegion: CROSS_REGION_READ,
  DescribeAvailableRecoveryTime: CROSS_REGION_READ,
  DescribeBackupPolicy: READ,
  DescribeBackups: READ,
  DescribeBackupTasks: READ,
  DescribeBinlogFiles: READ,
  DescribeCrossBackupMetaList: CROSS_REGION_READ,
  DescribeCrossRegionBackupDBInstance: CROSS_REGION_READ,
  DescribeCrossRegionBackups: CROSS_REGION_READ,
  DescribeCrossRegionLogBackupFiles: CROSS_REGION_READ,
  DescribeDBInstanceAttribute: READ,
  DescribeDBInstances: READ,
  DescribeDatabases: READ,
  DescribeDetachedBackups: READ,
  DescribeInstanceCrossBackupPolicy: CROSS_REGION_READ,
  DescribeLocalAvailableRecoveryTime: READ,
  DescribeLogBackupFiles: READ,
  DescribeRCSnapshots: READ,
  ListTagResources: READ,
  // The values of these are absolute.
  ModifyBackupPolicy: { ...REPEATABLE_CHANGE, group: 'settings-writes' },
  ModifyBackupSetExpireTime: REPEATABLE_CHANGE,
  ModifyInstanceCrossBackupPolicy: { ...REPEATABLE_CHANGE, group: 'cross-region' },
  RestoreDdrTable: { ...REPEATABLE_CHANGE, group: 'cross-region' },
};

export type RdsMethod = Exclude<keyof RdsGateway, keyof AccountRegion | 'apiCalls'>;

/** The RAM actions behind each method; tags only where they are asked for. */
export const RDS_ACTIONS: Readonly<Record<RdsMethod, readonly string[]>> = {
  countInstances: [ramActionOf('DescribeDBInstances')],
  listInstances: [ramActionOf('DescribeDBInstances'), ramActionOf('ListTagResources')],
  findInstance: [ramActionOf('DescribeDBInstances'), ramActionOf('ListTagResources')],
  listDatabases: [ramActionOf('DescribeDatabases')],
  listBackupSets: [ramActionOf('DescribeBackups')],
  findBackupSet: [ramActionOf('DescribeBackups')],
  listRunningJobs: [ramActionOf('DescribeBackupTasks')],
  findJob: [ramActionOf('DescribeBackupTasks')],
  createBackup: [ramActionOf('CreateBackup')],
  extendExpiry: [ramActionOf('ModifyBackupSetExpireTime')],
  readSettings: [ramActionOf('DescribeBackupPolicy')],
  writeSettings: [ramActionOf('ModifyBackupPolicy')],
  deleteSets: [ramActionOf('DeleteBackup'), ramActionOf('DeleteBackupFile')],
  listDetachedSets: [ramActionOf('DescribeDetachedBackups')],
  listCrossRegionInstances: [ramActionOf('DescribeCrossRegionBackupDBInstance')],
  readCrossRegionSettings: [ramActionOf('DescribeInstanceCrossBackupPolicy'), ramActionOf('DescribeCrossRegionBackupDBInstance')],
  writeCrossRegionSettings: [ramActionOf('ModifyInstanceCrossBackupPolicy')],
  listCopyDestinations: [ramActionOf('DescribeAvailableCrossRegion')],
  listCopies: [ramActionOf('DescribeCrossRegionBackups')],
  findCopiesOf: [ramActionOf('DescribeCrossRegionBackups')],
  listLogs: [ramActionOf('DescribeBinlogFiles'), ramActionOf('DescribeLogBackupFiles')],
  listCopiedLogs: [ramActionOf('DescribeCrossRegionLogBackupFiles')],
  localRecoveryWindow: [ramActionOf('DescribeLocalAvailableRecoveryTime')],
  copyRecoveryWindow: [ramActionOf('DescribeAvailableRecoveryTime')],
  checkRestore: [ramActionOf('CheckCreateDdrDBInstance')],
  readDetails: [ramActionOf('DescribeDBInstanceAttribute')],
  restoreToNewInstance: [ramActionOf('CreateDdrInstance'), ramActionOf('CloneDBInstance')],
  restoreTables: [ramActionOf('RestoreDdrTable')],
  listSetContents: [ramActionOf('DescribeCrossBackupMetaList')],
  listCustomSnapshots: [ramActionOf('DescribeRCSnapshots')],
  createCustomSnapshot: [ramActionOf('CreateRCSnapshot')],
  deleteCustomSnapshot: [ramActionOf('DeleteRCSnapshot')],
  listDownloadLinks: [ramActionOf('DescribeBackups')],
};

export function ramActionOf(action: RdsAction): string {
  return `rds:${action}`;
}
