// BatchGetRow and BatchWriteRow through the official SDK: rows succeed and fail one by one.
import TableStore from '@alicloud/tablestore';
import { column, columnsOf, expectExist, expectNotExist, type Harness, ignore, keyOf, long, refusalOf, startTablestore } from './harness';

let tablestore: Harness;

beforeEach(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable('a', [{ name: 'id', type: 'STRING' }]);
  await tablestore.createTable('b', [{ name: 'id', type: 'STRING' }]);
});
afterEach(() => tablestore.close());

const put = (id: string, condition = ignore(), attributeColumns: TableStore.AttributeColumns = [{ n: long(1) }]): TableStore.BatchWriteRowChange => ({
  type: 'PUT',
  condition,
  primaryKey: [{ id }],
  attributeColumns,
});
const increment = (id: string): TableStore.BatchWriteRowChange => ({
  type: 'UPDATE',
  condition: ignore(),
  primaryKey: [{ id }],
  attributeColumns: [{ INCREMENT: [{ n: long(1) }] }],
  returnContent: { returnType: 2, returnColumns: ['n'] },
});
const remove = (id: string): TableStore.BatchWriteRowChange => ({ type: 'DELETE', condition: ignore(), primaryKey: [{ id }] });
const write = (tables: Record<string, readonly TableStore.BatchWriteRowChange[]>) =>
  tablestore.client.batchWriteRow({ tables: Object.entries(tables).map(([tableName, rows]) => ({ tableName, rows })) });
const get = async (tableName: string, id: string) => columnsOf((await tablestore.client.getRow({ tableName, primaryKey: [{ id }] })).row);

describe('BatchWriteRow', () => {
  test('puts, updates and deletes in several tables', async () => {
    await write({ a: [put('1'), put('2')] });

    const { tables } = await write({ a: [increment('1'), remove('2')], b: [put('3')] });

    expect(tables.map(({ tableName, isOk }) => [tableName, isOk])).toEqual([
      ['a', true],
      ['a', true],
      ['b', true],
    ]);
    expect(columnsOf(tables[0] ?? {})).toEqual({ n: '2n' });
    expect([await get('a', '1'), await get('a', '2'), await get('b', '3')]).toEqual([{ n: '2n' }, undefined, { n: '1n' }]);
  });

  test('a row that fails does not stop the others, and says why', async () => {
    await write({ a: [put('taken')] });

    const { tables } = await write({ a: [put('taken', expectNotExist()), put('free', expectNotExist())], nowhere: [put('x')] });

    expect(tables.map(({ isOk, errorCode, errorMessage }) => [isOk, errorCode, errorMessage])).toEqual([
      [false, 'OTSConditionCheckFail', 'Condition check failed.'],
      [true, null, null],
      [false, 'OTSObjectNotExist', 'Requested table does not exist.'],
    ]);
    expect(await get('a', 'free')).toEqual({ n: '1n' });
  });

  test('the same row may be written again without conditions, in the order given', async () => {
    await write({ a: [put('1', ignore(), [{ x: '1' }]), remove('1'), put('1', ignore(), [{ y: '2' }])] });

    expect(await get('a', '1')).toEqual({ y: '2' });
  });

  test.each<{ name: string; rows: readonly TableStore.BatchWriteRowChange[]; message: string }>([
    {
      name: 'the same row twice with an expectation',
      rows: [put('1'), put('1', expectExist())],
      message: 'Repeated rows do not support row exist expectation check in BatchModify.',
    },
    {
      name: 'the same row twice with a condition on columns',
      rows: [put('1'), put('1', ignore(column('n', 'EQUAL', long(1))))],
      message: 'Repeated rows do not support row condition check in BatchModify.',
    },
    { name: 'the same row twice with a counter', rows: [put('1'), increment('1')], message: 'Repeated rows do not support increment in BatchModify.' },
    { name: '201 rows', rows: Array.from({ length: 201 }, (_, index) => put(String(index))), message: 'Rows count exceeds the upper limit: 200.' },
    {
      name: 'more than 4 MB',
      rows: ['1', '2', '3'].map((id) => put(id, ignore(), [{ text: 'x'.repeat(1_500_000) }])),
      message: 'The total data size of BatchWriteRow request exceeds the limit, limit size: 4194304, data size: 4500153.',
    },
  ])('$name is refused as a whole', async ({ rows, message }) => {
    expect(await refusalOf(write({ a: rows }))).toEqual({ status: 400, code: 'OTSParameterInvalid', message });
    expect(await get('a', '1')).toBeUndefined();
  });

  test('200 rows are not too many', async () => {
    const { tables } = await write({ a: Array.from({ length: 200 }, (_, index) => put(String(index))) });

    expect(tables.every(({ isOk }) => isOk)).toBe(true);
  });

  test('a table that is still loading fails its rows only', async () => {
    await tablestore.client.createTable({
      tableMeta: { tableName: 'new', primaryKey: [{ name: 'id', type: 'STRING' }] },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive: -1, maxVersions: 1 },
    });

    const { tables } = await write({ a: [put('1')], new: [put('1')] });

    expect(tables.map(({ errorCode }) => errorCode)).toEqual([null, 'OTSTableNotReady']);
  });

  test('rows with keys that the service chooses get different ones', async () => {
    await tablestore.createTable('log', [
      { name: 'id', type: 'STRING' },
      { name: 'seq', type: 'INTEGER', option: 'AUTO_INCREMENT' },
    ]);
    const row = {
      ...put('1'),
      primaryKey: [{ id: '1' }, { seq: TableStore.PK_AUTO_INCR }],
      returnContent: { returnType: 1 },
    } as TableStore.BatchWriteRowChange;

    const { tables } = await write({ log: [row, row, row] });

    expect(new Set(tables.map((reply) => keyOf(reply)?.[1])).size).toBe(3);
  });
});

