import type { Clock } from '../../../lib/base/clock';
import { plusMs } from '../../../lib/base/instant';
import { emptyBrakes } from '../../../lib/domain/brakes';
import { emptyGuard } from '../../../lib/domain/guard';
import type { Ledger } from '../../../lib/domain/ports';
import type { RunClaim, RunRecord } from '../../../lib/domain/run';
import type { Intent } from '../../../lib/domain/slot';
import type { FaultEffect, FaultReply } from '../../../lib/local/kinds';
import { aClaim, allOf, anIntent, aPosture, aSet, aSummary, type LocalLedgerPlace, OCCURRENCE, startLedgerPlace } from '../../support/ledger';
import { aRelease, aTask } from './open-work';

let place: LocalLedgerPlace;

beforeEach(async () => {
  place = await startLedgerPlace();
});

afterEach(async () => {
  await place.stop();
  jest.useRealTimers();
});

const FAULTS: readonly { readonly name: string; readonly effect: FaultEffect; readonly reply: FaultReply }[] = [
  { name: 'a reset before the call took effect', effect: 'none', reply: { kind: 'reset' } },
  { name: 'a reset after it', effect: 'applied', reply: { kind: 'reset' } },
  { name: 'silence without effect', effect: 'none', reply: { kind: 'stall' } },
  { name: 'silence with effect', effect: 'applied', reply: { kind: 'stall' } },
  { name: 'half an answer', effect: 'applied', reply: { kind: 'partial' } },
  { name: 'a busy server', effect: 'none', reply: { kind: 'throttle' } },
  { name: 'a busy server that did it all the same', effect: 'applied', reply: { kind: 'throttle' } },
  { name: 'a row conflict', effect: 'none', reply: { kind: 'error', status: 409, code: 'OTSRowOperationConflict', message: 'Data is being modified.' } },
  { name: 'a web page of a proxy, with effect', effect: 'applied', reply: { kind: 'html', status: 502 } },
  { name: 'a web page with status 200, with effect', effect: 'applied', reply: { kind: 'html', status: 200 } },
  { name: 'an empty answer, with effect', effect: 'applied', reply: { kind: 'empty', status: 200 } },
];

function runOf(claim: RunClaim): RunRecord {
  if (claim.kind !== 'claimed') throw new Error(`expected a claim, got ${claim.kind}`);
  return claim.run;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected to win');
  return value;
}

/** Every kind of write there is, each of which must win. */
async function life(write: <T>(action: () => Promise<T>) => Promise<T>, ledger: Ledger): Promise<unknown> {
  const run = runOf(await write(() => ledger.claimRun(aClaim())));
  const renewed = await write(() => ledger.renewRun(run, plusMs(run.leaseUntil, 1_000)));
  const { created, intent } = await write(() => ledger.createIntent(anIntent()));
  const guard = must(await write(() => ledger.putGuard(emptyGuard('rm-1'), emptyGuard('rm-1'))));
  const again = must(await write(() => ledger.putGuard(guard, { ...guard, exhausted: { saidAt: OCCURRENCE, until: OCCURRENCE } })));
  const brakes = must(await write(() => ledger.putBrakes(emptyBrakes('prod'), emptyBrakes('prod'))));
  const braked = must(await write(() => ledger.putBrakes(brakes, { ...brakes, fleet: { manualSets: 7, asOf: OCCURRENCE } })));
  const submitting = must(await write(() => ledger.advanceIntent(intent, { ...intent, state: 'submitting', sentAt: OCCURRENCE })));
  const submitted = must(await write(() => ledger.advanceIntent(submitting, { ...submitting, state: 'submitted', jobId: '7' })));
  const next: Intent = { ...submitted, state: 'finished', backupId: '1001' };
  const finished = must(await write(() => ledger.advanceIntent(submitted, next, aSet())));
  await write(() => ledger.putSet(aSet({ backupId: '1002', origin: 'adopted' })));
  const release = must(await write(() => ledger.putRelease(undefined, aRelease())));
  const passed = must(await write(() => ledger.putRelease(release, { ...release, status: 'passed' })));
  const task = must(await write(() => ledger.putTask(undefined, aTask())));
  const resubmitted = must(await write(() => ledger.putTask(task, { ...task, attempt: 2 })));
  must(await write(() => ledger.putTask(undefined, aTask({ id: 'done' }))));
  await write(() => ledger.removeTask({ kind: 'shard', id: 'done' }));
  await write(() => ledger.putPostures([aPosture(), aPosture({ instanceId: 'rm-2' })]));
  const done = await write(() => ledger.finishRun(run, aSummary()));
  return { renewed, created, guard: again, brakes: braked, passed, resubmitted, finished, done };
}

