import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../lib/base/errors';
import { MINUTE_MS, parseInstant, SECOND_MS } from '../../../lib/base/instant';
import { type CloudError, CredentialsError, DeniedError, RefusedError, ThrottledError, UnreachableError } from '../../../lib/domain/cloud-errors';
import type { CredentialsPolicy } from '../../../lib/domain/protection-policy';
import { type CloudCredentials, type CredentialsDeps, makeCredentials } from '../../../lib/gateways/credentials';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { secretsOf } from '../secrets-of';
import { type StubAnswer, type StubCall, type StubServer, startStubServer } from '../stub-server';

const ENV = { KEY: 'LTAI5tExampleKey', SECRET: 'example-secret', TOKEN: 'example-token', EMPTY: '' };
const AK: CredentialsPolicy = { type: 'ak', accessKeyId: 'env://KEY', accessKeySecret: 'env://SECRET' };

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

function credentialsOf(policy: CredentialsPolicy, over: Partial<CredentialsDeps> = {}): CloudCredentials {
  const secrets = secretsOf(ENV, clock);
  return makeCredentials(policy, { account: 'prod', secrets, clock, random: () => 0.5, timeoutMs: 2_000, ...over });
}

function failureOf(work: Promise<unknown>): Promise<CloudError> {
  return work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: CloudError) => error,
  );
}

describe('named values', () => {
  test.each([
    { name: 'an access key', policy: AK, values: { accessKeyId: 'LTAI5tExampleKey', accessKeySecret: 'example-secret' }, type: 'access_key' },
    {
      name: 'temporary credentials',
      policy: { ...AK, type: 'sts', securityToken: 'env://TOKEN' },
      values: { accessKeyId: 'LTAI5tExampleKey', accessKeySecret: 'example-secret', securityToken: 'example-token' },
      type: 'sts',
    },
    { name: 'a bearer token', policy: { type: 'bearer', token: 'env://TOKEN' }, values: { bearerToken: 'example-token' }, type: 'bearer' },
  ] satisfies readonly { name: string; policy: CredentialsPolicy; values: object; type: string }[])(
    '$name is resolved, for us and for the SDK',
    async ({ policy, values, type }) => {
      const credentials = credentialsOf(policy);

      await expect(credentials.current()).resolves.toEqual(values);
      await expect(credentials.sdk.getCredential()).resolves.toMatchObject({ ...values, type });
      expect([...credentials.secretValues()].sort()).toEqual(Object.values(values).sort());
    },
  );

  test('the SDK gets the parts of a key one by one too', async () => {
    const { sdk } = credentialsOf({ ...AK, type: 'sts', securityToken: 'env://TOKEN' });

    expect([await sdk.getAccessKeyId(), await sdk.getAccessKeySecret(), await sdk.getSecurityToken()]).toEqual([
      'LTAI5tExampleKey',
      'example-secret',
      'example-token',
    ]);
  });

  test('nothing is looked up before the first use', async () => {
    const credentials = credentialsOf({ ...AK, accessKeySecret: 'env://MISSING' });

    expect(credentials.secretValues()).toEqual([]);
    await expect(credentials.current()).rejects.toBeInstanceOf(CredentialsError);
    await expect(credentials.current()).rejects.toMatchObject({
      message: expect.stringContaining('cannot resolve env://MISSING'),
      hint: 'set the environment variable MISSING',
    });
  });

  test('an empty value never makes the library look into the environment', async () => {
    const empty = { resolve: async () => '' };

    const error = await failureOf(credentialsOf(AK, { secrets: empty }).current());

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toBe('no credentials found for account prod: a value is empty');
  });
});

