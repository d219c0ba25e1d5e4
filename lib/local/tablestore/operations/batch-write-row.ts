// BatchWriteRow: up to 200 single-row writes, each of which succeeds or fails by itself.
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { isUnconditional } from '../conditions';
import { parameterInvalid } from '../errors';
import { encodeKey } from '../keys';
import { decodeRequest, type Operation, type OperationContext, orFailure, type RowFailure, readyTable, refuseTransaction } from '../operation';
import { planWrite, type RowWrite, readWrite, type WireWrite, type WriteKind, type WriteResult } from '../row-writes';
import { liveRow, type Row } from '../rows';
import { afterWrite, type Change, type TableInfo } from '../state';

const MAX_ROWS = 200;
const MAX_BYTES = 4 * 1024 * 1024;
const KINDS: Readonly<Record<number, WriteKind>> = { 1: 'put', 2: 'update', 3: 'delete' };

type Request = ReturnType<typeof main.proto.BatchWriteRowRequest.decode>;
type RowReply = (WriteResult & { readonly isOk: true }) | RowFailure;

/** A row that was read, or why it could not be. */
type Entry = { readonly write: RowWrite; readonly info: TableInfo } | RowFailure;

export const batchWriteRow: Operation = (body) => {
  const request = decodeRequest(main.proto.BatchWriteRowRequest, body);
  return {
    tables: request.tables.map(({ tableName }) => tableName),
    run: (context) => {
      refuseTransaction(request);
      checkBatch(request);
      const read = request.tables.map((table) => ({ tableName: table.tableName, entries: readEntries(context, table) }));
      for (const { entries } of read) checkRepeated(entries);
      const changes: Change[] = [];
      const tables = read.map(({ tableName, entries }) => ({ tableName, rows: writeEntries(context, tableName, entries, changes) }));
      return { body: main.proto.BatchWriteRowResponse.encode({ tables }).finish(), changes };
    },
  };
};

function checkBatch(request: Request): void {
  const rows = request.tables.flatMap((table) => table.rows);
  if (rows.length === 0) throw parameterInvalid('No row is specified in BatchWriteRow.');
  if (rows.length > MAX_ROWS) throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_ROWS}.`);
  const names = request.tables.map(({ tableName }) => tableName);
  const empty = request.tables.find((table) => table.rows.length === 0);
  if (empty !== undefined) throw parameterInvalid(`No operation is specified for table: '${empty.tableName}'.`);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw parameterInvalid(`Duplicated table name: '${duplicate}'.`);
  const bytes = rows.reduce((sum, row) => sum + row.rowChange.length, 0);
  if (bytes > MAX_BYTES) {
    throw parameterInvalid(`The total data size of BatchWriteRow request exceeds the limit, limit size: ${MAX_BYTES}, data size: ${bytes}.`);
  }
}

function readEntries(context: OperationContext, table: Request['tables'][number]): readonly Entry[] {
  let known: TableInfo | undefined;
  return table.rows.map((row): Entry => {
    const kind = KINDS[row.type];
    if (kind === undefined) throw parameterInvalid('The type of row in batch write operation is invalid.');
    return orFailure(() => {
      const info = known ?? readyTable(context, table.tableName).info;
      const wire: WireWrite = { kind, encoded: row.rowChange, condition: row.condition, returnContent: row.returnContent };
      const write = readWrite(wire, info, context.now);
      known = kind === 'delete' ? info : afterWrite(info, write.key); // so that two rows never get the same number
      return { write, info };
    });
  });
}

/** The same row may be written more than once only without conditions, and not by a counter. */
function checkRepeated(entries: readonly Entry[]): void {
  const byKey = new Map<string, RowWrite[]>();
  for (const entry of entries) {
    if (!('write' in entry)) continue;
    const key = encodeKey(entry.write.key);
    byKey.set(key, [...(byKey.get(key) ?? []), entry.write]);
  }
  for (const writes of byKey.values()) {
    if (writes.length === 1) continue;
    if (writes.some(({ condition }) => condition.existence !== 'ignore')) {
      throw parameterInvalid('Repeated rows do not support row exist expectation check in BatchModify.');
    }
    if (writes.some(({ condition }) => !isUnconditional(condition))) {
      throw parameterInvalid('Repeated rows do not support row condition check in BatchModify.');
    }
    if (writes.some(({ changes }) => changes.some(({ kind }) => kind === 'increment'))) {
      throw parameterInvalid('Repeated rows do not support increment in BatchModify.');
    }
  }
}

/** In the order of the request: a later write of a row sees the earlier one. Adds what changes to `changes`. */
function writeEntries(context: OperationContext, tableName: string, entries: readonly Entry[], changes: Change[]): readonly RowReply[] {
  const written = new Map<string, Row | undefined>();
  const find = (write: RowWrite, info: TableInfo): Row | undefined => {
    const key = encodeKey(write.key);
    if (written.has(key)) return liveRow(written.get(key), info.options, context.now);
    return context.state.table(tableName)?.find(write.key, context.now);
  };
  const apply = ({ write, info }: Extract<Entry, { readonly write: RowWrite }>): RowReply => {
    const result = planWrite(write, info, find(write, info), context.now);
    if (result.change !== undefined) {
      changes.push(result.change);
      written.set(encodeKey(write.key), result.change.kind === 'put-row' ? result.change.row : undefined);
    }
    return { isOk: true, ...result };
  };
  return entries.map((entry) => ('write' in entry ? orFailure(() => apply(entry)) : entry));
}
