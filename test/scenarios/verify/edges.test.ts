// The less usual ways of a verification: regions and instances without the feature, plans, writes that go wrong, time that runs out.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS } from '../../../lib/base/instant';
import type { SlotVerdict } from '../../../lib/domain/verdict';
import type { FleetMember } from '../../../lib/local/fleet';
import { applyPlan } from '../../../lib/run/apply';
import { planFileOf } from '../../../lib/run/plan-file';
import { runVerifyCrossRegion } from '../../../lib/run/verify/run';
import { type TestKeeper, verdictsOn } from '../../support/keeper';
import { ASKED, COPIED, findingsOf, ONE, policyOf, startCopied } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const { crossRegion: _, ...PLAIN } = COPIED;
const LONGER = '{ mode: enforce, destination: cn-shanghai, retention: 60 }';

function fail(operation: string, code: string, { status = 400, skip = 0 } = {}): void {
  keeper.cloud.faults.add({ service: 'rds', operation, skip, times: 99, effect: 'none', reply: { kind: 'error', status, code, message: 'no' } });
}

function retentionNow(): number | undefined {
  return keeper.cloud.world.find(ONE)?.spec.crossRegion?.retentionDays;
}

test.each([
  { name: 'the feature', operation: 'DescribeCrossRegionBackupDBInstance', code: 'IncorrectDBInstanceEngine', verdict: 'not-correctable' },
  { name: 'an answer to where copies may go', operation: 'DescribeAvailableCrossRegion', code: 'SomethingNew', verdict: 'would-correct' },
])('a region without $name', async ({ operation, code, verdict }) => {
  keeper = await startCopied([PLAIN], policyOf('{ mode: enforce, destination: cn-shanghai, allowCost: true }'));
  fail(operation, code);

  const run = await keeper.verify({ dryRun: true });

  expect(verdictsOn(run, ONE)).toEqual([verdict, 'copies-at-risk']);
});

describe('a write', () => {
  test('that is refused: the reason in words, and the copies are verified', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    fail('ModifyInstanceCrossBackupPolicy', 'IncorrectHostType');

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['refused', 'copied']);
    expect(findingsOf(run)).toEqual(['cross-region-not-written']);
  });

  test('that is denied: the action to grant', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    fail('ModifyInstanceCrossBackupPolicy', 'Forbidden.RAM', { status: 403 });

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['denied', 'copied']);
    expect(run.summary.findings[0]?.message).toContain('rds:ModifyInstanceCrossBackupPolicy');
  });

  test('that cannot be read back: nobody claims that it worked', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    fail('DescribeInstanceCrossBackupPolicy', 'SomethingNew', { skip: 1 });

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['ambiguous', 'copied']);
    expect(run.summary.status).toBe('partial');
    expect(retentionNow()).toBe(60);
  });

  test('that failed and cannot be read back says both', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    fail('ModifyInstanceCrossBackupPolicy', 'IncorrectHostType');
    fail('DescribeInstanceCrossBackupPolicy', 'SomethingNew', { skip: 1 });

    const run = await keeper.verify();

    expect(run.verdicts[0]?.reason).toMatch(/the write failed .*IncorrectHostType.* could not be read back: .*SomethingNew/);
  });

  test('that the service takes and does not do is no success', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    const { ports } = keeper.openHouse();
    const deaf: typeof ports.gatewayOf = (target) => ({ ...ports.gatewayOf(target), writeCrossRegionSettings: () => Promise.resolve() });

    const run = await keeper.verify({ ports: { ...ports, gatewayOf: deaf } });

    expect(verdictsOn(run, ONE)).toEqual(['failed', 'copied']);
    expect(findingsOf(run)).toEqual(['cross-region-not-written']);
    expect(run.summary.findings[0]?.message).toContain('60 days');
  });
});

test.each([
  { name: 'the write', operation: 'ModifyInstanceCrossBackupPolicy', skip: 0 },
  { name: 'the look before it', operation: 'DescribeInstanceCrossBackupPolicy', skip: 0 },
  { name: 'the read-back', operation: 'DescribeInstanceCrossBackupPolicy', skip: 1 },
  { name: 'the destinations', operation: 'DescribeAvailableCrossRegion', skip: 0 },
  { name: 'the logs', operation: 'DescribeBinlogFiles', skip: 0 },
  { name: 'the copies', operation: 'DescribeCrossRegionBackups', skip: 0 },
])('credentials that end during $name end the run', async ({ operation, skip }) => {
  keeper = await startCopied([COPIED], policyOf(LONGER));
  fail(operation, 'InvalidAccessKeyId.NotFound', { status: 404, skip });

  await expect(keeper.verify()).rejects.toMatchObject({ code: 'credentials' });
});

