import { CloneDBInstanceRequest, CreateRCSnapshotRequest, ModifyBackupPolicyRequest, ModifyInstanceCrossBackupPolicyRequest } from '@alicloud/rds20140815';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import type { JournalRecord } from '../../../lib/local/kinds';
import { snapshotDeltas, type WorldDelta, type WorldState } from '../../../lib/local/world/deltas';
import { completeKnobs } from '../../../lib/local/world/knobs';
import { makeJournalledState, makeWorld } from '../../../lib/local/world/world';
import { makeVirtualClock } from '../../support/virtual-clock';
import { ONE_MYSQL, type RdsRig, startRig } from './support';

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, history: { days: 3, foreignToday: 2 } },
  { ...ONE_MYSQL, id: 'rm-run', history: { days: 2, runningJob: true } },
  { ...ONE_MYSQL, id: 'rm-hf', storageType: 'cloud_essd', settings: { intervalMinutes: 60 } },
  { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer', databases: ['a', 'b'] },
  { ...ONE_MYSQL, id: 'rm-set', history: { days: 20 } },
  { ...ONE_MYSQL, id: 'rm-gone', history: { days: 2 } },
  { ...ONE_MYSQL, id: 'rm-left', history: { days: 0 } },
  { ...ONE_MYSQL, id: 'rm-copied', history: { days: 3 }, crossRegion: { destination: 'cn-shanghai', logs: true } },
  { ...ONE_MYSQL, id: 'rm-copied-gone', history: { days: 3 }, crossRegion: { destination: 'cn-shanghai' } },
];

/** Two days in which everything happens that changes a world. */
async function live(): Promise<RdsRig> {
  const rig = await startRig({ fleet: FLEET, knobs: { settingsChange: { busyMs: 2 * DAY_MS + HOUR_MS } } });
  rig.world.releaseInstance('rm-left');
  rig.world.humanBackup('mssql', { method: 'Physical', type: 'FullBackup', strategy: 'db', databases: ['a'], retentionDays: 90 });
  rig.world.planNextJob('rm-one', { outcome: 'Failed', durationMs: 20 * MINUTE_MS });
  rig.world.humanBackup('rm-one', { method: 'Logical' });
  rig.clock.advance(DAY_MS);
  rig.world.changeInstance('rm-hf', { status: 'Stopped' });
  rig.world.releaseInstance('rm-gone');
  rig.world.addSets('rm-one', [{ agoMs: DAY_MS }]);
  const set = { DBInstanceId: 'rm-set', backupPolicyMode: 'LogBackupPolicy', enableBackupLog: '0' };
  const local = { localLogRetentionHours: '1', localLogRetentionSpace: '1', highSpaceUsageProtection: 'Disable' };
  await rig.client.modifyBackupPolicy(new ModifyBackupPolicyRequest({ ...set, ...local }));
  rig.world.deleteSet('rm-one', String(rig.world.find('rm-one')?.sets[0]?.id));
  rig.world.commit([{ kind: 'set-expiry', instanceId: 'mssql', backupId: String(rig.world.find('mssql')?.sets[0]?.id), expiresAt: null }]);
  rig.world.planNextJob('rm-run', { neverEnds: true });
  await copyAndRestore(rig);
  rig.clock.advance(DAY_MS);
  rig.world.settle(rig.clock.now());
  rig.world.planNextJob('mssql', { durationMs: HOUR_MS });
  rig.world.humanBackup('mssql');
  await rig.close();
  return rig;
}

async function copyAndRestore(rig: RdsRig): Promise<void> {
  const now = rig.clock.now();
  rig.world.plantLogGap('rm-copied', plusMs(now, -3 * HOUR_MS), plusMs(now, -2 * HOUR_MS));
  rig.world.plantCopyFault('rm-copied', 'next', { kind: 'missing' });
  rig.world.plantCopyFault('rm-copied-gone', 'next', { kind: 'failed' });
  rig.world.setUnrestorable(rig.world.plantOrphanCopy('rm-copied', { agoMs: HOUR_MS }), null);
  rig.world.releaseInstance('rm-copied-gone');
  rig.world.addCustomDisk({ id: 'rcd-one' });
  await rig.client.createRCSnapshot(new CreateRCSnapshotRequest({ regionId: 'cn-hangzhou', diskId: 'rcd-one', retentionDays: 9 }));
  const backupId = String(rig.world.find('rm-copied')?.sets[0]?.id);
  await rig.client.cloneDBInstance(new CloneDBInstanceRequest({ DBInstanceId: 'rm-copied', payType: 'Postpaid', backupId, clientToken: 'once' }));
  const write = { backupEnabled: '1', crossBackupRegion: 'cn-beijing', logBackupEnabled: '1', retention: 90 };
  for (const DBInstanceId of ['rm-copied', 'mssql']) {
    await rig.client.modifyInstanceCrossBackupPolicy(new ModifyInstanceCrossBackupPolicyRequest({ DBInstanceId, regionId: 'cn-hangzhou', ...write }));
  }
}

