import { CreateBackupRequest, DescribeBackupsRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

afterEach(() => rig.close());

const ask = (fields: Partial<DescribeBackupsRequest> = {}): DescribeBackupsRequest => new DescribeBackupsRequest({ DBInstanceId: 'rm-one', ...fields });

const idsOf = async (fields: Partial<DescribeBackupsRequest> = {}): Promise<readonly (string | undefined)[]> => {
  const { body } = await rig.client.describeBackups(ask(fields));
  return (body?.items?.backup ?? []).map((set) => set.backupId);
};

describe('DescribeBackups: serialization', () => {
  test('says every field in its documented type and form', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, engineVersion: '5.6', history: { days: 1 } }] });

    const { body } = await rig.client.describeBackups(ask());

    expect(body).toMatchObject({ pageNumber: '1', pageRecordCount: '1', totalRecordCount: '1', totalEcsSnapshotSize: 0 });
    expect(body?.items?.backup?.[0]).toMatchObject({
      DBInstanceId: 'rm-one',
      backupId: expect.stringMatching(/^\d+$/),
      backupStartTime: expect.stringMatching(/^2026-11-20T18:\d\d:00Z$/),
      backupEndTime: expect.stringMatching(/^2026-11-20T1[89]:\d\d:\d\dZ$/),
      backupMode: 'Automated',
      backupInitiator: 'System',
      backupMethod: 'Physical',
      backupType: 'FullBackup',
      backupStatus: 'Success',
      backupSize: expect.any(Number),
      isAvail: 1,
      metaStatus: 'OK',
      storeStatus: 'Disabled',
      storageClass: '0',
      encryption: '{}',
      consistentTime: expect.any(Number),
      engine: 'MySQL',
      engineVersion: '5.6',
      expectExpireTime: expect.stringMatching(/^2026-11-27T/),
    });
    expect(body?.items?.backup?.[0]?.consistentTime).toBeGreaterThan(1_700_000_000);
  });

  test('adds up the sizes of snapshots', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, storageType: 'cloud_essd', history: { days: 2 } }] });

    const { body } = await rig.client.describeBackups(ask());

    const sizes = (body?.items?.backup ?? []).map((set) => set.backupSize ?? 0);
    expect(sizes).toHaveLength(2);
    expect(body?.totalEcsSnapshotSize).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });
});

describe('DescribeBackups: validation', () => {
  beforeEach(async () => {
    rig = await startRig({ fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-new', status: 'Creating' }] });
  });

  test.each<{ name: string; fields: Partial<DescribeBackupsRequest>; status: number; code: string }>([
    { name: 'no instance', fields: { DBInstanceId: '' }, status: 400, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance', fields: { DBInstanceId: 'rm-none' }, status: 404, code: 'InvalidDBInstanceName.NotFound' },
    { name: 'an instance that is being created', fields: { DBInstanceId: 'rm-new' }, status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'a start in seconds', fields: { startTime: '2026-11-20T00:00:00Z' }, status: 400, code: 'InvalidStartTime.Format' },
    { name: 'an end that is no time', fields: { endTime: 'tomorrow' }, status: 400, code: 'InvalidEndTime.Format' },
    { name: 'an end at the start', fields: { startTime: '2026-11-20T00:00Z', endTime: '2026-11-20T00:00Z' }, status: 400, code: 'InvalidParameterCombination' },
    { name: 'page zero', fields: { pageNumber: 0 }, status: 400, code: 'InvalidPageNumbers.Malformed' },
    { name: 'a page of 29', fields: { pageSize: 29 }, status: 403, code: 'InvalidMaxRecordsPerPage.Malformed' },
    { name: 'a page of 1001', fields: { pageSize: 1001 }, status: 403, code: 'InvalidMaxRecordsPerPage.Malformed' },
    { name: 'an unknown status', fields: { backupStatus: 'Good' }, status: 400, code: 'InvalidBackupStatus' },
  ])('refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(rig.client.describeBackups(ask(fields)))).toMatchObject({ statusCode: status, code });
  });
});

describe('DescribeBackups: functionality', () => {
  test('shows a set a minute after its job is finished, and not before', async () => {
    rig = await startRig();
    rig.world.planNextJob('rm-one', { durationMs: 10 * MINUTE_MS });
    await rig.client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one' }));

    rig.clock.advance(11 * MINUTE_MS - 1);
    expect(await idsOf()).toEqual([]);

    rig.clock.advance(1);
    expect(await idsOf()).toHaveLength(1);
  });

  test('lists failed backups too, as failed and empty', async () => {
    rig = await startRig();
    rig.world.planNextJob('rm-one', { outcome: 'Failed', durationMs: MINUTE_MS });
    await rig.client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one' }));
    rig.clock.advance(HOUR_MS);

    const { body } = await rig.client.describeBackups(ask());

    expect(body?.items?.backup).toMatchObject([{ backupStatus: 'Failed', metaStatus: 'EMPTY', isAvail: 0, backupSize: 0 }]);
  });

  test('filters by id, mode, status, type and time of start', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, history: { days: 3, foreignToday: 1 } }] });
    const all = await idsOf();
    const manual = await idsOf({ backupMode: 'Manual' });

    expect(all).toHaveLength(4);
    expect(manual).toHaveLength(1);
    expect(await idsOf({ backupId: String(all[2]) })).toEqual([all[2]]);
    expect(await idsOf({ backupStatus: 'Failed' })).toEqual([]);
    expect(await idsOf({ backupType: 'IncrementalBackup' })).toEqual([]);
    expect(await idsOf({ startTime: '2026-11-19T00:00Z', endTime: '2026-11-20T00:00Z' })).toEqual([all[2]]);
  });

  test('pages, newest first, and says how many there are', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, settings: { retentionDays: 60 }, history: { days: 40 } }] });

    const first = await rig.client.describeBackups(ask());
    const second = await rig.client.describeBackups(ask({ pageNumber: 2 }));
    const third = await rig.client.describeBackups(ask({ pageNumber: 3 }));

    expect([first, second, third].map((page) => page.body?.items?.backup?.length)).toEqual([30, 10, 0]);
    expect(second.body).toMatchObject({ pageNumber: '2', pageRecordCount: '10', totalRecordCount: '40' });
    const starts = [first, second].flatMap((page) => (page.body?.items?.backup ?? []).map((set) => set.backupStartTime ?? ''));
    expect(starts).toEqual([...starts].sort().reverse());
  });

  test('forgets sets whose retention is over, and marks those past the protected window', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, settings: { retentionDays: 10, logRetentionDays: 7 }, history: { days: 30 } }] });

    const { body } = await rig.client.describeBackups(ask());

    const states = (body?.items?.backup ?? []).map((set) => set.storeStatus);
    expect(states).toEqual(['Disabled', 'Disabled', 'Disabled', 'Disabled', 'Disabled', 'Disabled', 'Disabled', 'Enabled', 'Enabled', 'Enabled']);
    rig.clock.advance(30 * DAY_MS);
    expect(await idsOf()).toHaveLength(10);
  });

  test('does not show a set that was deleted', async () => {
    rig = await startRig({ fleet: [{ ...ONE_MYSQL, history: { days: 2 } }] });
    const [newest, oldest] = await idsOf();

    rig.world.deleteSet('rm-one', String(newest));

    expect(await idsOf()).toEqual([oldest]);
  });
});
