// Credentials that a service stops accepting: looked up anew once, and the call made once more, through the official SDK and the local cloud.
import { MINUTE_MS } from '../../../lib/base/instant';
import { silentLogger } from '../../../lib/base/logger';
import { AmbiguousError, type CloudError, CredentialsError } from '../../../lib/domain/cloud-errors';
import type { RdsGateway } from '../../../lib/domain/ports';
import type { CredentialsPolicy } from '../../../lib/domain/protection-policy';
import { makeCredentials, withRenewal } from '../../../lib/gateways/credentials';
import { makeRateBudgets, makeRdsGateway } from '../../../lib/gateways/rds';
import { DEFAULT_USER } from '../../../lib/local/identities';
import { type GatewayRig, startGatewayRig, WHOLE_INSTANCE } from '../rds/rig';
import { secretsOf } from '../secrets-of';

const AK: CredentialsPolicy = { type: 'ak', accessKeyId: 'env://KEY', accessKeySecret: 'env://SECRET' };
const ROLE: CredentialsPolicy = { type: 'role', roleArn: 'acs:ram::1234567890123456:role/keeper', sessionName: 'keeper', externalId: undefined, source: AK };

let rig: GatewayRig;
/** What the references give: the tests change it under the gateway. */
let env: Record<string, string>;
let resolved: number;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: [{ id: 'rm-one', engine: 'MySQL' }], identities: { roles: [{ name: 'keeper' }] } });
  env = { KEY: DEFAULT_USER.accessKeyId, SECRET: DEFAULT_USER.secret };
  resolved = 0;
});
afterEach(() => rig.close());

function credentialsOf(policy: CredentialsPolicy) {
  const kept = secretsOf(env, rig.clock);
  const secrets: typeof kept = {
    resolve: (reference, options) => {
      if (options?.anew === true) resolved += 1;
      return kept.resolve(reference, options);
    },
  };
  return makeCredentials(policy, { account: 'prod', secrets, clock: rig.clock, random: () => 0.5, timeoutMs: 2_000, stsEndpoint: `http://${rig.stsEndpoint}` });
}

function gatewayOf(policy: CredentialsPolicy = AK): RdsGateway {
  const { clock } = rig;
  const budgets = makeRateBudgets({ clock, ratePerSecond: 100, crossRegionRatePerSecond: 5 });
  const credentials = credentialsOf(policy);
  return makeRdsGateway({
    account: 'prod',
    region: 'cn-hangzhou',
    endpoint: `http://${rig.endpoint}`,
    credentials,
    budgets,
    clock,
    random: () => 0.5,
    timeoutMs: 2_000,
    logger: silentLogger,
  });
}

/** The key that the gateway holds stops working; the new one is where the old one was. */
function rotate(): void {
  rig.identities.addUser({ ...DEFAULT_USER, isActive: false });
  rig.identities.addUser({ accessKeyId: 'AK-new', secret: 'new-secret', name: 'keeper' });
  Object.assign(env, { KEY: 'AK-new', SECRET: 'new-secret' });
}

function failureOf(work: Promise<unknown>): Promise<CloudError> {
  return work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: CloudError) => error,
  );
}

test.each([
  { name: 'a key', policy: AK },
  { name: 'a role that the key assumes', policy: ROLE },
])('$name that was rotated: twenty calls at once succeed, after one new look', async ({ policy }) => {
  const gateway = gatewayOf(policy);
  await gateway.findInstance('rm-one', { withTags: false });
  rotate();
  rig.clock.advance(2 * 60 * MINUTE_MS);

  const found = await Promise.all(Array.from({ length: 20 }, () => gateway.findInstance('rm-one', { withTags: false })));

  expect(found.map((instance) => instance?.id)).toEqual(Array.from({ length: 20 }, () => 'rm-one'));
  expect(resolved).toBeLessThanOrEqual(2); // one new look, at the two parts of the key
});

