// A worker dies at every single step of a purge, before and after its effect: what must stay stays, what may go goes, and no mark is left behind.
import { HOUR_MS } from '../../../lib/base/instant';
import { makeCrashingWorker } from '../../support/crash';
import type { TestKeeper } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, policyOf, startOwner } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

/** Just enough for each set once: a retry that counted twice would be braked. */
const POLICY = policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 4, maxPurgePercentPerDay: 100 }', 'settings: { mode: enforce, dataRetention: 500 }');

async function startDue(): Promise<void> {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  keeper.cloud.world.changeInstance(ONE, { settings: { ...settingsOf(), retentionDays: 300 } });
  nextDay(keeper);
}

function settingsOf(): NonNullable<ReturnType<TestKeeper['cloud']['world']['find']>>['spec']['settings'] {
  const found = keeper.cloud.world.find(ONE);
  if (found === undefined) throw new Error('no instance');
  return found.spec.settings;
}

describe.each(['before', 'after'] as const)('killed %s the effect of a step', (when) => {
  test('at every step: the repeated delivery and the next ticks end the work', async () => {
    await startDue();
    const whole = makeCrashingWorker(keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when });
    await keeper.hygiene({ ports: whole.ports });
    await keeper.close();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= whole.calls(); atCall += 1) {
      await startDue();
      const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall, when });
      const asOf = keeper.clock.now();
      await keeper.hygiene({ ports: worker.ports }).catch(() => undefined);
      await keeper.hygiene({ asOf });
      for (const timer of ['second', 'third']) {
        keeper.clock.advance(HOUR_MS);
        await keeper.hygiene({ timer });
      }
      outcomes.push(`${worker.diedAt()}: ${keeper.manualSets(ONE).length} sets, ${(await marksOf(keeper)).length} marks, ${settingsOf().retentionDays} days`);
      await keeper.close();
    }

    expect(whole.calls()).toBeGreaterThan(15);
    expect(outcomes.filter((outcome) => !outcome.endsWith(': 10 sets, 0 marks, 500 days'))).toEqual([]);
  });
});
