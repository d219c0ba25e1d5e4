import { CreateBackupRequest, DescribeBackupsRequest } from '@alicloud/rds20140815';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const NO_PAST = { history: { days: 0 } } as const;

const FLEET: readonly FleetMember[] = [
  ONE_MYSQL,
  {
    id: 'mysql-57',
    engine: 'MySQL',
    engineVersion: '5.7',
    databases: [
      { name: 'hot', status: 'Running' },
      { name: 'cold', status: 'Cold' },
    ],
    ...NO_PAST,
  },
  { id: 'mysql-empty', engine: 'MySQL', databases: [], ...NO_PAST },
  { id: 'mysql-basic-local', engine: 'MySQL', category: 'Basic', ...NO_PAST },
  { id: 'mysql-cloud', engine: 'MySQL', storageType: 'cloud_essd', ...NO_PAST },
  { id: 'mysql-flash', engine: 'MySQL', storageType: 'cloud_essd', settings: { category: 'Flash' }, ...NO_PAST },
  { id: 'pg-local', engine: 'PostgreSQL', storageType: 'local_ssd', ...NO_PAST },
  { id: 'pg-cloud', engine: 'PostgreSQL', ...NO_PAST },
  { id: 'mssql', engine: 'SQLServer', databases: ['erp', 'crm', 'hr'], ...NO_PAST },
  { id: 'mssql-local', engine: 'SQLServer', storageType: 'local_ssd', ...NO_PAST },
  { id: 'mssql-huge', engine: 'SQLServer', storageGb: 6000, ...NO_PAST },
  { id: 'mariadb', engine: 'MariaDB', ...NO_PAST },
  { id: 'stopped', engine: 'MySQL', status: 'Stopped', ...NO_PAST },
  { id: 'locked', engine: 'MySQL', lockMode: 'LockByDiskQuota', ...NO_PAST },
  { id: 'read-only', engine: 'MySQL', role: 'Readonly', primaryId: 'rm-one', ...NO_PAST },
  { id: 'foreign', engine: 'MySQL', accountId: '9999999999999999', ...NO_PAST },
];

const SQL_DB = { backupMethod: 'Physical', backupType: 'FullBackup', backupStrategy: 'db' } as const;

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET });
});

afterEach(() => rig.close());

const order = (fields: Partial<CreateBackupRequest>): CreateBackupRequest => new CreateBackupRequest({ DBInstanceId: 'rm-one', ...fields });

/** The only set of the instance, once its job is long done. */
async function setOf(instanceId: string): Promise<Readonly<Record<string, unknown>>> {
  rig.clock.advance(6 * HOUR_MS);
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: instanceId, backupMode: 'Manual' }));
  expect(body?.items?.backup).toHaveLength(1);
  return { ...body?.items?.backup?.[0] };
}

describe('CreateBackup: serialization', () => {
  test('answers at once with the job id as text', async () => {
    const { body } = await rig.client.createBackup(order({ backupMethod: 'Physical' }));

    expect(body?.backupJobId).toMatch(/^\d+$/);
    expect(Number(body?.backupJobId)).toBeLessThanOrEqual(2_147_483_647);
    expect(body?.requestId).toMatch(/^[0-9A-F-]{36}$/);
  });
});

