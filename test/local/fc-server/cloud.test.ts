// Functions as a part of the local cloud: from an s.yaml, with roles, endpoints and timers, before the vendor's client and the control endpoint.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fc2 from '@alicloud/fc2';
import { HOUR_MS } from '../../../lib/base/instant';
import { type FunctionComputeOptions, type LocalCloud, startLocalCloud } from '../../../lib/local';
import { CONTROL_HEADER } from '../../../lib/local/control';
import { builtBundle } from '../../support/bundles';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

const SOURCE = `
exports.handler = async (event, context) => {
  const input = event.length === 0 ? '' : JSON.parse(String(event));
  if (input.fail) throw new Error('as asked');
  return { input, now: new Date().toISOString(), env: process.env, credentials: context.credentials, accountId: context.accountId };
};`;

const MANIFEST = `
edition: 3.0.0
resources:
  echo:
    component: fc3
    props:
      region: cn-hangzhou
      functionName: \${env('PREFIX','keeper')}-echo
      runtime: nodejs20
      code: ./code
      handler: echo.handler
      memorySize: 128
      timeout: 10
      role: reader
      environmentVariables: { OWN: value, KEEPER_RDS_ENDPOINT: '' }
      asyncInvokeConfig: { maxAsyncRetryAttempts: 0, asyncTask: true }
      triggers:
        - { triggerName: hourly, triggerType: timer, triggerConfig: { cronExpression: 0 0 * * * *, enable: true, payload: hello } }
        - { triggerName: door, triggerType: http, triggerConfig: { authType: anonymous, methods: [GET] } }
`;

let folder: string;
let clock: VirtualClock;
let cloud: LocalCloud | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-functions-'));
  mkdirSync(join(folder, 'code'));
  writeFileSync(join(folder, 'code/echo.js'), SOURCE);
  writeFileSync(join(folder, 's.yaml'), MANIFEST);
  clock = makeVirtualClock();
});

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

async function open(more: Partial<FunctionComputeOptions> = {}): Promise<LocalCloud> {
  const manifest = join(folder, 's.yaml');
  const fc = { manifest, roles: [{ name: 'reader' }], bootstrap: builtBundle('fcBootstrap'), ...more };
  cloud = await startLocalCloud({ clock, fleet: 'empty', fc });
  return cloud;
}

function invoke(event: unknown, name = 'keeper-echo', headers: Record<string, string> = {}) {
  const { KEEPER_FC_ENDPOINT: endpoint = '', KEEPER_FC_ACCOUNT_ID: accountId = '', KEEPER_FC_REGION: region = '' } = cloud?.environment ?? {};
  const { accessKeyId = '', accessKeySecret = '' } = cloud?.credentials ?? {};
  const client = new Fc2(accountId, { accessKeyID: accessKeyId, accessKeySecret, region, endpoint });
  return client.invokeFunction('keeper', name, JSON.stringify(event), headers);
}

interface Answer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

