import type { Clock } from '../../../lib/base/clock';
import { MINUTE_MS } from '../../../lib/base/instant';
import type { Ledger } from '../../../lib/domain/ports';
import { type Intent, isTerminal } from '../../../lib/domain/slot';
import { KEY_COLUMNS, type Table, tableName } from '../../../lib/gateways/tablestore/layout';
import { HIGHEST, LOWEST, sdkKey } from '../../../lib/gateways/tablestore/sdk-rows';
import { allOf, anIntent, aSet, type LocalLedgerPlace, OCCURRENCE, startLedgerPlace } from '../../support/ledger';

let place: LocalLedgerPlace;
let ledger: ReturnType<LocalLedgerPlace['open']>;

beforeEach(async () => {
  place = await startLedgerPlace();
  ledger = place.open();
  await ledger.init(OCCURRENCE);
});

afterEach(async () => {
  await place.stop();
  jest.useRealTimers();
});

/** What comes after a state; undefined when nothing does. */
function nextOf(intent: Intent): Intent | undefined {
  if (intent.state === 'intended') return { ...intent, state: 'submitting', sentAt: OCCURRENCE };
  if (intent.state === 'submitting') return { ...intent, state: 'submitted', jobId: '7' };
  if (intent.state === 'submitted') return { ...intent, state: 'finished', backupId: '1001' };
  return undefined;
}

/** Creates the intent and carries it through; returns the states that the caller learned of. */
async function carryThrough(by: Ledger, learned: string[] = []): Promise<readonly string[]> {
  let { intent } = await by.createIntent(anIntent());
  learned.push(intent.state);
  for (let next = nextOf(intent); next !== undefined; next = nextOf(intent)) {
    const stored = await by.advanceIntent(intent, next, next.state === 'finished' ? aSet() : undefined);
    if (stored === undefined) throw new Error('nobody else is here');
    intent = stored;
    learned.push(intent.state);
  }
  return learned;
}

/** From its n-th request on the process gets nowhere. With `applied` that request itself took effect. */
async function crashAt(request: number, effect: 'none' | 'applied'): Promise<readonly string[]> {
  const dead = { kind: 'error', status: 403, code: 'OTSNoPermissionAccess', message: 'dead' } as const;
  place.faults.add({ service: 'tablestore', operation: '*', skip: request, effect, reply: dead });
  place.faults.add({ service: 'tablestore', operation: '*', skip: request, times: 1_000, effect: 'none', reply: dead });
  const learned: string[] = [];
  await carryThrough(place.open(), learned).catch(() => learned);
  place.faults.clear();
  return learned;
}

const storedIntent = async (): Promise<Intent | undefined> => (await ledger.getIntents([anIntent()]))[0];
/** The entries of the index as they are stored, strays too. */
async function openEntries(): Promise<readonly unknown[]> {
  const reply = await place.sdk.getRange({
    tableName: tableName('keeper_', 'open'),
    direction: 'FORWARD',
    inclusiveStartPrimaryKey: sdkKey('open', [LOWEST, LOWEST]),
    exclusiveEndPrimaryKey: sdkKey('open', [HIGHEST, HIGHEST]),
  });
  return reply.rows;
}

/** Takes a table away while `action` runs, so that its rows of a batch fail and all others are written. */
async function without(table: Table, action: () => Promise<unknown>): Promise<void> {
  await place.sdk.deleteTable({ tableName: tableName('keeper_', table) });
  await expect(action()).rejects.toMatchObject({ code: 'ledger-missing-table' });
  await ledger.init(OCCURRENCE);
}

describe('a crash', () => {
  const crashes = [0, 1, 2, 3, 4].flatMap((request) => (['none', 'applied'] as const).map((effect) => ({ request, effect })));

  test.each(crashes)('at request $request, effect $effect, loses nothing that was sent and is repaired by the next run', async ({ request, effect }) => {
    const learned = await crashAt(request, effect);

    const stored = await storedIntent();
    const open = await allOf(ledger.listOpenIntents());
    if (learned.includes('submitting') && stored !== undefined && !isTerminal(stored.state)) expect(open).toEqual([stored]);
    if (stored?.state === 'finished') expect(await ledger.getSet('rm-1', '1001')).toEqual(aSet());

    await carryThrough(place.open());

    expect((await storedIntent())?.state).toBe('finished');
    expect(await ledger.getSet('rm-1', '1001')).toEqual(aSet());
    expect(await allOf(ledger.listOpenIntents())).toEqual([]);
    expect(await openEntries()).toEqual([]);
  });
});

