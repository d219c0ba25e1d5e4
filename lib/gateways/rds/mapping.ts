// The RDS API's items in our words. Values that the documents do not name are mapped to the claim that promises least.

import type { DescribeBackupsResponseBodyItemsBackup as WireBackup } from '@alicloud/rds20140815/dist/models/DescribeBackupsResponseBody';
import type { DescribeBackupTasksResponseBodyItemsBackupJob as WireJob } from '@alicloud/rds20140815/dist/models/DescribeBackupTasksResponseBody';
import type { DescribeDatabasesResponseBodyDatabasesDatabase as WireDatabase } from '@alicloud/rds20140815/dist/models/DescribeDatabasesResponseBody';
import type { DescribeDBInstancesResponseBodyItemsDBInstance as WireInstance } from '@alicloud/rds20140815/dist/models/DescribeDbinstancesResponseBody';
import type { DescribeDetachedBackupsResponseBodyItemsBackup as WireDetachedBackup } from '@alicloud/rds20140815/dist/models/DescribeDetachedBackupsResponseBody';
import { type Instant, parseInstant } from '../../base/instant';
import type { BackupJob, BackupJobStatus, BackupMethod, BackupMode, BackupSet, DetachedSet, SetScope } from '../../domain/backup';
import type { AccountRegion, Database, Edition, Engine, Instance, InstanceRole, StorageKind } from '../../domain/instance';
import { keyOf } from './words';

const ENGINES: Readonly<Record<string, Engine>> = { mysql: 'mysql', postgresql: 'postgresql', sqlserver: 'sqlserver', mariadb: 'mariadb' };

/** Names of DescribeDBInstances and DescribeDBInstanceAttribute; `AlwaysOn` is SQL Server's cluster edition. */
const EDITIONS: Readonly<Record<string, Edition>> = {
  basic: 'basic',
  highavailability: 'high-availability',
  cluster: 'cluster',
  alwayson: 'cluster',
  finance: 'finance',
  serverless_basic: 'serverless',
  serverless_standard: 'serverless',
  serverless_ha: 'serverless',
};

const ROLES: Readonly<Record<string, InstanceRole>> = { primary: 'primary', readonly: 'read-only', guard: 'guard', temp: 'temporary' };

const METHODS: Readonly<Record<string, BackupMethod>> = { physical: 'physical', logical: 'logical', snapshot: 'snapshot' };

const JOB_STATUSES: Readonly<Record<string, BackupJobStatus>> = {
  nostart: 'not-started',
  checking: 'running',
  preparing: 'running',
  waiting: 'running',
  uploading: 'running',
  progressing: 'running',
  finished: 'finished',
  failed: 'failed',
};

/** Sets that are kept for ever expire in a year that nobody plans for, or at -1. */
const FOREVER_FROM = parseInstant('2900-01-01T00:00:00Z');

/** Undefined for an item without an id. */
export function toInstance(wire: WireInstance, where: AccountRegion, tags: Readonly<Record<string, string>>): Instance | undefined {
  if (!wire.DBInstanceId) return undefined;
  const engine = ENGINES[keyOf(wire.engine)];
  const version = wire.engineVersion ?? '';
  const isLocked = keyOf(wire.lockMode) !== '' && keyOf(wire.lockMode) !== 'unlock';
  return {
    account: where.account,
    region: where.region,
    id: wire.DBInstanceId,
    description: wire.DBInstanceDescription ?? '',
    engine: engine ?? 'other',
    engineVersion: engine === undefined ? `${wire.engine ?? 'unknown'} ${version}`.trim() : version,
    edition: EDITIONS[keyOf(wire.category)] ?? 'other',
    storage: storageOf(wire.DBInstanceStorageType),
    role: ROLES[keyOf(wire.DBInstanceType)] ?? 'primary', // tried, and refused by the service where it is something else
    status: wire.DBInstanceStatus ?? '',
    isLocked,
    lockReason: isLocked ? wire.lockReason || wire.lockMode : undefined,
    createdAt: parseInstant(wire.createTime ?? ''),
    resourceGroupId: wire.resourceGroupId || undefined,
    tags,
  };
}

/** `local_ssd` and `ephemeral_ssd` are disks of the host. Everything newer is a cloud disk; a wrong guess ends in a refusal, never in a wrong backup. */
function storageOf(storageType: string | undefined): StorageKind {
  return /^(local|ephemeral)/.test(keyOf(storageType)) ? 'local-disk' : 'cloud-disk';
}

/** Only `Running` databases can be backed up: not those being created or deleted, nor cold ones (RDS API, DescribeDatabases). */
export function toDatabase(wire: WireDatabase): Database {
  return { name: wire.DBName ?? '', isBackupable: keyOf(wire.DBStatus) === 'running' };
}

