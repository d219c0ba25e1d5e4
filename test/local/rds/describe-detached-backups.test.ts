import {
  DescribeBackupPolicyRequest,
  DescribeBackupsRequest,
  DescribeDBInstancesRequest,
  DescribeDetachedBackupsRequest,
  ListTagResourcesRequest,
  ListTagResourcesRequestTag,
} from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, type RdsRig, startRig } from './support';

const member = (id: string, more: Partial<FleetMember> = {}): FleetMember => ({
  id,
  engine: 'MySQL',
  usedGb: 1,
  tags: { tier: 'gold' },
  description: `about ${id}`,
  settings: { retentionDays: 30 },
  history: {
    days: 0,
    manualSets: [
      { agoMs: 2 * DAY_MS, keepDays: 4 },
      { agoMs: 10 * DAY_MS, keepDays: 60 },
      { agoMs: DAY_MS, keepDays: 60, outcome: 'Failed' },
    ],
  },
  ...more,
});

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [
      member('gone'),
      member('latest', { settings: { retentionDays: 30, releasedKeep: 'Lastest' } }),
      member('all', { settings: { retentionDays: 30, releasedKeep: 'All' } }),
      member('cloud', { storageType: 'cloud_essd' }),
      member('pg', { engine: 'PostgreSQL', storageType: 'local_ssd' }),
      member('alive'),
      member('shanghai', { regionId: 'cn-shanghai' }),
      member('many', { history: { days: 35 }, settings: { retentionDays: 60, releasedKeep: 'All' } }),
    ],
  });
});

afterEach(() => rig.close());

type Fields = Partial<DescribeDetachedBackupsRequest>;

async function ask(fields: Fields = {}): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeDetachedBackups']>>['body']>> {
  const { body } = await rig.client.describeDetachedBackups(new DescribeDetachedBackupsRequest({ region: 'cn-hangzhou', ...fields }));
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

const rowsOf = async (fields: Fields = {}): Promise<readonly (string | undefined)[]> =>
  ((await ask(fields)).items?.backup ?? []).map((set) => `${set.DBInstanceId} ${set.backupStartTime?.slice(0, 10)}`);

