// The values that cells and keys hold, their order, their size and their form in the journal.
import * as z from 'zod';

/** Signed, 64 bits. */
interface IntegerValue {
  readonly type: 'integer';
  readonly value: bigint;
}
interface StringValue {
  readonly type: 'string';
  readonly value: string;
}
interface BinaryValue {
  readonly type: 'binary';
  readonly value: Buffer;
}

/** What a primary key column can hold. */
export type KeyValue = IntegerValue | StringValue | BinaryValue;

/** What an attribute column can hold. */
export type CellValue = KeyValue | { readonly type: 'double'; readonly value: number } | { readonly type: 'boolean'; readonly value: boolean };

/** A border of a range: below or above every value, or a value. */
export type KeyBound = KeyValue | { readonly type: 'inf-min' } | { readonly type: 'inf-max' };

/** What can stand on the wire. `auto-increment` asks the service to choose the value. */
export type WireValue = CellValue | { readonly type: 'inf-min' | 'inf-max' | 'auto-increment' };

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

export function isCellValue(value: WireValue): value is CellValue {
  return value.type !== 'inf-min' && value.type !== 'inf-max' && value.type !== 'auto-increment';
}

export function isKeyValue(value: WireValue): value is KeyValue {
  return value.type === 'integer' || value.type === 'string' || value.type === 'binary';
}

/** Negative, zero or positive; undefined when the types differ, because the service compares values of one type only. Strings go by their bytes. */
export function compareValues(left: CellValue, right: CellValue): number | undefined {
  if (left.type === 'integer' && right.type === 'integer') return order(left.value, right.value);
  if (left.type === 'double' && right.type === 'double') return order(left.value, right.value);
  if (left.type === 'boolean' && right.type === 'boolean') return order(Number(left.value), Number(right.value));
  if (left.type === 'string' && right.type === 'string') return Buffer.compare(Buffer.from(left.value, 'utf8'), Buffer.from(right.value, 'utf8'));
  if (left.type === 'binary' && right.type === 'binary') return Buffer.compare(left.value, right.value);
  return undefined;
}

function order<T extends bigint | number>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Bytes that a value counts for in limits and capacity units. */
export function sizeOfValue(value: WireValue): number {
  switch (value.type) {
    case 'integer':
    case 'double':
      return 8;
    case 'boolean':
      return 1;
    case 'string':
      return Buffer.byteLength(value.value, 'utf8');
    case 'binary':
      return value.value.length;
    case 'inf-min':
    case 'inf-max':
    case 'auto-increment':
      return 0;
  }
}

/** A value in the journal: one letter for its type, and text that holds it exactly. */
export type ValueJson = readonly ['i' | 'd' | 'b' | 's' | 'x', string];

export function valueToJson(value: CellValue): ValueJson {
  switch (value.type) {
    case 'integer':
      return ['i', value.value.toString()];
    case 'double':
      return ['d', Object.is(value.value, -0) ? '-0' : String(value.value)];
    case 'boolean':
      return ['b', value.value ? '1' : '0'];
    case 'string':
      return ['s', value.value];
    case 'binary':
      return ['x', value.value.toString('base64')];
  }
}

function valueFromJson([letter, text]: ValueJson): CellValue {
  switch (letter) {
    case 'i':
      return { type: 'integer', value: BigInt(text) };
    case 'd':
      return { type: 'double', value: Number(text) };
    case 'b':
      return { type: 'boolean', value: text === '1' };
    case 's':
      return { type: 'string', value: text };
    case 'x':
      return { type: 'binary', value: Buffer.from(text, 'base64') };
  }
}

export const valueSchema = z.tuple([z.enum(['i', 'd', 'b', 's', 'x']), z.string()]).transform((json): CellValue => valueFromJson(json));

export const keyValueSchema = z.tuple([z.enum(['i', 's', 'x']), z.string()]).transform((json, context): KeyValue => {
  const value = valueFromJson(json);
  if (isKeyValue(value)) return value;
  context.addIssue('not a key value');
  return z.NEVER;
});
