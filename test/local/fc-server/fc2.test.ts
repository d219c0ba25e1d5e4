// The official client of the older API, `@alicloud/fc2`, against the local servers: natively, and with its version overridden.
import Fc2 from '@alicloud/fc2';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { type Doors, type DoorsOptions, fakeFunction, type Keys, OWNER, openDoors } from './support';

let doors: Doors;
const open = async (options: DoorsOptions = {}): Promise<Doors> => {
  doors = await openDoors(options);
  return doors;
};
afterEach(() => doors.close());

const ASYNC = { 'x-fc-invocation-type': 'Async' };

function client({ accessKeyId, secret, securityToken }: Keys = OWNER): Fc2 {
  const token = securityToken === undefined ? {} : { securityToken };
  const endpoint = `http://127.0.0.1:${doors.port}`;
  return new Fc2(DEFAULT_ACCOUNT_ID, { accessKeyID: accessKeyId, accessKeySecret: secret, region: 'cn-hangzhou', endpoint, ...token });
}

interface Refused {
  readonly code?: string;
  readonly message: string;
}

async function refusalOf(call: Promise<unknown>): Promise<Refused> {
  return call.then(
    () => Promise.reject(new Error('the call was not refused')),
    (error: Refused) => error,
  );
}

describe('synchronous invocations', () => {
  test('the answer is the body, and the headers tell the request, the time and the memory', async () => {
    await open();

    const { data, headers } = await client().invokeFunction('keeper', 'echo', 'hello');

    expect(data).toBe('hello');
    expect(headers).toMatchObject({ 'x-fc-request-id': 'r-1', 'x-fc-invocation-duration': '12', 'x-fc-max-memory-usage': '34.50' });
    expect(doors.engine.delivered).toEqual([{ function: 'echo', type: 'sync', event: Buffer.from('hello'), delayMs: undefined }]);
  });

  test('an empty event and an empty answer are no broken document', async () => {
    await open();

    const { data, headers } = await client().invokeFunction('keeper', 'echo', '', {}, 'LATEST');

    expect(data).toBe('');
    expect(headers['x-fc-error-type']).toBeUndefined();
  });

  test('an error of the function is a 200 with its type in a header', async () => {
    await open();
    doors.engine.answers.push({ ok: false, errorType: 'UnhandledInvocationError', body: Buffer.from('{"errorMessage":"boom"}') });

    const { data, headers } = await client().invokeFunction('keeper', 'echo', 'x');

    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(JSON.parse(String(data))).toEqual({ errorMessage: 'boom' });
  });

  test('the end of the log comes with the answer when it is asked for, 4 KB of it at most', async () => {
    await open();
    doors.engine.answers.push({ logs: ['x'.repeat(5_000), 'the last line'] });

    const { headers } = await client().invokeFunction('keeper', 'echo', 'x', { 'x-fc-log-type': 'Tail' });
    const quiet = await client().invokeFunction('keeper', 'echo', 'x');

    const log = Buffer.from(String(headers['x-fc-log-result']), 'base64').toString('utf8');
    expect(log).toHaveLength(4_096);
    expect(log).toMatch(/x\nthe last line$/);
    expect(quiet.headers['x-fc-log-result']).toBeUndefined();
  });

  test.each([
    { name: 'an unknown function', service: 'keeper', fn: 'nobody', qualifier: undefined, status: 404, code: 'FunctionNotFound' },
    { name: 'an unknown service', service: 'other', fn: 'echo', qualifier: undefined, status: 404, code: 'ServiceNotFound' },
    { name: 'an unknown qualifier', service: 'keeper', fn: 'echo', qualifier: 'prod', status: 404, code: 'AliasNotFound' },
  ])('$name is refused', async ({ service, fn, qualifier, status, code }) => {
    await open();

    const refused = await refusalOf(client().invokeFunction(service, fn, 'x', {}, qualifier));

    expect(refused.code).toBe(code);
    expect(refused.message).toContain(`failed with ${status}.`);
    expect(doors.engine.delivered).toEqual([]);
  });

  test('no free instance is a 429', async () => {
    await open();
    doors.engine.answers.push('busy');

    expect(await refusalOf(client().invokeFunction('keeper', 'echo', 'x'))).toMatchObject({
      code: 'ResourceExhausted',
      message: expect.stringContaining('429'),
    });
  });
});

