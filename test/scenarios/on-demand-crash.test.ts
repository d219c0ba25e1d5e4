// A worker dies at every single step of a backup on demand: the request repeated with its key makes one backup at the most, and its intent comes to an end.
import { makeCrashingWorker } from '../support/crash';
import { DAILY_AT_TWO, policyWith, startKeeper, type TestKeeper } from '../support/keeper';
import { ask } from './on-demand-support';

let keeper: TestKeeper;
afterEach(() => keeper.close());

async function start(): Promise<void> {
  keeper = await startKeeper({ fleet: [{ id: 'rm-one', engine: 'MySQL', usedGb: 1 }], policy: policyWith(DAILY_AT_TWO) });
}

/** How many steps an undisturbed request takes: the crash points. */
async function stepsOfRequest(): Promise<number> {
  await start();
  const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when: 'before' });
  await ask(keeper, { ports: worker.ports });
  await keeper.close();
  return worker.calls();
}

/** What a pipeline does: it repeats the request with the same key, while reconcile runs. Returns the last verdict. */
async function repeat(): Promise<string | undefined> {
  let last: string | undefined;
  for (let round = 0; round < 4; round += 1) {
    keeper.clock.advance(15 * 60_000);
    await keeper.reconcile();
    last = (await ask(keeper, {})).verdicts[0]?.verdict;
  }
  return last;
}

describe.each(['before', 'after'] as const)('killed %s the effect of a step', (when) => {
  test('at every step: one backup at the most, and the key says what became of it', async () => {
    const steps = await stepsOfRequest();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= steps; atCall += 1) {
      await start();
      const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall, when });
      await expect(ask(keeper, { ports: worker.ports })).rejects.toThrow();
      const verdict = await repeat();

      outcomes.push(`${worker.diedAt()}: ${keeper.manualStarts('rm-one').length} backups, ${verdict}, ${(await keeper.intents()).length} open`);
      await keeper.close();
    }

    expect(steps).toBeGreaterThan(10);
    expect(
      outcomes.filter((outcome) => !/: 1 backups, (already-done|adopted), 0 open$/.test(outcome) && !/: 0 backups, abandoned, 0 open$/.test(outcome)),
    ).toEqual([]);
    // Only a worker that died between marking the intent and the call leaves a key without a backup: nobody can know whether it called.
    expect(outcomes.filter((outcome) => outcome.includes(': 0 backups')).every((outcome) => /advanceIntent|createBackup/.test(outcome))).toBe(true);
    await start();
  });
});
