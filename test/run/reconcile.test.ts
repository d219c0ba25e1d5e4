// Reconcile on jobs that do not go the straight way: sets that show late, jobs that vanish, instances and accounts that are gone.
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

async function submitAtTwo(rds = {}): Promise<void> {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z', cloud: { rds } });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
}

test('a set that shows up late is waited for; after an hour that is a finding; then the slot is done', async () => {
  await submitAtTwo({ visibilityLagMs: 3 * 3_600_000 });
  keeper.goTo('2026-11-21T03:00:00Z');
  const early = await keeper.reconcile();
  const [seen] = await keeper.intents();
  keeper.goTo('2026-11-21T04:30:00Z');
  const late = await keeper.reconcile();
  keeper.goTo('2026-11-21T07:00:00Z');
  const done = await keeper.reconcile();

  expect(verdictsOn(early, 'rm-one')).toEqual(['in-flight']);
  expect(early.summary.findingsTotal).toBe(0);
  expect(seen?.endedAt).toBe(early.summary.asOf === '2026-11-21T03:00:00Z' ? Date.parse('2026-11-21T03:00:00Z') : undefined);
  expect(late.summary.findings.map((finding) => finding.rule)).toEqual(['set-not-visible']);
  expect(verdictsOn(done, 'rm-one')).toEqual(['already-done']);
});

test('a job that the service does not know is looked for, reported, and given up after a day', async () => {
  await submitAtTwo();
  const forget = (): void =>
    keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeBackupTasks', times: 1, effect: 'applied', reply: { kind: 'stale', byMs: 7 * 86_400_000 } });
  keeper.goTo('2026-11-21T02:30:00Z');
  forget();
  const early = await keeper.reconcile();
  keeper.goTo('2026-11-21T03:30:00Z');
  forget();
  const late = await keeper.reconcile();
  keeper.goTo('2026-11-22T04:00:00Z');
  forget();
  const given = await keeper.reconcile();

  expect(verdictsOn(early, 'rm-one')).toEqual(['in-flight']);
  expect(late.summary.findings.map((finding) => finding.rule)).toEqual(['set-not-visible']);
  expect(verdictsOn(given, 'rm-one')).toEqual(['failed']);
});

test('an instance that is released while its backup runs ends its intent', async () => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T03:00:00Z');
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeBackupTasks',
    effect: 'none',
    reply: { kind: 'error', status: 404, code: 'InvalidDBInstanceName.NotFound', message: 'gone' },
  });

  const run = await keeper.reconcile();

  expect(verdictsOn(run, 'rm-one')).toEqual(['abandoned']);
  expect(run.summary.findings.map((finding) => finding.rule)).toEqual(['instance-gone']);
  expect(await keeper.intents()).toEqual([]);
});

test('an account that the policy no longer names keeps its intents, with a finding', async () => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T03:00:00Z');

  const run = await keeper.reconcile({ policy: { ...keeper.policy, regions: ['cn-shanghai'] } });

  expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'account-gone' }] });
  expect(await keeper.intents()).toHaveLength(1);
});

test.each([
  { name: 'denied', reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' }, verdict: 'denied' },
  { name: 'down', reply: { kind: 'empty', status: 503 }, verdict: 'unreachable' },
  { name: 'refused', reply: { kind: 'error', status: 400, code: 'SomethingNew', message: 'no' }, verdict: 'unreachable' },
  { name: 'throttled', reply: { kind: 'throttle', retryAfterMs: 60_000 }, verdict: 'deferred-throttled' },
] as const)('when the service is $name the intent stays for the next run: $verdict', async ({ reply, verdict }) => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T03:00:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeBackupTasks', times: 10, effect: 'none', reply });

  const run = await keeper.reconcile();
  keeper.cloud.faults.clear();
  keeper.goTo('2026-11-21T03:10:00Z');
  const next = await keeper.reconcile();

  expect(verdictsOn(run, 'rm-one')).toEqual([verdict]);
  expect(verdictsOn(next, 'rm-one')).toEqual(['already-done']);
});

test('credentials that are refused fail the run', async () => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T03:00:00Z');
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeBackupTasks',
    effect: 'none',
    reply: { kind: 'error', status: 404, code: 'InvalidAccessKeyId.NotFound', message: 'no' },
  });

  await expect(keeper.reconcile()).rejects.toMatchObject({ code: 'credentials' });
});

