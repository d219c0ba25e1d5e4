// What is wrong comes through every door of the deployed functions: each time the caller is told what it was, the ledger knows of it where it can, and nothing is created.
import { MINUTE_MS, plusMs } from '../../../lib/base/instant';
import { makeSend } from '../../../lib/gateways/fc/fc2';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { type BadInputWorld, KEY_DISABLED, type Key, SECRET_GONE, STRANGER, signatureOf, startBadInputWorld } from './bad-input-world';

const EXPIRED_MS = 20 * MINUTE_MS;
const [ASYNC_BYTES, SYNC_BYTES] = [128 * 1024, 32 * 1024 * 1024];
const EXTRA = ['invoke', 'extra-backup'];
const GATE = ['invoke', 'pre-release-backup'];

let world: BadInputWorld;
beforeAll(async () => {
  world = await startBadInputWorld();
});
beforeEach(() => world.restore());
afterAll(() => world.close());

let asked = 0;
const backup = (instance: string, more: object = {}): object => ({ kind: 'on-demand', key: `k-${++asked}`, instances: [instance], ...more });
const release = (instance: string, more: object = {}): object => {
  const id = `r-${++asked}`;
  return { kind: 'pre-release', source: 'shop', release: id, instances: [instance], ...more };
};

interface Bad {
  readonly name: string;
  readonly prepare?: () => unknown;
  readonly says: string;
  /** `failed` and `partial`: the run in the ledger. */
  readonly trace: 'failed' | 'partial' | 'not recorded' | 'not woken';
}

test.each<Bad & { readonly args: readonly string[]; readonly event: unknown; readonly code: number }>([
  { name: 'no JSON', args: EXTRA, event: '{"kind":', code: 1, says: '[bad-event]: the event is not JSON', trace: 'failed' },
  { name: 'no kind that is known', args: EXTRA, event: { kind: 'purge' }, code: 1, says: '[bad-event]: the event is neither', trace: 'failed' },
  { name: 'a field that nobody knows', args: EXTRA, event: backup('rm-own', { force: true }), code: 1, says: 'event: force', trace: 'failed' },
  { name: 'more than the function takes', args: EXTRA, event: ' '.repeat(ASYNC_BYTES + 1), code: 1, says: '131073 bytes, more', trace: 'failed' },
  {
    name: 'more than the queue takes',
    args: [...EXTRA, '--async'],
    event: ' '.repeat(ASYNC_BYTES + 1),
    code: 2,
    says: '--async takes 128 KB',
    trace: 'not woken',
  },
  { name: 'a release that is no JSON', args: GATE, event: '[', code: 1, says: '[bad-event]: the event is not JSON', trace: 'failed' },
  { name: 'an unknown instance', args: EXTRA, event: backup('rm-nobody'), code: 1, says: '[unknown-instance]: no instance rm-nobody', trace: 'failed' },
  { name: 'a release of one', args: GATE, event: release('rm-nobody'), code: 1, says: '[unknown-instance]: no instance rm-nobody', trace: 'failed' },
  { name: 'an unknown database', args: EXTRA, event: backup('rm-sql', { databases: ['nope'] }), code: 3, says: 'no database', trace: 'partial' },
  { name: 'a release of one', args: GATE, event: release('rm-sql', { databases: ['nope'] }), code: 3, says: 'no database', trace: 'partial' },
  { name: 'a secret that is gone', args: EXTRA, event: backup('rm-games'), prepare: () => world.removeSecret(), code: 1, says: SECRET_GONE, trace: 'failed' },
  { name: 'a release under one', args: GATE, event: release('rm-games'), prepare: () => world.removeSecret(), code: 1, says: SECRET_GONE, trace: 'failed' },
  {
    name: 'a secret with a disabled key',
    args: EXTRA,
    event: backup('rm-games'),
    prepare: () => world.disableKey(),
    code: 1,
    says: KEY_DISABLED,
    trace: 'failed',
  },
  { name: 'a release under one', args: GATE, event: release('rm-games'), prepare: () => world.disableKey(), code: 1, says: KEY_DISABLED, trace: 'failed' },
  ...(
    [
      { action: 'rds:DescribeDBInstances', code: 1, trace: 'failed' },
      { action: 'rds:DescribeBackupTasks', code: 3, trace: 'partial' },
      { action: 'rds:CreateBackup', code: 3, trace: 'partial' },
      { action: 'ots:PutRow', code: 1, trace: 'not recorded' },
      { action: 'ots:GetRow', code: 1, trace: 'not recorded' },
    ] as const
  ).flatMap(({ action, ...expected }) => {
    const same = { ...expected, prepare: () => world.forbid(action), says: `may not ${action}` };
    return [
      { name: `a role without ${action}`, args: EXTRA, event: backup('rm-own'), ...same },
      { name: `a release under a role without ${action}`, args: GATE, event: release('rm-own'), ...same },
    ];
  }),
  {
    name: 'an unknown key',
    args: EXTRA,
    event: backup('rm-own'),
    prepare: () => world.signAs({ accessKeyId: 'AK-nobody', secret: 'canary' }),
    code: 1,
    says: 'the credentials are not accepted (InvalidAccessKeyID)',
    trace: 'not woken',
  },
  {
    name: 'a wrong key',
    args: EXTRA,
    event: backup('rm-own'),
    prepare: () => world.signAs({ ...world.owner, secret: 'canary' }),
    code: 1,
    says: 'the credentials are not accepted (SignatureNotMatch)',
    trace: 'not woken',
  },
  {
    name: 'a caller who may not call',
    args: EXTRA,
    event: backup('rm-own'),
    prepare: () => world.signAs(STRANGER),
    code: 1,
    says: 'grant fc:InvokeFunction on functions/keeper-extra-backup',
    trace: 'not woken',
  },
])('keeper $args, $name: exit code $code', async ({ args, event, prepare, code, says, trace }) => {
  prepare?.();

  const told = await world.traceOf(() => world.keeper(args, event));

  expect(told.answer.stdout + told.answer.stderr).toContain(says);
  expect(told).toMatchObject({ answer: { code }, trace });
  if (trace === 'failed') expect(told.answer.stderr).toContain(JSON.parse(told.ledger).error.message);
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(world.created()).toEqual([]);
});

