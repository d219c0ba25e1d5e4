import {
  DescribeAvailableRecoveryTimeRequest,
  DescribeBinlogFilesRequest,
  DescribeCrossRegionLogBackupFilesRequest,
  DescribeLocalAvailableRecoveryTimeRequest,
  DescribeLogBackupFilesRequest,
  ModifyInstanceCrossBackupPolicyRequest,
} from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, parseInstant } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const WITH_LOGS = { destination: 'cn-shanghai', logs: true };

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, history: { days: 3 }, crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'no-logs', history: { days: 3 }, settings: { logBackup: false } },
  { ...ONE_MYSQL, id: 'data-only', history: { days: 3 }, crossRegion: { destination: 'cn-shanghai' } },
  { ...ONE_MYSQL, id: 'young', history: { days: 3 }, crossRegion: { ...WITH_LOGS, enabledAgoMs: DAY_MS + 17 * MINUTE_MS } },
  { ...ONE_MYSQL, id: 'switched-off', history: { days: 3 }, crossRegion: { ...WITH_LOGS, isOff: true } },
  { ...ONE_MYSQL, id: 'empty', crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'read', role: 'Readonly' },
  { ...ONE_MYSQL, id: 'pg', engine: 'PostgreSQL', history: { days: 3 }, crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer', history: { days: 3 }, crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'mssql-read', engine: 'SQLServer', role: 'Readonly' },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET, knobs: { rateLimits: { 'cross-region': 100 } } });
});

afterEach(() => rig.close());

const at = (iso: string): Instant => parseInstant(iso) as Instant; // the tests pass literals

interface Times {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly pageNumber?: number;
  readonly pageSize?: number;
}

const LAST_TWO_HOURS: Times = { startTime: '2026-11-20T23:00:00Z', endTime: '2026-11-21T01:00:00Z' };

async function binlogs(id: string, times: Times = LAST_TWO_HOURS): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeBinlogFiles']>>['body']>> {
  const { body } = await rig.client.describeBinlogFiles(new DescribeBinlogFilesRequest({ DBInstanceId: id, ...times }));
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

type CopiedBody = NonNullable<Awaited<ReturnType<RdsRig['client']['describeCrossRegionLogBackupFiles']>>['body']>;

async function copied(id: string, times: Times & { readonly regionId?: string; readonly crossBackupRegion?: string } = LAST_TWO_HOURS): Promise<CopiedBody> {
  const request = new DescribeCrossRegionLogBackupFilesRequest({ DBInstanceId: id, regionId: 'cn-hangzhou', ...times });
  const { body } = await rig.client.describeCrossRegionLogBackupFiles(request);
  if (body === undefined) throw new Error('an answer without a body');
  return body;
}

const spansOf = (files: readonly { logBeginTime?: string; logEndTime?: string }[] | undefined): readonly string[] =>
  (files ?? []).map((file) => `${file.logBeginTime?.slice(11, 16)}-${file.logEndTime?.slice(11, 16)}`);

const localSpans = async (id: string, times: Times = LAST_TWO_HOURS): Promise<readonly string[]> => spansOf((await binlogs(id, times)).items?.binLogFile);
const copiedSpans = async (id: string, times: Times = LAST_TWO_HOURS): Promise<readonly string[]> => spansOf((await copied(id, times)).items?.item);

const HALF_HOURS = ['23:00-23:30', '23:30-00:00', '00:00-00:30', '00:30-01:00'];

