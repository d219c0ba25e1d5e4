// What becomes of a slot when the service says no, cannot be reached, or does not let us look: the verdict, the intent and the reservation.
import type { Fault, FaultReply } from '../../lib/local/kinds';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

async function startAtTwo(): Promise<void> {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

function fail(operation: string, reply: FaultReply, times = 1, effect: Fault['effect'] = 'none'): void {
  keeper.cloud.faults.add({ service: 'rds', operation, times, effect, reply });
}

function refusal(status: number, code: string): FaultReply {
  return { kind: 'error', status, code, message: `${code} in words.` };
}

async function guardOfOne() {
  const [guard] = await keeper.house.ledger.getGuards(['rm-one']);
  return guard;
}

describe('CreateBackup is refused', () => {
  test.each([
    { code: 'BackupJobExists', status: 400, verdict: 'job-running' },
    { code: 'IncorrectDBInstanceState', status: 403, verdict: 'instance-not-running' },
    { code: 'IncorrectDBInstanceLockMode.ValueNotSupported', status: 400, verdict: 'instance-locked' },
    { code: 'InvalidDBInstanceName.NotFound', status: 404, verdict: 'instance-not-running' },
    { code: 'InvalidDB.NotFound', status: 404, verdict: 'no-such-database' },
    { code: 'Forbidden.RAM', status: 403, verdict: 'denied' },
    { code: 'SomethingNew', status: 400, verdict: 'refused' },
  ])('$code: the slot is deferred as $verdict, its unit of the cap is given back, and a later tick starts it', async ({ code, status, verdict }) => {
    await startAtTwo();
    fail('CreateBackup', refusal(status, code));

    const refused = await keeper.tick();
    const [intent] = await keeper.intents();
    const guard = await guardOfOne();
    keeper.goTo('2026-11-21T02:15:00Z');
    const started = await keeper.tick();

    expect(verdictsOn(refused, 'rm-one')).toEqual([verdict]);
    expect(intent).toMatchObject({ state: 'intended', refusals: 1, sentAt: undefined });
    expect(guard?.reservations).toEqual([]);
    expect(verdictsOn(started, 'rm-one')).toEqual(['submitted']);
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });

  test.each([
    { code: 'InvalidBackupMethod.ValueNotSupport', verdict: 'method-unsupported' },
    { code: 'ReadDBInstanceNotSupport', verdict: 'read-only-instance' },
  ])('$code: the slot is settled as $verdict and not tried again', async ({ code, verdict }) => {
    await startAtTwo();
    fail('CreateBackup', refusal(400, code));

    const refused = await keeper.tick();
    keeper.goTo('2026-11-21T02:15:00Z');
    const later = await keeper.tick();

    expect(verdictsOn(refused, 'rm-one')).toEqual([verdict]);
    expect(verdictsOn(later, 'rm-one')).toEqual([verdict]);
    expect(later.summary.apiCalls['CreateBackup']).toBeUndefined();
    expect(await keeper.intents()).toEqual([]);
  });

  test('a permission that is missing is a finding that names the action to grant', async () => {
    await startAtTwo();
    fail('CreateBackup', refusal(403, 'Forbidden.RAM'));

    const { summary } = await keeper.tick();

    expect(summary).toMatchObject({ status: 'partial', findings: [{ rule: 'permission-denied', evidence: { action: 'rds:CreateBackup' } }] });
  });

  test('reconcile leaves the reason standing while the slot waits for its next tick', async () => {
    await startAtTwo();
    fail('CreateBackup', refusal(403, 'Forbidden.RAM'));
    await keeper.tick();
    keeper.goTo('2026-11-21T02:05:00Z');

    const run = await keeper.reconcile();

    const posture = (await keeper.house.ledger.getPostures('default/cn-hangzhou', ['rm-one'])).get('rm-one');
    expect(verdictsOn(run, 'rm-one')).toEqual(['in-flight']);
    expect(posture?.rules['daily']?.verdict?.verdict).toBe('denied');
  });

  test('throttling that does not end within the time a call may take defers the slot: nothing was sent late', async () => {
    await startAtTwo();
    fail('CreateBackup', { kind: 'throttle', retryAfterMs: 8_000 }, 10);

    const run = await keeper.tick();

    expect(verdictsOn(run, 'rm-one')).toEqual(['deferred-throttled']);
    expect(run.summary.status).toBe('succeeded');
    expect(await keeper.intents()).toMatchObject([{ state: 'intended' }]);
  });

  test('credentials that are refused stop the account, and the run fails when there is no other', async () => {
    await startAtTwo();
    fail('CreateBackup', refusal(404, 'InvalidAccessKeyId.NotFound'));

    const run = await keeper.tick();

    expect(run.summary.findings.map((finding) => finding.rule)).toContain('shard-failed');
    expect(await keeper.intents()).toMatchObject([{ state: 'intended' }]);
  });
});

describe('the instance cannot be looked at', () => {
  test.each([
    { name: 'denied', operation: 'DescribeBackups', reply: refusal(403, 'Forbidden.RAM'), verdict: 'denied' },
    { name: 'down', operation: 'DescribeBackupTasks', reply: { kind: 'empty', status: 503 }, verdict: 'unreachable' },
    { name: 'throttled', operation: 'DescribeBackupTasks', reply: { kind: 'throttle', retryAfterMs: 60_000 }, verdict: 'deferred-throttled' },
    { name: 'gone', operation: 'DescribeBackupTasks', reply: refusal(404, 'InvalidDBInstanceName.NotFound'), verdict: 'instance-not-running' },
  ] as const)('$name: $verdict, and nothing is started', async ({ operation, reply, verdict }) => {
    await startAtTwo();
    fail(operation, reply, 10);

    const run = await keeper.tick();

    expect(verdictsOn(run, 'rm-one')).toEqual([verdict]);
    expect(run.verdicts[0]?.reason).toContain('could not look at the instance');
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });

  test('a page of instances that cannot be listed is a finding for its account and region', async () => {
    await startAtTwo();
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeDBInstances',
      match: { RegionId: 'cn-shanghai' },
      times: 10,
      effect: 'none',
      reply: { kind: 'empty', status: 503 },
    });

    const { summary } = await keeper.tick();

    expect(summary).toMatchObject({ status: 'partial', counts: { submitted: 1 }, findings: [{ rule: 'shard-failed', evidence: { region: 'cn-shanghai' } }] });
  });
});

test('a release that waits for the instance goes first', async () => {
  await startAtTwo();
  const guard = await guardOfOne();
  if (guard === undefined) throw new Error('no guard');
  const until = keeper.policy.limits.maxJobMs + keeper.clock.now();
  await keeper.house.ledger.putGuard(guard, { ...guard, waitingReleases: [{ slotId: 'release-42', until: until as (typeof guard.seen)[number]['endedAt'] }] });

  const run = await keeper.tick();

  expect(verdictsOn(run, 'rm-one')).toEqual(['yield-to-release']);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});
