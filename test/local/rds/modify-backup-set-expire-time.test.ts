import { DescribeBackupsRequest, ModifyBackupSetExpireTimeRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import { makeFaultPlan } from '../../../lib/local/faults';
import type { FleetMember } from '../../../lib/local/fleet';
import type { BackupOrder } from '../../../lib/local/world/backup-rules';
import { failureOf, type RdsRig, startRig } from './support';

const NO_PAST = { history: { days: 0 } } as const;
const FLEET: readonly FleetMember[] = [
  { id: 'mssql', engine: 'SQLServer', databases: ['erp', 'crm'], usedGb: 1, ...NO_PAST },
  { id: 'mysql', engine: 'MySQL', usedGb: 1, ...NO_PAST },
];
const ERP: BackupOrder = { method: 'Physical', type: 'FullBackup', strategy: 'db', databases: ['erp'], retentionDays: 30 };

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET });
});

afterEach(() => rig.close());

/** Makes one backup and returns its set's id. */
async function makeSet(instanceId: string, order: BackupOrder): Promise<string> {
  rig.world.humanBackup(instanceId, order);
  rig.clock.advance(2 * HOUR_MS);
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: instanceId, backupMode: 'Manual' }));
  return body?.items?.backup?.[0]?.backupId ?? '';
}

async function expiryOf(instanceId: string, backupId: string): Promise<string | undefined> {
  const { body } = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: instanceId, backupId }));
  return body?.items?.backup?.[0]?.expectExpireTime;
}

async function extend(instanceId: string, backupId: number | string, expectExpireTime: string): Promise<Readonly<Record<string, unknown>>> {
  // The model says number and its own example is a text: at run time it sends what it is given.
  const request = new ModifyBackupSetExpireTimeRequest({ DBInstanceId: instanceId, backupId: backupId as number, expectExpireTime });
  const { body } = await rig.client.modifyBackupSetExpireTime(request);
  return { ...body };
}

