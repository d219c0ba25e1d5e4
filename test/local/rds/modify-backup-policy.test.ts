import { DescribeBackupPolicyRequest, DescribeBackupsRequest, ModifyBackupPolicyRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import type { RdsKnobOptions } from '../../../lib/local/world/knobs';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const CLOUD = { storageType: 'cloud_essd' } as const;
const FLEET: readonly FleetMember[] = [
  ONE_MYSQL,
  { ...ONE_MYSQL, id: 'mysql-cloud', ...CLOUD },
  { ...ONE_MYSQL, id: 'mysql-basic', ...CLOUD, category: 'Basic' },
  { ...ONE_MYSQL, id: 'mysql-advanced', settings: { advancedPolicy: true } },
  { ...ONE_MYSQL, id: 'mysql-readonly', role: 'Readonly' },
  { ...ONE_MYSQL, id: 'mysql-stopped', status: 'Stopped' },
  { ...ONE_MYSQL, id: 'pg', engine: 'PostgreSQL' },
  { ...ONE_MYSQL, id: 'pg-local', engine: 'PostgreSQL', storageType: 'local_ssd' },
  { ...ONE_MYSQL, id: 'pg-basic', engine: 'PostgreSQL', category: 'Basic' },
  { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer' },
  { ...ONE_MYSQL, id: 'mssql-snapshot', engine: 'SQLServer', settings: { method: 'Snapshot' } },
  { ...ONE_MYSQL, id: 'mssql-cross', engine: 'SQLServer', crossRegion: { destination: 'cn-shanghai' } },
  { ...ONE_MYSQL, id: 'mssql-huge', engine: 'SQLServer', storageGb: 6000 },
  { ...ONE_MYSQL, id: 'mssql-cluster', engine: 'SQLServer', category: 'cluster' },
  { ...ONE_MYSQL, id: 'maria', engine: 'MariaDB' },
];

type Fields = Partial<ModifyBackupPolicyRequest>;

/** What the data mode requires, as the instances of the fleet are set. */
const DATA = {
  backupPolicyMode: 'DataBackupPolicy',
  preferredBackupTime: '18:00Z-19:00Z',
  preferredBackupPeriod: 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday',
  backupRetentionPeriod: '7',
  backupLog: 'Enable',
} satisfies Fields;

const LOG = {
  backupPolicyMode: 'LogBackupPolicy',
  enableBackupLog: '1',
  localLogRetentionHours: '18',
  localLogRetentionSpace: '30',
  highSpaceUsageProtection: 'Enable',
} satisfies Fields;

let rig: RdsRig;

afterEach(() => rig.close());

const start = async (options: { readonly fleet?: readonly FleetMember[]; readonly knobs?: RdsKnobOptions } = {}): Promise<void> => {
  rig = await startRig({ fleet: FLEET, ...options });
};

async function modify(fields: Fields, instanceId = 'rm-one'): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await rig.client.modifyBackupPolicy(new ModifyBackupPolicyRequest({ DBInstanceId: instanceId, ...fields }));
  return { ...body };
}

async function shown(instanceId = 'rm-one'): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await rig.client.describeBackupPolicy(new DescribeBackupPolicyRequest({ DBInstanceId: instanceId }));
  const { requestId, ...settings } = { ...body };
  return settings;
}

async function setsOf(mode: 'Automated' | 'Manual', instanceId = 'rm-one'): Promise<readonly (string | undefined)[]> {
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: instanceId, backupMode: mode, pageSize: 100 }));
  return (body?.items?.backup ?? []).map((set) => set.backupStartTime);
}

