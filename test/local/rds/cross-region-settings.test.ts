import {
  DescribeAvailableCrossRegionRequest,
  DescribeCrossRegionBackupDBInstanceRequest,
  DescribeInstanceCrossBackupPolicyRequest,
  ModifyInstanceCrossBackupPolicyRequest,
} from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const TO_SHANGHAI = { destination: 'cn-shanghai', retentionDays: 60, logs: true };

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, history: { days: 3 } },
  { ...ONE_MYSQL, id: 'on', history: { days: 3 }, crossRegion: TO_SHANGHAI, description: 'copied' },
  { ...ONE_MYSQL, id: 'off', history: { days: 3 }, crossRegion: { ...TO_SHANGHAI, isOff: true } },
  { ...ONE_MYSQL, id: 'bare' },
  { ...ONE_MYSQL, id: 'fresh-cloud', storageType: 'cloud_essd' },
  { ...ONE_MYSQL, id: 'read', role: 'Readonly' },
  { ...ONE_MYSQL, id: 'stopped', status: 'Stopped' },
  { ...ONE_MYSQL, id: 'locked', lockMode: 'ManualLock' },
  { ...ONE_MYSQL, id: 'my-old', engineVersion: '5.5' },
  { ...ONE_MYSQL, id: 'my-basic', category: 'Basic' },
  { ...ONE_MYSQL, id: 'my-enterprise', category: 'Finance', engineVersion: '5.7' },
  { ...ONE_MYSQL, id: 'my-enterprise-8', category: 'Finance' },
  { ...ONE_MYSQL, id: 'my-cloud-56', storageType: 'cloud_essd', engineVersion: '5.6' },
  { ...ONE_MYSQL, id: 'my-cloud-basic', storageType: 'cloud_essd', category: 'Basic' },
  { ...ONE_MYSQL, id: 'my-flash', storageType: 'cloud_essd', settings: { category: 'Flash' } },
  { ...ONE_MYSQL, id: 'my-serverless', storageType: 'cloud_essd', payType: 'Serverless', category: 'serverless_basic' },
  { ...ONE_MYSQL, id: 'my-encrypted', storageType: 'cloud_essd', isEncrypted: true },
  { ...ONE_MYSQL, id: 'my-small', instanceClass: 'mysql.new.small' },
  { ...ONE_MYSQL, id: 'pg-local-10', engine: 'PostgreSQL', storageType: 'local_ssd', engineVersion: '10.0' },
  { ...ONE_MYSQL, id: 'pg-local-11', engine: 'PostgreSQL', storageType: 'local_ssd', engineVersion: '11.0' },
  { ...ONE_MYSQL, id: 'pg-cloud', engine: 'PostgreSQL' },
  { ...ONE_MYSQL, id: 'pg-cloud-9', engine: 'PostgreSQL', engineVersion: '9.4' },
  { ...ONE_MYSQL, id: 'pg-encrypted', engine: 'PostgreSQL', isEncrypted: true },
  { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer' },
  { ...ONE_MYSQL, id: 'mssql-snapshot', engine: 'SQLServer', settings: { method: 'Snapshot' } },
  { ...ONE_MYSQL, id: 'mssql-cluster', engine: 'SQLServer', category: 'AlwaysOn', settings: { method: 'Snapshot' } },
  { ...ONE_MYSQL, id: 'maria', engine: 'MariaDB' },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: FLEET,
    knobs: { rateLimits: { 'cross-region': 100 }, crossRegion: { inactiveRegions: ['eu-central-1'], unsupportedClasses: ['mysql.new.small'] } },
  });
});

afterEach(() => rig.close());

type Body<Call extends keyof RdsRig['client']> = RdsRig['client'][Call] extends (request: never) => Promise<{ body?: infer B }> ? NonNullable<B> : never;

