// PutRow, GetRow, UpdateRow and DeleteRow through the official SDK: what they write, what they return, what they refuse.
import TableStore from '@alicloud/tablestore';
import { columnsOf, expectExist, expectNotExist, type Harness, ignore, keyOf, long, refusalOf, startTablestore } from './harness';

let tablestore: Harness;
const key: TableStore.PrimaryKeyInput = [{ scope: 'main' }, { id: long(7) }];
const DAY_MS = 86_400_000;

beforeEach(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable(
    'runs',
    [
      { name: 'scope', type: 'STRING' },
      { name: 'id', type: 'INTEGER' },
    ],
    { timeToLive: -1, maxVersions: 3 },
  );
});
afterEach(() => tablestore.close());

const get = async (options: TableStore.ReadOptions = {}): Promise<Record<string, unknown> | undefined> =>
  columnsOf((await tablestore.client.getRow({ tableName: 'runs', primaryKey: key, ...options })).row);
const put = (attributeColumns: TableStore.AttributeColumns, primaryKey = key) =>
  tablestore.client.putRow({ tableName: 'runs', condition: ignore(), primaryKey, attributeColumns });
const update = (updateOfAttributeColumns: TableStore.UpdateColumns, returnContent?: TableStore.ReturnContent, condition = ignore()) =>
  tablestore.client.updateRow({ tableName: 'runs', condition, primaryKey: key, updateOfAttributeColumns, ...(returnContent && { returnContent }) });
const versionsOf = async (name: string): Promise<unknown[]> => {
  const { row } = await tablestore.client.getRow({ tableName: 'runs', primaryKey: key, maxVersions: 10, columnsToGet: [name] });
  return (row.attributes ?? []).map(({ columnValue, timestamp }) => [columnValue, timestamp.toNumber() - tablestore.clock.now()]);
};

test('a row comes back with its key and every type of value as it was written', async () => {
  await put([
    { text: 'grüße 🙂' },
    { empty: '' },
    { integer: TableStore.Long.fromString('-9007199254740993') },
    { double: 0.1 },
    { yes: true },
    { no: false },
    { bytes: Buffer.of(0, 255, 1) },
  ]);

  const { row } = await tablestore.client.getRow({ tableName: 'runs', primaryKey: key });

  expect(keyOf(row)).toEqual(['main', '7n']);
  expect(columnsOf(row)).toEqual({
    text: 'grüße 🙂',
    empty: '',
    integer: '-9007199254740993n',
    double: 0.1,
    yes: true,
    no: false,
    bytes: Buffer.of(0, 255, 1),
  });
  expect(row.attributes?.map(({ timestamp }) => timestamp.toNumber())).toEqual(Array(7).fill(tablestore.clock.now()));
});

test('a missing row is an empty answer, and a row of its key alone is none', async () => {
  expect((await tablestore.client.getRow({ tableName: 'runs', primaryKey: key })).row).toEqual({});

  await put([]);

  const { row } = await tablestore.client.getRow({ tableName: 'runs', primaryKey: key });
  expect(keyOf(row)).toEqual(['main', '7n']);
  expect(row.attributes).toEqual([]);
});

test('PutRow replaces the whole row, UpdateRow only what it names', async () => {
  await put([{ a: '1' }, { b: '1' }]);
  await update([{ PUT: [{ b: '2' }, { c: '2' }] }]);
  expect(await get()).toEqual({ a: '1', b: '2', c: '2' });

  await put([{ d: '3' }]);

  expect(await get()).toEqual({ d: '3' });
});

test('UpdateRow makes a missing row, unless it only deletes', async () => {
  await update([{ DELETE_ALL: ['a'] }]);
  expect(await get()).toBeUndefined();

  await update([{ PUT: [{ a: '1' }] }]);

  expect(await get()).toEqual({ a: '1' });
});

test('a row whose columns are all deleted is still there; DeleteRow removes it', async () => {
  await put([{ a: '1' }]);
  await update([{ DELETE_ALL: ['a'] }]);
  expect(await get()).toEqual({});

  await tablestore.client.deleteRow({ tableName: 'runs', condition: ignore(), primaryKey: key });

  expect(await get()).toBeUndefined();
});

