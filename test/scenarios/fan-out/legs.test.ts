// A worker whose time runs out hands the rest over before its deadline, and the whole is done once.
import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import { policyWith, startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';

let keeper: TestKeeper;
let queue: TestQueue;
afterEach(() => keeper.close());

const IDS = Array.from({ length: 350 }, (_, index) => `rm-${String(index).padStart(3, '0')}`);
const FLEET = IDS.map((id) => ({ id, engine: 'MySQL' as const, regionId: 'cn-hangzhou' }));
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n').replace(', cn-shanghai', '');

/** So many seconds are enough for a good hundred instances at the default rate of 20 calls per second. */
const TIME_MS = 20_000;

function ports(): TestKeeper['house']['ports'] {
  return { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self: 'keeper-extra-backup' } };
}

async function deliverAll(): Promise<TestRun[]> {
  const runs: TestRun[] = [];
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
    runs.push(await keeper.tick({ ports: ports(), remainingMs: TIME_MS, ...workOfEvent(next) }));
  }
  return runs;
}

test('one leg after the other works through the fleet, each from the page on where the last one stopped', async () => {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:59:00Z' });
  queue = makeTestQueue();
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');

  const first = await keeper.tick({ ports: ports(), remainingMs: TIME_MS });
  const legs = await deliverAll();

  expect(first.summary).toMatchObject({ status: 'continued', handedTo: ['default/cn-hangzhou leg 1'] });
  expect(legs.length).toBeGreaterThanOrEqual(2);
  expect(legs.map(({ summary }) => summary.scope.shard)).toEqual(legs.map((_, index) => `default/cn-hangzhou leg ${index + 1}`));
  expect(legs.at(-1)?.summary.status).toBe('succeeded');
  expect(IDS.filter((id) => keeper.manualStarts(id).length !== 1)).toEqual([]);
});

test('a leg that comes to nothing hands nothing over: the next tick begins anew', async () => {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY, start: '2026-11-21T02:00:00Z' });
  queue = makeTestQueue();

  const { summary } = await keeper.tick({ ports: ports(), remainingMs: 500 });

  expect(summary.status).toBe('continued');
  expect(summary.handedTo).toBeUndefined();
  expect(queue.waiting).toEqual([]);
});

test('a leg that is lost is submitted again by reconcile, and goes on where the one before stopped', async () => {
  const ids = IDS.slice(0, 220);
  keeper = await startKeeper({ fleet: FLEET.slice(0, 220), policy: POLICY, start: '2026-11-21T01:59:00Z' });
  queue = makeTestQueue();
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick({ ports: ports(), remainingMs: TIME_MS });
  queue.waiting.length = 0;
  const before = ids.filter((id) => keeper.manualStarts(id).length === 1).length;
  keeper.clock.advance(21 * 60_000);

  const { summary } = await keeper.reconcile({ ports: ports() });
  const legs = await deliverAll();

  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(ids.length);
  expect(summary.findings.map(({ rule, evidence }) => [rule, evidence['part']])).toEqual([['work-submitted-again', 'default/cn-hangzhou leg 1']]);
  expect(legs.at(-1)?.summary.status).toBe('succeeded');
  expect(ids.filter((id) => keeper.manualStarts(id).length !== 1)).toEqual([]);
});
