import { request } from 'node:http';
import { DescribeRegionsRequest, ListTagResourcesRequest } from '@alicloud/rds20140815';
import * as $dara from '@darabonba/typescript';
import { formatInstant, HOUR_MS, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import { DEFAULT_ACCOUNT_ID, DEFAULT_USER } from '../../../lib/local/identities';
import { failureOf, ONE_MYSQL, type RdsRig, type SdkFailure, startRig } from './support';

/** Characters that the wire and the canonical form escape differently. */
const HOSTILE = "a b+c,d*(e)'!~é中&x=y%20";

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [{ ...ONE_MYSQL, description: HOSTILE }],
    identities: {
      users: [{ accessKeyId: 'AK-off', secret: 's', name: 'former', isActive: false }],
      roles: [{ name: 'reader' }],
      bearerTokens: { 'bearer-1': DEFAULT_USER.accessKeyId },
    },
  });
});

afterEach(() => rig.close());

const regions = (client = rig.client, headers: Record<string, string> = {}): Promise<unknown> =>
  client.describeRegionsWithOptions(
    new DescribeRegionsRequest(),
    new $dara.RuntimeOptions({ extendsParameters: new $dara.ExtendsParameters({ headers, queries: {} }) }),
  );

const temporary = (): { accessKeyId: string; accessKeySecret: string; securityToken: string } => {
  const credentials = rig.identities.assume(DEFAULT_ACCOUNT_ID, 'reader', 'test', plusMs(rig.clock.now(), HOUR_MS));
  if (credentials === undefined) throw new Error('there is no such role');
  return { accessKeyId: credentials.accessKeyId, accessKeySecret: credentials.secret, securityToken: credentials.securityToken };
};