test('a signature that has expired: nobody is woken', async () => {
  const { clock } = world.deployed;

  const { answer, trace } = await world.traceOf(async () => {
    jest.setSystemTime(clock.now() - EXPIRED_MS);
    return world.keeper(EXTRA, backup('rm-own')).finally(() => jest.setSystemTime(clock.now()));
  });

  expect(trace).toBe('not woken');
  expect(answer).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('(RequestTimeTooSkewed)\nhint: the signing time is off') });
});

test.each([
  { mode: 'async', bytes: ASYNC_BYTES + 1 },
  { mode: 'sync', bytes: SYNC_BYTES + 1 },
] as const)('an event of $bytes bytes, $mode, is refused by the service too', async ({ mode, bytes }) => {
  const { endpoints, credentials: key } = world.deployed.cloud;
  const endpoint = { protocol: 'HTTP', host: new URL(String(endpoints.fc)).host } as const;
  const send = makeSend({ accountId: DEFAULT_ACCOUNT_ID, region: 'cn-hangzhou', endpoint, key, target: { apiVersion: '2023-03-30' } });
  const request = { function: 'keeper-extra-backup', event: ' '.repeat(bytes), mode, taskId: undefined, timeoutMs: 20_000 };

  const { answer, trace } = await world.traceOf(() => send(request));

  expect({ answer, trace }).toMatchObject({ answer: { kind: 'service', statusCode: 400 }, trace: 'not woken' });
});

interface BadRequest extends Bad {
  readonly method?: string;
  readonly body?: string | object;
  readonly key?: Partial<Key>;
  readonly isUnsigned?: boolean;
  readonly agoMs?: number;
  readonly status: number;
}

