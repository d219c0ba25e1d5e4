import { DAY_MS, formatInstant, HOUR_MS, instant, MINUTE_MS, parseInstant, plusMs } from '../../../lib/base/instant';
import type { BackupSpec } from '../../../lib/domain/backup';
import { AmbiguousError, type CloudError, CredentialsError, RefusedError, ThrottledError, UnreachableError } from '../../../lib/domain/cloud-errors';
import type { Instance } from '../../../lib/domain/instance';
import type { RdsGateway } from '../../../lib/domain/ports';
import { makeCredentials } from '../../../lib/gateways/credentials';
import { makeRateBudgets, makeRdsGateway } from '../../../lib/gateways/rds';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { secretsOf } from '../secrets-of';
import { type StubAnswer, type StubCall, type StubServer, startStubServer } from '../stub-server';

const SECRET = 'tHe/Secret+of-prod99';
const TOKEN = 'CAIS-a-token/with+odd=signs';
const REQUEST_ID = { RequestId: 'REQ-1' };
const INSTANCE: Instance = {
  account: 'prod',
  region: 'cn-hangzhou',
  id: 'rm-1',
  description: '',
  engine: 'mysql',
  engineVersion: '8.0',
  edition: 'high-availability',
  storage: 'local-disk',
  role: 'primary',
  status: 'Running',
  isLocked: false,
  lockReason: undefined,
  createdAt: undefined,
  resourceGroupId: undefined,
  tags: {},
};
const FAR_FUTURE = instant(Date.UTC(2030, 0, 1));
const SPEC: BackupSpec = { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined };

let clock: VirtualClock;
let server: StubServer | undefined;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  jest.useRealTimers();
});

function gatewayTo(endpoint: string): RdsGateway {
  const env = { KEY: 'LTAI5tTheKeyOfProd', SECRET, TOKEN };
  const credentials = makeCredentials(
    { type: 'sts', accessKeyId: 'env://KEY', accessKeySecret: 'env://SECRET', securityToken: 'env://TOKEN' },
    { account: 'prod', secrets: secretsOf(env, clock), clock, random: () => 0.5, timeoutMs: 2_000 },
  );
  const budgets = makeRateBudgets({ clock, ratePerSecond: 100, crossRegionRatePerSecond: 5 });
  return makeRdsGateway({ account: 'prod', region: 'cn-hangzhou', endpoint, credentials, budgets, clock, random: () => 0.5, timeoutMs: 2_000 });
}

async function gatewayAnsweredBy(answer: (call: StubCall, number: number) => StubAnswer): Promise<RdsGateway> {
  server = await startStubServer(answer);
  return gatewayTo(server.endpoint);
}

function failureOf(work: Promise<unknown>): Promise<CloudError> {
  return work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: CloudError) => error,
  );
}

test.each([
  { name: 'none', total: {} },
  { name: 'one that is no count', total: { TotalRecordCount: -1 } },
])('a listing with a total that is missing or wrong gives no count of instances: $name', async ({ total }) => {
  const gateway = await gatewayAnsweredBy(() => ({ status: 200, body: { ...REQUEST_ID, Items: { DBInstance: [] }, ...total } }));

  const error = await failureOf(gateway.countInstances());

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('no total in it');
});

test.each([
  {
    name: 'a JSON type that the SDK refuses',
    body: { ...REQUEST_ID, Items: { BackupJob: [{ BackupJobId: { value: 1 } }] } },
    says: 'type of backupJobId is mismatch',
  },
  { name: 'a text where a list is promised', body: { ...REQUEST_ID, Items: { BackupJob: 'none' } }, says: 'expect array' },
  { name: 'no request id', body: { Items: { BackupJob: [] } }, says: 'no request id in it' },
  { name: 'no list', body: REQUEST_ID, says: 'no list of backup jobs in it' },
  { name: 'an empty object', body: {}, says: 'no request id in it' },
  { name: 'HTML', body: '<html><body>502</body></html>', says: 'cannot be read' },
  { name: 'nothing', body: '', says: 'cannot be read' },
  { name: 'null', body: 'null', says: 'no request id in it' },
])('a read answered by $name has failed, after all retries', async ({ body, says }) => {
  const gateway = await gatewayAnsweredBy(() => ({ body }));

  const error = await failureOf(gateway.listRunningJobs('rm-1'));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('DescribeBackupTasks for rm-1 failed');
  expect(error.message).toContain(says);
});

test('an error with the status of a success is taken for the error that it is', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    body: { ...REQUEST_ID, Code: 'InvalidDBInstanceName.NotFound', Message: 'The database instance does not exist.' },
  }));

  const error = await failureOf(gateway.listBackupSets('rm-1', { from: clock.now(), to: clock.now() }));

  expect(error).toMatchObject({ reason: 'instance-not-found', requestId: 'REQ-1' });
});