const EXPECTED = {
  renewed: true,
  created: true,
  guard: { ...emptyGuard('rm-1'), version: 2, exhausted: { saidAt: OCCURRENCE, until: OCCURRENCE } },
  brakes: { ...emptyBrakes('prod'), version: 2, fleet: { manualSets: 7, asOf: OCCURRENCE } },
  passed: aRelease({ status: 'passed', version: 2 }),
  resubmitted: aTask({ attempt: 2, version: 2 }),
  finished: { ...anIntent(), state: 'finished', version: 4, sentAt: OCCURRENCE, jobId: '7', backupId: '1001' },
  done: true,
};

async function expectLifeStored(ledger: Ledger): Promise<void> {
  expect(await ledger.getIntents([anIntent()])).toEqual([EXPECTED.finished]);
  expect(await ledger.getGuards(['rm-1'])).toEqual([EXPECTED.guard]);
  expect(await ledger.getBrakes('prod')).toEqual(EXPECTED.brakes);
  expect(await ledger.getRelease(EXPECTED.passed.key)).toEqual(EXPECTED.passed);
  expect(await allOf(ledger.listTasks('shard'))).toEqual([EXPECTED.resubmitted]);
  expect((await ledger.listSets('rm-1')).map(({ backupId, origin }) => `${backupId} ${origin}`)).toEqual(['1001 created', '1002 adopted']);
  expect((await allOf(ledger.listPostures('main/cn-hangzhou'))).map(({ instanceId }) => instanceId)).toEqual(['rm-1', 'rm-2']);
  expect(await ledger.claimRun(aClaim())).toEqual({ kind: 'finished', summary: aSummary() });
  expect(await allOf(ledger.listOpenIntents())).toEqual([]);
}

describe('every write', () => {
  test.each(FAULTS)('wins and is stored once in spite of $name', async ({ effect, reply }) => {
    const ledger = place.open({ timeoutMs: 80 });
    await ledger.init(OCCURRENCE);

    const results = await life((action) => {
      place.faults.clear();
      place.faults.add({ service: 'tablestore', operation: '*', effect, reply });
      return action();
    }, ledger);
    place.faults.clear();

    expect(results).toEqual(EXPECTED);
    await expectLifeStored(place.open());
  });

  test.each(FAULTS)('of the set-up survives $name', async ({ effect, reply }) => {
    const ledger = place.open({ timeoutMs: 80 });
    for (const operation of ['ListTable', 'CreateTable', 'GetRow', 'PutRow']) place.faults.add({ service: 'tablestore', operation, effect, reply });

    const { meta } = await ledger.init(OCCURRENCE);

    expect(await place.open().meta()).toEqual(meta);
    expect(await ledger.missingTables()).toEqual([]);
  });

  test.each(FAULTS)('that takes a run over wins once in spite of $name', async ({ effect, reply }) => {
    const ledger = place.open({ timeoutMs: 80 });
    await ledger.init(OCCURRENCE);
    await ledger.claimRun(aClaim());
    place.clock.advance(60_000);
    place.faults.add({ service: 'tablestore', operation: 'PutRow', skip: 1, effect, reply });

    const run = runOf(await ledger.claimRun(aClaim()));

    expect(run.fence).toBe(2);
    expect(await ledger.finishRun(run, aSummary())).toBe(true);
  });

  test('that arrives once more, much later and in any order, changes nothing', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    await life((action) => action(), ledger);
    await ledger.putSet(aSet({ backupId: '1002', origin: 'claimed', claimedBy: 'ops' }));
    await ledger.putPostures([aPosture({ asOf: plusMs(OCCURRENCE, 1), engine: 'newer' })]);
    const sent = [...place.requests];

    for (const request of [...sent, ...sent.toReversed()]) place.redeliver(request);

    expect(await ledger.getIntents([anIntent()])).toEqual([EXPECTED.finished]);
    expect(await ledger.getGuards(['rm-1'])).toEqual([EXPECTED.guard]);
    expect(await ledger.getBrakes('prod')).toEqual(EXPECTED.brakes);
    expect(await ledger.getRelease(EXPECTED.passed.key)).toEqual(EXPECTED.passed);
    expect(await ledger.getTask('shard', EXPECTED.resubmitted.id)).toEqual(EXPECTED.resubmitted);
    expect(await ledger.getSet('rm-1', '1002')).toMatchObject({ origin: 'claimed' });
    expect((await allOf(ledger.listPostures('main/cn-hangzhou')))[0]).toMatchObject({ engine: 'newer' });
    expect(await ledger.claimRun(aClaim())).toEqual({ kind: 'finished', summary: aSummary() });
    expect(await allOf(ledger.listOpenIntents())).toEqual([]);
  });
});

