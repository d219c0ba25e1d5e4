// Settings, deletions and detached sets, against the local cloud's rules.
import { DAY_MS, HOUR_MS, plusMs } from '../../../lib/base/instant';
import type { BackupSet, DetachedSet } from '../../../lib/domain/backup';
import type { RefusalReason } from '../../../lib/domain/cloud-errors';
import type { BackupSettings, SettingsMode, SettingValues } from '../../../lib/domain/settings';
import type { FleetMember } from '../../../lib/local/fleet/spec';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { allOf } from '../../support/ledger';
import { failureOf, type GatewayRig, startGatewayRig } from './rig';

const FLEET: readonly FleetMember[] = [
  {
    id: 'mysql',
    engine: 'MySQL',
    usedGb: 10,
    settings: { retentionDays: 30, logRetentionDays: 7 },
    history: {
      days: 0,
      manualSets: [
        { id: '300000001', agoMs: 9 * DAY_MS },
        { id: '300000002', agoMs: 8 * DAY_MS },
        { id: '300000003', agoMs: 2 * HOUR_MS },
      ],
    },
  },
  {
    id: 'mssql',
    engine: 'SQLServer',
    databases: ['ledger'],
    history: { days: 0, manualSets: [{ id: '300000004', agoMs: 2 * DAY_MS, databases: ['ledger'] }] },
  },
  { id: 'advanced', engine: 'MySQL', history: { days: 0 }, settings: { advancedPolicy: true } },
  { id: 'basic', engine: 'MySQL', category: 'Basic', storageType: 'cloud_essd', history: { days: 0 } },
  { id: 'far', engine: 'SQLServer', crossRegion: { destination: 'cn-shanghai' }, history: { days: 0 } },
  { id: 'huge', engine: 'SQLServer', storageGb: 5_000, history: { days: 0 } },
];

let rig: GatewayRig;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: FLEET, knobs: { backupFileDeleters: [DEFAULT_ACCOUNT_ID] } });
});

afterEach(async () => {
  await rig.close();
  jest.useRealTimers();
});

async function write(instanceId: string, mode: SettingsMode, change: Partial<SettingValues>): Promise<{ before: BackupSettings; after: BackupSettings }> {
  const before = await rig.gateway.readSettings(instanceId);
  const changed = Object.keys(change) as (keyof SettingValues)[]; // the names of a part of the values
  await rig.gateway.writeSettings(instanceId, { mode, values: { ...before, ...change }, changed }, rig.noHurry);
  return { before, after: await rig.gateway.readSettings(instanceId) };
}

const setsOf = (instanceId: string): Promise<readonly BackupSet[]> => {
  const now = rig.clock.now();
  return rig.gateway.listBackupSets(instanceId, { from: plusMs(now, -30 * DAY_MS), to: now });
};
const idsOf = async (instanceId: string): Promise<readonly string[]> => (await setsOf(instanceId)).map(({ id }) => id);