test('an extension whose answer does not say whether it succeeded may or may not have taken effect', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { ...REQUEST_ID, Code: '200' } }));

  const error = await failureOf(gateway.extendExpiry(INSTANCE, '7', 'never'));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('it does not say whether it succeeded');
});

test('a set without a readable start fails the whole list: the daily cap must not miss it', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    body: { ...REQUEST_ID, TotalRecordCount: '1', Items: { Backup: [{ BackupId: '7', BackupStartTime: '' }] } },
  }));

  const error = await failureOf(gateway.listBackupSets('rm-1', { from: clock.now(), to: clock.now() }));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('backup set 7 has no readable start time');
});

test('sets that began in the window and ended after it are found, whichever of the two times the service filters by', async () => {
  const from = plusMs(clock.now(), -2 * DAY_MS);
  const to = plusMs(from, HOUR_MS);
  const backup = {
    BackupId: '7',
    BackupStartTime: formatInstant(plusMs(to, -MINUTE_MS)),
    BackupEndTime: formatInstant(plusMs(to, 5 * HOUR_MS)),
    BackupStatus: 'Success',
    BackupMode: 'Manual',
    IsAvail: 1,
  };
  const gateway = await gatewayAnsweredBy(({ query }) => {
    const [start, end] = [parseInstant(query['StartTime'] ?? ''), parseInstant(query['EndTime'] ?? '')];
    const ended = parseInstant(backup.BackupEndTime) ?? 0;
    const isIn = start !== undefined && end !== undefined && ended >= start && ended <= end;
    return { body: { ...REQUEST_ID, TotalRecordCount: isIn ? '1' : '0', Items: { Backup: isIn ? [backup] : [] } } };
  });

  const sets = await gateway.listBackupSets('rm-1', { from, to });

  expect(sets.map((set) => set.id)).toEqual(['7']);
});

test('a window up to now asks for nothing beyond the minute that now is in', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { ...REQUEST_ID, TotalRecordCount: '0', Items: { Backup: [] } } }));

  await gateway.listBackupSets('rm-1', { from: plusMs(clock.now(), -HOUR_MS), to: plusMs(clock.now(), 1) });

  expect(server?.calls[0]?.query).toMatchObject({ StartTime: '2026-11-21T00:00Z', EndTime: '2026-11-21T01:01Z', PageSize: '100', PageNumber: '1' });
});

test.each([
  { name: 'no job id', answer: { body: REQUEST_ID } },
  { name: 'a job id of a wrong type', answer: { body: { ...REQUEST_ID, BackupJobId: { id: 1 } } } },
  { name: 'HTML', answer: { body: '<html></html>' } },
  { name: 'HTML of a broken proxy', answer: { status: 502, body: '<html></html>' } },
  { name: 'an empty body', answer: { status: 503, body: '' } },
  { name: 'an error without a code', answer: { status: 400, body: {} } },
  {
    name: 'an internal failure under a status of the caller',
    answer: { status: 400, body: { ...REQUEST_ID, Code: 'InternalFailure', Message: 'retry later.' } },
  },
])('CreateBackup answered by $name is ambiguous and called once', async ({ answer }) => {
  const gateway = await gatewayAnsweredBy(() => answer);

  const error = await failureOf(gateway.createBackup(INSTANCE, SPEC, FAR_FUTURE));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('CreateBackup for rm-1 may or may not have taken effect');
  expect(server?.calls).toHaveLength(1);
  expect(gateway.apiCalls()).toEqual({ CreateBackup: 1 });
});

test('a job id that comes as a number is taken as text', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { ...REQUEST_ID, BackupJobId: 4762614 } }));

  await expect(gateway.createBackup(INSTANCE, SPEC, FAR_FUTURE)).resolves.toEqual({ jobId: '4762614' });
});

test('a job that was not asked for is not taken for the one that was', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    body: { ...REQUEST_ID, Items: { BackupJob: [{ BackupJobId: '8', BackupStatus: 'Finished', BackupId: '99' }] } },
  }));

  await expect(gateway.findJob('rm-1', '7')).resolves.toBeUndefined();

  expect(server?.calls[0]?.query).toMatchObject({ BackupJobId: '7' });
});

test('a job id that is no number is refused before anything is sent', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: REQUEST_ID }));

  const error = await failureOf(gateway.findJob('rm-1', 'j-7'));

  expect(error).toBeInstanceOf(RefusedError);
  expect(server?.calls).toHaveLength(0);
});

test('throttling by status alone is throttling, with the time of the header', async () => {
  const gateway = await gatewayAnsweredBy((_call, number) =>
    number === 1
      ? { status: 429, headers: { 'x-acs-retry-after': '700' }, body: { ...REQUEST_ID, Code: 'Throttling.Api', Message: '' } }
      : { body: { ...REQUEST_ID, BackupJobId: '1' } },
  );

  await expect(gateway.createBackup(INSTANCE, SPEC, FAR_FUTURE)).resolves.toEqual({ jobId: '1' });

  expect(clock.sleeps).toEqual([700]);
});