/** Undefined for an item without an id or without a readable start time: a set that cannot be placed in time. */
export function toBackupSet(wire: WireBackup, instanceId: string): BackupSet | undefined {
  const outcome = toOutcome(wire);
  if (outcome === undefined || !wire.backupId) return undefined;
  return {
    id: wire.backupId,
    instanceId,
    ...outcome,
    type: keyOf(wire.backupType) === 'fullbackup' ? 'full' : 'incremental',
    scope: scopeOf(wire),
    expiresAt: expiryOf(wire.expectExpireTime),
    storeStatus: storeStatusOf(wire.storeStatus),
  };
}

/** Undefined for an item without one of its ids or without a readable start time. */
export function toDetachedSet(wire: WireDetachedBackup): DetachedSet | undefined {
  const outcome = toOutcome(wire);
  if (outcome === undefined || !wire.backupId || !wire.DBInstanceId) return undefined;
  return { instanceId: wire.DBInstanceId, instanceDescription: wire.DBInstanceComment ?? '', backupId: wire.backupId, ...outcome };
}

/** What both lists of sets say in the same words. Undefined without a readable start time. */
function toOutcome(wire: WireBackup | WireDetachedBackup): Omit<DetachedSet, 'instanceId' | 'instanceDescription' | 'backupId'> | undefined {
  const startedAt = parseInstant(wire.backupStartTime ?? '');
  if (startedAt === undefined) return undefined;
  const isSuccess = keyOf(wire.backupStatus) === 'success';
  return {
    startedAt,
    endedAt: parseInstant(wire.backupEndTime ?? '') ?? startedAt,
    status: isSuccess ? 'success' : 'failed',
    isAvailable: isSuccess && wire.isAvail === 1,
    mode: modeOf(wire.backupMode),
    method: METHODS[keyOf(wire.backupMethod)] ?? 'physical', // its scope is unknown then, so that it stands for nothing
    sizeBytes: Number.isFinite(wire.backupSize) ? Number(wire.backupSize) : 0,
  };
}

/**
 * What a set holds. The list has no field for it, but the engines leave little choice (RDS API, CreateBackup: BackupStrategy): single databases are
 * backed up only by hand, and only logically on MySQL or physically and in full on SQL Server. Every other set holds the whole instance. Of those two,
 * the download list per database says which databases are in; without it nobody can tell, and `unknown` never stands for the instance.
 */
function scopeOf(wire: WireBackup): SetScope {
  const method = METHODS[keyOf(wire.backupMethod)];
  if (method === undefined) return { kind: 'unknown' };
  if (keyOf(wire.backupMode) === 'automated' || method === 'snapshot') return { kind: 'instance' };
  const engine = ENGINES[keyOf(wire.engine)];
  if (engine === undefined) return listedScope(wire);
  if (engine === 'mysql' && method === 'logical') return listedScope(wire);
  if (engine === 'sqlserver' && method === 'physical' && keyOf(wire.backupType) !== 'incrementalbackup') return listedScope(wire);
  return { kind: 'instance' };
}

function listedScope(wire: WireBackup): SetScope {
  const links = wire.backupDownloadLinkByDB?.backupDownloadLinkByDB ?? [];
  const databases = [...new Set(links.map((link) => link.dataBase ?? '').filter((name) => name !== ''))].sort();
  return databases.length === 0 ? { kind: 'unknown' } : { kind: 'databases', databases };
}

/** Anything but `Manual` counts as automated: such a set is never adopted. */
function modeOf(mode: string | undefined): BackupMode {
  return keyOf(mode) === 'manual' ? 'manual' : 'automated';
}

function storeStatusOf(word: string | undefined): BackupSet['storeStatus'] {
  const key = keyOf(word);
  return key === 'enabled' || key === 'disabled' ? key : undefined;
}

function expiryOf(text: string | undefined): Instant | 'never' | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === '-1') return 'never';
  const at = parseInstant(text);
  return at !== undefined && FOREVER_FROM !== undefined && at >= FOREVER_FROM ? 'never' : at;
}

/** A status that the documents do not name counts as running: the job is looked at again. Undefined for an item without an id. */
export function toBackupJob(wire: WireJob, instanceId: string): BackupJob | undefined {
  if (!wire.backupJobId) return undefined;
  const progress = wire.process === undefined || wire.process === '' ? Number.NaN : Number(wire.process.replace(/%$/, ''));
  const status = JOB_STATUSES[keyOf(wire.backupStatus ?? wire.backupProgressStatus)] ?? 'running';
  return {
    id: wire.backupJobId,
    instanceId,
    status,
    mode: modeOf(wire.jobMode),
    progressPercent: Number.isFinite(progress) ? progress : undefined,
    backupId: status === 'finished' && wire.backupId ? wire.backupId : undefined,
  };
}

/** Totals are numbers in some answers and texts in others. */
export function toTotal(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const total = Number(value);
  return Number.isInteger(total) && total >= 0 ? total : undefined;
}