describe('asynchronous invocations', () => {
  test('the event is queued under the id that was given, once', async () => {
    await open();
    const headers = { ...ASYNC, 'x-fc-stateful-async-invocation-id': 'backup-42' };

    const first = await client().invokeFunction('keeper', 'echo', 'x', headers);
    const second = await refusalOf(client().invokeFunction('keeper', 'echo', 'x', headers));

    expect(first).toMatchObject({ data: '', headers: { 'x-fc-request-id': 'r-1', 'x-fc-stateful-async-invocation-id': 'backup-42' } });
    expect(second).toMatchObject({ code: 'StatefulAsyncInvocationAlreadyExists', message: expect.stringContaining('failed with 409.') });
    expect(doors.engine.delivered).toHaveLength(1);
  });

  test('a delay is in seconds', async () => {
    await open();

    await client().invokeFunction('keeper', 'echo', 'x', { ...ASYNC, 'x-fc-async-delay': '60' });

    expect(doors.engine.delivered[0]?.delayMs).toBe(MINUTE_MS);
  });

  test.each([
    { name: 'a task id of the wrong form', headers: { 'x-fc-stateful-async-invocation-id': '1-2' }, code: 'InvalidArgument' },
    { name: 'a delay beyond an hour', headers: { 'x-fc-async-delay': '3601' }, code: 'InvalidArgument' },
    { name: 'an unknown type of invocation', headers: { 'x-fc-invocation-type': 'Later' }, code: 'InvalidArgument' },
  ])('$name is refused', async ({ headers, code }) => {
    await open();

    expect(await refusalOf(client().invokeFunction('keeper', 'echo', 'x', { ...ASYNC, ...headers }))).toMatchObject({ code });
  });

  test('an event of more than 128 KB is refused', async () => {
    await open();

    const refused = await refusalOf(client().invokeFunction('keeper', 'echo', Buffer.alloc(128 * 1024 + 1, 'x'), ASYNC));

    expect(refused).toMatchObject({ code: 'EntityTooLarge', message: expect.stringContaining('failed with 400.') });
  });

  test('a task id needs a function in task mode', async () => {
    const { async: plain } = fakeFunction();
    await open({ functions: [fakeFunction({ async: { ...plain, isTask: false } })] });
    const headers = { ...ASYNC, 'x-fc-stateful-async-invocation-id': 'backup-42' };

    expect(await refusalOf(client().invokeFunction('keeper', 'echo', 'x', headers))).toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('the signature', () => {
  const INVOKE_ECHO = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'fc:InvokeFunction', Resource: '*:services/keeper/functions/echo' }] } as const;

  test.each([
    { name: 'an unknown key', keys: { accessKeyId: 'LTAI-nobody', secret: 'x' }, code: 'InvalidAccessKeyID' },
    { name: 'a wrong secret', keys: { ...OWNER, secret: 'wrong' }, code: 'SignatureNotMatch' },
  ])('$name is a 403', async ({ keys, code }) => {
    await open();

    expect(await refusalOf(client(keys).invokeFunction('keeper', 'echo', 'x'))).toMatchObject({ code, message: expect.stringContaining('failed with 403.') });
    expect(doors.engine.delivered).toEqual([]);
  });

  test('a request from sixteen minutes ago has expired', async () => {
    await open();
    const date = new Date(doors.clock.now()).toUTCString();
    doors.clock.advance(16 * MINUTE_MS);

    const refused = await refusalOf(client().invokeFunction('keeper', 'echo', 'x', { date }));

    expect(refused).toMatchObject({ code: 'RequestTimeTooSkewed', message: expect.stringMatching(/failed with 403\..*expired/) });
  });

  test('a role may do what its policy says, with its token and until it expires', async () => {
    await open({ roles: [{ name: 'pipeline', policy: INVOKE_ECHO }], functions: [fakeFunction(), fakeFunction({ name: 'purge' })] });
    const { clock, identities } = doors;
    const { secret, accessKeyId, securityToken } = identities.assume(DEFAULT_ACCOUNT_ID, 'pipeline', 's', plusMs(clock.now(), HOUR_MS)) ?? OWNER;
    const role = client({ accessKeyId, secret, ...(securityToken === undefined ? {} : { securityToken }) });

    const allowed = await role.invokeFunction('keeper', 'echo', 'x');
    const denied = await refusalOf(role.invokeFunction('keeper', 'purge', 'x'));
    const forged = await refusalOf(client({ accessKeyId, secret, securityToken: 'other' }).invokeFunction('keeper', 'echo', 'x'));
    clock.advance(2 * HOUR_MS);
    const expired = await refusalOf(role.invokeFunction('keeper', 'echo', 'x'));

    expect(allowed.data).toBe('x');
    expect(denied).toMatchObject({ code: 'AccessDenied', message: expect.stringMatching(/fc:InvokeFunction.*services\/keeper\/functions\/purge/) });
    expect(forged).toMatchObject({ code: 'InvalidSecurityToken' });
    expect(expired).toMatchObject({ code: 'InvalidSecurityToken', message: expect.stringContaining('expired') });
  });

  test('a caller of another account is denied', async () => {
    const foreign = { accessKeyId: 'LTAI-foreign', secret: 'foreign', name: 'foreign', accountId: '9999999999999999' };
    await open({ users: [foreign] });

    expect(await refusalOf(client(foreign).invokeFunction('keeper', 'echo', 'x'))).toMatchObject({ code: 'AccessDenied' });
  });
});

describe('functions of 3.0, by the version that is overridden', () => {
  const invoke = (fc: Fc2, headers: Record<string, string> = {}) => {
    fc.version = '2023-03-30';
    return fc.post('/functions/echo/invocations', 'hello', headers, { qualifier: 'LATEST' });
  };

  test('the legacy signature is taken on their routes', async () => {
    await open();

    expect(await invoke(client())).toMatchObject({ data: 'hello', headers: { 'x-fc-request-id': 'r-1' } });
  });

  test('a task id is the one of their family, and a duplicate is a 409', async () => {
    await open();
    const headers = { ...ASYNC, 'x-fc-async-task-id': 'backup-42' };

    const first = await invoke(client(), headers);
    const second = await refusalOf(invoke(client(), headers));

    expect(first.headers['x-fc-async-task-id']).toBe('backup-42');
    // The client reads no code from the bodies of this family.
    expect(second).toMatchObject({ code: undefined, message: expect.stringContaining('failed with 409.') });
  });

  test('a gateway that refuses the legacy signature can be had', async () => {
    await open({ acceptsLegacyOn2023: false });

    expect(await refusalOf(invoke(client()))).toMatchObject({ message: expect.stringContaining('failed with 403.') });
    expect(doors.engine.delivered).toEqual([]);
  });
});

describe('faults', () => {
  const invokeAsync = () => client().invokeFunction('keeper', 'echo', 'x', ASYNC);

  test.each([
    { name: 'a lost reply', effect: 'applied', reply: { kind: 'reset' }, delivered: 1, message: /socket hang up|ECONNRESET/ },
    {
      name: 'an error after the effect',
      effect: 'applied',
      reply: { kind: 'error', status: 500, code: 'InternalServerError', message: 'late' },
      delivered: 1,
      message: /failed with 500\..*late/,
    },
    {
      name: 'an error before the effect',
      effect: 'none',
      reply: { kind: 'error', status: 503, code: 'Unavailable', message: 'early' },
      delivered: 0,
      message: /failed with 503\..*early/,
    },
    { name: 'throttling', effect: 'none', reply: { kind: 'throttle' }, delivered: 0, message: /failed with 429\./ },
    { name: 'a page of a proxy', effect: 'none', reply: { kind: 'html', status: 502 }, delivered: 0, message: /failed with 502\./ },
  ] as const)('$name', async ({ effect, reply, delivered, message }) => {
    await open();
    doors.faults.add({ service: 'fc', operation: 'InvokeFunction', match: { function: 'echo' }, effect, reply });

    const refused = await refusalOf(invokeAsync());
    const next = await invokeAsync();

    expect(refused.message).toMatch(message);
    expect(next.data).toBe('');
    expect(doors.engine.delivered).toHaveLength(delivered + 1);
  });

  test('an effect that comes late is a delayed event', async () => {
    await open();
    doors.faults.add({ service: 'fc', operation: '*', effect: { appliedAfterMs: 5_000 }, reply: { kind: 'reset' } });

    await refusalOf(invokeAsync());

    expect(doors.engine.delivered).toEqual([expect.objectContaining({ type: 'async', delayMs: 5_000 })]);
  });
});
