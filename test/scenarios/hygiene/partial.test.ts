// One failed item, of whatever kind, makes the run partial, is named, and all the others are done.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS } from '../../../lib/base/instant';
import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { SlotVerdict } from '../../../lib/domain/verdict';
import type { FleetMember } from '../../../lib/local/fleet';
import type { Fault } from '../../../lib/local/kinds';
import { applyPlan } from '../../../lib/run/apply';
import { planFileOf } from '../../../lib/run/plan-file';
import type { RunPorts } from '../../../lib/run/types';
import { startKeeper, type TestKeeper, type TestRun, verdictsOn } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, placeHold, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const TWO = 'rm-two';
const FLEET = [memberWithSets(14), memberWithSets(14, TWO, 201)];
const POLICY = policyOf(KEEP_TEN, WIDE, 'settings: { mode: enforce, dataRetention: 500, localLog: { hours: 24 } }');

const OUTAGE = { kind: 'html', status: 502 } as const;
const REFUSAL = { kind: 'error', status: 400, code: 'SomethingNew', message: 'No.' } as const;

function onOne(operation: string, reply: Fault['reply'], match: Fault['match'] = {}): Fault {
  return { service: 'rds', operation, match: { DBInstanceId: ONE, ...match }, times: 50, effect: 'none', reply };
}

function verdictsBySetting({ verdicts }: Pick<TestRun, 'verdicts'>): Readonly<Record<string, string>> {
  const ofSettings = verdicts.filter(({ rule, instanceId }) => rule === 'settings' && instanceId === ONE);
  return Object.fromEntries(ofSettings.map(({ reason, verdict }) => [reason.split(' ')[0], verdict]));
}

function settingsOf(run: TestRun, instanceId: string): string[] {
  return run.verdicts.filter((verdict) => verdict.instanceId === instanceId && verdict.rule === 'settings').map(({ verdict }) => verdict);
}

describe('a settings write', () => {
  test.each<{ name: string; reply: Fault['reply']; onSettings: readonly string[] }>([
    { name: 'is refused for a reason that no document names: the other mode is written', reply: REFUSAL, onSettings: ['refused', 'corrected'] },
    { name: 'is not answered: the other mode waits, as nobody knows what became of it', reply: OUTAGE, onSettings: ['unreachable', 'waiting'] },
  ])('$name, the sets and the other instance are looked after', async ({ reply, onSettings }) => {
    keeper = await startOwner(FLEET, POLICY);
    keeper.cloud.faults.add(onOne('ModifyBackupPolicy', reply, { BackupPolicyMode: 'DataBackupPolicy' }));

    const run = await keeper.hygiene();

    expect(run.summary.status).toBe('partial');
    expect(settingsOf(run, ONE)).toEqual(onSettings);
    expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'settings-not-written', severity: 'error', instanceId: ONE }));
    expect(settingsOf(run, TWO)).toEqual(['corrected', 'corrected']);
    expect(run.summary.counts).toMatchObject({ marked: 8 });
  });

  test('fails in the second mode: the first one stands', async () => {
    keeper = await startOwner(FLEET, POLICY);
    keeper.cloud.faults.add(onOne('ModifyBackupPolicy', REFUSAL, { BackupPolicyMode: 'LogBackupPolicy' }));

    const run = await keeper.hygiene();

    expect(run.summary.status).toBe('partial');
    expect(settingsOf(run, ONE)).toEqual(['corrected', 'refused']);
    expect(keeper.cloud.world.find(ONE)?.spec.settings).toMatchObject({ retentionDays: 500, localLogHours: 18 });
  });
});

describe('a settings write that cannot be read back', () => {
  const DRIFTED: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 7, logRetentionDays: 7 } };

  /** Fails the reading after the write. */
  async function runWithoutReadBack(): Promise<TestRun> {
    const { ports } = keeper.openHouse();
    let reads = 0;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      const readSettings: typeof gateway.readSettings = async (instanceId) => {
        if (instanceId === ONE) reads += 1;
        if (instanceId === ONE && reads === 3) throw new AmbiguousError('no answer in time', { operation: 'DescribeBackupPolicy', target: instanceId });
        return gateway.readSettings(instanceId);
      };
      return { ...gateway, readSettings };
    };
    return keeper.hygiene({ ports: { ...ports, gatewayOf } });
  }

  test('is ambiguous, and the next run sees what became of it', async () => {
    keeper = await startKeeper({
      fleet: [DRIFTED, { ...DRIFTED, id: TWO }],
      policy: policyOf('settings: { mode: enforce, dataRetention: 14, logRetention: 14 }'),
    });

    const run = await runWithoutReadBack();
    keeper.clock.advance(HOUR_MS);
    const again = await keeper.hygiene();

    expect(run.summary.status).toBe('partial');
    expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'ambiguous', logRetentionDays: 'waiting' });
    expect(settingsOf(run, TWO)).toEqual(['corrected', 'corrected']);
    expect(verdictsBySetting(again)).toEqual({ logRetentionDays: 'corrected' });
  });

  test('and was refused before: the refusal is what is said', async () => {
    keeper = await startKeeper({ fleet: [DRIFTED], policy: policyOf('settings: { mode: enforce, dataRetention: 14 }') });
    keeper.cloud.faults.add(onOne('ModifyBackupPolicy', REFUSAL));

    const run = await runWithoutReadBack();

    expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'refused' });
    expect(run.summary.status).toBe('partial');
  });
});

