// Holds in the ledger: what can be held, what a purge that has begun makes of it, and until when a hold is worth anything.
import { DAY_MS, type Instant, plusMs } from '../../lib/base/instant';
import type { Guard, HoldTarget, PurgeMark } from '../../lib/domain/guard';
import type { Ledger } from '../../lib/domain/ports';
import { onDemandSlotId } from '../../lib/domain/slot';
import { holdsOn } from '../../lib/policy/holds';
import { type AddedHold, type AddHoldRequest, addHold } from '../../lib/run/holds/add';
import type { HoldDesk } from '../../lib/run/holds/desk';
import { listHolds } from '../../lib/run/holds/list';
import { releaseHold } from '../../lib/run/holds/release';
import { readGuard, updateGuard } from '../../lib/run/reserve';
import { shardsOf } from '../../lib/run/shards';
import { HOURLY, policyWith, startKeeper, type TestKeeper } from '../support/keeper';
import { plantSets } from '../support/sets';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const SET_1: HoldTarget = { kind: 'set', backupId: '1' };
const V1: HoldTarget = { kind: 'release', release: 'v1' };

/** rm-my has the sets 1, 2 (five days left) and 3 (two days left); 1 was made for release v1. rm-sql has a set of a single database, 7. */
async function start(policy = policyWith(HOURLY)): Promise<void> {
  keeper = await startKeeper({
    fleet: [
      { id: 'rm-my', engine: 'MySQL' },
      { id: 'rm-sql', engine: 'SQLServer', databases: ['ledger'] },
      { id: 'rm-none', engine: 'MySQL' },
    ],
    policy,
  });
  const now = keeper.clock.now();
  plantSets(keeper.cloud.world, 'rm-my', now, [
    { id: '1', databases: [] },
    { id: '2', databases: [] },
    { id: '3', databases: [], expiresAt: plusMs(now, 2 * DAY_MS) },
  ]);
  plantSets(keeper.cloud.world, 'rm-sql', now, [{ id: '7' }]);
  const record = { instanceId: 'rm-my', origin: 'created', spec: undefined, recordedAt: now, claimedBy: undefined } as const;
  await keeper.house.ledger.putSet({ ...record, backupId: '1', slotId: onDemandSlotId('v1', 'instance') });
}

function desk(ledger: Ledger = keeper.house.ledger): HoldDesk {
  const { house, policy, clock } = keeper;
  return { ledger, shards: shardsOf(policy, house.ports.gatewayOf), logger: house.logger, asOf: clock.now() };
}

const wish = (change: Partial<AddHoldRequest> = {}): AddHoldRequest => ({
  instanceId: 'rm-my',
  target: SET_1,
  owner: 'dba',
  reason: 'audit 2026',
  until: undefined,
  ...change,
});

const add = (change: Partial<AddHoldRequest> = {}, at = desk()): Promise<AddedHold> => addHold(at, wish(change));
const guard = (): Promise<Guard> => readGuard(keeper.house.ledger, 'rm-my');
const later = (days: number): Instant => plusMs(keeper.clock.now(), days * DAY_MS);

async function putMark(backupId: string, state: PurgeMark['state']): Promise<void> {
  const at = keeper.clock.now();
  const mark: PurgeMark = { backupId, markedAt: at, state, deletingAt: state === 'deleting' ? at : undefined };
  await updateGuard(keeper.house.ledger, 'rm-my', (before) => ({ ...before, marks: [...before.marks.filter((each) => each.backupId !== backupId), mark] }));
}

