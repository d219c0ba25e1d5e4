import { DeleteBackupRequest, DescribeBackupsRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import type { ManualSetSketch } from '../../../lib/local/world/planted-sets';
import { failureOf, type RdsRig, startRig } from './support';

/** Sets that are as old as their id says, in days (and an hour). */
const aged = (days: number, more: Partial<ManualSetSketch> = {}): ManualSetSketch => ({
  agoMs: days * DAY_MS + HOUR_MS,
  id: String(days),
  keepDays: 700,
  ...more,
});

const MEMBER: FleetMember = {
  id: 'rm-one',
  engine: 'MySQL',
  usedGb: 1,
  settings: { retentionDays: 30, logRetentionDays: 14 },
  history: { days: 0, manualSets: [aged(3), aged(9), aged(15), aged(40), aged(41, { method: 'Logical' }), aged(42, { outcome: 'Failed' })] },
};
const NO_LOGS = { retentionDays: 30, logBackup: false } as const;

const FLEET: readonly FleetMember[] = [
  MEMBER,
  { ...MEMBER, id: 'no-logs', settings: NO_LOGS },
  { ...MEMBER, id: 'long-logs', settings: { retentionDays: 30, logRetentionDays: 30 } },
  { ...MEMBER, id: 'pg', engine: 'PostgreSQL' },
  { ...MEMBER, id: 'mssql', engine: 'SQLServer' },
  { ...MEMBER, id: 'maria', engine: 'MariaDB' },
  { ...MEMBER, id: 'basic', category: 'Basic', settings: NO_LOGS },
  { ...MEMBER, id: 'finance', category: 'Finance' },
  { ...MEMBER, id: 'stopped', status: 'Stopped' },
  { ...MEMBER, id: 'locked', lockMode: 'ManualLock' },
  { ...MEMBER, id: 'readonly', role: 'Readonly' },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET });
});

afterEach(() => rig.close());

async function remove(backupId: string, instanceId = 'rm-one'): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await rig.client.deleteBackup(new DeleteBackupRequest({ DBInstanceId: instanceId, backupId }));
  return { ...body };
}

async function list(instanceId = 'rm-one'): Promise<ReadonlyMap<string, string>> {
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: instanceId }));
  return new Map((body?.items?.backup ?? []).map((set) => [String(set.backupId), String(set.storeStatus)]));
}

const idsOf = async (instanceId?: string): Promise<readonly string[]> => [...(await list(instanceId)).keys()];

