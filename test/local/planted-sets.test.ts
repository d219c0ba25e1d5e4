import { DAY_MS, formatInstant, HOUR_MS } from '../../lib/base/instant';
import type { FleetMember } from '../../lib/local/fleet';
import { foundWorld } from '../../lib/local/fleet/found';
import type { JournalRecord } from '../../lib/local/kinds';
import { makeIdSource } from '../../lib/local/world/ids';
import { completeKnobs } from '../../lib/local/world/knobs';
import type { ManualSetSketch } from '../../lib/local/world/planted-sets';
import { makeJournalledState, makeWorld, type World } from '../../lib/local/world/world';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

const ONE: FleetMember = { id: 'rm-one', engine: 'MySQL', databases: ['shop'], usedGb: 10, history: { days: 0 } };

let clock: VirtualClock;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(() => {
  jest.useRealTimers();
});

function makeTestWorld(members: readonly FleetMember[], records: JournalRecord[] = []): World {
  const { state, owner } = makeJournalledState();
  const knobs = completeKnobs();
  for (const { data } of records) owner.apply(JSON.parse(JSON.stringify(data)));
  const world = makeWorld({ state, journal: { append: (batch) => records.push(...batch) }, knobs, now: clock.now });
  if (world.createdAt() !== undefined) return world;
  const founding = { now: clock.now(), knobs, firstJobId: state.lastJobId, firstBackupId: state.lastBackupId, firstCopyId: state.lastCopyId };
  for (const batch of foundWorld({ members: () => members }, founding)) world.commit(batch);
  return world;
}

describe('manual sets of the past', () => {
  const sketches: readonly ManualSetSketch[] = [
    { agoMs: DAY_MS },
    { agoMs: 100 * DAY_MS, id: '1001', keepDays: -1 },
    { agoMs: 3 * DAY_MS, method: 'Logical', databases: ['shop'], keepDays: 30 },
    { agoMs: 2 * DAY_MS, type: 'IncrementalBackup', outcome: 'Failed' },
  ];

  test.each<{ name: string; lay: () => World }>([
    { name: 'the history of a new fleet', lay: () => makeTestWorld([{ ...ONE, history: { days: 0, manualSets: sketches } }]) },
    {
      name: 'a world that lives',
      lay: () => {
        const world = makeTestWorld([ONE]);
        const ids = world.addSets('rm-one', sketches);
        expect(ids).toEqual(world.find('rm-one')?.sets.map((set) => set.id));
        return world;
      },
    },
  ])('are laid down as told, in $name', ({ lay }) => {
    const sets = lay().find('rm-one')?.sets ?? [];

    expect(sets).toMatchObject([
      { mode: 'Manual', method: 'Physical', type: 'FullBackup', outcome: 'Finished' },
      { id: '1001', expiresAt: null },
      { method: 'Logical', databases: ['shop'] },
      { type: 'IncrementalBackup', outcome: 'Failed', sizeBytes: 0 },
    ]);
    expect(sets.map((set) => formatInstant(set.startedAt))).toEqual([
      '2026-11-20T01:00:00Z',
      '2026-08-13T01:00:00Z',
      '2026-11-18T01:00:00Z',
      '2026-11-19T01:00:00Z',
    ]);
    expect(sets.map((set) => (set.expiresAt === null ? null : (set.expiresAt - set.endedAt) / DAY_MS))).toEqual([7, null, 30, 7]);
    expect(sets.every((set) => set.endedAt > set.startedAt && set.endedAt < clock.now())).toBe(true);
    expect(new Set(sets.map((set) => set.id)).size).toBe(4);
  });

  test('count for the cap of their day', () => {
    const world = makeTestWorld([{ ...ONE, history: { days: 0, manualSets: [{ agoMs: HOUR_MS }] } }]);

    world.addSets('rm-one', [{ agoMs: 2 * HOUR_MS }, { agoMs: 3 * DAY_MS }]);

    expect(world.find('rm-one')?.starts.map((start) => (clock.now() - start.at) / HOUR_MS)).toEqual([1, 2]);
  });

  test('have the same ids in the same fleet, and never one that is given out again', () => {
    const members = [{ ...ONE, history: { days: 3, manualSets: [{ agoMs: DAY_MS }, { agoMs: DAY_MS, id: '400000000' }] } }];
    const idsOf = (world: World): readonly string[] => (world.find('rm-one')?.sets ?? []).map((set) => set.id);

    const world = makeTestWorld(members);

    expect(idsOf(makeTestWorld(members))).toEqual(idsOf(world));
    expect(Number(world.addSets('rm-one', [{ agoMs: DAY_MS }])[0])).toBe(400_000_001);
  });

  test.each<{ name: string; sketch: ManualSetSketch; message: string }>([
    { name: 'of the future', sketch: { agoMs: -1 }, message: 'agoMs' },
    { name: 'that has expired', sketch: { agoMs: 8 * DAY_MS }, message: 'keepDays' },
    { name: 'with a name for an id', sketch: { agoMs: DAY_MS, id: 'b-1' }, message: 'b-1' },
    { name: 'with the id of another', sketch: { agoMs: DAY_MS, id: '1' }, message: 'taken' },
  ])('refuses one $name', ({ sketch, message }) => {
    const world = makeTestWorld([{ ...ONE, history: { days: 0, manualSets: [{ agoMs: DAY_MS, id: '1' }] } }]);

    expect(() => world.addSets('rm-one', [sketch])).toThrow(message);
    expect(world.find('rm-one')?.sets).toHaveLength(1);
  });
});

describe('a journal of an older version', () => {
  test('is read with the defaults of the settings that it does not know', () => {
    const records: JournalRecord[] = [];
    makeTestWorld([{ ...ONE, engine: 'SQLServer', settings: { retentionDays: 30 } }], records);
    const old = records.map((record) => JSON.parse(JSON.stringify(record)));
    for (const { data } of old) {
      if (data.kind !== 'instance') continue;
      const { days, windowStartMinute, retentionDays, method, logBackup, logRetentionDays, category } = data.spec.settings;
      data.spec.settings = { days, windowStartMinute, retentionDays, method, logBackup, logRetentionDays, category };
    }

    const world = makeTestWorld([], old);

    expect(world.find('rm-one')).toEqual(makeTestWorld([], records).find('rm-one'));
    expect(world.find('rm-one')?.spec.settings).toMatchObject({ retentionDays: 30, incremental: true, releasedKeep: 'Lastest', advancedPolicy: false });
  });

  test('knows neither copies nor orders, and gives out their ids from the first on', () => {
    const { state, owner } = makeJournalledState();

    owner.apply({ kind: 'counters', jobId: 5_300_000, backupId: 322_000_000 });

    const ids = makeIdSource(state);
    expect([ids.jobId(), ids.backupId(), ids.copyId(), ids.orderId()]).toEqual([5_300_001, 322_000_001, 140_001, 211_111_110_000_001]);
  });
});
