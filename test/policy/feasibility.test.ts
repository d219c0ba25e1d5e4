import type { Instance } from '../../lib/domain/instance';
import { decideSpec, type WantedBackup } from '../../lib/policy/feasibility';
import { makeInstance } from './fixtures';

const NOTHING_SAID: WantedBackup = { databases: undefined, method: undefined, type: undefined, retainDays: undefined };
const DATABASES = { databases: { names: ['a'] } };

const MYSQL_LOCAL: Partial<Instance> = { engine: 'mysql', engineVersion: '8.0', edition: 'high-availability', storage: 'local-disk' };
const MYSQL_CLOUD: Partial<Instance> = { ...MYSQL_LOCAL, storage: 'cloud-disk' };
const POSTGRES_LOCAL: Partial<Instance> = { engine: 'postgresql', engineVersion: '14.0', storage: 'local-disk' };
const POSTGRES_CLOUD: Partial<Instance> = { ...POSTGRES_LOCAL, storage: 'cloud-disk' };
const SQLSERVER_LOCAL: Partial<Instance> = { engine: 'sqlserver', engineVersion: '2019_std_ha', storage: 'local-disk' };
const SQLSERVER_CLOUD: Partial<Instance> = { ...SQLSERVER_LOCAL, storage: 'cloud-disk' };
const MARIADB: Partial<Instance> = { engine: 'mariadb', engineVersion: '10.3', storage: 'cloud-disk' };

describe('what can be done', () => {
  test.each<{ name: string; instance: Partial<Instance>; rule?: Partial<WantedBackup>; method: string; type?: string; retainDays?: number | string }>([
    { name: 'MySQL on local disks: physical', instance: MYSQL_LOCAL, method: 'physical' },
    { name: 'MySQL on local disks: logical when asked', instance: MYSQL_LOCAL, rule: { method: 'logical' }, method: 'logical' },
    { name: 'MySQL on cloud disks: a snapshot', instance: MYSQL_CLOUD, method: 'snapshot' },
    { name: 'MySQL serverless: a snapshot', instance: { ...MYSQL_CLOUD, edition: 'serverless' }, method: 'snapshot' },
    { name: 'PostgreSQL on local disks: physical', instance: POSTGRES_LOCAL, method: 'physical' },
    { name: 'PostgreSQL on cloud disks: a snapshot', instance: POSTGRES_CLOUD, method: 'snapshot' },
    { name: 'SQL Server: physical, and the service chooses differential or full', instance: SQLSERVER_LOCAL, method: 'physical', type: 'auto' },
    { name: 'SQL Server: full when asked', instance: SQLSERVER_CLOUD, rule: { type: 'full' }, method: 'physical', type: 'full' },
    { name: 'SQL Server on cloud disks: a snapshot when asked', instance: SQLSERVER_CLOUD, rule: { method: 'snapshot' }, method: 'snapshot' },
    { name: 'MariaDB: a snapshot', instance: MARIADB, method: 'snapshot' },
    { name: 'single databases of MySQL 8.0 HA: logical', instance: MYSQL_LOCAL, rule: DATABASES, method: 'logical' },
    {
      name: 'single databases of MySQL 5.7 Enterprise: logical',
      instance: { ...MYSQL_LOCAL, edition: 'finance', engineVersion: '5.7' },
      rule: DATABASES,
      method: 'logical',
    },
    {
      name: 'single databases of an edition nobody documents: left to the service',
      instance: { ...MYSQL_LOCAL, edition: 'other' },
      rule: DATABASES,
      method: 'logical',
    },
    { name: 'single databases of SQL Server: physical and full', instance: SQLSERVER_LOCAL, rule: DATABASES, method: 'physical', type: 'full' },
    {
      name: 'single databases of SQL Server, kept for a year',
      instance: SQLSERVER_CLOUD,
      rule: { ...DATABASES, type: 'full', retainDays: 365 },
      method: 'physical',
      type: 'full',
      retainDays: 365,
    },
    {
      name: 'single databases of SQL Server, kept for ever',
      instance: SQLSERVER_LOCAL,
      rule: { ...DATABASES, retainDays: 'forever' },
      method: 'physical',
      type: 'full',
      retainDays: 'forever',
    },
  ])('$name', ({ instance, rule, method, type, retainDays }) => {
    const decision = decideSpec({ ...NOTHING_SAID, ...rule }, makeInstance(instance));

    expect(decision).toEqual({ feasible: true, method, type, retainDays, scopeKind: rule?.databases === undefined ? 'instance' : 'databases' });
  });
});

