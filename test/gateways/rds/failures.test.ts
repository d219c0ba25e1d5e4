import { DAY_MS, MINUTE_MS, plusMs, SECOND_MS } from '../../../lib/base/instant';
import { AmbiguousError, CredentialsError, DeniedError, ThrottledError, UnreachableError } from '../../../lib/domain/cloud-errors';
import type { RdsGateway, SetWindow } from '../../../lib/domain/ports';
import type { CredentialsPolicy } from '../../../lib/domain/protection-policy';
import type { RestoreTarget } from '../../../lib/domain/restore';
import { RDS_ACTIONS, type RdsMethod } from '../../../lib/gateways/rds';
import type { FleetMember } from '../../../lib/local/fleet/spec';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import type { FaultReply } from '../../../lib/local/kinds';
import { completeDisk } from '../../../lib/local/world/custom-disks';
import { ONE_MYSQL } from '../../local/rds/support';
import { plantSets } from '../../support/sets';
import { failureOf, type GatewayRig, startGatewayRig, WHOLE_INSTANCE } from './rig';

const BROKEN: readonly { name: string; reply: FaultReply }[] = [
  { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalError', message: 'The request processing has failed.' } },
  { name: 'an unavailable service', reply: { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'Busy.' } },
  { name: "a proxy's page", reply: { kind: 'html', status: 502 } },
  { name: "a proxy's page that claims success", reply: { kind: 'html', status: 200 } },
  { name: 'an empty answer', reply: { kind: 'empty', status: 503 } },
  { name: 'a reset', reply: { kind: 'reset' } },
  { name: 'half an answer', reply: { kind: 'partial' } },
  { name: 'no answer', reply: { kind: 'stall' } },
];

/** Real milliseconds: long enough for the loopback, short enough to wait for. */
const SHORT_TIMEOUT_MS = 150;

/** It has a set that may be deleted. */
const DELETABLE_MYSQL: FleetMember = {
  ...ONE_MYSQL,
  settings: { retentionDays: 30, logRetentionDays: 7 },
  history: { days: 0, manualSets: [{ id: '300000001', agoMs: 9 * DAY_MS }] },
};

const COPIED_MYSQL: FleetMember = {
  id: 'rm-copied',
  engine: 'MySQL',
  usedGb: 10,
  databases: ['shop'],
  history: { days: 2 },
  crossRegion: { destination: 'cn-beijing', logs: true },
};

let rig: GatewayRig;
let gateway: RdsGateway;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: [DELETABLE_MYSQL, COPIED_MYSQL, { id: 'mssql', engine: 'SQLServer', history: { days: 0 } }] });
  gateway = rig.makeGateway({ timeoutMs: SHORT_TIMEOUT_MS });
});

afterEach(async () => {
  await rig.close();
  jest.useRealTimers();
});

describe('reads', () => {
  test.each(BROKEN)('three times $name, then an answer: three retries with growing waits', async ({ reply }) => {
    rig.breakCalls('DescribeBackupTasks', reply, 3);

    await expect(gateway.listRunningJobs('rm-one')).resolves.toEqual([]);

    expect(gateway.apiCalls()).toEqual({ DescribeBackupTasks: 4 });
    expect(rig.clock.sleeps).toEqual([100, 200, 400]);
  });

  test.each(BROKEN)('lasting: $name ends in a failure that says so', async ({ reply }) => {
    rig.breakCalls('DescribeBackupTasks', reply, 99);

    const error = await failureOf(gateway.listRunningJobs('rm-one'));

    expect(error).toBeInstanceOf(AmbiguousError);
    expect(error.message).toMatch(/^DescribeBackupTasks for rm-one failed: /);
    expect(gateway.apiCalls()).toEqual({ DescribeBackupTasks: 4 });
  });

  test('throttling waits for the time that the service names, then goes on', async () => {
    rig.breakCalls('DescribeBackupTasks', { kind: 'throttle', retryAfterMs: 1_700 }, 2);

    await expect(gateway.listRunningJobs('rm-one')).resolves.toEqual([]);

    expect(rig.clock.sleeps).toEqual([1_700, 1_700]);
  });

  test('lasting throttling is given back to the caller, with the time', async () => {
    rig.breakCalls('DescribeBackupTasks', { kind: 'throttle', retryAfterMs: 2_000 }, 99);

    const error = await failureOf(gateway.listRunningJobs('rm-one'));

    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ retryAfterMs: 2_000 });
    expect(gateway.apiCalls()).toEqual({ DescribeBackupTasks: 4 });
  });

  test('lasting throttling after a lost answer is still throttling: a read leaves nothing in doubt', async () => {
    rig.breakCalls('DescribeBackupTasks', { kind: 'reset' });
    rig.breakCalls('DescribeBackupTasks', { kind: 'throttle', retryAfterMs: 100 }, 99);

    await expect(failureOf(gateway.listRunningJobs('rm-one'))).resolves.toBeInstanceOf(ThrottledError);
  });

  test('throttling slows down whatever comes next', async () => {
    const slow = rig.makeGateway({ ratePerSecond: 10 });
    const start = rig.clock.now();
    for (let call = 0; call < 20; call += 1) await slow.listRunningJobs('rm-one');
    const undisturbedMs = rig.clock.now() - start;
    rig.breakCalls('DescribeBackupTasks', { kind: 'throttle', retryAfterMs: 100 }, 1);
    const restart = rig.clock.now();

    for (let call = 0; call < 20; call += 1) await slow.listRunningJobs('rm-one');

    expect(rig.clock.now() - restart).toBeGreaterThan(undisturbedMs * 1.3);
  });
});

