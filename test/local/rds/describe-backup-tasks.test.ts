import { DescribeBackupTasksRequest } from '@alicloud/rds20140815';
import { DAY_MS, MINUTE_MS } from '../../../lib/base/instant';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-two' }, { ...ONE_MYSQL, id: 'rm-ro', role: 'Readonly' }] });
});

afterEach(() => rig.close());

const jobs = async (fields: Partial<DescribeBackupTasksRequest> = {}): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { body } = await rig.client.describeBackupTasks(new DescribeBackupTasksRequest({ DBInstanceId: 'rm-one', ...fields }));
  return (body?.items?.backupJob ?? []).map((job) => ({ ...job }));
};

/** A manual job of 100 minutes, so that minutes are percents. */
const startJob = (plan: Parameters<RdsRig['world']['planNextJob']>[1] = {}): number => {
  rig.world.planNextJob('rm-one', { durationMs: 100 * MINUTE_MS, ...plan });
  return Number(rig.world.humanBackup('rm-one'));
};

describe('DescribeBackupTasks: serialization', () => {
  test('says everything as text', async () => {
    const jobId = startJob();

    expect(await jobs()).toEqual([
      { backupJobId: String(jobId), backupProgressStatus: 'NoStart', backupStatus: 'NoStart', jobMode: 'Manual', process: '0', taskAction: 'TempBackupTask' },
    ]);
  });
});

describe('DescribeBackupTasks: validation', () => {
  test.each<{ name: string; fields: Partial<DescribeBackupTasksRequest>; status: number; code: string; message: string }>([
    { name: 'no instance', fields: { DBInstanceId: '' }, status: 400, code: 'MissingDBInstanceId', message: 'DBInstanceId is mandatory' },
    {
      name: 'an unknown instance',
      fields: { DBInstanceId: 'x' },
      status: 404,
      code: 'InvalidDBInstanceName.NotFound',
      message: 'Invalid DBInstanceId NotFound.',
    },
    { name: 'a read-only instance', fields: { DBInstanceId: 'rm-ro' }, status: 400, code: 'ReadDBInstanceNotSupport', message: 'not permitted due to type' },
    { name: 'a job id beyond int32', fields: { backupJobId: 2_147_483_648 }, status: 400, code: 'InvalidBackupJobId', message: 'BackupJobId is not valid' },
    { name: 'an unknown mode', fields: { backupMode: 'Human' }, status: 400, code: 'InvalidBackupMode', message: 'BackupMode is not valid' },
  ])('refuses $name', async ({ fields, status, code, message }) => {
    const failure = await failureOf(rig.client.describeBackupTasks(new DescribeBackupTasksRequest({ DBInstanceId: 'rm-one', ...fields })));

    expect(failure).toMatchObject({ statusCode: status, code });
    expect(failure.message).toContain(message);
  });
});

describe('DescribeBackupTasks: functionality', () => {
  test('walks through the states of a job, in percent', async () => {
    const jobId = startJob();
    const seen: string[] = [];

    for (const minutes of [0, 5, 7, 8, 40, 39]) {
      rig.clock.advance(minutes * MINUTE_MS);
      const [job] = await jobs({ backupJobId: jobId });
      seen.push(`${job?.['backupStatus']} ${job?.['process']}`);
    }

    expect(seen).toEqual(['NoStart 0', 'Preparing 5', 'Waiting 12', 'Checking 20', 'Uploading 60', 'Uploading 99']);
  });

  test('shows a finished job, with its set, only to those who ask by its id', async () => {
    const jobId = startJob();
    rig.clock.advance(100 * MINUTE_MS);

    expect(await jobs()).toEqual([]);
    expect(await jobs({ backupJobId: jobId })).toMatchObject([
      { backupJobId: String(jobId), backupStatus: 'Finished', backupProgressStatus: 'Finished', process: '100', backupId: expect.stringMatching(/^\d+$/) },
    ]);
  });

  test('shows a failed job without a set', async () => {
    const jobId = startJob({ outcome: 'Failed' });
    rig.clock.advance(100 * MINUTE_MS);

    const [job] = await jobs({ backupJobId: jobId });

    expect(job).toMatchObject({ backupStatus: 'Failed', backupProgressStatus: 'Uploading' });
    expect(job).not.toHaveProperty('backupId');
  });

  test('knows a job only on its own instance', async () => {
    const jobId = startJob();

    expect(await jobs({ DBInstanceId: 'rm-two', backupJobId: jobId })).toEqual([]);
    expect(await jobs({ backupJobId: jobId + 1 })).toEqual([]);
  });

  test('filters by state and by mode', async () => {
    startJob();
    rig.clock.advance(50 * MINUTE_MS);

    expect(await jobs({ backupJobStatus: 'Progressing' })).toHaveLength(1);
    expect(await jobs({ backupJobStatus: 'NoStart' })).toEqual([]);
    expect(await jobs({ backupMode: 'Manual' })).toHaveLength(1);
    expect(await jobs({ backupMode: 'Automated' })).toEqual([]);
  });

  test('leaves a stuck job running for ever, and its instance without automatic backups', async () => {
    const jobId = startJob({ neverEnds: true });

    rig.clock.advance(3 * DAY_MS);

    expect(await jobs()).toMatchObject([{ backupJobId: String(jobId), backupStatus: 'Uploading', process: '50' }]);
    expect(rig.world.find('rm-one')?.sets).toEqual([]);
  });

  test("marks the service's own jobs", async () => {
    rig.world.planNextJob('rm-one', { durationMs: DAY_MS });
    rig.clock.advance(18 * 60 * MINUTE_MS);

    expect(await jobs()).toMatchObject([{ jobMode: 'Automated', taskAction: 'NormalBackupTask' }]);
  });
});
