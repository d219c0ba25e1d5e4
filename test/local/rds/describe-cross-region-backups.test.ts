import { DescribeCrossRegionBackupsRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import type { CopyFault } from '../../../lib/local/world/copy-state';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const TO_SHANGHAI = { destination: 'cn-shanghai', retentionDays: 60 };

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, history: { days: 3, manualSets: [{ agoMs: 5 * HOUR_MS, method: 'Logical', databases: ['shop'] }] }, crossRegion: TO_SHANGHAI },
  { ...ONE_MYSQL, id: 'uncopied', history: { days: 3 } },
  { ...ONE_MYSQL, id: 'recent', history: { days: 5 }, crossRegion: { ...TO_SHANGHAI, enabledAgoMs: 2 * DAY_MS } },
  { ...ONE_MYSQL, id: 'off', history: { days: 3 }, crossRegion: { ...TO_SHANGHAI, isOff: true } },
  { ...ONE_MYSQL, id: 'flawed', history: { days: 3 }, crossRegion: { ...TO_SHANGHAI, newestCopy: { kind: 'failed' } } },
  { ...ONE_MYSQL, id: 'long', history: { days: 40 }, crossRegion: TO_SHANGHAI },
  { ...ONE_MYSQL, id: 'my-cloud', storageType: 'cloud_essd', history: { days: 3 }, crossRegion: TO_SHANGHAI },
  { ...ONE_MYSQL, id: 'pg', engine: 'PostgreSQL', history: { days: 3 }, crossRegion: TO_SHANGHAI },
  {
    ...ONE_MYSQL,
    id: 'mssql',
    engine: 'SQLServer',
    history: { days: 3, manualSets: [{ agoMs: 5 * HOUR_MS, method: 'Snapshot' }] },
    crossRegion: TO_SHANGHAI,
  },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET, knobs: { rateLimits: { 'cross-region': 100 } } });
});

afterEach(() => rig.close());

type Fields = Partial<DescribeCrossRegionBackupsRequest>;

const ALL: Fields = { startTime: '2026-01-01T00:00:00Z', endTime: '2027-01-01T00:00:00Z' };

async function ask(id: string, fields: Fields = ALL): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeCrossRegionBackups']>>['body']>> {
  const { body } = await rig.client.describeCrossRegionBackups(new DescribeCrossRegionBackupsRequest({ DBInstanceId: id, regionId: 'cn-hangzhou', ...fields }));
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

const startsOf = async (id: string, fields: Fields = ALL): Promise<readonly string[]> =>
  ((await ask(id, fields)).items?.item ?? []).map((item) => `${item.backupStartTime?.slice(0, 13)} ${item.backupSetStatus}`);

const setsOf = (id: string): readonly string[] => (rig.world.find(id)?.sets ?? []).map((set) => set.id);
const copyIds = async (id: string, fields: Fields = ALL): Promise<readonly (number | undefined)[]> =>
  ((await ask(id, fields)).items?.item ?? []).map((item) => item.crossBackupId);

