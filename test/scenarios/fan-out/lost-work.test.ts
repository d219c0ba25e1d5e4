// What goes wrong between a dispatcher and its workers: lost, doubled, refused and killed work, and the same end state each time.
import { ThrottledError } from '../../../lib/domain/cloud-errors';
import { type CrashPlan, isWrite, makeCrashingWorker } from '../../support/crash';
import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import { policyWith, startKeeper, type TestKeeper } from '../../support/keeper';

let keeper: TestKeeper;
let queue: TestQueue;
afterEach(() => keeper.close());

const IDS = ['rm-a', 'rm-b'];
const FLEET = IDS.map((id, index) => ({ id, engine: 'MySQL' as const, regionId: index === 0 ? 'cn-hangzhou' : 'cn-shanghai' }));
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

async function deliverAll(): Promise<void> {
  for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) await keeper.tick({ ports: ports(), ...workOfEvent(next) });
}

async function openTasks(): Promise<number> {
  let count = 0;
  for await (const page of keeper.house.ledger.listTasks('shard')) count += page.length;
  return count;
}

/** Reconcile for an hour and a half, with whatever it hands over. */
async function recover(): Promise<string[]> {
  const findings: string[] = [];
  let waitedMs = 0;
  for (const minutes of [5, 22, 28, 40, 60, 90]) {
    keeper.clock.advance(minutes * 60_000 - waitedMs);
    waitedMs = minutes * 60_000;
    const { summary } = await keeper.reconcile({ ports: ports(), timer: `reconcile-${minutes}` });
    findings.push(...summary.findings.map(({ rule }) => rule));
    await deliverAll();
  }
  return findings;
}

function starts(): readonly number[] {
  return IDS.map((id) => keeper.manualStarts(id).length);
}

test('work that the queue has lost is submitted again by reconcile, once, and says so', async () => {
  await start();
  await keeper.tick({ ports: ports() });
  queue.waiting.shift();
  await deliverAll();

  const findings = await recover();

  expect(findings).toEqual(['work-submitted-again']);
  expect(starts()).toEqual([1, 1]);
  expect(await openTasks()).toBe(0);
});

test('work that is delivered twice is done once', async () => {
  await start();
  await keeper.tick({ ports: ports() });
  queue.waiting.push(...queue.waiting);

  await deliverAll();

  expect(starts()).toEqual([1, 1]);
  expect(await openTasks()).toBe(0);
});

test('a timer that fires twice hands over nothing twice', async () => {
  await start();
  await keeper.tick({ ports: ports() });
  const first = queue.known.size;

  await keeper.tick({ ports: ports() });

  expect([first, queue.known.size]).toEqual([2, 2]);
});

test('work whose hand-over had no answer is done, and not submitted again when it is done', async () => {
  await start();
  queue.failWith('lost-reply');

  const { summary } = await keeper.tick({ ports: ports() });
  await deliverAll();
  const findings = await recover();

  expect(summary.findings.map(({ rule }) => rule)).toEqual(['work-not-handed-over']);
  expect(findings).toEqual([]);
  expect(starts()).toEqual([1, 1]);
});

test('work that a throttled queue refuses stands in the ledger until reconcile submits it', async () => {
  await start();
  queue.failWith(new ThrottledError('too many requests', { operation: 'InvokeFunction', target: 'keeper-extra-backup' }));

  const { summary } = await keeper.tick({ ports: ports() });
  await deliverAll();
  const before = starts();
  await recover();

  expect(summary.status).toBe('continued');
  expect(before).toEqual([0, 1]);
  expect(starts()).toEqual([1, 1]);
});

test('work that fails for two hours is given up with an error, and the task goes', async () => {
  await start();
  await keeper.tick({ ports: ports() });
  const findings: string[] = [];

  for (let minutes = 10; minutes <= 130; minutes += 10) {
    queue.waiting.length = 0;
    keeper.clock.advance(10 * 60_000);
    const { summary } = await keeper.reconcile({ ports: ports(), timer: `reconcile-${minutes}` });
    findings.push(...summary.findings.map(({ rule }) => rule));
  }

  expect(findings.filter((rule) => rule === 'work-lost')).toHaveLength(2);
  expect(await openTasks()).toBe(0);
});

async function dispatch(plan: CrashPlan): Promise<number> {
  const dispatcher = makeCrashingWorker(ports(), plan);
  await keeper.tick({ ports: dispatcher.ports }).catch(() => undefined);
  return dispatcher.calls();
}

async function work(plan: CrashPlan): Promise<number> {
  await keeper.tick({ ports: ports() });
  const [first] = queue.waiting.splice(0, 1);
  if (first === undefined) throw new Error('nothing was handed over');
  const worker = makeCrashingWorker(ports(), plan);
  await keeper.tick({ ports: worker.ports, ...workOfEvent(first) }).catch(() => undefined);
  return worker.calls();
}

test.each([
  { name: 'the dispatcher', act: dispatch, least: 6 },
  { name: 'a worker whose event is never delivered again', act: work, least: 8 },
])('killed after each write of $name: one backup per instance at the most, and no work is left', async ({ act, least }) => {
  const outcomes: string[] = [];
  let isDone = false;

  for (let atCall = 1; !isDone; atCall += 1) {
    await start();
    isDone = (await act({ atCall, when: 'after', counts: isWrite })) < atCall;
    keeper.clock.advance(60_000);
    await keeper.tick({ ports: ports(), asOf: keeper.clock.now(), timer: 'next' });
    await deliverAll();
    await recover();
    outcomes.push(`${atCall}: ${starts().join(' ')}, ${(await keeper.intents()).length} intents, ${await openTasks()} tasks`);
    if (!isDone) await keeper.close();
  }

  expect(outcomes.length).toBeGreaterThanOrEqual(least);
  expect(outcomes.filter((outcome) => !/: [01] 1, 0 intents, 0 tasks$/.test(outcome))).toEqual([]);
  // Without a backup only where the worker died between marking the intent and the call: nobody can know whether it called.
  expect(outcomes.filter((outcome) => outcome.includes(': 0 1')).length).toBeLessThanOrEqual(1);
});
