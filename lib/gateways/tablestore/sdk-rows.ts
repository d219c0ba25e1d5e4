// Translates between our rows and the SDK's shapes: keys, columns, conditions.
import TableStore from '@alicloud/tablestore';
import { KEY_COLUMNS, type Table } from './layout';

/** Numbers are integers: they are stored as INTEGER, never as DOUBLE. */
export type ColumnValue = string | number;
export type Columns = Readonly<Record<string, ColumnValue>>;

export interface Row {
  /** In key order. */
  readonly key: readonly string[];
  readonly columns: Columns;
}

/** `passIfMissing`: a row without the column passes too. */
export interface ColumnTest {
  readonly column: string;
  readonly is: 'equal' | 'at-most';
  readonly value: ColumnValue;
  readonly passIfMissing?: boolean;
}

/** When a write may happen: the row's existence, and all of the column tests. */
export interface RowCondition {
  readonly row: 'any' | 'absent' | 'present';
  readonly columns?: readonly ColumnTest[];
}

/** Replaces the whole row. */
export interface RowPut {
  readonly kind: 'put';
  readonly table: Table;
  readonly key: readonly string[];
  readonly columns: Columns;
  readonly when: RowCondition;
}

export interface RowDelete {
  readonly kind: 'delete';
  readonly table: Table;
  readonly key: readonly string[];
  readonly when: RowCondition;
}

export type RowWrite = RowPut | RowDelete;

/** The ends of a range, below and above every value of a key column. */
export const LOWEST = Symbol('lowest');
export const HIGHEST = Symbol('highest');
export type KeyBound = string | typeof LOWEST | typeof HIGHEST;

export function sdkKey(table: Table, key: readonly KeyBound[]): TableStore.PrimaryKeyInput {
  return KEY_COLUMNS[table].map((name, index) => ({ [name]: sdkBound(key[index] ?? '') }));
}

function sdkBound(bound: KeyBound): TableStore.PrimaryKeyValue {
  if (bound === LOWEST) return TableStore.INF_MIN;
  return bound === HIGHEST ? TableStore.INF_MAX : bound;
}

/** One object per column: of two columns in one object the SDK stores only the first. */
export function sdkColumns(columns: Columns): TableStore.AttributeColumns {
  return Object.entries(columns).map(([name, value]) => ({ [name]: sdkValue(value) }));
}

function sdkValue(value: ColumnValue): TableStore.ColumnValue {
  return typeof value === 'number' ? TableStore.Long.fromNumber(value) : value;
}

export function sdkCondition(condition: RowCondition): TableStore.Condition {
  const { EXPECT_EXIST, EXPECT_NOT_EXIST, IGNORE } = TableStore.RowExistenceExpectation;
  const existence = condition.row === 'any' ? IGNORE : condition.row === 'present' ? EXPECT_EXIST : EXPECT_NOT_EXIST;
  return new TableStore.Condition(existence, allOf(condition.columns ?? []));
}

/** AND takes exactly two sub-conditions, so several become a tree. */
function allOf(tests: readonly ColumnTest[]): TableStore.ColumnCondition | null {
  const [first, ...rest] = tests.map(sdkTest);
  return rest.reduce<TableStore.ColumnCondition | null>((left, right) => (left === null ? right : both(left, right)), first ?? null);
}

function both(left: TableStore.ColumnCondition, right: TableStore.ColumnCondition): TableStore.ColumnCondition {
  const and = new TableStore.CompositeCondition(TableStore.LogicalOperator.AND);
  and.addSubCondition(left);
  and.addSubCondition(right);
  return and;
}

/** `passIfMissing` is spelt out: the SDK's default is true. */
function sdkTest(test: ColumnTest): TableStore.ColumnCondition {
  const comparator = test.is === 'equal' ? TableStore.ComparatorType.EQUAL : TableStore.ComparatorType.LESS_EQUAL;
  return new TableStore.SingleColumnCondition(test.column, sdkValue(test.value), comparator, test.passIfMissing ?? false, true);
}

export function sdkWrite(write: RowWrite): TableStore.BatchWriteRowChange {
  const condition = sdkCondition(write.when);
  const primaryKey = sdkKey(write.table, write.key);
  if (write.kind === 'delete') return { type: 'DELETE', condition, primaryKey };
  return { type: 'PUT', condition, primaryKey, attributeColumns: sdkColumns(write.columns) };
}

/** Undefined for a missing row. Columns of types that we never write are left out. */
export function rowOf(row: {
  readonly primaryKey?: readonly TableStore.PrimaryKeyColumn[] | null | undefined;
  readonly attributes?: readonly TableStore.AttributeColumn[] | null | undefined;
}): Row | undefined {
  if (row.primaryKey === undefined || row.primaryKey === null) return undefined;
  const columns: Record<string, ColumnValue> = {};
  for (const { columnName, columnValue } of row.attributes ?? []) {
    if (typeof columnValue === 'string') columns[columnName] = columnValue;
    else if (isInt64(columnValue)) columns[columnName] = columnValue.toNumber();
  }
  return { key: row.primaryKey.map(({ value }) => (typeof value === 'string' ? value : '')), columns };
}

function isInt64(value: TableStore.ColumnValue): value is TableStore.Int64 {
  return typeof value === 'object' && 'toNumber' in value;
}
