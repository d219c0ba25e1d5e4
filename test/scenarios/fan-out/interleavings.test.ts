// Whatever becomes of the ticks and the events between them (late, lost, doubled, at the same time, killed half-way): one backup for each slot, and no work left open.
import fc from 'fast-check';
import { MINUTE_MS } from '../../../lib/base/instant';
import type { CompiledPolicy } from '../../../lib/domain/protection-policy';
import { makeCrashingWorker } from '../../support/crash';
import { makeTestQueue, type Queued, type TestQueue, workOfEvent } from '../../support/fan-out';
import { policyWith, startKeeper, type TestKeeper } from '../../support/keeper';

const IDS = ['rm-a', 'rm-b', 'rm-c', 'rm-d'];
const FLEET = IDS.map((id, index) => ({ id, engine: 'MySQL' as const, regionId: index < 3 ? 'cn-hangzhou' : 'cn-shanghai' }));
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

interface Kill {
  readonly atCall: number;
  readonly when: 'before' | 'after';
}

/** `which` of those that wait, counted round. */
type Action =
  | { readonly do: 'tick'; readonly kill: Kill | undefined; readonly perWorker: number }
  | { readonly do: 'deliver'; readonly which: number; readonly kill: Kill | undefined; readonly twice: 'no' | 'later' | 'at-once' }
  | { readonly do: 'lose'; readonly which: number }
  | { readonly do: 'reconcile'; readonly kill: Kill | undefined }
  | { readonly do: 'wait'; readonly minutes: number };

const kills: fc.Arbitrary<Kill | undefined> = fc.option(
  fc.record({ atCall: fc.integer({ min: 1, max: 24 }), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined, freq: 1 },
);
const which = fc.nat({ max: 5 });
const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), kill: kills, perWorker: fc.constantFrom(1, 2, 2000) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      which,
      kill: kills,
      twice: fc.constantFrom('no' as const, 'later' as const, 'at-once' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reconcile' as const), kill: kills }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(0.5, 2, 15, 22) }) },
);

interface World {
  readonly keeper: TestKeeper;
  readonly queue: TestQueue;
  perWorker: number;
}

function policyOf({ keeper, perWorker }: World): CompiledPolicy {
  return { ...keeper.policy, limits: { ...keeper.policy.limits, instancesPerWorker: perWorker } };
}

/** Another invocation. One that is killed, or fails because another took its place, is part of the game. */
async function invoke(world: World, name: 'tick' | 'reconcile', kill: Kill | undefined, event?: Queued): Promise<void> {
  const { keeper, queue } = world;
  const ports = { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self: 'keeper-extra-backup' } };
  const given = kill === undefined ? ports : makeCrashingWorker(ports, kill).ports;
  const run = keeper[name]({ ports: given, policy: policyOf(world), ...(event === undefined ? {} : workOfEvent(event)) });
  await (kill === undefined && name === 'tick' && event === undefined ? run : run.catch(() => undefined));
}

function take({ queue }: World, nth: number): Queued | undefined {
  return queue.waiting.splice(nth % Math.max(1, queue.waiting.length), 1)[0];
}

async function carryOut(world: World, action: Action): Promise<void> {
  switch (action.do) {
    case 'tick':
      world.perWorker = action.perWorker;
      return invoke(world, 'tick', action.kill);
    case 'deliver': {
      const event = take(world, action.which);
      if (event === undefined) return;
      if (action.twice === 'later') world.queue.waiting.push(event);
      const others = action.twice === 'at-once' ? [invoke(world, 'tick', undefined, event)] : [];
      await Promise.all([invoke(world, 'tick', action.kill, event), ...others]);
      return;
    }
    case 'lose':
      take(world, action.which);
      return;
    case 'reconcile':
      return invoke(world, 'reconcile', action.kill);
    case 'wait':
      world.keeper.clock.advance(action.minutes * MINUTE_MS);
  }
}

/** Everything works again for two hours and a half: after that nobody would look at an old piece of work any more. */
async function settle(world: World): Promise<void> {
  for (let minutes = 0; minutes < 150; minutes += 25) {
    world.keeper.clock.advance(25 * MINUTE_MS);
    await invoke(world, 'reconcile', undefined);
    await invoke(world, 'tick', undefined);
    for (let next = world.queue.waiting.shift(); next !== undefined; next = world.queue.waiting.shift()) await invoke(world, 'tick', undefined, next);
  }
}

/** `served`: one backup. Where a worker died between its last word and the call, nobody can know whether it called: then no backup, and that was said. */
async function endOf({ keeper }: World, index: number): Promise<string> {
  const id = IDS[index] ?? '';
  const count = keeper.manualStarts(id).length;
  const postures = await keeper.house.ledger.getPostures(`default/${FLEET[index]?.regionId}`, [id]);
  const verdict = postures.get(id)?.rules['daily']?.verdict?.verdict;
  if (count === 1 && (verdict === 'already-done' || verdict === 'adopted')) return 'served';
  return count === 0 && verdict === 'abandoned' ? 'served' : `${id}: ${count} backups, ${verdict}`;
}

async function openTasks({ keeper }: World): Promise<number> {
  let count = 0;
  for await (const page of keeper.house.ledger.listTasks('shard')) count += page.length;
  return count;
}

test('one backup per slot, every instance served, no work left open', async () => {
  let backups = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(actions, { minLength: 5, maxLength: 14 }), async (schedule) => {
      const keeper = await startKeeper({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:59:00Z' });
      try {
        await keeper.tick();
        keeper.goTo('2026-11-21T02:00:00Z');
        const world: World = { keeper, queue: makeTestQueue(), perWorker: 2 };
        await invoke(world, 'tick', undefined);

        for (const action of schedule) await carryOut(world, action);
        await settle(world);

        expect(await Promise.all(IDS.map((_, index) => endOf(world, index)))).toEqual(IDS.map(() => 'served'));
        expect([await openTasks(world), (await keeper.intents()).length]).toEqual([0, 0]);
        backups += IDS.reduce((sum, id) => sum + keeper.manualStarts(id).length, 0);
      } finally {
        await keeper.close();
      }
    }),
    { numRuns: 10 },
  );

  expect(backups).toBeGreaterThan(20); // else nothing was put to the test
}, 60_000);
