// Expiry rules on the local cloud: what is due is kept longer, once; nothing is ever kept shorter; nothing that fails is silent.
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../../lib/base/instant';
import type { FaultEffect, FaultReply } from '../../lib/local/kinds';
import { makeCrashingWorker } from '../support/crash';
import { startKeeper, type TestKeeper, type TestRun } from '../support/keeper';
import { type PlantedSet, plantSets } from '../support/sets';

const ACTION = 'ModifyBackupSetExpireTime';
const MSSQL = { id: 'rm-sql', engine: 'SQLServer' as const, databases: ['ledger', 'hr'], history: { days: 0 } };
const READER = { accessKeyId: 'LTAI-reader', secret: 'reader-secret', name: 'reader' };
const READ_ONLY = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:Describe*', 'rds:List*', 'ots:*'], Resource: '*' }] } as const;

/** The world begins on 2026-11-21T01:00:00Z; planted sets ended two days before and have five days left. */
const RULES = '  - { name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }\n';
const EXTENDED = '2027-02-17T01:00:00.000Z';

const policyOf = (rules = RULES, more = ''): string => `timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\n${more}\nexpiry:\n${rules}`;

let keeper: TestKeeper;
afterEach(() => keeper.close());

async function start(sets: readonly PlantedSet[], policy = policyOf()): Promise<void> {
  keeper = await startKeeper({
    fleet: [MSSQL, { id: 'rm-my', engine: 'MySQL', history: { days: 1 } }],
    policy,
    cloud: { identities: { users: [{ ...READER, policy: READ_ONLY }] } },
  });
  plantSets(keeper.cloud.world, 'rm-sql', keeper.clock.now(), sets);
}

/** What the world holds: backup set → when it expires. */
function expiries(): Record<string, string> {
  const sets = keeper.cloud.world.find('rm-sql')?.sets ?? [];
  return Object.fromEntries(sets.map(({ id, expiresAt }) => [id, expiresAt === null ? 'never' : new Date(expiresAt).toISOString()]));
}

const fail = (reply: FaultReply, effect: FaultEffect = 'none', times = 1, operation = ACTION): void =>
  keeper.cloud.faults.add({ service: 'rds', operation, effect, reply, times });

const verdictsOf = (run: TestRun): Record<string, string> =>
  Object.fromEntries(run.verdicts.filter(({ backupId }) => backupId !== undefined).map(({ backupId, verdict }) => [backupId, verdict]));

const writes = ({ summary }: TestRun): number => summary.apiCalls[ACTION] ?? 0;

