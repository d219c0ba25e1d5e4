// Surplus manual sets go in two phases, and nothing else does.
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import type { TestKeeper } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, own, placeHold, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyOf(KEEP_TEN, WIDE);

test('the first run marks what is surplus and deletes nothing', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { marked: 4, kept: 1 } });
  expect((await marksOf(keeper)).map(({ backupId, state }) => [backupId, state])).toEqual([
    ['111', 'marked'],
    ['112', 'marked'],
    ['113', 'marked'],
    ['114', 'marked'],
  ]);
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a run within the grace deletes nothing', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  keeper.clock.advance(23 * HOUR_MS);

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ marked: 4 });
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('the next day the marked sets are purged, in one call, and seen to be gone', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { purged: 4 }, apiCalls: { DeleteBackup: 1 } });
  expect(keeper.manualSets(ONE)).toEqual(['110', '109', '108', '107', '106', '105', '104', '103', '102', '101']);
  expect(await marksOf(keeper)).toEqual([]);
});

test('run after run, the newest ten stay', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);

  for (let day = 0; day < 5; day += 1) {
    await keeper.hygiene();
    nextDay(keeper);
  }

  expect(keeper.manualSets(ONE)).toEqual(['110', '109', '108', '107', '106', '105', '104', '103', '102', '101']);
});

test('the newest full set from before the recovery window stays, though no rule keeps it', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf('retention: { mode: enforce, keep: { last: 2 }, floor: 2, recoveryWindow: 12d }', WIDE));
  for (let day = 0; day < 3; day += 1) {
    await keeper.hygiene();
    nextDay(keeper);
  }

  expect(keeper.manualSets(ONE)).toContain('112');
  expect(keeper.manualSets(ONE)).not.toContain('113');
});

test('more than a hundred sets of one instance take a call for each hundred', async () => {
  keeper = await startOwner([memberWithSets(240)], policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100, maxChangesPerRun: 1000 }'));
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary.counts['purged']).toBe(230);
  expect(run.summary.apiCalls['DeleteBackup']).toBe(3);
});

test('sets that nobody made through the keeper are never touched, until an operator claims them', async () => {
  keeper = await startOwner([], POLICY, { fleet: [memberWithSets(14)] });
  const foreign = await keeper.hygiene();
  nextDay(keeper);
  await keeper.hygiene();
  const before = keeper.manualSets(ONE).length;
  await own(keeper, ONE, ['112', '113', ...keeper.manualSets(ONE).slice(-10)]);
  keeper.clock.advance(HOUR_MS);

  await keeper.hygiene();
  nextDay(keeper);
  const after = await keeper.hygiene();

  expect(foreign.summary.counts).toEqual({ kept: 1, 'no-rule': 1 });
  expect(before).toBe(14);
  expect(after.summary.counts['purged']).toBe(2);
  expect(keeper.manualSets(ONE)).toHaveLength(12);
});

test('a hold that is placed between the two phases keeps the set, and takes its mark away', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  await placeHold(keeper, { kind: 'set', backupId: '112' });
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary.counts['purged']).toBe(3);
  expect(keeper.manualSets(ONE)).toContain('112');
  expect(await marksOf(keeper)).toEqual([]);
});

test('a hold that is placed while the run is about to delete wins', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  nextDay(keeper);
  const { ports } = keeper.openHouse();
  let looks = 0;
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const listBackupSets: typeof gateway.listBackupSets = async (...args) => {
      const sets = await gateway.listBackupSets(...args);
      looks += 1;
      if (looks === 2) await placeHold(keeper, { kind: 'instance' });
      return sets;
    };
    return { ...gateway, listBackupSets };
  };

  const run = await keeper.hygiene({ ports: { ...ports, gatewayOf } });

  expect(run.summary.counts).toMatchObject({ held: 4 });
  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('in audit everything is reported and nothing is marked', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf('retention: { keep: { last: 10 } }'));

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { surplus: 4 } });
  expect(await marksOf(keeper)).toEqual([]);
});

test('a dry run tells the steps and writes nothing', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);

  const plan = await keeper.plan('retention-hygiene');

  expect(plan.steps.map(({ action }) => action)).toEqual(['mark-surplus', 'mark-surplus', 'mark-surplus', 'mark-surplus']);
  expect(await marksOf(keeper)).toEqual([]);
});

test('the plan of the second phase has the purges, with the time of their marks', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  await keeper.hygiene();
  nextDay(keeper);

  const plan = await keeper.plan('retention-hygiene');

  expect(plan.steps).toEqual(
    ['111', '112', '113', '114'].map((backupId) => expect.objectContaining({ action: 'purge', backupId, before: '2026-11-21T01:00:00Z', after: 'deleted' })),
  );
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a source that stopped producing never ages to zero', async () => {
  keeper = await startOwner([memberWithSets(12)], policyOf('retention: { mode: enforce, keep: { within: 7d }, floor: 1 }', WIDE));
  keeper.cloud.world.changeInstance(ONE, { status: 'Stopped' });

  for (let day = 0; day < 30; day += 1) {
    await keeper.hygiene();
    nextDay(keeper);
  }
  keeper.cloud.world.changeInstance(ONE, { status: 'Running' });
  await keeper.hygiene();
  keeper.clock.advance(DAY_MS);
  await keeper.hygiene();

  expect(keeper.manualSets(ONE)).toEqual(expect.arrayContaining(['101', '102', '103', '104', '105', '106', '107']));
});
