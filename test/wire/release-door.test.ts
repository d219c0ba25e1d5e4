// The three doors of the pre-release gate: what reaches the use case, and what each caller is told.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { KeeperError } from '../../lib/base/errors';
import { loadPolicyText } from '../../lib/config/load';
import type { ReleaseReceipt, ReleaseStatus } from '../../lib/domain/release';
import type { RunSummary } from '../../lib/domain/run';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import type { RunRequest } from '../../lib/run/types';
import { MAX_EVENT_BYTES } from '../../lib/wire/event-fields';
import type { FunctionContext, UseCase } from '../../lib/wire/function';
import { openLedger } from '../../lib/wire/house';
import { handleRelease } from '../../lib/wire/release-door';
import { policyWith } from '../support/keeper';

let folder: string;
let cloud: LocalCloud;
let ledger: ReturnType<typeof openLedger>;
let env: Record<string, string>;
let context: FunctionContext;
let calls = 0;
let seen: RunRequest[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-release-'));
  const { policy } = loadPolicyText(policyWith('  - { name: hourly, schedule: "30 * * * *" }\n'), 'keeper.yaml');
  await writeFile(join(folder, 'keeper.json'), JSON.stringify(policy));
  cloud = await startLocalCloud({ fleet: 'empty', tablestore: { notReadyMs: 0 } });
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  env = { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json'), LOG_LEVEL: 'silent' };
  ledger = openLedger({ env, functionCredentials: { accessKeyId, accessKeySecret } });
  await ledger.init(systemClock.now());
});
beforeEach(() => {
  calls += 1;
  seen = [];
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  context = { requestId: `request-${calls}`, credentials: { accessKeyId, accessKeySecret }, function: { name: 'keeper-pre-release-backup', timeout: 60 } };
});
afterAll(async () => {
  ledger.close();
  await cloud.close();
  await rm(folder, { recursive: true });
});

const FIELDS = { source: 'acme/shop', release: 'v1', instances: ['rm-one'] };
const DIRECT = { kind: 'pre-release', ...FIELDS };
const CLOUD_EVENT = { id: 'e1', source: 'acme.releases', specversion: '1.0', type: 'release', data: { instances: ['rm-one'] } };

function receipt(status: ReleaseStatus): ReleaseReceipt {
  return {
    version: 1,
    key: 'v1-0',
    source: 'acme/shop',
    release: 'v1',
    status,
    reason: 'because',
    attempt: 1,
    asOf: '2026-11-21T02:00:00Z',
    deadline: '2026-11-21T04:00:00Z',
    instances: [],
  };
}

function answering(status: ReleaseStatus): UseCase {
  return async (request) => {
    seen.push(request);
    return { status: 'succeeded', release: receipt(status) } as RunSummary;
  };
}

const NEVER: UseCase = async () => {
  throw new Error('must not be called');
};

function failing(error: Error): UseCase {
  return async () => {
    throw error;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the answers are looked into, whatever they are
async function ask(event: unknown, useCase: UseCase = answering('passed')): Promise<any> {
  return handleRelease(useCase, Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)), context, env);
}

/** The summary of the request's run, as the ledger has it. */
async function recorded(suffix = ''): Promise<RunSummary | undefined> {
  const runs = await ledger.listRuns('pre-release-backup', 100);
  return runs.find(({ trigger }) => trigger.id === `${context.requestId}${suffix}`)?.summary;
}

function http(method: string, body: unknown, more: Record<string, unknown> = {}): object {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: 'v1',
    rawPath: '/',
    headers: { 'Content-Type': 'application/json' },
    queryParameters: {},
    body: text,
    isBase64Encoded: false,
    requestContext: {
      accountId: '1',
      requestId: 'r',
      time: '',
      timeEpoch: '0',
      http: { method, path: '/', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
    },
    ...more,
  };
}

