// Plainbuffer, the row encoding inside the protobuf messages; written from its description, never with the SDK's own codec.
import { crc8, crc8Byte } from './crc8';
import { parameterInvalid } from './errors';
import type { CellValue, WireValue } from './values';

const HEADER = 0x75;

const TAG = {
  rowKey: 0x01,
  rowData: 0x02,
  cell: 0x03,
  name: 0x04,
  value: 0x05,
  operation: 0x06,
  timestamp: 0x07,
  deleteMarker: 0x08,
  rowCrc: 0x09,
  cellCrc: 0x0a,
};

const TYPE = { integer: 0x00, double: 0x01, boolean: 0x02, string: 0x03, blob: 0x07, infMin: 0x09, infMax: 0x0a, autoIncrement: 0x0b };

export type CellOperation = 'delete-all-versions' | 'delete-one-version' | 'increment';

const OPERATIONS: Readonly<Record<number, CellOperation>> = { 1: 'delete-all-versions', 3: 'delete-one-version', 4: 'increment' };

/** One cell as it stood on the wire. */
export interface WireCell {
  readonly name: string;
  readonly value?: WireValue;
  readonly operation?: CellOperation;
  /** Milliseconds; the version of the cell. */
  readonly timestamp?: bigint;
}

export interface WireRow {
  readonly key: readonly WireCell[];
  readonly attributes: readonly WireCell[];
  readonly isDelete: boolean;
}

/** A cell of an answer. Keys carry no timestamp; no cell carries an operation, which the SDK could not read. */
export interface AnswerCell {
  readonly name: string;
  readonly value: CellValue;
  readonly timestampMs?: number;
}

export interface AnswerRow {
  readonly key: readonly AnswerCell[];
  readonly attributes: readonly AnswerCell[];
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/**
 * Reads the one row of a request. The SDK sends more bytes than it wrote (borders of a range, updates with a timestamp), so zeros may
 * follow the row. Throws OTSParameterInvalid for anything that is no row or whose checksums do not fit.
 */
export function decodeRow(encoded: Uint8Array): WireRow {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const cursor: Cursor = { bytes, at: 0 };
  const header = readUint32(cursor);
  if (header !== HEADER) throw broken(`mismatch header, actual: ${header}, expect: ${HEADER}`);
  const key: WireCell[] = [];
  const attributes: WireCell[] = [];
  let crc = takeTag(cursor, TAG.rowKey) ? readCells(cursor, key, 0) : 0;
  if (takeTag(cursor, TAG.rowData)) crc = readCells(cursor, attributes, crc);
  const isDelete = takeTag(cursor, TAG.deleteMarker);
  crc = crc8Byte(crc, isDelete ? 1 : 0);
  if (!takeTag(cursor, TAG.rowCrc)) throw broken('row is not end with checksum tag');
  const given = readByte(cursor);
  if (given !== crc) throw broken(`checksum is mismatch, ${given}:${crc}`);
  if (bytes.subarray(cursor.at).some((byte) => byte !== 0)) throw broken("has more data in cell, but they can't be parsed");
  return { key, attributes, isDelete };
}

/** Reads cells until another tag comes; returns the row's checksum so far. */
function readCells(cursor: Cursor, into: WireCell[], crcBefore: number): number {
  let crc = crcBefore;
  while (takeTag(cursor, TAG.cell)) {
    const { cell, checksum } = readCell(cursor);
    into.push(cell);
    crc = crc8Byte(crc, checksum);
  }
  return crc;
}

/** On the wire the operation stands before the timestamp; the checksum takes them the other way round. */
function readCell(cursor: Cursor): { readonly cell: WireCell; readonly checksum: number } {
  if (!takeTag(cursor, TAG.name)) throw broken('attr has no name');
  const nameBytes = readBytes(cursor, readUint32(cursor));
  const name = nameBytes.toString('utf8');
  const variant = takeTag(cursor, TAG.value) ? readBytes(cursor, readUint32(cursor)) : undefined;
  const operationByte = takeTag(cursor, TAG.operation) ? readByte(cursor) : undefined;
  const timeBytes = takeTag(cursor, TAG.timestamp) ? readBytes(cursor, 8) : undefined;
  if (!takeTag(cursor, TAG.cellCrc)) throw broken('cell is not end with checksum tag');
  const given = readByte(cursor);
  const checksum = cellChecksum(nameBytes, variant, timeBytes, operationByte);
  if (given !== checksum) throw broken(`checksum is mismatch, ${given}:${checksum}`);
  const operation = operationByte === undefined ? undefined : OPERATIONS[operationByte];
  if (operationByte !== undefined && operation === undefined) throw parameterInvalid(`Invalid op type of cell: ${operationByte}.`);
  const cell: WireCell = {
    name,
    ...(variant === undefined ? {} : { value: decodeVariant(variant) }),
    ...(operation === undefined ? {} : { operation }),
    ...(timeBytes === undefined ? {} : { timestamp: timeBytes.readBigInt64LE(0) }),
  };
  return { cell, checksum };
}

function cellChecksum(name: Uint8Array, variant: Uint8Array | undefined, time: Uint8Array | undefined, operation: number | undefined): number {
  let crc = crc8(0, name);
  if (variant !== undefined) crc = crc8(crc, variant);
  if (time !== undefined) crc = crc8(crc, time);
  return operation === undefined ? crc : crc8Byte(crc, operation);
}

/** Reads a bare value: the content of a cell's value, and the column value of a filter. */
export function decodeVariant(encoded: Uint8Array): WireValue {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const cursor: Cursor = { bytes, at: 0 };
  const value = readVariant(cursor);
  if (cursor.at !== bytes.length) throw broken("has more data in cell, but they can't be parsed");
  return value;
}

function readVariant(cursor: Cursor): WireValue {
  switch (readByte(cursor)) {
    case TYPE.integer:
      return { type: 'integer', value: readBytes(cursor, 8).readBigInt64LE(0) };
    case TYPE.double:
      return { type: 'double', value: readBytes(cursor, 8).readDoubleLE(0) };
    case TYPE.boolean:
      return { type: 'boolean', value: readByte(cursor) !== 0 };
    case TYPE.string:
      return { type: 'string', value: readText(cursor) };
    case TYPE.blob:
      return { type: 'binary', value: Buffer.from(readBytes(cursor, readUint32(cursor))) };
    case TYPE.infMin:
      return { type: 'inf-min' };
    case TYPE.infMax:
      return { type: 'inf-max' };
    case TYPE.autoIncrement:
      return { type: 'auto-increment' };
    default:
      throw parameterInvalid('data format is invalid, unknown variant type occured.');
  }
}

function readText(cursor: Cursor): string {
  const bytes = readBytes(cursor, readUint32(cursor));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken(`wrong string format, size: ${bytes.length}`);
  }
}

