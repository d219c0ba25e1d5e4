// Rare turns: policies and instances that change under a release, lost answers, and workers that overtake each other.
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import { releaseKey } from '../../../lib/policy/release/identity';
import { readRelease } from '../../../lib/run/release/run';
import type { RunPorts } from '../../../lib/run/types';
import type { TestKeeper } from '../../support/keeper';
import { interruptWorker } from '../../support/steps';
import { check, deliver, holdsOf, MYSQL, openTasks, pass, RELEASE, SOURCE, start, startGate, wishOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const KEY = releaseKey(SOURCE, RELEASE);
const FRESH = { ...MYSQL, history: { days: 0, manualSets: [{ id: '101', agoMs: 30 * MINUTE_MS }] } };

function interruptedBefore(call: string, happen: () => Promise<unknown>): RunPorts {
  return interruptWorker(keeper.openHouse().ports, { at: { call, nth: 1 }, when: 'before', happen: async () => void (await happen()) }).ports;
}

/** The keeper's own ledger and gateways, with another answer to the question for the instance. */
function instanceIs(answer: 'gone' | 'of an unknown engine'): RunPorts {
  const { ports } = keeper.house;
  return {
    ...ports,
    gatewayOf: (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        findInstance: async (id, query) => {
          const instance = await gateway.findInstance(id, query);
          return answer === 'gone' || instance === undefined ? undefined : { ...instance, engine: 'other' };
        },
      };
    },
  };
}

test('the answer can be read from the ledger alone', async () => {
  keeper = await startGate([FRESH]);
  const { ledger, clock } = { ledger: keeper.house.ledger, clock: keeper.clock };
  const unknown = await readRelease(ledger, SOURCE, RELEASE, clock.now());
  const { receipt } = await start(keeper);

  expect(unknown).toBeUndefined();
  expect(await readRelease(ledger, SOURCE, RELEASE, clock.now())).toEqual(receipt);
});

describe('a release fails when', () => {
  test('the policy no longer names its region', async () => {
    keeper = await startGate();
    await start(keeper);

    const { receipt } = await check(keeper, 'check', { policy: { ...keeper.policy, regions: ['cn-shanghai'] } });

    expect(receipt).toMatchObject({ status: 'failed', reason: 'rm-one: the policy no longer names account default in cn-hangzhou' });
  });

  test('it does so when the set is to be held', async () => {
    keeper = await startGate([FRESH]);
    await start(keeper, {}, { ports: { ...keeper.house.ports, ledger: { ...keeper.house.ledger, putGuard: async () => undefined } } });

    const { receipt } = await check(keeper, 'check', { policy: { ...keeper.policy, regions: ['cn-shanghai'] } });

    expect(receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('no longer names') });
  });

  test('the policy leaves its instance out', async () => {
    keeper = await startGate();
    await start(keeper);

    const select = { ...keeper.policy.select, ids: ['rm-two'] };
    const { receipt } = await check(keeper, 'check', { policy: { ...keeper.policy, select } });

    expect(receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('leaves this instance out') });
  });

  test('its instance is gone', async () => {
    keeper = await startGate();
    await start(keeper);

    expect((await check(keeper, 'check', { ports: instanceIs('gone') })).receipt).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('knows no such instance'),
    });
  });
});

test('an engine that nobody knows is refused before anything is written', async () => {
  keeper = await startGate();

  const request = { action: 'start', wish: wishOf() } as const;
  await expect(deliver(keeper, request, { ports: instanceIs('of an unknown engine') })).rejects.toMatchObject({ code: 'engine-unknown' });
  expect(await openTasks(keeper)).toEqual([]);
});

