// Decides whether and how an instance can be backed up as a rule asks, from the engine matrix of the service's documents.
import type { BackupMethod, Scope } from '../domain/backup';
import type { Edition, Instance } from '../domain/instance';
import type { ExtraBackupRule } from '../domain/protection-policy';

/** The part of an instance that the engine matrix reads. */
export type InstanceKind = Pick<Instance, 'engine' | 'engineVersion' | 'edition' | 'storage' | 'role'>;
/** The part of a rule that says what kind of backup is wanted. */
export type WantedBackup = Pick<ExtraBackupRule, 'databases' | 'method' | 'type' | 'retainDays'>;

export interface FeasibleSpec {
  readonly feasible: true;
  readonly method: BackupMethod;
  readonly type: 'auto' | 'full' | undefined;
  readonly retainDays: number | 'forever' | undefined;
  readonly scopeKind: Scope['kind'];
}

export interface InfeasibleSpec {
  readonly feasible: false;
  readonly verdict: 'method-unsupported' | 'read-only-instance';
  readonly reason: string;
  /** The rule of the documents that forbids it. */
  readonly source: string;
}

export type SpecDecision = FeasibleSpec | InfeasibleSpec;

const CREATE_BACKUP = 'RDS API, CreateBackup';
const STRATEGY_SOURCE = `${CREATE_BACKUP}: BackupStrategy and DBName are honoured for MySQL with Logical, and for SQL Server with Physical and FullBackup only`;
const TYPE_SOURCE = `${CREATE_BACKUP}: BackupType is for SQL Server only, and only with Physical`;
const RETENTION_SOURCE = `${CREATE_BACKUP}: BackupRetentionPeriod is for single databases of SQL Server only (Physical and FullBackup)`;
const SINGLE_DATABASE_SOURCE = 'RDS for MySQL, back up individual databases: local disks; 5.6, 5.7 and 8.0 High-availability Edition, 5.7 Enterprise Edition';

/** MySQL versions and editions whose single databases can be backed up. An edition that the documents do not name is left to the service. */
const SINGLE_DATABASE_MYSQL: Readonly<Record<Edition, readonly string[] | 'any' | 'none'>> = {
  'high-availability': ['5.6', '5.7', '8.0'],
  finance: ['5.7'],
  basic: 'none',
  cluster: 'none',
  serverless: 'none',
  other: 'any',
};

/**
 * How a rule backs up an instance, or the documents' rule that forbids it. Where the rule leaves the method open, it is the engine's best:
 * physical on local disks and on SQL Server, a snapshot on cloud disks and on MariaDB, logical for single MySQL databases.
 *
 * @example decideSpec({ ...rule, method: 'logical' }, postgres) // { feasible: false, verdict: 'method-unsupported', ... }
 */
export function decideSpec(rule: WantedBackup, instance: InstanceKind): SpecDecision {
  if (instance.role === 'read-only') {
    return {
      feasible: false,
      verdict: 'read-only-instance',
      reason: 'a read-only instance cannot be backed up; its primary instance can',
      source: `${CREATE_BACKUP}: ReadDBInstanceNotSupport`,
    };
  }
  if (instance.engine === 'other') {
    return unsupported(
      `${nameOf(instance)}: the engine is not one whose backups this product knows`,
      'RDS API, CreateBackup: MySQL, PostgreSQL, SQL Server and MariaDB',
    );
  }
  const method = rule.databases === undefined ? decideInstanceMethod(rule, instance) : decideDatabaseMethod(rule, instance);
  if (typeof method !== 'string') return method;
  return decideType(rule, instance, method);
}

/** The methods of whole-instance backups, the best one first. */
function instanceMethods(instance: InstanceKind): readonly [BackupMethod, ...BackupMethod[]] {
  const isLocal = instance.storage === 'local-disk';
  switch (instance.engine) {
    case 'mysql':
      return isLocal ? ['physical', 'logical'] : ['snapshot'];
    case 'postgresql':
      return isLocal ? ['physical'] : ['snapshot'];
    case 'sqlserver':
      return isLocal ? ['physical'] : ['physical', 'snapshot'];
    case 'mariadb':
    case 'other': // never asked: decideSpec has refused it
      return ['snapshot'];
  }
}

function decideInstanceMethod(rule: WantedBackup, instance: InstanceKind): BackupMethod | InfeasibleSpec {
  const methods = instanceMethods(instance);
  const method = rule.method ?? methods[0];
  if (methods.includes(method)) return method;
  const reason = `${nameOf(instance)} has no ${method} manual backup; it has ${methods.join(' and ')}`;
  return unsupported(reason, `${CREATE_BACKUP}: BackupMethod by engine and storage (InvalidBackupMethod.ValueNotSupport)`);
}

function decideDatabaseMethod(rule: WantedBackup, instance: InstanceKind): BackupMethod | InfeasibleSpec {
  if (instance.engine !== 'mysql' && instance.engine !== 'sqlserver') {
    return unsupported(`${nameOf(instance)} cannot back up single databases; MySQL on local disks and SQL Server can`, STRATEGY_SOURCE);
  }
  const only: BackupMethod = instance.engine === 'mysql' ? 'logical' : 'physical';
  if (rule.method !== undefined && rule.method !== only) {
    return unsupported(`single databases of ${nameOf(instance)} are backed up by ${only} backups, not by ${rule.method} ones`, STRATEGY_SOURCE);
  }
  if (instance.engine === 'mysql' && !hasSingleDatabaseBackups(instance)) {
    return unsupported(`single databases of ${nameOf(instance)}, ${instance.edition}, cannot be backed up`, SINGLE_DATABASE_SOURCE);
  }
  return only;
}

function hasSingleDatabaseBackups(instance: InstanceKind): boolean {
  if (instance.storage !== 'local-disk') return false;
  const versions = SINGLE_DATABASE_MYSQL[instance.edition];
  if (versions === 'none' || versions === 'any') return versions === 'any';
  return versions.includes(instance.engineVersion);
}

function decideType(rule: WantedBackup, instance: InstanceKind, method: BackupMethod): SpecDecision {
  const isSingle = rule.databases !== undefined;
  const hasTypes = instance.engine === 'sqlserver' && method === 'physical';
  if (rule.type !== undefined && !hasTypes) {
    return unsupported(`type ${rule.type} means nothing for ${method} backups of ${nameOf(instance)}: they are always full`, TYPE_SOURCE);
  }
  if (rule.type === 'auto' && isSingle) {
    return unsupported('backups of single databases are full; type auto could be differential', STRATEGY_SOURCE);
  }
  if (rule.retainDays !== undefined && !(hasTypes && isSingle)) {
    return unsupported(`retainDays cannot be set here; a backup of ${nameOf(instance)} is kept as long as the instance's settings say`, RETENTION_SOURCE);
  }
  return {
    feasible: true,
    method,
    type: hasTypes ? (isSingle ? 'full' : (rule.type ?? 'auto')) : undefined,
    retainDays: rule.retainDays,
    scopeKind: isSingle ? 'databases' : 'instance',
  };
}

function nameOf(instance: InstanceKind): string {
  const engine = { mysql: 'MySQL', postgresql: 'PostgreSQL', sqlserver: 'SQL Server', mariadb: 'MariaDB', other: '' }[instance.engine];
  return `${[engine, instance.engineVersion].filter((word) => word !== '').join(' ')} on ${instance.storage === 'local-disk' ? 'local disks' : 'cloud disks'}`;
}

function unsupported(reason: string, source: string): InfeasibleSpec {
  return { feasible: false, verdict: 'method-unsupported', reason, source };
}
