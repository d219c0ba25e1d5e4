// What every implementation of the ledger must do, as one suite that runs on any of them.
import { DAY_MS, instant, plusMs } from '../../../lib/base/instant';
import { type BrakeEntry, type Brakes, emptyBrakes } from '../../../lib/domain/brakes';
import { emptyGuard, type Guard } from '../../../lib/domain/guard';
import type { Ledger, LedgerAdmin } from '../../../lib/domain/ports';
import type { RunClaim, RunRecord } from '../../../lib/domain/run';
import { type Intent, slotIdOf } from '../../../lib/domain/slot';
import { aClaim, allOf, anIntent, aPosture, aSet, aSummary, OCCURRENCE } from '../../support/ledger';
import type { VirtualClock } from '../../support/virtual-clock';
import { openWorkSuite } from './open-work-suite';

export type TestLedger = Ledger & LedgerAdmin;

/** An empty place for a ledger, and as many ledgers on it as a test needs. */
export interface LedgerPlace {
  readonly clock: VirtualClock;
  /** Another client of the same place. */
  open(): TestLedger;
  stop(): Promise<void>;
}

/** Runs the whole suite. Each test gets a place of its own, initialised unless the test is about that. */
export function ledgerSuite(start: () => Promise<LedgerPlace>): void {
  let place: LedgerPlace;
  let ledger: TestLedger;

  beforeEach(async () => {
    place = await start();
    ledger = place.open();
  });

  afterEach(async () => {
    await place.stop();
    jest.useRealTimers();
  });

  describe('set-up', () => {
    test('creates the tables and the meta row, and says which', async () => {
      const missing = await ledger.missingTables();
      const done = await ledger.init(OCCURRENCE);

      expect(missing).toHaveLength(10);
      expect([...done.created].sort()).toEqual([...missing].sort());
      expect(done.meta).toMatchObject({ schemaVersion: 1, createdAt: OCCURRENCE });
      expect(await ledger.missingTables()).toEqual([]);
      expect(await ledger.meta()).toEqual(done.meta);
    });

    test('changes nothing when repeated', async () => {
      const first = await ledger.init(OCCURRENCE);
      const second = await ledger.init(plusMs(OCCURRENCE, 1_000));

      expect(second).toEqual({ created: [], meta: first.meta });
    });

    test('agrees on one installation when two start together', async () => {
      const [one, two] = await Promise.all([ledger.init(OCCURRENCE), place.open().init(OCCURRENCE)]);

      expect(one.meta).toEqual(two.meta);
      expect([...one.created, ...two.created]).toHaveLength(10);
    });

    test('is asked for when the tables are missing', async () => {
      await expect(ledger.meta()).rejects.toMatchObject({ code: 'ledger-missing-table', hint: 'run: keeper ledger init' });
    });
  });

  describe('runs', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    const claimed = async (by: TestLedger): Promise<RunRecord> => runOf(await by.claimRun(aClaim()));

    test('are claimed once; whoever comes next is told until when', async () => {
      const run = await claimed(ledger);

      expect(run).toMatchObject({ scope: 'main/cn-hangzhou', fence: 1, summary: undefined, leaseUntil: plusMs(place.clock.now(), 60_000) });
      expect(await place.open().claimRun(aClaim())).toEqual({ kind: 'held', until: run.leaseUntil });
    });

    test('give one of 25 contenders the claim', async () => {
      const claims = await Promise.all(Array.from({ length: 25 }, () => place.open().claimRun(aClaim())));

      expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
      expect(claims.filter(({ kind }) => kind === 'held')).toHaveLength(24);
    });

    test('are taken over by one of 25 contenders when the lease has run out', async () => {
      const first = await claimed(ledger);
      place.clock.advance(60_000);

      const claims = await Promise.all(Array.from({ length: 25 }, () => place.open().claimRun(aClaim())));

      const winners = claims.filter(({ kind }) => kind === 'claimed').map(runOf);
      expect(winners).toHaveLength(1);
      expect(winners[0]).toMatchObject({ runId: first.runId, fence: 2, startedAt: first.startedAt });
    });

    test('answer a repeated delivery with the summary of the finished run', async () => {
      const summary = aSummary();
      const run = await claimed(ledger);

      expect(await ledger.finishRun(run, summary)).toBe(true);
      expect(await place.open().claimRun(aClaim())).toEqual({ kind: 'finished', summary });
    });

    test('that failed keep their summary, and one of 25 repeated deliveries may do the work at once', async () => {
      const run = await claimed(ledger);
      const summary = aSummary({ status: 'failed' });

      expect(await ledger.finishRun(run, summary)).toBe(true);
      expect((await ledger.listRuns(run.scope, 1))[0]?.summary).toEqual(summary);
      const claims = await Promise.all(Array.from({ length: 25 }, () => place.open().claimRun(aClaim())));

      const winners = claims.filter(({ kind }) => kind === 'claimed').map(runOf);
      expect(winners).toHaveLength(1);
      expect(winners[0]).toMatchObject({ fence: 2, summary: undefined });
      expect(claims.filter(({ kind }) => kind === 'held')).toHaveLength(24);
    });

    test('may be finished twice by their holder', async () => {
      const run = await claimed(ledger);
      await ledger.finishRun(run, aSummary());

      expect(await ledger.finishRun(run, aSummary())).toBe(true);
    });

    test("cannot be renewed or finished by whoever lost them, and the winner's summary stands", async () => {
      const slow = await claimed(ledger);
      place.clock.advance(60_000);
      const winner = await claimed(place.open());
      const summary = aSummary({ counts: { submitted: 2 } });

      expect(await ledger.renewRun(slow, plusMs(place.clock.now(), 60_000))).toBe(false);
      expect(await ledger.finishRun(slow, aSummary())).toBe(false);
      expect(await ledger.finishRun(winner, summary)).toBe(true);
      expect(await ledger.finishRun(slow, aSummary())).toBe(false);
      expect(await ledger.claimRun(aClaim())).toEqual({ kind: 'finished', summary });
    });

    test('stay held for as long as they are renewed', async () => {
      const run = await claimed(ledger);
      const until = plusMs(run.leaseUntil, 30_000);

      expect(await ledger.renewRun(run, until)).toBe(true);
      place.clock.advance(60_000);
      expect(await place.open().claimRun(aClaim())).toEqual({ kind: 'held', until });
    });

    test('never get a shorter lease by a renewal that comes late', async () => {
      const run = await claimed(ledger);
      const until = plusMs(run.leaseUntil, 30_000);
      await ledger.renewRun(run, until);

      expect(await ledger.renewRun(run, run.leaseUntil)).toBe(true);
      expect(await ledger.claimRun(aClaim())).toEqual({ kind: 'held', until });
    });

    test('are not renewed once finished', async () => {
      const run = await claimed(ledger);
      await ledger.finishRun(run, aSummary());

      expect(await ledger.renewRun(run, plusMs(run.leaseUntil, 60_000))).toBe(false);
      expect(await ledger.claimRun(aClaim())).toMatchObject({ kind: 'finished' });
    });

    test('are listed newest first, within their scope and the limit', async () => {
      for (const minutes of [0, 5, 10, 15]) {
        const time = plusMs(OCCURRENCE, minutes * 60_000);
        await ledger.claimRun(aClaim({ trigger: { type: 'timer', id: 'tick', time } }));
      }
      await ledger.claimRun(aClaim({ scope: 'main/cn-hangzhou-2' }));

      const runs = await ledger.listRuns('main/cn-hangzhou', 3);

      expect(runs.map(({ trigger }) => (trigger.time - OCCURRENCE) / 60_000)).toEqual([15, 10, 5]);
      expect(await ledger.listRuns('main/cn-hangzhou', 0)).toEqual([]);
      expect(await ledger.listRuns('nobody', 3)).toEqual([]);
    });

    test("are scanned by their trigger's time, oldest first, from the window's start up to its end", async () => {
      for (const ms of [-1, 0, 1, 999, 60_000, 119_999, 120_000, 120_001]) {
        await ledger.claimRun(aClaim({ trigger: { type: 'timer', id: 'tick', time: plusMs(OCCURRENCE, ms) } }));
      }
      await ledger.claimRun(aClaim({ scope: 'main/cn-hangzhou-2' }));
      const scan = async (from: number, to: number): Promise<readonly number[]> => {
        const runs = await allOf(ledger.scanRuns('main/cn-hangzhou', { from: plusMs(OCCURRENCE, from), to: plusMs(OCCURRENCE, to) }));
        return runs.map(({ trigger }) => trigger.time - OCCURRENCE).sort((a, b) => a - b);
      };

      expect(await scan(0, 120_000)).toEqual([0, 1, 999, 60_000, 119_999]);
      expect(await scan(1, 120_001)).toEqual([1, 999, 60_000, 119_999, 120_000]);
      expect(await scan(60_000, 60_000)).toEqual([]);
      expect(await scan(-DAY_MS, DAY_MS)).toHaveLength(8);
      expect(await allOf(ledger.scanRuns('nobody', { from: OCCURRENCE, to: plusMs(OCCURRENCE, DAY_MS) }))).toEqual([]);
    });

    test('are scanned in the order of time, in pages without empty ones', async () => {
      for (const minutes of [15, 0, 10, 5]) {
        await ledger.claimRun(aClaim({ trigger: { type: 'timer', id: 'tick', time: plusMs(OCCURRENCE, minutes * 60_000) } }));
      }
      const pages: (readonly RunRecord[])[] = [];

      for await (const page of ledger.scanRuns('main/cn-hangzhou', { from: OCCURRENCE, to: plusMs(OCCURRENCE, DAY_MS) })) pages.push(page);

      expect(pages.flat().map(({ trigger }) => (trigger.time - OCCURRENCE) / 60_000)).toEqual([0, 5, 10, 15]);
      expect(pages.every((page) => page.length > 0)).toBe(true);
    });
  });

  describe('intents', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    test('are created once; whoever comes next gets the stored one', async () => {
      const first = await ledger.createIntent(anIntent());
      const second = await place.open().createIntent(anIntent({ runId: 'run-2' }));

      expect(first).toEqual({ created: true, intent: anIntent() });
      expect(second).toEqual({ created: false, intent: anIntent() });
      expect(await allOf(ledger.listOpenIntents())).toEqual([anIntent()]);
    });

    test('are found by their keys, whatever the number of keys', async () => {
      const ids = Array.from({ length: 250 }, (_, index) => `rm-${index}`);
      for (const instanceId of ids.filter((_, index) => index % 50 === 0)) await ledger.createIntent(anIntent({ instanceId }));

      const found = await ledger.getIntents(ids.map((instanceId) => ({ instanceId, slotId: anIntent().slotId })));

      expect(found.map(({ instanceId }) => instanceId)).toEqual(['rm-0', 'rm-50', 'rm-100', 'rm-150', 'rm-200']);
      expect(await ledger.getIntents([])).toEqual([]);
    });

    test('may be asked for twice in one call', async () => {
      await ledger.createIntent(anIntent());

      expect(await ledger.getIntents([anIntent(), anIntent()])).toHaveLength(2);
    });

    test('advance by compare-and-swap: one of ten workers wins', async () => {
      const { intent } = await ledger.createIntent(anIntent());
      const next = (runId: string): Intent => ({
        ...intent,
        state: 'submitting',
        runId,
        sentAt: OCCURRENCE,
        baseline: { runningJobIds: [], newestBackupId: '7' },
      });

      const results = await Promise.all(Array.from({ length: 10 }, (_, index) => place.open().advanceIntent(intent, next(`run-${index}`))));

      const winners = results.filter((result) => result !== undefined);
      expect(winners).toHaveLength(1);
      expect(winners[0]).toMatchObject({ version: 2, state: 'submitting' });
      expect(await ledger.getIntents([intent])).toEqual(winners);
    });

    test.each(['failed', 'missed', 'abandoned', 'refused', 'unneeded', 'finished'] as const)('leave the open index when they are %s', async (state) => {
      const { intent } = await ledger.createIntent(anIntent());

      const stored = await ledger.advanceIntent(intent, { ...intent, state, reason: '<b>"why"\u0000\u202e</b>' });

      expect(stored).toMatchObject({ state, version: 2 });
      expect(await allOf(ledger.listOpenIntents())).toEqual([]);
      expect(await ledger.getIntents([intent])).toEqual([stored]);
    });

    test('record their set when they finish', async () => {
      const { intent } = await ledger.createIntent(anIntent());

      await ledger.advanceIntent(intent, { ...intent, state: 'finished', backupId: '1001' }, aSet());

      expect(await ledger.getSet('rm-1', '1001')).toEqual(aSet());
    });

    test('keep ids with every separator apart', async () => {
      const odd = [anIntent({ instanceId: 'a#b', slotId: 'c' }), anIntent({ instanceId: 'a', slotId: 'b#c~~/"\\\u00e9\ud83d\ude00' })];
      for (const intent of odd) await ledger.createIntent(intent);

      const open = await allOf(ledger.listOpenIntents());

      expect(open).toHaveLength(2);
      expect(open).toEqual(expect.arrayContaining(odd));
    });

    test('are listed in pages when there are many open ones', async () => {
      const ids = Array.from({ length: 230 }, (_, index) => `rm-${index}`);
      await Promise.all(ids.map((instanceId) => ledger.createIntent(anIntent({ instanceId }))));

      const open = await allOf(ledger.listOpenIntents());

      expect(open.map(({ instanceId }) => instanceId).sort()).toEqual([...ids].sort());
    });
  });

  describe('guards', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    const reserve = (guard: Guard, slotId: string): Guard => ({
      ...guard,
      reservations: [...guard.reservations, { slotId, pool: 'ordinary', units: 1, reservedAt: OCCURRENCE }],
    });

    test('are empty until they are put, in the order they are asked for', async () => {
      const [guard = emptyGuard('?')] = await ledger.getGuards(['rm-2']);
      const put = await ledger.putGuard(guard, reserve(guard, 'a'));

      expect(guard).toEqual(emptyGuard('rm-2'));
      expect(put).toEqual({ ...reserve(guard, 'a'), version: 1 });
      expect(await ledger.getGuards(['rm-1', 'rm-2', 'rm-1'])).toEqual([emptyGuard('rm-1'), put, emptyGuard('rm-1')]);
    });

    test('keep holds, marks and corrections', async () => {
      const guard: Guard = {
        ...emptyGuard('rm-1'),
        holds: [
          { id: 'h-1', target: { kind: 'set', backupId: '1001' }, owner: 'ops', reason: 'audit', placedAt: OCCURRENCE, until: undefined },
          { id: 'h-2', target: { kind: 'release', release: 'r/42' }, owner: 'ops', reason: 'release', placedAt: OCCURRENCE, until: plusMs(OCCURRENCE, 1) },
          { id: 'h-3', target: { kind: 'instance' }, owner: 'ops', reason: 'move', placedAt: OCCURRENCE, until: undefined },
        ],
        marks: [
          { backupId: '1002', markedAt: OCCURRENCE, state: 'marked', deletingAt: undefined },
          { backupId: '1003', markedAt: OCCURRENCE, state: 'deleting', deletingAt: plusMs(OCCURRENCE, 1) },
        ],
        corrections: [{ setting: 'dataRetentionDays', wanted: '14 days', at: OCCURRENCE, isDestructive: true }],
      };

      const put = await ledger.putGuard(emptyGuard('rm-1'), guard);

      expect(put).toEqual({ ...guard, version: 1 });
      expect(await ledger.getGuards(['rm-1'])).toEqual([put]);
    });

    test('let either a hold or a deletion win, never both', async () => {
      const [guard = emptyGuard('rm-1')] = await ledger.getGuards(['rm-1']);
      const hold: Guard = {
        ...guard,
        holds: [{ id: 'h', target: { kind: 'set', backupId: '1001' }, owner: 'ops', reason: 'audit', placedAt: OCCURRENCE, until: undefined }],
      };
      const deleting: Guard = { ...guard, marks: [{ backupId: '1001', markedAt: OCCURRENCE, state: 'deleting', deletingAt: OCCURRENCE }] };

      const outcomes = await Promise.all([ledger.putGuard(guard, hold), place.open().putGuard(guard, deleting)]);

      const winners = outcomes.filter((outcome) => outcome !== undefined);
      expect(winners).toHaveLength(1);
      expect(await ledger.getGuards(['rm-1'])).toEqual(winners);
    });

    test('refuse whoever read an older version', async () => {
      const stale = emptyGuard('rm-1');
      await ledger.putGuard(stale, reserve(stale, 'a'));

      expect(await ledger.putGuard(stale, reserve(stale, 'b'))).toBeUndefined();
      expect((await ledger.getGuards(['rm-1']))[0]?.reservations.map(({ slotId }) => slotId)).toEqual(['a']);
    });

    test('never let 60 concurrent reservations pass a cap of 20', async () => {
      const cap = 20;
      const reserveUnderCap = async (by: TestLedger, slotId: string): Promise<boolean> => {
        for (;;) {
          const [guard = emptyGuard('rm-1')] = await by.getGuards(['rm-1']);
          if (guard.reservations.length >= cap) return false;
          if ((await by.putGuard(guard, reserve(guard, slotId))) !== undefined) return true;
        }
      };
      const clients = Array.from({ length: 6 }, () => place.open());

      const granted = await Promise.all(Array.from({ length: 60 }, (_, index) => reserveUnderCap(clients[index % 6] ?? ledger, `slot-${index}`)));

      const [guard] = await ledger.getGuards(['rm-1']);
      expect(granted.filter(Boolean)).toHaveLength(cap);
      expect(guard?.version).toBe(cap);
      expect(new Set(guard?.reservations.map(({ slotId }) => slotId)).size).toBe(cap);
    });
  });

  describe('brakes', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    const entry = (object: string): BrakeEntry => ({ kind: 'purge', instanceId: 'rm-1', object, at: OCCURRENCE, runId: 'run-1' });
    const take = (brakes: Brakes, object: string): Brakes => ({ ...brakes, entries: [...brakes.entries, entry(object)] });

    test('are empty until they are put, and each policy has its own', async () => {
      const empty = await ledger.getBrakes('prod');
      const fleet = { manualSets: 1_200, asOf: OCCURRENCE };
      const put = await ledger.putBrakes(empty, { ...take(empty, '1001'), fleet });

      expect(empty).toEqual(emptyBrakes('prod'));
      expect(put).toEqual({ policy: 'prod', version: 1, entries: [entry('1001')], fleet });
      expect(await place.open().getBrakes('prod')).toEqual(put);
      expect(await ledger.getBrakes('test')).toEqual(emptyBrakes('test'));
    });

    test('refuse whoever read an older version', async () => {
      const stale = emptyBrakes('prod');
      const first = await ledger.putBrakes(stale, take(stale, 'a'));

      expect(await ledger.putBrakes(stale, take(stale, 'b'))).toBeUndefined();
      expect(await ledger.getBrakes('prod')).toEqual(first);
    });

    test('never let 60 concurrent takers pass a limit of 20', async () => {
      const limit = 20;
      const takeUnderLimit = async (by: TestLedger, object: string): Promise<boolean> => {
        for (;;) {
          const brakes = await by.getBrakes('prod');
          if (brakes.entries.length >= limit) return false;
          if ((await by.putBrakes(brakes, take(brakes, object))) !== undefined) return true;
        }
      };
      const clients = Array.from({ length: 6 }, () => place.open());

      const granted = await Promise.all(Array.from({ length: 60 }, (_, index) => takeUnderLimit(clients[index % 6] ?? ledger, `set-${index}`)));

      const brakes = await ledger.getBrakes('prod');
      expect(granted.filter(Boolean)).toHaveLength(limit);
      expect(brakes.version).toBe(limit);
      expect(new Set(brakes.entries.map(({ object }) => object)).size).toBe(limit);
    });

    test('of 5,000 entries fit into their row', async () => {
      const empty = emptyBrakes('prod');
      const entries = Array.from({ length: 5_000 }, (_, index) => ({ ...entry(`3210${index}`), runId: '20261121T010000Z-0123456789' }));

      const put = await ledger.putBrakes(empty, { ...empty, entries });

      expect(await ledger.getBrakes('prod')).toEqual(put);
    });
  });

  describe('sets', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    test('are stored and listed by instance', async () => {
      await ledger.putSet(aSet());
      await ledger.putSet(aSet({ backupId: '1002', origin: 'adopted', spec: undefined, slotId: undefined }));
      await ledger.putSet(aSet({ instanceId: 'rm-10' }));

      expect(await ledger.getSet('rm-1', '1001')).toEqual(aSet());
      expect(await ledger.getSet('rm-1', 'none')).toBeUndefined();
      expect((await ledger.listSets('rm-1')).map(({ backupId }) => backupId)).toEqual(['1001', '1002']);
    });

    test.each([
      { name: 'a claim replaces an adoption', first: 'adopted', second: 'claimed', stands: 'claimed' },
      { name: 'an adoption that comes late takes no claim away', first: 'claimed', second: 'adopted', stands: 'claimed' },
      { name: 'what our own job says of its set replaces a claim', first: 'claimed', second: 'created', stands: 'created' },
      { name: 'a claim that comes late takes nothing of that away', first: 'created', second: 'claimed', stands: 'created' },
      { name: 'an adoption takes no ownership away', first: 'created', second: 'adopted', stands: 'created' },
    ] as const)('$name', async ({ first, second, stands }) => {
      await ledger.putSet(aSet({ origin: first }));
      await ledger.putSet(aSet({ origin: second }));

      expect((await ledger.getSet('rm-1', '1001'))?.origin).toBe(stands);
    });
  });

  describe('postures', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    test('are stored and read back by scope', async () => {
      await ledger.putPostures([aPosture(), aPosture({ instanceId: 'rm-2' }), aPosture({ scope: 'other/cn-hangzhou' })]);

      const found = await ledger.getPostures('main/cn-hangzhou', ['rm-2', 'rm-3']);

      expect([...found]).toEqual([['rm-2', aPosture({ instanceId: 'rm-2' })]]);
      expect((await allOf(ledger.listPostures('main/cn-hangzhou'))).map(({ instanceId }) => instanceId)).toEqual(['rm-1', 'rm-2']);
    });

    test('keep the newest: a late writer loses without an error', async () => {
      const newer = aPosture({ asOf: plusMs(OCCURRENCE, 1) });
      await ledger.putPostures([newer]);

      await ledger.putPostures([aPosture(), aPosture({ instanceId: 'rm-2' })]);

      expect(await allOf(ledger.listPostures('main/cn-hangzhou'))).toEqual([newer, aPosture({ instanceId: 'rm-2' })]);
    });

    test('take the newest when one call names an instance twice', async () => {
      const newer = aPosture({ asOf: plusMs(OCCURRENCE, 1) });

      await ledger.putPostures([newer, aPosture()]);

      expect(await allOf(ledger.listPostures('main/cn-hangzhou'))).toEqual([newer]);
    });

    test('of 5,100 instances come back whole, in pages', async () => {
      const ids = Array.from({ length: 5_100 }, (_, index) => `rm-${String(index).padStart(5, '0')}`);
      const before = ledger.usage().writes;

      await ledger.putPostures(ids.map((instanceId) => aPosture({ instanceId })));

      const pages: number[] = [];
      const listed: string[] = [];
      for await (const page of ledger.listPostures('main/cn-hangzhou')) {
        pages.push(page.length);
        listed.push(...page.map(({ instanceId }) => instanceId));
      }
      expect(listed).toEqual(ids);
      expect(pages.length).toBeGreaterThan(1);
      expect(ledger.usage().writes - before).toBe(26);
      expect((await ledger.getPostures('main/cn-hangzhou', ids)).size).toBe(5_100);
    });

    test('larger than one request together are split', async () => {
      const findings = [{ id: 'f', severity: 'info', rule: 'r', instanceId: undefined, message: 'x'.repeat(900_000), evidence: {}, remedy: '' }] as const;
      const ids = Array.from({ length: 9 }, (_, index) => `rm-${index}`);

      await ledger.putPostures(ids.map((instanceId) => aPosture({ instanceId, findings })));

      expect(await allOf(ledger.listPostures('main/cn-hangzhou'))).toHaveLength(9);
    });
  });

  openWorkSuite(() => ({ ledger, open: () => place.open() }));

  test('an executed action takes at most 6 writes and 6 reads', async () => {
    await ledger.init(OCCURRENCE);
    const before = ledger.usage();

    await ledger.getIntents([anIntent()]);
    const [guard = emptyGuard('rm-1')] = await ledger.getGuards(['rm-1']);
    const { intent } = await ledger.createIntent(anIntent());
    await ledger.putGuard(guard, { ...guard, reservations: [{ slotId: intent.slotId, pool: 'ordinary', units: 1, reservedAt: OCCURRENCE }] });
    const submitting = await ledger.advanceIntent(intent, { ...intent, state: 'submitting', sentAt: OCCURRENCE });
    const submitted = await ledger.advanceIntent(submitting ?? intent, { ...intent, state: 'submitted', jobId: '7' });
    const open = await allOf(ledger.listOpenIntents());
    const finished = await ledger.advanceIntent(submitted ?? intent, { ...intent, state: 'finished', jobId: '7', backupId: '1001' }, aSet());

    const after = ledger.usage();
    expect(open).toEqual([submitted]);
    expect(finished).toMatchObject({ version: 4, state: 'finished' });
    expect(after.writes - before.writes).toBe(6);
    expect(after.reads - before.reads).toBe(4);
  });

  test('slots that no rule of ours made are told apart by their whole id', async () => {
    await ledger.init(OCCURRENCE);
    const whole = anIntent({ slotId: slotIdOf('nightly', OCCURRENCE, 'instance') });
    const databases = anIntent({ slotId: slotIdOf('nightly', OCCURRENCE, 'databases'), occurrence: instant(OCCURRENCE) });
    await ledger.createIntent(whole);

    expect(await ledger.getIntents([databases])).toEqual([]);
    expect((await ledger.createIntent(databases)).created).toBe(true);
  });
}

function runOf(claim: RunClaim): RunRecord {
  if (claim.kind !== 'claimed') throw new Error(`expected a claim, got ${claim.kind}`);
  return claim.run;
}
