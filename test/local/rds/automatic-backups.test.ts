import { DescribeBackupsRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { completeInstance } from '../../../lib/local/fleet/spec';
import { nextAutomatic } from '../../../lib/local/world/automatic';
import { ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig | undefined;

afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const start = async (member: Partial<FleetMember>): Promise<RdsRig> => {
  rig = await startRig({ fleet: [{ ...ONE_MYSQL, ...member }] });
  return rig;
};

/** Automatic sets, oldest first, as the SDK lists them. */
const automatics = async ({ client }: RdsRig): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { body } = await client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one', backupMode: 'Automated', pageSize: 1000 }));
  return (body?.items?.backup ?? []).map((set) => ({ ...set })).reverse();
};

describe('automatic backups', () => {
  test("happen on the days and in the hour of the instance's settings", async () => {
    const world = await start({ settings: { days: ['Monday', 'Friday'], windowStartMinute: 20 * 60, retentionDays: 60 } });

    world.clock.advance(14 * DAY_MS);

    // The world begins on Saturday, 21 November 2026.
    const days = (await automatics(world)).map((set) => String(set['backupStartTime']).slice(0, 13));
    expect(days).toEqual(['2026-11-23T20', '2026-11-27T20', '2026-11-30T20', '2026-12-04T20']);
  });

  test('happen at every step with high-frequency snapshots', async () => {
    const world = await start({ storageType: 'cloud_essd', settings: { intervalMinutes: 120 } });

    world.clock.advance(DAY_MS);

    const starts = (await automatics(world)).map((set) => Date.parse(String(set['backupStartTime'])));
    expect(starts).toHaveLength(12);
    expect(new Set(starts.slice(1).map((at, index) => at - (starts[index] ?? 0)))).toEqual(new Set([2 * HOUR_MS]));
  });

  test('alternate full and differential ones on SQL Server', async () => {
    const world = await start({ engine: 'SQLServer', settings: { retentionDays: 30 } });

    world.clock.advance(7 * DAY_MS);

    const types = (await automatics(world)).map((set) => set['backupType']);
    expect(types).toEqual(['FullBackup', 'IncrementalBackup', 'IncrementalBackup', 'FullBackup', 'IncrementalBackup', 'IncrementalBackup', 'FullBackup']);
  });

  test.each<{ name: string; member: Partial<FleetMember> }>([
    { name: 'stopped', member: { status: 'Stopped' } },
    { name: 'locked', member: { lockMode: 'ManualLock' } },
    { name: 'read-only', member: { role: 'Readonly' } },
  ])('do not happen on an instance that is $name', async ({ member }) => {
    const world = await start(member);

    world.clock.advance(3 * DAY_MS);

    expect(await automatics(world)).toEqual([]);
  });

  test('come back when the instance does', async () => {
    const world = await start({ status: 'Stopped' });
    world.clock.advance(2 * DAY_MS);

    world.world.changeInstance('rm-one', { status: 'Running' });
    world.clock.advance(DAY_MS);

    expect(await automatics(world)).toHaveLength(1);
  });

  test('follow new settings from then on', async () => {
    const world = await start({});
    const { settings } = world.world.find('rm-one')?.spec ?? completeInstance(ONE_MYSQL, world.clock.now());

    world.world.changeInstance('rm-one', { settings: { ...settings, windowStartMinute: 5 * 60 } });
    world.clock.advance(8 * HOUR_MS);

    expect(await automatics(world)).toMatchObject([{ backupStartTime: expect.stringMatching(/T05:/) }]);
  });

  test('wait for a running job, and are skipped when it runs too long', async () => {
    const world = await start({});
    world.clock.advance(17 * HOUR_MS);
    world.world.planNextJob('rm-one', { durationMs: 90 * MINUTE_MS });
    world.world.humanBackup('rm-one');
    world.clock.advance(6 * HOUR_MS);

    // The human's job began at 18:00Z, before the automatic one's time in the hour from there, and took 90 minutes.
    expect(await automatics(world)).toMatchObject([{ backupStartTime: '2026-11-21T19:31:00Z' }]);

    world.world.planNextJob('rm-one', { durationMs: 30 * HOUR_MS });
    world.world.humanBackup('rm-one');
    world.clock.advance(31 * HOUR_MS);
    expect(await automatics(world)).toHaveLength(1);
  });
});

describe('the passage of time', () => {
  const fleet: readonly FleetMember[] = [
    ONE_MYSQL,
    { ...ONE_MYSQL, id: 'rm-large', usedGb: 800 },
    { ...ONE_MYSQL, id: 'rm-frequent', storageType: 'cloud_essd', settings: { intervalMinutes: 30 } },
    { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer', usedGb: 200 },
  ];

  test('makes the same world whether anybody looks often or once', async () => {
    const often = await startRig({ fleet });
    const once = await startRig({ fleet });
    await often.close();
    await once.close();

    for (let minutes = 0; minutes < 2 * 24 * 60; minutes += 7) often.world.settle(instant(once.clock.now() + minutes * MINUTE_MS));
    const end = instant(once.clock.now() + 2 * DAY_MS);
    often.world.settle(end);
    once.world.settle(end);

    expect([...once.world.all()]).toEqual([...often.world.all()]);
    expect(once.records.map((record) => record.data)).toEqual(often.records.map((record) => record.data));
  });

  test('gives ids in the order of time, over all instances', async () => {
    const { world, clock, close } = await startRig({ fleet });
    await close();

    world.settle(instant(clock.now() + 5 * DAY_MS));

    const sets = [...world.all()].flatMap((instance) => instance.sets).sort((a, b) => Number(a.id) - Number(b.id));
    expect(sets.length).toBeGreaterThan(200);
    expect(sets.map((set) => set.endedAt)).toEqual(sets.map((set) => set.endedAt).sort((a, b) => a - b));
  });
});

describe('the next automatic backup', () => {
  test('is always ahead, on a backup day, in the hour of the window', () => {
    const spec = completeInstance({ ...ONE_MYSQL, settings: { days: ['Sunday', 'Wednesday'], windowStartMinute: 23 * 60 + 30 } }, instant(0));
    let at = instant(Date.UTC(2026, 0, 1));

    for (let n = 0; n < 120; n += 1) {
      const next = nextAutomatic(spec, at);
      expect(next).toBeGreaterThan(at);
      const windowStart = new Date(Number(next) - ((Number(next) - 23.5 * HOUR_MS) % DAY_MS));
      expect([0, 3]).toContain(windowStart.getUTCDay());
      at = next ?? at;
    }
    expect(at).toBe(nextAutomatic(spec, instant(at - 1)));
  });
});
