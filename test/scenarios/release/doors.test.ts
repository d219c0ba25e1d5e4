// The same release through several doors at once, and other wishes under its name: one backup and one hold per instance and attempt.
import { releaseKey } from '../../../lib/policy/release/identity';
import type { TestKeeper } from '../../support/keeper';
import { check, deliver, holdsOf, MYSQL, openTasks, pass, RELEASE, SOURCE, start, startGate, wishOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const TWO = [MYSQL, { id: 'pgm-far', engine: 'PostgreSQL' as const, regionId: 'cn-shanghai', usedGb: 1 }];
const BOTH = { instances: ['pgm-far', 'rm-one'] };

test('three doors at once, and the repeats of each: one backup and one hold per instance', async () => {
  keeper = await startGate(TWO);
  const doors = (['event', 'http', 'invoke'] as const).map(async (type) => {
    const { ports } = keeper.openHouse();
    for (let delivery = 0; delivery < 3; delivery += 1) await start(keeper, BOTH, { type, ports });
  });

  await Promise.all(doors);
  await pass(keeper, 5);
  const answers = await Promise.all((['event', 'http', 'invoke'] as const).map((type) => start(keeper, BOTH, { type })));
  await pass(keeper, 5);

  expect(answers.map(({ receipt }) => receipt.attempt)).toEqual([1, 1, 1]);
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', attempt: 1, instances: [{ instanceId: 'pgm-far' }, { instanceId: 'rm-one' }] });
  for (const { id } of TWO) expect(keeper.manualStarts(id)).toHaveLength(1);
  for (const { id } of TWO) expect(await holdsOf(keeper, id)).toHaveLength(1);
  expect(await openTasks(keeper)).toEqual([]);
});

test('doors that end the release at the same time, by reconcile and by asking, agree', async () => {
  keeper = await startGate(TWO);
  await start(keeper, BOTH);
  keeper.clock.advance(10 * 60_000);

  await Promise.all([keeper.reconcile(), keeper.reconcile({ timer: 'other' }), check(keeper), start(keeper, BOTH)]);
  await pass(keeper, 5);

  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', attempt: 1 });
  for (const { id } of TWO) expect(await holdsOf(keeper, id)).toHaveLength(1);
  for (const { id } of TWO) expect(keeper.manualStarts(id)).toHaveLength(1);
});

test.each([
  { name: 'other instances', over: { instances: ['pgm-far'] }, differs: 'instances' },
  {
    name: 'a selector instead',
    over: { select: { ids: [], tags: {}, engines: [], names: ['*'], resourceGroups: [], exclude: [] } },
    differs: 'instances, select',
  },
  { name: 'databases', over: { databases: ['orders'] }, differs: 'databases' },
  { name: 'a shorter freshFor', over: { freshForMs: 60_000 }, differs: 'freshFor' },
  { name: 'a longer hold', over: { holdForMs: 900 * 86_400_000 }, differs: 'holdFor' },
])('$name under the same source and release are refused, and change nothing', async ({ over, differs }) => {
  keeper = await startGate(TWO);
  await start(keeper);
  const before = await keeper.house.ledger.getRelease(releaseKey(SOURCE, RELEASE));

  await expect(deliver(keeper, { action: 'start', wish: wishOf(over) })).rejects.toMatchObject({
    code: 'release-differs',
    message: expect.stringContaining(`with other ${differs}:`),
  });

  expect(await keeper.house.ledger.getRelease(releaseKey(SOURCE, RELEASE))).toEqual(before);
});

test('another deadline, and the times written out, are the same release', async () => {
  keeper = await startGate();
  await start(keeper);

  const { receipt } = await start(keeper, { deadlineAt: (keeper.clock.now() + 60_000) as never, freshForMs: 3_600_000, holdForMs: 7 * 86_400_000 });

  expect(receipt).toMatchObject({ attempt: 1, deadline: '2026-11-21T03:00:00Z' });
});

test('the same release of another source is another one', async () => {
  keeper = await startGate();
  await start(keeper);
  await pass(keeper, 10);

  const other = await start(keeper, { source: 'ci/other' });

  expect(other.receipt).toMatchObject({ status: 'passed', attempt: 1, instances: [{ reused: true }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await holdsOf(keeper)).toHaveLength(2);
});
