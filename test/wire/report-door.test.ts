// The report's doors: what an HTTP request gets, whatever it asks for and whatever stands in the way, and what a timer leaves behind.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handler } from '../../functions/report';
import { systemClock } from '../../lib/base/clock';
import { DAY_MS } from '../../lib/base/instant';
import { loadPolicyText } from '../../lib/config/load';
import type { RunSummary } from '../../lib/domain/run';
import { DEFAULT_USER } from '../../lib/local/identities';
import { REPORT_FORMS } from '../../lib/report';
import type { HttpAnswer } from '../../lib/wire/event-http';
import type { FunctionContext } from '../../lib/wire/function';
import { handleReport } from '../../lib/wire/report-door';
import { HOURLY, policyWith } from '../support/keeper';
import { aPosture, LEDGER_INSTANCE, type LocalLedgerPlace, startLedgerPlace } from '../support/ledger';

const CONTEXT: FunctionContext = {
  requestId: '1-abc',
  credentials: { accessKeyId: DEFAULT_USER.accessKeyId, accessKeySecret: DEFAULT_USER.secret, securityToken: '' },
  function: { name: 'keeper-report', timeout: 60 },
};
const HOSTILE = '<script>alert("rm-1")</script>';

let folder: string;
let place: LocalLedgerPlace;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-report-'));
  const { policy } = loadPolicyText(policyWith(HOURLY), 'keeper.yaml');
  await writeFile(join(folder, 'keeper.json'), JSON.stringify(policy));
  // Functions live by the host's clock, and the world by its own.
  place = await startLedgerPlace({ maxSkewMs: 36_500 * DAY_MS });
  env = {
    KEEPER_CONFIG: join(folder, 'keeper.json'),
    KEEPER_TABLESTORE_ENDPOINT: place.endpoint,
    KEEPER_TABLESTORE_INSTANCE: LEDGER_INSTANCE,
    LOG_LEVEL: 'silent',
  };
  const ledger = place.open();
  await ledger.init(systemClock.now());
  await ledger.putPostures([aPosture({ scope: 'default/cn-hangzhou', instanceId: HOSTILE })]);
});

afterAll(async () => {
  await place.stop();
  await rm(folder, { recursive: true });
  jest.useRealTimers();
});

interface Asked {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

function httpEvent({ method = 'GET', query = {}, headers = {}, more = {} }: Asked): Buffer {
  const requestContext = { accountId: '1', requestId: '1-abc', http: { method, path: '/', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'x' } };
  return Buffer.from(
    JSON.stringify({ version: 'v1', rawPath: '/', headers, queryParameters: query, body: '', isBase64Encoded: false, requestContext, ...more }),
  );
}

function answerOf(answer: RunSummary | HttpAnswer): HttpAnswer {
  if ('statusCode' in answer) return answer;
  throw new Error('expected an answer to HTTP');
}

const ask = async (asked: Asked, over: Record<string, string> = {}): Promise<HttpAnswer> =>
  answerOf(await handleReport(httpEvent(asked), CONTEXT, { ...env, ...over }, REPORT_FORMS));

test.each<{ name: string; asked: Asked; type: RegExp }>([
  { name: 'a browser', asked: { headers: { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } }, type: /^text\/html/ },
  { name: 'whoever says nothing', asked: {}, type: /^text\/html/ },
  { name: 'whoever takes anything', asked: { headers: { accept: '*/*' } }, type: /^text\/html/ },
  { name: 'whoever takes JSON only', asked: { headers: { accept: 'application/json' } }, type: /^application\/json/ },
  { name: 'whoever prefers JSON', asked: { headers: { ACCEPT: 'text/html;q=0.5, application/*' } }, type: /^application\/json/ },
  { name: 'whoever likes both as much', asked: { headers: { accept: 'application/json, text/*' } }, type: /^text\/html/ },
  { name: 'whoever sends nonsense', asked: { headers: { accept: ';;q=x,application/json;q=much' } }, type: /^text\/html/ },
  { name: 'whoever asks for JSON by its name', asked: { query: { format: 'json' }, headers: { accept: 'text/html' } }, type: /^application\/json/ },
  { name: 'whoever asks for a page by its name', asked: { query: { format: 'html' }, headers: { accept: 'application/json' } }, type: /^text\/html/ },
])('$name gets $type', async ({ asked, type }) => {
  const answer = await ask(asked);

  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(type);
  expect(answer.body).not.toContain('<script');
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: 'accept' });
});

test('the page tells the browser to run nothing, and shows hostile names as text', async () => {
  const { headers, body } = await ask({});

  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(body).toContain('&lt;script&gt;alert(&quot;rm-1&quot;)&lt;/script&gt;');
});

test('HEAD gets what GET gets, without the body', async () => {
  const [head, get] = [await ask({ method: 'HEAD' }), await ask({})];

  expect(head).toEqual({ ...get, body: '' });
});

