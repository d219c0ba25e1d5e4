// The EventBridge example: shows before it does, makes what is missing, and may be repeated.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { closeServer, listenOnLoopback } from '../../lib/local/loopback';
import { readCloudEvent } from '../../lib/wire/event-cloud';
import { at } from '../support/ledger';

const FOLDER = resolve(__dirname, '../../examples/eventbridge');
const PLACE = { KEEPER_FC_REGION: 'cn-hangzhou', KEEPER_FC_ACCOUNT_ID: '1111222233334444' };
const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-test', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };

interface Request {
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
}

let server: Server;
let port: number;
let requests: Request[];
let made: { bus: boolean; rule: boolean };

beforeEach(async () => {
  requests = [];
  made = { bus: false, rule: false };
  server = createServer((message, response) => {
    const action = String(message.headers['x-acs-action']);
    requests.push({ action, query: Object.fromEntries(new URL(message.url ?? '/', 'http://stub').searchParams) });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ RequestId: 'r', Code: 'Success', Data: answerTo(action) }));
  });
  port = await listenOnLoopback(server);
});
afterEach(() => closeServer(server));

function answerTo(action: string): unknown {
  if (action === 'ListEventBuses') return { EventBuses: made.bus ? [{ EventBusName: 'keeper-releases' }] : [{ EventBusName: 'keeper-releases-of-others' }] };
  if (action === 'ListRules') return { Rules: made.rule ? [{ RuleName: 'keeper-releases' }] : [] };
  if (action === 'CreateEventBus') made.bus = true;
  if (action === 'CreateRule') made.rule = true;
  return {};
}

async function run(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(FOLDER, 'release-bus.mjs'), ...args], { env });
  return JSON.parse(stdout);
}

const actions = (): string[] => requests.map(({ action }) => action);

test('without --apply it shows the requests and calls nothing', async () => {
  const shown = await run({ ...PLACE, KEEPER_EVENTBRIDGE_ENDPOINT: `http://127.0.0.1:${port}` });

  expect(shown).toMatchObject({ dryRun: true, CreateEventBus: { EventBusName: 'keeper-releases' }, CreateRule: { RuleName: 'keeper-releases' } });
  expect(requests).toEqual([]);
});

test('with --apply it makes bus, rule and target; once more it only brings them in line', async () => {
  const env = { ...PLACE, ...KEYS, KEEPER_EVENTBRIDGE_ENDPOINT: `http://127.0.0.1:${port}` };

  const first = await run(env, '--apply');
  const inFirst = actions();
  requests = [];
  const second = await run(env, '--apply');

  expect(first).toEqual({ bus: 'created', rule: 'created', target: 'put' });
  expect(inFirst).toEqual(['ListEventBuses', 'CreateEventBus', 'ListRules', 'CreateRule', 'PutTargets']);
  expect(second).toEqual({ bus: 'there', rule: 'updated', target: 'put' });
  expect(actions()).toEqual(['ListEventBuses', 'ListRules', 'UpdateRule', 'PutTargets']);
  const [target] = JSON.parse(requests.at(-1)?.query['Targets'] ?? '[]');
  expect(target).toMatchObject({ Type: 'acs.fc.function', Endpoint: 'acs:fc:cn-hangzhou:1111222233334444:functions/keeper-pre-release-backup' });
});

test.each<{ name: string; env: Readonly<Record<string, string>>; says: string }>([
  { name: 'without a region', env: {}, says: 'KEEPER_FC_REGION is not set' },
  { name: 'without a key', env: PLACE, says: 'ALIBABA_CLOUD_ACCESS_KEY_ID is not set' },
  { name: 'to an address without TLS', env: { ...PLACE, ...KEYS, KEEPER_EVENTBRIDGE_ENDPOINT: 'http://example.com' }, says: 'no https address' },
])('it does nothing $name, and says why', async ({ env, says }) => {
  await expect(run(env, '--apply')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
});

test('the event of its README is one that the gate understands, and that the rule lets through', () => {
  const blocks = [...readFileSync(join(FOLDER, 'README.md'), 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const event: unknown = JSON.parse(blocks.find((text) => text.includes('specversion')) ?? '');

  const asked = readCloudEvent(event, 'the event', at('2026-11-21T01:00:00Z'));

  expect(asked).toMatchObject({ action: 'start', wish: { source: 'ci/shop', release: 'v1.4.2', instances: ['rm-bp1orders00001'] } });
  expect(event).toMatchObject({ type: 'keeper:release' });
});
