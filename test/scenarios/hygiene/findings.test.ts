// What a run finds beside what it does: sets that expire before a successor exists, floors that are not met, what deletion cannot reach, and the sets of released instances.
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';
import { plantSets } from '../../support/sets';
import { KEEP_TEN, memberWithSets, ONE, own, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

function findings(run: TestRun, rule: string) {
  return run.summary.findings.filter((finding) => finding.rule === rule);
}

/** A stopped instance, of which the service makes no backups either. */
function stopped(manualSets: NonNullable<FleetMember['history']>['manualSets']): FleetMember {
  return {
    id: ONE,
    engine: 'MySQL',
    status: 'Stopped',
    settings: { retentionDays: 400, logRetentionDays: 7 },
    history: { days: 0, manualSets: manualSets ?? [] },
  };
}

describe('sets that expire before a successor exists', () => {
  test('the only restorable set expires before the next two runs: an error, and the run is partial', async () => {
    keeper = await startOwner([stopped([{ id: '101', agoMs: 6 * DAY_MS, keepDays: 7 }])], policyOf(KEEP_TEN));

    const run = await keeper.hygiene();

    expect(run.summary.status).toBe('partial');
    expect(findings(run, 'set-expires-before-successor')).toEqual([
      expect.objectContaining({ severity: 'error', instanceId: ONE, message: expect.stringMatching(/101.*nothing is left to restore the instance from/) }),
    ]);
    expect(findings(run, 'floor-not-met')).toEqual([expect.objectContaining({ evidence: { floor: 2, count: 0 } })]);
  });

  test('an older set outlives it: a warning, and the run succeeds', async () => {
    const sets = [
      { id: '101', agoMs: 6 * DAY_MS, keepDays: 7 },
      { id: '102', agoMs: 9 * DAY_MS, keepDays: 400 },
      { id: '103', agoMs: 10 * DAY_MS, keepDays: 400 },
    ];
    keeper = await startOwner([stopped(sets)], policyOf(KEEP_TEN));

    const run = await keeper.hygiene();

    expect(run.summary.status).toBe('succeeded');
    expect(findings(run, 'set-expires-before-successor')).toEqual([
      expect.objectContaining({ severity: 'warning', evidence: expect.objectContaining({ backupId: '101', lasting: 2 }) }),
    ]);
  });

  test('as soon as there is a successor nothing is found', async () => {
    const sets = [
      { id: '101', agoMs: 6 * DAY_MS, keepDays: 7 },
      { id: '102', agoMs: 1 * DAY_MS, keepDays: 400 },
      { id: '103', agoMs: 2 * DAY_MS, keepDays: 400 },
    ];
    keeper = await startOwner([stopped(sets)], policyOf(KEEP_TEN));

    const run = await keeper.hygiene();

    expect(run.summary.findings.map(({ rule }) => rule)).not.toContain('set-expires-before-successor');
  });

  test('how often the function runs decides what is too soon', async () => {
    const policy = policyOf('retention: { keep: { last: 3 }, floor: 1, runEvery: 1h }');
    keeper = await startOwner([stopped([{ id: '101', agoMs: 6 * DAY_MS, keepDays: 7 }])], policy);

    const early = await keeper.hygiene();
    keeper.clock.advance(22.5 * HOUR_MS);
    const late = await keeper.hygiene();

    expect(findings(early, 'set-expires-before-successor')).toEqual([]);
    expect(findings(late, 'set-expires-before-successor')).toHaveLength(1);
  });
});

describe('only restorable full sets of the whole instance count towards the floor', () => {
  /** Of SQL Server, where the list alone does not say what a physical full set holds. */
  const SQLSERVER: FleetMember = { id: ONE, engine: 'SQLServer', status: 'Stopped', databases: ['ledger', 'crm'], history: { days: 0 } };
  const FLOOR_ONE = policyOf('retention: { keep: { last: 3 }, floor: 1 }');

  /** Its download list names these databases. */
  async function startWithSet(databases: readonly string[]): Promise<void> {
    keeper = await startKeeper({ fleet: [SQLSERVER], policy: FLOOR_ONE });
    plantSets(keeper.cloud.world, ONE, keeper.clock.now(), [{ id: '101', expiresAt: null, databases }]);
  }

  async function recordAsOurs(scope: { kind: 'instance' } | { kind: 'databases'; databases: readonly string[] }): Promise<void> {
    const spec = { scope, method: 'physical', type: 'full', retainDays: undefined } as const;
    await keeper.house.ledger.putSet({
      instanceId: ONE,
      backupId: '101',
      origin: 'created',
      spec,
      slotId: undefined,
      recordedAt: keeper.clock.now(),
      claimedBy: undefined,
    });
  }

  test('a set of single databases never counts, by the download list', async () => {
    await startWithSet(['ledger']);

    expect(findings(await keeper.hygiene(), 'floor-not-met')).toHaveLength(1);
  });

  test('nor by our own record, where the list says nothing', async () => {
    await startWithSet([]);
    await recordAsOurs({ kind: 'databases', databases: ['ledger'] });

    expect(findings(await keeper.hygiene(), 'floor-not-met')).toHaveLength(1);
  });

  test('what our record says is of the instance counts, whatever the list says', async () => {
    await startWithSet(['ledger', 'crm']);
    await recordAsOurs({ kind: 'instance' });

    expect(findings(await keeper.hygiene(), 'floor-not-met')).toEqual([]);
  });

  test('a set of which neither says anything does not count, also when it is claimed', async () => {
    await startWithSet([]);
    await keeper.house.ledger.putSet({
      instanceId: ONE,
      backupId: '101',
      origin: 'claimed',
      spec: undefined,
      slotId: undefined,
      recordedAt: keeper.clock.now(),
      claimedBy: 'ada',
    });

    expect(findings(await keeper.hygiene(), 'floor-not-met')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('0 of the 1 restorable full sets'), severity: 'error' }),
    ]);
  });
});

