import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { CustomSnapshot } from '../../../lib/domain/custom-snapshot';
import { allOf, at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const WIRE = {
  SnapshotId: 'rcds-1',
  SnapshotName: 's-2ze8',
  Description: 'before the release',
  SourceDiskId: 'rcd-1',
  SourceDiskSize: 60,
  Status: 'accomplished',
  Progress: '100',
  Encrypted: true,
  CreationTime: '2026-10-18T09:37:14Z',
  Usage: 'none',
};
const SNAPSHOT: CustomSnapshot = {
  id: 'rcds-1',
  name: 's-2ze8',
  description: 'before the release',
  diskId: 'rcd-1',
  diskSizeGb: 60,
  status: 'accomplished',
  progressPercent: 100,
  isEncrypted: true,
  createdAt: at('2026-10-18T09:37:14Z'),
  usage: 'none',
};

const stub = useStub();

describe('the list', () => {
  test('is asked for by disk and ids, as a JSON array', async () => {
    const gateway = await stub.answering(() => ok({ TotalCount: 1, Snapshots: [WIRE] }));

    expect(await allOf(gateway.listCustomSnapshots({ diskId: 'rcd-1', snapshotIds: ['rcds-1', 'rcds-2'] }))).toEqual([SNAPSHOT]);
    expect(stub.calls()).toEqual([
      {
        action: 'DescribeRCSnapshots',
        query: { RegionId: 'cn-hangzhou', DiskId: 'rcd-1', SnapshotIds: '["rcds-1","rcds-2"]', PageNumber: '1', PageSize: '50' },
      },
    ]);
  });

  test.each<{ name: string; wire: object; snapshot: Partial<CustomSnapshot> }>([
    { name: 'one in progress', wire: { Status: 'progressing', Progress: '37%' }, snapshot: { status: 'progressing', progressPercent: 37 } },
    { name: 'one that failed', wire: { Status: 'failed', Progress: '' }, snapshot: { status: 'failed', progressPercent: undefined } },
    { name: 'a status of another kind', wire: { Status: 'archiving' }, snapshot: { status: 'unknown' } },
    {
      name: 'one of which little is told',
      wire: { SnapshotName: null, Description: null, SourceDiskId: null, SourceDiskSize: null, Encrypted: null, CreationTime: '', Usage: null },
      snapshot: { name: '', description: '', diskId: '', diskSizeGb: undefined, isEncrypted: undefined, createdAt: undefined, usage: '' },
    },
  ])('is understood: $name', async ({ wire, snapshot }) => {
    const gateway = await stub.answering(() => ok({ TotalCount: 1, Snapshots: [{ ...WIRE, ...wire }] }));

    expect(await allOf(gateway.listCustomSnapshots({}))).toEqual([{ ...SNAPSHOT, ...snapshot }]);
  });

  test('is read to its end, 50 at a time', async () => {
    const wires = Array.from({ length: 70 }, (_, index) => ({ ...WIRE, SnapshotId: `rcds-${index}` }));
    const gateway = await stub.answering(({ query }) => {
      const start = (Number(query['PageNumber']) - 1) * 50;
      return ok({ TotalCount: 70, Snapshots: wires.slice(start, start + 50) });
    });

    expect(await allOf(gateway.listCustomSnapshots({}))).toHaveLength(70);
  });

  test('of more than 100 ids is asked for in parts', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `rcds-${index}`);
    const gateway = await stub.answering(() => ok({ TotalCount: 0, Snapshots: [] }));

    await allOf(gateway.listCustomSnapshots({ snapshotIds: ids }));

    expect(stub.calls().flatMap(({ query }) => JSON.parse(query['SnapshotIds'] ?? '') as string[])).toEqual(ids);
    expect(stub.calls()).toHaveLength(2);
  });

  test('of no ids is empty, and not that of all snapshots', async () => {
    const gateway = await stub.answering(() => ok({ TotalCount: 1, Snapshots: [WIRE] }));

    expect(await allOf(gateway.listCustomSnapshots({ snapshotIds: [] }))).toEqual([]);
    expect(stub.calls()).toEqual([]);
  });

  test.each([
    { name: 'no list', members: {}, says: 'no list of snapshots in it' },
    { name: 'a snapshot without an id', members: { Snapshots: [{ ...WIRE, SnapshotId: '' }] }, says: 'a snapshot without an id in it' },
  ])('with $name is refused as a whole', async ({ members, says }) => {
    const gateway = await stub.answering(() => ok(members));

    expect((await failureOf(allOf(gateway.listCustomSnapshots({ diskId: 'rcd-1' })))).message).toContain(says);
    expect((await failureOf(allOf(gateway.listCustomSnapshots({})))).message).toContain(says);
  });
});

describe('a new snapshot', () => {
  test.each([
    { name: 'for ever', wish: { diskId: 'rcd-1', description: undefined, retentionDays: undefined }, query: {} },
    {
      name: 'for a while',
      wish: { diskId: 'rcd-1', description: 'before the release', retentionDays: 65_536 },
      query: { Description: 'before the release', RetentionDays: '65536' },
    },
  ])('is kept $name', async ({ wish, query }) => {
    const gateway = await stub.answering(() => ok({ SnapshotId: 'rcds-9' }));

    expect(await gateway.createCustomSnapshot(wish)).toEqual({ snapshotId: 'rcds-9' });
    expect(stub.calls()).toEqual([{ action: 'CreateRCSnapshot', query: { RegionId: 'cn-hangzhou', DiskId: 'rcd-1', ...query } }]);
  });

  test('whose answer is lost is not asked for again: there might be two', async () => {
    const gateway = await stub.answering(() => refused('InternalError', 500));

    const error = await failureOf(gateway.createCustomSnapshot({ diskId: 'rcd-1', description: undefined, retentionDays: undefined }));

    expect(error).toBeInstanceOf(AmbiguousError);
    expect(stub.calls()).toHaveLength(1);
  });

  test('that the answer does not name is in doubt', async () => {
    const gateway = await stub.answering(() => ok({}));

    const error = await failureOf(gateway.createCustomSnapshot({ diskId: 'rcd-1', description: undefined, retentionDays: undefined }));

    expect(error.message).toMatch(/may or may not have taken effect.*no snapshot id in it/);
  });
});

test.each([true, false])('a deletion says whether it is forced: %p', async (isForced) => {
  const gateway = await stub.answering(() => ok({}));

  await gateway.deleteCustomSnapshot('rcds-1', isForced);

  expect(stub.calls()).toEqual([{ action: 'DeleteRCSnapshot', query: { RegionId: 'cn-hangzhou', SnapshotId: 'rcds-1', Force: `${isForced}` } }]);
});
