// Backups that somebody asks for: made once per key whatever is lost, repeated or delivered twice; within the cap; and beside the rules, never in their way.
import { formatInstant } from '../../lib/base/instant';
import { onDemandSlotId, releaseOfSlot } from '../../lib/domain/slot';
import { DAILY_AT_TWO, policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';
import { ask } from './on-demand-support';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const, usedGb: 1 };
const SLOT = onDemandSlotId('release-42', 'instance');

async function start(more: Partial<Parameters<typeof startKeeper>[0]> = {}): Promise<void> {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(DAILY_AT_TWO), ...more });
}

function remedies(run: Awaited<ReturnType<typeof ask>>): string[] {
  return run.summary.findings.filter(({ rule }) => rule === 'not-backed-up').map(({ remedy }) => remedy);
}

async function intentOf(slotId = SLOT) {
  const [intent] = await keeper.house.ledger.getIntents([{ instanceId: 'rm-one', slotId }]);
  return intent;
}

describe('the life of a request', () => {
  test('asked, started, followed to its end by reconcile, and done: the set belongs to the key', async () => {
    await start();

    const asked = await ask(keeper, {});
    const meanwhile = await ask(keeper, { delivery: '2' });
    keeper.goTo('2026-11-21T01:40:00Z');
    const reconciled = await keeper.reconcile();
    const repeated = await ask(keeper, {});

    expect(asked.summary).toMatchObject({ status: 'succeeded', counts: { submitted: 1 }, findingsTotal: 0 });
    expect(asked.verdicts).toMatchObject([{ rule: 'on-demand', slotId: SLOT, jobId: expect.any(String) }]);
    expect(meanwhile.verdicts).toMatchObject([{ verdict: 'in-flight', jobId: asked.verdicts[0]?.jobId }]);
    expect(verdictsOn(reconciled, 'rm-one')).toEqual(['already-done']);
    expect(repeated.summary.status).toBe('succeeded');
    expect(repeated.verdicts).toMatchObject([{ verdict: 'already-done', backupId: expect.any(String) }]);
    const [set] = await keeper.house.ledger.listSets('rm-one');
    expect(set).toMatchObject({ backupId: repeated.verdicts[0]?.backupId, origin: 'created', slotId: SLOT });
    expect(releaseOfSlot(set?.slotId ?? '')).toBe('release-42');
    expect(keeper.manualStarts('rm-one')).toEqual(['2026-11-21T01:00:00.000Z']);
    expect(await keeper.intents()).toEqual([]);
  });

  test('another key is another backup', async () => {
    await start();
    await ask(keeper, { key: 'one' });
    keeper.goTo('2026-11-21T01:30:00Z');
    await keeper.reconcile();

    const second = await ask(keeper, { key: 'two' });

    expect(verdictsOn(second, 'rm-one')).toEqual(['submitted']);
    expect(keeper.manualStarts('rm-one')).toHaveLength(2);
  });

  test('single databases by the method that the engine has for them', async () => {
    await start({ fleet: [{ ...MYSQL, databases: ['orders', 'invoices', 'logs'] }] });

    const asked = await ask(keeper, { databases: ['orders', 'invoices'] });
    const intent = await intentOf(onDemandSlotId('release-42', 'databases'));

    expect(verdictsOn(asked, 'rm-one')).toEqual(['submitted']);
    expect(intent).toMatchObject({ pool: 'ordinary', units: 2, spec: { method: 'logical', scope: { databases: ['invoices', 'orders'] } } });
  });

  test('several instances in several regions are one request: one that cannot start does not stop the others', async () => {
    await start({
      fleet: [MYSQL, { id: 'rm-off', engine: 'MySQL', status: 'Stopped' }, { id: 'pgm-far', engine: 'PostgreSQL', regionId: 'cn-shanghai', usedGb: 1 }],
    });

    const asked = await ask(keeper, { instances: ['rm-one', 'rm-off', 'pgm-far'] });

    expect(asked.summary).toMatchObject({ status: 'partial', counts: { submitted: 2, 'instance-not-running': 1 }, scope: { instances: 3 } });
    expect(asked.summary.findings).toMatchObject([{ rule: 'not-backed-up', instanceId: 'rm-off' }]);
  });

  test('a blackout of the rules is for timers: somebody who asks now gets a backup now', async () => {
    await start({ policy: policyWith('  - { name: daily, schedule: "0 2 * * *", notDuring: [{ from: "00:00", to: "24:00" }] }\n') });

    expect(verdictsOn(await ask(keeper, {}), 'rm-one')).toEqual(['submitted']);
  });
});

