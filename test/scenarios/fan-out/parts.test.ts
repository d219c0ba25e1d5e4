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

describe('a policy that has lost a region since its part was handed over', () => {
  const lost = (): CompiledPolicy => ({ ...keeper.policy, regions: ['cn-shanghai'] });

  test('the worker fails, and its run is in the ledger with the reason', async () => {
    await start();
    await keeper.tick({ ports: ports() });
    const [first] = queue.waiting;
    if (first === undefined) throw new Error('nothing was handed over');

    const run = keeper.tick({ ports: ports(), policy: lost(), ...workOfEvent(first) });

    await expect(run).rejects.toMatchObject({ code: 'unknown-shard', message: 'the policy has no account default with region cn-hangzhou' });
    const [newest] = await keeper.house.ledger.listRuns('extra-backup', 1);
    expect(newest?.summary).toMatchObject({ status: 'failed', scope: { shard: 'default/cn-hangzhou' }, error: { code: 'unknown-shard' } });
  });

  test('reconcile drops the part without a word: nothing is lost', async () => {
    await start();
    await keeper.tick({ ports: ports() });
    queue.waiting.length = 0;
    keeper.clock.advance(25 * 60_000);

    const { summary } = await keeper.reconcile({ ports: ports(), policy: lost() });

    expect(summary.findings.map(({ evidence }) => evidence['part'])).toEqual(['default/cn-shanghai']);
    expect(await openTasks()).toBe(1);
  });
});

test('a round that somebody asks for between two seconds leaves no work open when all of it is done', async () => {
  await start();
  keeper.clock.advance(123);

  await keeper.tick({ ports: ports(), trigger: { type: 'invoke', id: 'request-1', time: keeper.clock.now() } });
  await deliverAll();

  expect(starts()).toEqual([1, 1, 1, 1, 1]);
  expect(await openTasks()).toBe(0);
});

test('a dispatcher that is out of time does not count on: every account and region is a part, and its legs go on', async () => {
  await start();

  const { summary } = await keeper.tick({ ports: ports(), policy: withWorkersOf(1), remainingMs: 500 });

  expect(summary).toMatchObject({ status: 'continued', handedTo: ['default/cn-hangzhou', 'default/cn-shanghai'], apiCalls: {} });
});

test('an account that lets nobody in fails by itself: the others are served', async () => {
  const accounts = 'accounts: [{ name: main }, { name: other, credentials: { type: ak, accessKeyId: "env://KEY_ID", accessKeySecret: "env://KEY_SECRET" } }]';
  keeper = await startKeeper({ fleet: FLEET, policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n', accounts), start: '2026-11-21T02:00:00Z' });
  queue = makeTestQueue();

  const { summary } = await keeper.tick({ ports: ports() });
  const ends: string[] = [];
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
    const run = keeper.tick({ ports: ports(), ...workOfEvent(next) });
    ends.push(
      await run.then(
        (done) => done.summary.status,
        (error: { code: string }) => error.code,
      ),
    );
  }

  expect(summary.handedTo).toHaveLength(4);
  expect(ends).toEqual(['succeeded', 'succeeded', 'credentials', 'credentials']);
  expect(starts()).toEqual([1, 1, 1, 1, 1]);
  expect(await openTasks()).toBe(2);
});
