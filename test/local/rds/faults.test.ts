import { CreateBackupRequest, DescribeBackupsRequest, DescribeBackupTasksRequest } from '@alicloud/rds20140815';
import * as $dara from '@darabonba/typescript';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FaultReply } from '../../../lib/local/kinds';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-two' }] });
});

afterEach(() => rig.close());

const create = (DBInstanceId = 'rm-one'): Promise<unknown> => rig.client.createBackup(new CreateBackupRequest({ DBInstanceId }));

const runningJobs = async (DBInstanceId = 'rm-one'): Promise<number> => {
  const { body } = await rig.client.describeBackupTasks(new DescribeBackupTasksRequest({ DBInstanceId }));
  return body?.items?.backupJob?.length ?? 0;
};

const REPLIES: readonly { readonly name: string; readonly reply: FaultReply; readonly seen: Readonly<Record<string, unknown>> }[] = [
  { name: 'throttle', reply: { kind: 'throttle', retryAfterMs: 7_000 }, seen: { name: 'ThrottlingError', code: 'Throttling.User', retryAfter: 7_000 } },
  {
    name: 'error',
    reply: { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' },
    seen: { name: 'ServerError', statusCode: 503, code: 'ServiceUnavailable' },
  },
  { name: 'html', reply: { kind: 'html', status: 502 }, seen: { name: 'SyntaxError' } },
  { name: 'empty', reply: { kind: 'empty', status: 503 }, seen: { name: 'SyntaxError' } },
  { name: 'reset', reply: { kind: 'reset' }, seen: { code: 'ECONNRESET' } },
  { name: 'partial', reply: { kind: 'partial' }, seen: { code: 'ECONNRESET' } },
];

describe('a fault', () => {
  test.each(REPLIES)('$name, before the call took effect: the caller sees it and nothing was done', async ({ reply, seen }) => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'none', reply });

    expect(await failureOf(create())).toMatchObject(seen);
    expect(await runningJobs()).toBe(0);
  });

  test.each(REPLIES)('$name, after the call took effect: the caller sees the same and a backup runs', async ({ reply, seen }) => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply });

    expect(await failureOf(create())).toMatchObject(seen);
    expect(await runningJobs()).toBe(1);
  });

  test('stall: nothing is answered, and the caller gives up', async () => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'applied', reply: { kind: 'stall' } });
    const client = rig.makeClient();
    const options = { readTimeout: 100, connectTimeout: 100 };

    const failure = await failureOf(client.createBackupWithOptions(new CreateBackupRequest({ DBInstanceId: 'rm-one' }), new $dara.RuntimeOptions(options)));

    expect(failure.name).toBe('RequestTimeoutError');
    expect(await runningJobs()).toBe(1);
  });

  test('a delayed request takes effect when it arrives', async () => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 10 * MINUTE_MS }, reply: { kind: 'reset' } });
    await failureOf(create());

    rig.clock.advance(10 * MINUTE_MS - 1);
    expect(await runningJobs()).toBe(0);

    rig.clock.advance(1);
    expect(await runningJobs()).toBe(1);
    expect(rig.world.find('rm-one')?.job?.startedAt).toBe(rig.clock.now());
  });

  test('a delayed request starts at its own moment, however late anybody looks', async () => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 10 * MINUTE_MS }, reply: { kind: 'reset' } });
    await failureOf(create());
    const sentAt = rig.clock.now();

    rig.clock.advance(5 * HOUR_MS);
    await runningJobs();

    expect(rig.world.find('rm-one')?.sets.map((set) => set.startedAt - sentAt)).toEqual([10 * MINUTE_MS]);
  });

  test('a delayed request meets the rules of the moment of its arrival', async () => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 10 * MINUTE_MS }, reply: { kind: 'reset' } });
    await failureOf(create());
    rig.world.planNextJob('rm-one', { durationMs: HOUR_MS });
    const jobId = rig.world.humanBackup('rm-one');

    rig.clock.advance(3 * HOUR_MS);
    await runningJobs();

    expect(rig.world.find('rm-one')?.sets.map((set) => set.jobId)).toEqual([jobId]);
  });

  test('a delayed request survives a restart, and takes effect once', async () => {
    rig.faults.add({ service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 10 * MINUTE_MS }, reply: { kind: 'reset' } });
    await failureOf(create());
    await rig.close();

    rig = await startRig({ records: rig.records, clock: rig.clock });
    rig.clock.advance(2 * HOUR_MS);
    rig.world.settle(rig.clock.now());
    await rig.close();
    rig = await startRig({ records: rig.records, clock: rig.clock });
    rig.world.settle(rig.clock.now());

    expect(rig.world.find('rm-one')?.sets).toHaveLength(1);
  });

  test('hits only the instance it names', async () => {
    rig.faults.add({ service: 'rds', operation: '*', match: { DBInstanceId: 'rm-two' }, effect: 'none', reply: { kind: 'reset' } });

    await expect(create('rm-one')).resolves.toBeDefined();
    expect(await failureOf(create('rm-two'))).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a stale list shows the world as it was', async () => {
    rig.world.planNextJob('rm-one', { durationMs: 10 * MINUTE_MS });
    await create();
    rig.clock.advance(15 * MINUTE_MS);
    rig.faults.add({ service: 'rds', operation: '*', times: 2, effect: 'applied', reply: { kind: 'stale', byMs: 10 * MINUTE_MS } });

    const stale = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }));
    const staleJobs = await runningJobs();
    const fresh = await rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }));

    expect([stale.body?.totalRecordCount, staleJobs, fresh.body?.totalRecordCount, await runningJobs()]).toEqual(['0', 1, '1', 0]);
  });

  test('leaves the world alone when the journal cannot be written', async () => {
    rig.records.push = () => {
      throw new Error('no space left on device');
    };

    const failure = await failureOf(create());

    expect(failure).toMatchObject({ name: 'ServerError', statusCode: 500, code: 'InternalError' });
    expect(failure.message).toContain('no space left on device');
    expect(rig.world.find('rm-one')?.job).toBeUndefined();
  });
});