describe('a dry run', () => {
  test('says what would be started and leaves no trace', async () => {
    await start();

    const dry = await ask(keeper, { dryRun: true, method: 'logical' });

    expect(dry.summary).toMatchObject({ status: 'succeeded', dryRun: true, counts: { 'would-submit': 1 } });
    expect(dry.steps).toMatchObject([{ action: 'create-backup', instanceId: 'rm-one', rule: 'on-demand', slotId: SLOT, spec: { method: 'logical' } }]);
    expect(keeper.manualStarts('rm-one')).toEqual([]);
    expect(await intentOf()).toBeUndefined();
    expect(await keeper.house.ledger.listRuns('extra-backup', 5)).toEqual([]);
  });

  test('a plan without the step lets nothing happen', async () => {
    await start();

    const asked = await ask(keeper, { approved: { has: () => false } });

    expect(asked.summary).toMatchObject({ status: 'partial', counts: { 'not-in-plan': 1 } });
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });
});

describe('deferred, and asked for again with the same key', () => {
  test('the cap is full: not started, with the time to come back; then one backup', async () => {
    await start({
      policy: policyWith(DAILY_AT_TWO, 'cap: { perDay: 2, reserve: { automatic: 0, preRelease: 0 } }'),
      fleet: [{ ...MYSQL, history: { days: 0, foreignToday: 2 } }],
    });

    const full = await ask(keeper, {});
    const until = full.verdicts[0]?.until;
    keeper.clock.advance((until ?? Number.NaN) - keeper.clock.now());
    const again = await ask(keeper, {});
    const more = await ask(keeper, { delivery: '2' });

    expect(full.summary).toMatchObject({ status: 'partial', counts: { 'cap-exhausted': 1 } });
    expect(remedies(full)).toEqual([expect.stringContaining(`same key from ${until === undefined ? '?' : formatInstant(until)} on`)]);
    expect(verdictsOn(again, 'rm-one')).toEqual(['submitted']);
    expect(verdictsOn(more, 'rm-one')).toEqual(['in-flight']);
    expect(keeper.manualStarts('rm-one').at(-1)).toBe(new Date(until ?? Number.NaN).toISOString());
  });

  test('more databases than the cap has units: never, and it says so', async () => {
    const databases = Array.from({ length: 21 }, (_, index) => `db${index}`);
    await start({ fleet: [{ ...MYSQL, databases }] });

    const asked = await ask(keeper, { databases });

    expect(asked.summary).toMatchObject({ status: 'partial', counts: { 'cap-exhausted': 1 } });
    expect(remedies(asked)).toEqual([expect.stringContaining('so much never fits')]);
  });

  test('what is reserved for releases is not drawn on', async () => {
    await start({ policy: policyWith(DAILY_AT_TWO, 'cap: { perDay: 2, reserve: { automatic: 0, preRelease: 2 } }') });

    expect((await ask(keeper, {})).summary).toMatchObject({ status: 'partial', counts: { 'cap-reserved': 1 } });
  });

  test('a backup is running: not started; once it is over, the same key starts it', async () => {
    await start();
    keeper.cloud.world.humanBackup('rm-one');

    const busy = await ask(keeper, {});
    keeper.goTo('2026-11-21T01:30:00Z');
    const again = await ask(keeper, {});

    expect(busy.summary).toMatchObject({ status: 'partial', counts: { 'job-running': 1 } });
    expect(remedies(busy)).toEqual([expect.stringContaining('repeat the request with the same key')]);
    expect(verdictsOn(again, 'rm-one')).toEqual(['submitted']);
  });

  test('refused by the service: the intent waits, its unit is given back, and the same key starts it', async () => {
    await start();
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'CreateBackup',
      effect: 'none',
      reply: { kind: 'error', status: 400, code: 'BackupJobExists', message: 'A backup job exists.' },
    });

    const refused = await ask(keeper, {});
    keeper.goTo('2026-11-21T01:10:00Z');
    const reconciled = await keeper.reconcile();
    const again = await ask(keeper, {});

    expect(refused.summary).toMatchObject({ status: 'partial', counts: { 'job-running': 1 } });
    expect(verdictsOn(reconciled, 'rm-one')).toEqual(['in-flight']);
    expect(verdictsOn(again, 'rm-one')).toEqual(['submitted']);
    expect(await intentOf()).toMatchObject({ occurrence: refused.summary.asOf === '2026-11-21T01:00:00Z' ? Date.parse('2026-11-21T01:00:00Z') : Number.NaN });
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });

  test('nobody repeats it for a day: missed, and the key is used up', async () => {
    await start();
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'CreateBackup',
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'IncorrectDBInstanceState', message: 'no' },
    });
    await ask(keeper, {});
    keeper.goTo('2026-11-22T01:00:00Z');

    const late = await ask(keeper, {});
    const reconciled = await keeper.reconcile();
    const after = await ask(keeper, { delivery: '2' });

    expect(late.summary).toMatchObject({ status: 'partial', counts: { missed: 1 } });
    expect(verdictsOn(reconciled, 'rm-one')).toEqual(['missed']);
    expect(verdictsOn(after, 'rm-one')).toEqual(['missed']);
    expect(remedies(after)).toEqual([expect.stringContaining('another key')]);
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });
});

