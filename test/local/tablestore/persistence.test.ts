// The tables across restarts, through the official SDK and a real journal; and what happens when the journal fails.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import TableStore from '@alicloud/tablestore';
import { JOURNAL_FILE } from '../../../lib/local/journal';
import { columnsOf, type Harness, type HarnessOptions, ignore, keyOf, long, refusalOf, startTablestore } from './harness';

const STRING_ID = [{ name: 'id', type: 'STRING' }] as const;
let folder: string;
let tablestore: Harness;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-tables-'));
});
afterEach(async () => {
  await tablestore.close();
  rmSync(folder, { recursive: true });
});

const start = async (options: HarnessOptions = { folder }): Promise<void> => {
  tablestore = await startTablestore(options);
};
/** A new process on the same folder: the clock goes on from where it was unless told. */
const restart = async (at = new Date(tablestore.clock.now()).toISOString()): Promise<void> => {
  await tablestore.close();
  await start({ folder, start: at });
};
const put = (tableName: string, primaryKey: TableStore.PrimaryKeyInput, attributeColumns: TableStore.AttributeColumns = []) =>
  tablestore.client.putRow({ tableName, condition: ignore(), primaryKey, attributeColumns });
const get = async (tableName: string, primaryKey: TableStore.PrimaryKeyInput, maxVersions = 1) =>
  (await tablestore.client.getRow({ tableName, primaryKey, maxVersions })).row;

test('rows, versions, counters and options are there after restarts, compacted or not', async () => {
  await start();
  await tablestore.createTable(
    't',
    [
      { name: 'id', type: 'STRING' },
      { name: 'n', type: 'INTEGER' },
      { name: 'b', type: 'BINARY' },
    ],
    { timeToLive: 864_000, maxVersions: 2 },
  );
  const key = [{ id: 'é\u0000' }, { n: TableStore.Long.fromString('-9223372036854775808') }, { b: Buffer.of(0, 255) }];
  await put('t', key, [
    { text: 'x' },
    { big: TableStore.Long.fromString('9223372036854775807') },
    { zero: -0 },
    { tiny: 5e-324 },
    { yes: true },
    { bytes: Buffer.of(1) },
  ]);
  tablestore.clock.advance(1);
  await tablestore.client.updateRow({
    tableName: 't',
    condition: ignore(),
    primaryKey: key,
    updateOfAttributeColumns: [{ PUT: [{ text: 'y' }] }, { INCREMENT: [{ count: long(5) }] }],
  });
  await put('t', [{ id: 'gone' }, { n: long(1) }, { b: Buffer.of() }]);
  await tablestore.client.deleteRow({ tableName: 't', condition: ignore(), primaryKey: [{ id: 'gone' }, { n: long(1) }, { b: Buffer.of() }] });

  for (const times of ['once', 'twice']) {
    await restart();

    const row = await get('t', key, 2);
    expect([times, keyOf(row)]).toEqual([times, ['é\u0000', '-9223372036854775808n', Buffer.of(0, 255)]]);
    expect(columnsOf(row)).toEqual({ text: 'y', big: '9223372036854775807n', zero: -0, tiny: 5e-324, yes: true, bytes: Buffer.of(1), count: '5n' });
    expect(row.attributes?.filter(({ columnName }) => columnName === 'text').map(({ columnValue }) => columnValue)).toEqual(['y', 'x']);
    expect((await tablestore.client.describeTable({ tableName: 't' })).tableOptions).toMatchObject({ timeToLive: 864_000, maxVersions: 2 });
    const { rows } = await tablestore.client.getRange({
      tableName: 't',
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: [{ id: TableStore.INF_MIN }, { n: TableStore.INF_MIN }, { b: TableStore.INF_MIN }],
      exclusiveEndPrimaryKey: [{ id: TableStore.INF_MAX }, { n: TableStore.INF_MAX }, { b: TableStore.INF_MAX }],
    });
    expect(rows).toHaveLength(1);
  }
});

test('changed options and deleted tables stay so', async () => {
  await start();
  await tablestore.createTable('kept', STRING_ID);
  await tablestore.createTable('dropped', STRING_ID);
  await put('dropped', [{ id: 'a' }]);
  await tablestore.client.updateTable({ tableName: 'kept', tableOptions: { timeToLive: 86_400 } });
  await tablestore.client.deleteTable({ tableName: 'dropped' });

  await restart();

  expect((await tablestore.client.listTable({})).tableNames).toEqual(['kept']);
  expect((await tablestore.client.describeTable({ tableName: 'kept' })).tableOptions.timeToLive).toBe(86_400);
});

test('a number that the service chose is never chosen again, although its row is gone', async () => {
  await start();
  await tablestore.createTable('log', [...STRING_ID, { name: 'seq', type: 'INTEGER', option: 'AUTO_INCREMENT' }]);
  const choose = async (): Promise<bigint> => {
    const primaryKey = [{ id: 'a' }, { seq: TableStore.PK_AUTO_INCR }];
    const { row } = await tablestore.client.putRow({
      tableName: 'log',
      condition: ignore(),
      primaryKey,
      attributeColumns: [],
      returnContent: { returnType: 1 },
    });
    return BigInt(String(row.primaryKey?.[1]?.value));
  };
  const chosen = [await choose(), await choose()];
  for (const seq of chosen) {
    await tablestore.client.deleteRow({ tableName: 'log', condition: ignore(), primaryKey: [{ id: 'a' }, { seq: TableStore.Long.fromString(String(seq)) }] });
  }

  await restart();
  await restart();

  expect(await choose()).toBeGreaterThan(chosen[1] ?? 0n);
});

test('what has expired is left out when the journal is compacted', async () => {
  await start();
  await tablestore.createTable('t', STRING_ID, { timeToLive: 86_400, maxVersions: 1 });
  await put('t', [{ id: 'expired' }], [{ text: 'old' }]);

  await restart('2026-11-23T00:00:00Z');

  expect(readFileSync(join(folder, JOURNAL_FILE), 'utf8')).not.toContain('expired');
  expect(await get('t', [{ id: 'expired' }])).toEqual({});
});

test('a batch is one line of the journal', async () => {
  await start();
  await tablestore.createTable('t', STRING_ID);
  const lines = (): number => readFileSync(join(folder, JOURNAL_FILE), 'utf8').split('\n').length;
  const before = lines();
  const row = (id: string): TableStore.BatchWriteRowChange => ({ type: 'PUT', condition: ignore(), primaryKey: [{ id }], attributeColumns: [] });

  await tablestore.client.batchWriteRow({ tables: [{ tableName: 't', rows: [row('a'), row('b'), row('c')] }] });

  expect(lines()).toBe(before + 1);
});

test('a write that the journal refuses is an internal error and did not happen', async () => {
  let isFull = false;
  const append = (): void => {
    if (isFull) throw new Error('no space left');
  };
  await start({ journal: { append, close: () => undefined } });
  await tablestore.createTable('t', STRING_ID);
  isFull = true;

  expect(await refusalOf(put('t', [{ id: 'a' }]))).toEqual({ status: 500, code: 'OTSInternalServerError', message: 'Internal server error.' });

  expect(await get('t', [{ id: 'a' }])).toEqual({});
});
