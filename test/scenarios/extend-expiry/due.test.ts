// What is due is kept longer, once, and never more of it than a run may change; what the ledger knows of our own sets counts.
import { DAY_MS, instant } from '../../../lib/base/instant';
import { ACTION, EXPIRY, EXTENDED, MSSQL, makeExpiryWorld, policyOf, RULES, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

describe('what is due', () => {
  test('is kept longer, and the rest is left with its reason', async () => {
    const [later, now] = [Date.parse('2027-06-01T00:00:00Z'), Date.parse('2026-11-21T01:00:00Z')];
    await world.start([
      { id: '1' },
      { id: '2', databases: ['hr'] },
      { id: '3', databases: ['hr', 'ledger'] },
      { id: '4', mode: 'Automated' },
      { id: '5', expiresAt: null },
      { id: '6', expiresAt: instant(later) },
      { id: '7', outcome: 'Failed' },
    ]);
    expect(world.keeper.clock.now()).toBe(now);

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended', 2: 'left', 3: 'left', 4: 'left', 5: 'left', 6: 'left', 7: 'left' });
    expect(world.expiries()).toMatchObject({ 1: EXTENDED, 2: EXPIRY, 5: 'never', 6: '2027-06-01T00:00:00.000Z' });
    expect(run.summary).toMatchObject({ function: 'extend-expiry', status: 'succeeded', counts: { extended: 1, left: 6, 'no-rule': 1 }, findingsTotal: 0 });
    expect(run.summary.apiCalls).toMatchObject({ [ACTION]: 1, DescribeBackups: 3 });
    expect(run.verdicts.find(({ instanceId }) => instanceId === 'rm-my')?.reason).toContain('SQL Server only');
  });

  test('is not due again: a second run changes nothing, and finds it again when its time comes', async () => {
    await world.start([{ id: '1' }], policyOf('  - { name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 30d, from: now, atMost: 60d }\n'));
    await world.keeper.extend();

    const second = await world.keeper.extend({ timer: 'second' });
    world.keeper.clock.advance(17 * DAY_MS);
    const third = await world.keeper.extend();
    world.keeper.clock.advance(17 * DAY_MS);
    const fourth = await world.keeper.extend();

    expect([second, third, fourth].map(writes)).toEqual([0, 1, 1]);
    expect(second.summary.counts).toMatchObject({ left: 1 });
    // Sixty days from the backup's end, and no longer.
    expect(world.expiries()).toMatchObject({ 1: '2027-01-18T01:00:00.000Z' });
  });

  test('is kept for ever where the rule says so', async () => {
    await world.start([{ id: '1' }], policyOf("  - { name: books, databases: { match: 'led*' }, extendWhenLeft: 14d, keepFor: forever }\n"));

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(world.expiries()).toEqual({ 1: 'never' });
  });

  test('stays within the changes of a run; the next run goes on', async () => {
    await world.start([{ id: '1' }, { id: '2' }, { id: '3' }], policyOf(RULES, 'limits: { maxChangesPerRun: 2 }'));

    const first = await world.keeper.extend();
    const second = await world.keeper.extend({ timer: 'second' });

    expect(first.summary).toMatchObject({ status: 'partial', counts: { extended: 2, 'over-limit': 1 }, findings: [{ rule: 'too-many-changes' }] });
    expect(second.summary).toMatchObject({ status: 'succeeded', counts: { extended: 1, left: 2 } });
    expect([first, second].map(writes)).toEqual([2, 1]);
  });
});

test('rules are as the patches of the policy leave them for the instance', async () => {
  const patches =
    'overrides: { rm-sql: { expiry: { books: { keepFor: 30d } } } }\nrules: [{ name: off, select: { ids: [rm-two] }, expiry: { books: { enabled: false } } }]';
  await world.startFleet([MSSQL, { ...MSSQL, id: 'rm-two' }], policyOf(RULES, patches));
  for (const id of ['rm-sql', 'rm-two']) world.plant(id, [{ id: '1' }]);

  const run = await world.keeper.extend();

  expect(run.verdicts.map(({ instanceId, verdict }) => `${instanceId} ${verdict}`).sort()).toEqual(['rm-sql extended', 'rm-two no-rule']);
  expect([world.expiries('rm-sql'), world.expiries('rm-two')]).toEqual([{ 1: '2026-12-19T01:00:00.000Z' }, { 1: EXPIRY }]);
});

describe('plans and dry runs', () => {
  test('show the steps that a run takes, and change nothing', async () => {
    await world.start([{ id: '1' }, { id: '2' }, { id: '3' }], policyOf(RULES, 'limits: { maxChangesPerRun: 2 }'));
    const before = world.expiries();

    const plan = await world.keeper.plan('extend-expiry');
    const again = await world.keeper.plan('extend-expiry');

    expect(world.expiries()).toEqual(before);
    expect(plan.digest).toBe(again.digest);
    expect(plan.summary).toMatchObject({ dryRun: true, status: 'partial', counts: { 'would-extend': 2, 'over-limit': 1 } });
    expect(plan.steps).toMatchObject([
      { action: 'extend-expiry', instanceId: 'rm-sql', backupId: '1', rule: 'books', before: '2026-11-26T01:00:00Z', after: '2027-02-17T01:00:00Z' },
      { backupId: '2' },
    ]);
    expect(verdictsOf(await world.keeper.extend())).toEqual({ 1: 'extended', 2: 'extended', 3: 'over-limit' });
  });
});

test('our own sets are known by the ledger where the service does not say what they hold', async () => {
  await world.start([{ id: '1' }]);
  const ports = world.keeper.openHouse().ports;
  const spec = { scope: { kind: 'databases', databases: ['ledger'] }, method: 'physical', type: 'full', retainDays: undefined } as const;
  const record = {
    instanceId: 'rm-sql',
    backupId: '1',
    origin: 'created',
    spec,
    slotId: undefined,
    recordedAt: world.keeper.clock.now(),
    claimedBy: undefined,
  } as const;
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const listBackupSets: typeof gateway.listBackupSets = async (...args) =>
      (await gateway.listBackupSets(...args)).map((set) => ({ ...set, scope: { kind: 'unknown' } }));
    return { ...gateway, listBackupSets };
  };

  const unknown = await world.keeper.extend({ ports: { ...ports, gatewayOf } });
  await world.keeper.house.ledger.putSet(record);
  const known = await world.keeper.extend({ ports: { ...ports, gatewayOf }, timer: 'second' });

  expect([unknown, known].map(verdictsOf)).toEqual([{ 1: 'left' }, { 1: 'extended' }]);
});
