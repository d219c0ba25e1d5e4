// An instance's own settings stay as agreed: drift is found, corrected where it may be, and believed only when it reads back.
import { HOUR_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';
import { ONE, placeHold, policyOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type Settings = NonNullable<FleetMember['settings']>;

const SHORT: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 7, logRetentionDays: 7 } };
const ENFORCE_14 = policyOf('settings: { mode: enforce, dataRetention: 14 }');

function settingsNow(): NonNullable<ReturnType<TestKeeper['cloud']['world']['find']>>['spec']['settings'] {
  const found = keeper.cloud.world.find(ONE);
  if (found === undefined) throw new Error('no instance');
  return found.spec.settings;
}

function somebodySets(change: Settings): void {
  keeper.cloud.world.changeInstance(ONE, { settings: { ...settingsNow(), ...change } });
}

/** The verdicts on the settings of the one instance. */
function onSettings(run: TestRun): string[] {
  return run.verdicts.filter(({ rule }) => rule === 'settings').map(({ verdict }) => verdict);
}

function rulesOf(run: TestRun): string[] {
  return run.summary.findings.map(({ rule }) => rule);
}

test('in audit drift is reported with before and after, and nothing is written', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: policyOf('settings: { dataRetention: 14 }') });

  const run = await keeper.hygiene();

  expect(onSettings(run)).toEqual(['drifted']);
  expect(rulesOf(run)).toEqual(['settings-drifted']);
  expect(run.summary.apiCalls['ModifyBackupPolicy']).toBeUndefined();
});

test('enforced, the drifting setting is written with all others as they were, and reads back', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  const before = settingsNow();

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { corrected: 1 }, apiCalls: { ModifyBackupPolicy: 1 } });
  expect(settingsNow()).toEqual({ ...before, retentionDays: 14 });
});

test('a second run finds everything in line and writes nothing', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  await keeper.hygiene();
  keeper.clock.advance(HOUR_MS);

  const run = await keeper.hygiene();

  expect(onSettings(run)).toEqual(['in-line']);
  expect(run.summary.apiCalls['ModifyBackupPolicy']).toBeUndefined();
});

test('both modes are written in an order in which log retention never exceeds data retention', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: policyOf('settings: { mode: enforce, dataRetention: 30, logRetention: 20 }') });

  const run = await keeper.hygiene();

  expect(onSettings(run)).toEqual(['corrected', 'corrected']);
  expect(settingsNow()).toMatchObject({ retentionDays: 30, logRetentionDays: 20 });
});

test('an advanced policy cannot be changed by the API: said so, with the remedy, and the run goes on', async () => {
  const advanced: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 7, advancedPolicy: true } };
  keeper = await startKeeper({ fleet: [advanced, { ...SHORT, id: 'rm-two' }], policy: ENFORCE_14 });

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ 'not-correctable': 1, corrected: 1 });
  expect(run.summary.findings).toContainEqual(expect.objectContaining({ instanceId: ONE, remedy: expect.stringContaining('console') }));
});

test('a lost answer to a write that took effect is no failure', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  keeper.cloud.faults.add({ service: 'rds', operation: 'ModifyBackupPolicy', effect: 'applied', reply: { kind: 'reset' } });

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { corrected: 1 } });
});

test('a write that is answered and not carried out is a failure: the old value reads back', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  const { ports } = keeper.openHouse();

  const run = await keeper.hygiene({ ports: { ...ports, gatewayOf: (target) => ({ ...ports.gatewayOf(target), writeSettings: async () => undefined }) } });

  expect(run.summary).toMatchObject({ status: 'partial', counts: { failed: 1 } });
  expect(rulesOf(run)).toContain('settings-read-back-differs');
});

test('what somebody changes between the look and the write is not put back', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  const { ports } = keeper.openHouse();
  let reads = 0;
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const readSettings: typeof gateway.readSettings = async (instanceId) => {
      reads += 1;
      if (reads === 2) somebodySets({ days: ['Monday', 'Thursday'] });
      return gateway.readSettings(instanceId);
    };
    return { ...gateway, readSettings };
  };

  await keeper.hygiene({ ports: { ...ports, gatewayOf } });

  expect(settingsNow()).toMatchObject({ retentionDays: 14, days: ['Monday', 'Thursday'] });
});

test('somebody who changes it back again and again: after three corrections enforcement pauses, and a finding says so', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  const verdicts: string[][] = [];

  for (let round = 0; round < 4; round += 1) {
    const run = await keeper.hygiene();
    verdicts.push(onSettings(run));
    if (round === 3) expect(rulesOf(run)).toContain('settings-fight');
    somebodySets({ retentionDays: 7 });
    keeper.clock.advance(HOUR_MS);
  }

  expect(verdicts).toEqual([['corrected'], ['corrected'], ['corrected'], ['paused']]);
});