function takeTag(cursor: Cursor, tag: number): boolean {
  if (cursor.bytes[cursor.at] !== tag) return false;
  cursor.at += 1;
  return true;
}

function readByte(cursor: Cursor): number {
  return readBytes(cursor, 1)[0] ?? 0; // readBytes returned exactly one
}

function readUint32(cursor: Cursor): number {
  return readBytes(cursor, 4).readUInt32LE(0);
}

function readBytes(cursor: Cursor, length: number): Buffer {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw parameterInvalid('Input encoded PK broken, length is shorter than expect.');
  const slice = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return slice;
}

function broken(reason: string): Error {
  return parameterInvalid(`Cell data broken, ${reason}.`);
}

/** A stream of rows, one header in front. No rows: no bytes, which is how the service says "none". */
export function encodeRows(rows: readonly AnswerRow[]): Buffer {
  if (rows.length === 0) return Buffer.alloc(0);
  return Buffer.concat([uint32(HEADER), ...rows.flatMap(encodeRowParts)]);
}

function encodeRowParts(row: AnswerRow): Buffer[] {
  const parts: Buffer[] = [];
  let crc = 0;
  for (const [tag, cells] of [[TAG.rowKey, row.key] as const, [TAG.rowData, row.attributes] as const]) {
    if (cells.length === 0) continue;
    parts.push(Buffer.of(tag));
    for (const cell of cells) crc = pushCell(parts, cell, crc);
  }
  parts.push(Buffer.of(TAG.rowCrc, crc8Byte(crc, 0)));
  return parts;
}

function pushCell(parts: Buffer[], cell: AnswerCell, rowCrc: number): number {
  const name = Buffer.from(cell.name, 'utf8');
  const variant = encodeVariant(cell.value);
  const time = cell.timestampMs === undefined ? undefined : int64(BigInt(cell.timestampMs));
  const checksum = cellChecksum(name, variant, time, undefined);
  parts.push(Buffer.of(TAG.cell, TAG.name), uint32(name.length), name, Buffer.of(TAG.value), uint32(variant.length), variant);
  if (time !== undefined) parts.push(Buffer.of(TAG.timestamp), time);
  parts.push(Buffer.of(TAG.cellCrc, checksum));
  return crc8Byte(rowCrc, checksum);
}

export function encodeVariant(value: CellValue): Buffer {
  switch (value.type) {
    case 'integer':
      return Buffer.concat([Buffer.of(TYPE.integer), int64(value.value)]);
    case 'double': {
      const bytes = Buffer.alloc(9);
      bytes[0] = TYPE.double;
      bytes.writeDoubleLE(value.value, 1);
      return bytes;
    }
    case 'boolean':
      return Buffer.of(TYPE.boolean, value.value ? 1 : 0);
    case 'string': {
      const text = Buffer.from(value.value, 'utf8');
      return Buffer.concat([Buffer.of(TYPE.string), uint32(text.length), text]);
    }
    case 'binary':
      return Buffer.concat([Buffer.of(TYPE.blob), uint32(value.value.length), value.value]);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value, 0);
  return bytes;
}
