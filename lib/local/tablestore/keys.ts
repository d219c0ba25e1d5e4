// Primary keys: what a table accepts, and an encoding whose order as text is the order of the keys.
import { invalidKey, parameterInvalid } from './errors';
import type { WireCell } from './plainbuffer';
import { isKeyValue, type KeyBound, type KeyValue, sizeOfValue, type WireValue } from './values';

export const KEY_TYPES = ['integer', 'string', 'binary'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** One column of a table's primary key. */
export interface KeyColumn {
  readonly name: string;
  readonly type: KeyType;
  readonly isAutoIncrement: boolean;
}

/** "Tablestore, Limits": at most 1 KB per text or binary key column. */
const MAX_KEY_BYTES = 1024;

const WIRE_TYPE_NAMES: Readonly<Record<WireValue['type'], string>> = {
  integer: 'VT_INTEGER',
  double: 'VT_DOUBLE',
  boolean: 'VT_BOOLEAN',
  string: 'VT_STRING',
  binary: 'VT_BLOB',
  'inf-min': 'VT_INF_MIN',
  'inf-max': 'VT_INF_MAX',
  'auto-increment': 'VT_AUTO_INCREMENT',
};

/** The key of an existing or new row. Throws OTSInvalidPK for one that does not fit the table. */
export function readRowKey(schema: readonly KeyColumn[], cells: readonly WireCell[]): readonly KeyValue[] {
  return readColumns(schema, cells, (value, column) => {
    if (isKeyValue(value) && value.type === column.type) return value;
    throw typeMismatch(value, column);
  });
}

/** The key of a row to write, in which the auto-increment column may be left to the service: `chosen` is what it would take. */
export function readNewKey(
  schema: readonly KeyColumn[],
  cells: readonly WireCell[],
  chosen: bigint,
): { readonly key: readonly KeyValue[]; readonly isChosen: boolean } {
  let isChosen = false;
  const key = readColumns(schema, cells, (value, column) => {
    if (value.type === 'auto-increment' && column.isAutoIncrement) {
      isChosen = true;
      return { type: 'integer', value: chosen } as const;
    }
    if (isKeyValue(value) && value.type === column.type) return value;
    throw typeMismatch(value, column);
  });
  return { key, isChosen };
}

/** A border of a range: a key in which any column may be the lowest or the highest. */
export function readBorder(schema: readonly KeyColumn[], cells: readonly WireCell[]): readonly KeyBound[] {
  return readColumns(schema, cells, (value, column): KeyBound => {
    if (value.type === 'inf-min' || value.type === 'inf-max') return { type: value.type };
    if (value.type === 'auto-increment') throw parameterInvalid("PKAutoIncr can't be used for read operations.");
    if (isKeyValue(value) && value.type === column.type) return value;
    throw typeMismatch(value, column);
  });
}

function readColumns<T extends KeyBound>(
  schema: readonly KeyColumn[],
  cells: readonly WireCell[],
  read: (value: WireValue, column: KeyColumn) => T,
): readonly T[] {
  if (cells.length !== schema.length) throw invalidKey(`Validate PK size fail. Input: ${cells.length}, Meta: ${schema.length}.`);
  return schema.map((column, index) => {
    const cell = cells[index];
    if (cell?.name !== column.name) throw invalidKey(`Validate PK name fail. Input: ${cell?.name ?? ''}, Meta: ${column.name}.`);
    if (cell.value === undefined) throw parameterInvalid(`No value is given for primary key name: ${column.name}.`);
    if (cell.operation !== undefined) throw parameterInvalid(`OpType cannot be given for primary key name: ${column.name}.`);
    if (cell.timestamp !== undefined) throw parameterInvalid(`Timestamp cannot be given for primary key name: ${column.name}.`);
    const value = read(cell.value, column);
    const bytes = sizeOfValue(value);
    if (bytes <= MAX_KEY_BYTES) return value;
    throw parameterInvalid(`The length of primary key column: '${column.name}' exceeds the MaxLength: ${MAX_KEY_BYTES} with CurrentLength: ${bytes}.`);
  });
}

function typeMismatch(value: WireValue, column: KeyColumn): Error {
  return invalidKey(`Validate PK type fail. Input: ${WIRE_TYPE_NAMES[value.type]}, Meta: ${WIRE_TYPE_NAMES[column.type]}.`);
}

/**
 * Text whose characters are bytes, so that comparing two encodings as text compares the keys as the service does: integers by value,
 * text and binary by their bytes, a prefix before what it begins, the infinities outside.
 */
export function encodeKey(key: readonly KeyBound[]): string {
  return Buffer.concat(key.map(encodeBound)).toString('latin1');
}

const BELOW = Buffer.of(0x00);
const ABOVE = Buffer.of(0x02);
const VALUE = 0x01;

function encodeBound(bound: KeyBound): Buffer {
  switch (bound.type) {
    case 'inf-min':
      return BELOW;
    case 'inf-max':
      return ABOVE;
    case 'integer': {
      const bytes = Buffer.alloc(9);
      bytes[0] = VALUE;
      bytes.writeBigUInt64BE(bound.value + 2n ** 63n, 1); // the sign bit flipped: negative numbers sort first
      return bytes;
    }
    case 'string':
      return encodeBytes(Buffer.from(bound.value, 'utf8'));
    case 'binary':
      return encodeBytes(bound.value);
  }
}

/** Ends with 00 00; a zero inside becomes 00 FF, which sorts after the end and before any other byte. */
function encodeBytes(bytes: Buffer): Buffer {
  const encoded: number[] = [VALUE];
  for (const byte of bytes) {
    encoded.push(byte);
    if (byte === 0) encoded.push(0xff);
  }
  encoded.push(0, 0);
  return Buffer.from(encoded);
}