describe('CreateBackup', () => {
  test.each(BROKEN)('after $name is called once, and ambiguous', async ({ reply }) => {
    rig.breakCalls('CreateBackup', reply, 1);

    const error = await failureOf(gateway.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry));

    expect(error).toBeInstanceOf(AmbiguousError);
    expect(error.message).toMatch(/^CreateBackup for rm-one may or may not have taken effect: /);
    expect(gateway.apiCalls()).toEqual({ CreateBackup: 1 });
    expect(rig.world.find('rm-one')?.job).toBeUndefined();
  });

  test('whose reply is lost has made a backup, and only one', async () => {
    rig.breakCalls('CreateBackup', { kind: 'reset' }, 1, 'applied');

    const error = await failureOf(gateway.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry));

    expect(error).toBeInstanceOf(AmbiguousError);
    await expect(gateway.listRunningJobs('rm-one')).resolves.toHaveLength(1);
  });

  test('is repeated after throttling: certainly nothing happened', async () => {
    rig.breakCalls('CreateBackup', { kind: 'throttle', retryAfterMs: 900 }, 2);

    const { jobId } = await gateway.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry);

    expect(gateway.apiCalls()).toEqual({ CreateBackup: 3 });
    expect(rig.clock.sleeps).toEqual([900, 900]);
    expect(rig.world.find('rm-one')?.job?.id).toBe(jobId);
  });

  test('is not repeated past its time', async () => {
    rig.breakCalls('CreateBackup', { kind: 'throttle', retryAfterMs: 4_000 }, 99);
    const instance = await rig.instance('rm-one');

    const error = await failureOf(gateway.createBackup(instance, WHOLE_INSTANCE, plusMs(rig.clock.now(), 5 * SECOND_MS)));

    expect(error).toBeInstanceOf(ThrottledError);
    expect(gateway.apiCalls()).toEqual({ CreateBackup: 2 });
  });

  test('that waits for the rate past its time is not sent at all', async () => {
    const slow = rig.makeGateway({ ratePerSecond: 1 });
    const instance = await rig.instance('rm-one');
    await slow.listRunningJobs('rm-one');

    const error = await failureOf(slow.createBackup(instance, WHOLE_INSTANCE, plusMs(rig.clock.now(), 500)));

    expect(error).toBeInstanceOf(ThrottledError);
    expect(slow.apiCalls()).toEqual({ DescribeBackupTasks: 1 });
    expect(rig.world.find('rm-one')?.job).toBeUndefined();
  });
});

