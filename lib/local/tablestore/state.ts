// The tables and their rows, and the changes that the journal keeps: every change is applied here and nowhere else.
import type { Instant } from '../../base/instant';
import { encodeKey, type KeyColumn } from './keys';
import { type Lifetime, liveRow, type Row } from './rows';
import { makeSortedMap, type SortedMap } from './sorted-map';
import type { KeyBound, KeyValue } from './values';

/** The options of a table that UpdateTable may change. */
export interface TableOptions extends Lifetime {
  /** How far an explicit version may lie from the server's time, in seconds. */
  readonly deviationSeconds: number;
  /** False: UpdateRow is refused. */
  readonly allowUpdate: boolean;
}

/** What is known of a table besides its rows. */
export interface TableInfo {
  readonly name: string;
  readonly schema: readonly KeyColumn[];
  readonly options: TableOptions;
  readonly createdAt: Instant;
  /** The last value that the service chose for an auto-increment column; 0: none yet. */
  readonly lastAutoIncrement: bigint;
}

export type Change =
  | { readonly kind: 'create-table'; readonly table: TableInfo }
  | { readonly kind: 'update-table'; readonly name: string; readonly options: TableOptions }
  | { readonly kind: 'delete-table'; readonly name: string }
  | { readonly kind: 'put-row'; readonly table: string; readonly row: Row }
  | { readonly kind: 'delete-row'; readonly table: string; readonly key: readonly KeyValue[] };

/** One table, to look at. */
export interface Table {
  readonly info: TableInfo;
  /** The live row with this key. */
  find(key: readonly KeyValue[], now: Instant): Row | undefined;
  /** Live rows from (inclusive) to (exclusive), in the direction's order. */
  walk(direction: 'forward' | 'backward', from: readonly KeyBound[], to: readonly KeyBound[], now: Instant): IterableIterator<Row>;
}

export interface State {
  table(name: string): Table | undefined;
  tableNames(): readonly string[];
  /** Does what the change says; applying a change of the journal never fails on a state that the journal built. */
  apply(change: Change): void;
  /** Changes that rebuild the state as it is now, without what has expired. */
  snapshot(now: Instant): IterableIterator<Change>;
}

interface StoredTable {
  info: TableInfo;
  readonly rows: SortedMap<Row>;
}

export function makeState(): State {
  const tables = new Map<string, StoredTable>();
  const stored = (name: string): StoredTable => {
    const table = tables.get(name);
    if (table === undefined) throw new RangeError(`there is no table ${name}`);
    return table;
  };
  return {
    table: (name) => {
      const table = tables.get(name);
      return table === undefined ? undefined : viewOf(table);
    },
    tableNames: () => [...tables.keys()].sort(),
    apply: (change) => {
      switch (change.kind) {
        case 'create-table':
          tables.set(change.table.name, { info: change.table, rows: makeSortedMap() });
          return;
        case 'update-table': {
          const table = stored(change.name);
          table.info = { ...table.info, options: change.options };
          return;
        }
        case 'delete-table':
          tables.delete(change.name);
          return;
        case 'put-row': {
          const table = stored(change.table);
          table.rows.set(encodeKey(change.row.key), change.row);
          table.info = afterWrite(table.info, change.row.key);
          return;
        }
        case 'delete-row':
          stored(change.table).rows.delete(encodeKey(change.key));
          return;
      }
    },
    *snapshot(now) {
      for (const { info, rows } of tables.values()) {
        yield { kind: 'create-table', table: info };
        for (const row of rows.values()) {
          const live = liveRow(row, info.options, now);
          if (live !== undefined) yield { kind: 'put-row', table: info.name, row: live };
        }
      }
    },
  };
}

/** A table's description after a row with this key was written: the service never chooses a number twice. */
export function afterWrite(info: TableInfo, key: readonly KeyValue[]): TableInfo {
  const value = key[info.schema.findIndex((column) => column.isAutoIncrement)];
  return value?.type === 'integer' && value.value > info.lastAutoIncrement ? { ...info, lastAutoIncrement: value.value } : info;
}

function viewOf({ info, rows }: StoredTable): Table {
  return {
    info,
    find: (key, now) => liveRow(rows.get(encodeKey(key)), info.options, now),
    *walk(direction, from, to, now) {
      const start = encodeKey(from);
      const end = encodeKey(to);
      for (const row of direction === 'forward' ? rows.ascend(start, end) : rows.descend(start, end)) {
        const live = liveRow(row, info.options, now);
        if (live !== undefined) yield live;
      }
    },
  };
}
