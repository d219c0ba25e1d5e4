// What the batch calls have in common: keys that fit, groups that fit, and replies read row by row.
import type TableStore from '@alicloud/tablestore';
import { LedgerError } from '../../domain/ledger-error';
import type { TablestoreClient } from './client';
import { TablestoreFailure } from './failure';
import type { Table } from './layout';

/** What every row operation needs. `used` counts requests, retries included, and the rows that they asked for or carried. */
export interface RowContext {
  readonly client: TablestoreClient;
  readonly nameOf: (table: Table) => string;
  readonly used: { reads: number; writes: number; rowsRead: number; rowsWritten: number };
}

const MOST_KEY_BYTES = 1_024;

/** A reply with fewer rows than the request cannot be read as one: for example an empty body, which decodes as no rows at all. */
export function rowsOf(rows: readonly TableStore.BatchRowReply[], expected: number): readonly TableStore.BatchRowReply[] {
  if (rows.length === expected) return rows;
  throw new TablestoreFailure('ambiguous', `an answer with ${rows.length} rows in place of ${expected}`);
}

/** What cannot be repaired by another try comes first. */
export function throwWorst(failures: readonly TablestoreFailure[]): void {
  const worst = failures.find((failure) => !failure.isRetryable) ?? failures[0];
  if (worst !== undefined) throw worst;
}

/** Throws a LedgerError `ledger-invalid` for a key that the service cannot take (1 to 1,024 bytes for each column). */
export function checkKey(table: string, key: readonly string[]): void {
  for (const part of key) {
    if (part !== '' && Buffer.byteLength(part) <= MOST_KEY_BYTES) continue;
    const shown = part.length > 40 ? `${part.slice(0, 40)}...` : part;
    throw new LedgerError('ledger-invalid', `${JSON.stringify(shown)} cannot be a key of table ${table}`, `a key has 1 to ${MOST_KEY_BYTES} bytes`);
  }
}

/** Consecutive groups of at most `mostItems` and `mostBytes`. */
export function* chunks<T>(items: readonly T[], mostItems: number, mostBytes = 0, sizeOf: (item: T) => number = () => 0): Generator<readonly T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (chunk.length === mostItems || (chunk.length > 0 && bytes + size > mostBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
