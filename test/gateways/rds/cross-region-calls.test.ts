// Copies, logs, restores and snapshots of RDS Custom disks, against the local cloud's rules.
import { DAY_MS, HOUR_MS, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { CrossRegionCopy, CrossRegionWrite, RestoreCheck } from '../../../lib/domain/cross-region';
import type { SetWindow } from '../../../lib/domain/ports';
import type { RestoreTarget } from '../../../lib/domain/restore';
import type { FleetMember } from '../../../lib/local/fleet/spec';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { completeDisk } from '../../../lib/local/world/custom-disks';
import { allOf } from '../../support/ledger';
import { failureOf, type GatewayRig, startGatewayRig } from './rig';

const COPIED = { destination: 'cn-beijing', retentionDays: 30, logs: true };
const FLEET: readonly FleetMember[] = [
  { id: 'mysql', engine: 'MySQL', usedGb: 10, databases: ['shop', 'crm'], history: { days: 3 }, crossRegion: COPIED },
  { id: 'mssql', engine: 'SQLServer', usedGb: 10, databases: ['ledger'], history: { days: 3 }, crossRegion: { ...COPIED, logs: false } },
  { id: 'cloud', engine: 'MySQL', storageType: 'cloud_essd', usedGb: 10, history: { days: 3 }, crossRegion: COPIED },
  { id: 'plain', engine: 'MySQL', usedGb: 10, history: { days: 1 } },
  { id: 'mariadb', engine: 'MariaDB', usedGb: 10, history: { days: 1 } },
];

let rig: GatewayRig;
let week: SetWindow;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: FLEET });
  week = { from: plusMs(rig.clock.now(), -7 * DAY_MS), to: rig.clock.now() };
});

afterEach(async () => {
  await rig.close();
  jest.useRealTimers();
});

const copiesOf = (instanceId: string): Promise<readonly CrossRegionCopy[]> => rig.gateway.listCopies(instanceId, 'cn-beijing', week);

async function newestCopy(instanceId: string): Promise<CrossRegionCopy> {
  const copy = (await copiesOf(instanceId)).at(-1);
  if (copy === undefined) throw new Error(`${instanceId} has no copy`);
  return copy;
}

describe('settings', () => {
  const WRITE: CrossRegionWrite = { isEnabled: true, destination: 'cn-shanghai', retentionDays: 90, copiesLogs: true };

  test('of all instances that are or were copied come in bulk', async () => {
    const instances = await allOf(rig.gateway.listCrossRegionInstances());

    expect(instances.map(({ instanceId }) => instanceId).sort()).toEqual(['cloud', 'mssql', 'mysql']);
    expect(instances.find(({ instanceId }) => instanceId === 'mssql')).toMatchObject({
      status: 'Running',
      isEnabled: true,
      destination: 'cn-beijing',
      retentionDays: 30,
      copiesLogs: false,
      logsEnabledAt: undefined,
    });
  });

  test('of an instance that never was copied are off', async () => {
    expect(await rig.gateway.readCrossRegionSettings('plain')).toMatchObject({ isEnabled: false, destination: undefined, retentionDays: undefined });
  });

  test('of an instance that never was copied are off, too, where the service fails over it', async () => {
    rig.breakCalls(
      'DescribeInstanceCrossBackupPolicy',
      { kind: 'error', status: 500, code: 'InternalError', message: 'The request processing has failed.' },
      99,
    );

    expect(await rig.gateway.readCrossRegionSettings('plain')).toMatchObject({ isEnabled: false });
  });

  test('are read back as written', async () => {
    await rig.gateway.writeCrossRegionSettings('plain', WRITE, rig.noHurry);

    expect(await rig.gateway.readCrossRegionSettings('plain')).toMatchObject(WRITE);
  });

  test('are read back as written, when switched off', async () => {
    await rig.gateway.writeCrossRegionSettings('mysql', { isEnabled: false, destination: 'cn-beijing', retentionDays: 7, copiesLogs: false }, rig.noHurry);

    expect(await rig.gateway.readCrossRegionSettings('mysql')).toMatchObject({
      isEnabled: false,
      copiesLogs: false,
      destination: 'cn-beijing',
      retentionDays: 7,
    });
  });

  test('are refused for an engine without the feature', async () => {
    const error = await failureOf(rig.gateway.writeCrossRegionSettings('mariadb', WRITE, rig.noHurry));

    expect(error).toMatchObject({ code: 'refused', reason: 'cross-region-unsupported', hint: expect.any(String) });
  });

  test('know the destinations of the region', async () => {
    const destinations = await rig.gateway.listCopyDestinations();

    expect(destinations).toContain('cn-beijing');
    expect(destinations).not.toContain('cn-hangzhou');
  });
});