test('a wait longer than half a minute is not waited for', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    status: 400,
    headers: { 'x-acs-retry-after': '60000' },
    body: { ...REQUEST_ID, Code: 'Throttling.User', Message: '' },
  }));

  const error = await failureOf(gateway.listRunningJobs('rm-1'));

  expect(error).toBeInstanceOf(ThrottledError);
  expect(error).toMatchObject({ retryAfterMs: 60_000 });
  expect(clock.sleeps).toEqual([]);
});

test('CreateBackup is not sent once its time has passed, and a service that names a longer wait is not asked again', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    status: 400,
    headers: { 'x-acs-retry-after': '9000' },
    body: { ...REQUEST_ID, Code: 'Throttling.User', Message: '' },
  }));

  const late = await failureOf(gateway.createBackup(INSTANCE, SPEC, plusMs(clock.now(), -1)));
  const callsWhenLate = server?.calls.length;
  const throttled = await failureOf(gateway.createBackup(INSTANCE, SPEC, plusMs(clock.now(), 5_000)));

  expect(late).toBeInstanceOf(ThrottledError);
  expect(late.message).toBe('CreateBackup for rm-1 was not sent: its time had passed while it waited for its turn');
  expect(callsWhenLate).toBe(0);
  expect(throttled).toMatchObject({ serviceCode: 'Throttling.User', retryAfterMs: 9_000 });
  expect(server?.calls).toHaveLength(1);
  expect(clock.sleeps).toEqual([]);
});

test('an instance of an unknown engine is listed as such: it gets its verdict like all others', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    body: { ...REQUEST_ID, TotalRecordCount: 1, Items: { DBInstance: [{ DBInstanceId: 'rm-1', Engine: 'PPAS', EngineVersion: '10.0' }] } },
  }));

  const found: unknown[] = [];
  for await (const page of gateway.listInstances({ withTags: false })) found.push(...page);

  expect(found).toMatchObject([{ id: 'rm-1', engine: 'other', engineVersion: 'PPAS 10.0' }]);
});

test('a tag token that runs in a circle ends in an error', async () => {
  const gateway = await gatewayAnsweredBy(({ action }) =>
    action === 'ListTagResources'
      ? { body: { ...REQUEST_ID, NextToken: 'again', TagResources: { TagResource: [] } } }
      : { body: { ...REQUEST_ID, TotalRecordCount: 1, Items: { DBInstance: [{ DBInstanceId: 'rm-1', Engine: 'MySQL' }] } } },
  );

  const error = await failureOf(gateway.findInstance('rm-1', { withTags: true }));

  expect(error.message).toContain('more than 100 pages of tags');
});

test('nobody listens: the call is repeated and then unreachable, CreateBackup too', async () => {
  server = await startStubServer(() => ({ body: '' }));
  const { endpoint } = server;
  await server.close();
  const gateway = gatewayTo(endpoint);

  const read = await failureOf(gateway.listRunningJobs('rm-1'));
  const change = await failureOf(gateway.createBackup(INSTANCE, SPEC, FAR_FUTURE));

  expect(read).toBeInstanceOf(UnreachableError);
  expect(change).toBeInstanceOf(UnreachableError);
  expect(change.message).toBe('CreateBackup for rm-1 could not be sent: no connection (ECONNREFUSED)');
  expect(gateway.apiCalls()).toEqual({ DescribeBackupTasks: 4, CreateBackup: 4 });
  expect(clock.sleeps).toEqual([100, 200, 400, 100, 200, 400]);
});

/** Everything of an error that a log or a ledger could get hold of. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error)), everythingIn(error.cause)].join('\n');
}

test.each(['SignatureDoesNotMatch', 'InternalError', 'Forbidden.RAM', 'Throttling.User', 'BackupJobExists', 'NeverHeardOf'])(
  'a service that repeats what it was sent leaves no secret in an error: %s',
  async (code) => {
    const gateway = await gatewayAnsweredBy(({ headers }) => ({
      status: code === 'InternalError' ? 500 : 403,
      body: { ...REQUEST_ID, Code: code, Message: `you sent ${JSON.stringify(headers)} and the secret ${SECRET}` },
    }));

    const error = await failureOf(gateway.createBackup(INSTANCE, SPEC, FAR_FUTURE));

    const authorization = server?.calls[0]?.headers.authorization ?? '';
    const signature = /Signature=([0-9a-f]{64})/.exec(authorization)?.[1] ?? '';
    expect(signature).toHaveLength(64);
    for (const secret of [SECRET, TOKEN, 'LTAI5tTheKeyOfProd', signature]) expect(everythingIn(error)).not.toContain(secret);
    expect(error instanceof CredentialsError).toBe(code === 'SignatureDoesNotMatch');
  },
);
