// The official client of the newer API, `@alicloud/fc20230330`, against the local servers.
import { Readable } from 'node:stream';
import Fc3, { GetAsyncTaskRequest, InvokeFunctionHeaders, InvokeFunctionRequest, ListAsyncTasksRequest, StopAsyncTaskRequest } from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { MINUTE_MS } from '../../../lib/base/instant';
import { type Doors, type DoorsOptions, fakeFunction, type Keys, OWNER, openDoors } from './support';

let doors: Doors;
const open = async (options: DoorsOptions = {}): Promise<Doors> => {
  doors = await openDoors(options);
  return doors;
};
afterEach(() => doors.close());

function client({ accessKeyId, secret, securityToken }: Keys = OWNER): Fc3 {
  const token = securityToken === undefined ? {} : { securityToken };
  return new Fc3(new $OpenApiUtil.Config({ accessKeyId, accessKeySecret: secret, protocol: 'http', endpoint: `127.0.0.1:${doors.port}`, ...token }));
}

interface Invocation {
  readonly body: string;
  readonly statusCode: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

async function invoke(name: string, event: string | Buffer, headers: Record<string, string> = {}, keys: Keys = OWNER): Promise<Invocation> {
  const request = new InvokeFunctionRequest({ body: Readable.from([Buffer.from(event)]), qualifier: 'LATEST' });
  const runtime = new RuntimeOptions({ autoretry: false, readTimeout: 5_000 });
  const answer = await client(keys).invokeFunctionWithOptions(name, request, new InvokeFunctionHeaders(headers), runtime);
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body ?? []) chunks.push(Buffer.from(chunk));
  return { body: Buffer.concat(chunks).toString('utf8'), statusCode: answer.statusCode, headers: answer.headers ?? {} };
}

interface Refused {
  readonly code?: string;
  readonly statusCode?: number;
  readonly message: string;
}

async function refusalOf(call: Promise<unknown>): Promise<Refused> {
  return call.then(
    () => Promise.reject(new Error('the call was not refused')),
    (error: Refused) => error,
  );
}

describe('synchronous invocations', () => {
  test('the answer is the body, with its status and headers', async () => {
    await open();

    const { body, statusCode, headers } = await invoke('echo', 'hello');

    expect({ body, statusCode }).toEqual({ body: 'hello', statusCode: 200 });
    expect(headers).toMatchObject({ 'x-fc-request-id': 'r-1' });
  });

  test('an error of the function is a 200 with its type in a header', async () => {
    await open();
    doors.engine.answers.push({ ok: false, errorType: 'HandledInvocationError', body: Buffer.from('{"errorMessage":"boom"}') });

    const { statusCode, headers, body } = await invoke('echo', 'x', { xFcLogType: 'Tail' });

    expect(statusCode).toBe(200);
    expect(headers['x-fc-error-type']).toBe('HandledInvocationError');
    expect(Buffer.from(headers['x-fc-log-result'] ?? '', 'base64').toString('utf8')).toBe('line 1\nline 2');
    expect(JSON.parse(body)).toEqual({ errorMessage: 'boom' });
  });

  test.each([
    { name: 'an unknown function', fn: 'nobody', answer: undefined, status: 404, code: 'FunctionNotFound' },
    { name: 'a function of a service that is not there', fn: 'svc$echo', answer: undefined, status: 404, code: 'FunctionNotFound' },
    { name: 'no free instance', fn: 'echo', answer: 'busy', status: 429, code: 'ResourceExhausted' },
    { name: 'an event that is too large', fn: 'echo', answer: 'too-large', status: 400, code: 'EntityTooLarge' },
  ] as const)('$name', async ({ fn, answer, status, code }) => {
    await open();
    if (answer !== undefined) doors.engine.answers.push(answer);

    expect(await refusalOf(invoke(fn, 'x'))).toMatchObject({ code, statusCode: status });
  });
});

