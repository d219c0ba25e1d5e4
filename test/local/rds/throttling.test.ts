import { DescribeBackupsRequest, DescribeDBInstancesRequest, DescribeRegionsRequest } from '@alicloud/rds20140815';
import { instant } from '../../../lib/base/instant';
import { makeThrottle } from '../../../lib/local/rpc/throttle';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-sh', regionId: 'cn-shanghai' }],
    knobs: { rateLimits: { general: 2 } },
    identities: { users: [{ accessKeyId: 'AK-b', secret: 's', name: 'b', accountId: '2222222222222222' }] },
  });
});

afterEach(() => rig.close());

describe('throttling', () => {
  test('refuses what comes too fast, and names the wait in milliseconds', async () => {
    const ask = (): Promise<unknown> => rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }));
    await ask();
    await ask();

    const failure = await failureOf(ask());

    expect(failure).toMatchObject({ name: 'ThrottlingError', statusCode: 400, code: 'Throttling.User', retryAfter: 500 });
    expect(failure.message).toContain('Request was denied due to user flow control.');
    rig.clock.advance(500);
    await expect(ask()).resolves.toBeDefined();
  });

  test('counts by account and region', async () => {
    const hangzhou = (): Promise<unknown> => rig.client.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-hangzhou' }));
    await hangzhou();
    await hangzhou();
    expect(await failureOf(hangzhou())).toMatchObject({ code: 'Throttling.User' });

    await expect(rig.client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-sh' }))).resolves.toBeDefined();
    await expect(rig.makeClient({ accessKeyId: 'AK-b', accessKeySecret: 's' }).describeRegions(new DescribeRegionsRequest())).resolves.toBeDefined();
  });

  test('keeps a bucket per group, and never more than a second of burst', () => {
    const throttle = makeThrottle({ general: 3, 'cross-region': 1 });
    const take = (group: 'general' | 'cross-region', at: number): number | undefined => throttle.take('account', 'region', group, instant(at));

    expect([1, 2, 3, 4].map(() => take('general', 0))).toEqual([undefined, undefined, undefined, 334]);
    expect([1, 2].map(() => take('cross-region', 0))).toEqual([undefined, 1000]);
    expect([1, 2, 3, 4].map(() => take('general', 60_000))).toEqual([undefined, undefined, undefined, 334]);
  });
});