describe('what is due', () => {
  test('is kept longer, and the rest is left with its reason', async () => {
    const [later, now] = [Date.parse('2027-06-01T00:00:00Z'), Date.parse('2026-11-21T01:00:00Z')];
    await start([
      { id: '1' },
      { id: '2', databases: ['hr'] },
      { id: '3', databases: ['hr', 'ledger'] },
      { id: '4', mode: 'Automated' },
      { id: '5', expiresAt: null },
      { id: '6', expiresAt: instant(later) },
      { id: '7', outcome: 'Failed' },
    ]);
    expect(keeper.clock.now()).toBe(now);

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended', 2: 'left', 3: 'left', 4: 'left', 5: 'left', 6: 'left', 7: 'left' });
    expect(expiries()).toMatchObject({ 1: EXTENDED, 2: '2026-11-26T01:00:00.000Z', 5: 'never', 6: '2027-06-01T00:00:00.000Z' });
    expect(run.summary).toMatchObject({ function: 'extend-expiry', status: 'succeeded', counts: { extended: 1, left: 6, 'no-rule': 1 }, findingsTotal: 0 });
    expect(run.summary.apiCalls).toMatchObject({ [ACTION]: 1, DescribeBackups: 3 });
    expect(run.verdicts.find(({ instanceId }) => instanceId === 'rm-my')?.reason).toContain('SQL Server only');
  });

  test('is not due again: a second run changes nothing, and finds it again when its time comes', async () => {
    await start([{ id: '1' }], policyOf('  - { name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 30d, from: now, atMost: 60d }\n'));
    await keeper.extend();

    const second = await keeper.extend({ timer: 'second' });
    keeper.clock.advance(17 * DAY_MS);
    const third = await keeper.extend();
    keeper.clock.advance(17 * DAY_MS);
    const fourth = await keeper.extend();

    expect([second, third, fourth].map(writes)).toEqual([0, 1, 1]);
    expect(second.summary.counts).toMatchObject({ left: 1 });
    // Sixty days from the backup's end, and no longer.
    expect(expiries()).toMatchObject({ 1: '2027-01-18T01:00:00.000Z' });
  });

  test('is kept for ever where the rule says so', async () => {
    await start([{ id: '1' }], policyOf("  - { name: books, databases: { match: 'led*' }, extendWhenLeft: 14d, keepFor: forever }\n"));

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(expiries()).toEqual({ 1: 'never' });
  });

  test('stays within the changes of a run; the next run goes on', async () => {
    await start([{ id: '1' }, { id: '2' }, { id: '3' }], policyOf(RULES, 'limits: { maxChangesPerRun: 2 }'));

    const first = await keeper.extend();
    const second = await keeper.extend({ timer: 'second' });

    expect(first.summary).toMatchObject({ status: 'partial', counts: { extended: 2, 'over-limit': 1 }, findings: [{ rule: 'too-many-changes' }] });
    expect(second.summary).toMatchObject({ status: 'succeeded', counts: { extended: 1, left: 2 } });
    expect([first, second].map(writes)).toEqual([2, 1]);
  });
});

describe('plans and dry runs', () => {
  test('show the steps that a run takes, and change nothing', async () => {
    await start([{ id: '1' }, { id: '2' }, { id: '3' }], policyOf(RULES, 'limits: { maxChangesPerRun: 2 }'));
    const before = expiries();

    const plan = await keeper.plan('extend-expiry');
    const again = await keeper.plan('extend-expiry');

    expect(expiries()).toEqual(before);
    expect(plan.digest).toBe(again.digest);
    expect(plan.summary).toMatchObject({ dryRun: true, status: 'partial', counts: { 'would-extend': 2, 'over-limit': 1 } });
    expect(plan.steps).toMatchObject([
      { action: 'extend-expiry', instanceId: 'rm-sql', backupId: '1', rule: 'books', before: '2026-11-26T01:00:00Z', after: '2027-02-17T01:00:00Z' },
      { backupId: '2' },
    ]);
    expect(verdictsOf(await keeper.extend())).toEqual({ 1: 'extended', 2: 'extended', 3: 'over-limit' });
  });
});