describe('settings', () => {
  test('are read with all that the service shows of MySQL on local disks', async () => {
    expect(await rig.gateway.readSettings('mysql')).toMatchObject({
      dataRetentionDays: 30,
      backupDays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      backupWindowMinute: 18 * 60,
      method: 'physical',
      category: 'standard',
      snapshotInterval: 'off',
      incremental: false,
      priority: undefined,
      logFrequency: 'with-data',
      releasedKeep: 'none',
      archiveRetentionDays: 0,
      archiveKeep: undefined,
      archiveKeepCount: undefined,
      logBackup: true,
      logRetentionDays: 7,
      localLogHours: 18,
      localLogSpacePercent: 30,
      highSpaceProtection: true,
      localLogCount: 60,
      supports: { priority: false, snapshots: false, highFrequency: false, releasedKeep: true },
    });
  });

  test.each<{ name: string; id: string; mode: SettingsMode; change: Partial<SettingValues> }>([
    {
      name: 'retention, days and window',
      id: 'mysql',
      mode: 'data',
      change: { dataRetentionDays: 14, backupDays: ['tue', 'sat'], backupWindowMinute: 23 * 60 + 30 },
    },
    { name: 'archives', id: 'mysql', mode: 'data', change: { archiveRetentionDays: 365, archiveKeep: 'by-month', archiveKeepCount: 2 } },
    { name: 'compression and what is kept after a release', id: 'mysql', mode: 'data', change: { compression: 4, releasedKeep: 'latest' } },
    { name: 'local logs', id: 'mysql', mode: 'log', change: { localLogHours: 24, localLogSpacePercent: 10, highSpaceProtection: false } },
    { name: 'the number of local logs', id: 'mysql', mode: 'log', change: { localLogCount: 'unlimited' } },
    { name: 'the log retention', id: 'mysql', mode: 'log', change: { logRetentionDays: 30 } },
    { name: 'no log backup', id: 'mysql', mode: 'log', change: { logBackup: false } },
    { name: 'snapshots every four hours', id: 'mssql', mode: 'data', change: { method: 'snapshot', snapshotInterval: 240, logFrequency: 'every-30-minutes' } },
    { name: 'no differential backups', id: 'mssql', mode: 'data', change: { incremental: false } },
  ])('read back as written: $name', async ({ id, mode, change }) => {
    const { after } = await write(id, mode, change);

    expect(after).toMatchObject(change);
  });

  test('of one mode leave those of the other as they are', async () => {
    const { before, after } = await write('mysql', 'data', { dataRetentionDays: 60 });

    expect(after).toEqual({ ...before, dataRetentionDays: 60 });
  });

  test('go back to logs with the data', async () => {
    await write('mssql', 'data', { logFrequency: 'every-30-minutes' });

    const { before, after } = await write('mssql', 'data', { logFrequency: 'with-data' });

    expect([before.logFrequency, after.logFrequency]).toEqual(['every-30-minutes', 'with-data']);
  });

  test.each<{ name: string; id: string; mode: SettingsMode; change: Partial<SettingValues>; reason: RefusalReason }>([
    { name: 'anything under an advanced policy', id: 'advanced', mode: 'data', change: { dataRetentionDays: 14 }, reason: 'advanced-policy' },
    { name: 'a category on local disks', id: 'mysql', mode: 'data', change: { category: 'flash' }, reason: 'setting-unsupported' },
    { name: 'a log frequency on MySQL', id: 'mysql', mode: 'data', change: { logFrequency: 'every-30-minutes' }, reason: 'setting-unsupported' },
    { name: 'snapshots with logs as seldom as data', id: 'mssql', mode: 'data', change: { method: 'snapshot' }, reason: 'setting-unsupported' },
    {
      name: 'snapshots while cross-region backup is on',
      id: 'far',
      mode: 'data',
      change: { method: 'snapshot', logFrequency: 'every-30-minutes' },
      reason: 'setting-unsupported',
    },
    { name: 'anything but snapshots above 4,000 GB', id: 'huge', mode: 'data', change: { dataRetentionDays: 14 }, reason: 'setting-unsupported' },
    { name: 'the logs of Basic Edition', id: 'basic', mode: 'log', change: { localLogHours: 24 }, reason: 'setting-unsupported' },
    { name: 'a retention of a day', id: 'mysql', mode: 'data', change: { dataRetentionDays: 1 }, reason: 'invalid-request' },
    { name: 'logs kept longer than data', id: 'mysql', mode: 'log', change: { logRetentionDays: 60 }, reason: 'invalid-request' },
  ])('that cannot be are refused, and nothing changes: $name', async ({ id, mode, change, reason }) => {
    const before = await rig.gateway.readSettings(id);

    const error = await failureOf(write(id, mode, change));

    expect(error).toMatchObject({ code: 'refused', reason, operation: 'ModifyBackupPolicy', hint: expect.any(String) });
    expect(await rig.gateway.readSettings(id)).toEqual(before);
  });

  test('whose answer is lost are written once more, to the same effect', async () => {
    rig.breakCalls('ModifyBackupPolicy', { kind: 'reset' }, 1, 'applied');

    const { after } = await write('mysql', 'data', { dataRetentionDays: 14 });

    expect(after.dataRetentionDays).toBe(14);
    expect(rig.gateway.apiCalls()['ModifyBackupPolicy']).toBe(2);
  });

  test('of an instance that does not exist', async () => {
    await expect(failureOf(rig.gateway.readSettings('nobody'))).resolves.toMatchObject({ reason: 'instance-not-found' });
  });
});

