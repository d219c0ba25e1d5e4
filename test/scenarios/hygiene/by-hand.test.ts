// An operator deletes sets by name: no rule and no grace is asked, and everything that protects a set stands.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS } from '../../../lib/base/instant';
import type { SlotVerdict } from '../../../lib/domain/verdict';
import { runDeleteByHand } from '../../../lib/run/hygiene/delete-by-hand';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, ONE, own, placeHold, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

/** The verdict on each set, and the run's status. */
async function remove(backupIds: readonly string[], { dryRun = false, instanceId = ONE } = {}): Promise<Readonly<Record<string, string>>> {
  const verdicts: SlotVerdict[] = [];
  const asOf = keeper.clock.now();
  const request = { trigger: { type: 'cli', id: `delete ${backupIds.join(' ')}`, time: asOf }, asOf, dryRun, policy: keeper.policy } as const;
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  const observer = { onVerdict: (verdict: SlotVerdict) => verdicts.push(verdict) };
  const summary = await runDeleteByHand({ ...request, deadline }, keeper.openHouse().ports, { instanceId, backupIds }, observer);
  return { ...Object.fromEntries(verdicts.map(({ backupId, verdict }) => [backupId, verdict])), status: summary.status };
}

test('a set of ours that nothing protects is deleted at once, though a rule would keep it', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf('retention: { keep: { last: 14 }, floor: 2 }', WIDE));

  const outcome = await remove(['109', '112']);

  expect(outcome).toEqual({ 109: 'purged', 112: 'purged', status: 'succeeded' });
  expect(keeper.manualSets(ONE)).toHaveLength(12);
  expect(await marksOf(keeper)).toEqual([]);
});

test('without a retention section the floor of two and the anchor stand', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(WIDE));

  const outcome = await remove(['101', '107', '112']);

  expect(outcome).toEqual({ 101: 'refused', 107: 'refused', 112: 'purged', status: 'partial' });
});

test.each([
  { name: 'held', prepare: () => placeHold(keeper, { kind: 'set', backupId: '112' }), expected: 'held' },
  { name: 'held with its instance', prepare: () => placeHold(keeper, { kind: 'instance' }), expected: 'held' },
])('a set that is $name stays', async ({ prepare, expected }) => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));
  await prepare();

  const outcome = await remove(['112']);

  expect(outcome['112']).toBe(expected);
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a foreign set is refused until it is claimed', async () => {
  keeper = await startKeeper({ fleet: [memberWithSets(14)], policy: policyOf(KEEP_TEN, WIDE) });

  const foreign = await remove(['112']);
  await own(keeper, ONE, ['112']);
  keeper.clock.advance(1_000);
  const claimed = await remove(['112']);

  expect(foreign['112']).toBe('refused');
  expect(claimed['112']).toBe('purged');
});

test('what the service does not delete, and what it does not have, is refused with the rule', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf('retention: { keep: { last: 1 }, floor: 1 }', WIDE));

  expect(await remove(['103', '999'])).toEqual({ 103: 'refused', 999: 'refused', status: 'partial' });
});

test('the brakes of the policy stand', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 1, maxPurgePercentPerDay: 100 }'));

  expect(await remove(['112', '113'])).toEqual({ 112: 'braked', 113: 'braked', status: 'partial' });
});

test('a dry run tells and changes nothing', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));

  expect(await remove(['112'], { dryRun: true })).toEqual({ 112: 'would-purge', status: 'succeeded' });
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('an unknown instance, and one that the policy leaves out, are errors', async () => {
  keeper = await startOwner([memberWithSets(14), memberWithSets(3, 'rm-out', 201)], policyOf(`select: { exclude: [{ ids: [rm-out] }] }`, KEEP_TEN));

  await expect(remove(['112'], { instanceId: 'rm-nowhere' })).rejects.toMatchObject({ code: 'unknown-instance' });
  await expect(remove(['201'], { instanceId: 'rm-out' })).rejects.toMatchObject({ code: 'out-of-scope' });
});