describe('the set decides, not the answer', () => {
  test.each<{ name: string; reply: FaultReply }>([
    { name: 'a reset', reply: { kind: 'reset' } },
    { name: 'half an answer', reply: { kind: 'partial' } },
    { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalError', message: 'x' } },
    { name: 'Success: false', reply: { kind: 'unsuccessful', code: '500', message: 'x' } },
  ])('$name after the call took effect: extended, and extended once', async ({ reply }) => {
    await start([{ id: '1' }]);
    fail(reply, 'applied');

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(run.summary).toMatchObject({ status: 'succeeded', findingsTotal: 0 });
    expect(expiries()).toEqual({ 1: EXTENDED });
    expect(writes(await keeper.extend({ timer: 'second' }))).toBe(0);
  });

  test('Success: false and nothing happened: a finding, the others go on, and the next run repairs it', async () => {
    await start([{ id: '1' }, { id: '2' }]);
    fail({ kind: 'unsuccessful', code: '500', message: 'not now' });

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'refused', 2: 'extended' });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'expiry-not-extended', instanceId: 'rm-sql', evidence: { backupId: '1' } }] });
    expect(verdictsOf(await keeper.extend({ timer: 'second' }))).toEqual({ 1: 'extended', 2: 'left' });
  });

  test('an expiry that reads back otherwise is a finding', async () => {
    await start([{ id: '1' }]);
    const ports = keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => ({ ...ports.gatewayOf(target), extendExpiry: () => Promise.resolve() });

    const run = await keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'failed' });
    expect(run.summary).toMatchObject({
      status: 'partial',
      findings: [{ rule: 'expiry-differs', evidence: { wanted: '2027-02-17T01:00:00Z', shown: '2026-11-26T01:00:00Z' } }],
    });
  });

  test('a set that somebody keeps longer still, right after the call, is extended, and a finding tells of the other', async () => {
    await start([{ id: '1' }]);
    const ports = keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        extendExpiry: async (...args) => {
          await gateway.extendExpiry(...args);
          keeper.cloud.world.commit([{ kind: 'set-expiry', instanceId: 'rm-sql', backupId: '1', expiresAt: null }]);
        },
      };
    };

    const run = await keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(run.summary).toMatchObject({ status: 'succeeded', findings: [{ rule: 'expiry-differs', severity: 'warning', evidence: { shown: 'for ever' } }] });
  });

  test('a set that cannot be read back is not claimed to be extended', async () => {
    await start([{ id: '1' }]);
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackups',
      match: { BackupId: '1' },
      skip: 1,
      times: 9,
      effect: 'none',
      reply: { kind: 'reset' },
    });

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'ambiguous' });
    expect(run.summary.status).toBe('partial');
    expect(expiries()).toEqual({ 1: EXTENDED });
  });

  test('a set that somebody keeps longer between the look and the call is left to them', async () => {
    await start([{ id: '1' }]);
    const ports = keeper.openHouse().ports;
    const longer = instant(Date.parse('2028-01-01T00:00:00Z'));
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        extendExpiry: async (...args) => {
          keeper.cloud.world.commit([{ kind: 'set-expiry', instanceId: 'rm-sql', backupId: '1', expiresAt: longer }]);
          await gateway.extendExpiry(...args);
        },
      };
    };

    const run = await keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'left' });
    expect(expiries()).toEqual({ 1: '2028-01-01T00:00:00.000Z' });
  });
});

