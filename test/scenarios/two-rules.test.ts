// Two rules on one instance while the answer to one of their calls is lost: a set serves the slot that it was made for, and no other.
import { policyWith, startKeeper, type TestKeeper } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyWith('  - { name: first, schedule: "0 2 * * *" }\n  - { name: second, schedule: "5 2 * * *" }\n');
const FIRST = '20261121T020000Z~first~instance';
const SECOND = '20261121T020500Z~second~instance';

async function start(): Promise<void> {
  keeper = await startKeeper({ fleet: [{ id: 'rm-one', engine: 'MySQL' }], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
}

async function statesOf(...slotIds: string[]): Promise<string[]> {
  const intents = await keeper.house.ledger.getIntents(slotIds.map((slotId) => ({ instanceId: 'rm-one', slotId })));
  return intents.map(({ state, isAdopted }) => (isAdopted ? `${state} by adoption` : state));
}

test('the set of a submitted job is not adopted for a lost call, although reconcile has not yet followed that job to its set', async () => {
  await start();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'none', reply: { kind: 'reset' } });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:05:00Z');
  keeper.cloud.world.planNextJob('rm-one', { durationMs: 25 * 60_000 });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:25:00Z');
  await keeper.reconcile();
  keeper.goTo('2026-11-21T02:40:00Z');
  const { ports } = keeper.openHouse();
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    return { ...gateway, findBackupSet: async () => undefined }; // a list that lags for this one question
  };

  await keeper.reconcile({ ports: { ...ports, gatewayOf } });
  const between = await statesOf(FIRST, SECOND);
  keeper.goTo('2026-11-21T03:30:00Z');
  await keeper.reconcile();

  expect(between).toEqual(['abandoned', 'submitted']);
  expect(await statesOf(FIRST, SECOND)).toEqual(['abandoned', 'finished']);
  expect(await keeper.house.ledger.listSets('rm-one')).toMatchObject([{ origin: 'created', slotId: SECOND }]);
});

test('one set that two lost calls could have made is adopted for one slot only', async () => {
  await start();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'none', reply: { kind: 'reset' } });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:05:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'reset' } });
  await keeper.tick();

  for (const minute of ['25', '40', '55']) {
    keeper.goTo(`2026-11-21T02:${minute}:00Z`);
    await keeper.reconcile();
  }

  const states = await statesOf(FIRST, SECOND);
  expect(states.filter((state) => state === 'finished by adoption').length).toBeLessThanOrEqual(1);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});
