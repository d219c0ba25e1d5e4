// One key makes one instance: repeated, cut off at any step, lost on the way, or asked for twice at once.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { RestoreWish } from '../../../lib/policy/restore-types';
import { makeCrashingWorker } from '../../support/crash';
import { BLANK, type RestoreWorld, startRestoreWorld } from './world';

let world: RestoreWorld;
beforeEach(async () => {
  world = await startRestoreWorld();
});
afterEach(() => world.close());

const clone = (change: Partial<RestoreWish> = {}): RestoreWish => ({ ...BLANK, from: { kind: 'set', backupId: world.newestSet() }, ...change });

test('a restore that is repeated under its key is answered from the ledger, even when its source is gone', async () => {
  const wish = clone();
  const first = await world.start(wish);
  world.keeper.clock.advance(90 * DAY_MS);

  const second = await world.start(wish);

  expect(second).toEqual({ kind: 'repeated', summary: first.summary });
  expect(world.made()).toHaveLength(1);
});

test('a key that was used for something else is refused', async () => {
  await world.start(clone());

  await expect(world.start(clone({ storageGb: 400 }))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('key drill was used at') });
  expect(world.made()).toHaveLength(1);
});

test('another key is another instance', async () => {
  await world.start(clone());
  await world.start(clone(), { key: 'another' });

  expect(world.made()).toHaveLength(2);
  expect((await world.status()).map(({ key }) => key).sort()).toEqual(['another', 'drill']);
});

test.each([
  { name: 'a reset', reply: { kind: 'reset' } },
  { name: 'an empty 503', reply: { kind: 'empty', status: 503 } },
  { name: "a proxy's page", reply: { kind: 'html', status: 502 } },
] as const)('$name after the instance was made: the call is repeated inside, and makes no second one', async ({ reply }) => {
  world.fail({ operation: 'CloneDBInstance', effect: 'applied', reply });

  const started = await world.start(clone());

  expect(world.made().map(({ id }) => id)).toEqual([started.summary.findings[0]?.evidence['restoredId']]);
});

test('every answer lost: the run fails, and the same key finds the instance', async () => {
  world.fail({ operation: 'CloneDBInstance', effect: 'applied', reply: { kind: 'reset' }, times: 50 });
  const wish = clone();

  await expect(world.start(wish)).rejects.toMatchObject({ code: 'ambiguous' });
  world.keeper.cloud.faults.clear();
  const again = await world.start(wish);

  expect(world.made().map(({ id }) => id)).toEqual([again.summary.findings[0]?.evidence['restoredId']]);
  expect(again.summary.status).toBe('succeeded');
  expect(await world.status()).toMatchObject([{ key: 'drill', state: 'restoring' }]);
});

test('an outcome that nobody knows is not tried again when the service may have forgotten the token', async () => {
  world.fail({ operation: 'CloneDBInstance', effect: 'applied', reply: { kind: 'reset' }, times: 50 });
  const wish = clone();
  await expect(world.start(wish)).rejects.toMatchObject({ code: 'ambiguous' });
  world.keeper.cloud.faults.clear();
  world.keeper.clock.advance(DAY_MS + 1);

  await expect(world.start(wish)).rejects.toMatchObject({ code: 'restore-key-expired', hint: expect.stringContaining('look for a new instance') });
  expect(world.made()).toHaveLength(1);
});

