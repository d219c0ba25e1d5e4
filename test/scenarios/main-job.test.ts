// The main job from the first tick to the finished set, on the local cloud.
import { DAILY_AT_TWO, policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };

test('a slot goes from not-due over submitted to already-done, and stays there', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });

  const first = await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const due = await keeper.tick();
  keeper.goTo('2026-11-21T02:01:00Z');
  const early = await keeper.reconcile();
  const again = await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');
  const late = await keeper.reconcile();
  const after = await keeper.tick();
  const quiet = await keeper.reconcile();

  expect(verdictsOn(first, 'rm-one')).toEqual(['not-due']);
  expect(due.summary.status).toBe('succeeded');
  expect(verdictsOn(due, 'rm-one')).toEqual(['submitted']);
  expect(verdictsOn(early, 'rm-one')).toEqual(['in-flight']);
  expect(verdictsOn(again, 'rm-one')).toEqual(['in-flight']);
  expect(verdictsOn(late, 'rm-one')).toEqual(['already-done']);
  expect(late.verdicts[0]?.backupId).toMatch(/^\d+$/);
  expect(verdictsOn(after, 'rm-one')).toEqual(['already-done']);
  expect(quiet.verdicts).toEqual([]);
  expect(keeper.manualStarts('rm-one')).toEqual(['2026-11-21T02:00:00.000Z']);
});

test('the set that was made is recorded as created by us, with its slot', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');

  await keeper.reconcile();

  const sets = await keeper.house.ledger.listSets('rm-one');
  expect(sets).toHaveLength(1);
  expect(sets[0]).toMatchObject({ origin: 'created', slotId: '20261121T020000Z~daily~instance' });
});

test('later ticks for a settled slot cost no call on the instance', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');
  await keeper.reconcile();

  const { summary } = await keeper.tick();

  expect(summary.apiCalls).toEqual({ DescribeDBInstances: 2 });
  expect(summary.counts).toEqual({ 'already-done': 1 });
});

test('a delivery that is repeated returns the stored summary and does nothing', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');

  const first = await keeper.tick();
  const second = await keeper.tick();

  expect(second.summary).toEqual(first.summary);
  expect(second.verdicts).toEqual([]);
});

