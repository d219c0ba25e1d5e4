// Time to live on the world's clock, through the official SDK: cells expire by their own version.
import TableStore from '@alicloud/tablestore';
import { columnsOf, expectExist, expectNotExist, type Harness, ignore, refusalOf, startTablestore } from './harness';

const DAY_MS = 86_400_000;
let tablestore: Harness;
const primaryKey = [{ id: 'a' }];

beforeEach(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable('t', [{ name: 'id', type: 'STRING' }], { timeToLive: 86_400, maxVersions: 1 });
});
afterEach(() => tablestore.close());

const get = async () => columnsOf((await tablestore.client.getRow({ tableName: 't', primaryKey })).row);
const put = (attributeColumns: TableStore.AttributeColumns, condition = ignore()) =>
  tablestore.client.putRow({ tableName: 't', condition, primaryKey, attributeColumns });
const update = (name: string, condition = ignore()) =>
  tablestore.client.updateRow({ tableName: 't', condition, primaryKey, updateOfAttributeColumns: [{ PUT: [{ [name]: 'new' }] }] });

test('a cell is read until its time is over', async () => {
  await put([{ a: '1' }]);

  tablestore.clock.advance(DAY_MS - 1);
  expect(await get()).toEqual({ a: '1' });
  tablestore.clock.advance(1);

  expect(await get()).toBeUndefined();
});

test('an update renews the columns that it names and lets the others expire', async () => {
  await put([{ a: '1' }, { b: '1' }]);
  tablestore.clock.advance(DAY_MS / 2);
  await update('b');

  tablestore.clock.advance(DAY_MS / 2);

  expect(await get()).toEqual({ b: 'new' });
});

test('an expired row exists no more: not for conditions, not in a range, and its columns do not come back', async () => {
  await put([{ a: '1' }]);
  tablestore.clock.advance(DAY_MS);

  expect(await refusalOf(update('b', expectExist()))).toMatchObject({ code: 'OTSConditionCheckFail' });
  const { rows } = await tablestore.client.getRange({
    tableName: 't',
    direction: 'FORWARD',
    inclusiveStartPrimaryKey: [{ id: TableStore.INF_MIN }],
    exclusiveEndPrimaryKey: [{ id: TableStore.INF_MAX }],
  });
  expect(rows).toEqual([]);
  await update('b', expectNotExist());

  expect(await get()).toEqual({ b: 'new' });
});

test('a row of its key alone expires by the time it was written', async () => {
  await put([]);
  expect(await get()).toEqual({});

  tablestore.clock.advance(DAY_MS);

  expect(await get()).toBeUndefined();
});

test('a version chosen by the writer counts from itself, and one older than the time to live is refused', async () => {
  await put([{ a: '1', timestamp: tablestore.clock.now() - DAY_MS / 2 }]);

  tablestore.clock.advance(DAY_MS / 2);

  expect(await get()).toBeUndefined();
  expect(await refusalOf(put([{ a: '1', timestamp: tablestore.clock.now() - DAY_MS - 1 }]))).toMatchObject({ message: 'Invalid timestamp. Cell: a.' });
});

test('a longer time to live brings back what the shorter one hid', async () => {
  await put([{ a: '1' }]);
  tablestore.clock.advance(DAY_MS);

  await tablestore.client.updateTable({ tableName: 't', tableOptions: { timeToLive: -1 } });

  expect(await get()).toEqual({ a: '1' });
});
