// Says on which instances the service copies backups to another region, from the prerequisites of its documents by engine, version, edition and storage.
import type { Edition, Instance, StorageKind } from '../../domain/instance';

/** The part of an instance that the prerequisites read. */
export type CopyKind = Pick<Instance, 'engine' | 'engineVersion' | 'edition' | 'storage' | 'role'>;

/** `source`: the rule of the documents. */
export type Prerequisite = { readonly supported: true } | { readonly supported: false; readonly reason: string; readonly source: string };

const PAGE = 'RDS help pages, use the cross-region backup feature: prerequisites';
const SUPPORTED: Prerequisite = { supported: true };

/** MySQL versions by storage and edition. An edition that the documents do not name is left to the service. */
const MYSQL: Readonly<Record<StorageKind, Readonly<Record<Exclude<Edition, 'serverless' | 'other'>, readonly string[]>>>> = {
  'local-disk': { 'high-availability': ['5.6', '5.7', '8.0'], finance: ['5.7'], basic: [], cluster: [] },
  'cloud-disk': { basic: ['5.7', '8.0'], 'high-availability': ['5.7', '8.0'], cluster: ['5.7', '8.0'], finance: [] },
};
const POSTGRESQL_LOCAL: readonly string[] = ['9.4', '10'];
const FIRST_POSTGRESQL_CLOUD = 10;

/**
 * Whether the service copies the backups of such an instance. What no list of instances says (shared and new general-purpose instance types, encryption, TDE) is left to
 * the service, and so is a version or edition that the documents do not name.
 */
export function prerequisiteOf(instance: CopyKind): Prerequisite {
  const { engine, edition, role } = instance;
  if (role === 'read-only')
    return refused('a read-only instance has no backups to copy; its primary instance has', 'RDS API, CreateBackup: ReadDBInstanceNotSupport');
  if (engine === 'mariadb' || engine === 'other') {
    return refused('the service copies backups of MySQL, PostgreSQL and SQL Server only', `${PAGE}; RDS API, DescribeAvailableCrossRegion: supported engines`);
  }
  if (edition === 'serverless') return refused('the service copies no backups of Serverless instances', PAGE);
  if (edition === 'other') return SUPPORTED;
  if (engine === 'mysql') return ofMysql(instance, edition);
  return engine === 'postgresql' ? ofPostgresql(instance, edition) : SUPPORTED;
}

function ofMysql({ engineVersion, storage }: CopyKind, edition: Exclude<Edition, 'serverless' | 'other'>): Prerequisite {
  if (engineVersion === '' || MYSQL[storage][edition].includes(engineVersion)) return SUPPORTED;
  return storage === 'local-disk'
    ? refused('of MySQL on local disks the service copies only 5.6, 5.7 and 8.0 High-availability Edition and 5.7 Enterprise Edition', PAGE)
    : refused('of MySQL on cloud disks the service copies only 5.7 and 8.0 Basic, High-availability and Cluster Edition', PAGE);
}

function ofPostgresql({ engineVersion, storage }: CopyKind, edition: Edition): Prerequisite {
  const major = Number.parseInt(engineVersion, 10);
  if (storage === 'cloud-disk') {
    return major < FIRST_POSTGRESQL_CLOUD ? refused('of PostgreSQL on cloud disks the service copies only version 10 and later', PAGE) : SUPPORTED;
  }
  const isNamed = Number.isNaN(major) || POSTGRESQL_LOCAL.some((version) => engineVersion === version || engineVersion === `${version}.0`);
  if (isNamed && edition === 'high-availability') return SUPPORTED;
  return refused('of PostgreSQL on local disks the service copies only 9.4 and 10 High-availability Edition', PAGE);
}

function refused(reason: string, source: string): Prerequisite {
  return { supported: false, reason, source };
}
