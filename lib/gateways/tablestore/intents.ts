// Intents in the ledger, and the index of the unfinished ones.
//
// Requests per executed action: createIntent 1 (entry and intent), putGuard 1, `submitting` 1 (entry and intent), `submitted` 1, `finished` 1
// (set and intent): 5 writes, and the entries of a page of finished ones go in one more. Reads are batched per page of instances.
//
// Rows are atomic one by one, so the order of what is known to be written carries the meaning:
// - Nothing is sent before the entry is known to be in the index: the step to `submitting` writes it again and does not return without it.
// - The entry goes only after the terminal intent and its set are both known to be written; whoever finds it later completes the set.
import type { Clock } from '../../base/clock';
import { MINUTE_MS } from '../../base/instant';
import { LedgerError } from '../../domain/ledger-error';
import type { IntentKey, Ledger, SetRecord } from '../../domain/ports';
import { type Intent, isTerminal } from '../../domain/slot';
import { atVersion, intentPut, readIntent } from './rows/intents';
import { type OpenEntry, openDelete, openPut, readOpenEntry, strayDelete } from './rows/open';
import { setPut } from './rows/sets';
import { HIGHEST, LOWEST, type RowWrite } from './sdk-rows';
import type { Store } from './store';

type Intents = Pick<Ledger, 'getIntents' | 'createIntent' | 'advanceIntent' | 'listOpenIntents'>;

/** An entry without an intent may belong to a createIntent that is still on its way: a signed request stays valid for 15 minutes. */
const STRAY_AFTER_MS = 15 * MINUTE_MS;
/** One page of the index is one batch of intents. */
const OPEN_PAGE = 100;

export function makeIntents(store: Store, clock: Clock, newId: () => string): Intents {
  /** Entries whose intents have ended while a reader of the index is at work: it clears them away page by page. */
  const ended: Intent[] = [];
  let readers = 0;

  const clearEnded = async (): Promise<void> => {
    await store.write(ended.splice(0).map(openDelete));
  };

  const getIntents: Intents['getIntents'] = async (keys) => {
    const rows = await store.getMany('intents', keys.map(keyOf));
    return rows.flatMap((row) => (row === undefined ? [] : readIntent(row)));
  };

  const createIntent: Intents['createIntent'] = async (given) => {
    const intent: Intent = { ...given, version: 1 };
    const [, outcome] = await store.write([openPut(intent, clock.now()), intentPut(intent, newId(), { row: 'absent' })]);
    if (outcome === 'won') return { created: true, intent };
    // Ours lost: the entry written above is right if theirs is open, and a stray that listOpenIntents clears away if it is terminal.
    const [stored] = await getIntents([intent]);
    if (stored !== undefined) return { created: false, intent: stored };
    throw new LedgerError('ledger-invalid', `intent ${intent.slotId} of ${intent.instanceId} vanished from the ledger`, 'see who else writes to the table');
  };

  const advanceIntent: Intents['advanceIntent'] = async (current, next, set) => {
    const stored: Intent = { ...next, version: current.version + 1 };
    const beside: RowWrite[] = [];
    if (set !== undefined) beside.push(setPut(set));
    if (stored.state === 'submitting') beside.push(openPut(stored, clock.now()));
    const outcomes = await store.write([...beside, intentPut(stored, newId(), atVersion(current.version))]);
    if (outcomes.at(-1) !== 'won') return undefined;
    if (isTerminal(stored.state)) ended.push(stored);
    if (readers === 0) await clearEnded();
    return stored;
  };

  /** The unfinished intents of one page; strays and leftovers of crashes are cleared on the way. */
  const openPage = async (entries: readonly OpenEntry[]): Promise<readonly Intent[]> => {
    const rows = await store.getMany('intents', entries.map(keyOf));
    const open: Intent[] = [];
    const done: OpenEntry[] = [];
    const sets: SetRecord[] = [];
    for (const [index, entry] of entries.entries()) {
      const row = rows[index];
      const intent = row === undefined ? undefined : readIntent(row);
      if (intent === undefined && clock.now() - entry.createdAt < STRAY_AFTER_MS) continue;
      if (intent !== undefined && !isTerminal(intent.state)) {
        open.push(intent);
        continue;
      }
      done.push(entry);
      sets.push(...(intent === undefined ? [] : setOf(intent)));
    }
    await store.write(sets.map(setPut));
    await store.write(done.map(strayDelete));
    return open;
  };

  const listOpenIntents = async function* (): AsyncIterable<readonly Intent[]> {
    readers += 1;
    try {
      for await (const rows of store.scan({ table: 'open', from: [LOWEST, LOWEST], to: [HIGHEST, HIGHEST], pageSize: OPEN_PAGE })) {
        const intents = await openPage(rows.map(readOpenEntry));
        if (intents.length > 0) yield intents;
        await clearEnded();
      }
    } finally {
      readers -= 1;
      await clearEnded();
    }
  };

  return { getIntents, createIntent, advanceIntent, listOpenIntents };
}

function keyOf(key: IntentKey): readonly string[] {
  return [key.instanceId, key.slotId];
}

/** What advanceIntent would have recorded, had it not crashed between the intent and its set. */
function setOf(intent: Intent): readonly SetRecord[] {
  const { state, instanceId, backupId, slotId, spec, isAdopted, updatedAt } = intent;
  if (state !== 'finished' || backupId === undefined) return [];
  return [{ instanceId, backupId, origin: isAdopted ? 'adopted' : 'created', spec, slotId, recordedAt: updatedAt, claimedBy: undefined }];
}