describe('DescribeBinlogFiles', () => {
  test('cuts the log into files that follow each other, and says every field in its documented type', async () => {
    const body = await binlogs('rm-one');

    expect(spansOf(body.items?.binLogFile)).toEqual(HALF_HOURS);
    expect(body).toMatchObject({ pageNumber: 1, pageRecordCount: 4, totalRecordCount: 4, totalFileSize: expect.any(Number) });
    expect(body.items?.binLogFile?.[0]).toEqual({
      logFileName: expect.stringMatching(/^mysql-bin\.\d{6}$/),
      logBeginTime: '2026-11-20T23:00:00Z',
      logEndTime: '2026-11-20T23:30:00Z',
      fileSize: expect.any(Number),
      checksum: expect.stringMatching(/^\d+$/),
      hostInstanceID: '5882781',
      remoteStatus: 'Completed',
      downloadLink: expect.stringContaining('http://'),
      intranetDownloadLink: expect.stringContaining('internal'),
      linkExpiredTime: '2026-11-21T02:00:00Z',
    });
  });

  test('says that the newest is being uploaded for a while, and gives no links of cloud disks', async () => {
    expect((await binlogs('rm-one')).items?.binLogFile?.at(-1)).toMatchObject({ remoteStatus: 'Uploading' });
    expect((await binlogs('rm-one')).items?.binLogFile?.at(-1)?.downloadLink).toBeUndefined();
    rig.clock.advance(MINUTE_MS);
    expect((await binlogs('rm-one')).items?.binLogFile?.at(-1)).toMatchObject({ remoteStatus: 'Completed' });

    const [file] = (await binlogs('pg')).items?.binLogFile ?? [];
    expect(file?.logFileName).toMatch(/^[0-9A-F]{24}$/);
    expect(file?.downloadLink).toBeUndefined();
  });

  test('returns what touches the window, as far back as logs are kept, page by page', async () => {
    expect(await localSpans('rm-one', { startTime: '2026-11-20T23:15:00Z', endTime: '2026-11-20T23:40:00Z' })).toEqual(['23:00-23:30', '23:30-00:00']);
    expect(await localSpans('rm-one', { startTime: '2026-11-20T23:30:00Z', endTime: '2026-11-20T23:40:00Z' })).toEqual(['23:30-00:00']);
    const all = { startTime: '2026-01-01T00:00:00Z', endTime: '2027-01-01T00:00:00Z' };
    expect((await binlogs('rm-one', all)).totalRecordCount).toBe(7 * 48);
    expect((await binlogs('rm-one', { ...all, pageSize: 1000 })).pageRecordCount).toBe(7 * 48);
    expect((await binlogs('rm-one', { ...all, pageNumber: 12 })).pageRecordCount).toBe(7 * 48 - 11 * 30);
    expect(await localSpans('no-logs')).toEqual([]);
  });

  test.each<{ name: string; id?: string; times: Times; status: number; code: string }>([
    { name: 'no times', times: {}, status: 400, code: 'ParameterAbsence' },
    { name: 'minutes', times: { ...LAST_TWO_HOURS, startTime: '2026-11-20T23:00Z' }, status: 400, code: 'InvalidStartTime.Format' },
    { name: 'an end in minutes', times: { ...LAST_TWO_HOURS, endTime: '2026-11-21T23:00Z' }, status: 400, code: 'InvalidEndTime.Format' },
    { name: 'an end before the start', times: { ...LAST_TWO_HOURS, endTime: '2026-11-20T22:00:00Z' }, status: 400, code: 'InvalidEndTime.Format' },
    { name: 'an unknown instance', id: 'ghost', times: LAST_TWO_HOURS, status: 404, code: 'InvalidDBInstance.NotFound' },
    { name: 'a read-only instance', id: 'read', times: LAST_TWO_HOURS, status: 400, code: 'ReadDBInstanceNotSupport' },
    { name: 'SQL Server', id: 'mssql', times: LAST_TWO_HOURS, status: 403, code: 'IncorrectDBInstanceEngine' },
  ])('refuses $name', async ({ id = 'rm-one', times, status, code }) => {
    expect(await failureOf(binlogs(id, times))).toMatchObject({ statusCode: status, code });
  });
});