describe('a batch of which one half failed', () => {
  test('leaves an entry without an intent, which is kept until it cannot belong to anybody any more', async () => {
    await without('intents', () => ledger.createIntent(anIntent()));

    expect(await allOf(ledger.listOpenIntents())).toEqual([]);
    expect(await openEntries()).toHaveLength(1);
    place.clock.advance(15 * MINUTE_MS - 1);
    await allOf(ledger.listOpenIntents());
    expect(await openEntries()).toHaveLength(1);
    place.clock.advance(1);
    await allOf(ledger.listOpenIntents());
    expect(await openEntries()).toEqual([]);
  });

  test('leaves an entry that createIntent turns into a whole one', async () => {
    await without('intents', () => ledger.createIntent(anIntent()));

    const { created, intent } = await ledger.createIntent(anIntent());

    expect(created).toBe(true);
    expect(await allOf(ledger.listOpenIntents())).toEqual([intent]);
  });

  test('leaves an intent without an entry, which gets one before anything is sent', async () => {
    await without('open', () => ledger.createIntent(anIntent()));
    const intent = (await storedIntent()) ?? anIntent();
    expect(await allOf(ledger.listOpenIntents())).toEqual([]);

    const submitting = await ledger.advanceIntent(intent, { ...intent, state: 'submitting', sentAt: OCCURRENCE });

    expect(submitting).toMatchObject({ state: 'submitting' });
    expect(await allOf(ledger.listOpenIntents())).toEqual([submitting]);
  });

  test('does not let the caller send when the entry is not known to be written', async () => {
    const { intent } = await ledger.createIntent(anIntent());

    await without('open', () => ledger.advanceIntent(intent, { ...intent, state: 'submitting', sentAt: OCCURRENCE }));

    expect((await storedIntent())?.state).toBe('submitting');
  });

  test.each([
    { name: 'created', isAdopted: false },
    { name: 'adopted', isAdopted: true },
  ] as const)('leaves a finished intent whose set is recorded later, as $name', async ({ name, isAdopted }) => {
    const { intent } = await ledger.createIntent(anIntent());
    const finished: Intent = { ...intent, state: 'finished', backupId: '1001', isAdopted };
    await without('sets', () => ledger.advanceIntent(intent, finished, aSet({ origin: name })));

    const open = await allOf(ledger.listOpenIntents());

    expect(open).toEqual([]);
    expect(await ledger.getSet('rm-1', '1001')).toEqual(aSet({ origin: name }));
    expect(await openEntries()).toEqual([]);
  });

  test('is finished by itself when the other table is only not ready yet', async () => {
    await place.stop();
    place = await startLedgerPlace({ notReadyMs: 500 });
    ledger = place.open();
    await ledger.init(OCCURRENCE);
    await place.sdk.deleteTable({ tableName: tableName('keeper_', 'open') });
    await place.sdk.createTable({
      tableMeta: { tableName: tableName('keeper_', 'open'), primaryKey: KEY_COLUMNS.open.map((name) => ({ name, type: 'STRING' })) },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive: -1, maxVersions: 1 },
    });

    const { created, intent } = await ledger.createIntent(anIntent());

    expect(created).toBe(true);
    expect(await allOf(ledger.listOpenIntents())).toEqual([intent]);
  });
});

test('an entry that is written again just now is not taken for the stray it was', async () => {
  await without('intents', () => ledger.createIntent(anIntent()));
  place.clock.advance(15 * MINUTE_MS);
  const other = place.open();
  // The cleaner waits before it repeats its deletion; meanwhile somebody creates the intent.
  const clock: Clock = {
    now: place.clock.now,
    sleep: async () => {
      await other.createIntent(anIntent());
    },
  };
  place.faults.add({ service: 'tablestore', operation: 'DeleteRow', effect: 'none', reply: { kind: 'throttle' } });

  await allOf(place.open({ clock }).listOpenIntents());

  expect(await allOf(ledger.listOpenIntents())).toEqual([anIntent()]);
});
