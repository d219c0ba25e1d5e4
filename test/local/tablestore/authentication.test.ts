// Who may call: signature, digest, date, instance and RAM, through the official SDK and through bare HTTP; and the signature of answers.
import { createHash, createHmac } from 'node:crypto';
import type TableStore from '@alicloud/tablestore';
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { type Harness, INSTANCE, ignore, KEY_ID, KEY_SECRET, refusalOf, startTablestore } from './harness';
import { type RawRequest, sendRaw } from './raw-request';

let tablestore: Harness;
const asked: [string, string][] = [];
const TEMPORARY = { accessKeyId: 'STS.temporary', accessKeySecret: 'temporary-secret', stsToken: 'token' };

beforeAll(async () => {
  const allows = (action: string, resource: string): boolean => {
    asked.push([action, resource]);
    return action !== 'ots:DeleteRow' && !resource.endsWith('/forbidden');
  };
  const callers = new Map([
    [KEY_ID, { secret: KEY_SECRET, allows }],
    [TEMPORARY.accessKeyId, { secret: TEMPORARY.accessKeySecret, securityToken: TEMPORARY.stsToken, allows }],
  ]);
  tablestore = await startTablestore({ credentials: { find: (id) => callers.get(id) }, region: 'cn-hangzhou', accountId: '1234567890123456' });
  await tablestore.createTable('runs', [{ name: 'id', type: 'STRING' }]);
});
afterAll(() => tablestore.close());

const FAILED = { status: 403, code: 'OTSAuthFailed' };
const listTables = (changes: Partial<TableStore.ClientOptions> = {}) => tablestore.connect(changes).listTable({});

describe('who signs', () => {
  test.each<{ name: string; changes: Partial<TableStore.ClientOptions>; message: string }>([
    { name: 'an unknown access key', changes: { accessKeyId: 'nobody' }, message: 'The AccessKeyID does not exist.' },
    { name: 'a wrong secret', changes: { accessKeySecret: 'wrong' }, message: 'Signature mismatch.' },
    { name: 'another instance', changes: { instancename: 'elsewhere' }, message: 'The instance is not found.' },
    {
      name: 'temporary credentials without their token',
      changes: { ...TEMPORARY, stsToken: '' },
      message: 'The security token does not belong to the AccessKeyID.',
    },
    { name: 'a token of other credentials', changes: { ...TEMPORARY, stsToken: 'other' }, message: 'The security token does not belong to the AccessKeyID.' },
    { name: 'a token beside a permanent key', changes: { stsToken: 'token' }, message: 'The security token does not belong to the AccessKeyID.' },
  ])('$name is refused', async ({ changes, message }) => {
    expect(await refusalOf(listTables(changes))).toEqual({ ...FAILED, message });
  });

  test('temporary credentials with their token are welcome', async () => {
    expect((await listTables(TEMPORARY)).tableNames).toEqual(['runs']);
  });
});

const BODY = main.proto.DescribeTableRequest.encode({ tableName: 'runs' }).finish();

/** A DescribeTable, changed as told. */
const send = (changes: Partial<RawRequest> = {}) => sendRaw(tablestore, { path: '/DescribeTable', body: BODY, ...changes });

