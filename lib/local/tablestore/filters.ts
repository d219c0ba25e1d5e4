// Column conditions of writes and filters of reads: reading them from the wire and asking them about columns.
import { filter } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { parameterInvalid } from './errors';
import { decodeVariant } from './plainbuffer';
import type { Cell } from './rows';
import { type CellValue, compareValues, isCellValue } from './values';

export type Comparator = '=' | '!=' | '>' | '>=' | '<' | '<=';

/** A test of columns. */
export type ColumnTest =
  | {
      readonly kind: 'single';
      readonly column: string;
      readonly comparator: Comparator;
      readonly value: CellValue;
      readonly passIfMissing: boolean;
      readonly latestOnly: boolean;
    }
  | { readonly kind: 'not'; readonly test: ColumnTest }
  | { readonly kind: 'and' | 'or'; readonly tests: readonly ColumnTest[] };

/** Keeps `limit` columns of a row after the first `offset`, by name. */
export interface ColumnPage {
  readonly kind: 'page';
  readonly offset: number;
  readonly limit: number;
}

const COMPARATORS: Readonly<Record<number, Comparator>> = { 1: '=', 2: '!=', 3: '>', 4: '>=', 5: '<', 6: '<=' };
const SINGLE = 1;
const COMPOSITE = 2;
const PAGINATION = 3;
const NOT = 1;
const AND = 2;

/** "Tablestore, Conditional updates": at most this many single conditions in one test. */
const MAX_TESTS = 32;

interface WireFilter {
  readonly type: number;
  readonly filter: Uint8Array;
}

/** The filter of a read; undefined for none. Throws OTSParameterInvalid. */
export function readFilter(bytes: Uint8Array): ColumnTest | ColumnPage | undefined {
  if (bytes.length === 0) return undefined;
  const wire = decode('filter', () => filter.proto.Filter.decode(bytes));
  if (wire.type === PAGINATION) return readPage(wire.filter);
  return readTest(wire, { left: MAX_TESTS });
}

/** The column condition of a write; undefined for none. A page is no condition. Throws OTSParameterInvalid. */
export function readColumnCondition(bytes: Uint8Array): ColumnTest | undefined {
  const test = readFilter(bytes);
  if (test?.kind === 'page') throw parameterInvalid(`Invalid type of filter: ${PAGINATION}.`);
  return test;
}

function decode<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw parameterInvalid(`Deserialize ${what} failed.`);
  }
}

function readTest(wire: WireFilter, budget: { left: number }): ColumnTest {
  if (wire.type === SINGLE) return readSingle(wire.filter, budget);
  if (wire.type === COMPOSITE) return readComposite(wire.filter, budget);
  throw parameterInvalid(`Invalid type of sub-filter: ${wire.type}.`);
}

function readSingle(bytes: Uint8Array, budget: { left: number }): ColumnTest {
  budget.left -= 1;
  if (budget.left < 0) throw parameterInvalid(`The count of filter exceeds the max: ${MAX_TESTS}.`);
  const wire = decode('relation filter', () => filter.proto.SingleColumnValueFilter.decode(bytes));
  const comparator = COMPARATORS[wire.comparator];
  if (comparator === undefined) throw parameterInvalid(`Invalid relation operator: ${wire.comparator}.`);
  const value = decodeVariant(wire.columnValue);
  if (!isCellValue(value)) throw parameterInvalid('Deserialize relation filter failed.');
  return { kind: 'single', column: wire.columnName, comparator, value, passIfMissing: !wire.filterIfMissing, latestOnly: wire.latestVersionOnly };
}

function readComposite(bytes: Uint8Array, budget: { left: number }): ColumnTest {
  const wire = decode('composite filter', () => filter.proto.CompositeColumnValueFilter.decode(bytes));
  const tests = wire.subFilters.map((sub) => readTest(sub, budget));
  if (wire.combinator === NOT) {
    const [test] = tests;
    if (test === undefined || tests.length !== 1) throw parameterInvalid('Invalid NOT operator: the number of sub-filters must be 1.');
    return { kind: 'not', test };
  }
  if (tests.length !== 2) throw parameterInvalid('Invalid AND/OR operator: the number of sub-filters must be 2.');
  return { kind: wire.combinator === AND ? 'and' : 'or', tests };
}

function readPage(bytes: Uint8Array): ColumnPage {
  const { offset, limit } = decode('column pagination filter', () => filter.proto.ColumnPaginationFilter.decode(bytes));
  if (offset < 0) throw parameterInvalid('Offset in ColumnPaginationFilter must be greater than or equal to 0.');
  if (limit <= 0) throw parameterInvalid('Limit in ColumnPaginationFilter must be greater than 0.');
  return { kind: 'page', offset, limit };
}

/** Whether columns pass a test. Versions are newest first. */
export function passes(test: ColumnTest, columns: ReadonlyMap<string, readonly Cell[]>): boolean {
  switch (test.kind) {
    case 'not':
      return !passes(test.test, columns);
    case 'and':
      return test.tests.every((sub) => passes(sub, columns));
    case 'or':
      return test.tests.some((sub) => passes(sub, columns));
    case 'single': {
      const versions = columns.get(test.column) ?? [];
      if (versions.length === 0) return test.passIfMissing;
      const asked = test.latestOnly ? versions.slice(0, 1) : versions;
      return asked.some((cell) => holds(cell.value, test.comparator, test.value));
    }
  }
}

/** Values of two types are unequal and in no order. */
function holds(left: CellValue, comparator: Comparator, right: CellValue): boolean {
  const order = compareValues(left, right);
  if (order === undefined) return comparator === '!=';
  switch (comparator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}
