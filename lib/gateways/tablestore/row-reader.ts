// Reads rows of the ledger's tables: one, many, or a range in pages. Everything is strongly consistent.
import type TableStore from '@alicloud/tablestore';
import { failureOfRow } from './failure';
import type { Table } from './layout';
import { checkKey, chunks, type RowContext, rowsOf, throwWorst } from './row-batch';
import { type KeyBound, type Row, rowOf, sdkKey } from './sdk-rows';

export interface RangeQuery {
  readonly table: Table;
  /** Inclusive. */
  readonly from: readonly KeyBound[];
  /** Exclusive. */
  readonly to: readonly KeyBound[];
  readonly direction?: 'FORWARD' | 'BACKWARD';
  /** Rows per page; the service also ends a page at 5,000 rows or 4 MB. */
  readonly pageSize?: number;
}

/** Failures are LedgerErrors. */
export interface RowReader {
  get(table: Table, key: readonly string[]): Promise<Row | undefined>;
  /** Same order as the keys, undefined where there is no row. */
  getMany(table: Table, keys: readonly (readonly string[])[]): Promise<readonly (Row | undefined)[]>;
  /** Pages of rows, never empty ones. */
  scan(query: RangeQuery): AsyncIterable<readonly Row[]>;
}

/** The limit of BatchGetRow. */
const MOST_ROWS = 100;

export function makeRowReader({ client, nameOf, used }: RowContext): RowReader {
  const get: RowReader['get'] = async (table, key) => {
    checkKey(nameOf(table), key);
    return client.persist({ action: 'GetRow', table: nameOf(table), isWrite: false }, async () => {
      used.reads += 1;
      used.rowsRead += 1;
      const reply = await client.send((sdk) => sdk.getRow({ tableName: nameOf(table), primaryKey: sdkKey(table, key) }));
      return rowOf(reply.row);
    });
  };

  const getBatch = async (table: Table, keys: readonly (readonly string[])[]): Promise<readonly (Row | undefined)[]> => {
    const found = new Map<number, Row | undefined>();
    await client.persist({ action: 'BatchGetRow', table: nameOf(table), isWrite: false }, async () => {
      const open = [...keys.keys()].filter((index) => !found.has(index));
      used.reads += 1;
      used.rowsRead += open.length;
      const primaryKey = open.map((index) => sdkKey(table, keys[index] ?? []));
      const reply = await client.send((sdk) => sdk.batchGetRow({ tables: [{ tableName: nameOf(table), primaryKey }] }));
      const rows = rowsOf(reply.tables[0] ?? [], open.length);
      for (const [position, row] of rows.entries()) if (row.isOk) found.set(open[position] ?? 0, rowOf(row));
      throwWorst(rows.filter((row) => !row.isOk).map(failureOfRow));
    });
    return keys.map((_key, index) => found.get(index));
  };

  const getMany: RowReader['getMany'] = async (table, keys) => {
    for (const key of keys) checkKey(nameOf(table), key);
    // The service refuses a batch that names one row twice.
    const unique = new Map(keys.map((key) => [JSON.stringify(key), key]));
    const found = new Map<string, Row | undefined>();
    for (const batch of chunks([...unique], MOST_ROWS)) {
      const rows = await getBatch(
        table,
        batch.map(([, key]) => key),
      );
      for (const [index, [name]] of batch.entries()) found.set(name, rows[index]);
    }
    return keys.map((key) => found.get(JSON.stringify(key)));
  };

  const scan = async function* (query: RangeQuery): AsyncIterable<readonly Row[]> {
    const { table, direction = 'FORWARD', pageSize } = query;
    const exclusiveEndPrimaryKey = sdkKey(table, query.to);
    let start: TableStore.PrimaryKeyInput | undefined = sdkKey(table, query.from);
    while (start !== undefined) {
      const inclusiveStartPrimaryKey: TableStore.PrimaryKeyInput = start;
      const range = {
        tableName: nameOf(table),
        direction,
        inclusiveStartPrimaryKey,
        exclusiveEndPrimaryKey,
        ...(pageSize === undefined ? {} : { limit: pageSize }),
      };
      const reply: TableStore.GetRangeReply = await client.persist({ action: 'GetRange', table: nameOf(table), isWrite: false }, () => {
        used.reads += 1;
        return client.send((sdk) => sdk.getRange(range));
      });
      used.rowsRead += reply.rows.length;
      const rows = reply.rows.flatMap((row) => rowOf(row) ?? []);
      if (rows.length > 0) yield rows;
      // A page may be empty and yet not the last.
      start = reply.nextStartPrimaryKey?.map(({ name, value }) => ({ [name]: value }));
    }
  };

  return { get, getMany, scan };
}
