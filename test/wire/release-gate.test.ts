// The pre-release function as it is deployed, on the local cloud: all doors lead to one release, and tell the same of it.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCompiledPolicy } from '../../lib/config/compiled';
import { runPreRelease } from '../../lib/run/release/run';
import { handleRelease } from '../../lib/wire/release-door';
import { startKeeper, type TestKeeper } from '../support/keeper';

const FIELDS = { source: 'acme/shop', release: 'v2.41.0', instances: ['rm-one', 'rm-two'] };

let keeper: TestKeeper;
let configPath: string;
let deliveries = 0;
beforeEach(async () => {
  const fleet = [{ id: 'rm-one', engine: 'MySQL', usedGb: 1 } as const, { id: 'rm-two', engine: 'MySQL', usedGb: 1 } as const];
  keeper = await startKeeper({ fleet, policy: 'accounts: [{ name: main }]\nregions: [cn-hangzhou]\n' });
  configPath = join(tmpdir(), `keeper-gate-${process.pid}.json`);
  writeFileSync(configPath, formatCompiledPolicy(keeper.policy));
});
afterEach(async () => {
  await keeper.close();
  rmSync(configPath, { force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: the answers are looked into, whatever they are
function deliver(event: unknown): Promise<any> {
  deliveries += 1;
  const { accessKeyId, accessKeySecret } = keeper.cloud.credentials;
  const context = {
    requestId: `request-${deliveries}`,
    credentials: { accessKeyId, accessKeySecret },
    function: { name: 'keeper-pre-release-backup', timeout: 120 },
  };
  const env = { ...keeper.cloud.environment, KEEPER_CONFIG: configPath, LOG_LEVEL: 'silent' };
  return handleRelease(runPreRelease, Buffer.from(JSON.stringify(event)), context, env, keeper.clock);
}

function http(method: string, more: object): object {
  return { version: 'v1', rawPath: '/', headers: {}, queryParameters: {}, body: '', isBase64Encoded: false, requestContext: { http: { method } }, ...more };
}

const DIRECT = { kind: 'pre-release', ...FIELDS };
const CLOUD_EVENT = { id: FIELDS.release, source: FIELDS.source, specversion: '1.0', type: 'release', data: { instances: FIELDS.instances } };
const POST = http('POST', { body: JSON.stringify(FIELDS) });
const GET = http('GET', { queryParameters: { source: FIELDS.source, release: FIELDS.release } });

test('the same release through every door at once, and again: one backup per instance, and the same receipt for all', async () => {
  const answers = await Promise.all([DIRECT, [CLOUD_EVENT], POST, CLOUD_EVENT, DIRECT].map(deliver));
  keeper.clock.advance(45 * 60_000);
  await keeper.reconcile();
  await keeper.reconcile();
  const [direct, event, post, get] = [await deliver(DIRECT), await deliver(CLOUD_EVENT), await deliver(POST), await deliver(GET)];

  expect(answers.map((answer) => answer.release?.status ?? answer.statusCode)).toEqual(['pending', 'pending', 202, 'pending', 'pending']);
  expect([post.statusCode, get.statusCode]).toEqual([200, 200]);
  expect(direct.release).toMatchObject({ status: 'passed', attempt: 1, instances: [{ instanceId: 'rm-one', status: 'passed' }, { instanceId: 'rm-two' }] });
  for (const receipt of [event.release, JSON.parse(post.body), JSON.parse(get.body)]) expect(receipt).toEqual(direct.release);
  expect([keeper.manualStarts('rm-one'), keeper.manualStarts('rm-two')].map((starts) => starts.length)).toEqual([1, 1]);
});

test.each([
  {
    name: 'an instance that there is not',
    request: http('POST', { body: JSON.stringify({ ...FIELDS, instances: ['rm-x'] }) }),
    statusCode: 404,
    code: 'unknown-instance',
  },
  { name: 'a release that nobody has asked for', request: GET, statusCode: 404, code: 'unknown-release' },
  {
    name: 'a deadline that is over',
    request: http('POST', { body: JSON.stringify({ ...FIELDS, deadline: '2026-01-01T00:00:00Z' }) }),
    statusCode: 400,
    code: 'deadline-passed',
  },
  {
    name: 'a selector of nothing',
    request: http('POST', { body: '{"source":"s","release":"r","select":{"names":["x-*"]}}' }),
    statusCode: 400,
    code: 'no-instances',
  },
])('$name: $statusCode, and nothing is made', async ({ request, statusCode, code }) => {
  const answer = await deliver(request);

  expect(answer.statusCode).toBe(statusCode);
  expect(JSON.parse(answer.body)).toEqual({ error: { code, message: expect.any(String), hint: expect.any(String) } });
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a database that does not exist is an answer: 424, and nothing is made', async () => {
  const answer = await deliver(http('POST', { body: JSON.stringify({ ...FIELDS, databases: ['nowhere'] }) }));

  expect(answer.statusCode).toBe(424);
  expect(JSON.parse(answer.body)).toMatchObject({ status: 'failed', reason: expect.stringContaining('nowhere') });
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('another wish under the same source and release: 409', async () => {
  await deliver(POST);

  const answer = await deliver(http('POST', { body: JSON.stringify({ ...FIELDS, instances: ['rm-one'] }) }));

  expect(answer).toMatchObject({ statusCode: 409, body: expect.stringContaining('release-differs') });
});

test('a ledger that is down: 503 to HTTP, thrown to the others so that the platform repeats the event', async () => {
  keeper.cloud.faults.add({ service: 'tablestore', operation: '*', times: 1_000, effect: 'none', reply: { kind: 'reset' } });

  const answer = await deliver(GET);

  expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '30' } });
  await expect(deliver(CLOUD_EVENT)).rejects.toMatchObject({ code: expect.stringMatching(/^ledger-/) });
});
