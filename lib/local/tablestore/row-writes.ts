// One write of one row, planned: the same for PutRow, UpdateRow, DeleteRow and the rows of BatchWriteRow.
import type { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import type { Instant } from '../../base/instant';
import { type Consumed, writeCost } from './capacity';
import { checkCondition, readCondition, type WriteCondition } from './conditions';
import { parameterInvalid } from './errors';
import { readNewKey, readRowKey } from './keys';
import { type AnswerRow, decodeRow, encodeRows, type WireRow } from './plainbuffer';
import { keyCells } from './reads';
import { type ColumnChange, changeRow, readPutChanges, readUpdateChanges, replaceRow, type WriteRules } from './row-changes';
import { newest, type Row, sizeOfColumns, sizeOfKey } from './rows';
import type { Change, TableInfo } from './state';
import { type KeyValue, sizeOfValue } from './values';

export type WriteKind = 'put' | 'update' | 'delete';

type PutRequest = ReturnType<typeof main.proto.PutRowRequest.decode>;

/** A write as the four requests carry it. */
export interface WireWrite {
  readonly kind: WriteKind;
  readonly encoded: Uint8Array;
  readonly condition: PutRequest['condition'];
  readonly returnContent: PutRequest['returnContent'];
}

/** A write that has been read and fits its table, and has yet to meet the row. */
export interface RowWrite {
  readonly kind: WriteKind;
  readonly key: readonly KeyValue[];
  readonly condition: WriteCondition;
  readonly changes: readonly ColumnChange[];
  readonly returns: ReturnPlan;
}

type ReturnPlan = { readonly kind: 'nothing' } | { readonly kind: 'key' } | { readonly kind: 'after-modify'; readonly columns: readonly string[] };

export interface WriteResult {
  /** Undefined: nothing changes. */
  readonly change: Change | undefined;
  readonly consumed: Consumed;
  /** The row returned, encoded; empty for none. */
  readonly row: Uint8Array;
}

/** Reads a write for this table, as it is described by `info`. Throws OtsErrors. */
export function readWrite(wire: WireWrite, info: TableInfo, now: Instant): RowWrite {
  const { kind } = wire;
  const row = decodeRow(wire.encoded);
  checkDeleteMarker(kind, row);
  if (kind === 'update' && !info.options.allowUpdate) throw parameterInvalid('UpdateRow is not allowed on a table whose updates are switched off.');
  const condition = readCondition(wire.condition);
  const key = readWriteKey(kind, row, condition, info, now);
  const changes = readChanges(kind, row, info, now);
  return { kind, key, condition, changes, returns: readReturns(wire, changes) };
}

function checkDeleteMarker(kind: WriteKind, row: WireRow): void {
  if (kind !== 'delete' && row.isDelete) throw parameterInvalid('Invalid request of put/update row: unexpected RowDeleteMarker in request.');
  if (kind !== 'delete') return;
  if (!row.isDelete) throw parameterInvalid('Invalid request of delete row: missing RowDeleteMarker in request.');
  if (row.attributes.length > 0) throw parameterInvalid('Invalid delete row request: unexpected cells in request.');
}

function readWriteKey(kind: WriteKind, row: WireRow, condition: WriteCondition, info: TableInfo, now: Instant): readonly KeyValue[] {
  const { schema, lastAutoIncrement } = info;
  if (kind === 'delete') {
    if (row.key.some((cell) => cell.value?.type === 'auto-increment')) throw parameterInvalid('Invalid row to delete which with pk auto increment.');
    return readRowKey(schema, row.key);
  }
  const { key, isChosen } = readNewKey(schema, row.key, nextAutoIncrement(lastAutoIncrement, now));
  if (isChosen && condition.existence !== 'ignore') throw parameterInvalid(`Invalid expect: ${condition.existence} when modify row with pk auto increment.`);
  if (isChosen && condition.columns !== undefined) throw parameterInvalid("Can't set condition when modify row with pk auto increment.");
  return key;
}

/** Growing, unique and not consecutive, as the service promises: microseconds, or the next number where those are taken. */
function nextAutoIncrement(last: bigint, now: Instant): bigint {
  const fromTime = BigInt(now) * 1_000n;
  return fromTime > last ? fromTime : last + 1n;
}

function readChanges(kind: WriteKind, row: WireRow, info: TableInfo, now: Instant): readonly ColumnChange[] {
  if (kind === 'delete') return [];
  const { schema, options } = info;
  const rules: WriteRules = {
    keyNames: schema.map(({ name }) => name),
    now,
    deviationSeconds: options.deviationSeconds,
    ttlSeconds: options.ttlSeconds,
  };
  return kind === 'put' ? readPutChanges(row.attributes, rules) : readUpdateChanges(row.attributes, rules);
}

const RETURN_NOTHING = 0;
const RETURN_KEY = 1;
const RETURN_AFTER_MODIFY = 2;

/** AFTER_MODIFY answers counters only, and only those of this request. */
function readReturns(wire: WireWrite, changes: readonly ColumnChange[]): ReturnPlan {
  const type = wire.returnContent?.returnType ?? RETURN_NOTHING;
  const columns = wire.returnContent?.returnColumnNames ?? [];
  if (type === RETURN_NOTHING || type === RETURN_KEY) {
    if (columns.length > 0) throw parameterInvalid('Return column names can be given with RT_AFTER_MODIFY only.');
    return type === RETURN_KEY ? { kind: 'key' } : { kind: 'nothing' };
  }
  if (type !== RETURN_AFTER_MODIFY || wire.kind !== 'update') throw parameterInvalid(`Invalid return type: ${type}.`);
  const counters = new Set(changes.flatMap((change) => (change.kind === 'increment' ? [change.column] : [])));
  const stranger = columns.find((column) => !counters.has(column));
  if (columns.length === 0) throw parameterInvalid('RT_AFTER_MODIFY needs the names of the columns to return.');
  if (stranger !== undefined) throw parameterInvalid(`RT_AFTER_MODIFY can return incremented columns only, not '${stranger}'.`);
  return { kind: 'after-modify', columns };
}

/** Meets the live row: checks the condition and says what changes. Throws OtsErrors; changes nothing. */
export function planWrite(write: RowWrite, info: TableInfo, row: Row | undefined, now: Instant): WriteResult {
  checkCondition(write.condition, row);
  const { name, schema } = info;
  const names = schema.map((column) => column.name);
  const keyBytes = sizeOfKey(names, write.key);
  const after = rowAfter(write, row, now);
  const readBytes = write.condition.columns !== undefined && row !== undefined ? keyBytes + sizeOfColumns(row.columns) : keyBytes;
  const isConditional = write.condition.existence !== 'ignore' || write.condition.columns !== undefined;
  return {
    change: changeOf(name, write.key, row, after),
    consumed: writeCost(keyBytes + sizeOfChanges(write.changes), isConditional ? readBytes : undefined),
    row: encodeReturned(write, after, info),
  };
}

function rowAfter(write: RowWrite, row: Row | undefined, now: Instant): Row | undefined {
  switch (write.kind) {
    case 'delete':
      return undefined;
    case 'put':
      return replaceRow(write.key, write.changes, now);
    case 'update':
      return changeRow(row, write.key, write.changes, now);
  }
}

function changeOf(table: string, key: readonly KeyValue[], before: Row | undefined, after: Row | undefined): Change | undefined {
  if (after !== undefined) return { kind: 'put-row', table, row: after };
  return before === undefined ? undefined : { kind: 'delete-row', table, key };
}

function sizeOfChanges(changes: readonly ColumnChange[]): number {
  return changes.reduce((sum, change) => sum + change.column.length + (change.kind === 'put' ? sizeOfValue(change.value) : 8), 0);
}

/** What AFTER_MODIFY returns has no key: whether the service sends one is not documented, so nobody should count on it. */
function encodeReturned(write: RowWrite, after: Row | undefined, info: TableInfo): Uint8Array {
  if (write.returns.kind === 'nothing') return Buffer.alloc(0);
  if (write.returns.kind === 'key') return encodeRows([{ key: keyCells(info.schema, write.key), attributes: [] }]);
  const attributes: AnswerRow['attributes'] = write.returns.columns.flatMap((name) => {
    const cell = newest(after, name);
    return cell === undefined ? [] : [{ name, value: cell.value, timestampMs: cell.versionMs }];
  });
  return encodeRows([{ key: [], attributes }]);
}