describe('copies', () => {
  test('have the times and sizes of the sets that they are of', async () => {
    const copies = await copiesOf('mysql');
    const sets = await rig.gateway.listBackupSets('mysql', week);

    expect(copies.length).toBeGreaterThanOrEqual(3);
    expect(copies.map(({ startedAt }) => startedAt)).toEqual(sets.map(({ startedAt }) => startedAt));
    expect(copies.at(-1)).toMatchObject({ region: 'cn-beijing', status: 'success', method: 'physical', type: 'full', scope: 'instance' });
  });

  test('of one set are found by its id', async () => {
    const set = (await rig.gateway.listBackupSets('mysql', week)).at(-1);

    const copies = await rig.gateway.findCopiesOf('mysql', 'cn-beijing', set?.id ?? '');

    expect(copies).toEqual([await newestCopy('mysql')]);
  });

  test('of MySQL on cloud disks are not listed, which is not the same as none', async () => {
    await expect(failureOf(copiesOf('cloud'))).resolves.toMatchObject({ reason: 'copies-not-listed' });
  });
});

describe('logs', () => {
  const day = (): SetWindow => ({ from: plusMs(rig.clock.now(), -DAY_MS), to: rig.clock.now() });

  test.each(['mysql', 'mssql'])('of %s follow one another', async (id) => {
    const logs = await rig.gateway.listLogs(await rig.instance(id), day());

    expect(logs.length).toBeGreaterThan(40);
    expect(logs.slice(1).every((log, index) => log.from <= (logs[index]?.to ?? 0))).toBe(true);
    expect(logs.every(({ name }) => name !== '')).toBe(true);
  });

  test('are copied some minutes later', async () => {
    const local = await rig.gateway.listLogs(await rig.instance('mysql'), day());
    const copied = await rig.gateway.listCopiedLogs('mysql', 'cn-beijing', day());

    const behindMs = (local.at(-1)?.to ?? 0) - (copied.at(-1)?.to ?? 0);
    expect(copied.length).toBeGreaterThan(40);
    expect(behindMs).toBeLessThanOrEqual(HOUR_MS);
    expect(copied[0]?.from).toBeLessThanOrEqual(day().from);
  });
});

describe('recovery windows', () => {
  test('are told at home and of a copy', async () => {
    const copy = await newestCopy('mysql');

    const local = await rig.gateway.localRecoveryWindow('mysql');
    const copied = await rig.gateway.copyRecoveryWindow('mysql', copy.id);

    expect(local?.to).toBeGreaterThan(rig.clock.now() - HOUR_MS);
    expect(copied?.from).toBeLessThan(copied?.to ?? 0);
  });

  test('do not exist without log backup', async () => {
    const values = await rig.gateway.readSettings('plain');
    await rig.gateway.writeSettings('plain', { mode: 'log', values: { ...values, logBackup: false }, changed: ['logBackup'] }, rig.noHurry);

    expect(await rig.gateway.localRecoveryWindow('plain')).toBeUndefined();
  });
});

