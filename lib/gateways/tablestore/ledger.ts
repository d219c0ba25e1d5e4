// The ledger on Tablestore: puts the parts together.
import type { Clock } from '../../base/clock';
import type { Ledger, LedgerAdmin } from '../../domain/ports';
import { makeAdmin, makeMeta } from './admin';
import { makeBrakes } from './brakes';
import { type ClientOptions, makeClient } from './client';
import { makeGuards } from './guards';
import { makeIntents } from './intents';
import { checkTablePrefix, DEFAULT_TABLE_PREFIX } from './layout';
import { makePostures } from './postures';
import { makeReleases } from './releases';
import { makeRuns } from './runs';
import { makeSets } from './sets';
import { makeStore } from './store';
import { makeTasks } from './tasks';

export interface LedgerOptions extends ClientOptions {
  readonly clock: Clock;
  /** A new unique text for every call: tokens of writes and the installation id. */
  readonly newId: () => string;
  /** `keeper_` unless told. */
  readonly tablePrefix?: string;
}

/** Holds connections until closed. Makes no request by itself. Throws a UsageError for an endpoint or a table prefix that it cannot use. */
export function makeLedger(options: LedgerOptions): Ledger & LedgerAdmin & { close(): void } {
  const { clock, newId, tablePrefix: prefix = DEFAULT_TABLE_PREFIX } = options;
  checkTablePrefix(prefix);
  const client = makeClient(options);
  const store = makeStore(client, prefix);
  return {
    meta: makeMeta(store),
    ...makeRuns(store, clock, newId),
    ...makeIntents(store, clock, newId),
    ...makeGuards(store, newId),
    ...makeBrakes(store, newId),
    ...makeSets(store),
    ...makePostures(store),
    ...makeReleases(store, newId),
    ...makeTasks(store, newId),
    ...makeAdmin({ client, store, prefix, clock, newId }),
    usage: store.usage,
    close: client.close,
  };
}
