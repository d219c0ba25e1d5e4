// The hold on a release's set: it stands before anything is called passed, whatever happens to the set meanwhile.
import { MINUTE_MS } from '../../../lib/base/instant';
import type { Guard } from '../../../lib/domain/guard';
import type { TestKeeper } from '../../support/keeper';
import { type InterruptedWorker, interruptWorker } from '../../support/steps';
import { check, holdsOf, MYSQL, pass, start, startGate } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const FRESH = { ...MYSQL, history: { days: 0, manualSets: [{ id: '101', agoMs: 30 * MINUTE_MS }] } };

async function changeGuard(change: (guard: Guard) => Partial<Guard>): Promise<void> {
  const { ledger } = keeper.house;
  const [guard] = await ledger.getGuards(['rm-one']);
  if (guard === undefined || (await ledger.putGuard(guard, { ...guard, ...change(guard) })) === undefined) throw new Error('lost the race');
}

function deleting(): Promise<void> {
  const markedAt = keeper.clock.now();
  return changeGuard(() => ({ marks: [{ backupId: '101', markedAt, state: 'deleting', deletingAt: markedAt }] }));
}

function removeSet(): void {
  keeper.cloud.world.commit([{ kind: 'history', instanceId: 'rm-one', sets: [], starts: [] }]);
}

/** Something happens just before the step, of a release that would reuse the set. */
function interrupted(call: string, nth: number, happen: () => Promise<void>): InterruptedWorker {
  return interruptWorker(keeper.openHouse().ports, { at: { call, nth }, when: 'before', happen });
}

test('a set that is being deleted is not reused', async () => {
  keeper = await startGate([FRESH]);
  await deleting();

  expect((await start(keeper)).receipt).toMatchObject({ status: 'pending', instances: [{ reused: false, jobId: expect.any(String) }] });
});

test('a purge that marks the set just before the hold wins: another one is made', async () => {
  keeper = await startGate([FRESH]);
  const worker = interrupted('ledger.putGuard', 1, deleting);

  const { receipt } = await start(keeper, {}, { ports: worker.ports });
  await pass(keeper, 15);

  expect(worker.happenedAt()).toBe('ledger.putGuard (before)');
  expect(receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('101 of rm-one is being deleted') });
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
  expect((await holdsOf(keeper)).map(({ target }) => target)).not.toContainEqual({ kind: 'set', backupId: '101' });
});

test('a set that is gone by the time it is read again is no pass: the hold is taken back, and another set is made', async () => {
  keeper = await startGate([FRESH]);
  const worker = interrupted('rds.findBackupSet', 1, async () => removeSet());

  const { receipt } = await start(keeper, {}, { ports: worker.ports });
  const holds = await holdsOf(keeper);
  await pass(keeper, 15);

  expect(receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('is not listed any more') });
  expect(holds).toEqual([]);
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: false }] });
});

test('its own set that is gone by then fails the attempt: one attempt makes one backup', async () => {
  keeper = await startGate();
  await start(keeper);
  keeper.clock.advance(10 * MINUTE_MS);
  await keeper.reconcile({ ports: interrupted('ledger.listTasks', 1, async () => removeSet()).ports });

  expect((await check(keeper, 'status')).receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('is not listed any more') });
  expect(keeper.manualStarts('rm-one').length).toBeLessThanOrEqual(1);
});

test('settings are being changed so that the service drops backups: the hold waits until that is over', async () => {
  keeper = await startGate([FRESH]);
  const at = keeper.clock.now();
  await changeGuard(() => ({ corrections: [{ setting: 'dataRetentionDays', wanted: '7', at, isDestructive: true }] }));

  const asked = await start(keeper);
  await pass(keeper, 25);

  expect(asked.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('being changed so that the service drops backups') });
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', instances: [{ reused: true, backupId: '101' }] });
});

test('a set that cannot be read again leaves the release pending under its hold; a missing permission fails it', async () => {
  keeper = await startGate([FRESH]);
  const fault = (status: number, code: string) =>
    ({
      service: 'rds',
      operation: 'DescribeBackups',
      match: { BackupId: '101' },
      times: 9,
      effect: 'none',
      reply: { kind: 'error', status, code, message: code },
    }) as const;
  keeper.cloud.faults.add(fault(503, 'ServiceUnavailable'));

  const down = await start(keeper);
  const held = await holdsOf(keeper);
  keeper.cloud.faults.clear();
  keeper.cloud.faults.add(fault(403, 'Forbidden.RAM'));
  const denied = await check(keeper);

  expect(down.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('is held and could not be read again') });
  expect(held).toHaveLength(1);
  expect(denied.receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('rds:DescribeBackups') });
});

test('other workers that keep writing the guard leave the hold to the next look', async () => {
  keeper = await startGate([FRESH]);
  const { ports } = keeper.openHouse();

  const contended = await start(keeper, {}, { ports: { ...ports, ledger: { ...ports.ledger, putGuard: async () => undefined } } });

  expect(contended.receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('could not be placed yet') });
  expect((await check(keeper)).receipt.status).toBe('passed');
});

test('the service deletes the set before the hold would end: the receipt says so', async () => {
  keeper = await startGate([FRESH]);

  const { receipt } = await start(keeper, { holdForMs: 300 * 86_400_000 });

  const [entry] = receipt.instances;
  expect(entry).toMatchObject({ status: 'passed', heldUntil: '2027-09-17T01:00:00Z', reason: expect.stringContaining('the service deletes set 101 at') });
  expect(entry?.effectiveUntil).not.toBe(entry?.heldUntil);
});

test('a set is shown as unusable on the second look', async () => {
  keeper = await startGate([FRESH]);
  const { ports } = keeper.openHouse();
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const unusable = async (instanceId: string, backupId: string) => {
      const set = await gateway.findBackupSet(instanceId, backupId);
      return set && { ...set, isAvailable: false };
    };
    return { ...gateway, findBackupSet: unusable };
  };

  const { receipt } = await start(keeper, {}, { ports: { ...ports, gatewayOf } });

  expect(receipt).toMatchObject({ status: 'pending', reason: expect.stringContaining('cannot be restored from') });
  expect(await holdsOf(keeper)).toEqual([]);
});
