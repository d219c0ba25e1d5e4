import { CreateBackupRequest, DescribeAvailableCrossRegionRequest, DescribeBackupsRequest, DescribeDBInstancesRequest } from '@alicloud/rds20140815';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const SECRET = 'user-secret';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-two' }],
    identities: {
      users: [
        {
          accessKeyId: 'AK-reader',
          secret: SECRET,
          name: 'reader',
          policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'rds:Describe*', Resource: '*' }] },
        },
        {
          accessKeyId: 'AK-instances',
          secret: SECRET,
          name: 'instances',
          policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'rds:*', Resource: 'acs:rds:*:*:dbinstance/*' }] },
        },
        {
          accessKeyId: 'AK-one',
          secret: SECRET,
          name: 'one',
          policy: {
            Version: '1',
            Statement: [
              { Effect: 'Allow', Action: 'rds:*', Resource: `acs:rds:cn-hangzhou:${DEFAULT_ACCOUNT_ID}:dbinstance/rm-one` },
              { Effect: 'Deny', Action: 'rds:CreateBackup', Resource: '*' },
            ],
          },
        },
      ],
    },
  });
});

afterEach(() => rig.close());

describe('RAM', () => {
  test('lets a user do what a statement allows, and says in detail what it denies', async () => {
    const client = rig.makeClient({ accessKeyId: 'AK-reader', accessKeySecret: SECRET });
    await expect(client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }))).resolves.toMatchObject({ statusCode: 200 });

    const failure = await failureOf(client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one' })));

    expect(failure).toMatchObject({
      name: 'ClientError',
      statusCode: 403,
      code: 'Forbidden.RAM',
      accessDeniedDetail: {
        AuthAction: 'rds:CreateBackup',
        AuthPrincipalDisplayName: 'reader',
        AuthPrincipalOwnerId: DEFAULT_ACCOUNT_ID,
        AuthPrincipalType: 'SubUser',
        NoPermissionType: 'ImplicitDeny',
      },
    });
    expect(rig.world.find('rm-one')?.job).toBeUndefined();
  });

  test('knows instances by region, account and id, and lists by a star', async () => {
    const client = rig.makeClient({ accessKeyId: 'AK-one', accessKeySecret: SECRET });

    await expect(client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-one' }))).resolves.toMatchObject({ statusCode: 200 });
    expect(await failureOf(client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-two' })))).toMatchObject({ code: 'Forbidden.RAM' });
    expect(await failureOf(client.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-hangzhou' })))).toMatchObject({ code: 'Forbidden.RAM' });
  });

  test('asks for everything where it knows no resource: a permission on instances is not enough', async () => {
    const request = new DescribeAvailableCrossRegionRequest({ regionId: 'cn-hangzhou' });
    const onInstances = rig.makeClient({ accessKeyId: 'AK-instances', accessKeySecret: SECRET });
    const onEverything = rig.makeClient({ accessKeyId: 'AK-reader', accessKeySecret: SECRET });

    expect(await failureOf(onInstances.describeAvailableCrossRegion(request))).toMatchObject({ code: 'Forbidden.RAM' });
    await expect(onInstances.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-hangzhou' }))).resolves.toMatchObject({ statusCode: 200 });
    await expect(onEverything.describeAvailableCrossRegion(request)).resolves.toMatchObject({ statusCode: 200 });
  });

  test('says when a deny was meant', async () => {
    const client = rig.makeClient({ accessKeyId: 'AK-one', accessKeySecret: SECRET });

    const failure = await failureOf(client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one' })));

    expect(failure.accessDeniedDetail).toMatchObject({ NoPermissionType: 'ExplicitDeny' });
  });
});
