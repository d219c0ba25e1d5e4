// What stands in a release's way: the cap, the instance's state, permissions, databases that are not there, the deadline; what waits, what fails, and what is left behind.
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { Fault } from '../../../lib/local/kinds';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../../support/keeper';
import { check, holdsOf, MYSQL, openTasks, pass, start, startGate } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

function refusal(operation: string, status: number, code: string, times = 99): Fault {
  return { service: 'rds', operation, times, effect: 'none', reply: { kind: 'error', status, code, message: code } };
}

async function waitingOn(instanceId = 'rm-one'): Promise<readonly string[]> {
  const [guard] = await keeper.house.ledger.getGuards([instanceId]);
  return (guard?.waitingReleases ?? []).map(({ slotId }) => slotId);
}

describe('the cap', () => {
  test('slots that are reserved for releases are free when timers have none left', async () => {
    keeper = await startKeeper({
      fleet: [{ ...MYSQL, history: { days: 0, foreignToday: 17 } }],
      policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n'),
    });
    const tick = await keeper.tick();

    const { receipt } = await start(keeper, { freshForMs: 0 });
    const [intent] = await keeper.house.ledger.getIntents([{ instanceId: 'rm-one', slotId: `release~${receipt.key}~a1~instance` }]);

    expect(verdictsOn(tick, 'rm-one')).toEqual(['cap-reserved']);
    expect(receipt).toMatchObject({ status: 'pending', instances: [{ jobId: expect.any(String) }] });
    expect(intent).toMatchObject({ state: 'submitted', pool: 'release' });
  });

  test('used up until after the deadline: failed at once, with the figures', async () => {
    keeper = await startGate([{ ...MYSQL, history: { days: 0, foreignToday: 20 } }]);

    const { summary, receipt } = await start(keeper, { freshForMs: 0 });

    expect(summary).toMatchObject({ status: 'partial', counts: { 'cap-exhausted': 1 }, findings: [{ rule: 'release-failed', evidence: { attempt: 1 } }] });
    expect(receipt).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/20 of 20 .* it frees at .*, and the deadline is at 2026-11-21T03:00:00Z/),
    });
    expect(await openTasks(keeper)).toEqual([]);
    expect(await waitingOn()).toEqual([]);
  });

  test('used up, and freed before the deadline: waited for', async () => {
    keeper = await startGate([{ ...MYSQL, history: { days: 0, manualSets: [{ agoMs: 23.9 * HOUR_MS }, { agoMs: 20 * HOUR_MS }] } }], {
      sections: 'cap: { perDay: 2, reserve: { automatic: 0, preRelease: 0 } }\npreRelease: { deadline: 24h }',
      cloud: { rds: { cap: { dayRule: 'rolling' } } },
    });

    const asked = await start(keeper);
    const waiting = await waitingOn();
    keeper.clock.advance(14 * HOUR_MS);
    await pass(keeper, 15);

    expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('2 of 2 backups of the last 24 hours are used') });
    expect(waiting).toHaveLength(1);
    expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
    expect(await waitingOn()).toEqual([]);
  });
});

describe('failed at once', () => {
  test('a permission is missing: the RAM action is named', async () => {
    keeper = await startGate();
    keeper.cloud.faults.add(refusal('CreateBackup', 403, 'Forbidden.RAM'));

    const { summary, receipt } = await start(keeper);

    expect(receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('rds:CreateBackup') });
    expect(summary.findings.map(({ rule }) => rule)).toEqual(['permission-denied', 'release-failed']);
    expect(await keeper.intents()).toEqual([]);
  });

  test('a permission to look is missing', async () => {
    keeper = await startGate();
    keeper.cloud.faults.add(refusal('DescribeBackups', 403, 'Forbidden.RAM'));

    expect((await start(keeper)).receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('rds:DescribeBackups') });
  });

  test('a database that does not exist, on one of two instances: nothing is started on the other either', async () => {
    keeper = await startGate([
      { ...MYSQL, databases: ['orders'] },
      { id: 'rm-two', engine: 'MySQL', databases: ['stock'] },
    ]);

    const { receipt } = await start(keeper, { instances: ['rm-one', 'rm-two'], databases: ['orders'] });

    expect(receipt).toMatchObject({
      status: 'failed',
      reason: 'rm-two: no database "orders" on the instance',
      instances: [{ status: 'pending', reason: expect.stringContaining('another instance of the release has failed') }, { status: 'failed' }],
    });
    for (const id of ['rm-one', 'rm-two']) expect(keeper.manualStarts(id)).toEqual([]);
    expect(await keeper.intents()).toEqual([]);
  });

  test.each([
    {
      name: 'single databases of PostgreSQL',
      member: { id: 'rm-one', engine: 'PostgreSQL' as const },
      databases: ['app'],
      says: 'cannot back up single databases',
    },
    { name: 'a read-only instance', member: { id: 'rm-one', engine: 'MySQL' as const, role: 'Readonly' as const }, databases: undefined, says: 'read-only' },
  ])('$name', async ({ member, databases, says }) => {
    keeper = await startGate([member]);

    expect((await start(keeper, { databases })).receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining(says) });
  });

  test('after a failure the next request opens a new attempt; a late repeat of an event with a deadline of its own does not', async () => {
    keeper = await startGate();
    const deadlineAt = (keeper.clock.now() + 10 * MINUTE_MS) as never;
    keeper.cloud.faults.add(refusal('CreateBackup', 403, 'Forbidden.RAM', 1));
    await start(keeper, { deadlineAt });

    const second = await start(keeper, { deadlineAt });
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackupTasks',
      times: 99,
      effect: 'none',
      reply: { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'no' },
    });
    keeper.clock.advance(11 * MINUTE_MS);
    await keeper.reconcile();
    const late = await start(keeper, { deadlineAt });

    expect(second.receipt).toMatchObject({ status: 'pending', attempt: 2 });
    expect(late.receipt).toMatchObject({ status: 'failed', attempt: 2, reason: expect.stringContaining('not passed by the deadline') });
  });
});

