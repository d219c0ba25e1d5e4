import type { BackupSpec } from '../../../lib/domain/backup';
import { RefusedError } from '../../../lib/domain/cloud-errors';
import type { Engine, Instance } from '../../../lib/domain/instance';
import { toCreateBackupRequest } from '../../../lib/gateways/rds/create-backup';

function instanceOf(engine: Engine): Instance {
  return {
    account: 'prod',
    region: 'cn-hangzhou',
    id: 'rm-1',
    description: '',
    engine,
    engineVersion: '',
    edition: 'high-availability',
    storage: 'cloud-disk',
    role: 'primary',
    status: 'Running',
    isLocked: false,
    lockReason: undefined,
    createdAt: undefined,
    resourceGroupId: undefined,
    tags: {},
  };
}

function specOf(over: Partial<BackupSpec>): BackupSpec {
  return { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined, ...over };
}

const DATABASES = { kind: 'databases', databases: ['sales', 'hr'] } as const;

test.each([
  { name: 'physical MySQL', engine: 'mysql', spec: {}, query: { BackupMethod: 'Physical' } },
  { name: 'logical MySQL of the instance', engine: 'mysql', spec: { method: 'logical' }, query: { BackupMethod: 'Logical' } },
  {
    name: 'logical MySQL of two databases',
    engine: 'mysql',
    spec: { method: 'logical', scope: DATABASES },
    query: { BackupMethod: 'Logical', BackupStrategy: 'db', DBName: 'sales,hr' },
  },
  { name: 'snapshot MySQL', engine: 'mysql', spec: { method: 'snapshot' }, query: { BackupMethod: 'Snapshot' } },
  { name: 'snapshot PostgreSQL', engine: 'postgresql', spec: { method: 'snapshot' }, query: { BackupMethod: 'Snapshot' } },
  { name: 'snapshot MariaDB, which goes by the name of Physical', engine: 'mariadb', spec: { method: 'snapshot' }, query: { BackupMethod: 'Physical' } },
  { name: 'snapshot SQL Server', engine: 'sqlserver', spec: { method: 'snapshot' }, query: { BackupMethod: 'Snapshot' } },
  { name: 'snapshot SQL Server takes no type', engine: 'sqlserver', spec: { method: 'snapshot', type: 'full' }, query: { BackupMethod: 'Snapshot' } },
  { name: 'physical SQL Server, the type left to the service', engine: 'sqlserver', spec: {}, query: { BackupMethod: 'Physical' } },
  { name: 'physical SQL Server, automatic type', engine: 'sqlserver', spec: { type: 'auto' }, query: { BackupMethod: 'Physical', BackupType: 'Auto' } },
  { name: 'physical SQL Server, full', engine: 'sqlserver', spec: { type: 'full' }, query: { BackupMethod: 'Physical', BackupType: 'FullBackup' } },
  { name: 'a type is for SQL Server only', engine: 'mysql', spec: { type: 'full' }, query: { BackupMethod: 'Physical' } },
  {
    name: 'SQL Server of two databases is full, and has its own retention',
    engine: 'sqlserver',
    spec: { scope: DATABASES, retainDays: 90 },
    query: { BackupMethod: 'Physical', BackupType: 'FullBackup', BackupStrategy: 'db', DBName: 'sales,hr', BackupRetentionPeriod: 90 },
  },
  {
    name: 'SQL Server of two databases, kept for ever',
    engine: 'sqlserver',
    spec: { scope: DATABASES, type: 'full', retainDays: 'forever' },
    query: { BackupMethod: 'Physical', BackupType: 'FullBackup', BackupStrategy: 'db', DBName: 'sales,hr', BackupRetentionPeriod: -1 },
  },
  { name: 'a retention is for single databases only', engine: 'sqlserver', spec: { retainDays: 90 }, query: { BackupMethod: 'Physical' } },
] satisfies readonly { name: string; engine: Engine; spec: Partial<BackupSpec>; query: Record<string, unknown> }[])('$name', ({ engine, spec, query }) => {
  const request = toCreateBackupRequest(instanceOf(engine), specOf(spec));

  expect(request.toMap()).toEqual({ DBInstanceId: 'rm-1', ...query });
});

test.each([
  { name: 'a name with a comma', databases: ['sales', 'a,b'] },
  { name: 'an empty name', databases: [''] },
  { name: 'no name at all', databases: [] },
])('$name is refused before anything is sent', ({ databases }) => {
  const spec = specOf({ method: 'logical', scope: { kind: 'databases', databases } });

  expect(() => toCreateBackupRequest(instanceOf('mysql'), spec)).toThrow(RefusedError);
  expect(() => toCreateBackupRequest(instanceOf('mysql'), spec)).toThrow(/^CreateBackup for rm-1 was not sent/);
});
