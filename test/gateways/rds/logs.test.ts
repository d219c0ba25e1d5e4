import { instant } from '../../../lib/base/instant';
import type { LogFile } from '../../../lib/domain/cross-region';
import type { Engine, Instance } from '../../../lib/domain/instance';
import { at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const WINDOW = { from: at('2026-11-20T01:00:00Z'), to: at('2026-11-21T01:00:00Z') };
const BINLOG = {
  LogFileName: 'mysql-bin.000230',
  HostInstanceID: '5841973',
  LogBeginTime: '2026-11-20T12:00:00Z',
  LogEndTime: '2026-11-20T13:00:30Z',
  FileSize: 2_269_410,
  RemoteStatus: 'Completed',
  DownloadLink: 'http://rds.oss.aliyuncs.com/x?Signature=s3cr3t',
};
const FILE: LogFile = {
  name: 'mysql-bin.000230',
  from: at('2026-11-20T12:00:00Z'),
  to: at('2026-11-20T13:00:30Z'),
  sizeBytes: 2_269_410,
  isComplete: true,
};

const stub = useStub();
const listed = (...wires: object[]): ReturnType<typeof ok> => ok({ TotalRecordCount: wires.length, Items: { BinLogFile: wires } });

function instanceOf(engine: Engine): Instance {
  return {
    account: 'prod',
    region: 'cn-hangzhou',
    id: 'rm-1',
    description: '',
    engine,
    engineVersion: '8.0',
    edition: 'high-availability',
    storage: 'local-disk',
    role: 'primary',
    status: 'Running',
    isLocked: false,
    lockReason: undefined,
    createdAt: undefined,
    resourceGroupId: undefined,
    tags: {},
  };
}

describe('local logs', () => {
  test.each<Engine>(['mysql', 'postgresql', 'mariadb'])('of %s are binlog files, with seconds', async (engine) => {
    const gateway = await stub.answering(() => listed(BINLOG));

    expect(await gateway.listLogs(instanceOf(engine), { ...WINDOW, to: instant(WINDOW.to + 1) })).toEqual([FILE]);
    expect(stub.calls()).toEqual([
      {
        action: 'DescribeBinlogFiles',
        query: { DBInstanceId: 'rm-1', StartTime: '2026-11-20T01:00:00Z', EndTime: '2026-11-21T01:00:01Z', PageNumber: '1', PageSize: '100' },
      },
    ]);
  });

  test('of SQL Server are log backups, in minutes and without names', async () => {
    const gateway = await stub.answering(() => listed({ LogBeginTime: '2026-11-20T12:00Z', LogEndTime: '2026-11-20T12:30Z', FileSize: 788_480 }));

    expect(await gateway.listLogs(instanceOf('sqlserver'), WINDOW)).toEqual([
      {
        name: '2026-11-20T12:00Z/2026-11-20T12:30Z',
        from: at('2026-11-20T12:00:00Z'),
        to: at('2026-11-20T12:30:00Z'),
        sizeBytes: 788_480,
        isComplete: true,
      },
    ]);
    expect(stub.calls()).toEqual([
      {
        action: 'DescribeLogBackupFiles',
        query: { DBInstanceId: 'rm-1', StartTime: '2026-11-20T01:00Z', EndTime: '2026-11-21T01:01Z', PageNumber: '1', PageSize: '1000' },
      },
    ]);
  });

  test.each<{ name: string; wire: object; file: Partial<LogFile> }>([
    { name: 'one that is being uploaded', wire: { RemoteStatus: 'Uploading' }, file: { isComplete: false } },
    { name: 'one that is being uploaded and has no end yet', wire: { RemoteStatus: 'Uploading', LogEndTime: '' }, file: { isComplete: false, to: FILE.from } },
    { name: 'one whose state is not told', wire: { RemoteStatus: null }, file: {} },
    { name: 'one without a size', wire: { FileSize: '' }, file: { sizeBytes: 0 } },
  ])('are understood: $name', async ({ wire, file }) => {
    const gateway = await stub.answering(() => listed({ ...BINLOG, ...wire }));

    expect(await gateway.listLogs(instanceOf('mysql'), WINDOW)).toEqual([{ ...FILE, ...file }]);
  });

  test('that overlap the window are in, oldest first, and others are not', async () => {
    const piece = (name: string, LogBeginTime: string, LogEndTime: string): object => ({ ...BINLOG, LogFileName: name, LogBeginTime, LogEndTime });
    const gateway = await stub.answering(() =>
      listed(
        piece('after', '2026-11-21T01:00:00Z', '2026-11-21T02:00:00Z'),
        piece('last', '2026-11-21T00:59:59Z', '2026-11-21T02:00:00Z'),
        piece('first', '2026-11-19T01:00:00Z', '2026-11-20T01:00:00Z'),
        piece('before', '2026-11-19T01:00:00Z', '2026-11-20T00:59:59Z'),
      ),
    );

    const files = await gateway.listLogs(instanceOf('mysql'), WINDOW);

    expect(files.map(({ name }) => name)).toEqual(['first', 'last']);
  });

  test('of two hosts may have the same name', async () => {
    const gateway = await stub.answering(() => listed(BINLOG, { ...BINLOG, HostInstanceID: '5841974' }));

    expect(await gateway.listLogs(instanceOf('mysql'), WINDOW)).toHaveLength(2);
  });

  test('are read to the last page', async () => {
    const wires = Array.from({ length: 120 }, (_, index) => ({ ...BINLOG, LogFileName: `mysql-bin.${index}` }));
    const gateway = await stub.answering(({ query }) => {
      const start = (Number(query['PageNumber']) - 1) * 100;
      return ok({ TotalRecordCount: 120, Items: { BinLogFile: wires.slice(start, start + 100) } });
    });

    expect(await gateway.listLogs(instanceOf('mysql'), WINDOW)).toHaveLength(120);
  });

  test.each([
    { name: 'no list', engine: 'mysql' as const, members: {}, says: 'no list of log files in it' },
    { name: 'no list of SQL Server', engine: 'sqlserver' as const, members: {}, says: 'no list of log files in it' },
    {
      name: 'a file without a begin',
      engine: 'mysql' as const,
      members: { Items: { BinLogFile: [{ ...BINLOG, LogBeginTime: '' }] } },
      says: 'log file mysql-bin.000230 has no readable begin or end',
    },
    {
      name: 'a complete file without an end',
      engine: 'mysql' as const,
      members: { Items: { BinLogFile: [{ ...BINLOG, LogFileName: null, LogEndTime: null }] } },
      says: 'log file without a name has no readable begin or end',
    },
  ])('in an answer with $name are refused as a whole: what is left out would look like a gap', async ({ engine, members, says }) => {
    const gateway = await stub.answering(() => ok(members));

    const error = await failureOf(gateway.listLogs(instanceOf(engine), WINDOW));

    expect(error.message).toContain(says);
    expect(JSON.stringify(error) + error.stack).not.toContain('s3cr3t');
  });
});

describe('copied logs', () => {
  const COPIED = {
    CrossLogBackupId: 3_214_567_000,
    LogFileName: 'cn-hangzhou_rm-1_7198739_mysql-bin.000230',
    LogBeginTime: '2026-11-20T12:00:00Z',
    LogEndTime: '2026-11-20T13:00:30Z',
    CrossLogBackupSize: 2_269_410,
    CrossDownloadLink: 'http://x.oss.aliyuncs.com/x?Signature=s3cr3t',
  };

  test('are asked for by destination, from a day early on', async () => {
    const gateway = await stub.answering(() => ok({ TotalRecordCount: 1, Items: { Item: [COPIED] } }));

    expect(await gateway.listCopiedLogs('rm-1', 'cn-beijing', WINDOW)).toEqual([{ ...FILE, name: COPIED.LogFileName }]);
    expect(stub.calls()).toEqual([
      {
        action: 'DescribeCrossRegionLogBackupFiles',
        query: {
          DBInstanceId: 'rm-1',
          RegionId: 'cn-hangzhou',
          CrossBackupRegion: 'cn-beijing',
          StartTime: '2026-11-19T01:00:00Z',
          EndTime: '2026-11-21T01:00:00Z',
          PageNumber: '1',
          PageSize: '100',
        },
      },
    ]);
  });

  test('outside the window are left out', async () => {
    const early = { ...COPIED, CrossLogBackupId: 1, LogBeginTime: '2026-11-19T12:00:00Z', LogEndTime: '2026-11-19T13:00:00Z' };
    const gateway = await stub.answering(() => ok({ TotalRecordCount: 2, Items: { Item: [early, COPIED] } }));

    expect(await gateway.listCopiedLogs('rm-1', 'cn-beijing', WINDOW)).toHaveLength(1);
  });

  test.each([
    { name: 'no list', members: {}, says: 'no list of log files in it' },
    { name: 'a file without an end', members: { Items: { Item: [{ ...COPIED, LogEndTime: '' }] } }, says: 'has no readable begin or end' },
  ])('in an answer with $name are refused as a whole', async ({ members, says }) => {
    const gateway = await stub.answering(() => ok(members));

    expect((await failureOf(gateway.listCopiedLogs('rm-1', 'cn-beijing', WINDOW))).message).toContain(says);
  });

  test('of a kind of instance that has no such list are refused as such', async () => {
    const gateway = await stub.answering(() => refused('InvalidDBInstance.NotFound', 404));

    await expect(failureOf(gateway.listCopiedLogs('rm-1', 'cn-beijing', WINDOW))).resolves.toMatchObject({ reason: 'copies-not-listed' });
  });
});
