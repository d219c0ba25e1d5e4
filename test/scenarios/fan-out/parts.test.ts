// A fleet of several parts: each is an invocation of its own, and the end is the same as if one run had done it all.
import type { CompiledPolicy } from '../../../lib/domain/protection-policy';
import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import { policyWith, startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';

let keeper: TestKeeper;
let queue: TestQueue;
afterEach(() => keeper.close());

const IDS = ['rm-a', 'rm-b', 'rm-c', 'rm-d', 'rm-e'];
const FLEET = IDS.map((id, index) => ({ id, engine: 'MySQL' as const, regionId: index < 3 ? 'cn-hangzhou' : 'cn-shanghai' }));
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

async function start(): Promise<void> {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:59:00Z' });
  queue = makeTestQueue();
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

function ports(): TestKeeper['house']['ports'] {
  return { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self: 'keeper-extra-backup' } };
}

function withWorkersOf(instancesPerWorker: number): CompiledPolicy {
  return { ...keeper.policy, limits: { ...keeper.policy.limits, instancesPerWorker } };
}

/** Everything that waits in the queue, the work that comes of it included. */
async function deliverAll(policy = keeper.policy): Promise<TestRun[]> {
  const runs: TestRun[] = [];
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
    runs.push(await keeper.tick({ ports: ports(), policy, ...workOfEvent(next) }));
  }
  return runs;
}

async function openTasks(): Promise<number> {
  let count = 0;
  for await (const page of keeper.house.ledger.listTasks('shard')) count += page.length;
  return count;
}

function starts(): readonly number[] {
  return IDS.map((id) => keeper.manualStarts(id).length);
}

test('every account and region goes to an invocation of its own, and every instance gets its backup', async () => {
  await start();

  const dispatched = await keeper.tick({ ports: ports() });
  const handedOver = await openTasks();
  const runs = await deliverAll();

  expect(dispatched.summary).toMatchObject({ status: 'continued', handedTo: ['default/cn-hangzhou', 'default/cn-shanghai'], scope: { instances: 0 } });
  expect(handedOver).toBe(2);
  expect(runs.map(({ summary }) => [summary.status, summary.scope.shard, summary.counts])).toEqual([
    ['succeeded', 'default/cn-hangzhou', { submitted: 3 }],
    ['succeeded', 'default/cn-shanghai', { submitted: 2 }],
  ]);
  expect(starts()).toEqual([1, 1, 1, 1, 1]);
  expect(await openTasks()).toBe(0);
});

test('a part with more due instances than one worker takes on is divided, and no instance is left out or done twice', async () => {
  await start();
  const policy = withWorkersOf(1);

  const dispatched = await keeper.tick({ ports: ports(), policy });
  await deliverAll(policy);

  expect(dispatched.summary.handedTo).toEqual([
    'default/cn-hangzhou 1/3',
    'default/cn-hangzhou 2/3',
    'default/cn-hangzhou 3/3',
    'default/cn-shanghai 1/2',
    'default/cn-shanghai 2/2',
  ]);
  expect(starts()).toEqual([1, 1, 1, 1, 1]);
});

test('what has nothing due makes no workers: only due instances count', async () => {
  await start();
  const policy = withWorkersOf(1);
  await keeper.tick({ ports: ports(), policy });
  await deliverAll(policy);
  keeper.goTo('2026-11-21T03:00:00Z');
  await keeper.reconcile();

  const later = await keeper.tick({ ports: ports(), policy });

  expect(later.summary.handedTo).toEqual(['default/cn-hangzhou', 'default/cn-shanghai']);
});

test('without other invocations to hand work to, one run does it all', async () => {
  await start();

  const { summary } = await keeper.tick();

  expect(summary).toMatchObject({ status: 'succeeded', counts: { submitted: 5 } });
  expect(await openTasks()).toBe(0);
});

test('named instances and dry runs are never divided', async () => {
  await start();

  const named = await keeper.tick({ ports: ports(), instances: ['rm-a'], timer: 'named' });
  const dry = await keeper.tick({ ports: ports(), dryRun: true });

  expect(named.summary.handedTo).toBeUndefined();
  expect(dry.summary.handedTo).toBeUndefined();
  expect(queue.waiting).toEqual([]);
});

test('a part of a policy that has changed meanwhile is a failed run that says so', async () => {
  await start();
  await keeper.tick({ ports: ports() });
  const [first] = queue.waiting;
  if (first === undefined) throw new Error('nothing was handed over');

  const run = keeper.tick({ ports: ports(), policy: { ...keeper.policy, regions: ['cn-shanghai'] }, ...workOfEvent(first) });

  await expect(run).rejects.toMatchObject({ code: 'unknown-shard', message: 'the policy has no account default with region cn-hangzhou' });
});