describe('versions', () => {
  test('the table keeps the newest versions, newest first, and a read returns one unless told', async () => {
    for (const value of ['1', '2', '3', '4']) {
      tablestore.clock.advance(10);
      await update([{ PUT: [{ a: value }] }]);
    }

    expect(await versionsOf('a')).toEqual([
      ['4', 0],
      ['3', -10],
      ['2', -20],
    ]);
    expect(await get()).toEqual({ a: '4' });
  });

  test('DELETE removes the named version only', async () => {
    await update([{ PUT: [{ a: 'old' }] }]);
    const old = tablestore.clock.now();
    tablestore.clock.advance(10);
    await update([{ PUT: [{ a: 'new' }] }]);

    await update([{ DELETE: [{ a: old }] }]);

    expect(await versionsOf('a')).toEqual([['new', 0]]);
  });

  test('a writer may choose the version, and a time range chooses among them', async () => {
    const now = tablestore.clock.now();
    await update([{ PUT: [{ a: 'past', timestamp: now - 1_000 }] }]);
    await update([{ PUT: [{ a: 'future', timestamp: now + 1_000 }] }]);

    expect(await versionsOf('a')).toEqual([
      ['future', 1_000],
      ['past', -1_000],
    ]);
    expect(await get({ timeRange: { startTime: now - 1_000, endTime: now + 1_000 } })).toEqual({ a: 'past' });
    expect(await get({ timeRange: { specificTime: now + 1_000 } })).toEqual({ a: 'future' });
    expect(await get({ timeRange: { specificTime: now } })).toEqual({});
  });

  test.each([
    { name: 'as far back as the deviation allows', offsetMs: -DAY_MS, ok: true },
    { name: 'further back', offsetMs: -DAY_MS - 1, ok: false },
    { name: 'just short of the deviation ahead', offsetMs: DAY_MS - 1, ok: true },
    { name: 'a whole deviation ahead', offsetMs: DAY_MS, ok: false },
  ])('a version $name is accepted: $ok', async ({ offsetMs, ok }) => {
    const call = put([{ a: '1', timestamp: tablestore.clock.now() + offsetMs }]);

    if (ok) await call;
    else expect(await refusalOf(call)).toEqual({ status: 400, code: 'OTSParameterInvalid', message: 'Invalid timestamp. Cell: a.' });
  });
});

describe('counters', () => {
  const increment = (by: number, column = 'used') => update([{ INCREMENT: [{ [column]: long(by) }] }], { returnType: 2, returnColumns: [column] });
  const used = { used: '1n' };

  test('a missing counter begins at 0, and the answer tells its value after the change', async () => {
    expect(columnsOf((await increment(1)).row)).toEqual(used);
    expect(columnsOf((await increment(-3)).row)).toEqual({ used: '-2n' });
    expect(await get()).toEqual({ used: '-2n' });
  });

  test('two increments in the same millisecond are two versions', async () => {
    await increment(1);
    await increment(1);

    expect((await versionsOf('used')).map((version) => String(version))).toEqual(['2,1', '1,0']);
  });

  test('a plain write after them in the same millisecond is the one that is read', async () => {
    await increment(1);
    await increment(1);

    await update([{ PUT: [{ used: long(9) }] }]);

    expect(await get()).toEqual({ used: '9n' });
  });

  test('other columns may change in the same request', async () => {
    const returned = await update([{ PUT: [{ marker: 'x' }] }, { INCREMENT: [{ used: long(1) }] }, { DELETE_ALL: ['gone'] }], {
      returnType: 2,
      returnColumns: ['used'],
    });

    expect(columnsOf(returned.row)).toEqual(used);
    expect(await get()).toEqual({ used: '1n', marker: 'x' });
  });

  test.each([
    { name: 'text', value: 'one' },
    { name: 'a double', value: 1 },
    { name: 'a number at the end of 64 bits', value: TableStore.Long.fromString('9223372036854775807') },
  ])('a column that holds $name cannot be incremented', async ({ value }) => {
    await put([{ used: value }]);

    expect(await refusalOf(increment(1))).toMatchObject({ status: 400, code: 'OTSParameterInvalid' });
  });

  test('a counter cannot be changed twice in one request', async () => {
    const call = update([{ INCREMENT: [{ used: long(1) }] }, { PUT: [{ used: long(5) }] }]);

    expect(await refusalOf(call)).toMatchObject({ status: 400, code: 'OTSParameterInvalid' });
    expect(await get()).toBeUndefined();
  });

  test('AFTER_MODIFY returns incremented columns only', async () => {
    const call = update([{ PUT: [{ a: '1' }] }, { INCREMENT: [{ used: long(1) }] }], { returnType: 2, returnColumns: ['a'] });

    expect(await refusalOf(call)).toMatchObject({ status: 400, code: 'OTSParameterInvalid', message: expect.stringContaining("not 'a'") });
  });
});

