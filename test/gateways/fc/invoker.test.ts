// Invocations as the official SDKs put them on the wire, and what becomes of every kind of answer.

import { CloudError, DeniedError } from '../../../lib/domain/cloud-errors';
import type { Invocation } from '../../../lib/domain/ports';
import { endpointOf } from '../../../lib/gateways/fc/endpoint';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import type { Answer, FcStub } from './rig';
import { FC2, FC2_ON_3, FC3, invokerAt, KEY, refusal, reply, startFcStub, WAYS, warningsOf } from './rig';

const SYNC: Invocation = { function: 'keeper-extra-backup', event: '{"kind":"on-demand"}', mode: 'sync' };
const TASK: Invocation = { ...SYNC, mode: 'async', taskId: 'k_one_a1' };

let clock: VirtualClock;
let stub: FcStub | undefined;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(async () => {
  await stub?.close();
  stub = undefined;
  jest.useRealTimers();
});

async function served(answer: Answer): Promise<FcStub> {
  stub = await startFcStub(answer);
  return stub;
}

async function errorOf(pending: Promise<unknown>): Promise<CloudError> {
  const error: unknown = await pending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CloudError) return error;
  throw new Error(`no CloudError: ${String(error)}`);
}

describe('the request', () => {
  test.each([
    {
      name: 'fc2 to FC 2.0',
      way: { ...FC2, target: { ...FC2.target, qualifier: 'prod' } },
      path: '/2016-08-15/services/svc.prod/functions/keeper-extra-backup/invocations',
      idHeader: 'x-fc-stateful-async-invocation-id',
      scheme: /^FC LTAI-someone:/,
    },
    {
      name: 'fc2 to FC 3.0',
      way: { ...FC2_ON_3, target: { ...FC2_ON_3.target, qualifier: 'prod' } },
      path: '/2023-03-30/functions/keeper-extra-backup/invocations?qualifier=prod',
      idHeader: 'x-fc-async-task-id',
      scheme: /^FC LTAI-someone:/,
    },
    {
      name: 'fc20230330',
      way: { ...FC3, target: { ...FC3.target, qualifier: 'prod' } },
      path: '/2023-03-30/functions/keeper-extra-backup/invocations?qualifier=prod',
      idHeader: 'x-fc-async-task-id',
      scheme: /^ACS3-HMAC-SHA256 Credential=LTAI-someone,/,
    },
  ])('of $name has the path, the header of the task id and the signature of its API', async ({ way, path, idHeader, scheme }) => {
    const { endpoint, calls } = await served(reply(202, ''));

    const answer = await invokerAt(endpoint, clock, way).invoke(TASK);

    expect(answer).toEqual({ kind: 'accepted', requestId: 'REQ-1' });
    expect(calls).toEqual([expect.objectContaining({ method: 'POST', path, body: TASK.event })]);
    expect(calls[0]?.headers).toMatchObject({ [idHeader]: 'k_one_a1', 'x-fc-invocation-type': 'Async', connection: 'close' });
    expect(calls[0]?.headers.authorization).toMatch(scheme);
  });

  test.each(WAYS)('of $name that waits says so, and has no task id', async ({ way }) => {
    const { endpoint, calls } = await served(reply(200, 'done'));

    await invokerAt(endpoint, clock, way).invoke(SYNC);

    expect(calls[0]?.headers['x-fc-invocation-type']).toBe('Sync');
    expect(Object.keys(calls[0]?.headers ?? {}).filter((name) => name.endsWith('-id') && name.includes('async'))).toEqual([]);
  });

  test.each(WAYS)('of $name carries the security token of a key, whatever its id begins with', async ({ way: { client, target } }) => {
    const { endpoint, calls } = await served(reply(200, 'done'));
    const tokens = ['LTAI-not-sts', 'STS.is-sts'].map((accessKeyId) => ({ accessKeyId, accessKeySecret: 'secret', securityToken: `token of ${accessKeyId}` }));

    for (const key of tokens) await invokerAt(endpoint, clock, { client, target, credentials: { current: async () => key } }).invoke(SYNC);

    const sent = calls.map(({ headers }) => headers['x-fc-security-token'] ?? headers['x-acs-security-token']);
    expect(sent).toEqual(['token of LTAI-not-sts', 'token of STS.is-sts']);
  });

  test.each(WAYS)('of $name is signed with the credentials of the moment', async ({ way }) => {
    const { endpoint, calls } = await served(reply(200, 'done'));
    const ids = ['LTAI-1', 'LTAI-2'];
    const current = async () => ({ ...KEY, accessKeyId: ids.shift() ?? 'none' });
    const invoker = invokerAt(endpoint, clock, { ...way, credentials: { current } });

    await invoker.invoke(SYNC);
    await invoker.invoke(SYNC);

    expect(calls.map(({ headers }) => /LTAI-\d/.exec(headers.authorization ?? '')?.[0])).toEqual(['LTAI-1', 'LTAI-2']);
  });

  test('without an endpoint goes to the account over https', () => {
    const endpoint = endpointOf({ accountId: '1234567890123456', region: 'cn-hangzhou' });

    expect(endpoint).toEqual({ protocol: 'HTTPS', host: '1234567890123456.cn-hangzhou.fc.aliyuncs.com' });
  });

  test('over plain http to another machine is refused at once', () => {
    expect(() => invokerAt('http://fc.example.com', clock)).toThrow('KEEPER_FC_ENDPOINT uses plain http for fc.example.com');
  });
});