describe('a direct event', () => {
  test('is a run named by the request, and gets the summary with the receipt', async () => {
    const answer = await ask(DIRECT);

    expect(answer).toMatchObject({ status: 'succeeded', release: { status: 'passed' } });
    expect(seen).toMatchObject([
      { trigger: { type: 'invoke', id: context.requestId }, dryRun: false, release: { action: 'start', wish: { source: 'acme/shop', release: 'v1' } } },
    ]);
  });

  test('a release that has failed is an answer', async () => {
    expect(await ask(DIRECT, answering('failed'))).toMatchObject({ release: { status: 'failed' } });
  });

  test('an error of the keeper is thrown', async () => {
    await expect(ask(DIRECT, failing(new KeeperError('the ledger is down', { code: 'ledger-unreachable' })))).rejects.toMatchObject({
      code: 'ledger-unreachable',
    });
  });

  test.each([
    { name: 'no JSON', event: 'v1', says: 'not JSON' },
    { name: 'another kind', event: { kind: 'on-demand' }, says: 'neither of kind pre-release nor a CloudEvent nor an HTTP request' },
    { name: 'a timer', event: { triggerTime: '2026-11-21T02:00:00Z', triggerName: 'x' }, says: 'neither of kind pre-release' },
    { name: 'a mistake in a field', event: { ...DIRECT, freshFor: 'soon' }, says: 'freshFor' },
    { name: 'no event of a list', event: [], says: 'a list of 0' },
    { name: 'too many events', event: Array.from({ length: 21 }, () => CLOUD_EVENT), says: 'a list of 21, not of 1 to 20' },
    { name: 'too much', event: { ...DIRECT, release: 'x'.repeat(MAX_EVENT_BYTES) }, says: 'more than 131072' },
  ])('$name is refused, with what to send, and recorded as failed', async ({ event, says }) => {
    await expect(ask(event, NEVER)).rejects.toMatchObject({
      code: 'bad-event',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('"kind":"pre-release"'),
    });

    expect(await recorded()).toMatchObject({ status: 'failed', error: { code: 'bad-event' } });
  });
});

describe('CloudEvents', () => {
  test.each([
    { name: 'an object', event: CLOUD_EVENT },
    { name: 'an array of one', event: [CLOUD_EVENT] },
  ])('$name is one release, and gets one summary', async ({ event }) => {
    expect(await ask(event)).toMatchObject({ release: { status: 'passed' } });
    expect(seen).toMatchObject([{ trigger: { type: 'event', id: context.requestId }, release: { wish: { source: 'acme.releases', release: 'e1' } } }]);
  });

  test('each of several is a run of its own', async () => {
    const answer = await ask([CLOUD_EVENT, { ...CLOUD_EVENT, id: 'e2' }]);

    expect(answer).toHaveLength(2);
    expect(seen.map(({ trigger, release }) => [trigger.id, release?.action === 'start' ? release.wish.release : ''])).toEqual([
      [`${context.requestId}#1`, 'e1'],
      [`${context.requestId}#2`, 'e2'],
    ]);
  });

  test('a mistake in one keeps nobody else from an answer, and is thrown in the end', async () => {
    const events = [{ ...CLOUD_EVENT, specversion: '2.0' }, CLOUD_EVENT];

    await expect(ask(events)).rejects.toMatchObject({ code: 'bad-event', message: expect.stringContaining('CloudEvent 1 of 2') });

    expect(seen).toHaveLength(1);
    expect(await recorded('#1')).toMatchObject({ status: 'failed', trigger: { type: 'event' } });
  });

  test('what there is no time for is delivered again', async () => {
    context = { ...context, function: { ...context.function, timeout: 0 } };

    await expect(ask([CLOUD_EVENT, CLOUD_EVENT])).rejects.toMatchObject({ code: 'out-of-time', message: expect.stringContaining('2 CloudEvents are left') });
  });
});

