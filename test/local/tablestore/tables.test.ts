// CreateTable, ListTable, DescribeTable, UpdateTable and DeleteTable through the official SDK.
import type TableStore from '@alicloud/tablestore';
import { type Harness, ignore, refusalOf, startTablestore } from './harness';

let tablestore: Harness;

beforeEach(async () => {
  tablestore = await startTablestore();
});
afterEach(() => tablestore.close());

const ID = [{ name: 'id', type: 'STRING' }] as const;
const OPTIONS = { timeToLive: -1, maxVersions: 1 };

const create = (tableName: string, primaryKey: readonly TableStore.PrimaryKeySchemaInput[] = ID, tableOptions: TableStore.TableOptionsInput = OPTIONS) =>
  tablestore.client.createTable({ tableMeta: { tableName, primaryKey }, reservedThroughput: { capacityUnit: { read: 0, write: 0 } }, tableOptions });

test('a table is described as it was made, and its options show their defaults', async () => {
  await create('runs', [
    { name: 'scope', type: 'STRING' },
    { name: 'seq', type: 'INTEGER', option: 'AUTO_INCREMENT' },
    { name: 'hash', type: 'BINARY' },
  ]);
  tablestore.clock.advance(5_000);

  const described = await tablestore.client.describeTable({ tableName: 'runs' });

  expect(described.tableMeta).toMatchObject({
    tableName: 'runs',
    primaryKey: [
      { name: 'scope', type: 2 },
      { name: 'seq', type: 1, option: 1 },
      { name: 'hash', type: 3 },
    ],
  });
  expect(described.tableOptions).toMatchObject({ timeToLive: -1, maxVersions: 1, allowUpdate: true });
  expect(described.tableStatus).toBe(1);
  expect(described.reservedThroughputDetails.capacityUnit).toMatchObject({ read: 0, write: 0 });
  expect(described.RequestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('tables are listed by name, and a deleted one is gone with its rows', async () => {
  await create('runs');
  await create('guards');
  tablestore.clock.advance(5_000);
  await tablestore.client.putRow({ tableName: 'runs', condition: ignore(), primaryKey: [{ id: 'a' }], attributeColumns: [] });

  await tablestore.client.deleteTable({ tableName: 'runs' });

  expect((await tablestore.client.listTable({})).tableNames).toEqual(['guards']);
  await create('runs');
  tablestore.clock.advance(5_000);
  expect((await tablestore.client.getRow({ tableName: 'runs', primaryKey: [{ id: 'a' }] })).row).toEqual({});
});

test('rows of a new table are refused until it is ready, while it is described as loading', async () => {
  await create('runs');
  const put = () => tablestore.client.putRow({ tableName: 'runs', condition: ignore(), primaryKey: [{ id: 'a' }], attributeColumns: [] });

  tablestore.clock.advance(4_999);

  expect(await refusalOf(put())).toEqual({ status: 404, code: 'OTSTableNotReady', message: 'The table is not ready.' });
  expect((await tablestore.client.describeTable({ tableName: 'runs' })).tableStatus).toBe(3);
  tablestore.clock.advance(1);
  await put();
});

test('UpdateTable changes the options that it names and leaves the others', async () => {
  await create('runs', ID, { timeToLive: 86_400, maxVersions: 3 });

  const updated = await tablestore.client.updateTable({ tableName: 'runs', tableOptions: { maxVersions: 2 } });

  expect(updated.tableOptions).toMatchObject({ timeToLive: 86_400, maxVersions: 2, allowUpdate: true });
  expect((await tablestore.client.describeTable({ tableName: 'runs' })).tableOptions).toMatchObject({ timeToLive: 86_400, maxVersions: 2 });
});

test('UpdateRow is refused on a table whose updates are switched off', async () => {
  await create('runs', ID, { ...OPTIONS, allowUpdate: false });
  tablestore.clock.advance(5_000);

  const update = { tableName: 'runs', condition: ignore(), primaryKey: [{ id: 'a' }], updateOfAttributeColumns: [{ PUT: [{ x: 'y' }] }] };

  expect(await refusalOf(tablestore.client.updateRow(update))).toMatchObject({ status: 400, code: 'OTSParameterInvalid' });
});

test('an instance holds 64 tables', async () => {
  for (let number = 0; number < 64; number += 1) await create(`t${number}`);

  expect(await refusalOf(create('one_more'))).toEqual({ status: 403, code: 'OTSQuotaExhausted', message: 'Number of tables exceeded the quota.' });
});

test('beyond the configured rate, operations on tables are refused until a second has passed', async () => {
  await tablestore.close();
  tablestore = await startTablestore({ tableOperationsPerSecond: 2 });
  await create('a');
  await create('b');

  expect(await refusalOf(create('c'))).toEqual({ status: 403, code: 'OTSQuotaExhausted', message: 'Too frequent table operations.' });
  tablestore.clock.advance(1_000);
  await create('c');
});

describe('CreateTable refuses', () => {
  const column = (name: string, type: 'STRING' | 'INTEGER' = 'STRING') => ({ name, type });
  const auto = (name: string, type: 'STRING' | 'INTEGER' = 'INTEGER') => ({ name, type, option: 'AUTO_INCREMENT' as const });

  test.each<{
    name: string;
    tableName?: string;
    primaryKey?: readonly TableStore.PrimaryKeySchemaInput[];
    options?: TableStore.TableOptionsInput;
    message: string;
  }>([
    { name: 'a name that begins with a digit', tableName: '1runs', message: "Invalid table name: '1runs'." },
    { name: 'a name with a hyphen', tableName: 'my-runs', message: "Invalid table name: 'my-runs'." },
    { name: 'a name of 256 characters', tableName: 'a'.repeat(256), message: `Invalid table name: '${'a'.repeat(256)}'.` },
    { name: 'no key column', primaryKey: [], message: 'The number of primary key columns must be in range: [1, 4].' },
    {
      name: 'five key columns',
      primaryKey: ['a', 'b', 'c', 'd', 'e'].map((name) => column(name)),
      message: 'The number of primary key columns must be in range: [1, 4].',
    },
    { name: 'a key column twice', primaryKey: [column('a'), column('a')], message: "Duplicated primary key name: 'a'." },
    { name: 'an impossible name of a key column', primaryKey: [column('a-b')], message: "Invalid column name: 'a-b'." },
    { name: 'an automatic first key column', primaryKey: [auto('a'), column('b')], message: "First primary key can't be auto increment, table: runs." },
    { name: 'two automatic key columns', primaryKey: [column('a'), auto('b'), auto('c')], message: 'AUTO_INCREMENT primary key count must <= 1.' },
    { name: 'an automatic key column of text', primaryKey: [column('a'), auto('b', 'STRING')], message: 'AUTO_INCREMENT primary key must be integer.' },
    { name: 'no time to live', options: { maxVersions: 1 }, message: 'Time-to-live is missing while creating table.' },
    { name: 'no number of versions', options: { timeToLive: -1 }, message: 'MaxVersions is missing while creating table.' },
    { name: 'a time to live of 0', options: { timeToLive: 0, maxVersions: 1 }, message: 'TimeToLive cannot be 0 or less than -1.' },
    { name: 'a time to live under a day', options: { timeToLive: 86_399, maxVersions: 1 }, message: 'TimeToLive cannot be less than 86400.' },
    { name: 'no versions at all', options: { timeToLive: -1, maxVersions: 0 }, message: 'The maximum versions cannot be less than or equal to 0.' },
  ])('$name', async ({ tableName = 'runs', primaryKey = ID, options = OPTIONS, message }) => {
    expect(await refusalOf(create(tableName, primaryKey, options))).toEqual({ status: 400, code: 'OTSParameterInvalid', message });
    expect((await tablestore.client.listTable({})).tableNames).toEqual([]);
  });

  test('a table that is already there', async () => {
    await create('runs');

    expect(await refusalOf(create('runs'))).toEqual({ status: 409, code: 'OTSObjectAlreadyExist', message: 'Requested table already exists.' });
  });
});

test.each<{ name: string; call: () => Promise<unknown> }>([
  { name: 'DescribeTable', call: () => tablestore.client.describeTable({ tableName: 'nowhere' }) },
  { name: 'UpdateTable', call: () => tablestore.client.updateTable({ tableName: 'nowhere', tableOptions: OPTIONS }) },
  { name: 'DeleteTable', call: () => tablestore.client.deleteTable({ tableName: 'nowhere' }) },
  { name: 'GetRow', call: () => tablestore.client.getRow({ tableName: 'nowhere', primaryKey: [{ id: 'a' }] }) },
])('$name of a table that is not there is OTSObjectNotExist', async ({ call }) => {
  expect(await refusalOf(call())).toEqual({ status: 404, code: 'OTSObjectNotExist', message: 'Requested table does not exist.' });
});

describe('what this server does not do, it refuses as the service refuses it', () => {
  test('local transactions, which no table of this SDK can have', async () => {
    const call = tablestore.client.startLocalTransaction({ tableName: 'runs', primaryKey: [{ id: 'a' }] });

    expect(await refusalOf(call)).toEqual({
      status: 400,
      code: 'OTSParameterInvalid',
      message: 'Try to call method using explicit transaction on explicit-transaction-disabled table.',
    });
  });

  test.each<{ name: string; call: () => Promise<unknown> }>([
    { name: 'SQLQuery', call: () => tablestore.client.sqlQuery({ query: 'show tables' }) },
    { name: 'ListSearchIndex', call: () => tablestore.client.listSearchIndex({ tableName: 'runs' }) },
  ])('$name', async ({ name, call }) => {
    expect(await refusalOf(call())).toEqual({ status: 400, code: 'OTSParameterInvalid', message: `Unsupported operation: ${name}.` });
  });
});
