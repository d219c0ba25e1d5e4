import { instant } from '../../../lib/base/instant';
import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { RdsGateway } from '../../../lib/domain/ports';
import type { SettingsWrite } from '../../../lib/domain/settings';
import { makeVirtualClock } from '../../support/virtual-clock';
import { type StubAnswer, type StubCall, type StubServer, startStubServer } from '../stub-server';
import { failureOf, makeStubGateway } from './rig';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
  jest.useRealTimers();
});

async function gatewayAnsweredBy(answer: (call: StubCall) => StubAnswer): Promise<RdsGateway> {
  server = await startStubServer(answer);
  return makeStubGateway(server.endpoint, makeVirtualClock());
}

const DATA = {
  RequestId: 'REQ-1',
  PreferredBackupPeriod: 'Monday,Sunday',
  PreferredBackupTime: '15:00Z-16:00Z',
  BackupRetentionPeriod: 7,
  BackupLog: 'Enable',
  // What the SDK's own model throws on, or turns into NaN:
  EnableIncrementDataBackup: 'True',
  SupportModifyBackupPriority: 'False',
  BackupPriority: '',
  BackupInterval: '-1',
};
const LOG = {
  RequestId: 'REQ-2',
  EnableBackupLog: '1',
  LocalLogRetentionHours: '',
  LogBackupLocalRetentionNumber: '-1',
  LogBackupRetentionPeriod: { days: 7 },
};

/** A moment that no call here reaches. */
const LATER = instant(Date.UTC(2030, 0, 1));

const WRITE: SettingsWrite = {
  mode: 'log',
  changed: ['localLogHours'],
  values: {
    dataRetentionDays: 7,
    backupDays: ['mon', 'sun'],
    backupWindowMinute: 0,
    method: undefined,
    category: undefined,
    snapshotInterval: undefined,
    incremental: undefined,
    priority: undefined,
    logFrequency: undefined,
    releasedKeep: undefined,
    compression: undefined,
    archiveRetentionDays: undefined,
    archiveKeep: undefined,
    archiveKeepCount: undefined,
    logBackup: true,
    logRetentionDays: 7,
    localLogHours: 24,
    localLogSpacePercent: 30,
    highSpaceProtection: true,
    localLogCount: undefined,
  },
};

test('one call for each view, whatever the JSON types in it', async () => {
  const gateway = await gatewayAnsweredBy(({ query }) => ({ body: query['BackupPolicyMode'] === 'DataBackupPolicy' ? DATA : LOG }));

  const settings = await gateway.readSettings('rm-1');

  expect(settings).toMatchObject({
    dataRetentionDays: 7,
    backupDays: ['mon', 'sun'],
    incremental: true,
    priority: undefined,
    snapshotInterval: 'off',
    logBackup: true,
    localLogHours: undefined,
    localLogCount: 'unlimited',
    logRetentionDays: undefined,
    supports: { priority: false },
  });
  expect(server?.calls.map(({ query }) => query)).toEqual([
    { DBInstanceId: 'rm-1', BackupPolicyMode: 'DataBackupPolicy' },
    { DBInstanceId: 'rm-1', BackupPolicyMode: 'LogBackupPolicy' },
  ]);
});

test('an answer without any settings has failed, so that nothing passes for as agreed', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { RequestId: 'REQ-1' } }));

  const error = await failureOf(gateway.readSettings('rm-1'));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('DescribeBackupPolicy for rm-1 failed: the answer cannot be read (no retention, no days and no time of backups in it)');
});

test('a write is one call, and of its answer nothing is read', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { RequestId: 'REQ-1', DBInstanceID: { odd: 1 }, LocalLogRetentionHours: 'x' } }));

  await gateway.writeSettings('rm-1', WRITE, LATER);

  expect(server?.calls.map(({ action, query }) => ({ action, query }))).toEqual([
    {
      action: 'ModifyBackupPolicy',
      query: {
        DBInstanceId: 'rm-1',
        BackupPolicyMode: 'LogBackupPolicy',
        EnableBackupLog: '1',
        LocalLogRetentionHours: '24',
        LocalLogRetentionSpace: '30',
        HighSpaceUsageProtection: 'Enable',
      },
    },
  ]);
});

test('a write whose answer is lost is repeated: its values are absolute', async () => {
  let lost = 2;
  const gateway = await gatewayAnsweredBy(() => {
    lost -= 1;
    return lost >= 0 ? { status: 502, body: '<html></html>' } : { body: { RequestId: 'REQ-1' } };
  });

  await gateway.writeSettings('rm-1', WRITE, LATER);

  expect(gateway.apiCalls()).toEqual({ ModifyBackupPolicy: 3 });
});

test('a write without a required field is not sent', async () => {
  const gateway = await gatewayAnsweredBy(() => ({ body: { RequestId: 'REQ-1' } }));

  const error = await failureOf(gateway.writeSettings('rm-1', { ...WRITE, values: { ...WRITE.values, highSpaceProtection: undefined } }, LATER));

  expect(error).toMatchObject({ code: 'refused', reason: 'invalid-request', hint: expect.stringContaining('console') });
  expect(server?.calls).toHaveLength(0);
});

test('an advanced policy is refused by that name, with the way out', async () => {
  const gateway = await gatewayAnsweredBy(() => ({
    status: 400,
    body: { RequestId: 'REQ-1', Code: 'IncorrectBackupPolicy', Message: 'The current instance has an advanced backup policy enabled.' },
  }));

  const error = await failureOf(gateway.writeSettings('rm-1', WRITE, LATER));

  expect(error).toMatchObject({
    reason: 'advanced-policy',
    operation: 'ModifyBackupPolicy',
    target: 'rm-1',
    hint: expect.stringContaining('only the console'),
  });
  expect(gateway.apiCalls()).toEqual({ ModifyBackupPolicy: 1 });
});
