// keeper pre-release --function: the gate through the deployed function. A stub stands for Function Compute: what is sent, and what is made of each answer.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openShell, type Shell } from './harness';

interface Reply {
  readonly body: unknown;
  readonly errorType?: string;
}

let shell: Shell;
let server: Server;
let replies: Reply[];
let seen: { readonly url: string | undefined; readonly event: unknown }[];

beforeEach(async () => {
  shell = openShell();
  [replies, seen] = [[], []];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ url: request.url, event: JSON.parse(Buffer.concat(chunks).toString()) });
      const { body, errorType } = replies.shift() ?? { body: 'nothing more to say' };
      response.writeHead(200, {
        'x-fc-request-id': 'r-1',
        'content-type': 'application/octet-stream',
        ...(errorType === undefined ? {} : { 'x-fc-error-type': errorType }),
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on a port has one
  Object.assign(shell.env, { KEEPER_FC_ENDPOINT: `http://127.0.0.1:${port}`, KEEPER_FC_ACCOUNT_ID: '1234567890123456', KEEPER_FC_REGION: 'cn-hangzhou' });
  process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'LTAI-pipeline';
  process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = 'secret-pipeline';
});
afterEach(async () => {
  shell.close();
  delete process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'];
  delete process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const RECEIPT = {
  version: 1,
  key: 'v1-0',
  source: 'acme/shop',
  release: 'v1',
  status: 'passed',
  reason: 'all is well',
  attempt: 1,
  asOf: '2026-11-21T02:00:00Z',
  deadline: '2026-11-21T04:00:00Z',
  validUntil: '2026-11-21T03:00:00Z',
  instances: [],
};
const SUMMARY = { runId: 'run-1', status: 'succeeded', release: RECEIPT };
const START = ['pre-release', 'start', '--source', 'acme/shop', '--release', 'v1', '--select-tag', 'tier=gold', '--function'];

test('the function gets the event that every door takes, and its receipt is the answer; neither a policy nor a ledger is needed', async () => {
  replies.push({ body: SUMMARY });

  const { code, document } = await shell.json(...START);

  expect({ code, document }).toEqual({ code: 0, document: RECEIPT });
  expect(seen).toMatchObject([
    {
      url: expect.stringContaining('/2023-03-30/functions/keeper-pre-release-backup/invocations'),
      event: { kind: 'pre-release', action: 'start', source: 'acme/shop', release: 'v1', select: { tags: { tier: 'gold' } } },
    },
  ]);
});

test.each([
  { status: 'failed', code: 1 },
  { status: 'pending', code: 4 },
])('$status is exit code $code', async ({ status, code }) => {
  replies.push({ body: { ...SUMMARY, release: { ...RECEIPT, status } } });

  expect(await shell.keeper(...START)).toMatchObject({ code });
});

test('a waiting that ends in an error leaves the last receipt, never one of an earlier run', async () => {
  shell.clock = { ...shell.clock, sleep: () => Promise.resolve() };
  shell.write('receipt.json', JSON.stringify(RECEIPT));
  replies.push({ body: { ...SUMMARY, release: { ...RECEIPT, status: 'pending' } } }, { body: 'no JSON at all' });

  const { code } = await shell.keeper('pre-release', 'wait', '--source', 'acme/shop', '--release', 'v1', '--function', '--receipt', 'receipt.json');

  expect(code).toBe(1);
  expect(JSON.parse(readFileSync(join(shell.folder, 'receipt.json'), 'utf8'))).toMatchObject({ status: 'pending' });
});

test('another name may be given', async () => {
  replies.push({ body: SUMMARY });

  await shell.keeper(...START, 'staging-gate');

  expect(seen[0]?.url).toContain('/functions/staging-gate/');
});

test('a function that answers as to an HTTP request is understood', async () => {
  replies.push({ body: { statusCode: 200, headers: {}, body: JSON.stringify(RECEIPT) } });

  expect(await shell.json(...START)).toEqual({ code: 0, document: RECEIPT });
});

test.each<{ name: string; reply: Reply; says: string }>([
  {
    name: 'a function that fails',
    reply: { errorType: 'UnhandledInvocationError', body: { errorMessage: 'the ledger is down', errorType: 'RunFailedError', stackTrace: [] } },
    says: 'the ledger is down',
  },
  {
    name: 'an error as to an HTTP request',
    reply: { body: { statusCode: 404, body: JSON.stringify({ error: { code: 'unknown-instance', message: 'no instance rm-x', hint: 'check the id' } }) } },
    says: 'error: no instance rm-x\nhint: check the id',
  },
  { name: 'a reply without a receipt', reply: { body: { statusCode: 200, body: '<html>' } }, says: 'gave no receipt' },
  { name: 'the summary of another function', reply: { body: { runId: 'run-1', status: 'succeeded' } }, says: 'gave no receipt' },
  { name: 'a receipt of another version', reply: { body: { ...SUMMARY, release: { ...RECEIPT, version: 2 } } }, says: 'gave no receipt' },
  { name: 'a status that nobody knows', reply: { body: { ...SUMMARY, release: { ...RECEIPT, status: 'done' } } }, says: 'gave no receipt' },
  { name: 'no JSON at all', reply: { body: 'ok' }, says: 'gave no receipt' },
])('$name is an error, never a pass', async ({ reply, says }) => {
  replies.push(reply);

  const { code, stderr } = await shell.keeper(...START);

  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

test.each([
  { name: 'a mistake', errorType: 'FunctionUnhandledError: RunFailedError [release-differs]', code: 2, told: 'release-differs' },
  { name: 'what is not there', errorType: 'FunctionUnhandledError: RunFailedError [unknown-instance]', code: 1, told: 'unknown-instance' },
  { name: 'what nobody foresaw', errorType: 'FunctionUnhandledError: TypeError', code: 1, told: 'function-failed' },
])('$name in the deployed function has the exit code that it has in this process: $code', async ({ errorType, code, told }) => {
  replies.push({ errorType: 'UnhandledInvocationError', body: { errorMessage: 'so it is', errorType, stackTrace: [] } });

  const result = await shell.json(...START);

  expect(result).toMatchObject({ code, document: { error: { code: told, message: expect.stringContaining('so it is') } } });
});

test('a mistake in the answer as to an HTTP request is exit code 2 as well', async () => {
  replies.push({ body: { statusCode: 409, body: JSON.stringify({ error: { code: 'release-differs', message: 'it differs' } }) } });

  expect(await shell.keeper(...START)).toMatchObject({ code: 2, stderr: 'error: it differs\n' });
});

test('a mistake in the wish is told before anything is sent', async () => {
  const { code, stderr } = await shell.keeper(...START, '--fresh-for', 'soon');

  expect(code).toBe(2);
  expect(stderr).toContain('freshFor must be a duration');
  expect(seen).toEqual([]);
});
