// Under the change limit the sets that expire soonest go first, wherever in the fleet they are; an applied plan does what it showed and nothing else.

import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, type Instant, plusMs } from '../../../lib/base/instant';
import type { SlotVerdict } from '../../../lib/domain/verdict';
import type { FleetMember } from '../../../lib/local/fleet';
import { runExtendExpiry } from '../../../lib/run/extend-expiry';
import type { ApprovedSteps, PlanStep } from '../../../lib/run/types';
import { EXPIRY, EXTENDED, MSSQL, makeExpiryWorld, policyOf, RULES, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

const LIMITED = policyOf(RULES, 'limits: { maxChangesPerRun: 2 }');
const inDays = (days: number): Instant => plusMs(world.keeper.clock.now(), days * DAY_MS);

/** Three instances in two regions, in the service's order; the last one listed has the set that expires first. */
async function startThree(): Promise<void> {
  const fleet: FleetMember[] = [
    { ...MSSQL, id: 'rm-a' },
    { ...MSSQL, id: 'rm-b', regionId: 'cn-shanghai' },
    { ...MSSQL, id: 'rm-c' },
  ];
  await world.startFleet(fleet, LIMITED);
  world.plant('rm-a', [
    { id: '1', expiresAt: inDays(9) },
    { id: '2', expiresAt: inDays(4) },
  ]);
  world.plant('rm-b', [{ id: '3', expiresAt: inDays(7) }]);
  world.plant('rm-c', [{ id: '4', expiresAt: inDays(2) }]);
}

test('the soonest go first, over all instances and regions; the next runs go on in that order', async () => {
  await startThree();

  const first = await world.keeper.extend();
  const second = await world.keeper.extend({ timer: 'second' });

  expect(verdictsOf(first)).toEqual({ 4: 'extended', 2: 'extended', 3: 'over-limit', 1: 'over-limit' });
  expect(first.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'too-many-changes', evidence: { limit: 2, left: 2 } }] });
  expect(first.verdicts.find(({ backupId }) => backupId === '1')?.reason).toContain('sets that expire sooner come first');
  expect(verdictsOf(second)).toEqual({ 4: 'left', 2: 'left', 3: 'extended', 1: 'extended' });
  expect([first, second].map(writes)).toEqual([2, 2]);
});

test('a plan shows the same choice', async () => {
  await startThree();

  const plan = await world.keeper.plan('extend-expiry');

  expect(plan.steps.map(({ instanceId }) => instanceId)).toEqual(['rm-a', 'rm-c']);
  expect(plan.steps.map((step) => (step.action === 'extend-expiry' ? step.backupId : ''))).toEqual(['2', '4']);
  expect(plan.summary.counts).toEqual({ 'would-extend': 2, 'over-limit': 2 });
});

test('sets that expire at the same time are taken in the order of instance and set', async () => {
  await world.start([{ id: '3' }, { id: '1' }, { id: '2' }], LIMITED);

  expect(verdictsOf(await world.keeper.extend())).toEqual({ 1: 'extended', 2: 'extended', 3: 'over-limit' });
});

test('a sweep that is short of time acts on what it has found, and says what it has not looked at', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `rm-${index}`);
  await world.startFleet(ids.map((id) => ({ ...MSSQL, id })));
  for (const id of ids) world.plant(id, [{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }]);
  const ports = world.keeper.openHouse().ports;
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const listBackupSets: typeof gateway.listBackupSets = async (...args) => {
      world.keeper.clock.advance(1_000);
      return gateway.listBackupSets(...args);
    };
    return { ...gateway, listBackupSets };
  };

  const run = await world.keeper.extend({ ports: { ...ports, gatewayOf }, remainingMs: 20_000 });

  expect(run.summary.status).toBe('continued');
  expect(run.summary.counts['extended']).toBeGreaterThanOrEqual(30);
  expect(run.verdicts.filter(({ verdict, backupId }) => verdict === 'deferred-throttled' && backupId === undefined)).not.toHaveLength(0);
});

describe('an applied plan', () => {
  async function apply(has: (step: PlanStep) => boolean): Promise<{ verdicts: Record<string, string>; asked: PlanStep[] }> {
    const { clock, policy } = world.keeper;
    const asked: PlanStep[] = [];
    const verdicts: SlotVerdict[] = [];
    const approved: ApprovedSteps = {
      has: (step) => {
        asked.push(step);
        return has(step);
      },
    };
    const asOf = clock.now();
    const request = {
      trigger: { type: 'cli' as const, id: 'apply', time: asOf },
      asOf,
      dryRun: false,
      policy,
      deadline: makeDeadline(clock, DAY_MS, 1_000),
      approved,
    };
    await runExtendExpiry(request, world.keeper.openHouse().ports, { onVerdict: (verdict) => verdicts.push(verdict) });
    return { verdicts: Object.fromEntries(verdicts.flatMap(({ backupId, verdict }) => (backupId === undefined ? [] : [[backupId, verdict]]))), asked };
  }

  test('asks for exactly the steps that the plan showed', async () => {
    await world.start([{ id: '1' }, { id: '2' }]);
    const plan = await world.keeper.plan('extend-expiry');
    const shown = plan.steps.map((step) => JSON.stringify(step));

    const { verdicts } = await apply((step) => shown.includes(JSON.stringify(step)));

    expect(verdicts).toEqual({ 1: 'extended', 2: 'extended' });
    expect(world.expiries()).toEqual({ 1: EXTENDED, 2: EXTENDED });
  });

  test('leaves what is due and not in it, and gives its place to what is', async () => {
    await world.start([{ id: '1' }, { id: '2' }, { id: '3' }], LIMITED);

    const { verdicts } = await apply((step) => step.action === 'extend-expiry' && step.backupId !== '1');

    expect(verdicts).toEqual({ 1: 'not-in-plan', 2: 'extended', 3: 'extended' });
    expect(world.expiries()).toMatchObject({ 1: EXPIRY });
  });

  test('asks again when the set has changed since the look', async () => {
    await world.start([{ id: '1' }]);
    let looks = 0;

    const { verdicts, asked } = await apply(() => {
      looks += 1;
      if (looks === 1) world.keeper.cloud.world.commit([{ kind: 'set-expiry', instanceId: 'rm-sql', backupId: '1', expiresAt: inDays(6) }]);
      return looks === 1;
    });

    expect(verdicts).toEqual({ 1: 'not-in-plan' });
    expect(asked.map((step) => (step.action === 'extend-expiry' ? step.before : ''))).toEqual(['2026-11-26T01:00:00Z', '2026-11-27T01:00:00Z']);
  });
});
