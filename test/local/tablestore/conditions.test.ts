// Conditional writes and filtered reads through the official SDK: the whole matrix of existence, columns, comparators and missing columns.
import TableStore from '@alicloud/tablestore';
import { both, column, columnsOf, combine, expectExist, expectNotExist, type Harness, ignore, long, refusalOf, startTablestore } from './harness';

let tablestore: Harness;
const primaryKey = [{ id: 'a' }];
const REFUSED = { status: 403, code: 'OTSConditionCheckFail', message: 'Condition check failed.' };

beforeAll(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable('t', [{ name: 'id', type: 'STRING' }], { timeToLive: -1, maxVersions: 5 });
});
afterAll(() => tablestore.close());

beforeEach(() => tablestore.client.deleteRow({ tableName: 't', condition: ignore(), primaryKey }));

const get = async () => columnsOf((await tablestore.client.getRow({ tableName: 't', primaryKey })).row);
const put = (condition: TableStore.Condition, attributeColumns: TableStore.AttributeColumns) =>
  tablestore.client.putRow({ tableName: 't', condition, primaryKey, attributeColumns });
const update = (condition: TableStore.Condition) =>
  tablestore.client.updateRow({ tableName: 't', condition, primaryKey, updateOfAttributeColumns: [{ PUT: [{ changed: true }] }] });
const remove = (condition: TableStore.Condition) => tablestore.client.deleteRow({ tableName: 't', condition, primaryKey });

describe('existence of the row', () => {
  const writes = { put: (condition: TableStore.Condition) => put(condition, [{ changed: true }]), update, delete: remove };
  const conditions = { IGNORE: ignore, EXPECT_EXIST: expectExist, EXPECT_NOT_EXIST: expectNotExist };
  const matrix = (['put', 'update', 'delete'] as const).flatMap((write) =>
    (['IGNORE', 'EXPECT_EXIST', 'EXPECT_NOT_EXIST'] as const).flatMap((condition) =>
      [true, false].map((exists) => ({
        write,
        condition,
        exists,
        row: exists ? 'an existing row' : 'a missing row',
        passes: condition === 'IGNORE' || (condition === 'EXPECT_EXIST') === exists,
      })),
    ),
  );

  test.each(matrix)('$write with $condition on $row passes: $passes', async ({ write, condition, exists, passes }) => {
    if (exists) await put(ignore(), [{ before: true }]);
    const before = await get();

    const call = writes[write](conditions[condition]());

    if (passes) {
      await call;
      const after = { put: { changed: true }, update: { ...before, changed: true }, delete: undefined };
      expect(await get()).toEqual(after[write]);
    } else {
      expect(await refusalOf(call)).toEqual(REFUSED);
      expect(await get()).toEqual(before);
    }
  });
});

