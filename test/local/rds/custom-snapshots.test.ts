import {
  CreateRCSnapshotRequest,
  CreateRCSnapshotRequestTag,
  DeleteRCSnapshotRequest,
  DescribeRCDisksRequest,
  DescribeRCDisksRequestTag,
  DescribeRCSnapshotsRequest,
} from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import { failureOf, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig();
  rig.world.addCustomDisk({ id: 'rcd-data', instanceId: 'rc-one', sizeGb: 60, tags: { tier: 'gold' }, description: 'data' });
  rig.world.addCustomDisk({ id: 'rcd-system', instanceId: 'rc-one', type: 'system', isEncrypted: true });
  rig.world.addCustomDisk({ id: 'rcd-loose' });
  rig.world.addCustomDisk({ id: 'rcd-starting', instanceId: 'rc-two', instanceStatus: 'Starting' });
  rig.world.addCustomDisk({ id: 'rcd-shanghai', regionId: 'cn-shanghai' });
  rig.world.addCustomDisk({ id: 'rcd-others', accountId: '2222222222222222' });
});

afterEach(() => rig.close());

type Wish = Partial<CreateRCSnapshotRequest>;
type Query = Partial<DescribeRCSnapshotsRequest>;

async function create(fields: Wish = {}): Promise<string> {
  const { body } = await rig.client.createRCSnapshot(new CreateRCSnapshotRequest({ regionId: 'cn-hangzhou', diskId: 'rcd-data', ...fields }));
  return body?.snapshotId ?? '';
}

async function list(fields: Query = {}): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeRCSnapshots']>>['body']>> {
  const { body } = await rig.client.describeRCSnapshots(new DescribeRCSnapshotsRequest({ regionId: 'cn-hangzhou', ...fields }));
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

const idsOf = async (fields: Query = {}): Promise<readonly (string | undefined)[]> => ((await list(fields)).snapshots ?? []).map((each) => each.snapshotId);

const remove = (snapshotId: string, force?: boolean): Promise<unknown> =>
  rig.client.deleteRCSnapshot(new DeleteRCSnapshotRequest({ regionId: 'cn-hangzhou', snapshotId, ...(force === undefined ? {} : { force }) }));

describe('DescribeRCDisks', () => {
  type Fields = Partial<DescribeRCDisksRequest>;

  const ask = async (fields: Fields = {}): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeRCDisks']>>['body']>> => {
    const { body } = await rig.client.describeRCDisks(new DescribeRCDisksRequest({ regionId: 'cn-hangzhou', ...fields }));
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  };
  const disksOf = async (fields: Fields): Promise<readonly (string | undefined)[]> => ((await ask(fields)).disks ?? []).map((disk) => disk.diskId);

  test('is asked by GET, and lists the disks of a region as a plain array', async () => {
    const body = await ask();

    expect(body).toMatchObject({ pageNumber: 1, pageSize: 30, totalCount: 4 });
    expect(body.disks?.[0]).toMatchObject({
      diskId: 'rcd-data',
      instanceId: 'rc-one',
      type: 'data',
      size: 60,
      status: 'In_use',
      encrypted: false,
      description: 'data',
      regionId: 'cn-hangzhou',
      tag: [{ tagKey: 'tier', tagValue: 'gold' }],
    });
    expect(body.disks?.[2]).toMatchObject({ diskId: 'rcd-loose', status: 'Available' });
  });

  test('filters by ids, host and tags', async () => {
    expect(await disksOf({ diskIds: '["rcd-system","rcd-ghost"]' })).toEqual(['rcd-system']);
    expect(await disksOf({ instanceId: 'rc-one' })).toEqual(['rcd-data', 'rcd-system']);
    expect(await disksOf({ tag: [new DescribeRCDisksRequestTag({ key: 'tier', value: 'gold' })] })).toEqual(['rcd-data']);
    expect(await disksOf({ tag: [new DescribeRCDisksRequestTag({ key: 'tier' })] })).toEqual(['rcd-data']);
    expect(await disksOf({ regionId: 'cn-shanghai' })).toEqual(['rcd-shanghai']);
    expect(await failureOf(ask({ diskIds: 'rcd-data' }))).toMatchObject({ statusCode: 400, code: 'InvalidDiskIds' });
    expect(await failureOf(ask({ pageSize: 101 }))).toMatchObject({ statusCode: 400, code: 'InvalidPageSize' });
  });
});

