import { plusMs } from '../../../lib/base/instant';
import { AmbiguousError, ThrottledError } from '../../../lib/domain/cloud-errors';
import type { CrossRegionWrite } from '../../../lib/domain/cross-region';
import { allOf, at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const ON = {
  DBInstanceId: 'rm-1',
  BackupEnabled: 'Enable',
  LogBackupEnabled: 'Enable',
  CrossBackupRegion: 'cn-beijing',
  CrossBackupType: '1',
  RetentType: 1,
  Retention: 30,
  BackupEnabledTime: '2026-11-01T02:03:04Z',
  LogBackupEnabledTime: '2026-11-02T02:03:04Z',
  LockMode: 'Unlock',
};
const NEVER_ON = { isEnabled: false, destination: undefined, retentionDays: undefined, copiesLogs: false, enabledAt: undefined, logsEnabledAt: undefined };

const stub = useStub();

describe('settings', () => {
  test('are read for an instance of the region', async () => {
    const gateway = await stub.answering(() => ok(ON));

    expect(await gateway.readCrossRegionSettings('rm-1')).toEqual({
      isEnabled: true,
      destination: 'cn-beijing',
      retentionDays: 30,
      copiesLogs: true,
      enabledAt: at('2026-11-01T02:03:04Z'),
      logsEnabledAt: at('2026-11-02T02:03:04Z'),
    });
    expect(stub.calls()).toEqual([{ action: 'DescribeInstanceCrossBackupPolicy', query: { DBInstanceId: 'rm-1', RegionId: 'cn-hangzhou' } }]);
  });

  test.each([
    { word: 'Enable', isEnabled: true },
    { word: 'enabled', isEnabled: true },
    { word: '1', isEnabled: true },
    { word: 1, isEnabled: true },
    { word: 'Disable', isEnabled: false },
    { word: 'Disabled', isEnabled: false },
    { word: '0', isEnabled: false },
    { word: 0, isEnabled: false },
    { word: '', isEnabled: false },
    { word: 'null', isEnabled: false },
  ])('with the switches at $word are on: $isEnabled', async ({ word, isEnabled }) => {
    const gateway = await stub.answering(() => ok({ ...ON, BackupEnabled: word, LogBackupEnabled: word }));

    expect(await gateway.readCrossRegionSettings('rm-1')).toMatchObject({ isEnabled, copiesLogs: isEnabled, destination: 'cn-beijing', retentionDays: 30 });
  });

  test.each([
    { name: 'words for nothing', body: { DBInstanceId: 'rm-1', LockMode: 'null', BackupEnabled: 'Disabled', LogBackupEnabled: 'Disabled' } },
    {
      name: 'empty texts',
      body: {
        DBInstanceId: 'rm-1',
        BackupEnabled: '',
        LogBackupEnabled: '',
        CrossBackupRegion: '',
        Retention: '',
        BackupEnabledTime: '',
        LogBackupEnabledTime: '',
      },
    },
    { name: 'nothing but the id', body: { DBInstanceId: 'rm-1', LockMode: 'null', Retention: null } },
  ])('that never were are off: $name', async ({ body }) => {
    const gateway = await stub.answering(() => ok(body));

    expect(await gateway.readCrossRegionSettings('rm-1')).toEqual(NEVER_ON);
  });

  test('that never were, and make the service fail, are off after one look at the list of those that were', async () => {
    const gateway = await stub.answering(({ action }) =>
      action === 'DescribeInstanceCrossBackupPolicy' ? refused('InternalError', 500) : ok({ TotalRecords: 0, Items: { Item: [] } }),
    );

    expect(await gateway.readCrossRegionSettings('rm-1')).toEqual(NEVER_ON);
    expect(stub.calls()).toEqual([
      { action: 'DescribeInstanceCrossBackupPolicy', query: { DBInstanceId: 'rm-1', RegionId: 'cn-hangzhou' } },
      { action: 'DescribeCrossRegionBackupDBInstance', query: { DBInstanceId: 'rm-1', RegionId: 'cn-hangzhou', PageNumber: '1', PageSize: '100' } },
    ]);
  });

  test('that exist are read again after an internal error', async () => {
    const gateway = await stub.answering(({ action }, number) => {
      if (action === 'DescribeCrossRegionBackupDBInstance') return ok({ TotalRecords: 1, Items: { Item: [ON] } });
      return number < 4 ? refused('InternalError', 500) : ok(ON);
    });

    expect(await gateway.readCrossRegionSettings('rm-1')).toMatchObject({ isEnabled: true });
    expect(gateway.apiCalls()).toEqual({ DescribeInstanceCrossBackupPolicy: 3, DescribeCrossRegionBackupDBInstance: 1 });
  });

  test('that exist, and that a lasting internal error hides, do not pass for switched off', async () => {
    const gateway = await stub.answering(({ action }) =>
      action === 'DescribeInstanceCrossBackupPolicy' ? refused('InternalError', 500) : ok({ TotalRecords: 1, Items: { Item: [ON] } }),
    );

    await expect(failureOf(gateway.readCrossRegionSettings('rm-1'))).resolves.toBeInstanceOf(AmbiguousError);
  });

  test('are not off because the service is down', async () => {
    const gateway = await stub.answering(() => refused('ServiceUnavailable', 503));

    await expect(failureOf(gateway.readCrossRegionSettings('rm-1'))).resolves.toBeInstanceOf(AmbiguousError);
    expect(gateway.apiCalls()).toEqual({ DescribeInstanceCrossBackupPolicy: 4 });
  });

  test('are not read out of an answer about nothing', async () => {
    const gateway = await stub.answering(() => ok({}));

    await expect(failureOf(gateway.readCrossRegionSettings('rm-1'))).resolves.toMatchObject({
      message: expect.stringContaining('no cross-region settings in it'),
    });
  });
});

describe('the bulk list', () => {
  test('is read to its end, by the total that has a name of its own', async () => {
    const items = Array.from({ length: 130 }, (_, index) => ({ ...ON, DBInstanceId: `rm-${index}`, DBInstanceStatus: index === 7 ? 'Released' : 'Running' }));
    const gateway = await stub.answering(({ query }) => {
      const start = (Number(query['PageNumber']) - 1) * 100;
      return ok({ TotalRecords: 130, ItemsNumbers: 100, Items: { Item: items.slice(start, start + 100) } });
    });

    const instances = await allOf(gateway.listCrossRegionInstances());

    expect(instances.map(({ instanceId }) => instanceId)).toEqual(items.map(({ DBInstanceId }) => DBInstanceId));
    expect(instances[7]).toEqual({
      instanceId: 'rm-7',
      status: 'Released',
      isEnabled: true,
      destination: 'cn-beijing',
      retentionDays: 30,
      copiesLogs: true,
      enabledAt: at('2026-11-01T02:03:04Z'),
      logsEnabledAt: at('2026-11-02T02:03:04Z'),
    });
    expect(stub.calls()).toHaveLength(2);
  });

  test.each([
    { name: 'without a list', members: { TotalRecords: 0 }, says: 'no list of instances in it' },
    { name: 'with an instance without an id', members: { TotalRecords: 1, Items: { Item: [{ ...ON, DBInstanceId: '' }] } }, says: 'an instance without an id' },
  ])('$name is refused as a whole', async ({ members, says }) => {
    const gateway = await stub.answering(() => ok(members));

    expect((await failureOf(allOf(gateway.listCrossRegionInstances()))).message).toContain(says);
  });

  test('of a region without cross-region backup is refused with the reason', async () => {
    const gateway = await stub.answering(() => refused('CrossBackupNotSupport', 403));

    await expect(failureOf(allOf(gateway.listCrossRegionInstances()))).resolves.toMatchObject({ reason: 'cross-region-unsupported' });
  });
});

describe('a write', () => {
  const WRITE: CrossRegionWrite = { isEnabled: true, destination: 'cn-beijing', retentionDays: 90, copiesLogs: true };
  const soon = (): ReturnType<typeof plusMs> => plusMs(stub.clock().now(), 60_000);

  test.each<{ name: string; write: Partial<CrossRegionWrite>; switches: readonly [string, string] }>([
    { name: 'data and logs on', write: {}, switches: ['1', '1'] },
    { name: 'data only', write: { copiesLogs: false }, switches: ['1', '0'] },
    { name: 'off, and logs with it', write: { isEnabled: false }, switches: ['0', '0'] },
  ])('says everything, with switches as digits: $name', async ({ write, switches }) => {
    const gateway = await stub.answering(() => ok({}));

    await gateway.writeCrossRegionSettings('rm-1', { ...WRITE, ...write }, soon());

    const query = {
      DBInstanceId: 'rm-1',
      RegionId: 'cn-hangzhou',
      BackupEnabled: switches[0],
      LogBackupEnabled: switches[1],
      CrossBackupRegion: 'cn-beijing',
      CrossBackupType: '1',
      RetentType: '1',
      Retention: '90',
    };
    expect(stub.calls()).toEqual([{ action: 'ModifyInstanceCrossBackupPolicy', query }]);
  });

  test('to the region of the instance itself is not sent', async () => {
    const gateway = await stub.answering(() => ok({}));

    const error = await failureOf(gateway.writeCrossRegionSettings('rm-1', { ...WRITE, destination: 'cn-hangzhou' }, soon()));

    expect(error).toMatchObject({ reason: 'invalid-request', hint: 'choose another region for the copies' });
    expect(stub.calls()).toEqual([]);
  });

  test('is not sent after its time', async () => {
    const gateway = await stub.answering(() => ok({}));

    const error = await failureOf(gateway.writeCrossRegionSettings('rm-1', WRITE, plusMs(stub.clock().now(), -1)));

    expect(error).toBeInstanceOf(ThrottledError);
    expect(stub.calls()).toEqual([]);
  });

  test('whose answer is lost is sent again: its values are absolute', async () => {
    const gateway = await stub.answering((_call, number) => (number === 1 ? refused('InternalError', 500) : ok({})));

    await expect(gateway.writeCrossRegionSettings('rm-1', WRITE, soon())).resolves.toBeUndefined();
    expect(stub.calls()).toHaveLength(2);
  });

  test('to a region where the account was never activated tells how to activate it', async () => {
    const gateway = await stub.answering(() => refused('DstRegionNoUser'));

    await expect(failureOf(gateway.writeCrossRegionSettings('rm-1', WRITE, soon()))).resolves.toMatchObject({
      reason: 'destination-not-activated',
      hint: expect.stringMatching(/buy page.*destination region.*nothing needs to be bought/),
    });
  });
});

describe('destinations', () => {
  test('are those that the service names', async () => {
    const gateway = await stub.answering(() => ok({ Regions: { Region: ['cn-beijing', 'cn-shanghai'] } }));

    expect(await gateway.listCopyDestinations()).toEqual(['cn-beijing', 'cn-shanghai']);
    expect(stub.calls()).toEqual([{ action: 'DescribeAvailableCrossRegion', query: { RegionId: 'cn-hangzhou' } }]);
  });

  test('are not none because the list has another shape', async () => {
    const gateway = await stub.answering(() => ok({ Regions: ['cn-beijing'] }));

    expect((await failureOf(gateway.listCopyDestinations())).message).toContain('no list of regions in it');
  });
});

test('cross-region calls keep to a rate of their own', async () => {
  const gateway = await stub.answering(() => ok({ ...ON, Regions: { Region: [] } }));
  const start = stub.clock().now();

  for (let call = 0; call < 31; call += 1) await gateway.readCrossRegionSettings(`rm-${call}`);

  const seconds = (stub.clock().now() - start) / 1_000;
  expect(seconds).toBeGreaterThan(5.5);
  expect(seconds).toBeLessThan(6.5);
});
