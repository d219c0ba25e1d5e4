// What stands in the way of a verification is said, closes nothing, takes nothing back, and does not hide the rest of the fleet.
import { DAY_MS, HOUR_MS, instant } from '../../../lib/base/instant';
import type { CrossRegionSettings } from '../../../lib/domain/cross-region';
import type { RdsGateway } from '../../../lib/domain/ports';
import type { CopyPosture } from '../../../lib/domain/posture';
import type { RunPorts } from '../../../lib/run/types';
import { type TestKeeper, verdictsOn } from '../../support/keeper';
import { ASKED, COPIED, findingsOf, ONE, policyOf, startCopied } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const HANGZHOU = { account: 'default', region: 'cn-hangzhou' };
const { crossRegion: _, ...PLAIN } = COPIED;

function gateway(): RdsGateway {
  return keeper.house.ports.gatewayOf(HANGZHOU);
}

/** The list of all instances was read before somebody changed this one. */
function portsWithOldList(old: Partial<CrossRegionSettings>): RunPorts {
  const ports = keeper.openHouse().ports;
  const gatewayOf: RunPorts['gatewayOf'] = (target) => {
    const real = ports.gatewayOf(target);
    const listCrossRegionInstances: RdsGateway['listCrossRegionInstances'] = async function* () {
      for await (const page of real.listCrossRegionInstances()) yield page.map((each) => ({ ...each, ...old }));
    };
    return { ...real, listCrossRegionInstances };
  };
  return { ...ports, gatewayOf };
}

function deny(operation: string, code = 'Forbidden.RAM', status = 403): void {
  keeper.cloud.faults.add({ service: 'rds', operation, times: 99, effect: 'none', reply: { kind: 'error', status, code, message: 'no' } });
}

function newestSet(): string {
  const sets = keeper.cloud.world.find(ONE)?.sets ?? [];
  return [...sets].sort((a, b) => b.startedAt - a.startedAt)[0]?.id ?? '';
}

async function postureNow(): Promise<CopyPosture | undefined> {
  return (await keeper.house.ledger.getPostures('default/cn-hangzhou#verify-cross-region', [ONE])).get(ONE)?.copies;
}

describe('settings that were changed after the list of all instances was read', () => {
  test('are not taken back by the write of another one', async () => {
    keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 60, allowCost: true }'));

    const run = await keeper.verify({ ports: portsWithOldList({ copiesLogs: false }) });

    expect(verdictsOn(run, ONE)[0]).toBe('corrected');
    expect(await gateway().readCrossRegionSettings(ONE)).toMatchObject({ retentionDays: 60, copiesLogs: true });
  });

  test('are not shortened without leave', async () => {
    keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 20 }'));

    const run = await keeper.verify({ ports: portsWithOldList({ retentionDays: 7 }) });

    expect(verdictsOn(run, ONE)[0]).toBe('drifted');
    expect(await gateway().readCrossRegionSettings(ONE)).toMatchObject({ retentionDays: 30 });
  });

  test('need nothing where they are as agreed by now', async () => {
    keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 30 }'));

    const run = await keeper.verify({ ports: portsWithOldList({ retentionDays: 14 }) });

    expect(verdictsOn(run, ONE)[0]).toBe('in-line');
    expect(run.summary.apiCalls['ModifyInstanceCrossBackupPolicy']).toBeUndefined();
  });

  test('are left alone where nobody may read them, and the copies are verified all the same', async () => {
    keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 60 }'));
    deny('DescribeInstanceCrossBackupPolicy');

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['denied', 'copied']);
    expect(findingsOf(run)).toEqual(['permission-denied']);
    expect(run.summary.apiCalls['ModifyInstanceCrossBackupPolicy']).toBeUndefined();
  });
});

