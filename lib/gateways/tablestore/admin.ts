// Set-up and check-up of the ledger: its tables and its meta row.
import type TableStore from '@alicloud/tablestore';
import type { Clock } from '../../base/clock';
import { MINUTE_MS, SECOND_MS } from '../../base/instant';
import { LedgerError } from '../../domain/ledger-error';
import type { Ledger, LedgerAdmin, LedgerMeta } from '../../domain/ports';
import type { TablestoreClient } from './client';
import { TablestoreFailure } from './failure';
import { KEY_COLUMNS, META_KEY, SCHEMA_VERSION, TABLES, type Table, tableName } from './layout';
import { metaPut, readMeta } from './rows/meta';
import type { Store } from './store';

/** A new table takes seconds, at times a minute (CreateTable, notes). */
const READY_WITHIN_MS = 3 * MINUTE_MS;
const READY_POLL_MS = 2 * SECOND_MS;

/** No row has this key: asking for it only tells whether the table answers. */
const NO_SUCH_KEY = '-';

export interface AdminDeps {
  readonly client: TablestoreClient;
  readonly store: Store;
  readonly prefix: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Reads the meta row. Throws a LedgerError `ledger-schema` for a version that this product does not know. */
export function makeMeta(store: Store): Ledger['meta'] {
  return async () => {
    const row = await store.get('meta', META_KEY);
    if (row === undefined) return undefined;
    const meta = readMeta(row);
    if (meta.schemaVersion === SCHEMA_VERSION) return meta;
    const message = `the ledger has schema version ${meta.schemaVersion}; this version of keeper knows ${SCHEMA_VERSION}`;
    throw new LedgerError('ledger-schema', message, meta.schemaVersion > SCHEMA_VERSION ? 'install a newer version of keeper' : 'choose another table prefix');
  };
}

export function makeAdmin({ client, store, prefix, clock, newId }: AdminDeps): LedgerAdmin {
  const nameOf = (table: Table): string => tableName(prefix, table);
  const meta = makeMeta(store);

  const missing = async (): Promise<readonly Table[]> => {
    const reply = await client.persist({ action: 'ListTable', table: undefined, isWrite: false }, () => client.send((sdk) => sdk.listTable({})));
    return TABLES.filter((table) => !reply.tableNames.includes(nameOf(table)));
  };

  const checkPrimaryKey = async (table: Table): Promise<void> => {
    const subject = { action: 'DescribeTable', table: nameOf(table), isWrite: false };
    const reply = await client.persist(subject, () => client.send((sdk) => sdk.describeTable({ tableName: nameOf(table) })));
    const found = reply.tableMeta.primaryKey.map(({ name }) => name).join(', ');
    const wanted = KEY_COLUMNS[table].join(', ');
    if (found === wanted) return;
    const message = `table ${nameOf(table)} has the primary key (${found}), not the ledger's (${wanted})`;
    throw new LedgerError('ledger-schema', message, 'choose another table prefix or another instance');
  };

  /** False when somebody else created it first. */
  const create = (table: Table): Promise<boolean> =>
    client.persist({ action: 'CreateTable', table: nameOf(table), isWrite: true }, async (attempt) => {
      try {
        await client.send((sdk) => sdk.createTable(tableParams(nameOf(table), KEY_COLUMNS[table])));
        return true;
      } catch (error) {
        if (error instanceof TablestoreFailure && error.kind === 'already-exist') return attempt > 0;
        throw error;
      }
    });

  const awaitReady = async (table: Table): Promise<void> => {
    const giveUpAt = clock.now() + READY_WITHIN_MS;
    for (;;) {
      try {
        await store.get(
          table,
          KEY_COLUMNS[table].map(() => NO_SUCH_KEY),
        );
        return;
      } catch (error) {
        if (!isUnready(error) || clock.now() >= giveUpAt) throw error;
        await clock.sleep(READY_POLL_MS);
      }
    }
  };

  return {
    missingTables: async () => (await missing()).map(nameOf),
    init: async (at) => {
      const absent = await missing();
      // Everything that is there is checked before anything is created.
      for (const table of TABLES) if (!absent.includes(table)) await checkPrimaryKey(table);
      if (!absent.includes('meta')) {
        await awaitReady('meta'); // another init may have made it just now
        await meta();
      }
      const created: string[] = [];
      for (const table of absent) if (await create(table)) created.push(nameOf(table));
      for (const table of TABLES) await awaitReady(table);
      const fresh: LedgerMeta = { installationId: newId(), schemaVersion: SCHEMA_VERSION, createdAt: at };
      const [outcome] = await store.write([metaPut(fresh, newId())]);
      const stored = outcome === 'won' ? fresh : await meta();
      if (stored !== undefined) return { created, meta: stored };
      throw new LedgerError('ledger-invalid', `the row of ${nameOf('meta')} vanished`, 'see who else writes to the table');
    },
  };
}

/** Not ready yet, or its partition is just being placed. */
function isUnready(error: unknown): boolean {
  const cause = error instanceof LedgerError ? error.cause : undefined;
  return cause instanceof TablestoreFailure && (cause.kind === 'not-ready' || cause.serviceCode === 'OTSPartitionUnavailable');
}

function tableParams(name: string, keyColumns: readonly string[]): TableStore.CreateTableParams {
  return {
    tableMeta: { tableName: name, primaryKey: keyColumns.map((column) => ({ name: column, type: 'STRING' })) },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    // Rows stay until we delete them; one version, as every change replaces the whole row.
    tableOptions: { timeToLive: -1, maxVersions: 1 },
  };
}