test('out of time: the rest is for the next run', async () => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T03:00:00Z');

  const run = await keeper.reconcile({ remainingMs: 500 });

  expect(run.summary.status).toBe('continued');
  expect(await keeper.intents()).toHaveLength(1);
});

describe('a lost answer', () => {
  async function loseAnswer(durationMs: number): Promise<void> {
    keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
    await keeper.tick();
    keeper.goTo('2026-11-21T02:00:00Z');
    keeper.cloud.world.planNextJob('rm-one', { durationMs });
    keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'reset' } });
    await keeper.tick();
  }

  test('to a long backup: its job is waited for, and then its set is adopted', async () => {
    await loseAnswer(2 * 3_600_000);
    keeper.goTo('2026-11-21T02:30:00Z');
    const running = await keeper.reconcile();
    keeper.goTo('2026-11-21T04:00:30Z');
    const hidden = await keeper.reconcile();
    const [intent] = await keeper.intents();
    keeper.goTo('2026-11-21T04:10:00Z');
    const adopted = await keeper.reconcile();

    expect(running.verdicts[0]?.reason).toContain('may be the one we asked for');
    expect(verdictsOn(hidden, 'rm-one')).toEqual(['ambiguous']);
    expect(intent?.quietSince).toBe(Date.parse('2026-11-21T04:00:30Z'));
    expect(verdictsOn(adopted, 'rm-one')).toEqual(['adopted']);
  });

  test("that ended a moment ago is not passed over for a human's set in the same window", async () => {
    keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
    await keeper.tick();
    keeper.goTo('2026-11-21T02:00:00Z');
    keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 14 * 60_000 }, reply: { kind: 'reset' } });
    await keeper.tick();
    keeper.cloud.world.planNextJob('rm-one', { durationMs: 60_000 });
    keeper.cloud.world.humanBackup('rm-one');
    keeper.goTo('2026-11-21T02:05:00Z');
    keeper.cloud.world.planNextJob('rm-one', { durationMs: 16 * 60_000 });
    keeper.goTo('2026-11-21T02:30:20Z');
    const hidden = await keeper.reconcile();
    keeper.goTo('2026-11-21T02:40:00Z');
    const told = await keeper.reconcile();

    expect(verdictsOn(hidden, 'rm-one')).toEqual(['ambiguous']);
    expect(told.summary.findings.map((finding) => finding.rule)).toEqual(['ambiguous-adoption']);
    expect(await keeper.house.ledger.listSets('rm-one')).toEqual([]);
  });

  test('to a backup that fails: the failed set is the outcome', async () => {
    keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
    await keeper.tick();
    keeper.goTo('2026-11-21T02:00:00Z');
    keeper.cloud.world.planNextJob('rm-one', { outcome: 'Failed' });
    keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'reset' } });
    await keeper.tick();
    keeper.goTo('2026-11-21T03:00:00Z');
    await keeper.reconcile();
    keeper.goTo('2026-11-21T03:05:00Z');

    const run = await keeper.reconcile();

    expect(verdictsOn(run, 'rm-one')).toEqual(['failed']);
    expect(run.summary.findings.map((finding) => finding.rule)).toEqual(['backup-failed']);
  });

  test('on an instance that is gone since: abandoned', async () => {
    await loseAnswer(60_000);
    keeper.goTo('2026-11-21T03:00:00Z');
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackupTasks',
      effect: 'none',
      reply: { kind: 'error', status: 404, code: 'InvalidDBInstanceName.NotFound', message: 'gone' },
    });

    expect(verdictsOn(await keeper.reconcile(), 'rm-one')).toEqual(['abandoned']);
  });
});

test('a dry run finds out and writes nothing', async () => {
  await submitAtTwo();
  keeper.goTo('2026-11-21T04:00:00Z');
  const [before] = await keeper.intents();

  const dry = await keeper.reconcile({ dryRun: true });

  expect(verdictsOn(dry, 'rm-one')).toEqual(['already-done']);
  expect(await keeper.intents()).toEqual([before]);
  expect(await keeper.house.ledger.listSets('rm-one')).toEqual([]);
});