describe('what could not be read', () => {
  test.each([
    { what: 'recovery window', operation: 'DescribeLocalAvailableRecoveryTime' },
    { what: 'recovery window of the copies', operation: 'DescribeAvailableRecoveryTime' },
    { what: 'logs', operation: 'DescribeBinlogFiles' },
    { what: 'copied logs', operation: 'DescribeCrossRegionLogBackupFiles' },
    { what: 'restorability', operation: 'CheckCreateDdrDBInstance' },
  ])('is a finding and no all-clear: $what', async ({ what, operation }) => {
    keeper = await startCopied();
    deny(operation, 'SomethingNew.NobodyKnows', 400);

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['copies-not-fully-read']);
    expect(run.summary.findings[0]).toMatchObject({ evidence: { what }, message: expect.stringContaining('SomethingNew.NobodyKnows') });
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copies-unknown']);
  });

  test('of a kind that the service never tells is no news', async () => {
    keeper = await startCopied();
    deny('DescribeLocalAvailableRecoveryTime', 'IncorrectDBInstanceEngine', 400);

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual([]);
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
  });

  test('without the permission for it, the action to grant is named, and the rest is verified', async () => {
    keeper = await startCopied();
    deny('DescribeBinlogFiles');

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['permission-denied']);
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copies-unknown']);
    expect(await postureNow()).toMatchObject({ probe: { isRestorable: true } });
  });

  test('stays known as it was', async () => {
    keeper = await startCopied();
    await keeper.verify();
    const before = await postureNow();
    deny('DescribeLocalAvailableRecoveryTime');
    deny('DescribeAvailableRecoveryTime');
    keeper.clock.advance(HOUR_MS);

    await keeper.verify();

    const after = await postureNow();
    expect(before?.localWindow).toBeDefined();
    expect(after).toMatchObject({ localWindow: before?.localWindow, copyWindow: before?.copyWindow });
  });

  test('where copies go to: the documents decide, and it is said', async () => {
    keeper = await startCopied();
    deny('DescribeAvailableCrossRegion');

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['permission-denied']);
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
  });

  test('the list of all instances of a region: one finding, and the other regions go on', async () => {
    const away = { ...PLAIN, id: 'rm-away', regionId: 'cn-shanghai' };
    keeper = await startCopied(
      [COPIED, away],
      `timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\ncrossRegion: ${ASKED}\noverrides:\n  rm-away: { crossRegion: { required: false } }`,
    );
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeCrossRegionBackupDBInstance',
      match: { RegionId: 'cn-shanghai' },
      times: 99,
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' },
    });

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['shard-failed']);
    expect(run.summary.findingsTotal).toBe(1);
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
    expect(run.summary.status).toBe('partial');
  });
});

test('an answer on a copy that is gone is none: the newest one is asked for at once', async () => {
  keeper = await startCopied();
  const copies = await gateway().listCopies(ONE, undefined, { from: instant(0), to: keeper.clock.now() });
  keeper.cloud.world.setUnrestorable(copies.at(-1)?.id ?? '', 'IncorrectBaksetVersion');
  const first = await keeper.verify();
  keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'missing' });
  keeper.clock.advance(HOUR_MS);

  const second = await keeper.verify();

  expect(findingsOf(first)).toEqual(['copy-not-restorable']);
  expect(findingsOf(second)).not.toContain('copy-not-restorable');
  expect(second.summary.apiCalls['CheckCreateDdrDBInstance']).toBe(1);
});

test('a finding that stands as it was is no news in the next run', async () => {
  keeper = await startCopied();
  keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'missing' });
  await keeper.verify();
  keeper.clock.advance(HOUR_MS);

  const second = await keeper.verify();

  expect(findingsOf(second)).toEqual(['copy-missing']);
  expect(second.summary.findingChanges).toEqual({ opened: 0, updated: 0, closed: 0 });
});

test('a replica has no backups of its own, so that nothing is missing', async () => {
  keeper = await startCopied([{ ...PLAIN, role: 'Readonly' }]);

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)).toEqual(['in-line', 'not-required']);
  expect(findingsOf(run)).toEqual([]);
});

test('the lease is renewed inside a page: a slow region is not taken over', async () => {
  const fleet = Array.from({ length: 24 }, (_each, at) => ({ ...COPIED, id: `rm-${at}` }));
  keeper = await startCopied(fleet, policyOf(ASKED, 'limits: { crossRegionRatePerSecond: 1 }'));
  const { ports } = keeper.openHouse();
  const gaps: number[] = [];
  let last = keeper.clock.now();
  const renewRun: RunPorts['ledger']['renewRun'] = async (run, until) => {
    gaps.push(keeper.clock.now() - last);
    last = keeper.clock.now();
    return ports.ledger.renewRun(run, until);
  };

  const run = await keeper.verify({ ports: { ...ports, ledger: { ...ports.ledger, renewRun } } });

  expect(run.summary.status).toBe('succeeded');
  expect(gaps.length).toBeGreaterThan(1);
  expect(Math.max(...gaps)).toBeLessThan(60_000);
});