test.each<BadRequest>([
  { name: 'no JSON', body: '{', status: 400, says: '"code":"bad-event","message":"the body is not JSON"', trace: 'failed' },
  { name: 'no body', body: '', status: 400, says: 'the body is empty', trace: 'failed' },
  { name: 'a question about no release', method: 'GET', status: 400, says: 'source must be a text', trace: 'failed' },
  { name: 'a method that means nothing', method: 'DELETE', status: 405, says: 'does not take DELETE', trace: 'not woken' },
  { name: 'more than the gate takes', body: ' '.repeat(ASYNC_BYTES + 1), status: 413, says: '"code":"bad-event"', trace: 'failed' },
  { name: 'an unknown instance', body: release('rm-nobody'), status: 404, says: '"code":"unknown-instance"', trace: 'failed' },
  { name: 'an unknown database', body: release('rm-sql', { databases: ['nope'] }), status: 424, says: 'no database', trace: 'partial' },
  { name: 'a secret that is gone', body: release('rm-games'), prepare: () => world.removeSecret(), status: 503, says: SECRET_GONE, trace: 'failed' },
  { name: 'a secret with a disabled key', body: release('rm-games'), prepare: () => world.disableKey(), status: 503, says: KEY_DISABLED, trace: 'failed' },
  { name: 'a role', body: release('rm-own'), prepare: () => world.forbid('rds:CreateBackup'), status: 424, says: 'not rds:CreateBackup', trace: 'partial' },
  { name: 'a role', body: release('rm-own'), prepare: () => world.forbid('ots:PutRow'), status: 503, says: 'not ots:PutRow', trace: 'not recorded' },
  { name: 'no signature', body: release('rm-own'), isUnsigned: true, status: 403, says: 'AccessDenied', trace: 'not woken' },
  { name: 'a wrong key', body: release('rm-own'), key: { secret: 'canary' }, status: 403, says: 'SignatureNotMatch', trace: 'not woken' },
  { name: 'a caller who may not call', body: release('rm-own'), key: STRANGER, status: 403, says: 'fc:InvokeFunction', trace: 'not woken' },
  { name: 'an expired signature', body: release('rm-own'), agoMs: EXPIRED_MS, status: 403, says: 'RequestTimeTooSkewed', trace: 'not woken' },
])('HTTP, $name ($says): status $status', async ({ method = 'POST', body, key, isUnsigned, agoMs = 0, prepare, status, says, trace }) => {
  const { cloud, clock } = world.deployed;
  const url = `${cloud.httpTriggers['keeper-pre-release-backup']}/`;
  const headers = isUnsigned === true ? {} : signatureOf(method, url, { ...world.owner, ...key }, clock.now() - agoMs);
  const request = { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) };
  prepare?.();

  const told = await world.traceOf(async () => {
    const response = await fetch(url, request);
    return { status: response.status, text: await response.text() };
  });

  expect(told.answer.text).toContain(says);
  expect(told).toMatchObject({ answer: { status }, trace });
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(world.created()).toEqual([]);
});

test('no JSON in the queue: taken once by its task id, tried three times, and kept for whoever looks after failures', async () => {
  const { fc, clock } = world.deployed;
  const call = [...EXTRA, '--async', '--task-id', 'k_bad'];

  const [first, again] = [await world.keeper(call, '{"kind":'), await world.keeper(call, '{"kind":')];
  await fc.passTime(plusMs(clock.now(), 9 * MINUTE_MS));

  expect([first, again]).toEqual([
    { code: 0, stdout: 'keeper-extra-backup is queued: task k_bad\n', stderr: '' },
    { code: 0, stdout: 'keeper-extra-backup was queued before: task k_bad\n', stderr: '' },
  ]);
  expect(fc.failures().map(({ taskId, retryCount }) => ({ taskId, retryCount }))).toEqual([{ taskId: 'k_bad', retryCount: 2 }]);
  expect(JSON.parse(String(fc.failures()[0]?.body))).toMatchObject({
    errorType: expect.stringMatching(/EventError \[bad-event\]$/),
    errorMessage: 'the event is not JSON',
  });
});

test('after all that no backup is on its way, and the same doors serve who asks well', async () => {
  const { ledger } = world.deployed.house;
  const submitted: unknown[] = [];
  for await (const page of ledger.listOpenIntents()) submitted.push(...page.filter(({ state }) => state !== 'intended'));
  const before = world.created();

  const { code } = await world.keeper(GATE, release('rm-own'));

  expect({ submitted, before, code, after: world.created().length }).toEqual({ submitted: [], before: [], code: 0, after: 1 });
});