/** A request without the SDK. */
function raw(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`http://${rig.endpoint}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe('authentication', () => {
  test.each(['ACS3-HMAC-SHA256', 'v2'])('accepts what the SDK signs with %s, whatever is in the query', async (signatureAlgorithm) => {
    const client = rig.makeClient(signatureAlgorithm === 'v2' ? { signatureAlgorithm } : {});

    const { body } = await client.listTagResources(
      new ListTagResourcesRequest({ regionId: 'cn-hangzhou', resourceType: 'INSTANCE', resourceId: [HOSTILE, 'rm-one'] }),
    );

    expect(body?.tagResources?.tagResource).toEqual([]);
  });

  test.each([{ signatureAlgorithm: 'v2' }, {}])('accepts temporary credentials until they expire: %j', async (algorithm) => {
    const client = rig.makeClient({ ...temporary(), ...algorithm });
    await expect(regions(client)).resolves.toBeDefined();

    rig.clock.advance(HOUR_MS);

    expect(await failureOf(regions(client))).toMatchObject({ statusCode: 400, code: 'InvalidSecurityToken.Expired' });
  });

  test.each([{ signatureAlgorithm: 'v2' }, {}])('accepts a bearer token it knows: %j', async (algorithm) => {
    await expect(regions(rig.makeClient({ bearerToken: 'bearer-1', ...algorithm }))).resolves.toBeDefined();

    expect(await failureOf(regions(rig.makeClient({ bearerToken: 'bearer-2', ...algorithm })))).toMatchObject({ statusCode: 400, code: 'InvalidBearerToken' });
  });

  test.each<{ name: string; call: () => Promise<unknown>; failure: Partial<SdkFailure> }>([
    { name: 'a wrong secret', call: () => regions(rig.makeClient({ accessKeySecret: 'wrong' })), failure: { statusCode: 400, code: 'SignatureDoesNotMatch' } },
    {
      name: 'a wrong secret, classic',
      call: () => regions(rig.makeClient({ accessKeySecret: 'wrong', signatureAlgorithm: 'v2' })),
      failure: { statusCode: 400, code: 'SignatureDoesNotMatch' },
    },
    {
      name: 'an unknown key',
      call: () => regions(rig.makeClient({ accessKeyId: 'AK-none' })),
      failure: { statusCode: 404, code: 'InvalidAccessKeyId.NotFound' },
    },
    {
      name: 'a forged temporary key',
      call: () => regions(rig.makeClient({ accessKeyId: `${temporary().accessKeyId}x` })),
      failure: { statusCode: 404, code: 'InvalidAccessKeyId.NotFound' },
    },
    {
      name: 'a disabled key',
      call: () => regions(rig.makeClient({ accessKeyId: 'AK-off', accessKeySecret: 's' })),
      failure: { statusCode: 400, code: 'InvalidAccessKeyId.Inactive' },
    },
    {
      name: 'temporary credentials without their token',
      call: () => regions(rig.makeClient({ ...temporary(), securityToken: '' })),
      failure: { statusCode: 400, code: 'MissingSecurityToken' },
    },
    {
      name: "temporary credentials with another's token",
      call: () => regions(rig.makeClient({ ...temporary(), securityToken: 'x' })),
      failure: { statusCode: 400, code: 'InvalidSecurityToken.Malformed' },
    },
    {
      name: 'a token with a key that has none',
      call: () => regions(rig.makeClient({ securityToken: 'x' })),
      failure: { statusCode: 400, code: 'InvalidSecurityToken.MismatchWithAccessKey' },
    },
    {
      name: 'a date that is none',
      call: () => regions(rig.client, { 'x-acs-date': 'yesterday' }),
      failure: { statusCode: 400, code: 'InvalidTimeStamp.Format' },
    },
    {
      name: 'an unknown version of the API',
      call: () => regions(rig.client, { 'x-acs-version': '2013-01-01' }),
      failure: { statusCode: 400, code: 'InvalidVersion' },
    },
    {
      name: 'an unknown operation',
      call: () => regions(rig.client, { 'x-acs-action': 'DropEverything' }),
      failure: { statusCode: 404, code: 'InvalidApi.NotFound' },
    },
  ])('refuses $name', async ({ call, failure }) => {
    expect(await failureOf(call())).toMatchObject(failure);
  });

  test.each([
    { name: 'sixteen minutes late', shiftMs: 16 * MINUTE_MS, code: 'InvalidTimeStamp.Expired' },
    { name: 'sixteen minutes early', shiftMs: -16 * MINUTE_MS, code: 'InvalidTimeStamp.Expired' },
    { name: 'fourteen minutes late', shiftMs: 14 * MINUTE_MS, code: undefined },
  ])('measures the signing date by the world: a caller $name', async ({ shiftMs, code }) => {
    // The SDK signs with the global Date; the world keeps its own time.
    jest.setSystemTime(rig.clock.now() - shiftMs);

    const outcome = await regions().then(
      () => undefined,
      (error: SdkFailure) => error.code,
    );

    expect(outcome).toBe(code);
  });

  test('takes a nonce once, and again when no request with it could still be valid', async () => {
    const once = { 'x-acs-signature-nonce': 'n-1' };
    await regions(rig.client, once);

    expect(await failureOf(regions(rig.client, once))).toMatchObject({ statusCode: 400, code: 'SignatureNonceUsed' });
    rig.clock.advance(31 * MINUTE_MS);
    await expect(regions(rig.client, once)).resolves.toBeDefined();
  });

  test.each([
    {
      name: 'no signature at all',
      method: 'POST',
      path: '/',
      headers: { 'x-acs-action': 'DescribeRegions', 'x-acs-version': '2014-08-15' },
      code: 'MissingAccessKeyId',
    },
    {
      name: 'a half-signed one',
      method: 'POST',
      path: '/',
      headers: { 'x-acs-action': 'DescribeRegions', 'x-acs-version': '2014-08-15', authorization: 'ACS3 x' },
      code: 'SignatureDoesNotMatch',
    },
    { name: 'another method', method: 'DELETE', path: '/', headers: {}, code: 'UnsupportedHTTPMethod' },
    { name: 'nothing to do', method: 'GET', path: '/', headers: {}, code: 'InvalidApi.NotFound' },
  ])('answers an HTTP request with $name in the shape of the gateway', async ({ method, path, headers, code }) => {
    const { status, text } = await raw(method, path, headers as Record<string, string>);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(text)).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      HostId: 'rds.aliyuncs.com',
      Code: code,
      Message: expect.any(String),
      Recommend: expect.stringContaining('https://api.aliyun.com/troubleshoot?q='),
    });
  });

  test('refuses a body beyond a mebibyte', async () => {
    const { status, text } = await raw('POST', '/', {}, 'x'.repeat(1024 * 1024 + 1));

    expect([status, JSON.parse(text).Code]).toEqual([413, 'RequestEntityTooLarge']);
  });

  test('refuses a signature over too few headers', async () => {
    const headers = {
      'x-acs-action': 'DescribeRegions',
      'x-acs-version': '2014-08-15',
      'x-acs-date': formatInstant(rig.clock.now()),
      authorization: `ACS3-HMAC-SHA256 Credential=${DEFAULT_USER.accessKeyId},SignedHeaders=host,Signature=${'0'.repeat(64)}`,
    };

    const { status, text } = await raw('POST', '/', headers);

    expect([status, JSON.parse(text).Code]).toEqual([400, 'SignatureDoesNotMatch']);
  });
});
