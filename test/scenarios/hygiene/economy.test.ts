// What a run costs: so many API calls for each instance whatever it has, all of them counted in the summary, and few requests to the ledger for each action.
import type { RunSummary } from '../../../lib/domain/run';
import type { TestKeeper } from '../../support/keeper';
import { memberWithSets, nextDay, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

/** Every instance has drifted, and of its sets the policy keeps all but the oldest. */
const keepingAllBut1 = (sets: number): string => `retention: { mode: enforce, keep: { last: ${sets - 1} }, floor: 2, graceHours: 24 }`;

async function startFleet(instances: number, sets: number): Promise<void> {
  const fleet = Array.from({ length: instances }, (_, at) => memberWithSets(sets, `rm-${at}`, 1_000 * (at + 1)));
  keeper = await startOwner(fleet, policyOf('settings: { mode: enforce, dataRetention: 500 }', keepingAllBut1(sets), WIDE));
}

interface Cost {
  readonly summary: RunSummary;
  readonly reads: number;
  readonly writes: number;
}

async function costOfRun(dryRun = false): Promise<Cost> {
  const house = keeper.openHouse();
  const before = house.ledger.usage();
  const { summary } = await keeper.hygiene({ ports: house.ports, dryRun });
  const after = house.ledger.usage();
  return { summary, reads: after.reads - before.reads, writes: after.writes - before.writes };
}

test.each([
  { instances: 1, sets: 12 },
  { instances: 4, sets: 12 },
  { instances: 4, sets: 60 },
])('$instances instances with $sets sets each: to look takes three calls for each instance, however many sets it has', async ({ instances, sets }) => {
  await startFleet(instances, sets);

  const { summary } = await costOfRun(true);

  expect(summary.apiCalls).toEqual({ DescribeDBInstances: 1, DescribeBackupPolicy: 2 * instances, DescribeBackups: instances, DescribeDetachedBackups: 1 });
});

test('a correction takes one write, and looks before and after it; a mark takes no call', async () => {
  await startFleet(4, 12);

  const { summary } = await costOfRun();

  expect(summary.counts).toMatchObject({ corrected: 4, marked: 4 });
  expect(summary.apiCalls).toEqual({
    DescribeDBInstances: 1,
    DescribeBackupPolicy: 3 * 2 * 4,
    DescribeBackups: 4,
    ModifyBackupPolicy: 4,
    DescribeDetachedBackups: 1,
  });
});

test('a purge takes one call for all due sets of an instance, and looks before and after it', async () => {
  await startFleet(4, 12);
  await costOfRun();
  nextDay(keeper);

  const { summary } = await costOfRun();

  expect(summary.counts).toMatchObject({ purged: 4 });
  expect(summary.apiCalls).toEqual({
    DescribeDBInstances: 1,
    DescribeBackupPolicy: 2 * 2 * 4,
    DescribeBackups: 3 * 4,
    DeleteBackup: 4,
    DescribeDetachedBackups: 1,
  });
});

test('the ledger: at most six reads and six writes for each correction, mark and purge, where every instance has only one of each', async () => {
  await startFleet(10, 12);

  const first = await costOfRun();
  nextDay(keeper);
  const second = await costOfRun();

  const [corrected, marked, purged] = [first.summary.counts['corrected'], first.summary.counts['marked'], second.summary.counts['purged']];
  expect([corrected, marked, purged]).toEqual([10, 10, 10]);
  expect(Math.max(first.reads, first.writes) / 20).toBeLessThanOrEqual(6);
  expect(Math.max(second.reads, second.writes) / 10).toBeLessThanOrEqual(6);
});

test('where nothing is due the ledger is only read: once for each page of instances, and once for the sets of each instance', async () => {
  await startFleet(10, 12);
  await costOfRun();
  nextDay(keeper);
  await costOfRun();
  nextDay(keeper);

  const idle = await costOfRun();

  expect(idle.summary.counts).toEqual({ 'in-line': 10, kept: 10 });
  expect(idle.reads).toBeLessThanOrEqual(10 + 8);
  expect(idle.writes).toBeLessThanOrEqual(6);
});