describe('placing a hold', () => {
  test.each<{ name: string; target: HoldTarget; until: string; says: string }>([
    { name: 'a set', target: SET_1, until: '2026-11-26T01:00:00.000Z', says: 'the service deletes set 1 at 2026-11-26T01:00:00Z all the same' },
    { name: 'a release', target: V1, until: '2026-11-26T01:00:00.000Z', says: 'deletes set 1' },
    {
      name: 'an instance',
      target: { kind: 'instance' },
      until: '2026-11-23T01:00:00.000Z',
      says: 'deletes set 3 at 2026-11-23T01:00:00Z all the same, and 2 more',
    },
  ])('on $name stands in its guard row, and says until when it is effective', async ({ target, until, says }) => {
    await start();

    const { view, wasStanding, unmarked } = await add({ target });

    expect((await guard()).holds).toEqual([view.hold]);
    expect(view).toMatchObject({ instanceId: 'rm-my', isActive: true, effect: expect.stringContaining(says) });
    expect(new Date(Number(view.effectiveUntil)).toISOString()).toBe(until);
    expect([wasStanding, unmarked]).toEqual([false, []]);
  });

  test('twice places it once', async () => {
    await start();
    const first = await add();
    keeper.clock.advance(DAY_MS);

    const second = await add();

    expect(second).toMatchObject({ wasStanding: true, view: { hold: first.view.hold } });
    expect((await guard()).holds).toHaveLength(1);
  });

  test('takes back the mark of its set in the same write', async () => {
    await start();
    await putMark('1', 'marked');
    await putMark('2', 'marked');
    const { version } = await guard();

    const { unmarked } = await add();

    expect(unmarked).toEqual(['1']);
    expect(await guard()).toMatchObject({ version: version + 1, marks: [{ backupId: '2' }], holds: [{ target: SET_1 }] });
  });

  test.each<{ name: string; change: Partial<AddHoldRequest>; code: string; exitCode: number }>([
    { name: 'an unknown instance', change: { instanceId: 'rm-nowhere' }, code: 'unknown-instance', exitCode: 1 },
    { name: 'an unknown set', change: { target: { kind: 'set', backupId: '99' } }, code: 'unknown-backup-set', exitCode: 1 },
    { name: 'a release without sets on the instance', change: { target: { kind: 'release', release: 'v9' } }, code: 'unknown-release', exitCode: 1 },
    { name: 'an end in the past', change: { until: 0 as Instant }, code: 'hold-in-the-past', exitCode: 2 },
    { name: 'no reason', change: { reason: ' ' }, code: 'hold-text', exitCode: 2 },
  ])('is refused for $name, and nothing is written', async ({ change, code, exitCode }) => {
    await start();

    await expect(add(change)).rejects.toMatchObject({ code, exitCode });
    expect(await guard()).toMatchObject({ version: 0, holds: [] });
  });

  test('is refused when the ledger was never initialised', async () => {
    await start();
    const empty = desk({ ...keeper.house.ledger, meta: () => Promise.resolve(undefined) });

    await expect(add({}, empty)).rejects.toMatchObject({ code: 'ledger-not-initialised' });
  });

  test.each<{ name: string; target: HoldTarget; skip: number }>([
    { name: 'an instance', target: { kind: 'instance' }, skip: 0 },
    { name: 'a set', target: SET_1, skip: 1 },
  ])('on $name stands although its sets cannot be listed, and says that its effect is not known', async ({ target, skip }) => {
    await start();
    keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackups',
      skip,
      effect: 'none',
      reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'x' },
      times: 9,
    });

    const { view } = await add({ target });

    expect(view).toMatchObject({ effectiveUntil: undefined, effect: expect.stringContaining('could not be listed') });
    expect((await guard()).holds).toHaveLength(1);
  });
});