describe('what stands in the way', () => {
  test('a denied permission: named once, tried once', async () => {
    await start([{ id: '1' }, { id: '2' }]);
    keeper.cloud.identities.addUser({
      ...READER,
      accessKeyId: keeper.cloud.credentials.accessKeyId,
      secret: keeper.cloud.credentials.accessKeySecret,
      policy: READ_ONLY,
    });

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'denied', 2: 'denied' });
    expect(run.summary).toMatchObject({
      status: 'partial',
      findingsTotal: 1,
      findings: [{ rule: 'permission-denied', evidence: { action: `rds:${ACTION}` } }],
    });
    expect(writes(run)).toBe(1);
  });

  test('a set that expires between the list and the call is missed, with a finding', async () => {
    await start([{ id: '1' }]);
    const ports = keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        findBackupSet: (...args) => {
          keeper.clock.advance(5 * DAY_MS);
          return gateway.findBackupSet(...args);
        },
      };
    };

    const run = await keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'missed' });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'set-gone' }] });
    expect(writes(run)).toBe(0);
  });

  test.each([
    { name: 'throttling', reply: { kind: 'throttle', retryAfterMs: 60_000 } as const, verdict: 'deferred-throttled', findings: 0 },
    { name: 'an outage', reply: { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'x' } as const, verdict: 'unreachable', findings: 1 },
  ])('$name of the call', async ({ reply, verdict, findings }) => {
    await start([{ id: '1' }]);
    fail(reply, 'none', 9);

    const run = await keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: verdict });
    expect(run.summary.findingsTotal).toBe(findings);
    expect(expiries()).toEqual({ 1: '2026-11-26T01:00:00.000Z' });
  });

  test('sets that cannot be listed: the instance has a verdict that says so', async () => {
    await start([{ id: '1' }]);
    fail({ kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'x' }, 'none', 9, 'DescribeBackups');

    const run = await keeper.extend();

    expect(run.verdicts.find(({ instanceId }) => instanceId === 'rm-sql')).toMatchObject({ verdict: 'denied', backupId: undefined });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'permission-denied', evidence: { action: 'rds:DescribeBackups' } }] });
  });

  test('no time left: the rest is handed off, which is no error', async () => {
    await start([{ id: '1' }]);

    const run = await keeper.extend({ remainingMs: 500 });

    expect(run.summary.status).toBe('continued');
    expect(writes(run)).toBe(0);
  });

  test('time runs out on the way: every instance and every due set says so, and the next run goes on', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `rm-${index}`);
    keeper = await startKeeper({ fleet: ids.map((id) => ({ ...MSSQL, id })), policy: policyOf() });
    for (const id of ids) plantSets(keeper.cloud.world, id, keeper.clock.now(), [{ id: '1' }]);
    const ports = keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      const listBackupSets: typeof gateway.listBackupSets = async (...args) => {
        const sets = await gateway.listBackupSets(...args);
        keeper.clock.advance(2_000);
        return sets;
      };
      return { ...gateway, listBackupSets };
    };

    const run = await keeper.extend({ ports: { ...ports, gatewayOf }, remainingMs: 3_000 });
    const next = await keeper.extend({ timer: 'next' });

    expect(run.summary).toMatchObject({ status: 'continued', counts: { 'deferred-throttled': 10 }, scope: { instances: 10 } });
    expect(run.verdicts.map(({ backupId }) => backupId).filter((id) => id === undefined)).not.toHaveLength(0);
    expect(next.summary.counts).toEqual({ extended: 10 });
  });

  test('credentials that are not accepted fail the run', async () => {
    await start([{ id: '1' }]);
    fail({ kind: 'error', status: 404, code: 'InvalidAccessKeyId.NotFound', message: 'x' }, 'none', 99, '*');

    await expect(keeper.extend()).rejects.toMatchObject({ code: 'credentials', summary: { status: 'failed' } });
  });

  test('credentials that expire at the call stop the account, and nothing is claimed', async () => {
    await start([{ id: '1' }, { id: '2' }]);
    fail({ kind: 'error', status: 400, code: 'InvalidSecurityToken.Expired', message: 'x' });

    const run = await keeper.extend();

    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'shard-failed' }] });
    expect(verdictsOf(run)).toEqual({});
    expect(new Set(Object.values(expiries()))).toEqual(new Set(['2026-11-26T01:00:00.000Z']));
  });

  test('an unknown instance stops the run before anything is changed', async () => {
    await start([{ id: '1' }]);

    await expect(keeper.extend({ instances: ['rm-sql', 'rm-none'] })).rejects.toThrow('no instance rm-none');
    expect(expiries()).toEqual({ 1: '2026-11-26T01:00:00.000Z' });
  });
});

test('our own sets are known by the ledger where the service does not say what they hold', async () => {
  await start([{ id: '1' }]);
  const ports = keeper.openHouse().ports;
  const spec = { scope: { kind: 'databases', databases: ['ledger'] }, method: 'physical', type: 'full', retainDays: undefined } as const;
  const record = {
    instanceId: 'rm-sql',
    backupId: '1',
    origin: 'created',
    spec,
    slotId: undefined,
    recordedAt: keeper.clock.now(),
    claimedBy: undefined,
  } as const;
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const listBackupSets: typeof gateway.listBackupSets = async (...args) =>
      (await gateway.listBackupSets(...args)).map((set) => ({ ...set, scope: { kind: 'unknown' } }));
    return { ...gateway, listBackupSets };
  };

  const unknown = await keeper.extend({ ports: { ...ports, gatewayOf } });
  await keeper.house.ledger.putSet(record);
  const known = await keeper.extend({ ports: { ...ports, gatewayOf }, timer: 'second' });

  expect([unknown, known].map(verdictsOf)).toEqual([{ 1: 'left' }, { 1: 'extended' }]);
});