test('a certain failure does not make the one before it certain', async () => {
  const wish = clone();
  world.fail({ operation: 'CloneDBInstance', effect: 'applied', reply: { kind: 'reset' }, times: 50 });
  await expect(world.start(wish)).rejects.toMatchObject({ code: 'ambiguous' });
  world.keeper.cloud.faults.clear();
  world.fail({ operation: 'CloneDBInstance', effect: 'none', reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized.' } });
  await expect(world.start(wish)).rejects.toMatchObject({ code: 'denied' });
  world.keeper.clock.advance(DAY_MS + 1);

  await expect(world.start(wish)).rejects.toMatchObject({ code: 'restore-key-expired' });
  expect(world.made()).toHaveLength(1);
});

test('a plan that fails after an attempt whose outcome nobody knows points to that attempt', async () => {
  world.fail({ operation: 'CloneDBInstance', effect: 'applied', reply: { kind: 'reset' }, times: 50 });
  const wish = clone();
  await expect(world.start(wish)).rejects.toMatchObject({ code: 'ambiguous' });
  world.keeper.cloud.faults.clear();
  world.keeper.cloud.world.changeInstance('rm-one', { status: 'Stopped' });

  await expect(world.start(wish)).rejects.toMatchObject({
    message: expect.stringContaining('rm-one is Stopped'),
    hint: expect.stringContaining('may have made an instance'),
  });
});

test('twice at once: one instance, and both know it', async () => {
  const wish = clone();

  const both = await Promise.allSettled([world.start(wish), world.start(wish)]);
  const later = await world.start(wish);

  expect(both.filter(({ status }) => status === 'fulfilled')).not.toHaveLength(0);
  expect(later.kind).toBe('repeated');
  expect(world.made()).toHaveLength(1);
});

test('twice at almost the same time: the earlier one goes on', async () => {
  const wish = clone();
  const asOf = world.keeper.clock.now();
  const later = asOf + 1_500;
  world.keeper.clock.advance(2_000);

  const both = await Promise.allSettled([world.start(wish, { asOf }), world.start(wish, { asOf: later as typeof asOf })]); // a number of milliseconds is one

  expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(world.made()).toHaveLength(1);
  expect((await world.start(wish)).kind).toBe('repeated');
});

test('cut off at every step, before and after its effect: one instance at most, and the same key finishes it', async () => {
  const undisturbed = makeCrashingWorker(world.keeper.openHouse().ports, { atCall: Number.POSITIVE_INFINITY, when: 'before' });
  await world.start(clone(), { ports: undisturbed.ports, key: 'count' });
  const steps = undisturbed.calls();
  let expected = 1;
  const outcomes: string[] = [];

  for (const when of ['before', 'after'] as const) {
    for (let atCall = 1; atCall <= steps; atCall += 1) {
      const key = `cut-${when}-${atCall}`;
      const worker = makeCrashingWorker(world.keeper.openHouse().ports, { atCall, when });
      await expect(world.start(clone(), { ports: worker.ports, key })).rejects.toThrow();
      const afterCrash = world.made().length - expected;
      world.keeper.clock.advance(2 * MINUTE_MS);
      const finished = await world.start(clone(), { key });
      outcomes.push(`${worker.diedAt()}: ${afterCrash <= 1}, ${world.made().length - expected} made, ${finished.summary.status}`);
      expected += 1;
    }
  }

  expect(steps).toBeGreaterThan(8);
  expect(outcomes.filter((outcome) => !outcome.endsWith(': true, 1 made, succeeded'))).toEqual([]);
});

test('cut off between the intent and the call: interrupted, then finished', async () => {
  const ports = world.keeper.openHouse().ports;
  const stop = new Error('killed');
  const dead: typeof ports = {
    ...ports,
    ledger: Object.assign(Object.create(ports.ledger), { finishRun: () => Promise.reject(stop) }),
    gatewayOf: (target) => Object.assign(Object.create(ports.gatewayOf(target)), { restoreToNewInstance: () => Promise.reject(stop) }),
  };
  const wish = clone();

  await expect(world.start(wish, { ports: dead })).rejects.toThrow('killed');
  const [underWay] = await world.status();
  const held = await world.start(wish);
  world.keeper.clock.advance(2 * MINUTE_MS);
  const [interrupted] = await world.status();
  const finished = await world.start(wish);
  world.keeper.clock.advance(HOUR_MS);
  const [running] = await world.status();

  expect(held.kind).toBe('under-way');
  expect([underWay?.state, interrupted?.state, running?.state]).toEqual(['under-way', 'interrupted', 'running']);
  expect(finished.kind).toBe('started');
  expect(world.made()).toHaveLength(1);
});
