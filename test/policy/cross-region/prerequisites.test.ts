import { type CopyKind, prerequisiteOf } from '../../../lib/policy/cross-region/prerequisites';
import { makeInstance } from '../fixtures';

const LOCAL_MYSQL = 'of MySQL on local disks the service copies only 5.6, 5.7 and 8.0 High-availability Edition and 5.7 Enterprise Edition';
const CLOUD_MYSQL = 'of MySQL on cloud disks the service copies only 5.7 and 8.0 Basic, High-availability and Cluster Edition';
const LOCAL_POSTGRESQL = 'of PostgreSQL on local disks the service copies only 9.4 and 10 High-availability Edition';
const CLOUD_POSTGRESQL = 'of PostgreSQL on cloud disks the service copies only version 10 and later';
const SERVERLESS = 'the service copies no backups of Serverless instances';
const OTHERS = 'the service copies backups of MySQL, PostgreSQL and SQL Server only';

describe('instances whose backups the service copies', () => {
  const cloud = { storage: 'cloud-disk' } as const;
  const postgresql = { engine: 'postgresql', engineVersion: '10.0' } as const;

  test.each<{ name: string; kind: Partial<CopyKind> }>([
    { name: 'MySQL 5.6 on local disks', kind: { engineVersion: '5.6' } },
    { name: 'MySQL 5.7 on local disks', kind: { engineVersion: '5.7' } },
    { name: 'MySQL 8.0 on local disks', kind: { engineVersion: '8.0' } },
    { name: 'MySQL 5.7 Enterprise Edition', kind: { engineVersion: '5.7', edition: 'finance' } },
    { name: 'MySQL 5.7 Basic Edition on cloud disks', kind: { ...cloud, engineVersion: '5.7', edition: 'basic' } },
    { name: 'MySQL 8.0 Cluster Edition on cloud disks', kind: { ...cloud, edition: 'cluster' } },
    { name: 'MySQL of an edition without a name', kind: { edition: 'other', engineVersion: '5.5' } },
    { name: 'MySQL of which the version is not known', kind: { engineVersion: '' } },
    { name: 'PostgreSQL 9.4 on local disks', kind: { ...postgresql, engineVersion: '9.4' } },
    { name: 'PostgreSQL 10 on local disks', kind: postgresql },
    { name: 'PostgreSQL 10 on cloud disks', kind: { ...postgresql, ...cloud } },
    { name: 'PostgreSQL 17 Basic Edition on cloud disks', kind: { ...postgresql, ...cloud, engineVersion: '17.0', edition: 'basic' } },
    { name: 'PostgreSQL of which the version is not known', kind: { ...postgresql, engineVersion: '' } },
    { name: 'SQL Server', kind: { engine: 'sqlserver', engineVersion: '2019_std_ha' } },
    { name: 'SQL Server on cloud disks, Cluster Edition', kind: { ...cloud, engine: 'sqlserver', edition: 'cluster' } },
  ])('$name', ({ kind }) => {
    expect(prerequisiteOf(makeInstance(kind))).toEqual({ supported: true });
  });
});

describe('instances whose backups it does not copy', () => {
  const cloud = { storage: 'cloud-disk' } as const;
  const postgresql = { engine: 'postgresql', engineVersion: '10.0' } as const;

  test.each<{ name: string; kind: Partial<CopyKind>; reason: string }>([
    { name: 'MySQL 5.5', kind: { engineVersion: '5.5' }, reason: LOCAL_MYSQL },
    { name: 'MySQL 8.0 Enterprise Edition', kind: { edition: 'finance' }, reason: LOCAL_MYSQL },
    { name: 'MySQL Basic Edition on local disks', kind: { edition: 'basic' }, reason: LOCAL_MYSQL },
    { name: 'MySQL 5.6 on cloud disks', kind: { ...cloud, engineVersion: '5.6' }, reason: CLOUD_MYSQL },
    { name: 'MySQL Enterprise Edition on cloud disks', kind: { ...cloud, edition: 'finance' }, reason: CLOUD_MYSQL },
    { name: 'PostgreSQL 9.6 on local disks', kind: { ...postgresql, engineVersion: '9.6' }, reason: LOCAL_POSTGRESQL },
    { name: 'PostgreSQL 14 on local disks', kind: { ...postgresql, engineVersion: '14.0' }, reason: LOCAL_POSTGRESQL },
    { name: 'PostgreSQL 10 Basic Edition on local disks', kind: { ...postgresql, edition: 'basic' }, reason: LOCAL_POSTGRESQL },
    { name: 'PostgreSQL 9.4 on cloud disks', kind: { ...postgresql, ...cloud, engineVersion: '9.4' }, reason: CLOUD_POSTGRESQL },
    { name: 'Serverless MySQL', kind: { ...cloud, edition: 'serverless' }, reason: SERVERLESS },
    { name: 'Serverless PostgreSQL', kind: { ...postgresql, ...cloud, edition: 'serverless' }, reason: SERVERLESS },
    { name: 'Serverless SQL Server', kind: { ...cloud, engine: 'sqlserver', edition: 'serverless' }, reason: SERVERLESS },
    { name: 'MariaDB', kind: { ...cloud, engine: 'mariadb', engineVersion: '10.3' }, reason: OTHERS },
    { name: 'an engine without a name', kind: { engine: 'other' }, reason: OTHERS },
    { name: 'a read-only instance', kind: { role: 'read-only' }, reason: 'a read-only instance has no backups to copy; its primary instance has' },
  ])('$name', ({ kind, reason }) => {
    expect(prerequisiteOf(makeInstance(kind))).toEqual({ supported: false, reason, source: expect.stringMatching(/^RDS /) });
  });
});