describe('BatchGetRow', () => {
  const read = (tables: TableStore.BatchGetRowParams['tables']) => tablestore.client.batchGetRow({ tables });
  const keys = (...ids: string[]): TableStore.PrimaryKeyInput[] => ids.map((id) => [{ id }]);

  test('answers rows in the order asked, missing ones without a key', async () => {
    await write({ a: [put('1'), put('2', ignore(), [{ n: long(2) }])], b: [put('3')] });

    const { tables } = await read([
      { tableName: 'a', primaryKey: keys('2', 'none', '1') },
      { tableName: 'b', primaryKey: keys('3') },
    ]);

    expect(tables.map((rows) => rows.map((row) => [row.isOk, keyOf(row)?.[0], columnsOf(row)]))).toEqual([
      [
        [true, '2', { n: '2n' }],
        [true, undefined, undefined],
        [true, '1', { n: '1n' }],
      ],
      [[true, '3', { n: '1n' }]],
    ]);
  });

  test('a missing table fails its rows only', async () => {
    await write({ a: [put('1')] });

    const { tables } = await read([
      { tableName: 'a', primaryKey: keys('1') },
      { tableName: 'nowhere', primaryKey: keys('1') },
    ]);

    expect(tables.flat().map(({ isOk, errorCode }) => [isOk, errorCode])).toEqual([
      [true, null],
      [false, 'OTSObjectNotExist'],
    ]);
  });

  test.each([
    { name: 'no rows', tables: [{ tableName: 'a', primaryKey: [] }], message: 'No row specified in the request of BatchGetRow.' },
    {
      name: '101 rows',
      tables: [{ tableName: 'a', primaryKey: keys(...Array.from({ length: 101 }, (_, index) => String(index))) }],
      message: 'Rows count exceeds the upper limit: 100.',
    },
    {
      name: 'a table twice',
      tables: [
        { tableName: 'a', primaryKey: keys('1') },
        { tableName: 'a', primaryKey: keys('2') },
      ],
      message: "Duplicated table name: 'a'.",
    },
  ])('$name is refused as a whole', async ({ tables, message }) => {
    expect(await refusalOf(read(tables))).toEqual({ status: 400, code: 'OTSParameterInvalid', message });
  });
});
