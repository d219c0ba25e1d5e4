// Several workers, and workers that die: every set is kept until the same time, and once.
import { MINUTE_MS } from '../../../lib/base/instant';
import { makeCrashingWorker } from '../../support/crash';
import { EXPIRY, EXTENDED, makeExpiryWorld, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

describe('several workers', () => {
  test('one delivery that arrives twice is done once', async () => {
    await world.start([{ id: '1' }, { id: '2' }]);

    const runs = await Promise.all([world.keeper.extend(), world.keeper.extend()]);

    expect(runs.map(({ summary }) => summary.status).sort()).toEqual(['skipped', 'succeeded']);
    expect(runs.reduce((sum, run) => sum + writes(run), 0)).toBe(2);
  });

  test('several timers at once keep every set until the same time, and report no failure', async () => {
    await world.start(Array.from({ length: 6 }, (_, index) => ({ id: `${index + 1}` })));

    const runs = await Promise.all(['a', 'b', 'c'].map((timer) => world.keeper.extend({ timer })));

    expect(runs.map(({ summary }) => summary.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(new Set(Object.values(world.expiries()))).toEqual(new Set([EXTENDED]));
  });
});

describe.each(['before', 'after'] as const)('killed %s the effect of a step', (when) => {
  const SETS = [{ id: '1' }, { id: '2' }, { id: '3', databases: ['hr'] }];

  test('at every step: the repeated delivery finishes the work, and nothing is kept shorter', async () => {
    await world.start(SETS);
    const probe = makeCrashingWorker(world.keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when });
    await world.keeper.extend({ ports: probe.ports });
    await world.keeper.close();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= probe.calls(); atCall += 1) {
      await world.start(SETS);
      const worker = makeCrashingWorker(world.keeper.openHouse().ports, { atCall, when });
      const asOf = world.keeper.clock.now();
      await expect(world.keeper.extend({ ports: worker.ports, asOf })).rejects.toThrow();
      world.keeper.clock.advance(2 * MINUTE_MS);
      const repeated = await world.keeper.extend({ asOf });
      outcomes.push(`${worker.diedAt()}: ${repeated.summary.status} ${JSON.stringify(world.expiries())}`);
      await world.keeper.close();
    }

    const good = JSON.stringify({ 1: EXTENDED, 2: EXTENDED, 3: EXPIRY });
    expect(outcomes.length).toBeGreaterThan(8);
    expect(outcomes.filter((outcome) => !outcome.endsWith(`: succeeded ${good}`))).toEqual([]);
    await world.start(SETS);
  });
});