function send(method: string, url: string, body: unknown = undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent: false, headers: { [CONTROL_HEADER]: cloud?.controlToken ?? '' } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const control = (method: string, path: string, body?: unknown): Promise<Answer> => send(method, `${cloud?.endpoints.control}${path}`, body);

describe('a function of the local cloud', () => {
  test('is invoked by the vendor’s client, in the world’s time, with its role’s credentials and the endpoints of the cloud', async () => {
    const { endpoints, identities } = await open({ env: { KEEPER_CONFIG: '/tmp/keeper.json' } });

    const { data, headers } = await invoke({ hello: 1 });

    const seen = JSON.parse(String(data));
    expect(headers['x-fc-error-type']).toBeUndefined();
    expect(seen).toMatchObject({ input: { hello: 1 }, accountId: '1234567890123456', now: expect.stringMatching(/^2026-11-21T01:00:00/) });
    expect(seen.env).toMatchObject({
      OWN: 'value',
      KEEPER_RDS_ENDPOINT: `http://${endpoints.rds}`,
      KEEPER_FC_ENDPOINT: endpoints.fc,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
      KEEPER_CONFIG: '/tmp/keeper.json',
    });
    expect(identities.find(seen.credentials.accessKeyId)).toMatchObject({ name: 'reader/keeper-echo', securityToken: seen.credentials.securityToken });
    expect(seen.env).not.toHaveProperty('KEEPER_CLOCK_FILE');
  });

  test('tells of its errors by the header', async () => {
    await open();

    const { data, headers } = await invoke({ fail: true });

    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(JSON.parse(String(data))).toMatchObject({ errorMessage: 'as asked' });
  });

  test('has a name that the environment of the manifest decides', async () => {
    await open({ manifestEnv: { PREFIX: 'test' } });

    expect(cloud?.fc?.manifest.functions.map(({ name }) => name)).toEqual(['test-echo']);
  });

  test('answers at the URL of its HTTP trigger', async () => {
    const { httpTriggers } = await open();

    const { status, body } = await send('GET', `${httpTriggers['keeper-echo']}/posture?format=json`);

    expect(status).toBe(200);
    expect(body.input).toMatchObject({ version: 'v1', rawPath: '/posture', queryParameters: { format: 'json' } });
  });

  test('needs a role that is given', async () => {
    await expect(open({ roles: [] })).rejects.toMatchObject({
      code: 'fc-role-unknown',
      message: 'the function keeper-echo wants the role reader, which the local cloud does not know',
    });
  });

  test('gives back what it took when a timer cannot be read', async () => {
    writeFileSync(join(folder, 's.yaml'), MANIFEST.replace('0 0 * * * *', '0 * * * *'));

    await expect(open()).rejects.toMatchObject({ code: 'fc-cron-invalid' });
  });

  test('a lost reply of the queue is a broken connection, and the event is there', async () => {
    const { fc } = await open();
    fc?.faults.add({ kind: 'lose-reply' });

    await expect(invoke({ n: 1 }, 'keeper-echo', { 'x-fc-invocation-type': 'Async' })).rejects.toThrow(/socket hang up|ECONNRESET/);
    await fc?.runDue();

    expect(fc?.records()).toEqual([expect.objectContaining({ type: 'async', ok: true })]);
  });
});

describe('the control endpoint', () => {
  test('time that passes fires the timers on its way', async () => {
    await open();

    const { body } = await control('POST', '/clock/advance', { ms: 2.5 * HOUR_MS });
    const { body: told } = await control('GET', '/fc/invocations');

    expect(body).toEqual({ now: '2026-11-21T03:30:00Z' });
    expect(told.invocations.map(({ type, at }: { type: string; at: string }) => ({ type, at }))).toEqual([
      { type: 'timer', at: '2026-11-21T02:00:00Z' },
      { type: 'timer', at: '2026-11-21T03:00:00Z' },
    ]);
    expect(JSON.parse(told.invocations[0].body).input).toEqual({ triggerTime: '2026-11-21T02:00:00Z', triggerName: 'hourly', payload: 'hello' });
    expect(told.failures).toEqual([]);
  });

  test('a clock that jumps leaves one late firing', async () => {
    await open();

    await control('POST', '/clock/advance', { ms: 2.5 * HOUR_MS, timers: false });
    const { body } = await control('POST', '/fc/run-due');

    expect(body.invocations).toEqual([expect.objectContaining({ type: 'timer', at: '2026-11-21T03:30:00Z' })]);
    expect(JSON.parse(body.invocations[0].body).input).toMatchObject({ triggerTime: '2026-11-21T03:00:00Z' });
  });

  test('a timer fires when it is told to, and what is due runs when it is told to', async () => {
    await open();

    const fired = await control('POST', '/fc/fire-timer', { function: 'keeper-echo', timer: 'hourly', at: '2026-11-20T00:00:00Z' });
    const { body } = await control('POST', '/fc/run-due');

    expect(fired.status).toBe(200);
    expect(body.invocations).toHaveLength(1);
    expect(JSON.parse(body.invocations[0].body).input).toMatchObject({ triggerTime: '2026-11-20T00:00:00Z' });
    expect(body.nextAt).toBe('2026-11-21T02:00:00Z');
  });

  test('faults of the engine can be planned and cleared', async () => {
    await open();
    await control('POST', '/fc/faults', { kind: 'miss', times: 2 });
    await control('POST', '/clock/advance', { ms: HOUR_MS });
    const missed = cloud?.fc?.records().length;
    await control('DELETE', '/faults');

    await control('POST', '/clock/advance', { ms: HOUR_MS });

    expect(missed).toBe(0);
    expect(cloud?.fc?.records()).toHaveLength(1);
  });

  test.each([
    {
      name: 'an unknown timer',
      path: '/fc/fire-timer',
      body: { function: 'keeper-echo', timer: 'weekly' },
      error: 'the function keeper-echo has no timer weekly',
    },
    { name: 'a time that is none', path: '/fc/fire-timer', body: { function: 'keeper-echo', timer: 'hourly', at: 'noon' }, error: 'not a time: noon' },
    { name: 'an unknown fault', path: '/fc/faults', body: { kind: 'explode' }, error: 'Invalid option' },
  ])('$name is refused', async ({ path, body, error }) => {
    await open();

    expect(await control('POST', path, body)).toMatchObject({ status: 400, body: { error: expect.stringContaining(error) } });
  });

  test('without functions it has no routes for them', async () => {
    cloud = await startLocalCloud({ clock, fleet: 'empty' });

    expect(await control('GET', '/fc/invocations')).toMatchObject({ status: 404 });
    expect(cloud.environment).not.toHaveProperty('KEEPER_FC_ENDPOINT');
  });
});