describe('a purge and a hold on the same set', () => {
  test.each<{ name: string; target: HoldTarget }>([
    { name: 'the set', target: SET_1 },
    { name: 'its release', target: V1 },
    { name: 'its instance', target: { kind: 'instance' } },
  ])('the purge came first: a hold on $name fails, names the set, and changes nothing', async ({ target }) => {
    await start();
    await putMark('1', 'deleting');
    const before = await guard();

    await expect(add({ target })).rejects.toMatchObject({
      code: 'set-being-deleted',
      message: expect.stringContaining('backup set 1 '),
      hint: expect.stringContaining('retention-hygiene'),
    });
    expect(await guard()).toEqual(before);
  });

  test('the purge comes between the read and the write of the hold: the hold fails', async () => {
    await start();
    await putMark('1', 'marked');
    const { ledger } = keeper.house;
    let isFirst = true;
    const putGuard: Ledger['putGuard'] = async (current, next) => {
      if (isFirst) await putMark('1', 'deleting');
      isFirst = false;
      return ledger.putGuard(current, next);
    };

    await expect(add({}, desk({ ...ledger, putGuard }))).rejects.toMatchObject({ code: 'set-being-deleted' });
    expect(await guard()).toMatchObject({ holds: [], marks: [{ backupId: '1', state: 'deleting' }] });
  });

  test('the purge runs its whole course between the look and the write: the hold is taken back, and fails', async () => {
    await start();
    const { ledger } = keeper.house;
    let isFirst = true;
    const putGuard: Ledger['putGuard'] = async (current, next) => {
      if (isFirst) plantSets(keeper.cloud.world, 'rm-my', keeper.clock.now(), [{ id: '2', databases: [] }]);
      isFirst = false;
      return ledger.putGuard(current, next);
    };

    await expect(add({}, desk({ ...ledger, putGuard }))).rejects.toMatchObject({ code: 'unknown-backup-set' });
    expect(await guard()).toMatchObject({ holds: [] });
  });

  test('the hold comes between the read and the write of the purge: the purge sees it and goes without', async () => {
    await start();
    await putMark('1', 'marked');
    let isFirst = true;
    const { ledger } = keeper.house;
    const putGuard: Ledger['putGuard'] = async (current, next) => {
      if (isFirst) await add();
      isFirst = false;
      return ledger.putGuard(current, next);
    };

    const stored = await updateGuard({ ...ledger, putGuard }, 'rm-my', (row) => beginPurge(row, '1'));

    expect(stored).toMatchObject({ holds: [{ target: SET_1 }], marks: [] });
  });

  test('many of both at once: whatever wins, no held set is being deleted', async () => {
    await start();
    for (const id of ['1', '2', '3']) await putMark(id, 'marked');

    const attempts = ['1', '2', '3'].flatMap((id) => [
      add({ target: { kind: 'set', backupId: id } }),
      updateGuard(keeper.house.ledger, 'rm-my', (row) => beginPurge(row, id)),
    ]);
    const outcomes = await Promise.allSettled(attempts);

    const { holds, marks } = await guard();
    const deleting = marks.filter(({ state }) => state === 'deleting').map(({ backupId }) => backupId);
    expect(deleting.filter((id) => holdsOn({ id, release: undefined }, holds, keeper.clock.now()).length > 0)).toEqual([]);
    expect(deleting.length + holds.length).toBe(3);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(deleting.length);
  });

  /** What a purge does before it calls the service. */
  function beginPurge(row: Guard, backupId: string): Guard {
    const now = keeper.clock.now();
    if (holdsOn({ id: backupId, release: undefined }, row.holds, now).length > 0) return row;
    return { ...row, marks: row.marks.map((mark) => (mark.backupId === backupId ? { ...mark, state: 'deleting', deletingAt: now } : mark)) };
  }
});

test.each(['add', 'release'] as const)('%s: other writers keep winning: nothing is changed, and the error says so', async (act) => {
  await start();
  const { view } = await add({ target: V1 });
  const before = await guard();
  const losing = desk({ ...keeper.house.ledger, putGuard: () => Promise.resolve(undefined) });

  const attempt = act === 'add' ? add({}, losing) : releaseHold(losing, { instanceId: 'rm-my', holdId: view.hold.id, by: 'ada' });

  await expect(attempt).rejects.toMatchObject({ code: 'guard-contended', hint: expect.any(String) });
  expect(await guard()).toEqual(before);
});

