// A slot that needs no backup of ours any more, after an intent for it was written: nothing is reported missed.
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyWith('  - { name: hourly, schedule: "0 * * * *", freshFor: 30m }\n');

test("a human's backup that came between our look and our call serves the slot: it is fresh enough, and never missed", async () => {
  keeper = await startKeeper({ fleet: [{ id: 'rm-one', engine: 'MySQL' }], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const { ports } = keeper.openHouse();
  let isFirst = true;
  const putGuard: typeof ports.ledger.putGuard = async (current, next) => {
    if (isFirst) keeper.cloud.world.humanBackup('rm-one');
    isFirst = false;
    return ports.ledger.putGuard(current, next);
  };
  const refused = await keeper.tick({ ports: { ...ports, ledger: { ...ports.ledger, putGuard } } });
  keeper.goTo('2026-11-21T02:50:00Z');
  const served = await keeper.tick();
  keeper.goTo('2026-11-21T03:05:00Z');

  const reconcile = await keeper.reconcile();
  const next = await keeper.tick();

  expect(verdictsOn(refused, 'rm-one')).toEqual(['job-running']);
  expect(verdictsOn(served, 'rm-one')).toEqual(['fresh-enough']);
  expect(reconcile.summary).toMatchObject({ status: 'succeeded', findingsTotal: 0 });
  expect(verdictsOn(next, 'rm-one')).not.toContain('missed');
  expect((await keeper.house.ledger.getGuards(['rm-one']))[0]?.reservations.map(({ slotId }) => slotId)).toEqual(['20261121T030000Z~hourly~instance']);
});