describe('what a write returns', () => {
  test('nothing unless asked', async () => {
    expect((await put([{ a: '1' }])).row).toEqual({});
  });

  test('its key, when asked', async () => {
    const { row } = await tablestore.client.putRow({
      tableName: 'runs',
      condition: ignore(),
      primaryKey: key,
      attributeColumns: [],
      returnContent: { returnType: 1 },
    });

    expect(keyOf(row)).toEqual(['main', '7n']);
  });

  test('names of columns belong to AFTER_MODIFY only', async () => {
    const call = update([{ PUT: [{ a: '1' }] }], { returnType: 1, returnColumns: ['a'] });

    expect(await refusalOf(call)).toMatchObject({ status: 400, code: 'OTSParameterInvalid' });
  });
});

describe('capacity units', () => {
  test.each<{ name: string; call: () => Promise<TableStore.RowReply>; read: number; write: number }>([
    { name: 'a small write', call: () => put([{ a: 'x' }]), read: 0, write: 1 },
    { name: 'a write of 9 KB', call: () => put([{ a: 'x'.repeat(9 * 1024) }]), read: 0, write: 3 },
    { name: 'a conditional write reads too', call: () => update([{ PUT: [{ a: 'x' }] }], undefined, expectNotExist()), read: 1, write: 1 },
    { name: 'reading a missing row', call: () => tablestore.client.getRow({ tableName: 'runs', primaryKey: key }), read: 1, write: 0 },
  ])('$name', async ({ call, read, write }) => {
    expect((await call()).consumed.capacityUnit).toMatchObject({ read, write });
  });
});

describe('keys that the service chooses', () => {
  const AUTO: TableStore.PrimaryKeyInput = [{ scope: 'main' }, { seq: TableStore.PK_AUTO_INCR }];
  const putAuto = async (condition = ignore()): Promise<bigint> => {
    const { row } = await tablestore.client.putRow({ tableName: 'log', condition, primaryKey: AUTO, attributeColumns: [], returnContent: { returnType: 1 } });
    return BigInt(String(row.primaryKey?.[1]?.value));
  };

  beforeEach(async () => {
    await tablestore.createTable('log', [
      { name: 'scope', type: 'STRING' },
      { name: 'seq', type: 'INTEGER', option: 'AUTO_INCREMENT' },
    ]);
  });

  test('they grow, also in the same millisecond and after the newest row was deleted', async () => {
    const first = await putAuto();
    const second = await putAuto();
    await tablestore.client.deleteRow({
      tableName: 'log',
      condition: ignore(),
      primaryKey: [{ scope: 'main' }, { seq: TableStore.Long.fromString(String(second)) }],
    });

    expect(second).toBeGreaterThan(first);
    expect(await putAuto()).toBeGreaterThan(second);
  });

  test.each<{ name: string; call: () => Promise<unknown> }>([
    { name: 'a condition', call: () => putAuto(expectNotExist()) },
    { name: 'a read', call: () => tablestore.client.getRow({ tableName: 'log', primaryKey: AUTO }) },
    { name: 'a deletion', call: () => tablestore.client.deleteRow({ tableName: 'log', condition: ignore(), primaryKey: AUTO }) },
  ])('they do not go with $name', async ({ call }) => {
    expect(await refusalOf(call())).toMatchObject({ status: 400 });
  });
});

describe('keys that do not fit the table', () => {
  test.each<{ name: string; primaryKey: TableStore.PrimaryKeyInput; code: string; message: string }>([
    { name: 'a column too few', primaryKey: [{ scope: 'a' }], code: 'OTSInvalidPK', message: 'Validate PK size fail. Input: 1, Meta: 2.' },
    {
      name: 'another order',
      primaryKey: [{ id: long(1) }, { scope: 'a' }],
      code: 'OTSInvalidPK',
      message: 'Validate PK name fail. Input: id, Meta: scope.',
    },
    {
      name: 'text for an integer',
      primaryKey: [{ scope: 'a' }, { id: '1' }],
      code: 'OTSInvalidPK',
      message: 'Validate PK type fail. Input: VT_STRING, Meta: VT_INTEGER.',
    },
    {
      name: 'a border of a range',
      primaryKey: [{ scope: 'a' }, { id: TableStore.INF_MIN }],
      code: 'OTSInvalidPK',
      message: 'Validate PK type fail. Input: VT_INF_MIN, Meta: VT_INTEGER.',
    },
    {
      name: 'more than 1 KB',
      primaryKey: [{ scope: 'a'.repeat(1025) }, { id: long(1) }],
      code: 'OTSParameterInvalid',
      message: "The length of primary key column: 'scope' exceeds the MaxLength: 1024 with CurrentLength: 1025.",
    },
  ])('$name', async ({ primaryKey, code, message }) => {
    expect(await refusalOf(put([], primaryKey))).toEqual({ status: 400, code, message });
  });
});