describe('an HTTP request', () => {
  test.each<{ status: ReleaseStatus; statusCode: number; retry: string | undefined }>([
    { status: 'passed', statusCode: 200, retry: undefined },
    { status: 'pending', statusCode: 202, retry: '30' },
    { status: 'failed', statusCode: 424, retry: undefined },
  ])('$status is $statusCode with the receipt', async ({ status, statusCode, retry }) => {
    const answer = await ask(http('POST', FIELDS), answering(status));

    expect(answer.statusCode).toBe(statusCode);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['retry-after']).toBe(retry);
    expect(JSON.parse(answer.body)).toEqual(receipt(status));
    expect(seen).toMatchObject([{ trigger: { type: 'http', id: context.requestId }, release: { action: 'start' } }]);
  });

  test.each([
    { name: 'a body in base64', event: http('POST', Buffer.from(JSON.stringify(FIELDS)).toString('base64'), { isBase64Encoded: true }), action: 'start' },
    { name: 'a CloudEvent', event: http('POST', CLOUD_EVENT), action: 'start' },
    { name: 'an array of one CloudEvent', event: http('post', [CLOUD_EVENT]), action: 'start' },
    { name: 'a check', event: http('POST', { action: 'check', source: 's', release: 'r' }), action: 'check' },
    { name: 'a GET', event: http('GET', undefined, { queryParameters: { source: 's', release: 'r' } }), action: 'status' },
    { name: 'a GET that says so', event: http('GET', undefined, { queryParameters: { action: 'status', source: 's', release: 'r' } }), action: 'status' },
  ])('$name asks for $action', async ({ event, action }) => {
    expect(await ask(event)).toMatchObject({ statusCode: 200 });
    expect(seen).toMatchObject([{ release: { action } }]);
  });

  test.each([
    { name: 'no body', event: http('POST', undefined), statusCode: 400, says: 'the body is empty' },
    { name: 'a body that is no JSON', event: http('POST', '{'), statusCode: 400, says: 'the body is not JSON' },
    { name: 'two events', event: http('POST', [CLOUD_EVENT, CLOUD_EVENT]), statusCode: 400, says: 'one request is about one release' },
    { name: 'a mistake in a field', event: http('POST', { ...FIELDS, deadline: 'soon' }), statusCode: 400, says: 'deadline' },
    { name: 'a GET of nothing', event: http('GET', undefined, { queryParameters: null }), statusCode: 400, says: 'source must be' },
    {
      name: 'a GET that would change something',
      event: http('GET', undefined, { queryParameters: { action: 'check' } }),
      statusCode: 400,
      says: 'status only',
    },
    { name: 'another method', event: http('DELETE', undefined), statusCode: 405, says: 'the method DELETE means nothing here' },
    { name: 'a version that we do not know', event: http('POST', FIELDS, { version: '2.0' }), statusCode: 400, says: 'not of version v1' },
    { name: 'no method', event: http('', FIELDS), statusCode: 400, says: 'the name of a method' },
    { name: 'a body that is no text', event: http('POST', FIELDS, { body: 7 }), statusCode: 400, says: 'body of the HTTP event' },
    { name: 'headers that are none', event: http('POST', FIELDS, { headers: { a: 1 } }), statusCode: 400, says: 'headers must be texts' },
    { name: 'too much', event: http('POST', 'x'.repeat(MAX_EVENT_BYTES)), statusCode: 413, says: 'more than 131072' },
  ])('$name is $statusCode, and recorded as failed', async ({ event, statusCode, says }) => {
    const answer = await ask(event, NEVER);

    expect(answer.statusCode).toBe(statusCode);
    expect(JSON.parse(answer.body)).toEqual({
      error: { code: 'bad-event', message: expect.stringContaining(says), hint: expect.stringContaining('"kind":"pre-release"') },
    });
    expect(answer.headers.allow).toBe(statusCode === 405 ? 'GET, POST' : undefined);
    expect(await recorded()).toMatchObject({ status: 'failed', trigger: { type: 'http' } });
  });

  test.each([
    { code: 'unknown-release', statusCode: 404 },
    { code: 'unknown-instance', statusCode: 404 },
    { code: 'release-differs', statusCode: 409 },
    { code: 'too-many-instances', statusCode: 400 },
    { code: 'ledger-unreachable', statusCode: 503 },
    { code: 'throttled', statusCode: 503 },
  ])('$code is $statusCode', async ({ code, statusCode }) => {
    const answer = await ask(http('POST', FIELDS), failing(new KeeperError('it is so', { code, hint: 'do this' })));

    expect(answer).toMatchObject({ statusCode, body: JSON.stringify({ error: { code, message: 'it is so', hint: 'do this' } }) });
    expect(answer.headers['retry-after']).toBe(statusCode === 503 ? '30' : undefined);
  });

  test('what nobody foresaw is told in the log only', async () => {
    const answer = await ask(http('POST', FIELDS), failing(new TypeError('secret-x is not a function')));

    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret-x');
    expect(answer.body).toContain(context.requestId);
  });

  test('a request that another worker is at is asked for again', async () => {
    const answer = await ask(http('POST', FIELDS), async () => ({ status: 'skipped' }) as RunSummary);

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '30' } });
  });

  test('a policy that cannot be read is the fault of the service', async () => {
    env = { ...env, KEEPER_CONFIG: join(folder, 'nowhere.json') };

    const answer = await ask(http('POST', FIELDS), NEVER);

    env = { ...env, KEEPER_CONFIG: join(folder, 'keeper.json') };
    expect(answer).toMatchObject({ statusCode: 503, body: expect.stringContaining('policy-unreadable') });
  });
});
