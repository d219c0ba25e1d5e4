// What all row codecs share: one JSON document per row, beside the columns that conditions look at.
import { messageOf } from '../../../base/errors';
import { LedgerError } from '../../../domain/ledger-error';
import { DecodeError, type Decoder } from '../decode';
import { COLUMN, type Table } from '../layout';
import type { ColumnValue, Row } from '../sdk-rows';

/** The service's limit of one string column. */
const MOST_DOCUMENT_BYTES = 2 * 1024 * 1024;

/** The JSON of a row's document. Throws a LedgerError `ledger-invalid` when it cannot be stored. */
export function writeDocument(table: Table, key: readonly string[], document: object): string {
  const json = JSON.stringify(document);
  if (Buffer.byteLength(json) <= MOST_DOCUMENT_BYTES) return json;
  throw new LedgerError('ledger-invalid', `row ${nameOf(key)} of ${table} is larger than ${MOST_DOCUMENT_BYTES} bytes`, 'shorten what is recorded there');
}

/**
 * Decodes a row: its document, and over it the members that `known` takes from the key and the columns. Throws a LedgerError
 * `ledger-invalid` that names the table and the key.
 */
export function readDocument<T>(table: Table, row: Row, decoder: Decoder<T>, known: (columns: ColumnReader) => object): T {
  try {
    const document: unknown = JSON.parse(textColumn(row, COLUMN.document));
    return decoder({ ...(typeof document === 'object' ? document : {}), ...known(columnReader(row)) }, '');
  } catch (error) {
    throw invalidRow(table, row, error);
  }
}

export interface ColumnReader {
  text(column: string): string;
  integer(column: string): number;
}

/** Decodes a row without a document. */
export function readColumns<T>(table: Table, row: Row, read: (columns: ColumnReader) => T): T {
  try {
    return read(columnReader(row));
  } catch (error) {
    throw invalidRow(table, row, error);
  }
}

function columnReader(row: Row): ColumnReader {
  return { text: (column) => textColumn(row, column), integer: (column) => integerColumn(row, column) };
}

function textColumn(row: Row, column: string): string {
  const value = columnOf(row, column);
  if (typeof value === 'string') return value;
  throw new DecodeError(`column ${column}`, 'text');
}

function integerColumn(row: Row, column: string): number {
  const value = columnOf(row, column);
  if (typeof value === 'number') return value;
  throw new DecodeError(`column ${column}`, 'an integer');
}

function columnOf(row: Row, column: string): ColumnValue | undefined {
  return row.columns[column];
}

function invalidRow(table: Table, row: Row, error: unknown): LedgerError {
  const hint = 'this row was not written by this product: see who else writes to the table';
  return new LedgerError('ledger-invalid', `row ${nameOf(row.key)} of ${table} cannot be read: ${messageOf(error)}`, hint, error);
}

function nameOf(key: readonly string[]): string {
  return JSON.stringify(key.join(' / '));
}
