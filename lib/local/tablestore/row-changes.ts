// What one write does to one row: reading the changes from the wire, their rules, and the row that results.
import type { Instant } from '../../base/instant';
import { OtsError, parameterInvalid } from './errors';
import { isColumnName } from './names';
import type { CellOperation, WireCell } from './plainbuffer';
import { type Cell, newest, type Row } from './rows';
import { type CellValue, INT64_MAX, INT64_MIN, isCellValue, type KeyValue, sizeOfValue, type WireValue } from './values';

export type ColumnChange =
  | { readonly kind: 'put'; readonly column: string; readonly value: CellValue; readonly versionMs: number | undefined }
  | { readonly kind: 'increment'; readonly column: string; readonly delta: bigint; readonly versionMs: number | undefined }
  | { readonly kind: 'delete-version'; readonly column: string; readonly versionMs: number }
  | { readonly kind: 'delete-column'; readonly column: string };

/** What a table demands of a written cell. */
export interface WriteRules {
  readonly keyNames: readonly string[];
  readonly now: Instant;
  /** How far an explicit version may lie from now, in seconds. */
  readonly deviationSeconds: number;
  readonly ttlSeconds: number | undefined;
}

/** "Tablestore, Limits". */
const MAX_COLUMNS = 1024;
const MAX_VALUE_BYTES = 2 * 1024 * 1024;
const MAX_ROW_BYTES = 4 * 1024 * 1024;

/** The columns of a PutRow: values only. */
export function readPutChanges(cells: readonly WireCell[], rules: WriteRules): readonly ColumnChange[] {
  checkSize('PutRow', cells);
  return cells.map((cell) => {
    checkName(cell.name, rules);
    if (cell.operation !== undefined) throw parameterInvalid(`OpType cannot be given for column name: ${cell.name} in PutRow.`);
    return readPut(cell, rules);
  });
}

/** The columns of an UpdateRow: at least one; a counter's column may appear once only. */
export function readUpdateChanges(cells: readonly WireCell[], rules: WriteRules): readonly ColumnChange[] {
  if (cells.length === 0) throw parameterInvalid('Invalid update row request: missing cells in request.');
  checkSize('UpdateRow', cells);
  const changes = cells.map((cell) => {
    checkName(cell.name, rules);
    return readUpdate(cell, rules);
  });
  for (const { kind, column } of changes) {
    if (kind !== 'increment' || changes.filter((other) => other.column === column).length === 1) continue;
    throw parameterInvalid(`Column '${column}' cannot be incremented and changed otherwise in one request.`);
  }
  return changes;
}

function readUpdate(cell: WireCell, rules: WriteRules): ColumnChange {
  return cell.operation === undefined ? readPut(cell, rules) : readOperation(cell, cell.operation, rules);
}

function readOperation(cell: WireCell, operation: CellOperation, rules: WriteRules): ColumnChange {
  const column = cell.name;
  switch (operation) {
    case 'increment':
      if (cell.value?.type !== 'integer') throw parameterInvalid(`Only INTEGER can be used to increment column '${column}'.`);
      return { kind: 'increment', column, delta: cell.value.value, versionMs: readVersion(cell, rules) };
    case 'delete-one-version':
      checkNoValue(cell);
      if (cell.timestamp === undefined) throw parameterInvalid('Timestamp must be given when type is DELETE_ONE_VERSION.');
      return { kind: 'delete-version', column, versionMs: Number(cell.timestamp) };
    case 'delete-all-versions':
      checkNoValue(cell);
      if (cell.timestamp !== undefined) throw parameterInvalid('Timestamp cannot be given when type is DELETE_ALL_VERSION.');
      return { kind: 'delete-column', column };
  }
}

function readPut(cell: WireCell, rules: WriteRules): ColumnChange {
  if (cell.value === undefined) throw parameterInvalid(`Cell data broken, attr has no value, name: ${cell.name}.`);
  return { kind: 'put', column: cell.name, value: checkValue(cell.name, cell.value), versionMs: readVersion(cell, rules) };
}

function checkNoValue(cell: WireCell): void {
  if (cell.value !== undefined) throw parameterInvalid('Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION.');
}

function checkName(name: string, rules: WriteRules): void {
  if (!isColumnName(name)) throw parameterInvalid(`Invalid column name: '${name}'.`);
  if (rules.keyNames.includes(name)) throw parameterInvalid(`Duplicated attribute column name with primary key column: '${name}'.`);
}