describe('restores', () => {
  const TARGET: RestoreTarget = {
    region: 'cn-beijing',
    engine: 'mysql',
    engineVersion: '8.0',
    instanceClass: 'mysql.x4.large.2c',
    storageGb: 500,
    description: 'drill',
    payType: 'postpaid',
    vpcId: undefined,
    vSwitchId: undefined,
    zoneId: undefined,
    allowedAddresses: [],
  };
  const checkOf = (copyId: string): RestoreCheck => ({ ...TARGET, what: { kind: 'copy', copyId } });

  test('of a good copy are possible', async () => {
    expect(await rig.gateway.checkRestore(checkOf((await newestCopy('mysql')).id))).toEqual({ isRestorable: true });
  });

  test('of a copy of another version are not, and the answer says why', async () => {
    const { id } = await newestCopy('mysql');

    expect(await rig.gateway.checkRestore({ ...checkOf(id), engineVersion: '5.7' })).toMatchObject({ isRestorable: false, code: 'IncorrectBaksetVersion' });
    expect(await rig.gateway.checkRestore(checkOf('999999'))).toMatchObject({ isRestorable: false, code: 'InvalidBackupSetID.NotFound' });
  });

  test('need the details of their source', async () => {
    const { spec } = rig.world.find('mysql') ?? {};

    expect(await rig.gateway.readDetails('mysql')).toEqual({ instanceClass: spec?.instanceClass, storageGb: spec?.storageGb, isServerless: false });
    await expect(failureOf(rig.gateway.readDetails('nobody'))).resolves.toMatchObject({ reason: 'instance-not-found' });
  });

  test.each(['copy', 'copied-time', 'set', 'time'] as const)('from a %s make one instance, however often they are asked for', async (kind) => {
    const copy = await newestCopy('mysql');
    const set = (await rig.gateway.listBackupSets('mysql', week)).at(-1);
    const at = plusMs(rig.clock.now(), -HOUR_MS);
    const source = {
      copy: { kind: 'copy', copyId: copy.id, copyRegion: 'cn-beijing' },
      'copied-time': { kind: 'copied-time', at, sourceRegion: 'cn-hangzhou', sourceInstanceId: 'mysql' },
      set: { kind: 'set', instanceId: 'mysql', backupId: set?.id ?? '' },
      time: { kind: 'time', instanceId: 'mysql', at },
    } as const;
    const target = kind === 'set' || kind === 'time' ? { ...TARGET, region: 'cn-hangzhou' } : TARGET;

    const first = await rig.gateway.restoreToNewInstance(source[kind], target, 'token-1');
    const again = await rig.gateway.restoreToNewInstance(source[kind], target, 'token-1');

    expect(again).toEqual(first);
    expect(rig.world.find(first.instanceId)?.spec).toMatchObject({ regionId: target.region, engine: 'MySQL' });
  });

  test('whose answer is lost have made one instance, and find it again', async () => {
    const copy = await newestCopy('mysql');
    const before = [...rig.world.all()].length;
    rig.breakCalls('CreateDdrInstance', { kind: 'reset' }, 1, 'applied');

    const { instanceId } = await rig.gateway.restoreToNewInstance({ kind: 'copy', copyId: copy.id, copyRegion: 'cn-beijing' }, TARGET, 'token-2');

    expect([...rig.world.all()]).toHaveLength(before + 1);
    expect(rig.world.find(instanceId)).toBeDefined();
  });

  test('under a token of another restore are refused', async () => {
    const copy = await newestCopy('mysql');
    const source = { kind: 'copy', copyId: copy.id, copyRegion: 'cn-beijing' } as const;
    await rig.gateway.restoreToNewInstance(source, TARGET, 'token-3');

    const error = await failureOf(rig.gateway.restoreToNewInstance(source, { ...TARGET, storageGb: 505 }, 'token-3'));

    expect(error).toMatchObject({ code: 'refused', reason: 'invalid-request', hint: expect.stringContaining('another restore') });
  });

  test('of single tables take the contents of the copy', async () => {
    const copy = await newestCopy('mysql');
    const contents = await rig.gateway.listSetContents('cn-beijing', copy.id);
    const source = { kind: 'copy', copyId: copy.id, copyRegion: 'cn-beijing' } as const;

    const error = await failureOf(rig.gateway.restoreTables('mysql', source, [{ database: 'none', newDatabase: 'other', tables: [] }], 'token-4'));
    const restored = rig.gateway.restoreTables('mysql', source, [{ database: 'shop', newDatabase: 'shop_old', tables: [] }], 'token-5');

    expect(contents.map(({ database }) => database).sort()).toEqual(['crm', 'shop']);
    await expect(restored).resolves.toBeUndefined();
    expect(error).toMatchObject({ code: 'refused', reason: 'no-such-database' });
  });
});

describe('snapshots of RDS Custom disks', () => {
  beforeEach(() => rig.world.commit([{ kind: 'custom-disk', disk: completeDisk({ id: 'rcd-1' }, DEFAULT_ACCOUNT_ID, rig.clock.now()) }]));

  test('are made, listed and deleted', async () => {
    const { snapshotId } = await rig.gateway.createCustomSnapshot({ diskId: 'rcd-1', description: 'before the release', retentionDays: 2 });
    rig.clock.advance(10 * MINUTE_MS);

    const listed = await allOf(rig.gateway.listCustomSnapshots({ diskId: 'rcd-1' }));
    const named = await allOf(rig.gateway.listCustomSnapshots({ snapshotIds: [snapshotId] }));
    await rig.gateway.deleteCustomSnapshot(snapshotId, false);

    expect(listed).toMatchObject([{ id: snapshotId, diskId: 'rcd-1', description: 'before the release', status: 'accomplished', progressPercent: 100 }]);
    expect(named).toEqual(listed);
    expect(await allOf(rig.gateway.listCustomSnapshots({}))).toEqual([]);
  });

  test('are made one at a time', async () => {
    const wish = { diskId: 'rcd-1', description: undefined, retentionDays: undefined };
    await rig.gateway.createCustomSnapshot(wish);

    await expect(failureOf(rig.gateway.createCustomSnapshot(wish))).resolves.toMatchObject({ code: 'refused', reason: 'backup-job-exists' });
  });

  test('that do not exist are deleted all the same', async () => {
    await expect(rig.gateway.deleteCustomSnapshot('rcds-none', true)).resolves.toBeUndefined();
  });
});

test('download links of a set are read', async () => {
  const set = (await rig.gateway.listBackupSets('mysql', week)).at(-1);

  const links = await rig.gateway.listDownloadLinks('mysql', set?.id ?? '');

  expect(links).toMatchObject([{ database: undefined, internet: expect.stringMatching(/^https?:/), intranet: expect.stringMatching(/^https?:/) }]);
});
