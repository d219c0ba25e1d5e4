// What hygiene last said of an instance stands in rows of its own, until a run for a later time says otherwise.
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS, plusMs } from '../../../lib/base/instant';
import type { InstancePosture } from '../../../lib/domain/posture';
import { runRetentionHygiene } from '../../../lib/run/hygiene/run';
import type { TestKeeper } from '../../support/keeper';
import { KEEP_TEN, memberWithSets, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

async function posture(): Promise<InstancePosture | undefined> {
  return (await keeper.house.ledger.getPostures('default/cn-hangzhou#retention-hygiene', [ONE])).get(ONE);
}

test('the newest verdict on settings and on sets is kept', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE, 'settings: { dataRetention: 400 }'));

  await keeper.hygiene();

  expect(Object.fromEntries(Object.entries((await posture())?.rules ?? {}).map(([rule, { verdict }]) => [rule, verdict?.verdict]))).toEqual({
    settings: 'in-line',
    retention: 'kept',
  });
});

test('a run for an earlier time changes nothing of it', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));
  await keeper.hygiene();
  const before = await posture();

  const asOf = plusMs(keeper.clock.now(), -20 * DAY_MS);
  const trigger = { type: 'cli', id: 'back then', time: asOf } as const;
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  await runRetentionHygiene({ trigger, asOf, dryRun: false, policy: keeper.policy, deadline }, keeper.openHouse().ports);

  expect(await posture()).toEqual(before);
});

test('an instance that the policy does not cover any more is forgotten', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));
  await keeper.hygiene();
  keeper.clock.advance(1_000);

  await keeper.hygiene({ policy: { ...keeper.policy, retention: undefined } });

  expect((await posture())?.rules).toEqual({});
});