async function read(id: string, regionId = 'cn-hangzhou'): Promise<Body<'describeInstanceCrossBackupPolicy'>> {
  const { body } = await rig.client.describeInstanceCrossBackupPolicy(new DescribeInstanceCrossBackupPolicyRequest({ DBInstanceId: id, regionId }));
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

type Write = Partial<ModifyInstanceCrossBackupPolicyRequest>;

async function write(id: string, fields: Write): Promise<Body<'modifyInstanceCrossBackupPolicy'>> {
  const request = new ModifyInstanceCrossBackupPolicyRequest({ DBInstanceId: id, regionId: 'cn-hangzhou', ...fields });
  const { body } = await rig.client.modifyInstanceCrossBackupPolicy(request);
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

const SWITCH_ON: Write = { backupEnabled: '1', crossBackupRegion: 'cn-shanghai' };

const copiesOf = (id: string): readonly string[] => (rig.world.find(id)?.copies ?? []).map((copy) => `${copy.backupId} ${copy.region}`);

describe('DescribeInstanceCrossBackupPolicy', () => {
  test('says every field in its documented type, and the internal name of the engine', async () => {
    const { requestId: _id, ...body } = await read('on');

    expect(body).toEqual({
      DBInstanceId: 'on',
      DBInstanceDescription: 'copied',
      DBInstanceStatus: 'Running',
      engine: 'mysql',
      engineVersion: '8.0',
      lockMode: 'Unlock',
      regionId: 'cn-hangzhou',
      backupEnabled: 'Enable',
      backupEnabledTime: '2026-01-25T01:00:00Z',
      logBackupEnabled: 'Enable',
      logBackupEnabledTime: '2026-01-25T01:00:00Z',
      crossBackupRegion: 'cn-shanghai',
      crossBackupType: '1',
      retentType: 1,
      retention: 60,
    });
  });

  test('says `Disabled`, and the text `null` for the lock, of an instance that never had the feature on', async () => {
    const body = await read('rm-one');

    expect(body).toMatchObject({ backupEnabled: 'Disabled', logBackupEnabled: 'Disabled', lockMode: 'null' });
    expect(body.crossBackupRegion).toBeUndefined();
    expect(body.retention).toBeUndefined();
  });

  test('keeps destination and retention when it is off', async () => {
    expect(await read('off')).toMatchObject({ backupEnabled: 'Disabled', logBackupEnabled: 'Disabled', crossBackupRegion: 'cn-shanghai', retention: 60 });
  });

  test('answers to both regions, and to no third', async () => {
    expect((await read('on', 'cn-shanghai')).regionId).toBe('cn-hangzhou');
    expect(await failureOf(read('on', 'cn-beijing'))).toMatchObject({ statusCode: 400, code: 'InvalidDBInstanceId.NotFound' });
    expect(await failureOf(read('on', 'moon-1'))).toMatchObject({ statusCode: 400, code: 'InvalidRegion.Format' });
    expect(await failureOf(read('ghost'))).toMatchObject({ statusCode: 400, code: 'InvalidDBInstanceId.NotFound' });
  });
});

describe('ModifyInstanceCrossBackupPolicy', () => {
  test('takes digits and answers in words', async () => {
    const { requestId: _id, ...body } = await write('rm-one', { ...SWITCH_ON, logBackupEnabled: '1', retention: 30, retentType: 1, crossBackupType: '1' });

    expect(body).toEqual({
      DBInstanceId: 'rm-one',
      regionId: 'cn-hangzhou',
      backupEnabled: 'Enable',
      logBackupEnabled: 'Enable',
      crossBackupRegion: 'cn-shanghai',
      crossBackupType: '1',
      retentType: 1,
      retention: 30,
    });
    expect(await read('rm-one')).toMatchObject({ backupEnabled: 'Enable', backupEnabledTime: '2026-11-21T01:00:00Z', lockMode: 'Unlock' });
  });

  test.each<{ name: string; id: string; fields: Write; status: number; code: string }>([
    { name: 'nothing to change', id: 'on', fields: {}, status: 400, code: 'ParameterLeastAssociate' },
    { name: 'an unknown instance', id: 'ghost', fields: SWITCH_ON, status: 400, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'another region', id: 'on', fields: { ...SWITCH_ON, regionId: 'cn-beijing' }, status: 400, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'no destination', id: 'rm-one', fields: { backupEnabled: '1' }, status: 400, code: 'ParameterAbsence' },
    { name: 'a retention for what was never on', id: 'rm-one', fields: { retention: 30 }, status: 400, code: 'ParameterAbsence' },
    { name: 'words for switches', id: 'rm-one', fields: { ...SWITCH_ON, backupEnabled: 'Enable' }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'six days', id: 'on', fields: { retention: 6 }, status: 400, code: 'InvalidParameters.Format' },
    { name: '1826 days', id: 'on', fields: { retention: 1826 }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'logs alone', id: 'rm-one', fields: { logBackupEnabled: '1' }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'its own region', id: 'rm-one', fields: { ...SWITCH_ON, crossBackupRegion: 'cn-hangzhou' }, status: 400, code: 'InvalidRegion.Format' },
    { name: 'a region that does not exist', id: 'rm-one', fields: { ...SWITCH_ON, crossBackupRegion: 'moon-1' }, status: 400, code: 'InvalidRegion.Format' },
    { name: 'MariaDB', id: 'maria', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceEngine' },
    { name: 'a read-only instance', id: 'read', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a stopped instance', id: 'stopped', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'a locked instance', id: 'locked', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceLockMode' },
    { name: 'MySQL 5.5', id: 'my-old', fields: SWITCH_ON, status: 403, code: 'IncorrectEngineVersion' },
    { name: 'MySQL 5.6 on cloud disks', id: 'my-cloud-56', fields: SWITCH_ON, status: 403, code: 'IncorrectEngineVersion' },
    { name: 'Basic Edition on local disks', id: 'my-basic', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'Enterprise Edition of MySQL 8.0', id: 'my-enterprise-8', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a serverless instance', id: 'my-serverless', fields: SWITCH_ON, status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a class that is not supported', id: 'my-small', fields: SWITCH_ON, status: 403, code: 'IncorrectHostType' },
    { name: 'instant snapshots', id: 'my-flash', fields: SWITCH_ON, status: 400, code: 'BackupPolicyNotSupport' },
    { name: 'PostgreSQL 11 on local disks', id: 'pg-local-11', fields: SWITCH_ON, status: 403, code: 'IncorrectEngineVersion' },
    { name: 'PostgreSQL 9.4 on cloud disks', id: 'pg-cloud-9', fields: SWITCH_ON, status: 403, code: 'IncorrectEngineVersion' },
    { name: 'snapshots of SQL Server', id: 'mssql-snapshot', fields: SWITCH_ON, status: 400, code: 'OperationDenied.SwitchToCrossRegionBackup' },
    { name: 'snapshots of an encrypted disk', id: 'my-encrypted', fields: SWITCH_ON, status: 400, code: 'UnsupportEncryptedSnapshot' },
    {
      name: 'an encrypted disk and a region without the account',
      id: 'pg-encrypted',
      fields: { ...SWITCH_ON, crossBackupRegion: 'eu-central-1' },
      status: 400,
      code: 'DstRegionNoUser',
    },
  ])('refuses $name', async ({ id, fields, status, code }) => {
    expect(await failureOf(write(id, fields))).toMatchObject({ statusCode: status, code });
  });

  test.each(['my-enterprise', 'my-cloud-basic', 'pg-local-10', 'pg-cloud', 'pg-encrypted', 'mssql', 'mssql-cluster'])('is possible on %s', async (id) => {
    expect(await write(id, SWITCH_ON)).toMatchObject({ backupEnabled: 'Enable', logBackupEnabled: 'Disabled', retention: 7 });
  });

  test('copies the newest good set of the last day when it is switched on', async () => {
    const newest = rig.world.find('rm-one')?.sets.at(-1);

    await write('rm-one', { ...SWITCH_ON, logBackupEnabled: '1' });

    expect(copiesOf('rm-one')).toEqual([`${newest?.id} cn-shanghai`]);
    expect(rig.world.find('rm-one')?.copies[0]?.readyAt).toBeGreaterThan(rig.clock.now());
    // With the set go its logs.
    expect(rig.world.find('rm-one')?.spec.crossRegion?.logPeriods).toEqual([{ region: 'cn-shanghai', from: newest?.startedAt, to: null }]);
    expect(rig.world.find('rm-one')?.job).toBeUndefined();
  });

  test('starts a backup when there is no set of the last day, but not on MySQL with cloud disks', async () => {
    await write('bare', SWITCH_ON);
    await write('fresh-cloud', SWITCH_ON);

    expect(rig.world.find('bare')?.job).toMatchObject({ mode: 'Automated', type: 'FullBackup' });
    expect(rig.world.find('fresh-cloud')?.job).toBeUndefined();
  });

  test('copies what is backed up afterwards, and nothing more once it is switched off', async () => {
    await write('bare', SWITCH_ON);
    rig.clock.advance(DAY_MS);
    rig.world.settle(rig.clock.now());
    const copied = copiesOf('bare');

    const body = await write('bare', { backupEnabled: '0', logBackupEnabled: '0', crossBackupRegion: 'cn-shanghai' });
    rig.clock.advance(2 * DAY_MS);
    rig.world.settle(rig.clock.now());

    expect(copied).toHaveLength(2);
    expect(copiesOf('bare')).toEqual(copied);
    expect(body).toMatchObject({ backupEnabled: 'Disabled', crossBackupRegion: 'cn-shanghai', retention: 7 });
  });

  test('moves the end of the copies that are there with the retention', async () => {
    const before = rig.world.find('on')?.copies ?? [];

    await write('on', { retention: 7 });

    expect(rig.world.find('on')?.copies.map((copy) => (copy.expiresAt - copy.endedAt) / DAY_MS)).toEqual(before.map(() => 7));
    expect(before.map((copy) => (copy.expiresAt - copy.endedAt) / DAY_MS)).toEqual([60, 60, 60]);
  });

  test('sends copies elsewhere from now on when the destination changes', async () => {
    await write('on', { ...SWITCH_ON, crossBackupRegion: 'cn-beijing', logBackupEnabled: '1' });
    rig.clock.advance(HOUR_MS);
    rig.world.humanBackup('on');
    rig.clock.advance(HOUR_MS);
    rig.world.settle(rig.clock.now());

    expect(new Set(rig.world.find('on')?.copies.map((copy) => copy.region))).toEqual(new Set(['cn-shanghai', 'cn-beijing']));
    expect(rig.world.find('on')?.spec.crossRegion?.logPeriods).toMatchObject([{ region: 'cn-shanghai' }, { region: 'cn-beijing', to: null }]);
  });

  test('changes nothing but the retention of a released instance', async () => {
    rig.world.releaseInstance('on');

    expect(await write('on', { retention: 90, backupEnabled: '1', crossBackupRegion: 'cn-shanghai' })).toMatchObject({ retention: 90 });
    expect(await failureOf(write('on', { backupEnabled: '0' }))).toMatchObject({ statusCode: 400, code: 'InvalideStatus.Format' });
    expect(await read('on')).toMatchObject({ DBInstanceStatus: 'Released', retention: 90 });
  });
});

describe('DescribeCrossRegionBackupDBInstance', () => {
  type Fields = Partial<DescribeCrossRegionBackupDBInstanceRequest>;

  async function ask(fields: Fields = {}): Promise<Body<'describeCrossRegionBackupDBInstance'>> {
    const request = new DescribeCrossRegionBackupDBInstanceRequest({ regionId: 'cn-hangzhou', ...fields });
    const { body } = await rig.client.describeCrossRegionBackupDBInstance(request);
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  }

  const idsOf = async (fields: Fields = {}): Promise<readonly (string | undefined)[]> =>
    ((await ask(fields)).items?.item ?? []).map((item) => item.DBInstanceId);

  test('lists the instances that have or had the feature on, with names of its own for the counts', async () => {
    const body = await ask();

    expect(body).toMatchObject({ regionId: 'cn-hangzhou', pageNumber: 1, pageSize: 30, itemsNumbers: 2, totalRecords: 2 });
    expect(body.items?.item?.[1]).toEqual({
      DBInstanceId: 'on',
      DBInstanceDescription: 'copied',
      DBInstanceStatus: 'Running',
      engine: 'MySQL',
      engineVersion: '8.0',
      lockMode: 'Unlock',
      backupEnabled: 'Enable',
      backupEnabledTime: '2026-01-25T01:00:00Z',
      logBackupEnabled: 'Enable',
      logBackupEnabledTime: '2026-01-25T01:00:00Z',
      crossBackupRegion: 'cn-shanghai',
      crossBackupType: '1',
      retentType: 1,
      retention: 60,
    });
    expect(body.items?.item?.[0]).toMatchObject({ DBInstanceId: 'off', backupEnabled: 'Disabled' });
  });

  test('keeps released instances in the list while they have copies', async () => {
    rig.world.releaseInstance('on');
    rig.world.releaseInstance('bare');

    expect((await ask()).items?.item?.[1]).toMatchObject({ DBInstanceId: 'on', DBInstanceStatus: 'Released' });
    rig.clock.advance(60 * DAY_MS);
    expect(await idsOf()).toEqual(['off']);
    expect(rig.world.find('on')).toBeUndefined();
  });

  test('filters by up to 30 ids, and pages', async () => {
    expect(await idsOf({ DBInstanceId: 'on,rm-one' })).toEqual(['on']);
    expect(await idsOf({ pageNumber: 2 })).toEqual([]);
    expect(await idsOf({ regionId: 'cn-shanghai' })).toEqual([]);
    expect(await failureOf(ask({ DBInstanceId: 'ghost' }))).toMatchObject({ statusCode: 400, code: 'InvalidDBInstanceId.NotFound' });
    expect(await failureOf(ask({ DBInstanceId: Array.from({ length: 31 }, (_, n) => `i${n}`).join(',') }))).toMatchObject({ code: 'InvalidDBInstanceId' });
    expect(await failureOf(ask({ regionId: 'moon-1' }))).toMatchObject({ statusCode: 400, code: 'InvalidRegion.Format' });
    expect(await failureOf(ask({ pageSize: 101 }))).toMatchObject({ statusCode: 400, code: 'InvalidPageSize' });
  });
});

describe('DescribeAvailableCrossRegion', () => {
  const ask = async (regionId: string): Promise<readonly string[] | undefined> =>
    (await rig.client.describeAvailableCrossRegion(new DescribeAvailableCrossRegionRequest({ regionId }))).body?.regions?.region;

  test('lists every supported region but the one that asks', async () => {
    const regions = await ask('cn-hangzhou');

    expect(regions).toEqual(expect.arrayContaining(['cn-shanghai', 'cn-hongkong', 'eu-central-1', 'ap-southeast-7']));
    expect(regions).not.toContain('cn-hangzhou');
    expect(regions).toHaveLength(22);
    expect(await failureOf(ask('moon-1'))).toMatchObject({ statusCode: 400, code: 'InvalidRegion.Format' });
  });
});

test('operations on copies share a rate of ten per second, and leave the others theirs', async () => {
  await rig.close();
  rig = await startRig({ fleet: FLEET });
  const ask = (): Promise<unknown> => read('on');
  for (let n = 0; n < 10; n += 1) await ask();

  expect(await failureOf(ask())).toMatchObject({ statusCode: 400, code: 'Throttling.User', retryAfter: 100 });
  expect(await failureOf(write('on', { retention: 9 }))).toMatchObject({ code: 'Throttling.User' });
  rig.clock.advance(MINUTE_MS);
  await expect(ask()).resolves.toBeDefined();
});
