// HTTP triggers, called as any HTTP client would, signed by the vendor's own signer.
import { request } from 'node:http';
import { OpenApiUtil } from '@alicloud/openapi-core';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import { type Doors, type DoorsOptions, fakeFunction, type Keys, OWNER, openDoors } from './support';

const OPEN = fakeFunction({ name: 'page', http: [{ name: 'door', authType: 'anonymous', methods: ['GET', 'POST'] }] });
const SIGNED = fakeFunction({ name: 'gate', http: [{ name: 'door', authType: 'function', methods: ['GET', 'POST'] }] });

let doors: Doors;
const open = async (options: DoorsOptions = {}): Promise<Doors> => {
  doors = await openDoors({ functions: [OPEN, SIGNED, fakeFunction()], ...options });
  return doors;
};
afterEach(() => doors.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function call(method: string, path: string, body: string | Buffer = '', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: doors.port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** As the documents have it: the date, the token where there is one, and no digest of the body. */
function signed(method: string, url: string, keys: Keys = OWNER, at: number = doors.clock.now()): Record<string, string> {
  const { pathname, searchParams } = new URL(url, 'http://trigger');
  const date = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const headers = { 'x-acs-date': date, ...(keys.securityToken === undefined ? {} : { 'x-acs-security-token': keys.securityToken }) };
  const given = { method, pathname, headers, query: Object.fromEntries(searchParams) } as unknown as Parameters<typeof OpenApiUtil.getAuthorization>[0]; // the signer reads no more of it
  return { ...headers, authorization: OpenApiUtil.getAuthorization(given, 'ACS3-HMAC-SHA256', '', keys.accessKeyId, keys.secret) };
}

function lastEvent(): unknown {
  return JSON.parse(String(doors.engine.delivered.at(-1)?.event));
}

describe('the event', () => {
  test('tells the request in the form v1', async () => {
    await open();

    await call('POST', '/http/page/a%20b?x=1&x=2&y=%C3%BC', '{"hello":"wörld"}', { 'content-type': 'application/json', 'user-agent': 'curl/8' });

    expect(doors.engine.delivered.map(({ function: fn, type }) => ({ fn, type }))).toEqual([{ fn: 'page', type: 'http' }]);
    expect(lastEvent()).toEqual({
      version: 'v1',
      rawPath: '/a%20b',
      headers: expect.objectContaining({ 'Content-Type': 'application/json', 'User-Agent': 'curl/8' }),
      queryParameters: { x: '1,2', y: 'ü' },
      body: '{"hello":"wörld"}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '1234567890123456',
        domainName: `127.0.0.1:${doors.port}`,
        domainPrefix: 'page',
        requestId: expect.any(String),
        time: '2026-11-21T01:00:00Z',
        timeEpoch: String(doors.clock.now()),
        http: { method: 'POST', path: '/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'curl/8' },
      },
    });
  });

  test('the URL without a path is the root, and a body that is no text is base64', async () => {
    await open();
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);

    await call('POST', '/http/page', bytes);

    expect(lastEvent()).toMatchObject({ rawPath: '/', body: bytes.toString('base64'), isBase64Encoded: true });
  });
});

describe('the answer', () => {
  test.each([
    {
      name: 'what the function says',
      returned: { statusCode: 202, headers: { 'Content-Type': 'text/html', 'X-Own': '1' }, body: '<p>hello</p>' },
      expected: { status: 202, body: '<p>hello</p>', headers: { 'content-type': 'text/html', 'x-own': '1' } },
    },
    { name: 'bytes', returned: { statusCode: 200, body: 'aGVsbG8=', isBase64Encoded: true }, expected: { status: 200, body: 'hello', headers: {} } },
    { name: 'a status alone', returned: { statusCode: 204 }, expected: { status: 204, body: '', headers: {} } },
    { name: 'a bare value', returned: { passed: true }, expected: { status: 200, body: '{"passed":true}', headers: { 'content-type': 'application/json' } } },
  ])('is $name', async ({ returned, expected }) => {
    await open();
    doors.engine.answers.push({ body: Buffer.from(JSON.stringify(returned)) });

    const answer = await call('GET', '/http/page/');

    expect(answer).toMatchObject({ ...expected, headers: { ...expected.headers, 'x-fc-request-id': 'r-1' } });
  });

  test('an error of the function is a 502 with its type in a header', async () => {
    await open();
    doors.engine.answers.push({ ok: false, errorType: 'UnhandledInvocationError', body: Buffer.from('{"errorMessage":"boom"}') });

    const answer = await call('GET', '/http/page/');

    expect(answer).toMatchObject({ status: 502, body: '{"errorMessage":"boom"}', headers: { 'x-fc-error-type': 'UnhandledInvocationError' } });
  });
});

describe('who is let in', () => {
  const URL_OF_GATE = '/http/gate/releases?release=r%2F1&source=ci';

  test('with a signature over the URL', async () => {
    await open();

    const answer = await call('POST', URL_OF_GATE, 'x', signed('POST', URL_OF_GATE));

    expect(answer.status).toBe(200);
    expect(lastEvent()).toMatchObject({ queryParameters: { release: 'r/1', source: 'ci' } });
  });

  test('with the credentials of a role and its token', async () => {
    await open({ roles: [{ name: 'pipeline' }] });
    const { clock, identities } = doors;
    const keys = identities.assume('1234567890123456', 'pipeline', 's', plusMs(clock.now(), HOUR_MS));

    const allowed = await call('GET', URL_OF_GATE, '', signed('GET', URL_OF_GATE, keys));
    clock.advance(2 * HOUR_MS);
    const expired = await call('GET', URL_OF_GATE, '', signed('GET', URL_OF_GATE, keys));

    expect(allowed.status).toBe(200);
    expect(expired).toMatchObject({ status: 403, body: expect.stringContaining('InvalidSecurityToken') });
  });

  test.each([
    { name: 'nobody', headers: () => ({}), code: 'AccessDenied' },
    { name: 'a signature of another URL', headers: () => signed('GET', '/http/gate/other'), code: 'SignatureNotMatch' },
    { name: 'a signature of another method', headers: () => signed('POST', URL_OF_GATE), code: 'SignatureNotMatch' },
    { name: 'an unknown key', headers: () => signed('GET', URL_OF_GATE, { accessKeyId: 'LTAI-nobody', secret: 'x' }), code: 'InvalidAccessKeyID' },
    { name: 'a date that has passed', headers: () => signed('GET', URL_OF_GATE, OWNER, doors.clock.now() - 16 * MINUTE_MS), code: 'RequestTimeTooSkewed' },
    { name: 'a digest that is not the body’s', headers: () => ({ ...signed('GET', URL_OF_GATE), 'x-acs-content-sha256': 'abc' }), code: 'SignatureNotMatch' },
  ])('not $name', async ({ headers, code }) => {
    await open();

    const answer = await call('GET', URL_OF_GATE, '', headers());

    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining(`"Code":"${code}"`) });
    expect(doors.engine.delivered).toEqual([]);
  });

  test('not who may not invoke the function', async () => {
    const user = { accessKeyId: 'LTAI-other', secret: 'other', name: 'other', policy: { Version: '1', Statement: [] } } as const;
    await open({ users: [user] });

    expect(await call('GET', URL_OF_GATE, '', signed('GET', URL_OF_GATE, user))).toMatchObject({
      status: 403,
      body: expect.stringContaining('fc:InvokeFunction'),
    });
  });
});

test.each([
  { name: 'a method that the trigger does not have', method: 'PUT', path: '/http/page/', status: 405, code: 'MethodNotAllowed' },
  { name: 'a function without an HTTP trigger', method: 'GET', path: '/http/echo/', status: 404, code: 'FunctionNotFound' },
  { name: 'an unknown function', method: 'GET', path: '/http/nobody/', status: 404, code: 'FunctionNotFound' },
  { name: 'an unknown path', method: 'GET', path: '/2023-03-30/functions', status: 400, code: 'PathNotSupported' },
])('$name is refused', async ({ method, path, status, code }) => {
  await open();

  expect(await call(method, path)).toMatchObject({ status, body: expect.stringContaining(code) });
});