describe('deletions', () => {
  const remove = (...ids: string[]): Promise<void> => rig.gateway.deleteSets('mysql', ids, 'instance-sets', rig.noHurry);

  test('are possible where the list says so', async () => {
    const sets = await setsOf('mysql');

    expect(sets.map(({ id, storeStatus }) => [id, storeStatus])).toEqual([
      ['300000001', 'enabled'],
      ['300000002', 'enabled'],
      ['300000003', 'disabled'],
    ]);
  });

  test('take the named sets and no others', async () => {
    await remove('300000001');

    expect(await idsOf('mysql')).toEqual(['300000002', '300000003']);
  });

  test('take several sets by one call', async () => {
    await remove('300000001', '300000002');

    expect(await idsOf('mysql')).toEqual(['300000003']);
    expect(rig.gateway.apiCalls()['DeleteBackup']).toBe(1);
  });

  test.each<{ name: string; id: string; reason: RefusalReason }>([
    { name: 'a set that is still protected', id: '300000003', reason: 'set-not-deletable' },
    { name: 'a set that does not exist', id: '300000099', reason: 'set-not-found' },
  ])('are refused for $name, and then nothing goes', async ({ id, reason }) => {
    const error = await failureOf(remove('300000001', id));

    expect(error).toMatchObject({ code: 'refused', reason });
    expect(await idsOf('mysql')).toHaveLength(3);
  });

  test('are refused for SQL Server', async () => {
    const error = await failureOf(rig.gateway.deleteSets('mssql', ['300000004'], 'instance-sets', rig.noHurry));

    expect(error).toMatchObject({ code: 'refused', reason: 'set-not-deletable', hint: expect.stringContaining('MySQL and PostgreSQL') });
  });

  test('of single-database sets of SQL Server have a way of their own', async () => {
    await rig.gateway.deleteSets('mssql', ['300000004'], 'database-files', rig.noHurry);

    expect(await idsOf('mssql')).toEqual([]);
    expect(rig.gateway.apiCalls()['DeleteBackupFile']).toBe(1);
  });

  test('whose answer is lost have taken effect: the repetition finds nothing', async () => {
    rig.breakCalls('DeleteBackup', { kind: 'reset' }, 1, 'applied');

    const error = await failureOf(remove('300000001'));

    expect(error).toMatchObject({ code: 'refused', reason: 'set-not-found' });
    expect(await idsOf('mysql')).toEqual(['300000002', '300000003']);
  });
});

test('single-database sets are not deletable for accounts that were never let in', async () => {
  const other = await startGatewayRig({ fleet: FLEET });

  const error = await failureOf(other.gateway.deleteSets('mssql', ['300000004'], 'database-files', other.noHurry));

  await other.close();
  expect(error).toMatchObject({ code: 'refused', reason: 'set-not-deletable', hint: expect.stringContaining('let in') });
});

test('sets of a released instance are listed, and those of living ones are not', async () => {
  expect(await allOf(rig.gateway.listDetachedSets())).toEqual([]);
  rig.world.releaseInstance('mysql');

  const sets: readonly DetachedSet[] = await allOf(rig.gateway.listDetachedSets());

  expect(sets.map(({ instanceId, backupId, mode, method, status }) => ({ instanceId, backupId, mode, method, status }))).toEqual(
    ['300000003', '300000002', '300000001'].map((backupId) => ({ instanceId: 'mysql', backupId, mode: 'manual', method: 'physical', status: 'success' })),
  );
});
