// Others act while settings are being kept: holds are placed, people change values, workers freeze, calls are throttled. Nothing of theirs is undone or lost.
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { Correction } from '../../../lib/domain/guard';
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { interruptWorker } from '../../support/steps';
import { holdNow, ONE, policyOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type Settings = NonNullable<FleetMember['settings']>;

const SHORT: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 7, logRetentionDays: 7 } };
const LONG: FleetMember = { id: ONE, engine: 'MySQL', settings: { retentionDays: 60, logRetentionDays: 7 }, history: { days: 40 } };
const ENFORCE_14 = policyOf('settings: { mode: enforce, dataRetention: 14 }');
const SHORTEN = policyOf('settings: { mode: enforce, allowDestructive: true, dataRetention: 14 }');

function settingsNow(): NonNullable<ReturnType<TestKeeper['cloud']['world']['find']>>['spec']['settings'] {
  const found = keeper.cloud.world.find(ONE);
  if (found === undefined) throw new Error('no instance');
  return found.spec.settings;
}

function somebodySets(change: Settings): void {
  keeper.cloud.world.changeInstance(ONE, { settings: { ...settingsNow(), ...change } });
}

async function correctionsNow(): Promise<readonly Correction[]> {
  const [guard] = await keeper.house.ledger.getGuards([ONE]);
  return guard?.corrections ?? [];
}

test('a hold that is placed at any step of a change that would drop its set either keeps the set or is refused', async () => {
  const outcomes: string[] = [];
  for (let atCall = 1, isOver = false; !isOver; atCall += 1) {
    keeper = await startKeeper({ fleet: [LONG], policy: SHORTEN });
    const oldest = keeper.cloud.world.find(ONE)?.sets[0]?.id ?? '';
    let outcome = 'placed';
    const happen = async (): Promise<void> => {
      await holdNow(keeper, { kind: 'set', backupId: oldest }).catch((error: { code?: string }) => {
        outcome = String(error.code);
      });
    };
    const worker = interruptWorker(keeper.openHouse().ports, { at: atCall, when: 'before', happen });
    await keeper.hygiene({ ports: worker.ports });
    isOver = worker.happenedAt() === undefined;
    if (!isOver) outcomes.push(`${worker.happenedAt()}: ${outcome}, ${settingsNow().retentionDays} days`);
    await keeper.close();
  }

  expect(outcomes.filter((each) => each.endsWith('placed, 14 days'))).toEqual([]);
  expect(outcomes.filter((each) => each.endsWith('placed, 60 days')).length).toBeGreaterThan(5);
  expect(outcomes.find((each) => each.startsWith('rds.writeSettings'))).toMatch(/: settings-being-changed, 14 days$/);
});

test('a worker that freezes between the look and the write does not put back what somebody has changed meanwhile', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });
  const { ports } = keeper.openHouse();
  let isFrozen = false;
  const putGuard: typeof ports.ledger.putGuard = async (current, next) => {
    const stored = await ports.ledger.putGuard(current, next);
    if (!isFrozen) {
      keeper.clock.advance(3 * HOUR_MS);
      somebodySets({ days: ['Monday', 'Thursday'] });
    }
    isFrozen = true;
    return stored;
  };

  const run = await keeper.hygiene({ ports: { ...ports, ledger: { ...ports.ledger, putGuard } } });

  expect(settingsNow().days).toEqual(['Monday', 'Thursday']);
  expect(run.summary.apiCalls['ModifyBackupPolicy']).toBeUndefined();
  expect(run.summary.counts).toMatchObject({ 'deferred-throttled': 1 });
  expect(await correctionsNow()).toEqual([]);
});

test('the second of two writes carries what the service showed after the first one', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: policyOf('settings: { mode: enforce, dataRetention: 30, logRetention: 20 }') });
  const { ports } = keeper.openHouse();
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const writeSettings: typeof gateway.writeSettings = async (...args) => {
      await gateway.writeSettings(...args);
      if (args[1].mode === 'data') somebodySets({ localLogHours: 99 });
    };
    return { ...gateway, writeSettings };
  };

  await keeper.hygiene({ ports: { ...ports, gatewayOf } });

  expect(settingsNow()).toMatchObject({ retentionDays: 30, logRetentionDays: 20, localLogHours: 99 });
});

test.each<{ name: string; reply: { kind: 'throttle' } | { kind: 'reset' } }>([
  { name: 'throttled', reply: { kind: 'throttle' } },
  { name: 'lost without an effect', reply: { kind: 'reset' } },
])('writes that were $name are no corrections, so nobody is said to fight over them', async ({ reply }) => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });

  for (let round = 0; round < 3; round += 1) {
    keeper.cloud.faults.add({ service: 'rds', operation: 'ModifyBackupPolicy', times: 9, effect: 'none', reply });
    await keeper.hygiene();
    keeper.cloud.faults.clear();
    keeper.clock.advance(HOUR_MS);
  }
  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ corrected: 1 });
  expect(await correctionsNow()).toHaveLength(1);
});

test('a hold can be placed again once the change is over', async () => {
  keeper = await startKeeper({ fleet: [LONG], policy: SHORTEN });
  await keeper.hygiene();
  await expect(holdNow(keeper, { kind: 'instance' })).rejects.toMatchObject({ code: 'settings-being-changed' });

  keeper.clock.advance(26 * MINUTE_MS);

  expect((await holdNow(keeper, { kind: 'instance' })).wasStanding).toBe(false);
});

test('of two runs at once one corrects, and the other leaves it to them: one correction is counted', async () => {
  keeper = await startKeeper({ fleet: [SHORT], policy: ENFORCE_14 });

  const runs = await Promise.all(['a', 'b'].map((timer) => keeper.hygiene({ timer })));

  expect(runs.map(({ summary }) => summary.status)).toEqual(['succeeded', 'succeeded']);
  expect(settingsNow().retentionDays).toBe(14);
  expect(await correctionsNow()).toHaveLength(1);
});