describe('credentials', () => {
  const AK: CredentialsPolicy = { type: 'ak', accessKeyId: 'env://KEY', accessKeySecret: 'env://SECRET' };
  const ROLE: CredentialsPolicy = {
    type: 'role',
    roleArn: `acs:ram::${DEFAULT_ACCOUNT_ID}:role/backup`,
    sessionName: 'keeper',
    externalId: undefined,
    source: AK,
  };

  test('a wrong secret is refused, without retries, and neither key nor secret is repeated', async () => {
    const wrong = rig.makeGateway({ env: { KEY: 'LTAI-local-keeper', SECRET: 'not-the-secret' } });

    const error = await failureOf(wrong.listRunningJobs('rm-one'));

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ serviceCode: 'SignatureDoesNotMatch', hint: 'check the access key id and secret of this account' });
    expect(JSON.stringify(error) + error.stack).not.toMatch(/not-the-secret|LTAI-local-keeper/);
    expect(wrong.apiCalls()).toEqual({ DescribeBackupTasks: 1 });
  });

  test('an unknown access key is refused', async () => {
    const unknown = rig.makeGateway({ env: { KEY: 'LTAI-nobody', SECRET: 'x-secret' } });

    await expect(failureOf(unknown.listRunningJobs('rm-one'))).resolves.toMatchObject({ code: 'credentials', serviceCode: 'InvalidAccessKeyId.NotFound' });
  });

  test('a missing secret is told before any call', async () => {
    const missing = rig.makeGateway({ env: { KEY: 'LTAI-local-keeper' } });

    const error = await failureOf(missing.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry));

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toContain('env://SECRET');
    expect(missing.apiCalls()).toEqual({});
  });

  test('a clock that is off gets a hint about the clock', async () => {
    jest.setSystemTime(rig.clock.now() + 20 * MINUTE_MS); // the SDK signs with the host's clock; the world's stands still

    const error = await failureOf(gateway.listRunningJobs('rm-one'));

    expect(error).toMatchObject({ code: 'credentials', hint: 'check the clock of this machine' });
  });

  test('an assumed role works, and again after its session has expired', async () => {
    rig.identities.addRole({ name: 'backup' });
    const assumed = rig.makeGateway({ policy: ROLE });

    await expect(assumed.listRunningJobs('rm-one')).resolves.toEqual([]);
    rig.clock.advance(59 * MINUTE_MS);
    await expect(assumed.listRunningJobs('rm-one')).resolves.toEqual([]);
  });

  test('a role that does not exist is named', async () => {
    const error = await failureOf(rig.makeGateway({ policy: ROLE }).listRunningJobs('rm-one'));

    expect(error).toMatchObject({ code: 'refused', operation: 'AssumeRole', serviceCode: 'EntityNotExist.Role' });
    expect(error.message).toContain('role/backup');
  });

  test('an STS that is down means that nothing was sent, for CreateBackup too', async () => {
    rig.identities.addRole({ name: 'backup' });
    rig.breakCalls('AssumeRole', { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'Busy.' }, 99);
    const assumed = rig.makeGateway({ policy: ROLE });

    const error = await failureOf(assumed.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry));

    expect(error).toBeInstanceOf(UnreachableError);
    expect(assumed.apiCalls()).toEqual({});
  });

  test('temporary credentials work until they expire, and then the message says so', async () => {
    rig.identities.addRole({ name: 'backup' });
    const session = rig.identities.assume(DEFAULT_ACCOUNT_ID, 'backup', 'somebody', plusMs(rig.clock.now(), 10 * MINUTE_MS));
    const env = { KEY: session?.accessKeyId ?? '', SECRET: session?.secret ?? '', TOKEN: session?.securityToken ?? '' };
    const temporary = rig.makeGateway({ policy: { ...AK, type: 'sts', securityToken: 'env://TOKEN' }, env });

    await expect(temporary.listRunningJobs('rm-one')).resolves.toEqual([]);
    rig.clock.advance(11 * MINUTE_MS);
    const error = await failureOf(temporary.listRunningJobs('rm-one'));

    expect(error).toMatchObject({ code: 'credentials', serviceCode: 'InvalidSecurityToken.Expired' });
    expect(error.hint).toContain('expired');
  });

  test('a bearer token works', async () => {
    rig.identities.addBearerToken('the-bearer-token', 'LTAI-local-keeper');
    const bearer = rig.makeGateway({ policy: { type: 'bearer', token: 'env://TOKEN' }, env: { TOKEN: 'the-bearer-token' } });
    const wrong = rig.makeGateway({ policy: { type: 'bearer', token: 'env://TOKEN' }, env: { TOKEN: 'another-token' } });

    await expect(bearer.listRunningJobs('rm-one')).resolves.toEqual([]);
    await expect(failureOf(wrong.listRunningJobs('rm-one'))).resolves.toBeInstanceOf(CredentialsError);
  });
});

