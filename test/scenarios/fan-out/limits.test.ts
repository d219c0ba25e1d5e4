// What the workers of one run share: the changes that it may make, whichever function it is.
import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import type { TestKeeper, TestRun } from '../../support/keeper';
import { policyOf as expiryPolicy, MSSQL, makeExpiryWorld, RULES } from '../extend-expiry/world';
import { COPIED, policyOf as copyPolicy, startCopied } from '../verify/world';

let keeper: TestKeeper;
let queue: TestQueue;
beforeEach(() => {
  queue = makeTestQueue();
});
afterEach(() => keeper.close());

async function runAll(name: 'extend' | 'verify'): Promise<TestRun[]> {
  const ports = { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self: name } };
  const runs = [await keeper[name]({ ports })];
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
    runs.push(await keeper[name]({ ports: { ...ports, gatewayOf: keeper.openHouse().ports.gatewayOf }, ...workOfEvent(next) }));
  }
  return runs;
}

function sum(runs: readonly TestRun[], verdict: string): number {
  return runs.reduce((total, { summary }) => total + (summary.counts[verdict] ?? 0), 0);
}

test('the workers of verify-cross-region together change as many settings as one run may', async () => {
  const { crossRegion: _, ...plain } = COPIED;
  const fleet = ['rm-a', 'rm-b', 'rm-c', 'rm-d'].map((id) => ({ ...plain, id }));
  const limits = 'limits: { maxChangesPerRun: 2, instancesPerWorker: 2 }';
  keeper = await startCopied(fleet, copyPolicy('{ mode: enforce, destination: cn-shanghai, allowCost: true }', limits));

  const runs = await runAll('verify');

  expect(runs).toHaveLength(3);
  expect([sum(runs, 'corrected'), sum(runs, 'over-limit')]).toEqual([2, 2]);
});

test('the workers of extend-expiry together keep as many sets longer as one run may', async () => {
  const world = makeExpiryWorld();
  const fleet = [MSSQL, { ...MSSQL, id: 'rm-far', regionId: 'cn-shanghai' }];
  await world.startFleet(fleet, expiryPolicy(RULES, 'limits: { maxChangesPerRun: 2 }'));
  keeper = world.keeper;
  for (const { id } of fleet) world.plant(id, [{ id: `${id}-1` }, { id: `${id}-2` }]);

  const runs = await runAll('extend');

  expect(runs).toHaveLength(3);
  expect([sum(runs, 'extended'), sum(runs, 'over-limit')]).toEqual([2, 2]);
});
