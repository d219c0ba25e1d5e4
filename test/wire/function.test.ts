// What every deployed function does around its use case: settings, policy, house, summary; and how it fails.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { DAY_MS } from '../../lib/base/instant';
import { loadPolicyText } from '../../lib/config/load';
import type { RunSummary } from '../../lib/domain/run';
import { startLocalCloud } from '../../lib/local';
import type { RunPorts, RunRequest } from '../../lib/run/types';
import { type FunctionContext, handleEvent, loadCompiledPolicy, type UseCase } from '../../lib/wire/function';
import { openLedger } from '../../lib/wire/house';
import { HOURLY, policyWith } from '../support/keeper';

let folder: string;
let configPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-function-'));
  configPath = join(folder, 'keeper.json');
  const { policy } = loadPolicyText(policyWith(HOURLY), 'keeper.yaml');
  await writeFile(configPath, JSON.stringify(policy));
});
afterEach(() => rm(folder, { recursive: true }));

const CONTEXT: FunctionContext = {
  requestId: '1-abc',
  credentials: { accessKeyId: 'LTAI-x', accessKeySecret: 'secret-x', securityToken: '' },
  function: { name: 'extra-backup', timeout: 60 },
};
const EVENT = Buffer.from(JSON.stringify({ triggerTime: '2026-11-21T02:00:00Z', triggerName: 'tick', payload: '' }));

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { KEEPER_CONFIG: configPath, KEEPER_TABLESTORE_ENDPOINT: 'http://127.0.0.1:1', KEEPER_TABLESTORE_INSTANCE: 'ledger', LOG_LEVEL: 'silent', ...more };
}

function keepRequest(seen: RunRequest[]): UseCase {
  return async (request) => {
    seen.push(request);
    return {} as RunSummary;
  };
}

test('the use case gets the trigger, its time as asOf, the policy and a deadline before the timeout', async () => {
  const seen: RunRequest[] = [];
  const summary = { status: 'succeeded' } as RunSummary;

  const answer = await handleEvent(
    'extra-backup',
    async (request) => {
      seen.push(request);
      return summary;
    },
    EVENT,
    CONTEXT,
    environment(),
  );

  expect(answer).toBe(summary);
  expect(seen[0]?.trigger).toMatchObject({ type: 'timer', id: 'tick' });
  expect(seen[0]?.asOf).toBe(seen[0]?.trigger.time);
  expect(seen[0]?.policy.extraBackups[0]?.name).toBe('hourly');
  expect(seen[0]?.deadline.isNear()).toBe(false);
});

test('what is asked for on demand reaches the use case, decided as of now', async () => {
  const seen: RunRequest[] = [];
  const event = { kind: 'on-demand', key: 'release-42', instances: ['rm-one'], databases: ['orders'], method: 'logical', dryRun: true };

  await handleEvent(
    'extra-backup',
    async (request) => {
      seen.push(request);
      return {} as RunSummary;
    },
    Buffer.from(JSON.stringify(event)),
    CONTEXT,
    environment(),
  );

  expect(seen).toMatchObject([
    {
      trigger: { type: 'invoke', id: 'release-42' },
      dryRun: true,
      instances: ['rm-one'],
      onDemand: { key: 'release-42', databases: ['orders'], method: 'logical' },
    },
  ]);
});

test('a key for another function names the run and not its time', async () => {
  const seen: RunRequest[] = [];

  await handleEvent(
    'extend-expiry',
    async (request) => {
      seen.push(request);
      return {} as RunSummary;
    },
    Buffer.from(JSON.stringify({ kind: 'on-demand', key: 'by-hand' })),
    CONTEXT,
    environment(),
  );

  const [request] = seen;
  expect(request?.trigger.time).toBe((request?.asOf ?? Number.NaN) - ((request?.asOf ?? Number.NaN) % DAY_MS));
  expect(request?.onDemand).toBeUndefined();
});

test("a worker's part of the fleet reaches the use case, under the original trigger", async () => {
  const seen: RunRequest[] = [];
  const shard = { account: 'main', region: 'cn-hangzhou', part: 1, parts: 2, fromPage: 1, leg: 0, changesLeft: 100, manualSets: 0 };
  const event = { kind: 'shard', trigger: { type: 'timer', id: 'tick', time: '2026-11-21T02:00:00Z' }, asOf: '2026-11-21T02:00:00Z', shard };

  await handleEvent('extra-backup', keepRequest(seen), Buffer.from(JSON.stringify(event)), CONTEXT, environment());

  expect(seen).toMatchObject([{ shard, trigger: { type: 'timer', id: 'tick' } }]);
  expect(seen[0]?.policy.limits.apiRatePerSecond).toBe(20);
});