function checkValue(column: string, value: WireValue): CellValue {
  if (!isCellValue(value)) throw parameterInvalid(`${value.type} is an invalid type for the attribute column.`);
  if (value.type === 'double' && Number.isNaN(value.value)) throw parameterInvalid("NaN can't be set to double value.");
  if (value.type === 'double' && !Number.isFinite(value.value)) throw parameterInvalid("Infinity can't be set to double value.");
  const bytes = sizeOfValue(value);
  if (bytes <= MAX_VALUE_BYTES) return value;
  throw parameterInvalid(`The length of attribute column: '${column}' exceeds the MaxLength: ${MAX_VALUE_BYTES} with CurrentLength: ${bytes}.`);
}

/** The valid range is [max(now - deviation, now - time to live), now + deviation). */
function readVersion(cell: WireCell, rules: WriteRules): number | undefined {
  if (cell.timestamp === undefined) return undefined;
  const versionMs = Number(cell.timestamp);
  const backSeconds = Math.min(rules.deviationSeconds, rules.ttlSeconds ?? Number.POSITIVE_INFINITY);
  const isInside = versionMs >= 0 && versionMs >= rules.now - backSeconds * 1_000 && versionMs < rules.now + rules.deviationSeconds * 1_000;
  if (!isInside) throw parameterInvalid(`Invalid timestamp. Cell: ${cell.name}.`);
  return versionMs;
}

function checkSize(request: 'PutRow' | 'UpdateRow', cells: readonly WireCell[]): void {
  if (cells.length > MAX_COLUMNS) throw new OtsError(400, 'OTSOutOfColumnCountLimit', 'The number of columns in one row exceeded the limit.');
  const bytes = cells.reduce((sum, cell) => sum + cell.name.length + (cell.value === undefined ? 0 : sizeOfValue(cell.value)), 0);
  if (bytes <= MAX_ROW_BYTES) return;
  throw parameterInvalid(`The total data size of ${request} request exceeds the limit, limit size: ${MAX_ROW_BYTES}, data size: ${bytes}.`);
}

/** PutRow: the new row has nothing of the old one. */
export function replaceRow(key: readonly KeyValue[], changes: readonly ColumnChange[], now: Instant): Row {
  return changeRow(undefined, key, changes, now) ?? { key, columns: new Map(), writtenAt: now };
}

/** UpdateRow on the live row. Undefined when there was no row and only deletions were asked for, which creates nothing. */
export function changeRow(row: Row | undefined, key: readonly KeyValue[], changes: readonly ColumnChange[], now: Instant): Row | undefined {
  const isOnlyDeleting = changes.every(({ kind }) => kind === 'delete-version' || kind === 'delete-column');
  if (row === undefined && isOnlyDeleting) return undefined;
  const columns = new Map(row?.columns);
  for (const change of changes) {
    const versions = changeColumn(row, columns.get(change.column) ?? [], change, now);
    if (versions.length === 0) columns.delete(change.column);
    else columns.set(change.column, versions);
  }
  return { key, columns, writtenAt: now };
}

function changeColumn(row: Row | undefined, versions: readonly Cell[], change: ColumnChange, now: Instant): readonly Cell[] {
  switch (change.kind) {
    case 'put':
      return withVersion(versions, { versionMs: change.versionMs ?? serverVersion(versions, now, 0), value: change.value });
    case 'increment':
      return withVersion(versions, { versionMs: change.versionMs ?? serverVersion(versions, now, 1), value: increased(newest(row, change.column), change) });
    case 'delete-version':
      return versions.filter((cell) => cell.versionMs !== change.versionMs);
    case 'delete-column':
      return [];
  }
}

/** Never behind the newest version, so that a write without a version of its own is always the one that is read; `step` 1: beyond it. */
function serverVersion(versions: readonly Cell[], now: Instant, step: 0 | 1): number {
  const last = versions[0]?.versionMs;
  return last === undefined ? now : Math.max(now, last + step);
}

function withVersion(versions: readonly Cell[], cell: Cell): readonly Cell[] {
  const others = versions.filter((other) => other.versionMs !== cell.versionMs);
  return [...others, cell].sort((left, right) => right.versionMs - left.versionMs);
}

/** A missing counter is 0. */
function increased(cell: Cell | undefined, change: { readonly column: string; readonly delta: bigint }): CellValue {
  const before = cell?.value ?? { type: 'integer', value: 0n };
  if (before.type !== 'integer') throw parameterInvalid(`Column '${change.column}' cannot be incremented: it is not of type INTEGER.`);
  const sum = before.value + change.delta;
  if (sum < INT64_MIN || sum > INT64_MAX) throw parameterInvalid(`Column '${change.column}' overflows when it is incremented.`);
  return { type: 'integer', value: sum };
}