describe('asynchronous tasks', () => {
  const submit = (id: string) => invoke('echo', 'x', { xFcInvocationType: 'Async', xFcAsyncTaskId: id });

  test('an id is taken once', async () => {
    await open();

    const first = await submit('k_1_a1');
    const second = await refusalOf(submit('k_1_a1'));

    expect(first).toMatchObject({ statusCode: 202, body: '', headers: { 'x-fc-async-task-id': 'k_1_a1' } });
    expect(second).toMatchObject({ statusCode: 409 });
    expect(doors.engine.delivered).toHaveLength(1);
  });

  test('a task can be looked at and stopped', async () => {
    await open();
    await submit('k_1_a1');

    const before = await client().getAsyncTask('echo', 'k_1_a1', new GetAsyncTaskRequest({}));
    await client().stopAsyncTask('echo', 'k_1_a1', new StopAsyncTaskRequest({}));
    const after = await client().getAsyncTask('echo', 'k_1_a1', new GetAsyncTaskRequest({}));

    expect(before.body).toMatchObject({ taskId: 'k_1_a1', status: 'Enqueued', alreadyRetriedTimes: 0 });
    expect(before.body?.functionArn).toBe('acs:fc:cn-hangzhou:1234567890123456:functions/echo');
    expect(after.body).toMatchObject({ status: 'Stopped', durationMs: 5_000, alreadyRetriedTimes: 1 });
  });

  test('a task that nobody submitted is a 404', async () => {
    await open();

    expect(await refusalOf(client().getAsyncTask('echo', 'k_9_a1', new GetAsyncTaskRequest({})))).toMatchObject({ statusCode: 404 });
  });

  test('tasks are listed newest first, page by page, by prefix and by status', async () => {
    await open();
    for (const id of ['k_1', 'k_2', 'other', 'k_3']) await submit(id);
    await client().stopAsyncTask('echo', 'k_2', new StopAsyncTaskRequest({}));
    const list = async (query: Record<string, unknown>) => {
      const { body } = await client().listAsyncTasks('echo', new ListAsyncTasksRequest(query));
      return { ids: body?.tasks?.map(({ taskId }) => taskId), next: body?.nextToken };
    };

    const first = await list({ prefix: 'k_', limit: 2 });
    const second = await list({ prefix: 'k_', limit: 2, nextToken: first.next });
    const stopped = await list({ status: 'Stopped' });

    expect(first.ids).toEqual(['k_3', 'k_2']);
    expect(second).toEqual({ ids: ['k_1'], next: undefined });
    expect(stopped.ids).toEqual(['k_2']);
    await expect(list({ limit: 101 })).rejects.toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('who is let in', () => {
  const WATCHER = {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: ['fc:InvokeFunction', 'fc:GetAsyncTask'], Resource: 'acs:fc:*:*:functions/echo' }],
  } as const;
  const watcher = { accessKeyId: 'LTAI-watcher', secret: 'watching', name: 'watcher', policy: WATCHER };

  test.each([
    { name: 'an unknown key', keys: { accessKeyId: 'LTAI-nobody', secret: 'x' }, code: 'InvalidAccessKeyID' },
    { name: 'a wrong secret', keys: { ...OWNER, secret: 'wrong' }, code: 'SignatureNotMatch' },
    { name: 'a token that belongs to nobody', keys: { ...OWNER, securityToken: 'x' }, code: 'InvalidSecurityToken' },
  ])('not $name', async ({ keys, code }) => {
    await open();

    expect(await refusalOf(invoke('echo', 'x', {}, keys))).toMatchObject({ code, statusCode: 403 });
    expect(doors.engine.delivered).toEqual([]);
  });

  test('not whose clock is sixteen minutes off', async () => {
    await open();
    const { clock } = doors;
    jest.setSystemTime(clock.now() - 16 * MINUTE_MS);

    expect(await refusalOf(invoke('echo', 'x'))).toMatchObject({ statusCode: 403, code: 'RequestTimeTooSkewed' });
  });

  test('a user may do what the policy allows, on the functions that it names', async () => {
    await open({ users: [watcher], functions: [fakeFunction(), fakeFunction({ name: 'purge' })] });

    const allowed = await invoke('echo', 'x', {}, watcher);
    const denied = await refusalOf(invoke('purge', 'x', {}, watcher));
    const stop = await refusalOf(client(watcher).stopAsyncTask('echo', 'k_1', new StopAsyncTaskRequest({})));

    expect(allowed.body).toBe('x');
    expect(denied).toMatchObject({ code: 'AccessDenied', statusCode: 403, message: expect.stringContaining("'fc:InvokeFunction' on resource") });
    expect(stop).toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('fc:StopAsyncTask') });
  });
});