describe('permissions', () => {
  const CALLS: Readonly<Record<RdsMethod, (of: RdsGateway) => Promise<unknown>>> = {
    countInstances: (of) => of.countInstances(),
    listInstances: (of) => of.listInstances({ withTags: true })[Symbol.asyncIterator]().next(),
    findInstance: (of) => of.findInstance('rm-one', { withTags: true }),
    listDatabases: (of) => of.listDatabases('rm-one', 'mysql'),
    listBackupSets: (of) => of.listBackupSets('rm-one', { from: rig.clock.now(), to: rig.clock.now() }),
    findBackupSet: (of) => of.findBackupSet('rm-one', '1'),
    listRunningJobs: (of) => of.listRunningJobs('rm-one'),
    findJob: (of) => of.findJob('rm-one', '1'),
    createBackup: async (of) => of.createBackup(await rig.instance('rm-one'), WHOLE_INSTANCE, rig.noHurry),
    extendExpiry: async (of) => of.extendExpiry(await rig.instance('mssql'), '321000007', 'never'),
    readSettings: (of) => of.readSettings('rm-one'),
    writeSettings: async (of) => of.writeSettings('rm-one', { mode: 'log', values: await rig.gateway.readSettings('rm-one'), changed: [] }, rig.noHurry),
    deleteSets: (of) => of.deleteSets('rm-one', ['300000001'], 'instance-sets', rig.noHurry),
    listDetachedSets: (of) => of.listDetachedSets()[Symbol.asyncIterator]().next(),
    listCrossRegionInstances: (of) => of.listCrossRegionInstances()[Symbol.asyncIterator]().next(),
    readCrossRegionSettings: (of) => of.readCrossRegionSettings('rm-copied'),
    writeCrossRegionSettings: (of) =>
      of.writeCrossRegionSettings('rm-copied', { isEnabled: true, destination: 'cn-beijing', retentionDays: 60, copiesLogs: true }, rig.noHurry),
    listCopyDestinations: (of) => of.listCopyDestinations(),
    listCopies: (of) => of.listCopies('rm-copied', 'cn-beijing', lastDay()),
    findCopiesOf: (of) => of.findCopiesOf('rm-copied', 'cn-beijing', '1'),
    listLogs: async (of) => [await of.listLogs(await rig.instance('rm-copied'), lastDay()), await of.listLogs(await rig.instance('mssql'), lastDay())],
    listCopiedLogs: (of) => of.listCopiedLogs('rm-copied', 'cn-beijing', lastDay()),
    localRecoveryWindow: (of) => of.localRecoveryWindow('rm-copied'),
    copyRecoveryWindow: (of) => of.copyRecoveryWindow('rm-copied', copyId()),
    checkRestore: (of) => of.checkRestore({ ...TARGET, what: { kind: 'copy', copyId: copyId() } }),
    readDetails: (of) => of.readDetails('rm-copied'),
    restoreToNewInstance: async (of) => [
      await of.restoreToNewInstance({ kind: 'copy', copyId: copyId(), copyRegion: 'cn-beijing' }, TARGET, 'token-1'),
      await of.restoreToNewInstance({ kind: 'time', instanceId: 'rm-copied', at: lastDay().to }, { ...TARGET, region: 'cn-hangzhou' }, 'token-2'),
    ],
    restoreTables: (of) =>
      of.restoreTables(
        'rm-copied',
        { kind: 'copy', copyId: copyId(), copyRegion: 'cn-beijing' },
        [{ database: 'shop', newDatabase: 'shop2', tables: [] }],
        'token-3',
      ),
    listSetContents: (of) => of.listSetContents('cn-beijing', copyId()),
    listCustomSnapshots: (of) => of.listCustomSnapshots({})[Symbol.asyncIterator]().next(),
    createCustomSnapshot: (of) => of.createCustomSnapshot({ diskId: 'rcd-1', description: undefined, retentionDays: undefined }),
    deleteCustomSnapshot: (of) => of.deleteCustomSnapshot('rcds-1', false),
    listDownloadLinks: (of) => of.listDownloadLinks('rm-one', '300000001'),
  };
  const TARGET: RestoreTarget = {
    region: 'cn-beijing',
    engine: 'mysql',
    engineVersion: '8.0',
    instanceClass: 'mysql.x4.large.2c',
    storageGb: 500,
    description: undefined,
    payType: 'postpaid',
    vpcId: undefined,
    vSwitchId: undefined,
    zoneId: undefined,
    allowedAddresses: [],
  };
  const lastDay = (): SetWindow => ({ from: plusMs(rig.clock.now(), -DAY_MS), to: plusMs(rig.clock.now(), -MINUTE_MS * 90) });
  const copyId = (): string => rig.world.find('rm-copied')?.copies.at(-1)?.id ?? '';
  const env = { KEY: 'LTAI-limited', SECRET: 'limited-secret' };

  beforeEach(() => {
    plantSets(rig.world, 'mssql', rig.clock.now(), [{ id: '321000007' }]);
    rig.world.commit([{ kind: 'custom-disk', disk: completeDisk({ id: 'rcd-1' }, DEFAULT_ACCOUNT_ID, rig.clock.now()) }]);
  });

  test.each(Object.keys(CALLS) as RdsMethod[])('%s needs exactly the permissions it names', async (method) => {
    const [first] = RDS_ACTIONS[method];
    rig.identities.addUser({
      accessKeyId: env.KEY,
      secret: env.SECRET,
      name: 'limited',
      policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: RDS_ACTIONS[method], Resource: '*' }] },
    });
    await expect(CALLS[method](rig.makeGateway({ env }))).resolves.not.toThrow();

    rig.identities.addUser({ accessKeyId: env.KEY, secret: env.SECRET, name: 'limited', policy: { Version: '1', Statement: [] } });
    const error = await failureOf(CALLS[method](rig.makeGateway({ env })));

    expect(error).toBeInstanceOf(DeniedError);
    expect(error).toMatchObject({ action: first, hint: `grant ${first} to the identity in RAM` });
  });
});