describe('DescribeDetachedBackups', () => {
  test('says every field in its documented type and form', async () => {
    rig.world.releaseInstance('gone');

    const body = await ask({ backupStatus: 'Success' });

    expect(body).toMatchObject({ pageNumber: '1', pageRecordCount: '2', totalRecordCount: '2' });
    expect(body.items?.backup?.[0]).toEqual({
      DBInstanceId: 'gone',
      DBInstanceComment: 'about gone',
      backupId: expect.stringMatching(/^\d+$/),
      backupStartTime: '2026-11-19T01:00:00Z',
      backupEndTime: expect.stringMatching(/^2026-11-19T01:\d\d:\d\dZ$/),
      backupStatus: 'Success',
      backupMode: 'Manual',
      backupMethod: 'Physical',
      backupType: 'FullBackup',
      backupSize: expect.any(Number),
      isAvail: 1,
      metaStatus: 'OK',
      storeStatus: 'Disabled',
      consistentTime: 0,
      hostInstanceID: '5882781',
      backupDownloadURL: expect.stringContaining('https://'),
      backupIntranetDownloadURL: expect.stringContaining('internal'),
    });
  });

  test.each<{ name: string; fields: Fields; status: number; code: string }>([
    { name: 'no region', fields: { region: '' }, status: 400, code: 'MissingRegion' },
    { name: 'an unknown mode', fields: { backupMode: 'Both' }, status: 400, code: 'InvalidBackupMode' },
    { name: 'an unknown status', fields: { backupStatus: 'Good' }, status: 400, code: 'InvalidBackupStatus' },
    { name: 'a page of 29', fields: { pageSize: 29 }, status: 400, code: 'InvalidPageSize' },
    { name: 'a page of 101', fields: { pageSize: 101 }, status: 400, code: 'InvalidPageSize' },
    { name: 'page zero', fields: { pageNumber: 0 }, status: 400, code: 'InvalidPageNumber' },
    { name: 'a start in seconds', fields: { startTime: '2026-11-20T00:00:00Z' }, status: 400, code: 'InvalidStartTime' },
    { name: 'an end before the start', fields: { startTime: '2026-11-20T00:00Z', endTime: '2026-11-19T00:00Z' }, status: 400, code: 'InvalidEndTime' },
  ])('refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: status, code });
  });

  test('shows released instances of MySQL on local disks, newest set first, and no others', async () => {
    expect(await rowsOf()).toEqual([]);

    for (const id of ['gone', 'cloud', 'pg', 'shanghai']) rig.world.releaseInstance(id);

    expect(await rowsOf()).toEqual(['gone 2026-11-20', 'gone 2026-11-19', 'gone 2026-11-11']);
    expect(await rowsOf({ region: 'cn-shanghai' })).toHaveLength(3);
  });

  test.each<{ name: string; fields: Fields; rows: readonly string[] }>([
    { name: 'by instance', fields: { DBInstanceId: 'all' }, rows: ['all 2026-11-20', 'all 2026-11-19', 'all 2026-11-11'] },
    { name: 'by status', fields: { backupStatus: 'Failed' }, rows: ['all 2026-11-20', 'gone 2026-11-20'] },
    { name: 'by mode', fields: { backupMode: 'Automated' }, rows: [] },
    { name: 'by time', fields: { startTime: '2026-11-11T00:00Z', endTime: '2026-11-12T00:00Z' }, rows: ['all 2026-11-11', 'gone 2026-11-11'] },
    { name: 'by resource group', fields: { resourceGroupId: 'rg-other' }, rows: [] },
    { name: 'by id', fields: { backupId: '1' }, rows: [] },
  ])('filters $name', async ({ fields, rows }) => {
    rig.world.releaseInstance('gone');
    rig.world.releaseInstance('all');

    expect(await rowsOf(fields)).toEqual(rows);
  });

  test('pages', async () => {
    rig.world.releaseInstance('many');

    const pages = [await ask(), await ask({ pageNumber: 2 })];

    expect(pages.map((page) => [page.pageNumber, page.pageRecordCount, page.totalRecordCount])).toEqual([
      ['1', '30', '35'],
      ['2', '5', '35'],
    ]);
  });

  test.each([
    { id: 'gone', name: 'seven days, or until they expire', after3Days: 2, after8Days: 0 },
    { id: 'latest', name: 'the newest good one for ever', after3Days: 3, after8Days: 1 },
    { id: 'all', name: 'all of them for ever', after3Days: 3, after8Days: 3 },
  ])('sets are kept by the released-keep policy: $name', async ({ id, after3Days, after8Days }) => {
    rig.world.releaseInstance(id);

    rig.clock.advance(3 * DAY_MS);
    expect(await rowsOf()).toHaveLength(after3Days);
    rig.clock.advance(5 * DAY_MS);
    expect(await rowsOf()).toHaveLength(after8Days);
    rig.clock.advance(700 * DAY_MS);
    expect(await rowsOf()).toHaveLength(after8Days);
  });

  test('a list of before the release does not have them yet', async () => {
    rig.world.releaseInstance('gone');
    rig.clock.advance(HOUR_MS);
    rig.faults.add({ service: 'rds', operation: 'DescribeDetachedBackups', effect: 'none', reply: { kind: 'stale', byMs: 2 * HOUR_MS } });

    expect(await rowsOf()).toEqual([]);
    expect(await rowsOf()).toHaveLength(3);
  });
});

describe('a released instance', () => {
  test('is in no list and known to no operation, and takes its job with it', async () => {
    rig.world.humanBackup('gone');

    rig.world.releaseInstance('gone');

    const { body } = await rig.client.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-hangzhou', pageSize: 100 }));
    const listed = (body?.items?.DBInstance ?? []).map((instance) => instance.DBInstanceId);
    expect(listed).toHaveLength(6);
    expect(listed).not.toContain('gone');
    const Tag = new ListTagResourcesRequestTag({ key: 'tier', value: 'gold' });
    const tagged = await rig.client.listTagResources(new ListTagResourcesRequest({ regionId: 'cn-hangzhou', resourceType: 'INSTANCE', tag: [Tag] }));
    expect(tagged.body?.tagResources?.tagResource).toHaveLength(6);
    expect(await failureOf(rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'gone' })))).toMatchObject({
      code: 'InvalidDBInstanceName.NotFound',
    });
    expect(await failureOf(rig.client.describeBackupPolicy(new DescribeBackupPolicyRequest({ DBInstanceId: 'gone' })))).toMatchObject({ statusCode: 404 });
    expect(rig.world.find('gone')?.job).toBeUndefined();
    expect(() => rig.world.humanBackup('gone')).toThrow('no instance gone');
  });

  test('makes no backups any more, and is forgotten with its last set', async () => {
    rig.world.releaseInstance('gone');
    rig.world.releaseInstance('all');

    rig.clock.advance(7 * DAY_MS - MINUTE_MS);
    rig.world.settle(rig.clock.now());
    expect(rig.world.find('gone')?.sets).toHaveLength(3);

    rig.clock.advance(MINUTE_MS);
    rig.world.settle(rig.clock.now());
    expect(rig.world.find('gone')).toBeUndefined();
    expect(rig.world.find('all')?.sets).toHaveLength(3);
    expect(rig.world.instancesIn(rig.world.find('all')?.spec.accountId ?? '', 'cn-hangzhou').map(({ spec }) => spec.id)).not.toContain('gone');
  });
});
