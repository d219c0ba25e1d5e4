// Events of kind shard that no run has handed over, or not like this: whoever may invoke a worker decides nothing by what the event says.
import type { ShardWork } from '../../../lib/domain/open-task';
import { makeTestQueue, type TestQueue, workOfEvent } from '../../support/fan-out';
import type { RunOptions, TestKeeper } from '../../support/keeper';
import { memberWithSets, nextDay, startOwner } from '../hygiene/world';

let keeper: TestKeeper;
let queue: TestQueue;
afterEach(() => keeper.close());

const FLEET = [memberWithSets(14, 'rm-near', 101), { ...memberWithSets(14, 'rm-far', 301), regionId: 'cn-shanghai' }];
const POLICY = [
  'timezone: UTC',
  'regions: [cn-hangzhou, cn-shanghai]',
  'retention: { mode: enforce, keep: { last: 10 }, floor: 2, graceHours: 24 }',
  'limits: { maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100, maxChangesPerRun: 4 }',
].join('\n');

function ports(): TestKeeper['house']['ports'] {
  return { ...keeper.openHouse().ports, fanOut: { invoker: queue.invoker, self: 'keeper-retention-hygiene' } };
}

async function start(): Promise<void> {
  keeper = await startOwner(FLEET, POLICY);
  await keeper.hygiene(); // marks what is surplus
  nextDay(keeper);
  queue = makeTestQueue();
}

async function handOver(): Promise<Required<Pick<RunOptions, 'trigger' | 'asOf' | 'shard'>>> {
  await keeper.hygiene({ ports: ports(), timer: 'purging' });
  const [first] = queue.waiting;
  if (first === undefined) throw new Error('nothing was handed over');
  return workOfEvent(first);
}

test.each<{ name: string; forge: Partial<ShardWork> }>([
  { name: 'more changes than the run had left', forge: { changesLeft: 1_000_000 } },
  { name: 'manual sets that nobody has counted, which would lift the brakes', forge: { manualSets: 1_000_000 } },
  { name: 'another page to begin with', forge: { fromPage: 7 } },
  { name: 'another leg', forge: { leg: 1 } },
  { name: 'another division', forge: { parts: 1_000 } },
])('$name: a failed run that says so, and nothing is changed', async ({ forge }) => {
  await start();
  const real = await handOver();

  const forged = keeper.hygiene({ ports: ports(), ...real, shard: { ...real.shard, ...forge } });

  await expect(forged).rejects.toMatchObject({ code: 'unknown-work', summary: { status: 'failed', apiCalls: {} } });
  expect([...keeper.manualSets('rm-near'), ...keeper.manualSets('rm-far')]).toHaveLength(28);
  expect((await keeper.house.ledger.getBrakes('default')).fleetParts).toBeUndefined();
});

test('a real event does not raise a limit that has been lowered since', async () => {
  await start();
  const real = await handOver();

  const run = await keeper.hygiene({
    ports: ports(),
    ...real,
    policy: { ...keeper.policy, limits: { ...keeper.policy.limits, maxChangesPerRun: 1 } },
  });

  expect(run.summary.counts).toMatchObject({ purged: 1 });
});

test('an event that is delivered once more when its work is done gets the summary of then', async () => {
  await start();
  const real = await handOver();
  const first = await keeper.hygiene({ ports: ports(), ...real });

  const second = await keeper.hygiene({ ports: ports(), ...real });

  expect(second.summary).toEqual(first.summary);
});