describe('what makes the service drop backups', () => {
  const LONG: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 60, logRetentionDays: 7 }, history: { days: 40 } };

  test('is only reported, as destructive, unless the policy allows it', async () => {
    keeper = await startKeeper({ fleet: [LONG], policy: ENFORCE_14 });

    const run = await keeper.hygiene();

    expect(onSettings(run)).toEqual(['drifted']);
    expect(settingsNow().retentionDays).toBe(60);
    expect(run.verdicts[0]?.reason).toContain('dataRetentionDays 60 days → 14 days (destructive): held back');
    expect(run.summary.findings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('(destructive)'), evidence: expect.objectContaining({ isDestructive: true }) }),
    ]);
  });

  test('is shown as destructive in audit too', async () => {
    keeper = await startKeeper({ fleet: [LONG], policy: policyOf('settings: { dataRetention: 14 }') });

    const run = await keeper.hygiene();

    expect(run.verdicts[0]?.reason).toContain('dataRetentionDays 60 days → 14 days (destructive): audit mode');
    expect(run.summary.findings[0]?.message).toContain('(destructive)');
  });

  test('is written where the policy allows it', async () => {
    keeper = await startKeeper({ fleet: [LONG], policy: policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14 }') });

    const run = await keeper.hygiene();

    expect(onSettings(run)).toEqual(['corrected']);
    expect(settingsNow().retentionDays).toBe(14);
    expect(run.verdicts[0]?.reason).toContain('(destructive): the policy wants 14 days; destructive: automatic backups older than that are dropped');
  });

  test('is refused even so when it would drop a held set', async () => {
    keeper = await startKeeper({ fleet: [LONG], policy: policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14 }') });
    const oldest = keeper.cloud.world.find(ONE)?.sets[0]?.id ?? '';
    await placeHold(keeper, { kind: 'set', backupId: oldest });

    const run = await keeper.hygiene();

    expect(onSettings(run)).toEqual(['drifted']);
    expect(run.verdicts.find(({ rule }) => rule === 'settings')?.reason).toContain(oldest);
    expect(settingsNow().retentionDays).toBe(60);
  });

  test('is under the brakes of the policy', async () => {
    const policy = policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14 }', 'limits: { maxDestructiveChangesPerDay: 1 }');
    keeper = await startKeeper({ fleet: [LONG, { ...LONG, id: 'rm-two' }], policy });

    const run = await keeper.hygiene();

    expect(run.summary).toMatchObject({ status: 'partial', counts: { corrected: 1, braked: 1 } });
  });

  test('is marked as destructive in the plan', async () => {
    keeper = await startKeeper({ fleet: [LONG], policy: policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14 }') });

    const plan = await keeper.plan('retention-hygiene');

    expect(plan.steps).toEqual([
      expect.objectContaining({
        action: 'change-settings',
        isDestructive: true,
        before: { dataRetentionDays: '60 days' },
        after: { dataRetentionDays: '14 days' },
      }),
    ]);
  });
});

test('the time of backup is changed only inside the allowed window', async () => {
  const policy = policyOf('settings: { mode: enforce, backupWindow: "03:00", changeTimeDuring: [{ from: "02:00", to: "04:00" }] }');
  keeper = await startKeeper({ fleet: [SHORT], policy, start: '2026-11-21T01:00:00Z' });

  const early = await keeper.hygiene();
  keeper.goTo('2026-11-21T02:30:00Z');
  const inside = await keeper.hygiene();

  expect(onSettings(early)).toEqual(['waiting']);
  expect(onSettings(inside)).toEqual(['corrected']);
});

test('an instance that is not running waits', async () => {
  keeper = await startKeeper({ fleet: [{ ...SHORT, status: 'Stopped' }], policy: ENFORCE_14 });

  const run = await keeper.hygiene();

  expect(onSettings(run)).toEqual(['waiting']);
});

test('without the permission to write: denied, with the action to grant', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'ModifyBackupPolicy',
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' },
  });

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { denied: 1 } });
  expect(run.summary.findings[0]?.message).toContain('rds:ModifyBackupPolicy');
});

test('settings that cannot be read are a verdict, and nothing is written', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeBackupPolicy', times: 50, effect: 'none', reply: { kind: 'html', status: 502 } });

  const run = await keeper.hygiene();

  expect(run.summary.status).toBe('partial');
  expect(onSettings(run)).toEqual(['unreachable']);
});
