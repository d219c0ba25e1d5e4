// What extend-expiry says is kept in the ledger's postures, apart from what other functions say of the same instance, and shown by status.
import { rowsOfPostures } from '../../../lib/report/verdict-view';
import { readStatus } from '../../../lib/run/status';
import { makeExpiryWorld, policyOf, RULES } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

const OTHER = '  - { name: people, databases: [hr], extendWhenLeft: 14d, keepFor: 90d }\n';

async function rows(): Promise<Record<string, string>> {
  const { postures } = await readStatus(world.keeper.house.ledger, world.keeper.policy);
  return Object.fromEntries(
    rowsOfPostures(postures).map(({ instanceId, rule, verdict, backupId }) => [`${instanceId} ${rule}`, `${verdict} ${backupId ?? '-'}`]),
  );
}

test('a row for every rule that covers the instance, with the word that most needs a look', async () => {
  await world.start([{ id: '1' }, { id: '2' }, { id: '3', mode: 'Automated' }], policyOf(RULES + OTHER));
  world.fail({ kind: 'unsuccessful', code: '500', message: 'not now' });

  await world.keeper.extend();

  expect(await rows()).toEqual({ 'rm-sql books': 'refused 1', 'rm-sql people': 'not-due -' });
  const { postures } = await readStatus(world.keeper.house.ledger, world.keeper.policy);
  expect(postures).toMatchObject([{ scope: 'default/cn-hangzhou#extend-expiry', findings: [{ rule: 'expiry-not-extended' }] }]);
});

test('the next run says how it stands now; a run without news writes nothing', async () => {
  await world.start([{ id: '1' }]);
  await world.keeper.extend();
  const after = await rows();
  await world.keeper.extend({ timer: 'second' });
  const then = await rows();
  const house = world.keeper.openHouse();
  let writes = 0;
  const putPostures = async (): Promise<void> => {
    writes += 1;
  };
  const ledger = { ...house.ports.ledger, putPostures };

  await world.keeper.extend({ timer: 'third', ports: { ...house.ports, ledger } });

  expect([after, then]).toEqual([{ 'rm-sql books': 'extended 1' }, { 'rm-sql books': 'left 1' }]);
  expect(writes).toBe(0);
});

test('an instance that could not be looked at says so under each of its rules', async () => {
  await world.start([{ id: '1' }]);
  world.fail({ kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'x' }, 'none', 9, 'DescribeBackups');

  await world.keeper.extend();

  expect(await rows()).toEqual({ 'rm-sql books': 'denied -' });
});

test('sets beyond the limit say so', async () => {
  await world.start([{ id: '1' }, { id: '2' }], policyOf(RULES, 'limits: { maxChangesPerRun: 1 }'));

  await world.keeper.extend();

  expect(await rows()).toEqual({ 'rm-sql books': 'over-limit 2' });
});

test('what holds ask for has a row of its own', async () => {
  await world.start([{ id: '1' }], policyOf(''));
  await world.hold();

  await world.keeper.extend();

  expect(await rows()).toEqual({ 'rm-sql (holds)': 'extended 1' });
});

test('an instance that no rule covers any more, or that left the scope, is forgotten', async () => {
  await world.start([{ id: '1' }]);
  await world.keeper.extend();
  const { policy } = world.keeper;

  await world.keeper.extend({ timer: 'no-rule', policy: { ...policy, expiry: [] } });
  const withoutRule = await rows();
  await world.keeper.extend({ timer: 'again' });
  const again = await rows();
  await world.keeper.extend({ timer: 'left-out', policy: { ...policy, select: { ...policy.select, engines: ['mysql'] } } });

  expect([withoutRule, again, await rows()]).toEqual([{}, { 'rm-sql books': 'left 1' }, {}]);
});

test('whoever names an instance that the policy leaves out hears of it', async () => {
  await world.start([{ id: '1' }]);
  const { policy } = world.keeper;

  const run = await world.keeper.extend({ instances: ['rm-sql'], policy: { ...policy, select: { ...policy.select, engines: ['mysql'] } } });

  expect(run.verdicts).toMatchObject([{ instanceId: 'rm-sql', verdict: 'no-rule', reason: expect.stringContaining('leaves this instance out') }]);
});

test('a plan and a dry run write no posture', async () => {
  await world.start([{ id: '1' }]);

  await world.keeper.plan('extend-expiry');
  await world.keeper.extend({ dryRun: true });

  expect(await rows()).toEqual({});
});