describe('the removal of a task', () => {
  test('that the network held back takes no task away that was put since', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    await ledger.putTask(undefined, aTask());
    await ledger.removeTask(aTask());
    const removal = place.requests.at(-1);
    const anew = await ledger.putTask(undefined, aTask({ createdAt: plusMs(OCCURRENCE, 1) }));

    if (removal !== undefined) place.redeliver(removal);

    expect(await ledger.getTask('shard', aTask().id)).toEqual(anew);
  });

  test.each(FAULTS.filter(({ effect, reply }) => effect === 'applied' && reply.kind !== 'stall'))('is done in spite of $name', async ({ effect, reply }) => {
    const ledger = place.open({ timeoutMs: 80 });
    await ledger.init(OCCURRENCE);
    await ledger.putTask(undefined, aTask());
    place.faults.add({ service: 'tablestore', operation: 'DeleteRow', effect, reply });

    await ledger.removeTask(aTask());

    expect(await ledger.getTask('shard', aTask().id)).toBeUndefined();
  });
});

describe('a compare-and-swap under faults', () => {
  test('that was lost is not taken for its own replay', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    const { intent } = await ledger.createIntent(anIntent());
    await place.open().advanceIntent(intent, { ...intent, state: 'submitted', jobId: 'theirs' });
    place.faults.add({ service: 'tablestore', operation: 'PutRow', effect: 'none', reply: { kind: 'reset' } });

    const ours = await ledger.advanceIntent(intent, { ...intent, state: 'submitted', jobId: 'ours' });

    expect(ours).toBeUndefined();
    expect((await ledger.getIntents([intent]))[0]?.jobId).toBe('theirs');
  });

  test('has one winner among ten workers while requests break in every way', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    const { intent } = await ledger.createIntent(anIntent());
    for (const [index, { effect, reply }] of FAULTS.filter(({ reply }) => reply.kind !== 'stall' && reply.kind !== 'partial').entries()) {
      place.faults.add({ service: 'tablestore', operation: 'PutRow', skip: index, effect, reply });
    }
    const next = (worker: number): Intent => ({ ...intent, state: 'submitted', jobId: `job-${worker}` });

    const results = await Promise.all(Array.from({ length: 10 }, (_, worker) => place.open().advanceIntent(intent, next(worker))));

    const winners = results.filter((result) => result !== undefined);
    expect(winners).toHaveLength(1);
    expect(await ledger.getIntents([intent])).toEqual(winners);
  });
});

test('a run whose holder renews at the last moment is not taken over', async () => {
  const holder = place.open();
  await holder.init(OCCURRENCE);
  const run = runOf(await holder.claimRun(aClaim()));
  place.clock.advance(60_000);
  const until = plusMs(run.leaseUntil, 120_000);
  // The contender has seen the lease run out and waits before it repeats its take-over; meanwhile the holder renews.
  const clock: Clock = {
    now: place.clock.now,
    sleep: async () => {
      await holder.renewRun(run, until);
    },
  };
  place.faults.add({ service: 'tablestore', operation: 'PutRow', skip: 1, effect: 'none', reply: { kind: 'throttle' } });

  expect(await place.open({ clock }).claimRun(aClaim())).toEqual({ kind: 'held', until });
});

describe('an outage', () => {
  const outage = (effect: FaultEffect, reply: FaultReply): void => place.faults.add({ service: 'tablestore', operation: '*', times: 1_000, effect, reply });

  test('leaves a write ambiguous and a read unreachable', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    outage('none', { kind: 'reset' });

    await expect(ledger.createIntent(anIntent())).rejects.toMatchObject({ code: 'ledger-ambiguous' });
    await expect(ledger.meta()).rejects.toMatchObject({ code: 'ledger-unreachable' });
    await expect(allOf(ledger.listOpenIntents())).rejects.toMatchObject({ code: 'ledger-unreachable' });
  });

  test('of refusals alone leaves nothing ambiguous', async () => {
    const ledger = place.open();
    await ledger.init(OCCURRENCE);
    outage('none', { kind: 'error', status: 403, code: 'OTSNotEnoughCapacityUnit', message: 'Capacity unit is not enough.' });

    await expect(ledger.putSet(aSet())).rejects.toMatchObject({ code: 'ledger-unreachable' });
  });

  test('ends: reads go on where they were', async () => {
    const ledger = place.open({ timeoutMs: 80 });
    await ledger.init(OCCURRENCE);
    await ledger.putPostures([aPosture()]);
    for (const { effect, reply } of FAULTS.slice(0, 5)) place.faults.add({ service: 'tablestore', operation: '*', effect, reply });

    expect(await allOf(ledger.listPostures('main/cn-hangzhou'))).toEqual([aPosture()]);
  });
});