describe('the default', () => {
  const before = { ...process.env };
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'keeper-home-'));
    for (const name of Object.keys(process.env)) if (name.startsWith('ALIBABA_CLOUD_')) delete process.env[name];
    Object.assign(process.env, { HOME: home, ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' });
  });

  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await rm(home, { recursive: true, force: true });
  });

  test("the function's own credentials come first", async () => {
    const functionCredentials = { accessKeyId: 'STS.function', accessKeySecret: 'of-the-function', securityToken: 'token-of-the-function' };
    Object.assign(process.env, { ALIBABA_CLOUD_ACCESS_KEY_ID: 'other', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'other-secret' });

    const credentials = credentialsOf({ type: 'default' }, { functionCredentials });

    await expect(credentials.current()).resolves.toEqual(functionCredentials);
  });

  test('a function without a role has no credentials: that is said, not worked around', async () => {
    const error = await failureOf(credentialsOf({ type: 'default' }, { functionCredentials: { accessKeyId: '', accessKeySecret: '' } }).current());

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.hint).toContain('give the function a role');
  });

  test('the environment is read', async () => {
    Object.assign(process.env, {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIenv',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'env-secret',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'env-token',
    });

    await expect(credentialsOf({ type: 'default' }).current()).resolves.toEqual({
      accessKeyId: 'LTAIenv',
      accessKeySecret: 'env-secret',
      securityToken: 'env-token',
    });
  });

  test('without any, the message says which variables to set, and a second try looks everywhere again', async () => {
    const credentials = credentialsOf({ type: 'default' });

    const error = await failureOf(credentials.current());
    Object.assign(process.env, { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIenv', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'env-secret' });
    const later = await credentials.current();

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toContain('no credentials found for account prod');
    expect(error.hint).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET');
    expect(later).toEqual({ accessKeyId: 'LTAIenv', accessKeySecret: 'env-secret' });
  });
});