describe('DescribeLogBackupFiles', () => {
  async function ask(id: string, times: Times): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeLogBackupFiles']>>['body']>> {
    const { body } = await rig.client.describeLogBackupFiles(new DescribeLogBackupFilesRequest({ DBInstanceId: id, ...times }));
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  }

  const MINUTES: Times = { startTime: '2026-11-20T23:00Z', endTime: '2026-11-21T01:00Z' };

  test('speaks in minutes, and lists what is stored', async () => {
    const body = await ask('mssql', MINUTES);

    expect(body).toMatchObject({ pageNumber: 1, pageRecordCount: 3, totalRecordCount: 3, totalFileSize: expect.any(Number) });
    expect(body.items?.binLogFile?.[0]).toEqual({
      logBeginTime: '2026-11-20T23:00Z',
      logEndTime: '2026-11-20T23:30Z',
      fileSize: expect.any(Number),
      downloadLink: expect.stringContaining('http://'),
      intranetDownloadLink: expect.stringContaining('internal'),
      linkExpiredTime: '2026-11-21T02:00:00Z',
    });
  });

  test.each<{ name: string; id?: string; times: Times; status: number; code: string }>([
    { name: 'no start', times: { endTime: '2026-11-21T01:00Z' }, status: 400, code: 'ParameterAbsence' },
    { name: 'seconds', times: { ...MINUTES, startTime: '2026-11-20T23:00:00Z' }, status: 400, code: 'InvalidStartTime' },
    { name: 'an end before the start', times: { ...MINUTES, endTime: '2026-11-20T22:00Z' }, status: 400, code: 'InvalidEndTime' },
    { name: 'MySQL', id: 'rm-one', times: MINUTES, status: 403, code: 'IncorrectDBInstanceEngine' },
    { name: 'a read-only instance', id: 'mssql-read', times: MINUTES, status: 403, code: 'IncorrectDBInstanceCharacterType' },
    { name: 'an unknown instance', id: 'ghost', times: MINUTES, status: 404, code: 'InvalidDBInstance.NotFound' },
  ])('refuses $name', async ({ id = 'mssql', times, status, code }) => {
    expect(await failureOf(ask(id, times))).toMatchObject({ statusCode: status, code });
  });
});

describe('DescribeCrossRegionLogBackupFiles', () => {
  test('lists what has come over, and says every field in its documented type', async () => {
    const body = await copied('rm-one');

    expect(spansOf(body.items?.item)).toEqual(HALF_HOURS.slice(0, 3));
    expect(body).toMatchObject({ DBInstanceId: 'rm-one', regionId: 'cn-hangzhou', ...LAST_TWO_HOURS, pageNumber: 1, pageRecordCount: 3, totalRecordCount: 3 });
    expect(body.items?.item?.[0]).toEqual({
      crossLogBackupId: expect.any(Number),
      crossLogBackupSize: expect.any(Number),
      crossBackupRegion: 'cn-shanghai',
      logFileName: expect.stringMatching(/^cn-hangzhou_rm-one_5882781_mysql-bin\.\d{6}$/),
      logBeginTime: '2026-11-20T23:00:00Z',
      logEndTime: '2026-11-20T23:30:00Z',
      crossDownloadLink: expect.stringContaining('http://'),
      crossIntranetDownloadLink: expect.stringContaining('internal'),
      linkExpiredTime: '2026-11-21T02:00:00Z',
      instanceId: 5882781,
    });
    rig.clock.advance(5 * MINUTE_MS);
    expect(await copiedSpans('rm-one')).toEqual(HALF_HOURS);
  });

  test('begins when log copies were switched on, and ends when they were switched off', async () => {
    const yesterday = { startTime: '2026-11-20T00:00:00Z', endTime: '2026-11-20T01:35:00Z' };

    expect(await copiedSpans('young', yesterday)).toEqual(['00:43-01:00', '01:00-01:30', '01:30-02:00']);
    expect(await copiedSpans('data-only')).toEqual([]);
    expect(await copiedSpans('switched-off')).toEqual(HALF_HOURS.slice(0, 3));
    rig.clock.advance(2 * DAY_MS);
    expect(await copiedSpans('switched-off', { startTime: '2026-11-20T23:00:00Z', endTime: '2026-12-01T00:00:00Z' })).toEqual(HALF_HOURS);
  });

  test('goes on in the new region when the destination changes', async () => {
    const write = { backupEnabled: '1', logBackupEnabled: '1', crossBackupRegion: 'cn-beijing' };
    await rig.client.modifyInstanceCrossBackupPolicy(new ModifyInstanceCrossBackupPolicyRequest({ DBInstanceId: 'pg', regionId: 'cn-hangzhou', ...write }));
    rig.clock.advance(HOUR_MS);

    const late = { startTime: '2026-11-21T00:30:00Z', endTime: '2026-11-21T03:00:00Z' };
    expect(spansOf((await copied('pg', { ...late, crossBackupRegion: 'cn-beijing' })).items?.item)).toContain('01:00-01:30');
    expect(spansOf((await copied('pg', { ...late, crossBackupRegion: 'cn-shanghai' })).items?.item)).toEqual(['00:30-01:00']);
  });

  test.each<{ name: string; id?: string; times: Times & { regionId?: string }; status: number; code: string }>([
    { name: 'no times', times: {}, status: 400, code: 'ParameterAbsence' },
    { name: 'a start in minutes', times: { ...LAST_TWO_HOURS, startTime: '2026-11-20T23:00Z' }, status: 400, code: 'InvalidStartTime.Format' },
    { name: 'an end in minutes', times: { ...LAST_TWO_HOURS, endTime: '2026-11-21T23:00Z' }, status: 400, code: 'InvalidEndTime.Format' },
    { name: 'an end before the start', times: { ...LAST_TWO_HOURS, endTime: '2026-11-20T22:00:00Z' }, status: 400, code: 'InvalidTime.Format' },
    { name: 'a page of 101', times: { ...LAST_TWO_HOURS, pageSize: 101 }, status: 400, code: 'InvalidParameters.Format' },
    { name: 'an unknown region', times: { ...LAST_TWO_HOURS, regionId: 'moon-1' }, status: 400, code: 'InvalidRegion.Format' },
    { name: 'an unknown instance', id: 'ghost', times: LAST_TWO_HOURS, status: 404, code: 'InvalidDBInstance.NotFound' },
  ])('refuses $name', async ({ id = 'rm-one', times, status, code }) => {
    expect(await failureOf(copied(id, times))).toMatchObject({ statusCode: status, code });
  });
});