describe('writes whose answer was lost', () => {
  /** The write takes effect, and its writer hears that somebody else was faster. */
  function forgetful(): HoldDesk {
    const { ledger } = keeper.house;
    let isFirst = true;
    const putGuard: Ledger['putGuard'] = async (current, next) => {
      const stored = await ledger.putGuard(current, next);
      if (!isFirst) return stored;
      isFirst = false;
      return undefined;
    };
    return desk({ ...ledger, putGuard });
  }

  test('a hold stands once', async () => {
    await start();

    const { view } = await add({}, forgetful());

    expect((await guard()).holds).toEqual([view.hold]);
  });

  test('a released hold is released', async () => {
    await start();
    const { view } = await add();

    expect(await releaseHold(forgetful(), { instanceId: 'rm-my', holdId: view.hold.id, by: 'ada' })).toEqual(view.hold);
    expect((await guard()).holds).toEqual([]);
  });
});

describe('listing', () => {
  test('all instances in scope, by instance and time; those that ended only when asked for', async () => {
    await start();
    const short = await add({ until: later(1) });
    keeper.clock.advance(1_000);
    await add({ instanceId: 'rm-sql', target: { kind: 'set', backupId: '7' } });
    const long = await add({ target: { kind: 'instance' } });
    keeper.clock.advance(DAY_MS);

    const request = { policy: keeper.policy, instances: undefined, withEnded: false };
    const views = await listHolds(desk(), request);
    const all = await listHolds(desk(), { ...request, withEnded: true });

    expect(views.map(({ instanceId, hold }) => [instanceId, hold.id])).toEqual([
      ['rm-my', long.view.hold.id],
      ['rm-sql', expect.any(String)],
    ]);
    expect(views[1]).toMatchObject({ effectiveUntil: 'never', effect: expect.stringContaining('extend-expiry keeps set 7') });
    expect(all.map(({ hold, isActive }) => [hold.id, isActive])).toEqual([
      [short.view.hold.id, false],
      [long.view.hold.id, true],
      [expect.any(String), true],
    ]);
    expect(all[0]).toMatchObject({ effectiveUntil: undefined, effect: 'it has ended' });
  });

  test('named instances, also out of scope; an unknown one is an error', async () => {
    await start(policyWith(HOURLY, 'select: { ids: [rm-none] }'));
    await add();
    const request = { policy: keeper.policy, withEnded: false };

    expect(await listHolds(desk(), { ...request, instances: undefined })).toEqual([]);
    expect(await listHolds(desk(), { ...request, instances: ['rm-my', 'rm-none', 'rm-my'] })).toHaveLength(1);
    await expect(listHolds(desk(), { ...request, instances: ['rm-my', 'rm-gone'] })).rejects.toMatchObject({ code: 'unknown-instance' });
  });

  test('a set that is gone is held no more, and the list says so', async () => {
    await start();
    await add({ until: later(30) });
    keeper.clock.advance(6 * DAY_MS);

    const [view] = await listHolds(desk(), { policy: keeper.policy, instances: ['rm-my'], withEnded: false });

    expect(view).toMatchObject({ effectiveUntil: undefined, effect: expect.stringContaining('nothing is held') });
  });
});

describe('releasing', () => {
  test('takes the hold from its row, without a call to the database service', async () => {
    await start();
    const { view } = await add();
    const { ledger, logger } = keeper.house;

    const released = await releaseHold({ ledger, logger, asOf: keeper.clock.now() }, { instanceId: 'rm-my', holdId: view.hold.id, by: 'ada' });

    expect(released).toEqual(view.hold);
    expect((await guard()).holds).toEqual([]);
  });

  test('an unknown hold is an error', async () => {
    await start();

    await expect(releaseHold(desk(), { instanceId: 'rm-my', holdId: 'h-none', by: 'ada' })).rejects.toMatchObject({ code: 'unknown-hold' });
  });
});