describe('what cannot be, is said and not tried', () => {
  test.each([
    { name: 'a database that is not there', asked: { databases: ['app', 'nowhere'] }, verdict: 'no-such-database', says: '"nowhere"' },
    { name: 'a method that the engine does not have', asked: { method: 'snapshot' as const }, verdict: 'method-unsupported', says: 'RDS API, CreateBackup' },
    { name: 'single databases of PostgreSQL', asked: { instances: ['pgm-one'], databases: ['app'] }, verdict: 'method-unsupported', says: 'single databases' },
    { name: 'a read-only instance', asked: { instances: ['rr-one'] }, verdict: 'read-only-instance', says: 'its primary instance can' },
    { name: 'an instance out of scope', asked: { instances: ['rm-foreign'] }, verdict: 'refused', says: 'leaves this instance out' },
  ])('$name: $verdict', async ({ asked, verdict, says }) => {
    await start({
      fleet: [MYSQL, { id: 'pgm-one', engine: 'PostgreSQL' }, { id: 'rr-one', engine: 'MySQL', role: 'Readonly' }, { id: 'rm-foreign', engine: 'MySQL' }],
      policy: policyWith(DAILY_AT_TWO, 'select: { exclude: [{ ids: [rm-foreign] }] }'),
    });

    const run = await ask(keeper, asked);

    expect(run.summary).toMatchObject({ status: 'partial', counts: { [verdict]: 1 }, findings: [{ rule: 'not-backed-up', severity: 'error' }] });
    expect(run.verdicts[0]?.reason).toContain(says);
    expect(run.summary.apiCalls['CreateBackup']).toBeUndefined();
    expect(await keeper.intents()).toEqual([]);
  });

  test('an instance that nobody knows stops the request before anything is made', async () => {
    await start();

    await expect(ask(keeper, { instances: ['rm-one', 'rm-nowhere'] })).rejects.toMatchObject({ code: 'unknown-instance' });
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });

  test('a failed backup settles its key: the repeat makes none and says to take another key', async () => {
    await start();
    keeper.cloud.world.planNextJob('rm-one', { outcome: 'Failed' });
    await ask(keeper, {});
    keeper.goTo('2026-11-21T02:30:00Z');
    await keeper.reconcile();

    const again = await ask(keeper, {});

    expect(again.summary).toMatchObject({ status: 'partial', counts: { failed: 1 } });
    expect(remedies(again)).toEqual([expect.stringContaining('another key')]);
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });
});