describe('several workers', () => {
  test('one delivery that arrives twice is done once', async () => {
    await start([{ id: '1' }, { id: '2' }]);

    const runs = await Promise.all([keeper.extend(), keeper.extend()]);

    expect(runs.map(({ summary }) => summary.status).sort()).toEqual(['skipped', 'succeeded']);
    expect(runs.reduce((sum, run) => sum + writes(run), 0)).toBe(2);
  });

  test('several timers at once keep every set until the same time, and report no failure', async () => {
    await start(Array.from({ length: 6 }, (_, index) => ({ id: `${index + 1}` })));

    const runs = await Promise.all(['a', 'b', 'c'].map((timer) => keeper.extend({ timer })));

    expect(runs.map(({ summary }) => summary.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(new Set(Object.values(expiries()))).toEqual(new Set([EXTENDED]));
  });
});

describe.each(['before', 'after'] as const)('killed %s the effect of a step', (when) => {
  const SETS = [{ id: '1' }, { id: '2' }, { id: '3', databases: ['hr'] }];

  test('at every step: the repeated delivery finishes the work, and nothing is kept shorter', async () => {
    await start(SETS);
    const probe = makeCrashingWorker(keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when });
    await keeper.extend({ ports: probe.ports });
    await keeper.close();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= probe.calls(); atCall += 1) {
      await start(SETS);
      const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall, when });
      const asOf = keeper.clock.now();
      await expect(keeper.extend({ ports: worker.ports, asOf })).rejects.toThrow();
      keeper.clock.advance(2 * MINUTE_MS);
      const repeated = await keeper.extend({ asOf });
      outcomes.push(`${worker.diedAt()}: ${repeated.summary.status} ${JSON.stringify(expiries())}`);
      await keeper.close();
    }

    const good = JSON.stringify({ 1: EXTENDED, 2: EXTENDED, 3: '2026-11-26T01:00:00.000Z' });
    expect(outcomes.length).toBeGreaterThan(8);
    expect(outcomes.filter((outcome) => !outcome.endsWith(`: succeeded ${good}`))).toEqual([]);
    await start(SETS);
  });
});

test('whatever the sets are, on the wire too: nothing is kept shorter, and a second run writes nothing', async () => {
  await start([], policyOf(`${RULES}  - { name: all, databases: { match: '*' }, extendWhenLeft: 3d, keepFor: 20d, from: now, atMost: 50d }\n`));
  const began = keeper.clock.now();
  const planted = fc.record({
    databases: fc.constantFrom(['ledger'], ['hr'], ['hr', 'ledger'], undefined),
    mode: fc.constantFrom('Manual' as const, 'Manual' as const, 'Automated' as const),
    outcome: fc.constantFrom('Finished' as const, 'Finished' as const, 'Failed' as const),
    endedAt: fc.integer({ min: 1, max: 100 * 24 }).map((hours) => instant(began - hours * HOUR_MS)),
    expiresAt: fc.option(
      fc.integer({ min: DAY_MS, max: 200 * DAY_MS }).map((ms) => instant(began + ms)),
      { freq: 9 },
    ),
  });
  let run = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(planted, { maxLength: 12 }), async (kinds) => {
      const sets = kinds.map(({ databases, ...kind }, index) => ({
        id: `${index + 1}`,
        startedAt: instant(kind.endedAt - HOUR_MS),
        ...kind,
        ...(databases === undefined ? {} : { databases }),
      }));
      plantSets(keeper.cloud.world, 'rm-sql', began, sets);
      run += 1;

      const first = await keeper.extend({ timer: `first-${run}` });
      const second = await keeper.extend({ timer: `second-${run}` });

      const after = keeper.cloud.world.find('rm-sql')?.sets ?? [];
      const shortened = sets.filter(({ id, expiresAt }) => (after.find((set) => set.id === id)?.expiresAt ?? Infinity) < (expiresAt ?? Infinity));
      expect(shortened).toEqual([]);
      expect(first.summary.status).toBe('succeeded');
      expect(Object.keys(verdictsOf(first))).toHaveLength(sets.length);
      expect(writes(second)).toBe(0);
    }),
    { numRuns: 40 },
  );
});
