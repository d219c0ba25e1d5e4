import { DAY_MS, HOUR_MS, instant, plusMs } from '../../../lib/base/instant';
import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { CrossRegionCopy } from '../../../lib/domain/cross-region';
import { at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const WIRE = {
  CrossBackupId: 14377,
  CrossBackupRegion: 'cn-beijing',
  InstanceId: 8161055,
  Engine: 'mysql',
  EngineVersion: '8.0',
  BackupStartTime: '2026-11-20T17:00:00Z',
  BackupEndTime: '2026-11-20T17:20:00Z',
  ConsistentTime: '2026-11-20T17:19:44Z',
  BackupMethod: 'P',
  BackupType: 'F',
  BackupSetScale: 0,
  BackupSetStatus: 0,
  CrossBackupSetSize: 5_312_836,
  CrossBackupDownloadLink: 'http://rdsddrbak.oss.aliyuncs.com/x?Signature=s3cr3t',
  RestoreRegions: { RestoreRegion: ['cn-beijing', 'cn-hangzhou'] },
};
const COPY: CrossRegionCopy = {
  id: '14377',
  instanceId: 'rm-1',
  region: 'cn-beijing',
  startedAt: at('2026-11-20T17:00:00Z'),
  endedAt: at('2026-11-20T17:20:00Z'),
  consistentAt: at('2026-11-20T17:19:44Z'),
  status: 'success',
  method: 'physical',
  type: 'full',
  scope: 'instance',
  sizeBytes: 5_312_836,
  restoreRegions: ['cn-beijing', 'cn-hangzhou'],
};
const WINDOW = { from: at('2026-11-14T01:00:00Z'), to: at('2026-11-21T01:00:00Z') };

const stub = useStub();
const listed = (...wires: object[]): ReturnType<typeof ok> => ok({ TotalRecordCount: wires.length, Items: { Item: wires } });

test('copies are asked for by region, destination and a window with seconds', async () => {
  const gateway = await stub.answering(() => listed(WIRE));

  expect(await gateway.listCopies('rm-1', 'cn-beijing', WINDOW)).toEqual([COPY]);
  expect(stub.calls()).toEqual([
    {
      action: 'DescribeCrossRegionBackups',
      query: {
        DBInstanceId: 'rm-1',
        RegionId: 'cn-hangzhou',
        CrossBackupRegion: 'cn-beijing',
        StartTime: '2026-11-14T01:00:00Z',
        EndTime: '2026-11-21T01:00:00Z',
        PageNumber: '1',
        PageSize: '100',
      },
    },
  ]);
});

test.each<{ name: string; wire: object; copy: Partial<CrossRegionCopy> }>([
  { name: 'a failure is 1', wire: { BackupSetStatus: 1 }, copy: { status: 'failed' } },
  { name: 'a status that is not told is no success', wire: { BackupSetStatus: null }, copy: { status: 'failed' } },
  { name: 'a status as text', wire: { BackupSetStatus: '0' }, copy: { status: 'success' } },
  { name: 'a logical copy', wire: { BackupMethod: 'L' }, copy: { method: 'logical' } },
  { name: 'a method in full', wire: { BackupMethod: 'Snapshot' }, copy: { method: 'snapshot' } },
  { name: 'a method of another kind', wire: { BackupMethod: 'X' }, copy: { method: undefined } },
  { name: 'an incremental copy', wire: { BackupType: 'I' }, copy: { type: 'incremental' } },
  { name: 'a type in full', wire: { BackupType: 'FullBackup' }, copy: { type: 'full' } },
  { name: 'single databases', wire: { BackupSetScale: 1 }, copy: { scope: 'databases' } },
  { name: 'a scale that is not told', wire: { BackupSetScale: '' }, copy: { scope: 'unknown' } },
  { name: 'an id above 2^31', wire: { CrossBackupId: 3_214_377_123 }, copy: { id: '3214377123' } },
  { name: 'an id as text', wire: { CrossBackupId: '3214377123' }, copy: { id: '3214377123' } },
  { name: 'no consistent time', wire: { ConsistentTime: '' }, copy: { consistentAt: undefined } },
  { name: 'no end', wire: { BackupEndTime: '' }, copy: { endedAt: COPY.startedAt } },
  { name: 'times in minutes', wire: { BackupStartTime: '2026-11-20T17:00Z', BackupEndTime: '2026-11-20T17:20Z' }, copy: {} },
  { name: 'no size', wire: { CrossBackupSetSize: '' }, copy: { sizeBytes: 0 } },
  { name: 'nowhere to restore', wire: { RestoreRegions: {} }, copy: { restoreRegions: [] } },
  { name: 'no region', wire: { CrossBackupRegion: '' }, copy: { region: 'cn-beijing' } },
  { name: 'another region', wire: { CrossBackupRegion: 'cn-qingdao' }, copy: { region: 'cn-qingdao' } },
])('of a copy is understood: $name', async ({ wire, copy }) => {
  const gateway = await stub.answering(() => listed({ ...WIRE, ...wire }));

  expect(await gateway.listCopies('rm-1', 'cn-beijing', WINDOW)).toEqual([{ ...COPY, ...copy }]);
});

test('all pages are read, oldest first, without those that started outside the window', async () => {
  const wires = Array.from({ length: 130 }, (_, index) => ({
    ...WIRE,
    CrossBackupId: 1_000 + index,
    BackupStartTime: new Date(WINDOW.to - index * HOUR_MS).toISOString().replace('.000', ''),
  }));
  const gateway = await stub.answering(({ query }) => {
    const start = (Number(query['PageNumber']) - 1) * 100;
    return ok({ TotalRecordCount: 130, Items: { Item: wires.slice(start, start + 100) } });
  });

  const copies = await gateway.listCopies('rm-1', 'cn-beijing', { from: plusMs(WINDOW.to, -125 * HOUR_MS), to: WINDOW.to });

  expect(copies.map(({ id }) => Number(id))).toEqual(Array.from({ length: 125 }, (_, index) => 1_125 - index));
  expect(stub.calls()).toHaveLength(2);
});

test('a window of the past is asked for with a day more: the filter may look at the ends of backups', async () => {
  const gateway = await stub.answering(() => listed());

  await gateway.listCopies('rm-1', 'cn-beijing', { from: at('2026-11-01T00:00:00Z'), to: instant(at('2026-11-02T00:00:00Z') + 1) });

  expect(stub.calls()[0]?.query).toMatchObject({ StartTime: '2026-11-01T00:00:00Z', EndTime: '2026-11-03T00:00:01Z' });
});

test.each([
  { name: 'no list', members: { TotalRecordCount: 0 }, says: 'no list of copies in it' },
  {
    name: 'a copy without a start',
    members: { Items: { Item: [{ ...WIRE, BackupStartTime: '' }] } },
    says: 'copy 14377 has no id, no region or no readable start time',
  },
  { name: 'a copy without an id', members: { Items: { Item: [{ ...WIRE, CrossBackupId: null }] } }, says: 'copy without an id has no id' },
])('an answer with $name is refused as a whole: what is left out would look missing', async ({ members, says }) => {
  const gateway = await stub.answering(() => ok(members));

  const error = await failureOf(gateway.listCopies('rm-1', 'cn-beijing', WINDOW));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain(says);
  expect(JSON.stringify(error) + error.stack).not.toContain('s3cr3t');
});

test.each(['InvalidDBInstance.NotFound', 'IncorrectDBInstanceType', 'IncorrectDBInstanceEngine'])('%s means that these copies are not listed', async (code) => {
  const gateway = await stub.answering(() => refused(code, 403));

  await expect(failureOf(gateway.listCopies('rm-1', 'cn-beijing', WINDOW))).resolves.toMatchObject({
    code: 'refused',
    reason: 'copies-not-listed',
    hint: expect.stringContaining('MySQL on cloud disks'),
  });
});

describe('the copies of one set', () => {
  test('are asked for by its id, with a window that holds whatever is kept', async () => {
    const gateway = await stub.answering(() => listed(WIRE));

    expect(await gateway.findCopiesOf('rm-1', 'cn-beijing', '2147483647')).toEqual([COPY]);

    const query = stub.calls()[0]?.query ?? {};
    expect(query).toMatchObject({ BackupId: '2147483647', DBInstanceId: 'rm-1', RegionId: 'cn-hangzhou', CrossBackupRegion: 'cn-beijing' });
    const days = (at(query['EndTime'] ?? '') - at(query['StartTime'] ?? '')) / DAY_MS;
    expect(days).toBeGreaterThanOrEqual(1825);
  });

  test.each(['2147483648', '3214377123', 'b-n8tpg24c6i0v', '', '-1', '1.5'])('cannot be asked for by the id %p, and are not', async (backupId) => {
    const gateway = await stub.answering(() => listed(WIRE));

    expect(await gateway.findCopiesOf('rm-1', 'cn-beijing', backupId)).toBeUndefined();
    expect(stub.calls()).toEqual([]);
  });
});