describe('a plan', () => {
  test('is applied exactly, once', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    const plan = await keeper.plan('verify-cross-region');
    const installationId = (await keeper.house.ledger.meta())?.installationId ?? '';
    const file = planFileOf(plan, { installationId, instances: undefined });
    const apply = () => applyPlan({ file, policy: keeper.policy, deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000) }, keeper.openHouse().ports);

    const first = await apply();
    const second = await apply();

    expect(first).toMatchObject({ kind: 'applied', summary: { counts: { corrected: 1 } } });
    expect(second).toMatchObject({ kind: 'repeated' });
    expect(retentionNow()).toBe(60);
  });

  test('that does not have the change leaves the settings alone', async () => {
    keeper = await startCopied([COPIED], policyOf(LONGER));
    const verdicts: SlotVerdict[] = [];
    const asOf = keeper.clock.now();

    await runVerifyCrossRegion(
      {
        trigger: { type: 'cli', id: 'apply', time: asOf },
        asOf,
        dryRun: false,
        policy: keeper.policy,
        deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000),
        approved: { has: () => false },
      },
      keeper.openHouse().ports,
      { onVerdict: (verdict) => verdicts.push(verdict) },
    );

    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['not-in-plan', 'copied']);
    expect(retentionNow()).toBe(30);
  });
});

describe('instances that are named', () => {
  test('are looked at alone, and those that the policy leaves out are told so', async () => {
    keeper = await startCopied([COPIED, { ...COPIED, id: 'rm-out' }, { ...COPIED, id: 'rm-not' }], policyOf(ASKED, 'select: { exclude: [{ ids: [rm-out] }] }'));

    const run = await keeper.verify({ instances: [ONE, 'rm-out'] });

    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
    expect(verdictsOn(run, 'rm-out')).toEqual(['no-rule']);
    expect(verdictsOn(run, 'rm-not')).toEqual([]);
  });

  test('of which the policy asks nothing are told so', async () => {
    const policy = `timezone: UTC\nregions: [cn-hangzhou]\noverrides:\n  rm-two: { crossRegion: ${ASKED} }`;
    keeper = await startCopied([COPIED, { ...COPIED, id: 'rm-two' }], policy);

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['no-rule']);
    expect(verdictsOn(run, 'rm-two')).toEqual(['in-line', 'copied']);
  });
});

test('a policy that asks nothing of copies asks the service nothing about them', async () => {
  keeper = await startCopied([COPIED], 'timezone: UTC\nregions: [cn-hangzhou]');

  const run = await keeper.verify();

  expect(Object.keys(run.summary.apiCalls)).toEqual(['DescribeDBInstances']);
});

test('what runs out of time inside a page is handed on, with a verdict for each', async () => {
  const fleet = Array.from({ length: 16 }, (_each, at): FleetMember => ({ ...COPIED, id: `rm-${at}` }));
  keeper = await startCopied(fleet, policyOf(ASKED, 'limits: { crossRegionRatePerSecond: 1 }'));

  const run = await keeper.verify({ remainingMs: 30_000 });

  expect(run.summary.status).toBe('continued');
  expect(run.summary.counts['copied']).toBeGreaterThan(0);
  expect(run.summary.counts['deferred-throttled']).toBeGreaterThan(0);
  expect(Number(run.summary.counts['copied']) + Number(run.summary.counts['deferred-throttled'])).toBe(fleet.length);
});

test('where the service does not say where copies go, they are verified wherever they are', async () => {
  keeper = await startCopied([COPIED], policyOf('{ mode: audit }'));
  const { ports } = keeper.openHouse();
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const real = ports.gatewayOf(target);
    const listCrossRegionInstances: typeof real.listCrossRegionInstances = async function* () {
      for await (const page of real.listCrossRegionInstances()) yield page.map((each) => ({ ...each, destination: undefined, copiesLogs: false }));
    };
    return { ...real, listCrossRegionInstances };
  };

  const run = await keeper.verify({ ports: { ...ports, gatewayOf } });

  expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
  expect(run.summary.apiCalls['CheckCreateDdrDBInstance']).toBe(1);
});

test('without the wish to probe nobody is asked', async () => {
  keeper = await startCopied([COPIED], policyOf('{ destination: cn-shanghai, retention: 30, logs: true, probeEvery: never }'));

  const run = await keeper.verify();

  expect(run.summary.apiCalls['CheckCreateDdrDBInstance']).toBeUndefined();
  expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
});

test('copies of a released instance that cannot be listed for an outage are a finding', async () => {
  keeper = await startCopied();
  keeper.cloud.world.releaseInstance(ONE);
  fail('DescribeCrossRegionBackups', 'InternalError', { status: 500 });

  const run = await keeper.verify();

  expect(findingsOf(run)).toEqual(['copies-not-fully-read']);
});

test('the list of a region where no instance is left fails: one finding, and the rest is verified', async () => {
  keeper = await startCopied([COPIED], `timezone: UTC\nregions: [cn-hangzhou, cn-beijing]\ncrossRegion: ${ASKED}`);
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeCrossRegionBackupDBInstance',
    match: { RegionId: 'cn-beijing' },
    times: 99,
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' },
  });

  const run = await keeper.verify();

  expect(findingsOf(run)).toEqual(['shard-failed']);
  expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copied']);
});
