// The RDS actions this gateway calls, the rate group each belongs to, and the permissions each method of the port needs.
import type { AccountRegion } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';

/** The API limits cross-region operations and writes of backup settings more tightly than the rest. */
export type OperationGroup = 'standard' | 'settings-writes' | 'cross-region';

export interface ActionTraits {
  readonly group: OperationGroup;
  readonly changes: boolean;
  /** False for a change that would be made twice: no RDS action takes an idempotency token that works. It is repeated only after a certain refusal. */
  readonly isRepeatable: boolean;
}

export type RdsAction =
  | 'CreateBackup'
  | 'DeleteBackup'
  | 'DeleteBackupFile'
  | 'DescribeBackupPolicy'
  | 'DescribeBackups'
  | 'DescribeBackupTasks'
  | 'DescribeDBInstances'
  | 'DescribeDatabases'
  | 'DescribeDetachedBackups'
  | 'ListTagResources'
  | 'ModifyBackupPolicy'
  | 'ModifyBackupSetExpireTime';

export const ACTION_TRAITS: Readonly<Record<RdsAction, ActionTraits>> = {
  CreateBackup: { group: 'standard', changes: true, isRepeatable: false },
  // What is gone cannot be deleted again: a repetition is refused at worst.
  DeleteBackup: { group: 'standard', changes: true, isRepeatable: true },
  DeleteBackupFile: { group: 'standard', changes: true, isRepeatable: true },
  DescribeBackupPolicy: { group: 'standard', changes: false, isRepeatable: true },
  DescribeBackups: { group: 'standard', changes: false, isRepeatable: true },
  DescribeBackupTasks: { group: 'standard', changes: false, isRepeatable: true },
  DescribeDBInstances: { group: 'standard', changes: false, isRepeatable: true },
  DescribeDatabases: { group: 'standard', changes: false, isRepeatable: true },
  DescribeDetachedBackups: { group: 'standard', changes: false, isRepeatable: true },
  ListTagResources: { group: 'standard', changes: false, isRepeatable: true },
  // The values of these are absolute.
  ModifyBackupPolicy: { group: 'settings-writes', changes: true, isRepeatable: true },
  ModifyBackupSetExpireTime: { group: 'standard', changes: true, isRepeatable: true },
};

export type RdsMethod = Exclude<keyof RdsGateway, keyof AccountRegion | 'apiCalls'>;

/** The RAM actions behind each method; tags only where they are asked for. */
export const RDS_ACTIONS: Readonly<Record<RdsMethod, readonly string[]>> = {
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
};

export function ramActionOf(action: RdsAction): string {
  return `rds:${action}`;
}
