// A worker dies at every single step, before and after its effect: no slot ever has two backups, and nothing stays unknown.
import { type CrashPlan, makeCrashingWorker } from '../support/crash';
import { HOURLY, policyWith, startKeeper, type TestKeeper } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const FLEET = [{ id: 'rm-one', engine: 'MySQL' as const }];
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

async function startBeforeTick(): Promise<void> {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

/** How many steps an undisturbed tick takes: the crash points. */
async function stepsOfTick(): Promise<number> {
  await startBeforeTick();
  const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when: 'before' });
  await keeper.tick({ ports: worker.ports });
  await keeper.close();
  return worker.calls();
}

/** What the platform and the timers do after a crash: the delivery is repeated, later ticks come, reconcile runs. */
async function recover(): Promise<void> {
  await keeper.tick({ asOf: keeper.clock.now() });
  for (const time of ['02:05', '02:30', '03:30', '05:00']) {
    keeper.goTo(`2026-11-21T${time}:00Z`);
    await keeper.reconcile();
    await keeper.tick();
  }
  await keeper.reconcile({ timer: 'last' });
}

test('an undisturbed tick has steps to die at', async () => {
  expect(await stepsOfTick()).toBeGreaterThan(10);
});

describe.each(['before', 'after'] as const)('killed %s the effect of a step of the tick', (when) => {
  test('at every step: one backup at the most, and an end for every intent', async () => {
    const steps = await stepsOfTick();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= steps; atCall += 1) {
      await startBeforeTick();
      const plan: CrashPlan = { atCall, when };
      const worker = makeCrashingWorker(keeper.openHouse().ports, plan);
      await expect(keeper.tick({ ports: worker.ports })).rejects.toThrow();
      await recover();

      const starts = keeper.manualStarts('rm-one').length;
      const posture = (await keeper.house.ledger.getPostures('default/cn-hangzhou', ['rm-one'])).get('rm-one');
      outcomes.push(`${worker.diedAt()}: ${starts} backups, ${posture?.rules['daily']?.verdict?.verdict}, ${(await keeper.intents()).length} open`);
      await keeper.close();
    }

    expect(
      outcomes.filter((outcome) => !/: 1 backups, (already-done|adopted), 0 open$/.test(outcome) && !/: 0 backups, abandoned, 0 open$/.test(outcome)),
    ).toEqual([]);
    // Only a worker that died between marking the intent and the call leaves a slot without a backup: nobody can know whether it called.
    expect(outcomes.filter((outcome) => outcome.includes(': 0 backups')).every((outcome) => /advanceIntent|createBackup/.test(outcome))).toBe(true);
    await startBeforeTick();
  });
});

describe.each(['before', 'after'] as const)('killed %s the effect of a step of reconcile', (when) => {
  async function startBeforeReconcile(): Promise<void> {
    await startBeforeTick();
    await keeper.tick();
    keeper.goTo('2026-11-21T03:00:00Z');
  }

  test('at every step: the next reconcile finishes the work, and no set is lost or made twice', async () => {
    await startBeforeReconcile();
    const probe = makeCrashingWorker(keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when });
    await keeper.reconcile({ ports: probe.ports });
    await keeper.close();
    const outcomes: string[] = [];

    for (let atCall = 1; atCall <= probe.calls(); atCall += 1) {
      await startBeforeReconcile();
      const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall, when });
      await expect(keeper.reconcile({ ports: worker.ports })).rejects.toThrow();
      keeper.goTo('2026-11-21T03:10:00Z');
      await keeper.reconcile();
      await keeper.tick();

      const sets = await keeper.house.ledger.listSets('rm-one');
      outcomes.push(
        `${worker.diedAt()}: ${keeper.manualStarts('rm-one').length} backups, ${sets.map((set) => set.origin)}, ${(await keeper.intents()).length} open`,
      );
      await keeper.close();
    }

    expect(outcomes.filter((outcome) => !outcome.endsWith(': 1 backups, created, 0 open'))).toEqual([]);
    await startBeforeTick();
  });
});

test('a worker that dies again and again never makes a second backup', async () => {
  keeper = await startKeeper({ fleet: FLEET, policy: policyWith(HOURLY), start: '2026-11-21T00:59:00Z' });
  await keeper.tick();
  for (let hour = 1; hour <= 12; hour += 1) {
    keeper.goTo(`2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`);
    for (let delivery = 0; delivery < 4; delivery += 1) {
      const worker = makeCrashingWorker(keeper.openHouse().ports, {
        atCall: 4 + ((hour * 7 + delivery * 5) % 16),
        when: delivery % 2 === 0 ? 'before' : 'after',
      });
      await keeper.tick({ ports: worker.ports, asOf: keeper.clock.now(), timer: `delivery-${delivery}` }).catch(() => undefined);
      await keeper.reconcile({ timer: `reconcile-${delivery}` });
    }
    keeper.clock.advance(40 * 60_000);
    await keeper.reconcile();
  }

  const hours = keeper.manualStarts('rm-one').map((start) => start.slice(0, 13));
  expect(new Set(hours).size).toBe(hours.length);
  expect(hours.length).toBeGreaterThan(3);
});