describe('a planted gap', () => {
  test('takes every file that touches it: in the other region unless told', async () => {
    rig.world.plantLogGap('rm-one', at('2026-11-20T23:10:00Z'), at('2026-11-20T23:20:00Z'));
    rig.world.plantLogGap('pg', at('2026-11-20T23:30:00Z'), at('2026-11-21T00:00:00Z'), 'local');
    rig.world.plantLogGap('young', at('2026-11-20T23:20:00Z'), at('2026-11-20T23:40:00Z'), 'both');

    expect(await localSpans('rm-one')).toEqual(HALF_HOURS);
    expect(await copiedSpans('rm-one')).toEqual(HALF_HOURS.slice(1, 3));
    expect(await localSpans('pg')).toEqual([HALF_HOURS[0], ...HALF_HOURS.slice(2)]);
    expect(await copiedSpans('pg')).toEqual(HALF_HOURS.slice(0, 3));
    expect(await localSpans('young')).toEqual(HALF_HOURS.slice(2));
    expect(await copiedSpans('young')).toEqual(HALF_HOURS.slice(2, 3));
    expect(() => rig.world.plantLogGap('pg', at('2026-11-21T00:00:00Z'), at('2026-11-20T00:00:00Z'))).toThrow(RangeError);
  });
});

describe('DescribeLocalAvailableRecoveryTime', () => {
  const ask = async (id: string): Promise<readonly (string | undefined)[]> => {
    const request = new DescribeLocalAvailableRecoveryTimeRequest({ DBInstanceId: id, region: 'cn-hangzhou' });
    const { body } = await rig.client.describeLocalAvailableRecoveryTime(request);
    return [body?.DBInstanceId, body?.recoveryBeginTime?.slice(0, 14), body?.recoveryEndTime];
  };

  test('goes from the oldest set to the newest log', async () => {
    expect(await ask('rm-one')).toEqual(['rm-one', '2026-11-18T18:', '2026-11-21T01:00:00Z']);
    expect(await ask('pg')).toEqual(['pg', '2026-11-18T18:', '2026-11-21T01:00:00Z']);
  });

  test('begins after the newest gap', async () => {
    rig.world.plantLogGap('rm-one', at('2026-11-19T12:10:00Z'), at('2026-11-19T12:20:00Z'), 'local');

    expect(await ask('rm-one')).toEqual(['rm-one', '2026-11-19T18:', '2026-11-21T01:00:00Z']);
    rig.world.plantLogGap('rm-one', at('2026-11-20T22:10:00Z'), at('2026-11-20T22:20:00Z'), 'local');
    expect(await failureOf(ask('rm-one'))).toMatchObject({ statusCode: 404, code: 'InvalidBinlog.NotFound' });
  });

  test.each([
    { name: 'no log backup', id: 'no-logs', status: 400, code: 'LogBackupNotEnabled' },
    { name: 'no set', id: 'empty', status: 404, code: 'InvalidBackup.NotFound' },
    { name: 'SQL Server', id: 'mssql', status: 403, code: 'IncorrectDBInstanceEngine' },
    { name: 'a read-only instance', id: 'read', status: 403, code: 'IncorrectDBInstanceCharacterType' },
    { name: 'an unknown instance', id: 'ghost', status: 404, code: 'InvalidDBInstance.NotFound' },
  ])('refuses $name', async ({ id, status, code }) => {
    expect(await failureOf(ask(id))).toMatchObject({ statusCode: status, code });
  });
});

