// Requests that the official SDK would never send: signed, but wrong inside. Each is refused by its own message.
import { filter, main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { type Harness, startTablestore } from './harness';
import { sendRaw } from './raw-request';

let tablestore: Harness;

beforeAll(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable('t', [{ name: 'a', type: 'STRING' }]);
});
afterAll(() => tablestore.close());

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const KEY = '75000000 01 03 04 01000000 61 05 06000000 03 01000000 62 0a 0b'; // a = "b"
const KEY_ONLY = bytes(`${KEY} 09 97`);
const KEY_WITH_MARKER = bytes(`${KEY} 08 09 90`);
const COUNTER_AND_DELETIONS = bytes(
  `${KEY} 02 03 04 01000000 6e 05 09000000 00 0300000000000000 06 04 0a 11 03 04 01000000 67 06 01 0a 99 03 04 01000000 6f 06 03 07 e803000000000000 0a ed 09 f7`,
);
const IGNORE = { rowExistence: 0, columnCondition: Buffer.alloc(0) };
const WRITE = { tableName: 't', condition: IGNORE, returnContent: null, transactionId: '' };
/** Fields that are not there are left out of the message. */
const READ = {
  tableName: 't',
  primaryKey: KEY_ONLY,
  columnsToGet: [],
  timeRange: null,
  maxVersions: 1,
  filter: Buffer.alloc(0),
  startColumn: '',
  endColumn: '',
  transactionId: '',
};
const { proto } = main;

const condition = (rowExistence: number, columnCondition: Uint8Array = Buffer.alloc(0)) => ({
  ...WRITE,
  row: KEY_ONLY,
  condition: { rowExistence, columnCondition },
});
const filterOf = (type: number, content: Uint8Array): Uint8Array => filter.proto.Filter.encode({ type, filter: content }).finish();
const single = (comparator: number, columnValue: string): Uint8Array =>
  filter.proto.SingleColumnValueFilter.encode({
    comparator,
    columnName: 'n',
    columnValue: bytes(columnValue),
    filterIfMissing: true,
    latestVersionOnly: true,
  }).finish();
const page = filterOf(3, filter.proto.ColumnPaginationFilter.encode({ offset: 0, limit: 1 }).finish());
const batch = (...types: number[]) => ({ tableName: 't', rows: types.map((type) => ({ type, rowChange: KEY_ONLY, condition: IGNORE, returnContent: null })) });
const create = (changes: object) => ({
  tableMeta: { tableName: 'new', primaryKey: [{ name: 'a', type: 2 }] },
  reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
  tableOptions: { timeToLive: -1, maxVersions: 1 },
  indexMetas: [],
  streamSpec: null,
  ...changes,
});

const index = { name: 'i', primaryKey: ['a'], definedColumn: [], indexUpdateMode: 0, indexType: 0 };