describe('a role', () => {
  const ROLE: CredentialsPolicy = { type: 'role', roleArn: 'acs:ram::1234567890123456:role/backup', sessionName: 'keeper', externalId: 'ext-1', source: AK };

  function session(number: number, expiration: string): StubAnswer {
    const Credentials = { AccessKeyId: `STS.key${number}`, AccessKeySecret: `secret-${number}`, SecurityToken: `token-${number}`, Expiration: expiration };
    return { body: { RequestId: 'REQ-1', Credentials, AssumedRoleUser: {} } };
  }

  async function roleAnsweredBy(answer: (call: StubCall, number: number) => StubAnswer, policy: CredentialsPolicy = ROLE): Promise<CloudCredentials> {
    server = await startStubServer(answer);
    return credentialsOf(policy, { stsEndpoint: server.endpoint });
  }

  test('the source signs one AssumeRole; callers at the same time share it', async () => {
    const credentials = await roleAnsweredBy((_call, number) => session(number, '2026-11-21T02:00:00Z'));

    const values = await Promise.all([credentials.current(), credentials.current(), credentials.sdk.getCredential()]);

    expect(values[0]).toEqual({ accessKeyId: 'STS.key1', accessKeySecret: 'secret-1', securityToken: 'token-1' });
    expect(values[2]).toMatchObject({ type: 'sts', securityToken: 'token-1' });
    expect(server?.calls).toHaveLength(1);
    expect(server?.calls[0]).toMatchObject({
      action: 'AssumeRole',
      query: { RoleArn: ROLE.roleArn, RoleSessionName: 'keeper', ExternalId: 'ext-1', DurationSeconds: '3600' },
      headers: { 'x-acs-version': '2015-04-01', authorization: expect.stringContaining('Credential=LTAI5tExampleKey') },
    });
  });

  test('the session is kept until five minutes before it expires', async () => {
    const start = clock.now();
    const credentials = await roleAnsweredBy((_call, number) => session(number, number === 1 ? '2026-11-21T02:00:00Z' : '2026-11-21T03:00:00Z'));
    await credentials.current();

    clock.advance(55 * MINUTE_MS - SECOND_MS);
    const kept = await credentials.current();
    clock.advance(SECOND_MS);
    const renewed = await credentials.current();

    expect(start).toBe(parseInstant('2026-11-21T01:00:00Z'));
    expect(kept).toMatchObject({ accessKeyId: 'STS.key1' });
    expect(renewed).toMatchObject({ accessKeyId: 'STS.key2' });
  });

  test('a role may be assumed from a role', async () => {
    const credentials = await roleAnsweredBy((_call, number) => session(number, '2026-11-21T02:00:00Z'), {
      ...ROLE,
      roleArn: 'acs:ram::2:role/second',
      externalId: undefined,
      source: ROLE,
    });

    const values = await credentials.current();

    expect(values).toMatchObject({ accessKeyId: 'STS.key2' });
    expect(server?.calls[1]?.query).toEqual({ RoleArn: 'acs:ram::2:role/second', RoleSessionName: 'keeper', DurationSeconds: '3600' });
    expect(server?.calls[1]?.headers['x-acs-security-token']).toBe('token-1');
    expect(credentials.secretValues()).toEqual(expect.arrayContaining(['example-secret', 'secret-1', 'token-1', 'secret-2', 'token-2']));
  });

  test.each([
    { name: 'a denial', status: 403, code: 'NoPermission', type: DeniedError, says: 'sts:AssumeRole', calls: 1 },
    { name: 'an unknown role', status: 404, code: 'EntityNotExist.Role', type: RefusedError, says: ROLE.roleArn, calls: 1 },
    { name: 'a wrong secret', status: 400, code: 'SignatureDoesNotMatch', type: CredentialsError, says: 'AssumeRole', calls: 1 },
    { name: 'lasting throttling', status: 429, code: 'Throttling.User', type: ThrottledError, says: 'throttled', calls: 4 },
    {
      name: 'a service that is down: nothing can have happened',
      status: 503,
      code: 'ServiceUnavailable',
      type: UnreachableError,
      says: 'AssumeRole',
      calls: 4,
    },
  ])('$name is a $type.name', async ({ status, code, type, says, calls }) => {
    const credentials = await roleAnsweredBy(() => ({ status, body: { RequestId: 'REQ-1', Code: code, Message: 'No.' } }));

    const error = await failureOf(credentials.current());

    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(says);
    expect(server?.calls).toHaveLength(calls);
  });

  test.each([
    { name: 'no credentials', body: { RequestId: 'REQ-1' } },
    {
      name: 'half the credentials',
      body: { RequestId: 'REQ-1', Credentials: { AccessKeyId: 'STS.1', AccessKeySecret: 's', Expiration: '2026-11-21T02:00:00Z' } },
    },
    {
      name: 'no readable expiry',
      body: { RequestId: 'REQ-1', Credentials: { AccessKeyId: 'STS.1', AccessKeySecret: 's', SecurityToken: 't', Expiration: 'soon' } },
    },
    { name: 'HTML', body: '<html></html>' },
    { name: 'an error with the status of a success', body: { RequestId: 'REQ-1', Code: 'ServiceUnavailable', Message: 'down' } },
  ])('an answer with $name is no session', async ({ body }) => {
    const credentials = await roleAnsweredBy(() => ({ body }));

    await expect(credentials.current()).rejects.toBeInstanceOf(UnreachableError);
  });

  test('after a failure the next caller tries again', async () => {
    const credentials = await roleAnsweredBy((_call, number) =>
      number === 1 ? { status: 403, body: { Code: 'NoPermission', Message: 'No.' } } : session(number, '2026-11-21T02:00:00Z'),
    );

    await failureOf(credentials.current());

    await expect(credentials.current()).resolves.toMatchObject({ accessKeyId: 'STS.key2' });
  });

  test('a source without credentials is named as such, before anything is sent', async () => {
    const credentials = await roleAnsweredBy(() => session(1, '2026-11-21T02:00:00Z'), { ...ROLE, source: { ...AK, accessKeySecret: 'env://MISSING' } });

    await expect(credentials.current()).rejects.toMatchObject({ code: 'credentials', message: expect.stringContaining('env://MISSING') });
    expect(server?.calls).toHaveLength(0);
  });

  test('plain http to another machine is refused at once', () => {
    expect(() => credentialsOf(ROLE, { stsEndpoint: 'http://sts.aliyuncs.com' })).toThrow(UsageError);
  });
});