describe('DescribeAvailableRecoveryTime', () => {
  const copyOf = (id: string, index: number): number => Number(rig.world.find(id)?.copies.at(index)?.id);
  const ask = async (copyId: number): Promise<unknown> => {
    const { body } = await rig.client.describeAvailableRecoveryTime(new DescribeAvailableRecoveryTimeRequest({ crossBackupId: copyId }));
    return [body?.crossBackupId, body?.regionId, body?.recoveryBeginTime?.slice(0, 14), body?.recoveryEndTime];
  };

  test('goes from the copy as far as copied logs reach', async () => {
    expect(await ask(copyOf('rm-one', 0))).toEqual([copyOf('rm-one', 0), 'cn-hangzhou', '2026-11-18T18:', '2026-11-21T00:30:00Z']);
  });

  test('ends at the first gap', async () => {
    rig.world.plantLogGap('rm-one', at('2026-11-19T12:10:00Z'), at('2026-11-19T12:20:00Z'));

    expect(await ask(copyOf('rm-one', 0))).toEqual([expect.any(Number), 'cn-hangzhou', '2026-11-18T18:', '2026-11-19T12:00:00Z']);
    expect(await ask(copyOf('rm-one', 1))).toEqual([expect.any(Number), 'cn-hangzhou', '2026-11-19T18:', '2026-11-21T00:30:00Z']);
  });

  test('is the end of the backup alone while the first logs are on their way, and then nothing if they never come', async () => {
    rig.world.planNextJob('rm-one', { durationMs: MINUTE_MS });
    rig.world.humanBackup('rm-one');
    rig.clock.advance(10 * MINUTE_MS);
    rig.world.settle(rig.clock.now());
    const id = copyOf('rm-one', -1);

    expect(await ask(id)).toEqual([id, 'cn-hangzhou', '2026-11-21T01:', '2026-11-21T01:01:00Z']);
    rig.world.plantLogGap('rm-one', at('2026-11-21T01:00:00Z'), at('2026-11-21T01:30:00Z'));
    rig.clock.advance(HOUR_MS);
    expect(await failureOf(ask(id))).toMatchObject({ statusCode: 400, code: 'NoAvailableLogBackup' });
  });

  test.each<{ name: string; id: () => number; status: number; code: string }>([
    { name: 'a copy without logs', id: () => copyOf('data-only', 0), status: 400, code: 'NoAvailableLogBackup' },
    { name: 'a failed copy', id: () => copyOf('pg', 0), status: 400, code: 'NoAvailableDisasterRestoreBakset' },
    { name: 'SQL Server', id: () => copyOf('mssql', 0), status: 403, code: 'CrossBackupNotSupport' },
    { name: 'an unknown copy', id: () => 1, status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'an id beyond 32 bits', id: () => 2 ** 31, status: 400, code: 'InvalidCrossBackupId' },
  ])('refuses $name', async ({ id, status, code }) => {
    rig.world.plantCopyFault('pg', rig.world.find('pg')?.sets[0]?.id ?? '', { kind: 'failed' });

    expect(await failureOf(ask(id()))).toMatchObject({ statusCode: status, code });
  });
});