test('reading writes nothing', async () => {
  const before = place.requests.length;

  await ask({ query: { format: 'json' } });

  const operations = new Set(place.requests.slice(before).map(({ path }) => path));
  expect([...operations].sort()).toEqual(['/GetRange', '/GetRow']);
});

test.each<{ name: string; asked: Asked; status: number; says: string; allow?: string }>([
  { name: 'POST', asked: { method: 'POST' }, status: 405, says: 'the method POST means nothing here', allow: 'GET, HEAD' },
  { name: 'DELETE', asked: { method: 'delete' }, status: 405, says: 'the method DELETE means nothing here', allow: 'GET, HEAD' },
  { name: 'an unknown format', asked: { query: { format: 'xml' } }, status: 400, says: 'the format is neither html nor json' },
  { name: 'two formats', asked: { query: { format: 'json,html' } }, status: 400, says: 'the format is neither html nor json' },
  { name: 'an event of another version', asked: { more: { version: 'v2' } }, status: 400, says: 'not of version v1' },
  { name: 'a query that is none', asked: { more: { queryParameters: 'x' } }, status: 400, says: 'queryParameters is not a JSON object' },
  { name: 'too large an event', asked: { more: { body: 'x'.repeat(200_000) } }, status: 413, says: 'more than 131072' },
])('$name is refused with $status', async ({ asked, status, says, allow }) => {
  const before = place.requests.length;

  const answer = await ask(asked);

  expect(answer.statusCode).toBe(status);
  expect(answer.body).toContain(says);
  expect(answer.headers['allow']).toBe(allow);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(place.requests).toHaveLength(before);
});

test.each([
  { format: 'html', type: 'text/plain; charset=utf-8' },
  { format: 'json', type: 'application/json; charset=utf-8' },
])('a ledger that cannot be used is told with 503, as $type to whoever wants $format', async ({ format, type }) => {
  const answer = await ask({ query: { format } }, { KEEPER_TABLE_PREFIX: 'nobody_' });

  expect(answer.statusCode).toBe(503);
  expect(answer.headers).toMatchObject({ 'content-type': type, 'retry-after': '30', 'cache-control': 'no-store' });
  expect(answer.body).toContain('table nobody_meta does not exist');
  expect(answer.body).toContain('run: keeper ledger init');
});

test.each([
  { name: 'a policy that is not there', over: { KEEPER_CONFIG: '/nowhere/keeper.json' }, says: 'cannot read the compiled protection policy' },
  { name: 'an environment that is not complete', over: { KEEPER_TABLESTORE_INSTANCE: '' }, says: 'KEEPER_TABLESTORE_INSTANCE is not set' },
])('$name is told with 500', async ({ over, says }) => {
  const answer = await ask({}, over);

  expect(answer.statusCode).toBe(500);
  expect(answer.body).toContain(says);
});

test('what nobody foresaw is told in the log only', async () => {
  const broken = {
    ...REPORT_FORMS,
    html: () => {
      throw new Error('the secret inside');
    },
  };

  const answer = answerOf(await handleReport(httpEvent({}), CONTEXT, env, broken));

  expect(answer.statusCode).toBe(500);
  expect(answer.body).toContain('look at the log of request 1-abc');
  expect(answer.body).not.toContain('the secret inside');
});

test('a timer leaves a record of how many stand how', async () => {
  const event = { triggerTime: new Date(systemClock.now()).toISOString(), triggerName: 'daily', payload: '' };

  const summary = await handleReport(Buffer.from(JSON.stringify(event)), CONTEXT, env, REPORT_FORMS);

  expect(summary).toMatchObject({ function: 'report', status: 'succeeded', counts: { unprotected: 1 }, apiCalls: {} });
  expect((await ask({ query: { format: 'json' } })).body).toContain('"function":"report"');
});

test('an on-demand event does the same, and nonsense is refused and recorded', async () => {
  const event = { kind: 'on-demand', key: 'now' };

  expect(await handleReport(Buffer.from(JSON.stringify(event)), CONTEXT, env, REPORT_FORMS)).toMatchObject({ status: 'succeeded', trigger: { id: 'now' } });
  await expect(handleReport(Buffer.from('nonsense'), CONTEXT, env, REPORT_FORMS)).rejects.toMatchObject({ code: 'bad-event' });
  const runs = await place.open().listRuns('report', 10);
  expect(runs.filter(({ summary }) => summary?.status === 'failed')).toMatchObject([{ summary: { error: { code: 'bad-event' } } }]);
});

test('the deployed handler answers', async () => {
  const kept = { ...process.env };
  Object.assign(process.env, env);
  try {
    expect(answerOf(await handler(httpEvent({ query: { format: 'json' } }), CONTEXT)).statusCode).toBe(200);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, kept);
  }
});