describe('ModifyBackupSetExpireTime', () => {
  test.each<{ name: string; as: (id: string) => number | string; time: string; shown: string }>([
    { name: 'an id as text, a time in seconds', as: (id) => id, time: '2027-03-01T12:10:23Z', shown: '2027-03-01T12:10:23Z' },
    { name: 'an id as number, a time in minutes', as: Number, time: '2027-03-01T12:10Z', shown: '2027-03-01T12:10:00Z' },
    { name: 'for ever', as: (id) => id, time: '9999-01-01T00:00:00Z', shown: '9999-01-01T00:00:00Z' },
  ])('takes $name, and lists show it', async ({ as, time, shown }) => {
    const id = await makeSet('mssql', ERP);

    const body = await extend('mssql', as(id), time);

    expect(body).toMatchObject({ code: '200', success: true, message: 'success', requestId: expect.any(String) });
    expect(await expiryOf('mssql', id)).toBe(shown);
  });

  test('the set lives until its new expiry, and not longer', async () => {
    const id = await makeSet('mssql', ERP);
    await extend('mssql', id, '2027-03-01T00:00Z');

    rig.clock.advance(40 * DAY_MS);
    expect(await expiryOf('mssql', id)).toBe('2027-03-01T00:00:00Z');

    rig.clock.advance(70 * DAY_MS);
    expect(await expiryOf('mssql', id)).toBeUndefined();
  });

  test.each<{ name: string; expiry: (now: string) => string }>([
    { name: 'the same time again', expiry: (now) => now },
    { name: 'an earlier time', expiry: () => '2026-12-01T00:00:00Z' },
    { name: 'no time at all', expiry: () => 'tomorrow' },
    { name: 'a time with an offset', expiry: () => '2027-03-01T12:10:23+08:00' },
    { name: 'a day without its time', expiry: () => '2027-03-01' },
  ])('refuses $name, and changes nothing', async ({ expiry }) => {
    const id = await makeSet('mssql', ERP);
    const before = (await expiryOf('mssql', id)) ?? '';

    expect(await failureOf(extend('mssql', id, expiry(before)))).toMatchObject({ statusCode: 400, code: 'InvalidExpectExpireTime' });
    expect(await expiryOf('mssql', id)).toBe(before);
  });

  test('refuses to end what is kept for ever', async () => {
    const id = await makeSet('mssql', { ...ERP, retentionDays: -1 });

    expect(await failureOf(extend('mssql', id, '2030-01-01T00:00:00Z'))).toMatchObject({ code: 'InvalidExpectExpireTime' });
  });

  test.each<{ name: string; instanceId: string; order: BackupOrder; code: string }>([
    { name: 'another engine', instanceId: 'mysql', order: {}, code: 'IncorrectDBInstanceEngine' },
    { name: 'the whole instance', instanceId: 'mssql', order: { method: 'Physical', type: 'FullBackup' }, code: 'IncorrectBackupSetMethod' },
    { name: 'a snapshot', instanceId: 'mssql', order: { method: 'Snapshot' }, code: 'IncorrectBackupSetMethod' },
  ])('refuses a set of $name', async ({ instanceId, order, code }) => {
    const id = await makeSet(instanceId, order);

    expect(await failureOf(extend(instanceId, id, '2030-01-01T00:00:00Z'))).toMatchObject({ statusCode: 403, code });
  });

  test('refuses a failed set', async () => {
    rig.world.planNextJob('mssql', { outcome: 'Failed' });
    const id = await makeSet('mssql', ERP);

    expect(await failureOf(extend('mssql', id, '2030-01-01T00:00:00Z'))).toMatchObject({ statusCode: 403, code: 'IncorrectBackupSetState' });
  });

  test.each([
    { name: 'an unknown set', instanceId: 'mssql', id: '1', status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'an unknown instance', instanceId: 'none', id: '1', status: 404, code: 'InvalidDBInstanceName.NotFound' },
    { name: 'no set', instanceId: 'mssql', id: '', status: 400, code: 'MissingBackupId' },
  ])('refuses $name', async ({ instanceId, id, status, code }) => {
    expect(await failureOf(extend(instanceId, id, '2030-01-01T00:00:00Z'))).toMatchObject({ statusCode: status, code });
  });

  test('a set that has expired is gone, also before it is swept away', async () => {
    const id = await makeSet('mssql', ERP);
    rig.clock.advance(31 * DAY_MS);

    expect(await failureOf(extend('mssql', id, '2030-01-01T00:00:00Z'))).toMatchObject({ code: 'InvalidBackupSetID.NotFound' });
  });

  test('the change is journalled as a whole value', async () => {
    const id = await makeSet('mssql', ERP);
    await extend('mssql', id, '2027-03-01T12:10:23Z');

    const data = { kind: 'set-expiry', instanceId: 'mssql', backupId: id, expiresAt: Date.parse('2027-03-01T12:10:23Z') };
    expect(rig.records.at(-1)).toEqual({ stream: 'rds', data });
  });

  test('a fault can answer HTTP 200 with Success: false', async () => {
    const id = await makeSet('mssql', ERP);
    const before = await expiryOf('mssql', id);
    rig.faults.add({
      service: 'rds',
      operation: 'ModifyBackupSetExpireTime',
      effect: 'none',
      reply: { kind: 'unsuccessful', code: '500', message: 'not now' },
    });

    expect(await extend('mssql', id, '2027-03-01T00:00:00Z')).toMatchObject({ success: false, code: '500', message: 'not now' });
    expect(await expiryOf('mssql', id)).toBe(before);
  });

  test('no other service can answer so', () => {
    const fault = { service: 'tablestore', operation: '*', effect: 'none', reply: { kind: 'unsuccessful', code: '500', message: '' } } as const;

    expect(() => makeFaultPlan().add(fault)).toThrow('only operations of the RDS API');
  });
});