describe('one column', () => {
  test.each([
    { comparator: 'EQUAL', less: false, same: true, more: false },
    { comparator: 'NOT_EQUAL', less: true, same: false, more: true },
    { comparator: 'GREATER_THAN', less: false, same: false, more: true },
    { comparator: 'GREATER_EQUAL', less: false, same: true, more: true },
    { comparator: 'LESS_THAN', less: true, same: false, more: false },
    { comparator: 'LESS_EQUAL', less: true, same: true, more: false },
  ] as const)('$comparator holds for a smaller value: $less, the same: $same, a greater one: $more', async ({ comparator, less, same, more }) => {
    for (const [stored, expected] of [
      [4, less],
      [5, same],
      [6, more],
    ] as const) {
      await put(ignore(), [{ n: long(stored) }]);
      const call = update(expectExist(column('n', comparator, long(5))));
      expect(
        await call.then(
          () => true,
          () => false,
        ),
      ).toBe(expected);
    }
  });

  test.each<{
    name: string;
    stored: TableStore.ColumnValue;
    asked: TableStore.ColumnValue;
    comparator: 'EQUAL' | 'LESS_THAN' | 'NOT_EQUAL' | 'GREATER_THAN';
    passes: boolean;
  }>([
    { name: 'text is compared by its bytes', stored: 'é', asked: 'z', comparator: 'GREATER_THAN', passes: true },
    { name: 'binary is compared by its bytes', stored: Buffer.of(1), asked: Buffer.of(1, 0), comparator: 'LESS_THAN', passes: true },
    { name: 'doubles are compared by value', stored: -0.5, asked: 0.5, comparator: 'LESS_THAN', passes: true },
    { name: 'false is less than true', stored: false, asked: true, comparator: 'LESS_THAN', passes: true },
    {
      name: 'large integers are compared exactly',
      stored: TableStore.Long.fromString('9007199254740993'),
      asked: TableStore.Long.fromString('9007199254740992'),
      comparator: 'GREATER_THAN',
      passes: true,
    },
    { name: 'an integer never equals a double', stored: long(1), asked: 1, comparator: 'EQUAL', passes: false },
    { name: 'an integer is unequal to a double', stored: long(1), asked: 1, comparator: 'NOT_EQUAL', passes: true },
    { name: 'text is in no order to an integer', stored: '1', asked: long(2), comparator: 'LESS_THAN', passes: false },
  ])('$name', async ({ stored, asked, comparator, passes }) => {
    await put(ignore(), [{ v: stored }]);

    const call = update(ignore(column('v', comparator, asked)));

    if (passes) await call;
    else expect(await refusalOf(call)).toEqual(REFUSED);
  });

  test.each([
    { name: 'a missing column of an existing row', exists: true, passIfMissing: true, passes: true },
    { name: 'a missing column of an existing row', exists: true, passIfMissing: false, passes: false },
    { name: 'any column of a missing row', exists: false, passIfMissing: true, passes: true },
    { name: 'any column of a missing row', exists: false, passIfMissing: false, passes: false },
  ])('$name, with "pass if missing" $passIfMissing, passes: $passes', async ({ exists, passIfMissing, passes }) => {
    if (exists) await put(ignore(), [{ other: 'x' }]);

    const call = update(ignore(column('v', 'EQUAL', 'x', passIfMissing)));

    if (passes) await call;
    else expect(await refusalOf(call)).toEqual(REFUSED);
  });

  test.each([
    { latestOnly: true, passes: false },
    { latestOnly: false, passes: true },
  ])('an older version counts only when not the latest alone is asked: $passes', async ({ latestOnly, passes }) => {
    await put(ignore(), [{ v: 'old' }]);
    tablestore.clock.advance(1);
    await tablestore.client.updateRow({ tableName: 't', condition: ignore(), primaryKey, updateOfAttributeColumns: [{ PUT: [{ v: 'new' }] }] });

    const call = update(ignore(column('v', 'EQUAL', 'old', false, latestOnly)));

    if (passes) await call;
    else expect(await refusalOf(call)).toEqual(REFUSED);
  });
});

describe('conditions together', () => {
  const yes = column('n', 'EQUAL', long(1));
  const no = column('n', 'EQUAL', long(2));

  test.each([
    { name: 'both of two', condition: both(yes, yes), passes: true },
    { name: 'both of two, one of which fails', condition: both(yes, no), passes: false },
    { name: 'either of two', condition: combine('OR', no, yes), passes: true },
    { name: 'either of two that both fail', condition: combine('OR', no, no), passes: false },
    { name: 'not one that fails', condition: combine('NOT', no), passes: true },
    { name: 'not one that holds', condition: combine('NOT', yes), passes: false },
    { name: 'a tree', condition: both(combine('OR', no, yes), combine('NOT', both(yes, no))), passes: true },
  ])('$name: $passes', async ({ condition, passes }) => {
    await put(ignore(), [{ n: long(1) }]);

    const call = update(expectExist(condition));

    if (passes) await call;
    else expect(await refusalOf(call)).toEqual(REFUSED);
  });

  test('the row must exist and its columns must pass', async () => {
    expect(await refusalOf(update(expectExist(column('n', 'EQUAL', long(1), true))))).toEqual(REFUSED);
  });

  test('a deletion obeys its columns', async () => {
    await put(ignore(), [{ n: long(1) }]);

    expect(await refusalOf(remove(expectExist(no)))).toEqual(REFUSED);
    await remove(expectExist(yes));

    expect(await get()).toBeUndefined();
  });

  const many = (count: number): TableStore.ColumnCondition =>
    Array.from({ length: count - 1 }, () => yes).reduce<TableStore.ColumnCondition>((tree, next) => both(tree, next), yes);

  test.each<{ name: string; condition: TableStore.ColumnCondition; message: string }>([
    { name: 'AND of three', condition: combine('AND', yes, yes, yes), message: 'Invalid AND/OR operator: the number of sub-filters must be 2.' },
    { name: 'OR of one', condition: combine('OR', yes), message: 'Invalid AND/OR operator: the number of sub-filters must be 2.' },
    { name: 'NOT of two', condition: combine('NOT', yes, no), message: 'Invalid NOT operator: the number of sub-filters must be 1.' },
    { name: '33 conditions', condition: many(33), message: 'The count of filter exceeds the max: 32.' },
  ])('$name is refused', async ({ condition, message }) => {
    expect(await refusalOf(update(ignore(condition)))).toEqual({ status: 400, code: 'OTSParameterInvalid', message });
  });

  test('32 conditions are not too many', async () => {
    await put(ignore(), [{ n: long(1) }]);

    await update(ignore(many(32)));
  });
});