test('a backup is created once with the new key, when the old one was refused', async () => {
  const gateway = gatewayOf();
  const instance = await rig.instance('rm-one');
  await gateway.findInstance('rm-one', { withTags: false });
  rotate();

  await gateway.createBackup(instance, WHOLE_INSTANCE, rig.noHurry);

  expect(rig.world.find('rm-one')?.starts.filter(({ mode }) => mode === 'Manual')).toHaveLength(1);
  expect(gateway.apiCalls()).toMatchObject({ CreateBackup: 2 });
});

test('a backup that may have been started is not asked for again, whatever becomes of the key', async () => {
  const gateway = gatewayOf();
  const instance = await rig.instance('rm-one');
  await gateway.findInstance('rm-one', { withTags: false });
  rig.breakCalls('CreateBackup', { kind: 'reset' }, 1, 'applied');
  Object.assign(env, { KEY: 'AK-new', SECRET: 'new-secret' });

  await expect(gateway.createBackup(instance, WHOLE_INSTANCE, rig.noHurry)).rejects.toBeInstanceOf(AmbiguousError);
  expect(gateway.apiCalls()).toMatchObject({ CreateBackup: 1 });
});

test('the same key again: the error names the references, nothing is sent twice, and there is one new look a minute', async () => {
  const gateway = gatewayOf();
  rig.identities.addUser({ ...DEFAULT_USER, isActive: false });

  const error = await failureOf(gateway.findInstance('rm-one', { withTags: false }));
  await failureOf(gateway.findInstance('rm-one', { withTags: false }));
  const looks = resolved;
  rig.clock.advance(MINUTE_MS);
  await failureOf(gateway.findInstance('rm-one', { withTags: false }));

  expect(error).toBeInstanceOf(CredentialsError);
  expect(error).toMatchObject({ serviceCode: 'InvalidAccessKeyId.Inactive', message: expect.stringContaining('they are from env://KEY and env://SECRET') });
  expect(gateway.apiCalls()).toEqual({ DescribeDBInstances: 3 });
  expect([looks, resolved]).toEqual([2, 4]);
});

test('a new key that is wrong too: refused twice, and that is told', async () => {
  const gateway = gatewayOf();
  await gateway.findInstance('rm-one', { withTags: false });
  rotate();
  env['SECRET'] = 'another-secret';

  const error = await failureOf(gateway.findInstance('rm-one', { withTags: false }));

  expect(error).toMatchObject({ code: 'credentials', serviceCode: 'SignatureDoesNotMatch', message: expect.stringContaining('env://KEY') });
  expect(error.message).not.toContain('another-secret');
});

test('a reference that gives nothing any more: both facts are told', async () => {
  const gateway = gatewayOf();
  await gateway.findInstance('rm-one', { withTags: false });
  rotate();
  delete env['SECRET'];

  const error = await failureOf(gateway.findInstance('rm-one', { withTags: false }));

  expect(error).toBeInstanceOf(CredentialsError);
  expect(error.message).toMatch(
    /InvalidAccessKeyId\.Inactive.*could not be looked up anew: .*cannot resolve env:\/\/SECRET: the environment variable is not set/,
  );
});

test('a wrong clock is no matter of the key', async () => {
  const gateway = gatewayOf();
  rig.breakCalls('DescribeDBInstances', { kind: 'error', status: 400, code: 'InvalidTimeStamp.Expired', message: 'expired' });

  const error = await failureOf(gateway.findInstance('rm-one', { withTags: false }));

  expect(error).toMatchObject({ code: 'credentials', hint: 'check the clock of this machine' });
  expect(resolved).toBe(0);
});

test('a session that was revoked is made anew from the same key', async () => {
  const gateway = gatewayOf(ROLE);
  await gateway.findInstance('rm-one', { withTags: false });
  rig.breakCalls('DescribeDBInstances', { kind: 'error', status: 400, code: 'InvalidSecurityToken.Expired', message: 'expired' });

  await expect(gateway.findInstance('rm-one', { withTags: false })).resolves.toMatchObject({ id: 'rm-one' });
});