test('more changes than a run may make: the limit is kept, what is left over is said, in the plan as in the run', async () => {
  const policy = policyOf('settings: { mode: enforce, dataRetention: 500 }', 'limits: { maxChangesPerRun: 1 }');
  keeper = await startOwner([memberWithSets(1), memberWithSets(1, TWO, 201)], policy);

  const plan = await keeper.plan('retention-hygiene');
  const run = await keeper.hygiene();

  expect(plan.steps).toHaveLength(1);
  expect(plan.summary.counts).toMatchObject({ 'would-correct': 1, 'over-limit': 1 });
  expect(run.summary).toMatchObject({ status: 'partial', counts: { corrected: 1, 'over-limit': 1 } });
  expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'too-many-changes' }));
});

test('a destructive change is braked: what destroys nothing is written all the same, in both modes', async () => {
  const long: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 60, logRetentionDays: 7 } };
  const wishes = 'settings: { mode: enforce, allowDestructive: true, dataRetention: 14, releasedKeep: all, localLog: { hours: 24 } }';
  const policy = policyOf(wishes, 'limits: { maxDestructiveChangesPerDay: 1 }');
  keeper = await startKeeper({ fleet: [{ ...long, id: TWO }, long], policy });
  await keeper.hygiene({ instances: [TWO], timer: 'first' });

  const run = await keeper.hygiene({ instances: [ONE] });

  expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'braked', releasedKeep: 'corrected', localLogHours: 'corrected' });
  expect(run.summary).toMatchObject({ status: 'partial', findingsTotal: 1, findings: [{ rule: 'settings-braked', instanceId: ONE }] });
  expect(keeper.cloud.world.find(ONE)?.spec.settings).toMatchObject({ retentionDays: 60, releasedKeep: 'All', localLogHours: 24 });
});

test('the sets of an instance cannot be listed: what would drop some of them is not written, everything else is', async () => {
  const long: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 60, logRetentionDays: 7 } };
  const policy = policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14, releasedKeep: all }');
  keeper = await startKeeper({ fleet: [long, { ...long, id: TWO }], policy });
  keeper.cloud.faults.add(onOne('DescribeBackups', OUTAGE));

  const run = await keeper.hygiene();

  expect(run.summary.status).toBe('partial');
  expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'drifted', releasedKeep: 'corrected' });
  expect(run.verdicts.find(({ reason }) => reason.startsWith('dataRetentionDays'))?.reason).toContain('nobody knows what it would drop');
  expect(settingsOf(run, TWO)).toEqual(['corrected', 'corrected']);
});

test('credentials that are refused at the write stop the run: it has failed, and nothing was claimed', async () => {
  keeper = await startOwner([memberWithSets(1)], policyOf('settings: { mode: enforce, dataRetention: 500 }'));
  keeper.cloud.faults.add(onOne('ModifyBackupPolicy', { kind: 'error', status: 404, code: 'InvalidAccessKeyId.NotFound', message: 'No.' }));

  await expect(keeper.hygiene()).rejects.toMatchObject({ summary: { status: 'failed', counts: {} } });
  expect(keeper.cloud.world.find(ONE)?.spec.settings).toMatchObject({ retentionDays: 400 });
});