describe('CreateRCSnapshot', () => {
  test('begins a snapshot that is done a while later, and says every field in its documented type', async () => {
    const id = await create({ description: 'before the change', tag: [new CreateRCSnapshotRequestTag({ key: 'a', value: 'b' })] });

    expect(id).toMatch(/^rcds-/);
    expect((await list()).snapshots).toEqual([
      {
        snapshotId: id,
        snapshotName: id,
        description: 'before the change',
        regionId: 'cn-hangzhou',
        sourceDiskId: 'rcd-data',
        sourceDiskSize: 60,
        sourceDiskType: 'data',
        sourceStorageType: 'disk',
        status: 'progressing',
        progress: '0',
        available: false,
        category: 'Standard',
        creationTime: '2026-11-21T01:00:00Z',
        lastModifiedTime: '2026-11-21T01:00:00Z',
        snapshotType: 'user',
        encrypted: false,
        instantAccess: false,
        usage: 'none',
        resourceGroupId: 'rg-acfmyexample',
        tag: [{ tagKey: 'a', tagValue: 'b' }],
      },
    ]);
    rig.clock.advance(MINUTE_MS);
    expect((await list()).snapshots?.[0]).toMatchObject({ status: 'progressing', progress: '50' });
    rig.clock.advance(MINUTE_MS);
    expect((await list()).snapshots?.[0]).toMatchObject({ status: 'accomplished', progress: '100', available: true });
    rig.world.changeCustomSnapshot(id, { outcome: 'failed' });
    expect((await list()).snapshots?.[0]).toMatchObject({ status: 'failed', available: false });
  });

  test('keeps a snapshot as long as it was told, or for ever', async () => {
    const short = await create({ retentionDays: 1 });
    const long = await create({ diskId: 'rcd-system', retentionDays: 65_536 });
    const forever = await create({ diskId: 'rcd-loose' });

    rig.clock.advance(DAY_MS);

    expect(new Set(await idsOf())).toEqual(new Set([long, forever]));
    expect(await idsOf()).not.toContain(short);
  });

  test.each<{ name: string; fields: Wish; status: number; code: string }>([
    { name: 'an unknown disk', fields: { diskId: 'ghost' }, status: 404, code: 'InvalidDiskId.NotFound' },
    { name: 'a disk of another region', fields: { diskId: 'rcd-shanghai' }, status: 404, code: 'InvalidDiskId.NotFound' },
    { name: 'a disk of others', fields: { diskId: 'rcd-others' }, status: 404, code: 'InvalidDiskId.NotFound' },
    { name: 'a host that starts', fields: { diskId: 'rcd-starting' }, status: 403, code: 'IncorrectInstanceStatus' },
    { name: 'one letter', fields: { description: 'x' }, status: 400, code: 'InvalidDescription.Malformed' },
    { name: 'an address', fields: { description: 'https://x' }, status: 400, code: 'InvalidDescription.Malformed' },
    { name: '257 letters', fields: { description: 'x'.repeat(257) }, status: 400, code: 'InvalidDescription.Malformed' },
    { name: 'no day', fields: { retentionDays: 0 }, status: 400, code: 'InvalidRetentionDays' },
    { name: '65537 days', fields: { retentionDays: 65_537 }, status: 400, code: 'InvalidRetentionDays' },
  ])('refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(create(fields))).toMatchObject({ statusCode: status, code });
  });

  test('makes one at a time of a disk, and 256 at most', async () => {
    await create();
    expect(await failureOf(create())).toMatchObject({ statusCode: 403, code: 'IncorrectDiskStatus.CreatingSnapshot' });
    for (let n = 1; n < 256; n += 1) {
      rig.clock.advance(HOUR_MS);
      await create();
    }
    rig.clock.advance(HOUR_MS);

    expect(await failureOf(create())).toMatchObject({ statusCode: 403, code: 'QuotaExceed.Snapshot' });
    await expect(create({ diskId: 'rcd-system' })).resolves.toBeDefined();
    expect((await list({ diskId: 'rcd-data', pageSize: 50, pageNumber: 6 })).snapshots).toHaveLength(6);
  });
});

describe('DescribeRCSnapshots', () => {
  test('filters by ids, disk, host and region, newest first', async () => {
    const first = await create();
    rig.clock.advance(HOUR_MS);
    const second = await create({ diskId: 'rcd-loose' });

    expect(await idsOf()).toEqual([second, first]);
    expect(await idsOf({ diskId: 'rcd-data' })).toEqual([first]);
    expect(await idsOf({ instanceId: 'rc-one' })).toEqual([first]);
    expect(await idsOf({ snapshotIds: JSON.stringify([second]) })).toEqual([second]);
    expect(await idsOf({ regionId: 'cn-shanghai' })).toEqual([]);
    expect(await idsOf({ pageNumber: 2, pageSize: 1 })).toEqual([first]);
    expect(await failureOf(list({ snapshotIds: '{}' }))).toMatchObject({ statusCode: 400, code: 'InvalidSnapshotIds' });
    expect(await failureOf(list({ pageSize: 51 }))).toMatchObject({ statusCode: 400, code: 'InvalidPageSize' });
  });
});

describe('DeleteRCSnapshot', () => {
  test('deletes one, and takes an unknown one for a success', async () => {
    const id = await create();

    await remove(id);

    expect(await idsOf()).toEqual([]);
    await expect(remove(id)).resolves.toBeDefined();
  });

  test('deletes what disks were made from by force only, and what images were made from never', async () => {
    const id = await create();
    rig.world.changeCustomSnapshot(id, { usage: 'image_disk' });
    expect(await failureOf(remove(id, true))).toMatchObject({ statusCode: 403, code: 'SnapshotCreatedImage' });
    rig.world.changeCustomSnapshot(id, { usage: 'disk' });
    expect(await failureOf(remove(id))).toMatchObject({ statusCode: 403, code: 'SnapshotCreatedDisk' });
    expect(await failureOf(remove(id, false))).toMatchObject({ statusCode: 403, code: 'SnapshotCreatedDisk' });

    await remove(id, true);

    expect(await idsOf()).toEqual([]);
    expect(() => rig.world.changeCustomSnapshot(id, {})).toThrow(RangeError);
  });
});