test('only as many settings are changed as a run may change, and the plan is no longer than that', async () => {
  const fleet = ['rm-a', 'rm-b', 'rm-c'].map((id) => ({ ...PLAIN, id }));
  const policy = policyOf('{ mode: enforce, destination: cn-shanghai, allowCost: true }', 'limits: { maxChangesPerRun: 2 }');
  keeper = await startCopied(fleet, policy);

  const plan = await keeper.plan('verify-cross-region');
  const run = await keeper.verify();

  expect(plan.steps.map(({ instanceId }) => instanceId)).toEqual(['rm-a', 'rm-b']);
  expect(run.summary.counts).toMatchObject({ corrected: 2, 'over-limit': 1 });
  expect(findingsOf(run)).toContain('too-many-changes');
});

describe('copies that nobody looks after', () => {
  const off = { ...COPIED, crossRegion: { destination: 'cn-shanghai', isOff: true } };
  const lenient = policyOf('{ required: false }');

  test('of an instance that is switched off are told once, and close by themselves', async () => {
    keeper = await startCopied([off], lenient);

    const first = await keeper.verify();
    keeper.clock.advance(HOUR_MS);
    const second = await keeper.verify();
    keeper.clock.advance(60 * DAY_MS);
    const third = await keeper.verify();

    expect(findingsOf(first)).toEqual(['copies-paid-after-off']);
    expect(first.summary.findingChanges).toMatchObject({ opened: 1 });
    expect(second.summary.findingChanges).toMatchObject({ opened: 0, closed: 0 });
    expect(third.summary.findingChanges).toMatchObject({ closed: 1 });
  });

  test('of a released instance are told where it was the last one of the region', async () => {
    keeper = await startCopied();
    keeper.cloud.world.releaseInstance(ONE);

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['copies-of-released']);
  });

  test('are told also where another region cannot be worked through', async () => {
    keeper = await startCopied([off], `timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\ncrossRegion: { required: false }`);
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeDBInstances',
      match: { RegionId: 'cn-shanghai' },
      times: 99,
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' },
    });

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['copies-paid-after-off', 'shard-failed']);
  });

  test('of an instance that the policy leaves out are no business of it', async () => {
    keeper = await startCopied([off], policyOf('{ required: false }', `select: { exclude: [{ ids: [${ONE}] }] }`));

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual([]);
  });

  test('that cannot be read close nothing', async () => {
    keeper = await startCopied();
    keeper.cloud.world.releaseInstance(ONE);
    await keeper.verify();
    keeper.clock.advance(HOUR_MS);
    deny('DescribeCrossRegionBackups');

    const second = await keeper.verify();

    expect(findingsOf(second)).toEqual(['permission-denied']);
    expect(second.summary.findingChanges).toMatchObject({ closed: 0 });
  });
});

test('copies that are required and switched off are at risk, however many there are left', async () => {
  keeper = await startCopied([{ ...COPIED, crossRegion: { destination: 'cn-shanghai', isOff: true } }]);

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)).toEqual(['drifted', 'copies-at-risk']);
  expect(findingsOf(run)).toEqual(['copies-off']);
});

test('a dry run writes nothing', async () => {
  keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 60 }'));

  const run = await keeper.verify({ dryRun: true });

  expect(verdictsOn(run, ONE)).toEqual(['would-correct', 'copied']);
  expect(await postureNow()).toBeUndefined();
  expect(await gateway().readCrossRegionSettings(ONE)).toMatchObject({ retentionDays: 30 });
});

test("a month's budget that is used up leaves out what is optional, and says so", async () => {
  keeper = await startCopied();
  const policy = { ...keeper.policy, limits: { ...keeper.policy.limits, apiCallsPerMonth: 5 } };
  await keeper.verify();
  keeper.clock.advance(DAY_MS);

  const run = await keeper.verify({ policy });

  expect(findingsOf(run)).toEqual(['api-budget-reached']);
  expect(run.summary.apiCalls['DescribeBinlogFiles']).toBeUndefined();
  expect(run.summary.apiCalls['CheckCreateDdrDBInstance']).toBeUndefined();
  expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
});

test('a run that is out of time hands off, and what was said before stands', async () => {
  keeper = await startCopied();
  keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'missing' });
  await keeper.verify();
  keeper.clock.advance(HOUR_MS);

  const cut = await keeper.verify({ remainingMs: 500 });

  expect(cut.summary.status).toBe('continued');
  expect(cut.summary.findingChanges).toEqual({ opened: 0, updated: 0, closed: 0 });
  expect((await postureNow())?.copies).toBeGreaterThan(0);
});