describe('ModifyBackupPolicy: serialization', () => {
  beforeEach(() => start());

  test.each<{ name: string; fields: Fields }>([
    { name: 'data mode', fields: DATA },
    { name: 'log mode', fields: LOG },
  ])('answers in $name with the fields and types of the documents', async ({ fields }) => {
    expect(await modify(fields)).toEqual({
      DBInstanceID: 'rm-one',
      compressType: '8',
      enableBackupLog: '1',
      highSpaceUsageProtection: 'Enable',
      localLogRetentionHours: 18,
      localLogRetentionSpace: '30',
      logBackupLocalRetentionNumber: 60,
      requestId: expect.any(String),
    });
  });

  test('the whole of the settings that were there can be written and changes nothing', async () => {
    const before = await shown();

    await modify(DATA);
    await modify(LOG);

    expect(await shown()).toEqual(before);
  });
});

describe('ModifyBackupPolicy: validation', () => {
  beforeEach(() => start());

  test.each<{ name: string; fields: Fields; status: number; code: string; instanceId?: string }>([
    { name: 'no instance', instanceId: '', fields: DATA, status: 400, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance', instanceId: 'none', fields: DATA, status: 400, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'an unknown mode', fields: { ...DATA, backupPolicyMode: 'Both' }, status: 400, code: 'InvalidBackupPolicyMode' },
    { name: 'data without a time', fields: { ...DATA, preferredBackupTime: '' }, status: 400, code: 'MissingPreferredBackupTime' },
    { name: 'data without days', fields: { ...DATA, preferredBackupPeriod: '' }, status: 400, code: 'MissingPreferredBackupPeriod' },
    { name: 'data without a retention', fields: { ...DATA, backupRetentionPeriod: '' }, status: 400, code: 'MissingBackupRetentionPeriod' },
    { name: 'data without a word on logs', fields: { ...DATA, backupLog: '' }, status: 400, code: 'MissingBackupLog' },
    { name: 'logs without a word on whether', fields: { ...LOG, enableBackupLog: '' }, status: 400, code: 'MissingEnableBackupLog' },
    { name: 'logs without local hours', fields: { ...LOG, localLogRetentionHours: '' }, status: 400, code: 'MissingLocalLogRetentionHours' },
    { name: 'logs without local space', fields: { ...LOG, localLogRetentionSpace: '' }, status: 400, code: 'MissingLocalLogRetentionSpace' },
    { name: 'logs without protection', fields: { ...LOG, highSpaceUsageProtection: '' }, status: 400, code: 'MissingHighSpaceUsageProtection' },
    { name: 'a single day', fields: { ...DATA, preferredBackupPeriod: 'Monday' }, status: 400, code: 'InvalidPreferredBackupPeriod' },
    { name: 'one day twice', fields: { ...DATA, preferredBackupPeriod: 'Monday,Monday' }, status: 400, code: 'InvalidPreferredBackupPeriod' },
    { name: 'days that are none', fields: { ...DATA, preferredBackupPeriod: 'Monday,Friday,Someday' }, status: 400, code: 'InvalidPreferredBackupPeriod' },
    { name: 'a window of two hours', fields: { ...DATA, preferredBackupTime: '18:00Z-20:00Z' }, status: 400, code: 'InvalidPreferredBackupTime' },
    { name: 'a window without zone', fields: { ...DATA, preferredBackupTime: '18:00-19:00' }, status: 400, code: 'InvalidPreferredBackupTime' },
    { name: 'six days of data', fields: { ...DATA, backupRetentionPeriod: '6' }, status: 400, code: 'InvalidBackupRetentionPeriod.Malformed' },
    { name: '731 days of data', fields: { ...DATA, backupRetentionPeriod: '731' }, status: 400, code: 'InvalidBackupRetentionPeriod.Malformed' },
    { name: 'six days of logs', fields: { ...LOG, logBackupRetentionPeriod: '6' }, status: 400, code: 'InvalidBackupRetentionPeriod.Malformed' },
    { name: 'logs kept longer than data', fields: { ...LOG, logBackupRetentionPeriod: '8' }, status: 400, code: 'InvalidBackupRetentionPeriod.Malformed' },
    { name: 'half an answer on logs', fields: { ...LOG, enableBackupLog: 'true' }, status: 400, code: 'InvalidEnableBackupLog' },
    { name: '169 local hours', fields: { ...LOG, localLogRetentionHours: '169' }, status: 400, code: 'InvalidLocalLogRetentionHours' },
    { name: '51 percent of local space', fields: { ...LOG, localLogRetentionSpace: '51' }, status: 400, code: 'InvalidLocalLogRetentionSpace' },
    { name: 'a protection of another word', fields: { ...LOG, highSpaceUsageProtection: 'Disabled' }, status: 400, code: 'InvalidHighSpaceUsageProtection' },
    { name: 'five local files', fields: { ...LOG, logBackupLocalRetentionNumber: 5 }, status: 400, code: 'InvalidLogBackupLocalRetentionNumber' },
    {
      name: 'unlimited local files of PostgreSQL',
      instanceId: 'pg',
      fields: { ...LOG, logBackupLocalRetentionNumber: -1 },
      status: 400,
      code: 'InvalidLogBackupLocalRetentionNumber',
    },
    { name: 'an interval of 45 minutes', fields: { ...DATA, backupInterval: '45' }, status: 400, code: 'InvalidBackupInterval' },
    { name: 'an unknown compression', fields: { ...DATA, compressType: '3' }, status: 400, code: 'InvalidCompressType' },
    { name: 'a third node', fields: { ...DATA, backupPriority: 3 }, status: 400, code: 'InvalidBackupPriority' },
    { name: '29 days of archive', fields: { ...DATA, archiveBackupRetentionPeriod: '29' }, status: 400, code: 'InvalidColdRetention.Format' },
    { name: '1096 days of archive', fields: { ...DATA, archiveBackupRetentionPeriod: '1096' }, status: 400, code: 'InvalidColdRetention.Format' },
    {
      name: 'eight archives of a week',
      fields: { ...DATA, archiveBackupKeepPolicy: 'ByWeek', archiveBackupKeepCount: 8 },
      status: 400,
      code: 'InvalidColdRetention.Format',
    },
    { name: 'the right spelling of Lastest', fields: { ...DATA, releasedKeepPolicy: 'Latest' }, status: 400, code: 'InvalidReleasedKeepPolicy.Format' },
    { name: 'an unknown log frequency', fields: { ...DATA, logBackupFrequency: 'Hourly' }, status: 400, code: 'InvalidLogBackupFrequency.Malformed' },
  ])('refuses $name, and changes nothing', async ({ fields, instanceId, status, code }) => {
    const before = await shown();

    expect(await failureOf(modify(fields, instanceId))).toMatchObject({ statusCode: status, code });
    expect(await shown()).toEqual(before);
  });

  test.each<{ name: string; instanceId: string; fields: Fields; status: number; code: string }>([
    { name: 'an advanced policy, in data mode', instanceId: 'mysql-advanced', fields: DATA, status: 400, code: 'IncorrectBackupPolicy' },
    { name: 'an advanced policy, in log mode', instanceId: 'mysql-advanced', fields: LOG, status: 400, code: 'IncorrectBackupPolicy' },
    { name: 'a read-only instance', instanceId: 'mysql-readonly', fields: DATA, status: 400, code: 'ReadDBInstanceNotSupport' },
    { name: 'a stopped instance', instanceId: 'mysql-stopped', fields: DATA, status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'instant snapshots on local disks', instanceId: 'rm-one', fields: { ...DATA, category: 'Flash' }, status: 403, code: 'IncorrectCategory' },
    { name: 'any category of MySQL on local disks', instanceId: 'rm-one', fields: { ...DATA, category: 'Standard' }, status: 403, code: 'IncorrectCategory' },
    { name: 'instant snapshots of SQL Server', instanceId: 'mssql', fields: { ...DATA, category: 'Flash' }, status: 403, code: 'IncorrectCategory' },
    { name: 'instant snapshots of MariaDB', instanceId: 'maria', fields: { ...DATA, category: 'Flash' }, status: 403, code: 'IncorrectCategory' },
    {
      name: 'SQL Server without logs, in log mode',
      instanceId: 'mssql',
      fields: { ...LOG, enableBackupLog: '0' },
      status: 403,
      code: 'OperationDenied.ApiForbidden',
    },
    {
      name: 'SQL Server without logs, in data mode',
      instanceId: 'mssql',
      fields: { ...DATA, backupLog: 'Disabled' },
      status: 403,
      code: 'OperationDenied.ApiForbidden',
    },
    { name: 'Basic PostgreSQL with logs', instanceId: 'pg-basic', fields: LOG, status: 403, code: 'OperationDenied.ApiForbidden' },
    { name: 'Basic MySQL, any settings of logs', instanceId: 'mysql-basic', fields: LOG, status: 403, code: 'OperationDenied.ApiForbidden' },
    {
      name: 'Basic MySQL without logs',
      instanceId: 'mysql-basic',
      fields: { ...DATA, backupLog: 'Disabled' },
      status: 403,
      code: 'OperationDenied.ApiForbidden',
    },
    {
      name: 'a log frequency of MySQL',
      instanceId: 'rm-one',
      fields: { ...DATA, logBackupFrequency: 'LogInterval' },
      status: 400,
      code: 'InvalidLogBackupFrequency.Malformed',
    },
    {
      name: 'logs as often as data with snapshots',
      instanceId: 'mssql-snapshot',
      fields: { ...DATA, logBackupFrequency: '' },
      status: 403,
      code: 'OperationDenied.ApiForbiddenForLogBackupFrequency',
    },
    {
      name: 'snapshots while logs are backed up with data',
      instanceId: 'mssql',
      fields: { ...DATA, backupMethod: 'Snapshot' },
      status: 403,
      code: 'OperationDenied.ApiForbiddenForLogBackupFrequency',
    },
    {
      name: 'the way back from snapshots',
      instanceId: 'mssql-snapshot',
      fields: { ...DATA, backupMethod: 'Physical' },
      status: 403,
      code: 'OperationDenied.SwitchSnapshotToPhysical',
    },
    {
      name: 'snapshots beside cross-region copies',
      instanceId: 'mssql-cross',
      fields: { ...DATA, backupMethod: 'Snapshot', logBackupFrequency: 'LogInterval' },
      status: 400,
      code: 'OperationDenied.SwitchToSnapshot',
    },
    {
      name: 'physical backups of more than 4000 GB',
      instanceId: 'mssql-huge',
      fields: { ...DATA, backupMethod: 'Physical' },
      status: 403,
      code: 'OperationDenied.NotSupportedBackupMethod',
    },
  ])('refuses $name', async ({ instanceId, fields, status, code }) => {
    const before = await shown(instanceId);

    expect(await failureOf(modify(fields, instanceId))).toMatchObject({ statusCode: status, code });
    expect(await shown(instanceId)).toEqual(before);
  });

  test('refuses a data retention below that of the logs: it is to be lowered first', async () => {
    await modify({ ...DATA, backupRetentionPeriod: '30' });
    await modify({ ...LOG, logBackupRetentionPeriod: '20' });

    expect(await failureOf(modify({ ...DATA, backupRetentionPeriod: '19' }))).toMatchObject({ code: 'InvalidBackupRetentionPeriod.Malformed' });
    await modify({ ...DATA, backupRetentionPeriod: '19', logBackupRetentionPeriod: '19' });
    expect(await shown()).toMatchObject({ backupRetentionPeriod: 19, logBackupRetentionPeriod: 19 });
  });
});

describe('ModifyBackupPolicy: functionality', () => {
  beforeEach(() => start());

  test.each<{ name: string; instanceId?: string; fields: Fields; expected: Readonly<Record<string, unknown>> }>([
    {
      name: 'days, in the order of the week',
      fields: { ...DATA, preferredBackupPeriod: 'Friday, Monday' },
      expected: { preferredBackupPeriod: 'Monday,Friday' },
    },
    { name: 'a window up to midnight', fields: { ...DATA, preferredBackupTime: '23:00Z-24:00Z' }, expected: { preferredBackupTime: '23:00Z-00:00Z' } },
    { name: 'the data retention', fields: { ...DATA, backupRetentionPeriod: '730' }, expected: { backupRetentionPeriod: 730 } },
    { name: 'the released-keep policy', fields: { ...DATA, releasedKeepPolicy: 'Lastest' }, expected: { releasedKeepPolicy: 'Lastest' } },
    { name: 'the compression', fields: { ...DATA, compressType: '1' }, expected: { compressType: '1' } },
    {
      name: 'differential backups of MySQL on local disks',
      fields: { ...DATA, enableIncrementDataBackup: true },
      expected: { enableIncrementDataBackup: true },
    },
    {
      name: 'archives',
      fields: { ...DATA, archiveBackupRetentionPeriod: '365', archiveBackupKeepPolicy: 'ByMonth', archiveBackupKeepCount: 31 },
      expected: { archiveBackupRetentionPeriod: '365', archiveBackupKeepPolicy: 'ByMonth', archiveBackupKeepCount: '31' },
    },
    { name: 'instant snapshots', instanceId: 'mysql-cloud', fields: { ...DATA, category: 'Flash' }, expected: { category: 'Flash' } },
    { name: 'an interval', instanceId: 'pg', fields: { ...DATA, backupInterval: '60' }, expected: { backupInterval: '60' } },
    {
      name: 'full backups only of SQL Server',
      instanceId: 'mssql',
      fields: { ...DATA, enableIncrementDataBackup: false },
      expected: { enableIncrementDataBackup: false },
    },
    { name: 'the log frequency', instanceId: 'mssql', fields: { ...DATA, logBackupFrequency: 'LogInterval' }, expected: { logBackupFrequency: 'LogInterval' } },
    {
      name: 'snapshots, which are never differential',
      instanceId: 'mssql',
      fields: { ...DATA, backupMethod: 'Snapshot', logBackupFrequency: 'LogInterval' },
      expected: { backupMethod: 'Snapshot', logBackupFrequency: 'LogInterval', enableIncrementDataBackup: false },
    },
    {
      name: 'snapshots, where they are forced',
      instanceId: 'mssql-huge',
      fields: { ...DATA, backupMethod: 'Snapshot', logBackupFrequency: 'LogInterval' },
      expected: { backupMethod: 'Snapshot', logBackupFrequency: 'LogInterval', enableIncrementDataBackup: false },
    },
    { name: 'the node', instanceId: 'mssql-cluster', fields: { ...DATA, backupPriority: 2 }, expected: { backupPriority: 2 } },
    { name: 'no logs', fields: { ...LOG, enableBackupLog: 'False' }, expected: { enableBackupLog: '0', backupLog: 'Disabled', pitrRetentionPeriod: 0 } },
    { name: 'no logs, in data mode', fields: { ...DATA, backupLog: 'Disabled' }, expected: { enableBackupLog: '0', backupLog: 'Disabled' } },
    {
      name: 'local logs',
      fields: { ...LOG, localLogRetentionHours: '0', localLogRetentionSpace: '50', highSpaceUsageProtection: 'Disable', logBackupLocalRetentionNumber: -1 },
      expected: { localLogRetentionHours: 0, localLogRetentionSpace: '50', highSpaceUsageProtection: 'Disable', logBackupLocalRetentionNumber: -1 },
    },
  ])('writes $name, and nothing else', async ({ instanceId, fields, expected }) => {
    const { preferredNextBackupTime: _, ...before } = await shown(instanceId);

    await modify(fields, instanceId);

    const { preferredNextBackupTime, ...after } = await shown(instanceId);
    expect(after).toEqual({ ...before, ...expected, pitrRetentionPeriod: expect.any(Number) });
    expect(after).toMatchObject(expected);
  });

  test.each<{ name: string; instanceId: string; fields: Fields }>([
    { name: 'the method of MySQL', instanceId: 'rm-one', fields: { ...DATA, backupMethod: 'Snapshot' } },
    { name: 'an interval on local disks', instanceId: 'pg-local', fields: { ...DATA, backupInterval: '60' } },
    { name: 'differential snapshots', instanceId: 'mysql-cloud', fields: { ...DATA, enableIncrementDataBackup: true } },
    { name: 'a node where there is no cluster', instanceId: 'mssql', fields: { ...DATA, backupPriority: 2 } },
    { name: 'archives on cloud disks', instanceId: 'mysql-cloud', fields: { ...DATA, archiveBackupRetentionPeriod: '365' } },
    { name: 'a log retention of SQL Server', instanceId: 'mssql', fields: { ...LOG, logBackupRetentionPeriod: '700' } },
    { name: 'fields of the other mode, good or bad', instanceId: 'rm-one', fields: { ...LOG, backupRetentionPeriod: '1', preferredBackupTime: 'x' } },
  ])('takes, and does not heed, $name', async ({ instanceId, fields }) => {
    const before = await shown(instanceId);

    await modify(fields, instanceId);

    expect(await shown(instanceId)).toEqual(before);
  });

  test('keeps the log frequency that is not sent', async () => {
    await modify({ ...DATA, backupRetentionPeriod: '30' }, 'mssql-snapshot');

    expect(await shown('mssql-snapshot')).toMatchObject({ backupRetentionPeriod: 30, logBackupFrequency: 'LogInterval', logBackupRetentionPeriod: 30 });
  });

  test('has full backups of SQL Server only, once differential ones are off', async () => {
    await modify({ ...DATA, enableIncrementDataBackup: false }, 'mssql');
    rig.clock.advance(4 * DAY_MS);

    const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'mssql' }));
    expect((body?.items?.backup ?? []).map((set) => set.backupType)).toEqual(['FullBackup', 'FullBackup', 'FullBackup', 'FullBackup']);
  });

  test('a fault refuses it, and nothing is changed', async () => {
    rig.faults.add({
      service: 'rds',
      operation: 'ModifyBackupPolicy',
      effect: 'none',
      reply: { kind: 'error', status: 500, code: 'InternalFailure', message: '' },
    });

    expect(await failureOf(modify({ ...DATA, backupRetentionPeriod: '30' }))).toMatchObject({ code: 'InternalFailure' });
    expect(await shown()).toMatchObject({ backupRetentionPeriod: 7 });
  });

  test('can take effect late, without an answer', async () => {
    rig.faults.add({ service: 'rds', operation: 'ModifyBackupPolicy', effect: { appliedAfterMs: HOUR_MS }, reply: { kind: 'reset' } });

    await failureOf(modify({ ...DATA, backupRetentionPeriod: '30' }));
    expect(await shown()).toMatchObject({ backupRetentionPeriod: 7 });

    rig.clock.advance(HOUR_MS);
    expect(await shown()).toMatchObject({ backupRetentionPeriod: 30 });
  });
});