function replay(records: readonly JournalRecord[]): WorldState {
  const { state, owner } = makeJournalledState();
  for (const record of records) owner.apply(JSON.parse(JSON.stringify(record.data)));
  return state;
}

const startedJobs = (delta: WorldDelta): readonly string[] => (delta.kind === 'job-started' ? [delta.job.id] : []);

const content = (state: WorldState): unknown => JSON.parse(JSON.stringify([...snapshotDeltas(state)]));

describe('a restart', () => {
  test('is told of everything that changes a world', async () => {
    const rig = await live();

    expect([...new Set(rig.records.map((record) => (record.data as WorldDelta).kind))].sort()).toEqual(
      expect.arrayContaining([
        ...['busy', 'forgotten', 'history', 'logs', 'released', 'set-expiry', 'set-removed'],
        ...['copy', 'copies', 'custom-disk', 'custom-snapshot', 'log-gaps', 'next-copy', 'order'],
      ]),
    );
  });

  test('finds the world as it was: the journal holds every change', async () => {
    const rig = await live();

    const reborn = await startRig({ records: rig.records, clock: rig.clock });
    await reborn.close();

    const instances = (of: RdsRig): unknown => JSON.parse(JSON.stringify([...of.world.all()]));
    expect(instances(reborn)).toEqual(instances(rig));
    expect(reborn.records).toHaveLength(rig.records.length);
  });

  test('finds the same world from a snapshot', async () => {
    const rig = await live();
    const state = replay(rig.records);

    const compacted = replay([...snapshotDeltas(state)].map((data) => ({ stream: 'rds', data })));

    expect(content(compacted)).toEqual(content(state));
  });

  test('loses no job, wherever it happens', async () => {
    const rig = await live();
    const founded = rig.records.findIndex((record) => (record.data as WorldDelta).kind === 'created') + 1;
    const clock = makeVirtualClock('2026-11-23T03:00:00Z');
    const settle = (records: readonly JournalRecord[]): WorldState => {
      const state = replay(records);
      makeWorld({ state, journal: { append: () => undefined }, knobs: completeKnobs(), now: clock.now }).settle(clock.now());
      return state;
    };

    fc.assert(
      fc.property(fc.integer({ min: founded, max: rig.records.length }), (cut) => {
        const before = rig.records.slice(0, cut);
        const state = settle(before);

        // Whatever was started runs, or has left a set; the one set that was deleted belongs to a job of before the world.
        const known = new Set(
          [...state.instances.values()].flatMap(({ job, sets }) => [...(job === undefined ? [] : [job.id]), ...sets.map((set) => set.jobId)]),
        );
        const lost = before.flatMap(({ data }) => startedJobs(data as WorldDelta)).filter((jobId) => !known.has(jobId));
        expect(lost).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('knows the orders, disks and snapshots again', async () => {
    const rig = await live();

    const state = replay([...snapshotDeltas(replay(rig.records))].map((data) => ({ stream: 'rds', data })));

    expect([...state.orders.values()]).toMatchObject([{ orderId: '211111110000001', instanceId: expect.stringMatching(/^rm-/) }]);
    expect([...state.disks.keys()]).toEqual(['rcd-one']);
    expect([...state.snapshots.values()]).toMatchObject([{ diskId: 'rcd-one' }]);
    expect([...state.copyOwners.values()]).toEqual(expect.arrayContaining(['rm-copied', 'rm-copied-gone', 'mssql']));
  });

  test('of a founding that was cut short begins it anew', async () => {
    const rig = await live();
    const founded = rig.records.findIndex((record) => (record.data as WorldDelta).kind === 'created');

    const reborn = await startRig({ records: rig.records.slice(0, founded), clock: rig.clock, fleet: FLEET });
    await reborn.close();

    expect([...reborn.world.all()].map(({ spec }) => spec.id)).toEqual(FLEET.map((member) => member.id));
    expect(reborn.world.createdAt()).toBe(rig.clock.now());
  });

  test('refuses a journal that names an instance it never made', () => {
    expect(() => replay([{ stream: 'rds', data: { kind: 'automatic', instanceId: 'ghost', at: null } }])).toThrow(/ghost/);
  });
});