describe('what the documents forbid', () => {
  test.each<{ name: string; instance: Partial<Instance>; rule?: Partial<WantedBackup>; reason: string; source: string }>([
    { name: 'an engine that the documents do not cover', instance: { engine: 'other', engineVersion: 'PPAS 10.0' }, reason: 'PPAS 10.0', source: 'MariaDB' },
    {
      name: 'a snapshot of MySQL on local disks',
      instance: MYSQL_LOCAL,
      rule: { method: 'snapshot' },
      reason: 'it has physical and logical',
      source: 'BackupMethod',
    },
    {
      name: 'a physical backup of MySQL on cloud disks',
      instance: MYSQL_CLOUD,
      rule: { method: 'physical' },
      reason: 'it has snapshot',
      source: 'BackupMethod',
    },
    {
      name: 'a logical backup of PostgreSQL',
      instance: POSTGRES_LOCAL,
      rule: { method: 'logical' },
      reason: 'has no logical manual backup',
      source: 'BackupMethod',
    },
    {
      name: 'a physical backup of PostgreSQL on cloud disks',
      instance: POSTGRES_CLOUD,
      rule: { method: 'physical' },
      reason: 'PostgreSQL 14.0 on cloud disks',
      source: 'BackupMethod',
    },
    {
      name: 'a snapshot of SQL Server on local disks',
      instance: SQLSERVER_LOCAL,
      rule: { method: 'snapshot' },
      reason: 'it has physical',
      source: 'BackupMethod',
    },
    {
      name: 'a physical backup of MariaDB',
      instance: { ...MARIADB, engineVersion: '' },
      rule: { method: 'physical' },
      reason: 'MariaDB on cloud disks',
      source: 'BackupMethod',
    },
    { name: 'single databases of PostgreSQL', instance: POSTGRES_LOCAL, rule: DATABASES, reason: 'cannot back up single databases', source: 'BackupStrategy' },
    { name: 'single databases of MariaDB', instance: MARIADB, rule: DATABASES, reason: 'cannot back up single databases', source: 'BackupStrategy' },
    { name: 'single databases of MySQL on cloud disks', instance: MYSQL_CLOUD, rule: DATABASES, reason: 'cannot be backed up', source: 'individual databases' },
    {
      name: 'single databases of MySQL Basic',
      instance: { ...MYSQL_LOCAL, edition: 'basic' },
      rule: DATABASES,
      reason: 'basic',
      source: 'individual databases',
    },
    {
      name: 'single databases of MySQL 5.5',
      instance: { ...MYSQL_LOCAL, engineVersion: '5.5' },
      rule: DATABASES,
      reason: 'MySQL 5.5',
      source: 'individual databases',
    },
    {
      name: 'single databases of MySQL, physical',
      instance: MYSQL_LOCAL,
      rule: { ...DATABASES, method: 'physical' },
      reason: 'by logical backups, not by physical',
      source: 'BackupStrategy',
    },
    {
      name: 'single databases of SQL Server, by snapshot',
      instance: SQLSERVER_CLOUD,
      rule: { ...DATABASES, method: 'snapshot' },
      reason: 'by physical backups',
      source: 'BackupStrategy',
    },
    {
      name: 'single databases of SQL Server, type auto',
      instance: SQLSERVER_LOCAL,
      rule: { ...DATABASES, type: 'auto' },
      reason: 'are full',
      source: 'FullBackup',
    },
    { name: 'a type for MySQL', instance: MYSQL_LOCAL, rule: { type: 'full' }, reason: 'type full means nothing', source: 'BackupType' },
    {
      name: 'a type for a snapshot of SQL Server',
      instance: SQLSERVER_CLOUD,
      rule: { method: 'snapshot', type: 'auto' },
      reason: 'type auto means nothing',
      source: 'BackupType',
    },
    {
      name: 'retainDays for a whole instance of SQL Server',
      instance: SQLSERVER_LOCAL,
      rule: { retainDays: 30 },
      reason: 'retainDays cannot be set',
      source: 'BackupRetentionPeriod',
    },
    {
      name: 'retainDays for single databases of MySQL',
      instance: MYSQL_LOCAL,
      rule: { ...DATABASES, retainDays: 30 },
      reason: 'retainDays cannot be set',
      source: 'BackupRetentionPeriod',
    },
  ])('$name', ({ instance, rule, reason, source }) => {
    const decision = decideSpec({ ...NOTHING_SAID, ...rule }, makeInstance(instance));

    expect(decision).toEqual({
      feasible: false,
      verdict: 'method-unsupported',
      reason: expect.stringContaining(reason),
      source: expect.stringContaining(source),
    });
  });

  it('any backup of a read-only instance, whatever the rule asks', () => {
    const decision = decideSpec({ ...NOTHING_SAID, method: 'logical' }, makeInstance({ ...POSTGRES_LOCAL, role: 'read-only' }));

    expect(decision).toMatchObject({ feasible: false, verdict: 'read-only-instance', source: expect.stringContaining('ReadDBInstanceNotSupport') });
  });
});