describe('handing work to other invocations', () => {
  async function fanOutIn(context: FunctionContext): Promise<RunPorts['fanOut']> {
    const seen: RunPorts[] = [];
    const useCase = async (_request: RunRequest, ports: RunPorts): Promise<RunSummary> => {
      seen.push(ports);
      return {} as RunSummary;
    };
    await handleEvent('extra-backup', useCase, EVENT, context, environment());
    return seen[0]?.fanOut;
  }

  test('a deployed function can, under the name it is deployed under', async () => {
    const context = { ...CONTEXT, accountId: '1234567890123456', region: 'cn-hangzhou', function: { name: 'keeper-extra-backup', timeout: 60 } };

    expect(await fanOutIn(context)).toEqual({ self: 'keeper-extra-backup', invoker: { invoke: expect.any(Function) } });
  });

  test.each<{ name: string; context: FunctionContext }>([
    { name: 'an account', context: { ...CONTEXT, region: 'cn-hangzhou' } },
    { name: 'a region', context: { ...CONTEXT, accountId: '1234567890123456', region: '' } },
    { name: 'a role', context: { ...CONTEXT, accountId: '1234567890123456', region: 'cn-hangzhou', credentials: {} } },
  ])('without $name it does all of its work itself', async ({ context }) => {
    expect(await fanOutIn(context)).toBeUndefined();
  });
});

test('a function with hardly any time hands off at once', async () => {
  const nearness: boolean[] = [];

  await handleEvent(
    'extra-backup',
    async (request) => {
      nearness.push(request.deadline.remainingMs() <= 1_000);
      return {} as RunSummary;
    },
    EVENT,
    { ...CONTEXT, function: { name: 'extra-backup', timeout: 1 } },
    environment(),
  );

  expect(nearness).toEqual([true]);
});

test.each([
  { name: 'a bad event', event: Buffer.from('{}'), env: {}, code: 'bad-event' },
  { name: 'a missing policy', event: EVENT, env: { KEEPER_CONFIG: '/nowhere/keeper.json' }, code: 'policy-unreadable' },
  { name: 'a bad environment', event: EVENT, env: { KEEPER_TABLESTORE_INSTANCE: '' }, code: 'usage' },
])('$name fails the invocation, so that the platform sees it', async ({ event, env, code }) => {
  const useCase = async (): Promise<RunSummary> => {
    throw new Error('must not be called');
  };

  await expect(handleEvent('extra-backup', useCase, event, CONTEXT, environment(env))).rejects.toMatchObject({ code });
});

test('a call that cannot be understood is a failed run in the ledger', async () => {
  const cloud = await startLocalCloud({ fleet: 'empty', tablestore: { notReadyMs: 0 } });
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const context = { ...CONTEXT, credentials: { accessKeyId, accessKeySecret } };
  const ledger = openLedger({ env: cloud.environment, functionCredentials: { accessKeyId, accessKeySecret } });
  try {
    await ledger.init(systemClock.now());
    const env = { ...cloud.environment, KEEPER_CONFIG: configPath, LOG_LEVEL: 'silent' };

    await expect(handleEvent('extra-backup', async () => ({}) as RunSummary, Buffer.from('{}'), context, env)).rejects.toMatchObject({ code: 'bad-event' });

    expect(await ledger.listRuns('extra-backup', 1)).toMatchObject([
      { trigger: { type: 'invoke', id: '1-abc' }, summary: { status: 'failed', error: { code: 'bad-event' } } },
    ]);
  } finally {
    ledger.close();
    await cloud.close();
  }
});

test('a compiled policy that was edited by hand is refused', async () => {
  const { policy } = loadPolicyText(policyWith(HOURLY), 'keeper.yaml');
  await writeFile(configPath, JSON.stringify({ ...policy, cap: { ...policy.cap, perDay: 200 } }));

  await expect(loadCompiledPolicy(configPath)).rejects.toMatchObject({ hint: expect.stringContaining('keeper policy compile') });
});

test('a file that is no policy by its size is not read', async () => {
  await writeFile(configPath, ' '.repeat(4 * 1024 * 1024 + 1));

  await expect(loadCompiledPolicy(configPath)).rejects.toMatchObject({ code: 'policy-unreadable' });
});
