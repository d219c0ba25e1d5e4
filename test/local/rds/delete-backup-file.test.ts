import { DeleteBackupFileRequest, DescribeBackupsRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { failureOf, type RdsRig, startRig } from './support';

const erp = (days: number): { readonly agoMs: number; readonly id: string; readonly databases: readonly string[] } => ({
  agoMs: days * DAY_MS + HOUR_MS,
  id: String(days),
  databases: ['erp'],
});

const FLEET: readonly FleetMember[] = [
  {
    id: 'mssql',
    engine: 'SQLServer',
    databases: ['erp', 'crm'],
    usedGb: 1,
    settings: { retentionDays: 60 },
    history: { days: 0, manualSets: [erp(1), erp(5), { ...erp(6), databases: ['crm'] }, { agoMs: 7 * DAY_MS, id: '7' }, erp(20)] },
  },
  { id: 'mysql', engine: 'MySQL', usedGb: 1, history: { days: 0 } },
];

let rig: RdsRig;

const start = async (accounts: readonly string[]): Promise<void> => {
  rig = await startRig({ fleet: FLEET, knobs: { backupFileDeleters: accounts } });
};

afterEach(() => rig.close());

async function remove(fields: Partial<DeleteBackupFileRequest>): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await rig.client.deleteBackupFile(new DeleteBackupFileRequest({ DBInstanceId: 'mssql', regionId: 'cn-hangzhou', ...fields }));
  return { ...body?.toMap() };
}

async function idsOf(): Promise<readonly (string | undefined)[]> {
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'mssql' }));
  return (body?.items?.backup ?? []).map((set) => set.backupId);
}

describe('DeleteBackupFile, to an account that may', () => {
  beforeEach(() => start([DEFAULT_ACCOUNT_ID]));

  test.each<{ name: string; fields: Partial<DeleteBackupFileRequest>; deleted: readonly number[]; left: readonly string[] }>([
    { name: 'sets by their ids', fields: { backupId: '5,6' }, deleted: [5, 6], left: ['1', '7', '20'] },
    { name: 'sets made before a time', fields: { backupTime: '2026-11-17T00:00:00Z' }, deleted: [5, 6, 20], left: ['1', '7'] },
    { name: 'those of one database', fields: { backupTime: '2026-11-17T00:00:00Z', DBName: 'erp' }, deleted: [5, 20], left: ['1', '6', '7'] },
    { name: 'none, when there are none', fields: { backupTime: '2020-01-01T00:00:00Z' }, deleted: [], left: ['1', '5', '6', '7', '20'] },
  ])('deletes $name, and tells their ids as numbers', async ({ fields, deleted, left }) => {
    expect(await remove(fields)).toEqual({ DeletedBaksetIds: { DeletedBaksetIds: deleted }, RequestId: expect.any(String) });
    expect(await idsOf()).toEqual(left);
  });

  test.each<{ name: string; fields: Partial<DeleteBackupFileRequest>; status: number; code: string }>([
    { name: 'no instance', fields: { DBInstanceId: '' }, status: 400, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance', fields: { DBInstanceId: 'none', backupId: '5' }, status: 404, code: 'InvalidDBInstanceName.NotFound' },
    { name: 'another engine', fields: { DBInstanceId: 'mysql', backupId: '5' }, status: 403, code: 'IncorrectDBInstanceEngine' },
    { name: 'neither sets nor time', fields: {}, status: 400, code: 'ParameterLeastAssociate' },
    { name: 'an unknown set', fields: { backupId: '5,99' }, status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a set of the whole instance', fields: { backupId: '7' }, status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: '101 sets', fields: { backupId: Array.from({ length: 101 }, (_, n) => n + 1).join(',') }, status: 400, code: 'InvalidBackupId' },
    { name: 'a time in minutes', fields: { backupTime: '2026-11-17T00:00Z' }, status: 400, code: 'InvalidBackupTime' },
  ])('refuses $name, and deletes none', async ({ fields, status, code }) => {
    expect(await failureOf(remove(fields))).toMatchObject({ statusCode: status, code });
    expect(await idsOf()).toEqual(['1', '5', '6', '7', '20']);
  });

  test('a fault refuses it', async () => {
    rig.faults.add({ service: 'rds', operation: 'DeleteBackupFile', effect: 'none', reply: { kind: 'throttle' } });

    expect(await failureOf(remove({ backupId: '5' }))).toMatchObject({ code: 'Throttling.User' });
    expect(await idsOf()).toContain('5');
  });
});

test('DeleteBackupFile is closed to everybody else', async () => {
  await start([]);

  expect(await failureOf(remove({ backupId: '5' }))).toMatchObject({ statusCode: 403, code: 'OperationDenied.ApiForbidden' });
  expect(await idsOf()).toContain('5');
});