describe('DeleteBackup', () => {
  test.each([
    { name: 'one set', ids: '15', left: ['3', '9', '40', '41', '42'] },
    { name: 'several, a failed one too', ids: '40,15,42', left: ['3', '9', '41'] },
    { name: 'one that is named twice', ids: '40,40', left: ['3', '9', '15', '41', '42'] },
  ])('deletes $name, and answers with nothing but the id of the request', async ({ ids, left }) => {
    expect(await remove(ids)).toEqual({ requestId: expect.any(String) });
    expect(await idsOf()).toEqual(left);
  });

  test.each<{ name: string; instanceId?: string; ids: string; status: number; code: string }>([
    { name: 'no instance', instanceId: '', ids: '15', status: 400, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance', instanceId: 'none', ids: '15', status: 404, code: 'InvalidDBInstanceName.NotFound' },
    { name: 'no set', ids: '', status: 400, code: 'MissingBackupId' },
    { name: 'a list of nothing', ids: ',', status: 400, code: 'ParameterLeastAssociate' },
    { name: '101 sets', ids: Array.from({ length: 101 }, (_, n) => n + 1).join(','), status: 400, code: 'DeleteBackupSetNumExceed' },
    { name: 'an unknown set', ids: '77', status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'all, when one is unknown', ids: '15,77', status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a set within the log retention', ids: '9', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport' },
    { name: 'all, when one is protected', ids: '15,9', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport' },
    { name: 'a manual logical set', ids: '41', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport' },
    { name: 'a set of the last week, without logs', instanceId: 'no-logs', ids: '3', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport' },
    { name: 'any set, when logs are kept as long as data', instanceId: 'long-logs', ids: '40', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport' },
    { name: 'a set of SQL Server', instanceId: 'mssql', ids: '40', status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a set of MariaDB', instanceId: 'maria', ids: '40', status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a set of the Basic Edition', instanceId: 'basic', ids: '40', status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a set of another edition', instanceId: 'finance', ids: '40', status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'a set of a stopped instance', instanceId: 'stopped', ids: '40', status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'a set of a locked instance', instanceId: 'locked', ids: '40', status: 404, code: 'IncorrectDBInstanceLockMode' },
    { name: 'a set of a read-only instance', instanceId: 'readonly', ids: '40', status: 400, code: 'ReadDBInstanceNotSupport' },
  ])('refuses $name, and deletes none', async ({ instanceId, ids, status, code }) => {
    expect(await failureOf(remove(ids, instanceId))).toMatchObject({ statusCode: status, code });
    expect(await idsOf()).toEqual(['3', '9', '15', '40', '41', '42']);
  });

  test.each([
    { name: 'older than the log retention', instanceId: 'rm-one', enabled: ['15', '40', '42'] },
    { name: 'older than a week without logs', instanceId: 'no-logs', enabled: ['9', '15', '40', '42'] },
    { name: 'none when logs are kept as long as data', instanceId: 'long-logs', enabled: [] },
    { name: 'the same of PostgreSQL', instanceId: 'pg', enabled: ['15', '40', '42'] },
    { name: 'none of SQL Server', instanceId: 'mssql', enabled: [] },
    { name: 'none of the Basic Edition', instanceId: 'basic', enabled: [] },
  ])('StoreStatus tells beforehand what may go: $name', async ({ instanceId, enabled }) => {
    const statuses = await list(instanceId);
    expect([...statuses].filter(([, status]) => status === 'Enabled').map(([id]) => id)).toEqual(enabled);

    // One call each: the list must be right about every single set.
    for (const id of statuses.keys()) await remove(id, instanceId).catch(() => undefined);

    const left = await idsOf(instanceId);
    expect([...statuses.keys()].filter((id) => !left.includes(id))).toEqual(enabled);
  });

  test('takes a hundred sets in one call', async () => {
    const ids = rig.world.addSets(
      'pg',
      Array.from({ length: 100 }, (_, n) => ({ agoMs: (50 + n) * DAY_MS, keepDays: 700 })),
    );

    await remove(ids.join(','), 'pg');

    expect(await idsOf('pg')).toEqual(['3', '9', '15', '40', '41', '42']);
  });

  test('a set that has expired is unknown', async () => {
    rig.clock.advance(700 * DAY_MS);

    expect(await failureOf(remove('40'))).toMatchObject({ code: 'InvalidBackupSetID.NotFound' });
  });

  test('is a permission of its own', async () => {
    const policy = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:Describe*', 'rds:ModifyBackupPolicy'], Resource: '*' }] } as const;
    rig.identities.addUser({ accessKeyId: 'AK-keeper', secret: 's', name: 'keeper', policy });
    const client = rig.makeClient({ accessKeyId: 'AK-keeper', accessKeySecret: 's' });

    const failure = await failureOf(client.deleteBackup(new DeleteBackupRequest({ DBInstanceId: 'rm-one', backupId: '15' })));

    expect(failure).toMatchObject({ code: 'Forbidden.RAM', accessDeniedDetail: { AuthAction: 'rds:DeleteBackup' } });
  });

  test('can take effect although the answer is lost', async () => {
    rig.faults.add({ service: 'rds', operation: 'DeleteBackup', effect: 'applied', reply: { kind: 'reset' } });

    await failureOf(remove('15'));

    expect(await idsOf()).not.toContain('15');
  });

  test('meets, when it arrives late, the rules of that moment', async () => {
    rig.faults.add({ service: 'rds', operation: 'DeleteBackup', effect: { appliedAfterMs: 7 * DAY_MS }, reply: { kind: 'reset' } });

    // Protected now, and no more in a week.
    await failureOf(remove('9'));
    expect(await idsOf()).toContain('9');
    rig.clock.advance(7 * DAY_MS);

    expect(await idsOf()).not.toContain('9');
  });
});
