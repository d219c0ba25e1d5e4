// Writes rows of the ledger's tables under conditions, in the fewest requests, and says which writes won.

import { failureOfRow, TablestoreFailure } from './failure';
import { COLUMN } from './layout';
import { checkKey, chunks, type RowContext, rowsOf, throwWorst } from './row-batch';
import type { RowReader } from './row-reader';
import { type RowWrite, sdkColumns, sdkCondition, sdkKey, sdkWrite } from './sdk-rows';

/** `lost`: the condition did not hold, and not because of an earlier attempt of this same write. */
export type WriteOutcome = 'won' | 'lost';

type Outcome = WriteOutcome | 'unsure';

export interface RowWriter {
  /**
   * Each row is atomic, the whole is not. Same order as the writes; no two may name one row. Failures are LedgerErrors: then some rows
   * may be written.
   *
   * Writes are repeated until they have an answer, so each must be safe to replay. One with a `token` column recognises its own replay;
   * one without must carry a condition that also holds after itself, or not care whether it won.
   */
  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]>;
}

/** The limits of BatchWriteRow: 200 rows and 4 MB, less some air for the encoding. */
const MOST_ROWS = 200;
const MOST_BYTES = 3_500_000;

export function makeRowWriter({ client, nameOf, used }: RowContext, reader: RowReader): RowWriter {
  /** Our token in the row means that an earlier attempt of this write was applied. */
  const resolve = async (write: RowWrite, outcome: Outcome): Promise<WriteOutcome> => {
    if (outcome !== 'unsure') return outcome;
    const token = write.kind === 'put' ? write.columns[COLUMN.token] : undefined;
    if (token === undefined) return 'lost';
    const stored = await reader.get(write.table, write.key);
    return stored?.columns[COLUMN.token] === token ? 'won' : 'lost';
  };

  const writeOne = async (write: RowWrite): Promise<WriteOutcome> => {
    const { table, key } = write;
    const action = write.kind === 'put' ? 'PutRow' : 'DeleteRow';
    const outcome = await client.persist({ action, table: nameOf(table), isWrite: true }, async (attempt) => {
      used.writes += 1;
      used.rowsWritten += 1;
      const target = { tableName: nameOf(table), primaryKey: sdkKey(table, key), condition: sdkCondition(write.when) };
      try {
        await client.send<unknown>((sdk) =>
          write.kind === 'put' ? sdk.putRow({ ...target, attributeColumns: sdkColumns(write.columns) }) : sdk.deleteRow(target),
        );
        return 'won';
      } catch (error) {
        const outcome = error instanceof TablestoreFailure ? outcomeOf(error, attempt) : undefined;
        if (outcome === undefined) throw error;
        return outcome;
      }
    });
    return resolve(write, outcome);
  };

  const writeBatch = async (writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> => {
    const outcomes = new Map<RowWrite, Outcome>();
    const tables = [...new Set(writes.map((write) => write.table))];
    await client.persist({ action: 'BatchWriteRow', table: tables.map(nameOf).join(', '), isWrite: true }, async (attempt) => {
      const groups = tables.map((table) => writes.filter((write) => write.table === table && !outcomes.has(write))).filter((group) => group.length > 0);
      const open = groups.flat();
      used.writes += 1;
      used.rowsWritten += open.length;
      const request = groups.map((group) => ({ tableName: nameOf(group[0]?.table ?? 'meta'), rows: group.map(sdkWrite) }));
      const reply = await client.send((sdk) => sdk.batchWriteRow({ tables: request }));
      const failures: TablestoreFailure[] = [];
      for (const [position, row] of rowsOf(reply.tables, open.length).entries()) {
        const failure = row.isOk ? undefined : failureOfRow(row);
        const outcome = outcomeOf(failure, attempt);
        const write = open[position];
        if (outcome !== undefined && write !== undefined) outcomes.set(write, outcome);
        else if (failure !== undefined) failures.push(failure);
      }
      throwWorst(failures);
    });
    return Promise.all(writes.map((write) => resolve(write, outcomes.get(write) ?? 'lost')));
  };

  const write: RowWriter['write'] = async (writes) => {
    for (const { table, key } of writes) checkKey(nameOf(table), key);
    const outcomes: WriteOutcome[] = [];
    for (const batch of chunks(writes, MOST_ROWS, MOST_BYTES, bytesOf)) {
      const [first] = batch;
      outcomes.push(...(batch.length === 1 && first !== undefined ? [await writeOne(first)] : await writeBatch(batch)));
    }
    return outcomes;
  };

  return { write };
}

/** After the first attempt a failed condition may be our own doing. Undefined: the failure settles nothing. */
function outcomeOf(failure: TablestoreFailure | undefined, attempt: number): Outcome | undefined {
  if (failure === undefined) return 'won';
  if (failure.kind !== 'condition-failed') return undefined;
  return attempt === 0 ? 'lost' : 'unsure';
}

function bytesOf(write: RowWrite): number {
  const columns = write.kind === 'put' ? Object.values(write.columns) : [];
  return columns.reduce<number>((sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 8), 500);
}