describe('columns that cannot be written', () => {
  test.each<{ name: string; columns: TableStore.AttributeColumns; code?: string; message: string }>([
    { name: 'a hyphen in the name', columns: [{ 'rm-1': 'x' }], message: "Invalid column name: 'rm-1'." },
    { name: 'the name of a key column', columns: [{ scope: 'x' }], message: "Duplicated attribute column name with primary key column: 'scope'." },
    { name: 'not a number', columns: [{ a: Number.NaN }], message: "NaN can't be set to double value." },
    { name: 'infinity', columns: [{ a: Number.POSITIVE_INFINITY }], message: "Infinity can't be set to double value." },
    {
      name: 'a value of more than 2 MB',
      columns: [{ a: 'x'.repeat(2 * 1024 * 1024 + 1) }],
      message: "The length of attribute column: 'a' exceeds the MaxLength: 2097152 with CurrentLength: 2097153.",
    },
    {
      name: 'more than 1,024 columns',
      columns: Array.from({ length: 1025 }, (_, index) => ({ [`c${index}`]: 'x' })),
      code: 'OTSOutOfColumnCountLimit',
      message: 'The number of columns in one row exceeded the limit.',
    },
    {
      name: 'more than 4 MB in all',
      columns: ['a', 'b', 'c'].map((name) => ({ [name]: 'x'.repeat(1_500_000) })),
      message: 'The total data size of PutRow request exceeds the limit, limit size: 4194304, data size: 4500003.',
    },
  ])('$name', async ({ columns, code = 'OTSParameterInvalid', message }) => {
    expect(await refusalOf(put(columns))).toEqual({ status: 400, code, message });
    expect(await get()).toBeUndefined();
  });

  test('an UpdateRow without changes', async () => {
    expect(await refusalOf(update([]))).toEqual({
      status: 400,
      code: 'OTSParameterInvalid',
      message: 'Invalid update row request: missing cells in request.',
    });
  });
});

describe('what a read returns of a row', () => {
  beforeEach(async () => {
    await put([{ a: '1' }, { b: '2' }, { c: '3' }, { d: '4' }]);
  });

  test.each<{ name: string; options: TableStore.ReadOptions; columns: Record<string, unknown> | undefined }>([
    { name: 'the columns asked for', options: { columnsToGet: ['a', 'c', 'x'] }, columns: { a: '1', c: '3' } },
    { name: 'nothing when it has none of them', options: { columnsToGet: ['x'] }, columns: undefined },
    { name: 'the row without columns when one of them is in the key', options: { columnsToGet: ['x', 'id'] }, columns: {} },
    { name: 'columns from a name (inclusive) to a name (exclusive)', options: { startColumn: 'b', endColumn: 'd' }, columns: { b: '2', c: '3' } },
    { name: 'a page of columns', options: { columnFilter: new TableStore.ColumnPaginationFilter(2, 1) }, columns: { b: '2', c: '3' } },
    { name: 'the row without columns beyond the last page', options: { columnFilter: new TableStore.ColumnPaginationFilter(2, 9) }, columns: {} },
  ])('$name', async ({ options, columns }) => {
    expect(await get(options)).toEqual(columns);
  });

  test('at most 128 names of columns', async () => {
    const columnsToGet = Array.from({ length: 129 }, (_, index) => `c${index}`);

    expect(await refusalOf(tablestore.client.getRow({ tableName: 'runs', primaryKey: key, columnsToGet }))).toEqual({
      status: 400,
      code: 'OTSParameterInvalid',
      message: 'The number of columns from the request exceeds the limit, limit count: 128, column count: 129.',
    });
  });
});

test('writes of one row that arrive together never lose one another', async () => {
  await put([{ used: long(0) }]);

  await Promise.all(Array.from({ length: 40 }, () => update([{ INCREMENT: [{ used: long(1) }] }], undefined, expectExist())));

  expect(await get()).toEqual({ used: '40n' });
});