describe('the answer', () => {
  test.each(WAYS)('through $name is the text that the function returned, also where it is JSON', async ({ way }) => {
    const { endpoint } = await served((response, call, number) => reply(200, number === 1 ? 'grüße' : { status: 'succeeded' })(response, call, number));
    const invoker = invokerAt(endpoint, clock, way);

    const answers = [await invoker.invoke(SYNC), await invoker.invoke(SYNC)];

    expect(answers).toEqual([
      { kind: 'answered', requestId: 'REQ-1', body: 'grüße' },
      { kind: 'answered', requestId: 'REQ-1', body: '{"status":"succeeded"}' },
    ]);
  });

  const failed = { errorMessage: 'the ledger has no meta row', errorType: 'LedgerError', stackTrace: [] };
  test.each(
    WAYS.flatMap(({ name, way }) => [
      { name, way, form: 'JSON', body: failed, type: 'LedgerError', message: failed.errorMessage },
      { name, way, form: 'JSON that is not called so', body: JSON.stringify(failed), type: 'LedgerError', message: failed.errorMessage },
      { name, way, form: 'no words of its own', body: 'killed', type: 'UnhandledInvocationError', message: '' },
    ]),
  )('through $name with status 200 and an error type is a failed function: $form', async ({ way, body, type, message }) => {
    const { endpoint } = await served(reply(200, body, { 'x-fc-error-type': 'UnhandledInvocationError' }));

    const answer = await invokerAt(endpoint, clock, way).invoke(SYNC);

    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(answer).toEqual({ kind: 'function-failed', requestId: 'REQ-1', errorType: type, message, body: text });
  });

  test.each(WAYS)('through $name to a task id that the service knows is that it is queued already', async ({ way }) => {
    const { endpoint, calls } = await served(reply(409, refusal(way.target, 'StatefulAsyncInvocationAlreadyExists', 'it exists')));

    const answer = await invokerAt(endpoint, clock, way).invoke(TASK);

    expect(answer).toEqual({ kind: 'already-queued', requestId: 'REQ-1' });
    expect(calls).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const CASES = [
    { says: 'a missing permission', status: 403, code: 'AccessDenied', kind: 'denied', hint: 'grant fc:InvokeFunction on functions/keeper-extra-backup' },
    { says: 'an unknown function', status: 404, code: 'FunctionNotFound', kind: 'refused', hint: 'KEEPER_FUNCTION_PREFIX' },
    { says: 'a wrong secret', status: 403, code: 'SignatureNotMatch', kind: 'credentials', hint: 'check the access key id and secret' },
    { says: 'an expired token', status: 403, code: 'InvalidSecurityToken.Expired', kind: 'credentials', hint: 'fetch new ones' },
    { says: 'a wrong clock', status: 403, code: 'RequestTimeTooSkewed', kind: 'credentials', hint: 'check the clock' },
    { says: 'a bad argument', status: 400, code: 'InvalidArgument', kind: 'refused', hint: undefined },
    { says: 'an event that is too large', status: 413, code: 'RequestTooLarge', kind: 'refused', hint: undefined },
    { says: 'a fault of its own', status: 500, code: 'InternalServerError', kind: 'ambiguous', hint: undefined },
    { says: 'a conflict that is about no task', status: 409, code: 'Conflict', kind: 'refused', hint: undefined },
  ] as const;

  test.each(CASES.flatMap((row) => [FC2, FC3].map((way) => ({ ...row, way, name: way.client }))))(
    'of $says through $name is $kind, asked for once',
    async ({ way, status, code, kind, hint }) => {
      const { endpoint, calls } = await served(reply(status, refusal(way.target, code, 'the service says so')));

      const error = await errorOf(invokerAt(endpoint, clock, way).invoke(SYNC));

      expect(error).toMatchObject({ code: kind, serviceCode: code, operation: 'InvokeFunction', target: 'keeper-extra-backup', requestId: 'REQ-1' });
      expect(error.message).toContain('keeper-extra-backup');
      expect(error.hint ?? '').toContain(hint ?? '');
      expect(error instanceof DeniedError ? error.action : 'fc:InvokeFunction').toBe('fc:InvokeFunction');
      expect(calls).toHaveLength(1);
    },
  );

  test.each(WAYS)('for load through $name is repeated with growing waits, and then told', async ({ way }) => {
    const { endpoint, calls } = await served(reply(429, refusal(way.target, 'ResourceExhausted', 'too many')));

    const error = await errorOf(invokerAt(endpoint, clock, way).invoke(TASK));

    expect(error.code).toBe('throttled');
    expect(calls).toHaveLength(4);
    expect(clock.sleeps).toEqual([100, 200, 400]);
  });

  test.each(WAYS)('for load through $name that passes is no failure', async ({ way }) => {
    const { endpoint } = await served((response, call, number) =>
      (number === 1 ? reply(429, refusal(way.target, 'ResourceExhausted', 'too many')) : reply(202, ''))(response, call, number),
    );

    await expect(invokerAt(endpoint, clock, way).invoke(TASK)).resolves.toMatchObject({ kind: 'accepted' });
  });

  test.each(WAYS)('through $name never repeats a secret that the service printed', async ({ way }) => {
    const key = { accessKeyId: 'STS.printed-id', accessKeySecret: 'printed-secret', securityToken: 'printed-token' };
    const words = `no: ${key.accessKeyId} ${key.accessKeySecret} ${key.securityToken}`;
    const { endpoint } = await served(reply(400, refusal(way.target, 'InvalidArgument', words)));

    const error = await errorOf(invokerAt(endpoint, clock, { ...way, credentials: { current: async () => key } }).invoke(SYNC));

    expect(JSON.stringify({ ...error, message: error.message, cause: error.cause, stack: error.stack })).not.toContain('printed');
  });
});

describe('a call without an answer', () => {
  test.each(WAYS)('through $name whose connection breaks may have taken effect, and is not repeated', async ({ way }) => {
    const { endpoint, calls } = await served((response) => response.destroy());

    const error = await errorOf(invokerAt(endpoint, clock, way).invoke(TASK));

    expect(error).toMatchObject({ code: 'ambiguous', message: expect.stringContaining('may or may not have taken effect') });
    expect(calls).toHaveLength(1);
  });

  test.each(WAYS)('through $name that takes too long may have taken effect, and is not repeated', async ({ way }) => {
    const { endpoint, calls } = await served((response) => response.writeHead(200).write('it begins'));

    const error = await errorOf(invokerAt(endpoint, clock, { ...way, timeoutsMs: { sync: 150, async: 150 } }).invoke(SYNC));

    expect(error).toMatchObject({ code: 'ambiguous' });
    expect(calls).toHaveLength(1);
  });

  test.each(WAYS)('through $name that cannot be sent is tried again, and then certainly did nothing', async ({ way }) => {
    const { endpoint, close } = await startFcStub(reply(200, ''));
    await close();

    const error = await errorOf(invokerAt(endpoint, clock, way).invoke(SYNC));

    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    expect(clock.sleeps).toHaveLength(3);
  });

  test.each(WAYS)('through $name whose answer claims to be JSON and is not may have taken effect', async ({ way }) => {
    const { endpoint } = await served(reply(503, '<html>', { 'content-type': 'application/json' }));

    const error = await errorOf(invokerAt(endpoint, clock, way).invoke(SYNC));

    expect(error.code).toBe('ambiguous');
  });
});

describe('the signature of fc2 on the path of FC 3.0', () => {
  const isLegacy: (headers: { readonly authorization?: string | undefined }) => boolean = ({ authorization }) => authorization?.startsWith('FC ') === true;

  test.each([
    { name: 'with a code', status: 403, code: 'SignatureNotMatch' },
    { name: 'as a bad request', status: 400, code: 'MissingRequiredHeader' },
    { name: 'as unauthorised', status: 401, code: 'Unauthorized' },
  ])('refused $name makes the other SDK take over, once and for good, and the log says so', async ({ status, code }) => {
    const { endpoint, calls } = await served((response, call, number) =>
      (isLegacy(call.headers) ? reply(status, refusal(FC3.target, code, 'no')) : reply(200, 'done'))(response, call, number),
    );
    const { logger, lines } = warningsOf();
    const invoker = invokerAt(endpoint, clock, { ...FC2_ON_3, logger });

    const answers = [await invoker.invoke(SYNC), await invoker.invoke(SYNC)];

    expect(answers.map(({ kind }) => kind)).toEqual(['answered', 'answered']);
    expect(calls.map(({ headers }) => isLegacy(headers))).toEqual([true, false, false]);
    expect(lines).toEqual([expect.stringContaining('@alicloud/fc20230330')]);
  });

  test('refused like that of the other SDK was not the matter: its reason is told, and nothing is changed', async () => {
    const { endpoint, calls } = await served(reply(403, refusal(FC3.target, 'SignatureNotMatch', 'no')));
    const { logger, lines } = warningsOf();
    const invoker = invokerAt(endpoint, clock, { ...FC2_ON_3, logger });

    const errors = [await errorOf(invoker.invoke(SYNC)), await errorOf(invoker.invoke(SYNC))];

    expect(errors.map(({ code, serviceCode }) => ({ code, serviceCode }))).toEqual(Array(2).fill({ code: 'credentials', serviceCode: 'SignatureNotMatch' }));
    expect(calls.map(({ headers }) => isLegacy(headers))).toEqual([true, false, true, false]);
    expect(lines).toEqual([]);
  });

  test('a missing permission, which fc2 cannot tell from it, is told as such, and is no reason to change', async () => {
    const { endpoint } = await served(reply(403, refusal(FC3.target, 'AccessDenied', 'no')));
    const { logger, lines } = warningsOf();

    const error = await errorOf(invokerAt(endpoint, clock, { ...FC2_ON_3, logger }).invoke(SYNC));

    expect(error).toMatchObject({ code: 'denied', action: 'fc:InvokeFunction', serviceCode: 'AccessDenied' });
    expect(lines).toEqual([]);
  });

  test('refused of two calls at the same time makes both succeed, also the one that hears of it late, and the change is told once', async () => {
    const held: (() => void)[] = [];
    const { endpoint } = await served((response, call, number) => {
      const refuse = (): void => reply(403, refusal(FC3.target, 'SignatureNotMatch', 'no'))(response, call, number);
      if (!isLegacy(call.headers)) reply(200, 'done')(response, call, number);
      else if (number === 1) held.push(refuse);
      else refuse();
    });
    const { logger, lines } = warningsOf();
    const invoker = invokerAt(endpoint, clock, { ...FC2_ON_3, logger });

    const late = invoker.invoke(SYNC);
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const early = await invoker.invoke(SYNC);
    held[0]?.();

    expect([early.kind, (await late).kind]).toEqual(['answered', 'answered']);
    expect(lines).toHaveLength(1);
  });

  test('refused in FC 2.0 is a matter of the credentials', async () => {
    const { endpoint, calls } = await served(reply(403, refusal(FC2.target, 'SignatureNotMatch', 'no')));

    const error = await errorOf(invokerAt(endpoint, clock, FC2).invoke(SYNC));

    expect(error.code).toBe('credentials');
    expect(calls).toHaveLength(1);
  });
});

describe('before anything is sent', () => {
  test.each([
    { name: 'an async event above 128 KB', invocation: { ...TASK, event: 'x'.repeat(128 * 1024 + 1) }, says: '131073 bytes' },
    { name: 'a name that would leave the path', invocation: { ...SYNC, function: '../triggers' }, says: 'a function name has' },
    { name: 'a task id of a call that waits', invocation: { ...SYNC, taskId: 'k_1' }, says: 'only async calls' },
    { name: 'a task id that starts with a digit', invocation: { ...TASK, taskId: '1' }, says: 'a task id has' },
    { name: 'a task id of 129 characters', invocation: { ...TASK, taskId: 'k'.repeat(129) }, says: 'a task id has' },
  ])('$name is refused', async ({ invocation, says }) => {
    const { endpoint, calls } = await served(reply(200, ''));

    const error = await errorOf(invokerAt(endpoint, clock).invoke(invocation));

    expect(error).toMatchObject({ code: 'refused', reason: 'invalid-request', message: expect.stringContaining(says) });
    expect(calls).toEqual([]);
  });

  test('an async event of exactly 128 KB is sent', async () => {
    const { endpoint } = await served(reply(202, ''));

    await expect(invokerAt(endpoint, clock).invoke({ ...TASK, event: 'x'.repeat(128 * 1024) })).resolves.toMatchObject({ kind: 'accepted' });
  });

  test.each([
    { name: 'a bearer token', current: { bearerToken: 'b' }, says: 'no bearer token' },
    { name: 'a temporary key without its token', current: { accessKeyId: 'STS.x', accessKeySecret: 'y' }, says: 'no security token' },
  ])('$name is refused', async ({ current, says }) => {
    const { endpoint, calls } = await served(reply(200, ''));

    const error = await errorOf(invokerAt(endpoint, clock, { credentials: { current: async () => current } }).invoke(SYNC));

    expect(error).toMatchObject({ code: 'credentials', message: expect.stringContaining(says) });
    expect(calls).toEqual([]);
  });
});