test('surplus sets that no call deletes are told once per instance, with the rule', async () => {
  const mariadb: FleetMember = { ...memberWithSets(14), engine: 'MariaDB' };
  keeper = await startOwner([mariadb], policyOf(KEEP_TEN, WIDE));

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ surplus: 4, kept: 1 });
  expect(findings(run, 'surplus-forever')).toEqual([
    expect.objectContaining({ severity: 'info', evidence: { count: 4 }, message: expect.stringContaining('no way to delete sets of MariaDB is documented') }),
  ]);
});

describe('sets of released instances', () => {
  const TWO = [memberWithSets(3), memberWithSets(5, 'rm-gone', 201)];

  test('are listed, by instance, with how many and how new they are', async () => {
    keeper = await startOwner(TWO, policyOf(KEEP_TEN));
    const before = await keeper.hygiene();
    keeper.cloud.world.releaseInstance('rm-gone');
    keeper.clock.advance(HOUR_MS);

    const run = await keeper.hygiene();

    expect(findings(before, 'detached-sets')).toEqual([]);
    expect(findings(run, 'detached-sets')).toEqual([
      expect.objectContaining({ severity: 'info', instanceId: 'rm-gone', evidence: { count: 5, usable: 5 }, message: expect.stringContaining('was released') }),
    ]);
    expect(run.summary).toMatchObject({ status: 'succeeded', scope: { instances: 1 } });
  });

  test('are never touched: nothing is marked, purged or asked of the instance', async () => {
    keeper = await startOwner(TWO, policyOf('retention: { mode: enforce, keep: { last: 1 }, floor: 1 }', WIDE));
    await keeper.hygiene();
    keeper.cloud.world.releaseInstance('rm-gone');
    keeper.clock.advance(2 * DAY_MS);

    const run = await keeper.hygiene();

    expect(run.verdicts.filter(({ instanceId }) => instanceId === 'rm-gone')).toEqual([]);
    expect(findings(run, 'detached-sets')).toHaveLength(1);
  });

  test('go when the service lets them go', async () => {
    keeper = await startOwner(TWO, policyOf(KEEP_TEN));
    keeper.cloud.world.releaseInstance('rm-gone');
    keeper.clock.advance(8 * DAY_MS);

    expect(findings(await keeper.hygiene(), 'detached-sets')).toEqual([]);
  });

  test('that cannot be listed in one region are a finding, and those of the others are told', async () => {
    const far = { ...memberWithSets(2, 'rm-far', 301), regionId: 'cn-shanghai' };
    const policy = ['timezone: UTC', 'regions: [cn-hangzhou, cn-shanghai]', KEEP_TEN].join('\n');
    keeper = await startKeeper({ fleet: [...TWO, far], policy });
    await own(keeper, ONE, ['101', '102', '103']);
    keeper.cloud.world.releaseInstance('rm-far');
    const match = { Region: 'cn-hangzhou' };
    keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeDetachedBackups', match, times: 50, effect: 'none', reply: { kind: 'html', status: 502 } });

    const run = await keeper.hygiene();

    expect(findings(run, 'detached-unreadable')).toEqual([expect.objectContaining({ message: expect.stringContaining('cn-hangzhou') })]);
    expect(findings(run, 'detached-sets')).toEqual([expect.objectContaining({ instanceId: 'rm-far' })]);
  });

  test('are not asked for without the permission: a finding names it', async () => {
    keeper = await startOwner(TWO, policyOf(KEEP_TEN));
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeDetachedBackups',
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' },
    });

    const run = await keeper.hygiene();

    expect(findings(run, 'permission-denied')).toEqual([expect.objectContaining({ message: expect.stringContaining('rds:DescribeDetachedBackups') })]);
  });
});