test('every instance gets a verdict with its reason: each hindrance has its own', async () => {
  const fleet = [
    { id: 'rm-stopped', engine: 'MySQL' as const, status: 'Stopped' },
    { id: 'rm-locked', engine: 'MySQL' as const, lockMode: 'LockByDiskQuota', lockReason: 'instance is locked by disk quota' },
    { id: 'rm-readonly', engine: 'MySQL' as const, role: 'Readonly' as const },
    { id: 'rm-busy', engine: 'MySQL' as const, history: { days: 1, runningJob: true } },
    { id: 'rm-full', engine: 'MySQL' as const, history: { days: 1, foreignToday: 20 } },
    { id: 'pgm-logical', engine: 'PostgreSQL' as const, tags: { odd: 'yes' } },
    { id: 'rm-missing-db', engine: 'MySQL' as const, tags: { db: 'yes' } },
  ];
  const rules = `
  - { name: daily, schedule: "0 2 * * *", select: { exclude: [{ tags: { odd: "yes" } }, { tags: { db: "yes" } }] } }
  - { name: odd, schedule: "0 2 * * *", method: logical, select: { tags: { odd: "yes" } } }
  - { name: ghosts, schedule: "0 2 * * *", databases: [ghost], select: { tags: { db: "yes" } } }
`;
  keeper = await startKeeper({ fleet, policy: policyWith(rules), start: '2026-11-21T01:58:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');

  const run = await keeper.tick();

  expect(verdictsOn(run, 'rm-stopped')).toEqual(['instance-not-running']);
  expect(verdictsOn(run, 'rm-locked')).toEqual(['instance-locked']);
  expect(verdictsOn(run, 'rm-readonly')).toEqual(['read-only-instance']);
  expect(verdictsOn(run, 'rm-busy')).toEqual(['job-running']);
  expect(verdictsOn(run, 'rm-full')).toEqual(['cap-exhausted']);
  expect(verdictsOn(run, 'pgm-logical')).toEqual(['method-unsupported']);
  expect(verdictsOn(run, 'rm-missing-db')).toEqual(['no-such-database']);
  expect(run.verdicts.every((verdict) => verdict.reason.length > 10)).toBe(true);
  expect(run.summary.status).toBe('partial');
  expect(run.summary.counts['submitted']).toBeUndefined();
});

test('a deferred slot is taken up by a later tick while it is open', async () => {
  keeper = await startKeeper({ fleet: [{ ...MYSQL, status: 'Stopped' }], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const stopped = await keeper.tick();
  keeper.cloud.world.changeInstance('rm-one', { status: 'Running' });
  keeper.goTo('2026-11-21T05:00:00Z');

  const started = await keeper.tick();

  expect(verdictsOn(stopped, 'rm-one')).toEqual(['instance-not-running']);
  expect(verdictsOn(started, 'rm-one')).toEqual(['submitted']);
});

test('a slot that cannot start within its time is missed, once, with a finding', async () => {
  const rules = '  - { name: daily, schedule: "0 2 * * *", startWithin: 1h }\n';
  keeper = await startKeeper({ fleet: [{ ...MYSQL, status: 'Stopped' }], policy: policyWith(rules) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');

  const late = await keeper.tick();
  keeper.goTo('2026-11-21T04:00:00Z');
  const later = await keeper.tick();

  expect(verdictsOn(late, 'rm-one')).toContain('missed');
  expect(late.summary.status).toBe('partial');
  expect(late.summary.findings[0]).toMatchObject({ rule: 'missed-slot', instanceId: 'rm-one' });
  expect(verdictsOn(later, 'rm-one')).not.toContain('missed');
  expect(later.summary.status).toBe('succeeded');
});

test('ticks that never came are missed slots, each of them', async () => {
  const rules = '  - { name: hourly, schedule: "0 * * * *", startWithin: 30m }\n';
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(rules) });
  await keeper.tick({ timer: 'warm-up' });
  keeper.goTo('2026-11-21T04:45:00Z');

  const run = await keeper.tick();

  // 01:00 was open at the first tick and submitted there; 02:00, 03:00 and 04:00 had nobody.
  expect(run.summary.counts['missed']).toBe(3);
  expect(run.summary.findingsTotal).toBe(3);
});

test('an instance that can never be backed up misses nothing', async () => {
  const rules = '  - { name: hourly, schedule: "0 * * * *", startWithin: 30m }\n';
  keeper = await startKeeper({ fleet: [{ ...MYSQL, role: 'Readonly' }], policy: policyWith(rules) });
  await keeper.tick();
  keeper.goTo('2026-11-21T06:00:00Z');

  const run = await keeper.tick();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { 'read-only-instance': 1 }, findingsTotal: 0 });
});

test('a change of the schedule makes nobody miss what the new one would have had', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T08:30:00Z');
  const changed = { ...keeper.policy, extraBackups: keeper.policy.extraBackups.map((rule) => ({ ...rule, schedule: '0 * * * *' })) };

  const run = await keeper.tick({ policy: changed });

  expect(run.summary.counts['missed']).toBeUndefined();
});

test('a run that is out of time hands the rest to the next tick', async () => {
  const fleet = Array.from({ length: 5 }, (_, index) => ({ id: `rm-${index}`, engine: 'MySQL' as const }));
  keeper = await startKeeper({ fleet, policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');

  const cut = await keeper.tick({ remainingMs: 500 });
  keeper.goTo('2026-11-21T02:05:00Z');
  const next = await keeper.tick();

  expect(cut.summary.status).toBe('continued');
  expect(next.summary.counts['submitted']).toBe(5);
});

test('an unknown instance stops the run before anything is changed', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');

  await expect(keeper.tick({ instances: ['rm-one', 'rm-ghost'] })).rejects.toMatchObject({ code: 'unknown-instance', summary: { status: 'failed' } });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('an instance that is named and that the policy leaves out gets a verdict that says so', async () => {
  const policy = policyWith(DAILY_AT_TWO, 'select: { exclude: [{ ids: [rm-one] }] }');
  keeper = await startKeeper({ fleet: [MYSQL], policy });

  const run = await keeper.tick({ instances: ['rm-one'] });

  expect(run.verdicts).toMatchObject([{ instanceId: 'rm-one', verdict: 'no-rule', reason: "the policy's select leaves this instance out" }]);
});

test('a plan lists the steps and writes nothing: what it says is what the tick then does', async () => {
  keeper = await startKeeper({ fleet: [MYSQL, { id: 'rm-two', engine: 'SQLServer' }], policy: policyWith(DAILY_AT_TWO) });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const before = keeper.house.ledger.usage();

  const plan = await keeper.plan();
  const again = await keeper.plan();
  const run = await keeper.tick();

  expect(plan.steps.map((step) => step.instanceId)).toEqual(['rm-one', 'rm-two']);
  expect(again.digest).toBe(plan.digest);
  expect(keeper.house.ledger.usage().writes).toBe(before.writes);
  expect(run.verdicts.filter((verdict) => verdict.verdict === 'submitted').map((verdict) => verdict.slotId)).toEqual(
    plan.steps.map((step) => step.action === 'create-backup' && step.slotId),
  );
});
