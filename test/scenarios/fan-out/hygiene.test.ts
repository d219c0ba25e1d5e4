// Hygiene and verification by several workers: what one run may change is shared, what the fleet has is added up, and what is gone is forgotten once.

import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import type { TestKeeper, TestRun } from '../../support/keeper';
import { memberWithSets, nextDay, startOwner } from '../hygiene/world';
import { COPIED, policyOf as copyPolicy, startCopied } from '../verify/world';

let keeper: TestKeeper;
let queue: TestQueue;
beforeEach(() => {
  queue = makeTestQueue();
});
afterEach(() => keeper.close());

function ports(self: string): TestKeeper['house']['ports'] {
  return { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self } };
}

/** A run with everything that it hands over: the dispatcher's first. */
async function runAll(name: 'hygiene' | 'verify', remainingMs?: number): Promise<TestRun[]> {
  const time = remainingMs === undefined ? {} : { remainingMs };
  const runs = [await keeper[name]({ ports: ports(name), ...time })];
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
    runs.push(await keeper[name]({ ports: ports(name), ...time, ...workOfEvent(next) }));
  }
  return runs;
}

function sum(runs: readonly TestRun[], verdict: string): number {
  return runs.reduce((total, { summary }) => total + (summary.counts[verdict] ?? 0), 0);
}

const NEAR = memberWithSets(14, 'rm-near', 101);
const FAR = { ...memberWithSets(14, 'rm-far', 301), regionId: 'cn-shanghai' };
const KEEP_TEN = 'retention: { mode: enforce, keep: { last: 10 }, floor: 2, graceHours: 24 }';

function bothRegions(limits: string): string {
  return ['timezone: UTC', 'regions: [cn-hangzhou, cn-shanghai]', KEEP_TEN, `limits: ${limits}`].join('\n');
}

test('each worker purges its part, and the fleet is the sum of what they have counted', async () => {
  keeper = await startOwner([NEAR, FAR], bothRegions('{ maxPurgesPerDay: 1000, maxPurgePercentPerDay: 30 }'));
  const marking = await runAll('hygiene');
  nextDay(keeper);

  const purging = await runAll('hygiene');

  expect(marking.map(({ summary }) => summary.status)).toEqual(['continued', 'succeeded', 'succeeded']);
  expect(sum(marking, 'marked')).toBe(8);
  expect(sum(purging, 'purged')).toBe(8);
  const brakes = await keeper.house.ledger.getBrakes('default');
  expect(brakes.fleet?.manualSets).toBe(28);
});

test('the workers share the brakes: together they never purge more than a day allows', async () => {
  keeper = await startOwner([NEAR, FAR], bothRegions('{ maxPurgesPerDay: 6, maxPurgePercentPerDay: 100 }'));
  await runAll('hygiene');
  nextDay(keeper);

  const purging = await runAll('hygiene');

  expect([sum(purging, 'purged'), sum(purging, 'braked')]).toEqual([4, 4]);
});

test('the workers share what one run may change', async () => {
  keeper = await startOwner([NEAR, FAR], bothRegions('{ maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100, maxChangesPerRun: 5 }'));
  await runAll('hygiene');
  nextDay(keeper);

  const purging = await runAll('hygiene');

  expect(sum(purging, 'purged')).toBe(5);
  expect(sum(purging, 'over-limit')).toBe(3);
});

test('a worker that hands the rest over has purged what it found before: no leg leaves its purges to the next', async () => {
  const fleet = Array.from({ length: 250 }, (_, index) => memberWithSets(index < 3 ? 12 : 0, `rm-${String(index).padStart(3, '0')}`, 1_000 + index * 20));
  keeper = await startOwner(fleet, ['timezone: UTC', 'regions: [cn-hangzhou]', KEEP_TEN, 'limits: { maxPurgePercentPerDay: 100 }'].join('\n'));
  await runAll('hygiene');
  nextDay(keeper);

  const runs = await runAll('hygiene', 24_000);

  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(runs[0]?.summary.status).toBe('continued');
  expect(runs[0]?.summary.counts['purged']).toBe(6);
});

test('the instances of other parts are not forgotten, and those that are gone are', async () => {
  const fleet = ['rm-a', 'rm-b', 'rm-c', 'rm-d'].map((id) => ({ ...COPIED, id }));
  keeper = await startCopied(fleet, copyPolicy('{ destination: cn-shanghai, retention: 30 }', 'limits: { instancesPerWorker: 2 }'));
  await runAll('verify');
  keeper.cloud.world.releaseInstance('rm-b');
  keeper.clock.advance(3_600_000);

  const runs = await runAll('verify');

  const left: string[] = [];
  for await (const page of keeper.house.ledger.listPostures('default/cn-hangzhou#verify-cross-region')) {
    left.push(...page.filter(({ rules }) => Object.keys(rules).length > 0).map(({ instanceId }) => instanceId));
  }
  expect(runs.map(({ summary }) => summary.scope.shard)).toEqual([undefined, 'default/cn-hangzhou 1/2', 'default/cn-hangzhou 2/2']);
  expect(left.sort()).toEqual(['rm-a', 'rm-c', 'rm-d']);
  expect(runs.flatMap(({ summary }) => summary.findings).filter(({ rule }) => rule === 'copies-of-released')).toHaveLength(1);
});