describe('one value that cannot be had', () => {
  const FAR: FleetMember = { id: ONE, engine: 'SQLServer', crossRegion: { destination: 'cn-shanghai' }, history: { days: 0 } };
  const WISHES = 'settings: { mode: enforce, dataRetention: 14, method: snapshot, logFrequency: every-30-minutes, localLog: { hours: 24 } }';

  test('does not keep the others from being corrected, of its own write and of the next', async () => {
    keeper = await startKeeper({ fleet: [FAR], policy: policyOf(WISHES) });

    const run = await keeper.hygiene();
    keeper.clock.advance(HOUR_MS);
    const again = await keeper.hygiene();

    expect(verdictsBySetting(run)).toEqual({
      dataRetentionDays: 'corrected',
      method: 'not-correctable',
      logFrequency: 'corrected',
      localLogHours: 'corrected',
    });
    expect(run.summary).toMatchObject({ status: 'partial', findingsTotal: 1, findings: [{ id: `settings-not-written:${ONE}:method` }] });
    expect(keeper.cloud.world.find(ONE)?.spec.settings).toMatchObject({
      retentionDays: 14,
      method: 'Physical',
      logFrequency: 'LogInterval',
      localLogHours: 24,
    });
    expect(verdictsBySetting(again)).toEqual({ method: 'not-correctable' });
    expect(again.summary.apiCalls['ModifyBackupPolicy']).toBe(1);
  });

  test('takes along what goes only with it', async () => {
    keeper = await startKeeper({ fleet: [FAR], policy: policyOf(WISHES.replace('localLog: { hours: 24 }', 'snapshotInterval: 60')) });

    const run = await keeper.hygiene();

    expect(verdictsBySetting(run)).toEqual({
      dataRetentionDays: 'corrected',
      method: 'not-correctable',
      snapshotInterval: 'not-correctable',
      logFrequency: 'corrected',
    });
  });

  test('is said of the whole instance where no value is taken: each is tried once, and the run goes on', async () => {
    const huge: FleetMember = { id: ONE, engine: 'SQLServer', storageGb: 5_000, history: { days: 0 } };
    keeper = await startKeeper({
      fleet: [huge],
      policy: policyOf('settings: { mode: enforce, dataRetention: 14, releasedKeep: all, localLog: { hours: 24 } }'),
    });

    const run = await keeper.hygiene();

    expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'not-correctable', releasedKeep: 'not-correctable', localLogHours: 'corrected' });
    expect(run.summary.apiCalls['ModifyBackupPolicy']).toBe(4);
  });

  test('and another whose call is not answered: what is left waits', async () => {
    keeper = await startKeeper({ fleet: [FAR], policy: policyOf(WISHES) });
    const { ports } = keeper.openHouse();
    let writes = 0;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      const writeSettings: typeof gateway.writeSettings = async (...args) => {
        writes += 1;
        if (writes === 2) throw new AmbiguousError('no answer in time', { operation: 'ModifyBackupPolicy', target: ONE });
        return gateway.writeSettings(...args);
      };
      return { ...gateway, writeSettings };
    };

    const run = await keeper.hygiene({ ports: { ...ports, gatewayOf } });

    expect(verdictsBySetting(run)).toEqual({ dataRetentionDays: 'unreachable', method: 'waiting', logFrequency: 'waiting', localLogHours: 'waiting' });
  });

  test('in a plan that is applied is the end of it: what the plan does not have is not done', async () => {
    keeper = await startKeeper({ fleet: [FAR], policy: policyOf(WISHES) });
    const plan = await keeper.plan('retention-hygiene');
    const file = planFileOf(plan, { installationId: (await keeper.house.ledger.meta())?.installationId ?? '', instances: undefined });
    const verdicts: SlotVerdict[] = [];
    const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);

    await applyPlan({ file, policy: keeper.policy, deadline }, keeper.openHouse().ports, { onVerdict: (verdict) => verdicts.push(verdict) });

    expect(verdictsBySetting({ verdicts })).toEqual({
      dataRetentionDays: 'not-correctable',
      method: 'not-correctable',
      logFrequency: 'not-correctable',
      localLogHours: 'waiting',
    });
  });
});

test('the settings of one instance cannot be read: its sets cannot be judged, the other instance is done', async () => {
  keeper = await startOwner(FLEET, POLICY);
  keeper.cloud.faults.add(onOne('DescribeBackupPolicy', OUTAGE));

  const run = await keeper.hygiene();

  expect(run.summary.status).toBe('partial');
  expect(settingsOf(run, ONE)).toEqual(['unreachable']);
  expect(verdictsOn(run, ONE).filter((verdict) => verdict === 'marked')).toEqual([]);
  expect(settingsOf(run, TWO)).toEqual(['corrected', 'corrected']);
  expect(await marksOf(keeper, TWO)).toHaveLength(4);
});

test('the marks of one instance cannot be written, as others keep winning its row: said so, and the other instance is marked', async () => {
  keeper = await startOwner(FLEET, policyOf(KEEP_TEN, WIDE));

  const run = await keeper.hygiene({ ports: losingOn(ONE) });

  expect(verdictsOn(run, ONE)).toEqual(['deferred-throttled', 'no-rule']);
  expect(await marksOf(keeper)).toEqual([]);
  expect(await marksOf(keeper, TWO)).toHaveLength(4);
});

test('one set is refused and one is held meanwhile: every other set of both instances goes', async () => {
  keeper = await startOwner(FLEET, policyOf(KEEP_TEN, WIDE));
  await keeper.hygiene();
  nextDay(keeper);
  const refused = { kind: 'error', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport', message: 'No.' } as const;
  keeper.cloud.faults.add(onOne('DeleteBackup', refused, { BackupId: '111,112,114' }));
  keeper.cloud.faults.add(onOne('DeleteBackup', refused, { BackupId: '112' }));
  await placeHold(keeper, { kind: 'set', backupId: '113' });

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { purged: 6, refused: 1 } });
  expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'set-not-purged', instanceId: ONE, evidence: { backupId: '112' } }));
  expect(keeper.manualSets(ONE)).toHaveLength(12);
  expect(keeper.manualSets(TWO)).toHaveLength(10);
});

/** A worker that never wins the guard row of this instance. */
function losingOn(instanceId: string): RunPorts {
  const { ports } = keeper.openHouse();
  const { ledger } = ports;
  return {
    ...ports,
    ledger: { ...ledger, putGuard: async (current, next) => (next.instanceId === instanceId ? undefined : ledger.putGuard(current, next)) },
  };
}
