// Many workers at once: the same tick delivered twice, retried, and taken up by other timers. Row conditions, not leases, keep the promise.
import { policyWith, startKeeper, type TestKeeper } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const IDS = Array.from({ length: 6 }, (_, index) => `rm-${index}`);
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n  - { name: also, schedule: "0 2 * * *" }\n');

async function startAtTwo(): Promise<void> {
  keeper = await startKeeper({ fleet: IDS.map((id) => ({ id, engine: 'MySQL' as const })), policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

test('two runs for the same tick at the same time, and three retries of each, create each backup once', async () => {
  await startAtTwo();
  const both = ['a', 'b'].map(async () => {
    for (let delivery = 0; delivery < 4; delivery += 1) await keeper.tick({ asOf: keeper.clock.now() });
  });

  await Promise.all(both);

  for (const id of IDS) expect(keeper.manualStarts(id)).toHaveLength(1);
});

test.each([2, 5, 10])('%i timers that fire at once, each with a claim of its own, create each backup once', async (timers) => {
  await startAtTwo();

  const runs = await Promise.all(Array.from({ length: timers }, (_, index) => keeper.tick({ timer: `timer-${index}` })));

  for (const id of IDS) expect(keeper.manualStarts(id)).toHaveLength(1);
  const submitted = runs.reduce((sum, run) => sum + (run.summary.counts['submitted'] ?? 0), 0);
  expect(submitted).toBe(IDS.length);
});

test('several reconciles at once finish a backup once', async () => {
  await startAtTwo();
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');

  await Promise.all(Array.from({ length: 4 }, (_, index) => keeper.reconcile({ timer: `reconcile-${index}` })));

  expect(await keeper.intents()).toEqual([]);
  for (const id of IDS) expect(await keeper.house.ledger.listSets(id)).toHaveLength(1);
});

test('two rules for the same instance and minute take turns', async () => {
  await startAtTwo();
  const first = await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');
  await keeper.reconcile();
  const second = await keeper.tick();

  expect(first.summary.counts).toMatchObject({ submitted: 6, 'job-running': 6 });
  expect(second.summary.counts).toMatchObject({ submitted: 6, 'already-done': 6 });
});
