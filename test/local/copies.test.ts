import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/base/instant';
import { type FleetMember, makeFleet } from '../../lib/local/fleet';
import { foundWorld } from '../../lib/local/fleet/found';
import { isThere } from '../../lib/local/world/copies';
import { completeKnobs } from '../../lib/local/world/knobs';
import { copiedLogs, localLogs } from '../../lib/local/world/log-files';
import { copySpan } from '../../lib/local/world/recovery';
import { makeJournalledState, makeWorld, type World } from '../../lib/local/world/world';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

const KNOBS = completeKnobs();

afterEach(() => {
  jest.useRealTimers();
});

function makeTestWorld(members: readonly FleetMember[], clock: VirtualClock): World {
  const { state } = makeJournalledState();
  const world = makeWorld({ state, journal: { append: () => undefined }, knobs: KNOBS, now: clock.now });
  const { lastJobId: firstJobId, lastBackupId: firstBackupId, lastCopyId: firstCopyId } = state;
  for (const batch of foundWorld({ members: () => members }, { now: clock.now(), knobs: KNOBS, firstJobId, firstBackupId, firstCopyId })) world.commit(batch);
  return world;
}

const KINDS = [
  { engine: 'MySQL', storageType: 'local_ssd' },
  { engine: 'MySQL', storageType: 'cloud_essd' },
  { engine: 'PostgreSQL', storageType: 'cloud_essd' },
  { engine: 'PostgreSQL', storageType: 'local_ssd', engineVersion: '10.0' },
  { engine: 'SQLServer', storageType: 'cloud_essd' },
] as const;

/** Instances whose copies are on, each in its own way, for as long as told. */
const copiedMember = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    usedGb: fc.integer({ min: 1, max: 300 }),
    localDays: fc.integer({ min: 7, max: 60 }),
    copyDays: fc.integer({ min: 7, max: 60 }),
    enabledHoursAgo: fc.integer({ min: 1, max: 500 }),
    historyDays: fc.integer({ min: 0, max: 20 }),
    hour: fc.integer({ min: 0, max: 23 }),
    logs: fc.boolean(),
  })
  .map(({ kind, usedGb, localDays, copyDays, enabledHoursAgo, historyDays, hour, logs }) => ({
    ...kind,
    id: 'one',
    usedGb,
    settings: { retentionDays: localDays, windowStartMinute: 60 * hour },
    history: { days: historyDays },
    crossRegion: { destination: 'cn-shanghai', retentionDays: copyDays, enabledAgoMs: enabledHoursAgo * HOUR_MS, logs },
  }));

describe('a world without planted faults', () => {
  test('has one good copy, in the right region, of every good set since copying was switched on', () => {
    fc.assert(
      fc.property(copiedMember, fc.integer({ min: 0, max: 10 * 24 }), (member, hours) => {
        const clock = makeVirtualClock();
        const world = makeTestWorld([member], clock);
        clock.advance(hours * HOUR_MS);
        world.settle(clock.now());

        const { sets, copies, spec } = world.find('one') ?? { sets: [], copies: [], spec: undefined };
        const enabledAt = spec?.crossRegion?.enabledAt ?? 0;
        const settled = sets.filter((set) => set.endedAt > enabledAt && set.endedAt < clock.now() - HOUR_MS);
        const due = settled.filter((set) => set.endedAt > clock.now() - member.crossRegion.retentionDays * DAY_MS);
        const there = copies.filter((copy) => isThere(copy, clock.now()));
        expect(due.map((set) => there.filter((copy) => copy.backupId === set.id).length)).toEqual(due.map(() => 1));
        expect(there.every((copy) => copy.outcome === 'Finished' && copy.region === 'cn-shanghai' && copy.endedAt > enabledAt)).toBe(true);
        expect(new Set(copies.map((copy) => copy.id)).size).toBe(copies.length);
      }),
      { numRuns: 60 },
    );
  });

  test('has logs without a gap on both sides, and every copy since then reaches to the newest of them', () => {
    fc.assert(
      fc.property(copiedMember, fc.integer({ min: 0, max: 3 * 24 * 60 }), (member, minutes) => {
        const clock = makeVirtualClock();
        const world = makeTestWorld([{ ...member, crossRegion: { ...member.crossRegion, logs: true } }], clock);
        clock.advance(minutes * MINUTE_MS);
        world.settle(clock.now());
        const instance = world.find('one');
        if (instance === undefined) throw new Error('no instance');

        const window = { from: 0, to: clock.now() };
        const local = localLogs(instance, window, clock.now(), KNOBS);
        const copied = copiedLogs(instance, window, clock.now(), KNOBS);
        for (const pieces of [local, copied]) expect(pieces.every((piece, n) => n === 0 || piece.from === pieces[n - 1]?.to)).toBe(true);
        expect(clock.now() - (local.at(-1)?.to ?? 0)).toBeLessThan(30 * MINUTE_MS);
        for (const copy of instance.copies.filter((each) => isThere(each, clock.now()) && each.startedAt > (instance.spec.crossRegion?.enabledAt ?? 0))) {
          const span = copySpan(instance, copy, clock.now(), KNOBS);
          expect(span).toEqual({ from: copy.endedAt, to: Math.max(copy.endedAt, copied.at(-1)?.to ?? 0) });
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('a generated fleet is copied when told so, as far as it can be', () => {
  const world = makeTestWorld([...makeFleet({ count: 200, isCopied: true }).members()], makeVirtualClock());
  const kinds = new Map<string, Set<string | undefined>>();
  for (const { spec } of world.all()) {
    const kind = `${spec.engine} ${spec.storageType}`;
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(spec.crossRegion === undefined ? 'none' : `${spec.regionId} to ${spec.crossRegion.destination}`));
  }

  expect(kinds.get('MySQL local_ssd')).toEqual(new Set(['cn-hangzhou to cn-shanghai', 'cn-shanghai to cn-hangzhou']));
  expect(
    [...kinds]
      .filter(([, destinations]) => destinations.has('none'))
      .map(([kind]) => kind)
      .sort(),
  ).toEqual(['MariaDB cloud_essd', 'PostgreSQL local_ssd']);
});

test('nothing in a world depends on how its time is cut up', () => {
  const member: FleetMember = { id: 'one', engine: 'MySQL', usedGb: 20, history: { days: 3 }, crossRegion: { destination: 'cn-shanghai', retentionDays: 7 } };
  const live = (steps: number): unknown => {
    const clock = makeVirtualClock();
    const world = makeTestWorld([member], clock);
    for (let n = 0; n < steps; n += 1) {
      clock.advance((12 * DAY_MS) / steps);
      world.settle(clock.now());
    }
    return world.find('one');
  };

  expect(live(48)).toEqual(live(1));
});