test('of many that compare and swap the same version, exactly one wins', async () => {
  await put(ignore(), [{ version: long(1) }]);
  const swap = () =>
    tablestore.client.updateRow({
      tableName: 't',
      condition: expectExist(column('version', 'EQUAL', long(1))),
      primaryKey,
      updateOfAttributeColumns: [{ PUT: [{ version: long(2) }] }],
    });

  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, swap));

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a cap counts marked reservations once: condition, marker and counter in one update', async () => {
  const reserve = (action: string) =>
    tablestore.client.updateRow({
      tableName: 't',
      condition: ignore(both(column('used', 'LESS_THAN', long(3), true), column(`a_${action}`, 'NOT_EQUAL', 'x', true))),
      primaryKey,
      updateOfAttributeColumns: [{ PUT: [{ [`a_${action}`]: 'x' }] }, { INCREMENT: [{ used: long(1) }] }],
    });

  const outcomes = await Promise.allSettled(['p', 'q', 'p', 'r', 's', 'q'].map(reserve));

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await get()).toMatchObject({ used: '3n', a_p: 'x', a_q: 'x', a_r: 'x' });
});

describe('filters of reads', () => {
  const read = async (options: TableStore.ReadOptions) => columnsOf((await tablestore.client.getRow({ tableName: 't', primaryKey, ...options })).row);

  beforeEach(() => put(ignore(), [{ status: 'open' }, { n: long(1) }]));

  test.each<{ name: string; options: TableStore.ReadOptions; found: boolean }>([
    { name: 'a row that passes is returned whole', options: { columnFilter: column('status', 'EQUAL', 'open') }, found: true },
    { name: 'a row that fails is not returned', options: { columnFilter: column('status', 'EQUAL', 'shut') }, found: false },
    { name: 'a missing column fails unless told', options: { columnFilter: column('none', 'EQUAL', 'x') }, found: false },
    { name: 'a filter sees only columns that are read', options: { columnFilter: column('status', 'EQUAL', 'open'), columnsToGet: ['n', 'id'] }, found: false },
  ])('$name', async ({ options, found }) => {
    expect(await read(options)).toEqual(found ? { status: 'open', n: '1n' } : undefined);
  });

  test.each([
    { name: 'no column', filter: new TableStore.ColumnPaginationFilter(0, 0), message: 'Limit in ColumnPaginationFilter must be greater than 0.' },
    {
      name: 'a negative offset',
      filter: new TableStore.ColumnPaginationFilter(1, -1),
      message: 'Offset in ColumnPaginationFilter must be greater than or equal to 0.',
    },
  ])('a page of $name is refused', async ({ filter, message }) => {
    expect(await refusalOf(read({ columnFilter: filter }))).toEqual({ status: 400, code: 'OTSParameterInvalid', message });
  });
});
