// What is there or under way already: reused where it is fresh enough, waited for where it will be, and otherwise a backup of its own is made in turn.
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../../support/keeper';
import { check, holdsOf, MYSQL, openTasks, pass, start, startGate } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const SELECT = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };
const THIRTY_MINUTES_AGO = { history: { days: 0, manualSets: [{ id: '101', agoMs: 30 * MINUTE_MS }] } };

async function waitingOn(instanceId = 'rm-one'): Promise<readonly { readonly slotId: string }[]> {
  const [guard] = await keeper.house.ledger.getGuards([instanceId]);
  return guard?.waitingReleases ?? [];
}

test("somebody else's recent backup will do: passed at once, held, and nothing is made", async () => {
  keeper = await startGate([{ ...MYSQL, ...THIRTY_MINUTES_AGO }]);

  const { summary, receipt } = await start(keeper);

  expect(summary).toMatchObject({ status: 'succeeded', counts: { 'fresh-enough': 1 } });
  expect(receipt).toMatchObject({
    status: 'passed',
    validUntil: '2026-11-21T01:30:00Z',
    instances: [{ status: 'passed', reused: true, backupId: '101', heldUntil: '2026-11-28T01:00:00Z', effectiveUntil: expect.any(String) }],
  });
  expect(await holdsOf(keeper)).toMatchObject([{ target: { backupId: '101' } }]);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1); // somebody else's
  expect(await openTasks(keeper)).toEqual([]);
});

test.each<{ name: string; member: Partial<FleetMember>; over: Parameters<typeof start>[1] }>([
  { name: 'older than freshFor', member: THIRTY_MINUTES_AGO, over: { freshForMs: 29 * MINUTE_MS } },
  { name: 'before the request, with freshFor 0', member: THIRTY_MINUTES_AGO, over: { freshForMs: 0 } },
  {
    name: 'gone before the deadline',
    member: { history: { days: 0, manualSets: [{ agoMs: 23.5 * HOUR_MS, keepDays: 1 }] } },
    over: { freshForMs: 24 * HOUR_MS },
  },
  { name: 'a failed one', member: { history: { days: 0, manualSets: [{ agoMs: 30 * MINUTE_MS, outcome: 'Failed' }] } }, over: {} },
  {
    name: 'single databases, where the instance is wanted',
    member: { history: { days: 0, manualSets: [{ agoMs: 30 * MINUTE_MS, method: 'Logical', databases: ['app'] }] } },
    over: {},
  },
])('not reused: $name', async ({ member, over }) => {
  keeper = await startGate([{ ...MYSQL, ...member }]);
  const before = keeper.manualStarts('rm-one').length;

  const { receipt } = await start(keeper, over);
  await pass(keeper, 10);

  expect(receipt).toMatchObject({ status: 'pending', instances: [{ reused: false }] });
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(before + 1);
});

test('with freshFor 0 the pass is good until the deadline, so that whoever asked hears of it', async () => {
  keeper = await startGate();
  await start(keeper, { freshForMs: 0 });
  await pass(keeper, 30);

  const repeated = await start(keeper, { freshForMs: 0 });

  expect(repeated.receipt).toMatchObject({ status: 'passed', attempt: 1, validUntil: '2026-11-21T03:00:00Z' });
});

test("somebody else's running backup: the release waits for its turn, timers let it go first, and the set is reused when it is there", async () => {
  keeper = await startKeeper({
    fleet: [{ ...MYSQL, usedGb: 100 }],
    policy: policyWith('  - { name: often, schedule: "*/5 * * * *" }\n'),
  });
  keeper.cloud.world.humanBackup('rm-one');
  await keeper.tick();

  const asked = await start(keeper);
  const waiting = await waitingOn();
  await pass(keeper, 5);
  const tick = await keeper.tick();
  await pass(keeper, 30);

  expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('runs one backup of an instance at a time') });
  expect(waiting).toMatchObject([{ slotId: expect.stringContaining('release~') }]);
  expect(verdictsOn(tick, 'rm-one')).toContain('yield-to-release');
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: true }] });
  expect(await waitingOn()).toEqual([]);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a set is listed a minute late: a moment of patience spares a backup', async () => {
  keeper = await startGate([MYSQL], { cloud: { rds: { visibilityLagMs: 90_000 } } });
  keeper.cloud.world.humanBackup('rm-one');
  await start(keeper);
  const seen: string[] = [];

  for (let minute = 0; minute < 30 && seen.at(-1) !== 'passed'; minute += 1) {
    keeper.clock.advance(MINUTE_MS);
    const { receipt } = await check(keeper);
    seen.push(receipt.reason.includes('not listed yet') ? 'patient' : receipt.status);
  }

  expect(new Set(seen)).toEqual(new Set(['pending', 'patient', 'passed']));
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a running backup that will be too old when freshFor is 0 is only waited for, then one of its own is made', async () => {
  keeper = await startGate();
  keeper.cloud.world.humanBackup('rm-one');
  keeper.clock.advance(MINUTE_MS);

  await start(keeper, { freshForMs: 0 });
  await pass(keeper, 40);

  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(2);
});

test("a timer's backup under way is waited for and reused, however late it is followed to its set", async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n'), start: '2026-11-21T00:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T01:00:00Z');
  await keeper.tick();

  const asked = await start(keeper);
  keeper.clock.advance(30 * MINUTE_MS);
  const notFollowed = await check(keeper);
  await keeper.reconcile();

  expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('is under way and will do') });
  expect(notFollowed.receipt.status).toMatch(/pending|passed/);
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: true }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test.each<{ name: string; member: FleetMember; over?: Parameters<typeof start>[1]; method: string }>([
  { name: 'PostgreSQL', member: { id: 'rm-one', engine: 'PostgreSQL', usedGb: 1 }, method: 'snapshot' },
  { name: 'SQL Server', member: { id: 'rm-one', engine: 'SQLServer', usedGb: 1 }, method: 'physical' },
  {
    name: 'databases of SQL Server',
    member: { id: 'rm-one', engine: 'SQLServer', usedGb: 1, databases: ['b', 'a'] },
    over: { databases: ['a', 'b'] },
    method: 'physical',
  },
  { name: 'databases of MySQL', member: { ...MYSQL, databases: ['b', 'a'] }, over: { databases: ['b'] }, method: 'logical' },
])('$name: backed up by the best way that the engine has, and reused by the next release', async ({ member, over, method }) => {
  keeper = await startGate([member]);

  await start(keeper, over);
  const [intent] = await keeper.intents();
  await pass(keeper, 15);
  const passed = await check(keeper);
  const next = await start(keeper, { ...over, release: 'v2' });

  expect(intent).toMatchObject({ pool: 'release', spec: { method } });
  expect(passed.receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
  expect(next.receipt).toMatchObject({ status: 'passed', instances: [{ reused: true, backupId: passed.receipt.instances[0]?.backupId }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a selector picks what it names when the attempt opens; read-only instances are passed over', async () => {
  keeper = await startGate([
    { ...MYSQL, description: 'shop orders' },
    { id: 'rm-two', engine: 'MySQL', usedGb: 1, description: 'shop stock' },
    { id: 'rr-one', engine: 'MySQL', role: 'Readonly', description: 'shop replica' },
    { id: 'rm-other', engine: 'MySQL', description: 'billing' },
  ] as readonly FleetMember[]);

  await start(keeper, { select: { ...SELECT, names: ['shop *'] } });
  await pass(keeper, 10);

  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ instanceId: 'rm-one' }, { instanceId: 'rm-two' }] });
  expect(keeper.manualStarts('rm-other')).toEqual([]);
});