describe('DescribeCrossRegionBackups', () => {
  test('says every field in its documented type: letters, numbers, and 0 for success', async () => {
    const body = await ask('pg');

    expect(body).toMatchObject({
      regionId: 'cn-hangzhou',
      startTime: ALL.startTime,
      endTime: ALL.endTime,
      pageNumber: 1,
      pageRecordCount: 3,
      totalRecordCount: 3,
    });
    const [item] = body.items?.item ?? [];
    const [newest] = (rig.world.find('pg')?.sets ?? []).slice(-1);
    expect(item).toEqual({
      crossBackupId: expect.any(Number),
      crossBackupRegion: 'cn-shanghai',
      crossBackupSetFile: expect.stringMatching(/^cn-hangzhou_pg_hins5882781_data_\d{14}_qp\.xb$/),
      crossBackupSetLocation: 'oss',
      crossBackupSetSize: newest?.sizeBytes,
      crossBackupDownloadLink: '',
      backupStartTime: expect.stringMatching(/^2026-11-20T18:\d\d:\d\dZ$/),
      backupEndTime: expect.stringMatching(/^2026-11-20T18:\d\d:\d\dZ$/),
      consistentTime: item?.backupStartTime,
      backupMethod: 'P',
      backupType: 'F',
      backupSetScale: 0,
      backupSetStatus: 0,
      category: 'HighAvailability',
      DBInstanceStorageType: 'cloud_essd',
      engine: 'pgsql',
      engineVersion: '16.0',
      instanceId: 5882781,
      restoreRegions: { restoreRegion: ['cn-shanghai'] },
    });
  });

  test('shows dumps and single databases as such, with links, and both regions for MySQL on local disks', async () => {
    const [newest] = (await ask('rm-one')).items?.item ?? [];

    expect(newest).toMatchObject({ backupMethod: 'L', backupSetScale: 1, engine: 'mysql', restoreRegions: { restoreRegion: ['cn-shanghai', 'cn-hangzhou'] } });
    expect(newest?.crossBackupDownloadLink).toMatch(/^http:\/\/rdsddrbak-cn-shanghai\.oss-cn-shanghai\.aliyuncs\.com\//);
  });

  test('has a copy of every good set since copying was switched on, and of none before', async () => {
    expect(await startsOf('recent')).toHaveLength(2);
    expect(setsOf('recent')).toHaveLength(5);
    expect(await startsOf('off')).toHaveLength(3);
    expect(await startsOf('uncopied')).toEqual([]);
  });

  test('copies no snapshots of SQL Server, and shows its differentials as such', async () => {
    const items = (await ask('mssql')).items?.item ?? [];

    expect(items.map((item) => item.backupType)).toEqual(['I', 'I', 'F']);
    expect(items.every((item) => item.engine === 'mssql')).toBe(true);
  });

  test('keeps copies longer than the sets that they are of', async () => {
    expect(setsOf('long').length).toBeLessThan(9);
    expect(await startsOf('long')).toHaveLength(30);
    expect((await ask('long')).totalRecordCount).toBe(40);
    expect(await startsOf('long', { ...ALL, pageSize: 100 })).toHaveLength(40);
    rig.world.changeInstance('long', { status: 'Stopped' });
    rig.clock.advance(59 * DAY_MS);
    expect((await ask('long')).totalRecordCount).toBe(1);
  });

  test('filters by the start of the backup, the copy, the local set and the region', async () => {
    const [id] = await copyIds('pg');
    const [oldest] = setsOf('pg');

    expect(await startsOf('pg', { startTime: '2026-11-19T00:00:00Z', endTime: '2026-11-20T00:00:00Z' })).toEqual(['2026-11-19T18 0']);
    expect(await copyIds('pg', { crossBackupId: id ?? 0 })).toEqual([id]);
    expect(await startsOf('pg', { ...ALL, backupId: Number(oldest) })).toEqual(['2026-11-18T18 0']);
    expect(await startsOf('pg', { ...ALL, backupId: 1 })).toEqual([]);
    expect(await startsOf('pg', { ...ALL, crossBackupRegion: 'cn-beijing' })).toEqual([]);
    expect(await startsOf('pg', { ...ALL, regionId: 'cn-shanghai' })).toHaveLength(3);
  });

  test.each<{ name: string; id?: string; fields: Fields; status: number; code: string }>([
    { name: 'neither times nor a copy', fields: {}, status: 400, code: 'ParameterAbsence' },
    { name: 'a local set alone', fields: { backupId: 1 }, status: 400, code: 'ParameterAbsence' },
    { name: 'half a window', fields: { startTime: '2026-11-19T00:00:00Z' }, status: 400, code: 'ParameterAbsence' },
    { name: 'a start in minutes', fields: { ...ALL, startTime: '2026-11-19T00:00Z' }, status: 400, code: 'InvalidStartTime.Format' },
    { name: 'an end in minutes', fields: { ...ALL, endTime: '2026-12-19T00:00Z' }, status: 400, code: 'InvalidEndTime.Format' },
    { name: 'an end before the start', fields: { startTime: ALL.endTime, endTime: ALL.startTime } as Fields, status: 400, code: 'InvalidTime.Format' },
    { name: 'an id of a local set beyond 32 bits', fields: { ...ALL, backupId: 2_147_483_648 }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'a page of 29', fields: { ...ALL, pageSize: 29 }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'an unknown instance', id: 'ghost', fields: ALL, status: 404, code: 'InvalidDBInstance.NotFound' },
    { name: 'MySQL on cloud disks', id: 'my-cloud', fields: ALL, status: 404, code: 'InvalidDBInstance.NotFound' },
    { name: 'a region that does not exist', fields: { ...ALL, regionId: 'moon-1' }, status: 400, code: 'InvalidRegion.Format' },
    { name: 'a region that has nothing of it', fields: { ...ALL, regionId: 'cn-beijing' }, status: 404, code: 'InvalidDBInstance.NotFound' },
  ])('refuses $name', async ({ id = 'pg', fields, status, code }) => {
    expect(await failureOf(ask(id, fields))).toMatchObject({ statusCode: status, code });
  });

  test('takes the largest id that the filter can carry', async () => {
    expect(await copyIds('pg', { ...ALL, backupId: 2_147_483_647 })).toEqual([]);
  });

  test('shows a new copy when it has come, which takes a while after the set is there', async () => {
    rig.world.planNextJob('rm-one', { durationMs: 10 * MINUTE_MS });
    rig.world.humanBackup('rm-one', { method: 'Physical' });
    const { length: before } = await startsOf('rm-one');

    rig.clock.advance(10 * MINUTE_MS + 4 * MINUTE_MS);
    expect(await startsOf('rm-one')).toHaveLength(before);
    rig.clock.advance(2 * MINUTE_MS);
    expect(await startsOf('rm-one')).toHaveLength(before + 1);
  });

  test('keeps the copies of a released instance, but for MySQL on cloud disks', async () => {
    rig.world.releaseInstance('pg');
    rig.world.releaseInstance('my-cloud');

    rig.clock.advance(30 * DAY_MS);

    expect(await startsOf('pg')).toHaveLength(3);
    expect(rig.world.find('my-cloud')?.copies ?? []).toEqual([]);
  });
});

describe('a planted fault', () => {
  test.each<{ name: string; fault: CopyFault; soon: readonly string[]; afterAnHour: readonly string[] }>([
    { name: 'a missing copy', fault: { kind: 'missing' }, soon: [], afterAnHour: [] },
    { name: 'a failed copy', fault: { kind: 'failed' }, soon: ['cn-shanghai 1'], afterAnHour: ['cn-shanghai 1'] },
    { name: 'a late copy', fault: { kind: 'late', lagMs: 30 * MINUTE_MS }, soon: [], afterAnHour: ['cn-shanghai 0'] },
    { name: 'a copy elsewhere', fault: { kind: 'wrong-region', region: 'cn-beijing' }, soon: ['cn-beijing 0'], afterAnHour: ['cn-beijing 0'] },
    { name: 'a copy that goes early', fault: { kind: 'expires-early', afterMs: 30 * MINUTE_MS }, soon: ['cn-shanghai 0'], afterAnHour: [] },
  ])('is $name, of the next set', async ({ fault, soon, afterAnHour }) => {
    const list = async (): Promise<readonly string[]> =>
      ((await ask('rm-one', { ...ALL, startTime: '2026-11-21T00:30:00Z' })).items?.item ?? []).map(
        (item) => `${item.crossBackupRegion} ${item.backupSetStatus}`,
      );
    rig.world.plantCopyFault('rm-one', 'next', fault);
    rig.world.planNextJob('rm-one', { durationMs: MINUTE_MS });
    rig.world.humanBackup('rm-one');

    rig.clock.advance(11 * MINUTE_MS);
    expect(await list()).toEqual(soon);
    rig.clock.advance(HOUR_MS);
    expect(await list()).toEqual(afterAnHour);

    rig.world.humanBackup('rm-one');
    rig.clock.advance(3 * HOUR_MS);
    expect((await list())[0]).toBe('cn-shanghai 0');
  });

  test('hits the copy of a set that is there', async () => {
    const [oldest = '', second = ''] = setsOf('pg');

    rig.world.plantCopyFault('pg', oldest, { kind: 'missing' });
    rig.world.plantCopyFault('pg', second, { kind: 'failed' });

    expect(await startsOf('pg')).toEqual(['2026-11-20T18 0', '2026-11-19T18 1']);
    expect(await startsOf('flawed')).toEqual(['2026-11-20T18 1', '2026-11-19T18 0', '2026-11-18T18 0']);
  });

  test('is refused where there is no copy to hit', () => {
    expect(() => rig.world.plantCopyFault('uncopied', 'next', { kind: 'missing' })).toThrow(RangeError);
    expect(() => rig.world.plantCopyFault('pg', '1', { kind: 'missing' })).toThrow('no copy of the set 1');
  });

  test('is a copy of a set that was never here', async () => {
    const id = rig.world.plantOrphanCopy('pg', { agoMs: 7 * HOUR_MS + HOUR_MS });

    expect(await copyIds('pg')).toContain(Number(id));
    expect(await startsOf('pg', { ...ALL, startTime: '2026-11-20T16:00:00Z', endTime: '2026-11-20T17:30:00Z' })).toEqual(['2026-11-20T17 0']);
    expect(() => rig.world.plantOrphanCopy('uncopied', { agoMs: HOUR_MS })).toThrow('tell its region');
    expect(() => rig.world.plantOrphanCopy('pg', { agoMs: -1 })).toThrow('agoMs');
  });

  test('is not what sets of the past have: theirs are copied too', async () => {
    const [id = ''] = rig.world.addSets('pg', [{ agoMs: 3 * HOUR_MS }]);
    rig.world.addSets('off', [{ agoMs: 3 * HOUR_MS }]);

    expect(await startsOf('pg', { ...ALL, backupId: Number(id) })).toEqual(['2026-11-20T22 0']);
    expect(await startsOf('off')).toHaveLength(3);
  });
});

test('a share of the copies fails, the same ones in the same world', async () => {
  const failed = async (): Promise<readonly (string | undefined)[]> => {
    await rig.close();
    rig = await startRig({ fleet: FLEET, knobs: { crossRegion: { failPercent: 30 } } });
    return ((await ask('long', { ...ALL, pageSize: 100 })).items?.item ?? []).filter((item) => item.backupSetStatus === 1).map((item) => item.backupStartTime);
  };

  const first = await failed();

  expect(first.length).toBeGreaterThan(3);
  expect(first.length).toBeLessThan(25);
  expect(await failed()).toEqual(first);
});
