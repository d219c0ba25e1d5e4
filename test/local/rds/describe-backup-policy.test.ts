import { DescribeBackupPolicyRequest } from '@alicloud/rds20140815';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [
      { ...ONE_MYSQL, settings: { days: ['Monday', 'Thursday'], windowStartMinute: 23 * 60 + 30, retentionDays: 30, logRetentionDays: 14 } },
      { ...ONE_MYSQL, id: 'flash', storageType: 'cloud_essd', settings: { category: 'Flash', intervalMinutes: 120, logBackup: false } },
      { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer', settings: { retentionDays: 30 } },
      { ...ONE_MYSQL, id: 'cluster', engine: 'SQLServer', category: 'cluster' },
      { ...ONE_MYSQL, id: 'new', status: 'Creating' },
    ],
  });
});

afterEach(() => rig.close());

const ask = async (fields: Partial<DescribeBackupPolicyRequest> = {}): Promise<Readonly<Record<string, unknown>>> => {
  const { body } = await rig.client.describeBackupPolicy(new DescribeBackupPolicyRequest({ DBInstanceId: 'rm-one', ...fields }));
  return { ...body };
};

describe('DescribeBackupPolicy', () => {
  test('serialization: the types are mixed as documented', async () => {
    expect(await ask()).toMatchObject({
      preferredBackupPeriod: 'Monday,Thursday',
      preferredBackupTime: '23:30Z-00:30Z',
      preferredNextBackupTime: expect.stringMatching(/^2026-11-2[34]T\d\d:\d\dZ$/),
      backupRetentionPeriod: 30,
      backupMethod: 'Physical',
      backupInterval: '-1',
      backupLog: 'Enable',
      category: 'Standard',
      enableBackupLog: '1',
      logBackupRetentionPeriod: 14,
      localLogRetentionHours: 18,
      localLogRetentionSpace: '30',
      enableIncrementDataBackup: false,
      supportsHighFrequencyBackup: 0,
    });
  });

  test('serialization: flags are JSON booleans', async () => {
    const answer = await ask({ DBInstanceId: 'mssql' });

    expect([answer['enableIncrementDataBackup'], answer['enablePitrProtection'], answer['supportModifyBackupPriority']]).toEqual([true, false, false]);
  });

  test.each([
    { name: 'no instance', fields: { DBInstanceId: '' }, status: 400, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance', fields: { DBInstanceId: 'x' }, status: 404, code: 'InvalidDBInstanceName.NotFound' },
    { name: 'an instance that is being created', fields: { DBInstanceId: 'new' }, status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'an unknown view', fields: { backupPolicyMode: 'Everything' }, status: 400, code: 'InvalidBackupPolicyMode' },
  ])('validation: refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: status, code });
  });

  test('functionality: shows one view when asked', async () => {
    const data = await ask({ backupPolicyMode: 'DataBackupPolicy' });
    const log = await ask({ backupPolicyMode: 'LogBackupPolicy' });

    expect(data).toHaveProperty('backupRetentionPeriod');
    expect(data).not.toHaveProperty('enableBackupLog');
    expect(log).toHaveProperty('enableBackupLog');
    expect(log).not.toHaveProperty('backupRetentionPeriod');
  });

  test('functionality: high frequency, instant snapshots, and SQL Server', async () => {
    expect(await ask({ DBInstanceId: 'flash' })).toMatchObject({
      backupInterval: '120',
      category: 'Flash',
      backupMethod: 'Snapshot',
      enableBackupLog: '0',
      backupLog: 'Disabled',
    });
    expect(await ask({ DBInstanceId: 'mssql' })).toMatchObject({
      supportVolumeShadowCopy: 1,
      enableIncrementDataBackup: true,
      supportModifyBackupPriority: false,
      // As long as data, whatever else is set.
      logBackupRetentionPeriod: 30,
      logBackupFrequency: '',
    });
    expect(await ask({ DBInstanceId: 'cluster' })).toMatchObject({ supportModifyBackupPriority: true, backupPriority: 1 });
    expect(await ask({ DBInstanceId: 'mssql' })).not.toHaveProperty('backupPriority');
  });
});