describe('CreateBackup: validation', () => {
  test.each<{ name: string; fields: Partial<CreateBackupRequest>; status: number; code: string; message: string }>([
    { name: 'no instance', fields: { DBInstanceId: '' }, status: 400, code: 'MissingDBInstanceId', message: 'DBInstanceId is mandatory for this action.' },
    {
      name: 'an unknown instance',
      fields: { DBInstanceId: 'rm-none' },
      status: 404,
      code: 'InvalidDBInstanceName.NotFound',
      message: 'The database instance does not exist.',
    },
    {
      name: "another account's instance",
      fields: { DBInstanceId: 'foreign' },
      status: 404,
      code: 'InvalidDBInstanceName.NotFound',
      message: 'The database instance does not exist.',
    },
    {
      name: 'an unknown method',
      fields: { backupMethod: 'Cloning' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'an unknown strategy',
      fields: { backupStrategy: 'table' },
      status: 400,
      code: 'InvalidBackupStrategy',
      message: 'Specified parameter BackupStrategy is not valid.',
    },
    { name: 'an unknown type', fields: { backupType: 'Half' }, status: 400, code: 'BackupType.NotSupport', message: 'the specified backup type not support' },
    {
      name: 'a stopped instance',
      fields: { DBInstanceId: 'stopped' },
      status: 403,
      code: 'IncorrectDBInstanceState',
      message: 'Current DB instance state does not support this operation.',
    },
    {
      name: 'a locked instance',
      fields: { DBInstanceId: 'locked' },
      status: 400,
      code: 'IncorrectDBInstanceLockMode.ValueNotSupported',
      message: 'The Current DB instance lock mode does not support this operation.',
    },
    {
      name: 'a read-only instance',
      fields: { DBInstanceId: 'read-only' },
      status: 400,
      code: 'ReadDBInstanceNotSupport',
      message: 'The operation is not permitted due to type of the instance.',
    },
    {
      name: 'a snapshot of local disks',
      fields: { backupMethod: 'Snapshot' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'nothing said, where only snapshots exist',
      fields: { DBInstanceId: 'mysql-cloud' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'a logical backup of PostgreSQL',
      fields: { DBInstanceId: 'pg-local', backupMethod: 'Logical' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'a snapshot of SQL Server on local disks',
      fields: { DBInstanceId: 'mssql-local', backupMethod: 'Snapshot' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'a MariaDB snapshot by its name',
      fields: { DBInstanceId: 'mariadb', backupMethod: 'Snapshot' },
      status: 400,
      code: 'InvalidBackupMethod.ValueNotSupport',
      message: 'The specified  parameter "BackupMethod" is not valid.',
    },
    {
      name: 'a physical backup above 4000 GB',
      fields: { DBInstanceId: 'mssql-huge', backupMethod: 'Physical' },
      status: 403,
      code: 'OperationDenied.NotSupportedBackupMethod',
      message: 'When the storage is larger than 4000 GB, only snapshot backup is supported.',
    },
    {
      name: 'a full backup outside SQL Server',
      fields: { backupType: 'FullBackup' },
      status: 400,
      code: 'BackupType.NotSupport',
      message: 'the specified backup type not support',
    },
    {
      name: 'a full backup by snapshot',
      fields: { DBInstanceId: 'mssql', backupMethod: 'Snapshot', backupType: 'FullBackup' },
      status: 400,
      code: 'BackupType.NotSupport',
      message: 'the specified backup type not support',
    },
    {
      name: 'no database name',
      fields: { backupMethod: 'Logical', backupStrategy: 'db' },
      status: 400,
      code: 'InvalidDBName.Format',
      message: 'Specified DB name is not valid.',
    },
    {
      name: 'a database twice',
      fields: { backupMethod: 'Logical', backupStrategy: 'db', DBName: 'shop,shop' },
      status: 400,
      code: 'InvalidDBName.Format',
      message: 'Specified DB name is not valid.',
    },
    {
      name: 'an unknown database',
      fields: { backupMethod: 'Logical', backupStrategy: 'db', DBName: 'shop,nope' },
      status: 404,
      code: 'InvalidDB.NotFound',
      message: 'Specified db does not exist or DB status does not support this operation.',
    },
    {
      name: 'a cold database',
      fields: { DBInstanceId: 'mysql-57', backupMethod: 'Logical', backupStrategy: 'db', DBName: 'cold' },
      status: 404,
      code: 'InvalidDB.NotFound',
      message: 'Specified db does not exist or DB status does not support this operation.',
    },
    {
      name: 'a logical backup of no database at all',
      fields: { DBInstanceId: 'mysql-empty', backupMethod: 'Logical' },
      status: 404,
      code: 'InvalidDB.NotFound',
      message: 'Specified db does not exist or DB status does not support this operation.',
    },
    {
      name: 'a single database of a basic edition',
      fields: { DBInstanceId: 'mysql-basic-local', backupMethod: 'Logical', backupStrategy: 'db', DBName: 'app' },
      status: 403,
      code: 'IncorrectDBInstanceType',
      message: 'Current DB instance engine and type does not support operations.',
    },
    {
      name: 'a retention below a week',
      fields: { DBInstanceId: 'mssql', ...SQL_DB, DBName: 'erp', backupRetentionPeriod: 6 },
      status: 400,
      code: 'InvalidBackupRetentionPeriod.Malformed',
      message: 'The specified backup retention period is invalid.',
    },
    {
      name: 'a retention above two years',
      fields: { DBInstanceId: 'mssql', ...SQL_DB, DBName: 'erp', backupRetentionPeriod: 731 },
      status: 400,
      code: 'InvalidBackupRetentionPeriod.Malformed',
      message: 'The specified backup retention period is invalid.',
    },
    {
      name: 'a retention of its own outside SQL Server',
      fields: { backupRetentionPeriod: 30 },
      status: 400,
      code: 'InvalidBackupRetentionPeriod.Malformed',
      message: 'The specified backup retention period is invalid.',
    },
    {
      name: 'a retention of its own for the whole instance',
      fields: { DBInstanceId: 'mssql', backupRetentionPeriod: 30 },
      status: 400,
      code: 'InvalidBackupRetentionPeriod.Malformed',
      message: 'The specified backup retention period is invalid.',
    },
  ])('refuses $name', async ({ fields, status, code, message }) => {
    const failure = await failureOf(rig.client.createBackup(order(fields)));

    expect(failure).toMatchObject({ name: 'ClientError', statusCode: status, code });
    expect(failure.message).toContain(message);
  });
});

describe('CreateBackup: functionality', () => {
  test.each<{ name: string; fields: Partial<CreateBackupRequest>; set: Readonly<Record<string, unknown>>; databases?: readonly string[] }>([
    { name: 'MySQL on local disks, nothing said: physical', fields: {}, set: { backupMethod: 'Physical', backupType: 'FullBackup' } },
    { name: 'MySQL logical: the whole instance', fields: { backupMethod: 'Logical' }, set: { backupMethod: 'Logical' } },
    {
      name: 'MySQL logical: named databases',
      fields: { backupMethod: 'Logical', backupStrategy: 'db', DBName: 'crm,shop' },
      set: { backupMethod: 'Logical' },
      databases: ['crm', 'shop'],
    },
    {
      name: 'MySQL physical: the strategy is not honoured',
      fields: { backupMethod: 'Physical', backupStrategy: 'db', DBName: 'shop' },
      set: { backupMethod: 'Physical' },
    },
    {
      name: 'MySQL on cloud disks: snapshot',
      fields: { DBInstanceId: 'mysql-cloud', backupMethod: 'Snapshot' },
      set: { backupMethod: 'Snapshot', backupDownloadURL: '' },
    },
    { name: 'PostgreSQL on cloud disks: snapshot', fields: { DBInstanceId: 'pg-cloud', backupMethod: 'Snapshot' }, set: { backupMethod: 'Snapshot' } },
    { name: 'PostgreSQL on local disks: physical', fields: { DBInstanceId: 'pg-local' }, set: { backupMethod: 'Physical' } },
    {
      name: 'MariaDB: ordered as physical, made as a snapshot',
      fields: { DBInstanceId: 'mariadb', backupMethod: 'Physical' },
      set: { backupMethod: 'Snapshot' },
    },
    { name: 'SQL Server: automatic type, no base yet: full', fields: { DBInstanceId: 'mssql' }, set: { backupMethod: 'Physical', backupType: 'FullBackup' } },
    { name: 'SQL Server by snapshot', fields: { DBInstanceId: 'mssql', backupMethod: 'Snapshot' }, set: { backupMethod: 'Snapshot' } },
    {
      name: 'SQL Server: single databases',
      fields: { DBInstanceId: 'mssql', ...SQL_DB, DBName: 'erp,hr' },
      set: { backupType: 'FullBackup' },
      databases: ['erp', 'hr'],
    },
    {
      name: 'SQL Server: kept for ever',
      fields: { DBInstanceId: 'mssql', ...SQL_DB, DBName: 'erp', backupRetentionPeriod: -1 },
      set: { expectExpireTime: '9999-01-01T00:00:00Z' },
      databases: ['erp'],
    },
    { name: 'above 4000 GB a snapshot is taken', fields: { DBInstanceId: 'mssql-huge', backupMethod: 'Snapshot' }, set: { backupMethod: 'Snapshot' } },
  ])('$name', async ({ fields, set, databases }) => {
    await rig.client.createBackup(order(fields));

    const made = await setOf(fields.DBInstanceId ?? 'rm-one');
    expect(made).toMatchObject({ backupStatus: 'Success', backupMode: 'Manual', backupInitiator: 'User', ...set });
    expect(made).toMatchObject({ backupDownloadLinkByDB: { backupDownloadLinkByDB: (databases ?? []).map((name) => ({ dataBase: name })) } });
  });

  test('keeps a single-database set of SQL Server as long as ordered, counted from its end', async () => {
    await rig.client.createBackup(order({ DBInstanceId: 'mssql', ...SQL_DB, DBName: 'crm', backupRetentionPeriod: 100 }));

    const made = await setOf('mssql');
    const keptMs = Date.parse(String(made['expectExpireTime'])) - Date.parse(String(made['backupEndTime']));
    expect(keptMs).toBe(100 * 24 * HOUR_MS);
  });

  test('makes a differential of SQL Server when a full one is not older than three days', async () => {
    await rig.client.createBackup(order({ DBInstanceId: 'mssql', backupType: 'FullBackup', backupMethod: 'Physical' }));
    rig.clock.advance(5 * HOUR_MS);
    await rig.client.createBackup(order({ DBInstanceId: 'mssql' }));
    rig.clock.advance(5 * HOUR_MS);

    const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'mssql' }));

    expect(body?.items?.backup?.map((set) => set.backupType)).toEqual(['IncrementalBackup', 'FullBackup']);
  });

  test('takes one job at a time, the automatic ones too', async () => {
    await rig.client.createBackup(order({}));

    expect(await failureOf(rig.client.createBackup(order({})))).toMatchObject({ statusCode: 400, code: 'BackupJobExists' });

    rig.clock.advance(HOUR_MS);
    rig.world.planNextJob('rm-one', { durationMs: 5 * HOUR_MS });
    rig.clock.advance(18 * HOUR_MS);
    expect(await failureOf(rig.client.createBackup(order({})))).toMatchObject({ statusCode: 400, code: 'BackupJobExists' });
  });

  test('a plan for the next job holds for one job', async () => {
    rig.world.planNextJob('rm-one', { outcome: 'Failed', durationMs: MINUTE_MS });
    await rig.client.createBackup(order({}));
    rig.clock.advance(HOUR_MS);
    await rig.client.createBackup(order({}));
    rig.clock.advance(HOUR_MS);

    const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }));

    expect(body?.items?.backup?.map((set) => set.backupStatus)).toEqual(['Success', 'Failed']);
  });

  test('is no token of identity: the same order twice makes two backups', async () => {
    const first = await rig.client.createBackup(order({ DBInstanceId: 'mysql-flash', backupMethod: 'Snapshot' }));
    rig.clock.advance(MINUTE_MS);
    const second = await rig.client.createBackup(order({ DBInstanceId: 'mysql-flash', backupMethod: 'Snapshot' }));

    expect(second.body?.backupJobId).not.toBe(first.body?.backupJobId);
  });
});