test.each<{ name: string; path: string; body: { finish(): Uint8Array }; message: string }>([
  {
    name: 'a PutRow with a delete marker',
    path: '/PutRow',
    body: proto.PutRowRequest.encode({ ...WRITE, row: KEY_WITH_MARKER }),
    message: 'Invalid request of put/update row: unexpected RowDeleteMarker in request.',
  },
  {
    name: 'a PutRow with an operation on a column',
    path: '/PutRow',
    body: proto.PutRowRequest.encode({ ...WRITE, row: COUNTER_AND_DELETIONS }),
    message: 'OpType cannot be given for column name: n in PutRow.',
  },
  {
    name: 'a DeleteRow without a delete marker',
    path: '/DeleteRow',
    body: proto.DeleteRowRequest.encode({ ...WRITE, primaryKey: KEY_ONLY }),
    message: 'Invalid request of delete row: missing RowDeleteMarker in request.',
  },
  {
    name: 'a write in a transaction',
    path: '/PutRow',
    body: proto.PutRowRequest.encode({ ...WRITE, row: KEY_ONLY, transactionId: 'tx' }),
    message: 'Try to call method using explicit transaction on explicit-transaction-disabled table.',
  },
  {
    name: 'an unknown expectation',
    path: '/PutRow',
    body: proto.PutRowRequest.encode(condition(9)),
    message: 'Invalid row-existence expectation: 9.',
  },
  { name: 'an unreadable condition', path: '/PutRow', body: proto.PutRowRequest.encode(condition(0, Buffer.of(0xff))), message: 'Deserialize filter failed.' },
  { name: 'a page as a condition', path: '/PutRow', body: proto.PutRowRequest.encode(condition(0, page)), message: 'Invalid type of filter: 3.' },
  {
    name: 'an unknown kind of condition',
    path: '/PutRow',
    body: proto.PutRowRequest.encode(condition(0, filterOf(9, KEY_ONLY))),
    message: 'Invalid type of sub-filter: 9.',
  },
  {
    name: 'an unknown comparator',
    path: '/PutRow',
    body: proto.PutRowRequest.encode(condition(0, filterOf(1, single(9, '02 01')))),
    message: 'Invalid relation operator: 9.',
  },
  {
    name: 'a border as the value of a condition',
    path: '/PutRow',
    body: proto.PutRowRequest.encode(condition(0, filterOf(1, single(1, '09')))),
    message: 'Deserialize relation filter failed.',
  },
  {
    name: 'a read without any word about versions',
    path: '/GetRow',
    body: proto.GetRowRequest.encode({ tableName: 't', primaryKey: KEY_ONLY } as unknown as typeof READ), // a field left out is what is tested
    message: 'No version condition is specified while querying row.',
  },
  {
    name: 'a read of no version',
    path: '/GetRow',
    body: proto.GetRowRequest.encode({ ...READ, maxVersions: 0 }),
    message: 'Invalid max versions: 0. Reason: Max versions must be positive.',
  },
  {
    name: 'a read with columns in its key',
    path: '/GetRow',
    body: proto.GetRowRequest.encode({ ...READ, primaryKey: COUNTER_AND_DELETIONS }),
    message: 'Attribute column cannot be given while reading data.',
  },
  {
    name: 'a read with a delete marker',
    path: '/GetRow',
    body: proto.GetRowRequest.encode({ ...READ, primaryKey: KEY_WITH_MARKER }),
    message: 'Delete marker cannot be given.',
  },
  { name: 'an impossible table name', path: '/GetRow', body: proto.GetRowRequest.encode({ ...READ, tableName: 'a-b' }), message: "Invalid table name: 'a-b'." },
  {
    name: 'a batch of nothing',
    path: '/BatchWriteRow',
    body: proto.BatchWriteRowRequest.encode({ tables: [], transactionId: '' }),
    message: 'No row is specified in BatchWriteRow.',
  },
  {
    name: 'a batch with an empty table',
    path: '/BatchWriteRow',
    body: proto.BatchWriteRowRequest.encode({ tables: [batch(1), { tableName: 'u', rows: [] }], transactionId: '' }),
    message: "No operation is specified for table: 'u'.",
  },
  {
    name: 'a batch with a table twice',
    path: '/BatchWriteRow',
    body: proto.BatchWriteRowRequest.encode({ tables: [batch(1), batch(1)], transactionId: '' }),
    message: "Duplicated table name: 't'.",
  },
  {
    name: 'a batch with an unknown kind of write',
    path: '/BatchWriteRow',
    body: proto.BatchWriteRowRequest.encode({ tables: [batch(9)], transactionId: '' }),
    message: 'The type of row in batch write operation is invalid.',
  },
  {
    name: 'a table with a secondary index',
    path: '/CreateTable',
    body: proto.CreateTableRequest.encode(create({ indexMetas: [index] })),
    message: 'Unsupported operation: secondary index.',
  },
  {
    name: 'a table with a stream',
    path: '/CreateTable',
    body: proto.CreateTableRequest.encode(create({ streamSpec: { enableStream: true } })),
    message: 'Unsupported operation: stream.',
  },
  {
    name: 'negative throughput',
    path: '/CreateTable',
    body: proto.CreateTableRequest.encode(create({ reservedThroughput: { capacityUnit: { read: -1, write: 0 } } })),
    message: 'Invalid Capacity Unit: -1. Capacity Unit must be nonnegative.',
  },
  {
    name: 'a key column of an unknown type',
    path: '/CreateTable',
    body: proto.CreateTableRequest.encode(create({ tableMeta: { tableName: 'new', primaryKey: [{ name: 'a', type: 7 }] } })),
    message: 'Invalid column type, only STRING,INTEGER,BINARY is allowed.',
  },
])('$name', async ({ path, body, message }) => {
  const answer = await sendRaw(tablestore, { path, body: body.finish() });

  expect(answer.status).toBe(400);
  expect(main.proto.Error.decode(answer.body)).toMatchObject({ code: 'OTSParameterInvalid', message });
});