describe('waited for until the deadline', () => {
  test.each([
    { name: 'a stopped instance', member: { status: 'Stopped' }, says: 'the instance is Stopped' },
    { name: 'a locked instance', member: { lockMode: 'ManualLock' }, says: 'the instance is locked' },
  ])('$name', async ({ member, says }) => {
    keeper = await startGate([{ ...MYSQL, ...member } as typeof MYSQL]);

    const asked = await start(keeper);
    const waiting = await waitingOn();
    keeper.clock.advance(HOUR_MS);
    const late = await keeper.reconcile();
    keeper.clock.advance(HOUR_MS);
    const over = await keeper.reconcile();

    expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining(says) });
    expect(waiting).toHaveLength(1);
    expect(late.summary).toMatchObject({ status: 'succeeded', findings: [{ rule: 'release-late' }] });
    expect(over.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'release-failed' }] });
    expect((await check(keeper)).receipt).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(`by the deadline of 2026-11-21T03:00:00Z: ${says}`),
    });
    expect(await waitingOn()).toEqual([]);
    expect(await openTasks(keeper)).toEqual([]);
    expect(await holdsOf(keeper)).toEqual([]);
  });

  test('the service says that a job exists which it does not list: no failure, and one backup once it is over', async () => {
    keeper = await startGate();
    keeper.cloud.faults.add(refusal('CreateBackup', 400, 'BackupJobExists', 2));

    const asked = await start(keeper);
    await pass(keeper, 20);

    expect(asked.receipt).toMatchObject({ status: 'pending' });
    expect((await check(keeper)).receipt.status).toBe('passed');
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });

  test('an intent that was never sent is missed, with what it waited for', async () => {
    keeper = await startGate();
    keeper.cloud.faults.add(refusal('CreateBackup', 400, 'BackupJobExists'));
    const { receipt } = await start(keeper);

    keeper.clock.advance(3 * HOUR_MS);
    await check(keeper);

    const [intent] = await keeper.house.ledger.getIntents([{ instanceId: 'rm-one', slotId: `release~${receipt.key}~a1~instance` }]);
    expect(intent).toMatchObject({ state: 'missed', reason: expect.stringContaining('not passed by the deadline') });
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });
});

test('a backup that is in flight at the deadline goes on, and serves the next attempt', async () => {
  keeper = await startGate([{ ...MYSQL, usedGb: 300 }], { sections: 'preRelease: { deadline: 10m }' });
  await start(keeper);
  await pass(keeper, 10);
  const over = await check(keeper);

  const again = await start(keeper);
  await pass(keeper, 5);
  const third = await start(keeper);
  await pass(keeper, 20);
  const last = await start(keeper);

  expect(over.receipt).toMatchObject({ status: 'failed', attempt: 1 });
  expect(again.receipt).toMatchObject({ status: 'pending', attempt: 2, reason: expect.stringContaining('is under way and will do') });
  expect(third.receipt.status).not.toBe('failed');
  expect(last.receipt).toMatchObject({ status: 'passed', instances: [{ reused: true }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a request after the deadline that nobody has noticed ends the old attempt and opens a new one', async () => {
  keeper = await startGate([{ ...MYSQL, status: 'Stopped' }]);
  await start(keeper);
  keeper.clock.advance(3 * HOUR_MS);

  const { receipt } = await start(keeper);

  expect(receipt).toMatchObject({ status: 'pending', attempt: 2, deadline: '2026-11-21T06:00:00Z' });
  expect(await openTasks(keeper)).toEqual([`${receipt.key}_a2`]);
});

test('a backup that failed fails its attempt, and the next attempt makes another', async () => {
  keeper = await startGate([{ ...MYSQL, history: { days: 0, nextJob: { outcome: 'Failed' } } }]);
  await start(keeper);
  await pass(keeper, 15);
  const failed = await check(keeper, 'status');

  await start(keeper);
  await pass(keeper, 15);

  expect(failed.receipt).toMatchObject({ status: 'failed', attempt: 1, instances: [{ status: 'failed' }] });
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', attempt: 2 });
  expect(keeper.manualStarts('rm-one')).toHaveLength(2);
});

test('a run without time left leaves everything to the next one', async () => {
  keeper = await startGate();

  const near = await start(keeper, {}, { isNear: () => true });
  const after = await start(keeper);

  expect(near.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('nobody has looked at it yet') });
  expect(after.receipt).toMatchObject({ status: 'pending', instances: [{ jobId: expect.any(String) }] });
});