describe('ModifyBackupPolicy: what it does to backups', () => {
  const LIVED: FleetMember = {
    ...ONE_MYSQL,
    settings: { retentionDays: 30 },
    history: { days: 30, manualSets: [{ agoMs: 20 * DAY_MS + HOUR_MS, keepDays: 60 }] },
  };

  test('a shorter data retention drops older automatic sets at once, and no manual one', async () => {
    await start({ fleet: [LIVED] });
    expect(await setsOf('Automated')).toHaveLength(30);

    await modify({ ...DATA, backupRetentionPeriod: '10' });

    expect(await setsOf('Automated')).toHaveLength(10);
    expect(await setsOf('Manual')).toHaveLength(1);
    expect(rig.world.find('rm-one')?.sets).toHaveLength(11);
  });

  test('a longer one keeps those that are there longer', async () => {
    await start({ fleet: [LIVED] });

    await modify({ ...DATA, backupRetentionPeriod: '60' });
    rig.clock.advance(20 * DAY_MS);

    expect(await setsOf('Automated')).toHaveLength(50);
  });

  test('without log backup the logs are gone, and new ones begin when it is on again', async () => {
    await start();
    const created = rig.world.find('rm-one')?.spec.createdAt;
    expect(rig.world.find('rm-one')?.logsSince).toBe(created);

    await modify({ ...LOG, enableBackupLog: '0' });
    expect(rig.world.find('rm-one')?.logsSince).toBeUndefined();

    rig.clock.advance(DAY_MS);
    await modify(LOG);
    expect(rig.world.find('rm-one')?.logsSince).toBe(rig.clock.now());
  });

  test.each<{ name: string; knobs: RdsKnobOptions; instanceId: string; fields: Fields; startsSoon: boolean }>([
    { name: 'starts one soon on SQL Server', knobs: {}, instanceId: 'mssql', fields: { ...DATA, preferredBackupTime: '05:00Z-06:00Z' }, startsSoon: true },
    {
      name: 'starts none where the knob is off',
      knobs: { settingsChange: { backupAfterMs: null } },
      instanceId: 'mssql',
      fields: { ...DATA, preferredBackupTime: '05:00Z-06:00Z' },
      startsSoon: false,
    },
    { name: 'starts none on MySQL', knobs: {}, instanceId: 'rm-one', fields: { ...DATA, preferredBackupTime: '05:00Z-06:00Z' }, startsSoon: false },
  ])('a new time of backup $name', async ({ knobs, instanceId, fields, startsSoon }) => {
    await start({ knobs });

    await modify(fields, instanceId);
    rig.clock.advance(2 * MINUTE_MS);
    rig.world.settle(rig.clock.now());

    expect(rig.world.find(instanceId)?.job !== undefined).toBe(startsSoon);
    rig.clock.advance(DAY_MS);
    expect(await setsOf('Automated', instanceId)).toContainEqual(expect.stringMatching(/^2026-11-21T05:/));
  });

  test('other settings start no backup', async () => {
    await start();

    await modify({ ...DATA, backupRetentionPeriod: '30' }, 'mssql');
    rig.clock.advance(HOUR_MS);
    rig.world.settle(rig.clock.now());

    expect(rig.world.find('mssql')?.starts).toEqual([]);
  });

  test('may take an instance out of Running for a while, in which nothing else is taken', async () => {
    await start({ knobs: { settingsChange: { busyMs: 5 * MINUTE_MS } } });

    await modify({ ...DATA, preferredBackupTime: '05:00Z-06:00Z' }, 'mssql');

    expect(rig.world.find('mssql')?.spec.status).toBe('TRANSING');
    expect(await failureOf(modify(DATA, 'mssql'))).toMatchObject({ code: 'IncorrectDBInstanceState' });
    rig.clock.advance(5 * MINUTE_MS);
    await modify(LOG, 'mssql');
    rig.clock.advance(DAY_MS);

    // Two minutes after the first change it was busy with the second: the backup waited.
    expect(await setsOf('Automated', 'mssql')).toContainEqual(expect.stringMatching(/^2026-11-21T01:11:/));
    expect(rig.world.find('mssql')?.spec.status).toBe('Running');
  });

  test('an instance that was stopped meanwhile stays so', async () => {
    await start({ knobs: { settingsChange: { busyMs: 5 * MINUTE_MS } } });
    await modify(DATA);

    rig.world.changeInstance('rm-one', { status: 'Stopped' });
    rig.clock.advance(HOUR_MS);
    rig.world.settle(rig.clock.now());

    expect(rig.world.find('rm-one')).toMatchObject({ spec: { status: 'Stopped' }, busyUntil: undefined });
  });
});
