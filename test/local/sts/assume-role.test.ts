import { $OpenApiUtil, default as OpenApiCore } from '@alicloud/openapi-core';
import { DescribeRegionsRequest } from '@alicloud/rds20140815';
import * as $dara from '@darabonba/typescript';
import { HOUR_MS } from '../../../lib/base/instant';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { type ClientOptions, failureOf, makeSdkConfig, type RdsRig, startRig } from '../rds/support';

const ROLE_ARN = `acs:ram::${DEFAULT_ACCOUNT_ID}:role/keeper-reader`;

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    identities: {
      roles: [
        { name: 'keeper-reader', policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'rds:DescribeRegions', Resource: '*' }] } },
        { name: 'keeper-partner', externalId: 'partner-1' },
      ],
      users: [{ accessKeyId: 'AK-weak', secret: 's', name: 'weak', policy: { Version: '1', Statement: [] } }],
    },
  });
});

afterEach(() => rig.close());

interface AssumeRoleBody {
  readonly Credentials: { readonly AccessKeyId: string; readonly AccessKeySecret: string; readonly SecurityToken: string; readonly Expiration: string };
  readonly AssumedRoleUser: { readonly Arn: string; readonly AssumedRoleId: string };
}

/** AssumeRole as the core library's generic call makes it. */
async function assume(query: Record<string, string>, options: ClientOptions = {}): Promise<AssumeRoleBody> {
  const client = new OpenApiCore(makeSdkConfig(rig.stsEndpoint, options));
  const params = new $OpenApiUtil.Params({
    action: 'AssumeRole',
    version: '2015-04-01',
    protocol: 'HTTP',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const request = new $OpenApiUtil.OpenApiRequest({ query: { RoleArn: ROLE_ARN, RoleSessionName: 'keeper', ...query } });
  const response = await client.callApi(params, request, new $dara.RuntimeOptions({}));
  return response['body'] as AssumeRoleBody; // the generic call types every answer as any
}

const clientOf = ({ Credentials: { AccessKeyId, AccessKeySecret, SecurityToken } }: AssumeRoleBody): RdsRig['client'] =>
  rig.makeClient({ accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken });

describe('AssumeRole', () => {
  test('serialization: credentials, their end, and who one has become', async () => {
    const body = await assume({});

    expect(body).toMatchObject({
      AssumedRoleUser: { Arn: `${ROLE_ARN}/keeper`, AssumedRoleId: expect.stringMatching(/^\d+:keeper$/) },
      Credentials: { AccessKeyId: expect.stringMatching(/^STS\./), Expiration: '2026-11-21T02:00:00Z' },
    });
  });

  test.each<{ name: string; query: Record<string, string>; status: number; code: string }>([
    { name: 'an unknown role', query: { RoleArn: `acs:ram::${DEFAULT_ACCOUNT_ID}:role/nobody` }, status: 404, code: 'EntityNotExist.Role' },
    { name: 'a role of another account', query: { RoleArn: 'acs:ram::9999999999999999:role/keeper-reader' }, status: 404, code: 'EntityNotExist.Role' },
    { name: 'a role that is no ARN', query: { RoleArn: 'keeper-reader' }, status: 400, code: 'InvalidParameter.RoleArn' },
    { name: 'no role', query: { RoleArn: '' }, status: 400, code: 'MissingRoleArn' },
    { name: 'no session name', query: { RoleSessionName: '' }, status: 400, code: 'MissingRoleSessionName' },
    { name: 'a session name with blanks', query: { RoleSessionName: 'my session' }, status: 400, code: 'InvalidParameter.RoleSessionName' },
    { name: 'less than a quarter of an hour', query: { DurationSeconds: '899' }, status: 400, code: 'InvalidParameter.DurationSeconds' },
    { name: 'more than an hour', query: { DurationSeconds: '3601' }, status: 400, code: 'InvalidParameter.DurationSeconds' },
    { name: 'a policy of its own', query: { Policy: '{}' }, status: 400, code: 'InvalidParameter.PolicyGrammar' },
  ])('validation: refuses $name', async ({ query, status, code }) => {
    expect(await failureOf(assume(query))).toMatchObject({ statusCode: status, code });
  });

  test('validation: refuses a caller who may not assume the role', async () => {
    expect(await failureOf(assume({}, { accessKeyId: 'AK-weak', accessKeySecret: 's' }))).toMatchObject({ statusCode: 403, code: 'NoPermission' });
  });

  test('functionality: a role whose trust asks for an external id is assumed with that id only', async () => {
    const RoleArn = `acs:ram::${DEFAULT_ACCOUNT_ID}:role/keeper-partner`;

    await expect(assume({ RoleArn, ExternalId: 'partner-1' })).resolves.toMatchObject({ Credentials: expect.anything() });
    expect(await failureOf(assume({ RoleArn, ExternalId: 'partner-2' }))).toMatchObject({ statusCode: 403, code: 'NoPermission' });
    expect(await failureOf(assume({ RoleArn }))).toMatchObject({ statusCode: 403, code: 'NoPermission' });
  });

  test('functionality: RDS accepts the credentials until their end, with the permissions of the role', async () => {
    const client = clientOf(await assume({ DurationSeconds: '900' }));

    await expect(client.describeRegions(new DescribeRegionsRequest())).resolves.toMatchObject({ statusCode: 200 });
    rig.clock.advance(HOUR_MS / 4);
    expect(await failureOf(client.describeRegions(new DescribeRegionsRequest()))).toMatchObject({ code: 'InvalidSecurityToken.Expired' });
  });

  test('functionality: the store gives the Tablestore server the same credentials, until their end', async () => {
    const { Credentials } = await assume({});

    expect(rig.identities.find(Credentials.AccessKeyId)).toMatchObject({ secret: Credentials.AccessKeySecret, securityToken: Credentials.SecurityToken });
    rig.clock.advance(HOUR_MS);
    expect(rig.identities.find(Credentials.AccessKeyId)).toBeUndefined();
  });

  test('functionality: credentials outlive a restart of the server', async () => {
    const body = await assume({});
    const { records, clock } = rig;
    await rig.close();

    rig = await startRig({ records, clock, identities: { roles: [{ name: 'keeper-reader' }] } });

    await expect(clientOf(body).describeRegions(new DescribeRegionsRequest())).resolves.toMatchObject({ statusCode: 200 });
  });

  test('functionality: faults hit it too', async () => {
    rig.faults.add({ service: 'sts', operation: 'AssumeRole', effect: 'none', reply: { kind: 'throttle' } });

    expect(await failureOf(assume({}))).toMatchObject({ name: 'ThrottlingError', code: 'Throttling.User' });
  });
});
