// Decides whether an instance takes a manual backup now, and what kind of set it would become (RDS API, CreateBackup; engine matrix).
import { DAY_MS, type Instant } from '../../base/instant';
import { refusal } from '../rds/errors';
import { countToday } from './cap';
import type { BackupPlan } from './jobs';
import type { RdsKnobs } from './knobs';
import { type EngineName, type InstanceSpec, type InstanceState, isCloudDisk, type Method, type SetType } from './state';

/** What CreateBackup asks for; undefined where the parameter was left out. */
export interface BackupOrder {
  readonly method?: Method;
  readonly strategy?: 'db' | 'instance';
  readonly type?: 'Auto' | 'FullBackup';
  readonly databases?: readonly string[];
  readonly retentionDays?: number;
}

/** Above this, SQL Server takes snapshots only. */
const MAX_PHYSICAL_GB = 4000;

const RETENTION_DAYS = { least: 7, most: 730, forever: -1 };

/** The values of BackupMethod that each engine takes, by its storage. MariaDB's snapshots are ordered as `Physical`. */
const ORDERABLE: Readonly<Record<EngineName, { readonly local: readonly Method[]; readonly cloud: readonly Method[] }>> = {
  MySQL: { local: ['Physical', 'Logical'], cloud: ['Snapshot'] },
  PostgreSQL: { local: ['Physical'], cloud: ['Snapshot'] },
  SQLServer: { local: ['Physical'], cloud: ['Physical', 'Snapshot'] },
  MariaDB: { local: ['Physical'], cloud: ['Physical'] },
};

/** Single-database backups of MySQL need an edition with a standby. */
const SINGLE_DATABASE_EDITIONS = ['HighAvailability', 'Finance', 'AlwaysOn', 'cluster'];

/** The plan of the backup. Throws the documented refusal for the first rule that forbids it. */
export function planManualBackup(instance: InstanceState, order: BackupOrder, now: Instant, knobs: RdsKnobs): BackupPlan {
  const { spec } = instance;
  checkInstance(spec);
  const method = order.method ?? 'Physical';
  checkMethod(spec, method);
  checkType(spec, method, order);
  const databases = databasesOf(spec, method, order);
  const retentionDays = retentionOf(spec, order, databases);
  if (instance.job !== undefined) throw refusal('CreateBackup', 'BackupJobExists');
  if (countToday(instance.starts, now, knobs.cap) >= knobs.cap.perDay) throw refusal('CreateBackup', 'Exceeded.BackupTimes');
  return {
    mode: 'Manual',
    method: spec.engine === 'MariaDB' ? 'Snapshot' : method,
    type: order.type === 'FullBackup' || databases !== undefined ? 'FullBackup' : automaticType(instance, method, now),
    ...(databases === undefined ? {} : { databases }),
    retentionDays,
  };
}

function checkInstance(spec: InstanceSpec): void {
  if (spec.role !== 'Primary') throw refusal('CreateBackup', 'ReadDBInstanceNotSupport');
  if (spec.status !== 'Running') throw refusal('CreateBackup', 'IncorrectDBInstanceState');
  if (spec.lockMode !== 'Unlock') throw refusal('CreateBackup', 'IncorrectDBInstanceLockMode.ValueNotSupported');
}

function checkMethod(spec: InstanceSpec, method: Method): void {
  const orderable = ORDERABLE[spec.engine][isCloudDisk(spec) ? 'cloud' : 'local'];
  if (!orderable.includes(method)) throw refusal('CreateBackup', 'InvalidBackupMethod.ValueNotSupport');
  if (spec.engine === 'SQLServer' && method === 'Physical' && spec.storageGb > MAX_PHYSICAL_GB) {
    throw refusal('CreateBackup', 'OperationDenied.NotSupportedBackupMethod');
  }
}

function checkType(spec: InstanceSpec, method: Method, order: BackupOrder): void {
  if (order.type !== 'FullBackup') return;
  if (spec.engine !== 'SQLServer' || method !== 'Physical') throw refusal('CreateBackup', 'BackupType.NotSupport');
}

/**
 * The databases of a database-level backup; undefined for the whole instance. Outside MySQL + Logical and SQL Server + Physical +
 * FullBackup the service does not honour the strategy: it backs up the instance, and so does this.
 */
function databasesOf(spec: InstanceSpec, method: Method, order: BackupOrder): readonly string[] | undefined {
  const isLogical = spec.engine === 'MySQL' && method === 'Logical';
  const isFull = spec.engine === 'SQLServer' && method === 'Physical' && order.type === 'FullBackup';
  if (isLogical && !spec.databases.some((database) => database.status === 'Running')) throw refusal('CreateBackup', 'InvalidDB.NotFound');
  if (order.strategy !== 'db' || !(isLogical || isFull)) return undefined;
  if (isLogical && !SINGLE_DATABASE_EDITIONS.includes(spec.category)) throw refusal('CreateBackup', 'IncorrectDBInstanceType');
  const names = order.databases ?? [];
  if (names.length === 0 || names.includes('') || new Set(names).size !== names.length) throw refusal('CreateBackup', 'InvalidDBName.Format');
  const running = new Set(spec.databases.filter((database) => database.status === 'Running').map((database) => database.name));
  if (names.some((name) => !running.has(name))) throw refusal('CreateBackup', 'InvalidDB.NotFound');
  return names;
}

/** Its own retention is for SQL Server's single-database sets only; everything else is kept as the backup settings say. */
function retentionOf(spec: InstanceSpec, order: BackupOrder, databases: readonly string[] | undefined): number {
  const asked = order.retentionDays;
  if (asked === undefined) return spec.settings.retentionDays;
  const isInRange = asked === RETENTION_DAYS.forever || (asked >= RETENTION_DAYS.least && asked <= RETENTION_DAYS.most);
  if (!isInRange || spec.engine !== 'SQLServer' || databases === undefined) throw refusal('CreateBackup', 'InvalidBackupRetentionPeriod.Malformed');
  return asked;
}

/** How long a full backup serves as the base of differential ones. */
const DIFFERENTIAL_BASE_MS = 3 * DAY_MS;

/** What `Auto`, and the service itself, make of a backup: on SQL Server a differential when a recent full one exists, else a full one. */
export function automaticType(instance: InstanceState, method: Method, now: Instant): SetType {
  if (instance.spec.engine !== 'SQLServer' || method !== 'Physical') return 'FullBackup';
  const hasBase = instance.sets.some(
    (set) =>
      set.outcome === 'Finished' &&
      set.method === 'Physical' &&
      set.type === 'FullBackup' &&
      set.databases === undefined &&
      set.startedAt > now - DIFFERENTIAL_BASE_MS,
  );
  return hasBase ? 'IncrementalBackup' : 'FullBackup';
}