describe('what arrives', () => {
  const iso = (offsetMs: number): string => new Date(tablestore.clock.now() + offsetMs).toISOString();
  const MINUTES_15 = 15 * 60_000;

  test('a request as the documents describe it is served', async () => {
    expect((await send()).status).toBe(200);
  });

  test.each([
    { name: '15 minutes early', offsetMs: -MINUTES_15, status: 200 },
    { name: '15 minutes late', offsetMs: MINUTES_15, status: 200 },
    { name: 'more than 15 minutes early', offsetMs: -MINUTES_15 - 1, status: 403 },
    { name: 'more than 15 minutes late', offsetMs: MINUTES_15 + 1, status: 403 },
  ])('a date $name is answered with $status', async ({ offsetMs, status }) => {
    expect((await send({ headers: { 'x-ots-date': iso(offsetMs) } })).status).toBe(status);
  });

  test.each<{ name: string; changes: Partial<RawRequest>; status: number; code: string; message: string }>([
    ...['x-ots-apiversion', 'x-ots-instancename', 'x-ots-accesskeyid', 'x-ots-date', 'x-ots-contentmd5'].map((header) => ({
      name: `no ${header}`,
      changes: { headers: { [header]: undefined } },
      status: 400,
      code: 'OTSParameterInvalid',
      message: `Missing header: '${header}'.`,
    })),
    {
      name: 'an empty signature',
      changes: { tamper: { headers: { 'x-ots-signature': '' } } },
      status: 400,
      code: 'OTSParameterInvalid',
      message: "Missing header: 'x-ots-signature'.",
    },
    { name: 'a header changed on the way', changes: { tamper: { headers: { 'x-ots-apiversion': '2014-01-01' } } }, ...FAILED, message: 'Signature mismatch.' },
    { name: 'a header added on the way', changes: { tamper: { headers: { 'x-ots-extra': '1' } } }, ...FAILED, message: 'Signature mismatch.' },
    {
      name: 'a body changed on the way',
      changes: { tamper: { body: Buffer.concat([BODY, Buffer.of(0)]) } },
      ...FAILED,
      message: 'Mismatch between MD5 value of request body and x-ots-contentmd5 in header.',
    },
    {
      name: 'an unreadable date',
      changes: { headers: { 'x-ots-date': 'yesterday' } },
      status: 400,
      code: 'OTSParameterInvalid',
      message: 'Invalid date format: yesterday.',
    },
    { name: 'another method', changes: { method: 'PUT' }, status: 405, code: 'OTSMethodNotAllowed', message: 'Only POST method for requests is supported.' },
    {
      name: 'an unknown operation',
      changes: { path: '/DropEverything' },
      status: 400,
      code: 'OTSParameterInvalid',
      message: 'Unsupported operation: DropEverything.',
    },
    { name: 'a path that is no operation', changes: { path: '/a/b' }, status: 400, code: 'OTSParameterInvalid', message: 'Unsupported operation: /a/b.' },
    {
      name: 'a body beyond 5 MB',
      changes: { body: Buffer.alloc(5 * 1024 * 1024 + 1) },
      status: 413,
      code: 'OTSRequestBodyTooLarge',
      message: 'The size of POST data is too large.',
    },
  ])('$name is refused', async ({ changes, status, code, message }) => {
    const answer = await send(changes);

    expect(answer.status).toBe(status);
    expect(main.proto.Error.decode(answer.body)).toMatchObject({ code, message });
  });

  test('a body that is no such message is refused', async () => {
    const answer = await send({ body: Buffer.from('not a message') });

    expect(main.proto.Error.decode(answer.body)).toMatchObject({ code: 'OTSParameterInvalid', message: 'Parse PBMessage from RawString failed.' });
  });
});

describe('what is answered', () => {
  test('carries its own digest, date, request id and signature', async () => {
    const { headers, body } = await send();

    const names = ['x-ots-contentmd5', 'x-ots-contenttype', 'x-ots-date', 'x-ots-requestid'];
    const text = `${names.map((name) => `${name}:${String(headers[name])}\n`).join('')}/DescribeTable`;
    expect(headers['x-ots-contentmd5']).toBe(createHash('md5').update(body).digest('base64'));
    expect(headers['x-ots-date']).toBe(new Date(tablestore.clock.now()).toISOString());
    expect(headers.authorization).toBe(`OTS ${KEY_ID}:${createHmac('sha1', KEY_SECRET).update(text).digest('base64')}`);
  });

  test('is not signed for a caller who is not known', async () => {
    const { headers } = await send({ headers: { 'x-ots-accesskeyid': 'nobody' } });

    expect(headers.authorization).toBeUndefined();
    expect(headers['x-ots-requestid']).toBeDefined();
  });
});

describe('what RAM allows', () => {
  const DENIED = {
    status: 403,
    code: 'OTSNoPermissionAccess',
    message: 'You have no permission to access the requested resource, please contact the resource owner.',
  };
  const put = (id: string): TableStore.BatchWriteRowChange => ({ type: 'PUT', condition: ignore(), primaryKey: [{ id }], attributeColumns: [] });

  test('an operation is asked for by its name and the table it touches', async () => {
    asked.length = 0;

    await tablestore.client.getRow({ tableName: 'runs', primaryKey: [{ id: 'a' }] });
    await listTables();

    expect(asked).toEqual([
      ['ots:GetRow', `acs:ots:cn-hangzhou:1234567890123456:instance/${INSTANCE}/table/runs`],
      ['ots:ListTable', `acs:ots:cn-hangzhou:1234567890123456:instance/${INSTANCE}/table/*`],
    ]);
  });

  test('a denied operation changes nothing', async () => {
    await tablestore.client.putRow({ tableName: 'runs', condition: ignore(), primaryKey: [{ id: 'kept' }], attributeColumns: [] });

    expect(await refusalOf(tablestore.client.deleteRow({ tableName: 'runs', condition: ignore(), primaryKey: [{ id: 'kept' }] }))).toEqual(DENIED);

    expect((await tablestore.client.getRow({ tableName: 'runs', primaryKey: [{ id: 'kept' }] })).row.primaryKey).toBeDefined();
  });

  test('one forbidden table refuses a whole batch, before it is known whether the table exists', async () => {
    const call = tablestore.client.batchWriteRow({
      tables: [
        { tableName: 'runs', rows: [put('b')] },
        { tableName: 'forbidden', rows: [put('b')] },
      ],
    });

    expect(await refusalOf(call)).toEqual(DENIED);
    expect((await tablestore.client.getRow({ tableName: 'runs', primaryKey: [{ id: 'b' }] })).row).toEqual({});
  });
});
