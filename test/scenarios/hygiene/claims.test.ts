// Who claims a set takes nothing away from it: a set that was made for a release stays the release's.
import { HOUR_MS } from '../../../lib/base/instant';
import { claimSet } from '../../../lib/run/claim-set';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { ask } from '../on-demand-support';
import { holdNow, ONE, policyOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

test('a set that is claimed before its job is recorded is covered by a hold on its release all the same', async () => {
  keeper = await startKeeper({ fleet: [{ id: ONE, engine: 'MySQL' }], policy: policyOf('retention: { mode: enforce, keep: { last: 3 } }') });
  await ask(keeper, { key: 'v1' });
  keeper.clock.advance(2 * HOUR_MS);
  const { ledger, ports } = keeper.house;
  const gateway = ports.gatewayOf({ account: 'default', region: 'cn-hangzhou' });
  const [backupId = ''] = keeper.manualSets(ONE);
  await claimSet({ ledger, gateway, instanceId: ONE, backupId, claimedBy: 'ada', asOf: keeper.clock.now() });
  await keeper.reconcile();

  const held = await holdNow(keeper, { kind: 'release', release: 'v1' });

  expect(held.view.isActive).toBe(true);
  expect(await ledger.getSet(ONE, backupId)).toMatchObject({ origin: 'created', spec: { scope: { kind: 'instance' } } });
});