describe('one key, one backup', () => {
  test.each([
    { name: 'other databases', asked: { databases: ['logs'] } },
    { name: 'the whole instance', asked: {} },
    { name: 'another method', asked: { databases: ['orders'], method: 'physical' as const } },
  ])('the key again for $name: refused, nothing changed', async ({ asked }) => {
    await start({ fleet: [{ ...MYSQL, databases: ['orders', 'logs'] }] });
    await ask(keeper, { databases: ['orders'] });
    const before = await intentOf(onDemandSlotId('release-42', 'databases'));
    keeper.goTo('2026-11-21T02:30:00Z');

    const other = await ask(keeper, asked);

    expect(other.summary).toMatchObject({ status: 'partial', counts: { refused: 1 } });
    expect(other.verdicts[0]?.reason).toBe('key release-42 was used at 2026-11-21T01:00:00Z for a logical backup of databases orders');
    expect(remedies(other)).toEqual([expect.stringContaining('another key')]);
    expect(await intentOf(onDemandSlotId('release-42', 'databases'))).toEqual(before);
    expect(await intentOf()).toBeUndefined();
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });

  test.each([2, 5])('%i deliveries at once make one backup', async (deliveries) => {
    await start();

    const runs = await Promise.all(Array.from({ length: deliveries }, (_, index) => ask(keeper, { delivery: `-${index}` })));

    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
    expect(runs.reduce((sum, run) => sum + (run.summary.counts['submitted'] ?? 0), 0)).toBe(1);
    expect(runs.flatMap((run) => run.verdicts).map(({ verdict }) => ['submitted', 'in-flight', 'ambiguous'].includes(verdict))).not.toContain(false);
  });

  test('two deliveries at once that ask for different databases: one is made, and the other is told that it is not its own', async () => {
    await start({ fleet: [{ ...MYSQL, databases: ['orders', 'logs'] }] });

    const runs = await Promise.all([ask(keeper, { databases: ['orders'], delivery: '-1' }), ask(keeper, { databases: ['logs'], delivery: '-2' })]);

    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
    expect(runs.flatMap((run) => verdictsOn(run, 'rm-one')).sort()).toEqual(['refused', 'submitted']);
  });

  test('the answer of CreateBackup is lost: never sent again, adopted by reconcile, and the repeat says so', async () => {
    await start();
    keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'reset' } });

    const lost = await ask(keeper, {});
    const repeated = await ask(keeper, { delivery: '2' });
    const reconciled: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      keeper.clock.advance(5 * 60_000);
      reconciled.push(...verdictsOn(await keeper.reconcile(), 'rm-one'));
    }
    const after = await ask(keeper, {});

    expect(lost.summary).toMatchObject({ status: 'partial', counts: { ambiguous: 1 } });
    expect(verdictsOn(repeated, 'rm-one')).toEqual(['ambiguous']);
    expect(reconciled.at(-1)).toBe('adopted');
    expect(after.summary).toMatchObject({ status: 'succeeded', counts: { adopted: 1 } });
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
    expect(await keeper.house.ledger.listSets('rm-one')).toMatchObject([{ origin: 'adopted', slotId: SLOT }]);
  });
});

describe('beside the rules', () => {
  test('their postures and slots are untouched, and the next tick goes on as if nothing had been', async () => {
    await start();
    await keeper.tick();
    const before = await keeper.house.ledger.getPostures('default/cn-hangzhou', ['rm-one']);

    await ask(keeper, {});
    keeper.goTo('2026-11-21T01:40:00Z');
    await keeper.reconcile();
    const after = await keeper.house.ledger.getPostures('default/cn-hangzhou', ['rm-one']);
    keeper.goTo('2026-11-21T02:00:00Z');
    const tick = await keeper.tick();

    expect(before.size).toBe(1);
    expect(after).toEqual(before);
    expect(verdictsOn(tick, 'rm-one')).toEqual(['submitted']);
  });

  test('an instance that no rule covers can be backed up on demand', async () => {
    await start({ policy: policyWith('  - { name: daily, schedule: "0 2 * * *", select: { engines: [postgresql] } }\n') });

    expect(verdictsOn(await ask(keeper, {}), 'rm-one')).toEqual(['submitted']);
  });
});

describe('every named instance gets its word', () => {
  test('out of time before it began: nothing is made, and the request is to be repeated', async () => {
    await start();

    const hurried = await ask(keeper, { isNear: () => true });
    const again = await ask(keeper, { delivery: '2' });

    expect(hurried.summary).toMatchObject({ status: 'partial', counts: { 'deferred-throttled': 1 } });
    expect(hurried.verdicts).toMatchObject([{ instanceId: 'rm-one', slotId: SLOT }]);
    expect(remedies(hurried)).toEqual([expect.stringContaining('same key')]);
    expect(verdictsOn(again, 'rm-one')).toEqual(['submitted']);
  });

  test('out of time half way: what is left is told too', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `rm-${index}`);
    await start({ fleet: ids.map((id) => ({ ...MYSQL, id })) });
    let asked = 0;
    const isNear = (): boolean => {
      asked += 1;
      return asked > 12;
    };

    const { summary } = await ask(keeper, { instances: ids, isNear });

    expect(summary).toMatchObject({ status: 'partial', counts: { submitted: expect.any(Number), 'deferred-throttled': expect.any(Number) } });
    expect((summary.counts['submitted'] ?? 0) + (summary.counts['deferred-throttled'] ?? 0)).toBe(ids.length);
  });

  test('a request without instances never means the whole fleet', async () => {
    await start();

    await expect(ask(keeper, { instances: 'none' })).rejects.toMatchObject({ code: 'bad-request' });
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  });

  test('a look that is refused is a verdict, with what to grant', async () => {
    await start();
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackups',
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' },
    });

    const asked = await ask(keeper, {});

    expect(asked.summary).toMatchObject({ status: 'partial', counts: { denied: 1 } });
    expect(asked.summary.findings.map(({ rule }) => rule).sort()).toEqual(['not-backed-up', 'permission-denied']);
  });
});