test('a lost answer to CreateBackup: nothing is sent again, and asking alone finds out', async () => {
  keeper = await startGate();
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'reset' } });

  const asked = await start(keeper);
  keeper.clock.advance(25 * MINUTE_MS);
  const unsure = await check(keeper);
  keeper.clock.advance(5 * MINUTE_MS);
  const found = await check(keeper);

  expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('nothing is sent again') });
  expect(unsure.receipt.status).toBe('pending');
  expect(found.receipt).toMatchObject({ status: 'passed', attempt: 1, instances: [{ reused: false }] });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a lost backup that nobody finds fails the attempt', async () => {
  keeper = await startGate();
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'none', reply: { kind: 'reset' } });
  await start(keeper);

  await pass(keeper, 50);

  expect((await check(keeper, 'status')).receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('never took effect') });
  expect((await start(keeper)).receipt).toMatchObject({ status: 'pending', attempt: 2 });
});

test('a dry run of reconcile leaves releases as they are', async () => {
  keeper = await startGate();
  await start(keeper);
  keeper.clock.advance(10 * MINUTE_MS);

  await keeper.reconcile({ dryRun: true });

  expect((await check(keeper, 'status')).receipt.status).toBe('pending');
});

test('reconcile that is out of time leaves the rest to the next one', async () => {
  keeper = await startGate();
  await start(keeper, {}, { isNear: () => true });

  const run = await keeper.reconcile({ remainingMs: 0 });

  expect(run.summary.status).toBe('continued');
  expect(await openTasks(keeper)).toHaveLength(1);
});

describe('overtaken', () => {
  test('while it opens: the other door has opened it, or has asked for something else', async () => {
    keeper = await startGate();
    const ports = interruptedBefore('ledger.putRelease', () => start(keeper));
    const { receipt } = await start(keeper, {}, { ports });
    const other = interruptedBefore('ledger.putRelease', () => start(keeper, { release: 'v2' }));

    expect(receipt).toMatchObject({ status: 'pending', attempt: 1 });
    await expect(start(keeper, { release: 'v2', freshForMs: 0 }, { ports: other })).rejects.toMatchObject({ code: 'release-differs' });
    expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  });

  test('while it advances: the other has ended it, and its word stands', async () => {
    keeper = await startGate();
    await start(keeper);
    keeper.clock.advance(10 * MINUTE_MS);

    const { receipt } = await check(keeper, 'check', { ports: interruptedBefore('ledger.putRelease', () => check(keeper)) });

    expect(receipt).toMatchObject({ status: 'passed', attempt: 1 });
    expect(await holdsOf(keeper)).toHaveLength(1);
    expect(await openTasks(keeper)).toEqual([]);
  });

  test('by a new attempt: nothing of the old one keeps waiting', async () => {
    keeper = await startGate([{ ...MYSQL, status: 'Stopped' }]);
    await start(keeper, {}, { isNear: () => true });
    const next = async (): Promise<void> => {
      const release = await keeper.house.ledger.getRelease(KEY);
      if (release === undefined) throw new Error('no release');
      await keeper.house.ledger.putRelease(release, { ...release, status: 'failed' });
      await start(keeper);
    };

    const { receipt } = await check(keeper, 'check', { ports: interruptedBefore('ledger.putRelease', next) });

    const [guard] = await keeper.house.ledger.getGuards(['rm-one']);
    expect(receipt).toMatchObject({ status: 'pending', attempt: 2 });
    expect(guard?.waitingReleases.map(({ slotId }) => slotId)).toEqual([`release~${KEY}~a2~instance`]);
    expect(await openTasks(keeper)).toEqual([`${KEY}_a2`]);
  });

  test('a task that is taken away at the very moment its row comes is put back', async () => {
    keeper = await startGate([{ ...MYSQL, status: 'Stopped' }]);
    await start(
      keeper,
      {},
      { ports: { ...keeper.house.ports, ledger: { ...keeper.house.ledger, putRelease: () => Promise.reject(new Error('dead')) } } },
    ).catch(() => undefined);
    keeper.clock.advance(HOUR_MS + MINUTE_MS);

    await keeper.reconcile({ ports: interruptedBefore('ledger.removeTask', () => start(keeper)) });

    expect(await openTasks(keeper)).toEqual([`${KEY}_a1`]);
  });
});