test.each([
  { name: 'the default credentials', policy: { type: 'default' } as const, origin: 'the default credentials of this environment' },
  { name: 'a bearer token', policy: { type: 'bearer', token: 'env://TOKEN' } as const, origin: 'env://TOKEN' },
  { name: 'temporary credentials', policy: { ...AK, type: 'sts', securityToken: 'env://TOKEN' } as const, origin: 'env://KEY, env://SECRET and env://TOKEN' },
  { name: 'a role', policy: ROLE, origin: 'the role acs:ram::1234567890123456:role/keeper, assumed by env://KEY and env://SECRET' },
])('$name can be named', ({ policy, origin }) => {
  expect(credentialsOf(policy).origin).toBe(origin);
});

test('the default chain is asked anew too: a key that was put right in the environment is found', async () => {
  const names = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'] as const;
  Object.assign(process.env, { [names[0]]: 'AK-wrong', [names[1]]: 'wrong', ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' });
  try {
    const gateway = gatewayOf({ type: 'default' });
    await failureOf(gateway.findInstance('rm-one', { withTags: false }));
    Object.assign(process.env, { [names[0]]: DEFAULT_USER.accessKeyId, [names[1]]: DEFAULT_USER.secret });
    rig.clock.advance(MINUTE_MS);

    await expect(gateway.findInstance('rm-one', { withTags: false })).resolves.toMatchObject({ id: 'rm-one' });
  } finally {
    for (const name of names) delete process.env[name];
  }
});

test('what is no refusal of credentials passes as it is', async () => {
  const error = new Error('something else');

  await expect(withRenewal(credentialsOf(AK), () => Promise.reject(error))).rejects.toBe(error);
  expect(resolved).toBe(0);
});

describe('a bearer token', () => {
  const BEARER: CredentialsPolicy = { type: 'bearer', token: 'env://TOKEN' };

  test('that was replaced is found; the same one again is none', async () => {
    env['TOKEN'] = 'token-1';
    const credentials = credentialsOf(BEARER);
    const first = await credentials.current();
    env['TOKEN'] = 'token-2';

    expect(await credentials.renew(first)).toBe(true);
    expect(await credentials.renew({ bearerToken: 'token-2' })).toBe(false);
    expect(await credentials.renew({ accessKeyId: 'AK', accessKeySecret: 'secret' })).toBe(true); // who was refused with a key has a token now
  });

  test('has no parts of a key for the SDK', async () => {
    env['TOKEN'] = 'token-1';
    const { sdk } = credentialsOf(BEARER);

    expect([await sdk.getAccessKeyId(), await sdk.getAccessKeySecret(), await sdk.getSecurityToken()]).toEqual(['', '', '']);
  });
});

test('after a renewal the second failure is told as it is, when it is another one', async () => {
  const refused = new CredentialsError('refused', { operation: 'X', target: 'y', serviceCode: 'InvalidAccessKeyId.NotFound' });
  const other = new Error('something else');
  const answers: Error[] = [refused, other];

  const work = withRenewal(credentialsOf(AK), () => {
    Object.assign(env, { KEY: 'AK-new', SECRET: 'new-secret' });
    return Promise.reject(answers.shift());
  });

  await expect(work).rejects.toBe(other);
});

test('a refusal of which the service says little is explained all the same', async () => {
  const refused = new CredentialsError('refused', { operation: 'X', target: 'y', serviceCode: 'InvalidAccessKeyId.NotFound' });

  const error = await failureOf(withRenewal(credentialsOf(AK), () => Promise.reject(refused)));

  expect(error).toMatchObject({ message: 'refused; they are from env://KEY and env://SECRET', hint: undefined, requestId: undefined });
});

test('what a store of secrets does wrong, and says in no words of ours, passes as it is', async () => {
  const broken = new RangeError('broken');
  const { clock } = rig;
  const credentials = makeCredentials(AK, { account: 'prod', secrets: { resolve: () => Promise.reject(broken) }, clock, random: () => 0.5, timeoutMs: 2_000 });

  await expect(credentials.current()).rejects.toBe(broken);
});
