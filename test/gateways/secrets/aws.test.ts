// secret://aws references through the official SDK and the wire of the local Secrets Manager.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type KeeperError, UsageError } from '../../../lib/base/errors';
import { plusMs } from '../../../lib/base/instant';
import { readAwsSettings } from '../../../lib/gateways/secrets/aws-settings';
import type { FaultReply } from '../../../lib/local/kinds';
import { type AwsUser, DEFAULT_AWS_USER } from '../../../lib/local/secrets';
import { startStubServer } from '../stub-server';
import { type AwsRig, startAwsRig } from './aws-rig';

/** Must never be seen in an error. */
const CANARY = 'canary-7f3a9c';

let rig: AwsRig;
afterEach(() => rig.close());

function failureOf(work: Promise<unknown>): Promise<KeeperError> {
  return work.then(
    () => Promise.reject(new Error('it was resolved')),
    (error: KeeperError) => error,
  );
}

describe('a secret is there', () => {
  beforeEach(async () => {
    rig = await startAwsRig();
    rig.store.put('prod/rds', JSON.stringify({ id: 'LTAI1', secret: CANARY, port: 3306, empty: '', nothing: null }));
    rig.store.put('prod/token', 'plain token');
  });

  test('a field of a JSON secret, by name', async () => {
    await expect(rig.secrets().resolve('secret://aws/prod/rds#secret')).resolves.toBe(CANARY);
  });

  test('a secret as a whole', async () => {
    await expect(rig.secrets().resolve('secret://aws/prod/token')).resolves.toBe('plain token');
  });

  test('by its ARN, in the region of the ARN whatever AWS_REGION says', async () => {
    const arn = rig.store.find('prod/rds')?.arn;

    await expect(rig.secrets({ AWS_REGION: 'eu-west-1' }).resolve(`secret://aws/${arn}#id`)).resolves.toBe('LTAI1');
  });

  test('two fields of one secret are one read', async () => {
    const secrets = rig.secrets();

    await Promise.all([secrets.resolve('secret://aws/prod/rds#id'), secrets.resolve('secret://aws/prod/rds#secret')]);
    await secrets.resolve('secret://aws/prod/rds#id');

    expect(rig.reads()).toBe(1);
  });

  test('AWS_DEFAULT_REGION and AWS_ENDPOINT_URL serve where the nearer variables are not set', async () => {
    const { AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER } = rig.env;
    const secrets = rig.secrets({
      AWS_REGION: '',
      AWS_DEFAULT_REGION: AWS_REGION,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: undefined,
      AWS_ENDPOINT_URL: AWS_ENDPOINT_URL_SECRETS_MANAGER,
    });

    await expect(secrets.resolve('secret://aws/prod/token')).resolves.toBe('plain token');
  });

  test.each([
    { name: 'no such field', key: 'password', code: 'secret-missing', says: 'the secret has no field password' },
    { name: 'a field that every object inherits', key: 'constructor', code: 'secret-missing', says: 'has no field constructor' },
    { name: 'a field that is empty', key: 'empty', code: 'secret-missing', says: 'it is empty' },
    { name: 'a field that is a number', key: 'port', code: 'secret-malformed', says: 'the field port is no text' },
    { name: 'a field that is null', key: 'nothing', code: 'secret-malformed', says: 'the field nothing is no text' },
  ])('$name: the error names the reference and no value', async ({ key, code, says }) => {
    const error = await failureOf(rig.secrets().resolve(`secret://aws/prod/rds#${key}`));

    expect(error).toMatchObject({ code, message: expect.stringContaining(`cannot resolve secret://aws/prod/rds#${key}: `), hint: expect.any(String) });
    expect(error.message).toContain(says);
    expect(inspect(error, { depth: 9 })).not.toContain(CANARY);
  });

  test.each([
    { name: 'text', value: `${CANARY} {`, says: 'the secret is no JSON object' },
    { name: 'a JSON list', value: `["${CANARY}"]`, says: 'the secret is no JSON object' },
    { name: 'a JSON text', value: `"${CANARY}"`, says: 'the secret is no JSON object' },
  ])('a field of a secret that is $name: malformed, and the parser quotes nothing', async ({ value, says }) => {
    rig.store.put('odd', value);

    const error = await failureOf(rig.secrets().resolve('secret://aws/odd#key'));

    expect(error).toMatchObject({ code: 'secret-malformed', message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 9 })).not.toContain(CANARY);
  });

  test('a binary secret, an empty one and one that is too large are no secrets to us', async () => {
    rig.store.put('binary', Buffer.from([1, 2]));
    rig.store.put('large', 'x'.repeat(64 * 1024 + 1));

    await expect(failureOf(rig.secrets().resolve('secret://aws/binary'))).resolves.toMatchObject({
      code: 'secret-missing',
      message: expect.stringContaining('is binary'),
    });
    await expect(failureOf(rig.secrets().resolve('secret://aws/large'))).resolves.toMatchObject({
      message: expect.stringContaining('larger than 65536 bytes'),
    });
  });
});

describe('a secret is not to be had', () => {
  const weak: AwsUser = { accessKeyId: 'AKIAWEAK', secretAccessKey: 'weak-secret', name: 'weak', statements: [] };
  const REFERENCE = 'secret://aws/prod/rds#secret';

  beforeEach(async () => {
    rig = await startAwsRig({ users: [DEFAULT_AWS_USER, weak] });
    rig.store.put('prod/rds', JSON.stringify({ secret: CANARY }));
  });

  test('unknown', async () => {
    const error = await failureOf(rig.secrets().resolve('secret://aws/prod/other#secret'));

    expect(error).toMatchObject({
      code: 'secret-missing',
      message: 'cannot resolve secret://aws/prod/other#secret: AWS Secrets Manager in us-east-1 has no such secret, or no current version of it',
    });
    expect(rig.reads()).toBe(1);
  });

  test('marked for deletion, or deleted', async () => {
    rig.store.delete('prod/rds', { recoverable: true });
    const marked = await failureOf(rig.secrets().resolve(REFERENCE));
    rig.store.delete('prod/rds');
    const gone = await failureOf(rig.secrets().resolve(REFERENCE));

    expect(marked).toMatchObject({ code: 'secret-missing', message: expect.stringContaining('marked for deletion') });
    expect(gone).toMatchObject({ code: 'secret-missing', message: expect.stringContaining('no such secret') });
  });

  test('the AWS key may not read it: the action and the ARN to allow', async () => {
    const error = await failureOf(rig.secrets({ AWS_ACCESS_KEY_ID: weak.accessKeyId, AWS_SECRET_ACCESS_KEY: weak.secretAccessKey }).resolve(REFERENCE));

    expect(error).toMatchObject({
      code: 'secret-denied',
      message: `cannot resolve ${REFERENCE}: the AWS access key may not secretsmanager:GetSecretValue`,
      hint: 'allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:<AWS account>:secret:prod/rds-?????? to the AWS access key',
    });
  });

  test('the key of the secret may not be used', async () => {
    rig.breakReads({ kind: 'error', status: 400, code: 'AccessDeniedException', message: 'Access to KMS is not allowed' });

    await expect(failureOf(rig.secrets().resolve(REFERENCE))).resolves.toMatchObject({ code: 'secret-denied', hint: expect.stringContaining('kms:Decrypt') });
  });

  test.each([
    { type: 'DecryptionFailure', code: 'secret-denied', says: 'cannot be decrypted' },
    { type: 'InvalidParameterException', code: 'secret-missing', says: 'does not accept this name' },
    { type: 'ExpiredTokenException', code: 'secret-denied', says: 'the AWS access key is not accepted (ExpiredTokenException)' },
    { type: 'SomethingNew', code: 'secret-store-unreachable', says: 'no usable answer (SomethingNew)' },
    { type: 'odd type 1', code: 'secret-store-unreachable', says: 'no usable answer (unknown reason)' },
  ])('the service answers $type: asked once', async ({ type, code, says }) => {
    rig.breakReads({ kind: 'error', status: 400, code: type, message: CANARY });

    const error = await failureOf(rig.secrets().resolve(REFERENCE));

    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 9 })).not.toContain(CANARY);
    expect(rig.reads()).toBe(1);
  });

  test('a denied ARN is named as it is', async () => {
    const arn = rig.store.find('prod/rds')?.arn;

    const error = await failureOf(
      rig.secrets({ AWS_ACCESS_KEY_ID: weak.accessKeyId, AWS_SECRET_ACCESS_KEY: weak.secretAccessKey }).resolve(`secret://aws/${arn}`),
    );

    expect(error.hint).toBe(`allow secretsmanager:GetSecretValue on ${arn} to the AWS access key`);
  });

  test.each([
    { name: 'an unknown AWS key', env: { AWS_ACCESS_KEY_ID: 'AKIAOTHER' }, says: 'UnrecognizedClientException' },
    { name: 'a wrong AWS secret', env: { AWS_SECRET_ACCESS_KEY: 'wrong' }, says: 'InvalidSignatureException' },
    { name: 'a session token that belongs to no one', env: { AWS_SESSION_TOKEN: 'token' }, says: 'UnrecognizedClientException' },
    { name: 'another region', env: { AWS_REGION: 'eu-west-1' }, says: 'InvalidSignatureException' },
    { name: 'no AWS key', env: { AWS_ACCESS_KEY_ID: undefined }, says: 'the environment variable AWS_ACCESS_KEY_ID is not set' },
    { name: 'no AWS secret', env: { AWS_SECRET_ACCESS_KEY: ' ' }, says: 'the environment variable AWS_SECRET_ACCESS_KEY is not set' },
    { name: 'no region', env: { AWS_REGION: undefined }, says: 'the environment variable AWS_REGION is not set' },
    { name: 'a region that is none', env: { AWS_REGION: 'x.example.com/' }, says: 'the environment variable AWS_REGION is no region' },
  ])('$name', async ({ env, says }) => {
    const error = await failureOf(rig.secrets(env).resolve(REFERENCE));

    expect(error).toMatchObject({ code: 'secret-denied', message: expect.stringContaining(`cannot resolve ${REFERENCE}: `), hint: expect.any(String) });
    expect(error.message).toContain(says);
    expect(inspect(error, { depth: 9 })).not.toContain(DEFAULT_AWS_USER.secretAccessKey);
  });

  test('a signing date that is too far off points to the clock', async () => {
    const secrets = rig.secrets();
    jest.setSystemTime(plusMs(rig.clock.now(), 6 * 60_000));

    await expect(failureOf(secrets.resolve(REFERENCE))).resolves.toMatchObject({
      code: 'secret-denied',
      hint: expect.stringContaining('the clock of this machine'),
    });
  });

  test.each([
    { name: 'plain http to another machine', url: 'http://secrets.example.com' },
    { name: 'a path', url: 'https://secrets.example.com/path' },
    { name: 'no URL', url: 'not a url' },
  ])('an endpoint that is $name is a usage error', async ({ url }) => {
    const error = await failureOf(rig.secrets({ AWS_ENDPOINT_URL_SECRETS_MANAGER: url }).resolve(REFERENCE));

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('AWS_ENDPOINT_URL_SECRETS_MANAGER');
  });
});

test.each([
  { region: 'eu-central-1', endpoint: 'https://secretsmanager.eu-central-1.amazonaws.com' },
  { region: 'cn-north-1', endpoint: 'https://secretsmanager.cn-north-1.amazonaws.com.cn' },
])('without an endpoint it is that of the region: $region', async ({ region, endpoint }) => {
  rig = await startAwsRig();
  const env = { ...rig.env, AWS_ENDPOINT_URL_SECRETS_MANAGER: '', AWS_REGION: region, AWS_SESSION_TOKEN: 'token' };

  expect(readAwsSettings(env, 'prod', 'secret://aws/prod')).toMatchObject({ region, endpoint, credentials: { sessionToken: 'token' } });
});

describe('a store in trouble', () => {
  const REFERENCE = 'secret://aws/prod/rds#secret';
  const PASSING: readonly { name: string; reply: FaultReply }[] = [
    { name: 'throttling', reply: { kind: 'throttle' } },
    { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalServiceError', message: 'An error occurred on the server side.' } },
    { name: 'an unavailable service', reply: { kind: 'error', status: 503, code: 'ServiceUnavailableException', message: 'later' } },
    { name: 'the page of a proxy', reply: { kind: 'html', status: 502 } },
    { name: 'a page that looks like success', reply: { kind: 'html', status: 200 } },
    { name: 'an empty answer', reply: { kind: 'empty', status: 200 } },
    { name: 'a reset', reply: { kind: 'reset' } },
    { name: 'half an answer', reply: { kind: 'partial' } },
    { name: 'silence', reply: { kind: 'stall' } },
  ];

  beforeEach(async () => {
    rig = await startAwsRig({ timeoutMs: 150 });
    rig.store.put('prod/rds', JSON.stringify({ secret: CANARY }));
  });

  test.each(PASSING)('$name that passes is overcome', async ({ reply }) => {
    rig.breakReads(reply, 1);

    await expect(rig.secrets().resolve(REFERENCE)).resolves.toBe(CANARY);
    expect(rig.reads()).toBe(2);
  });

  test.each(PASSING)('$name that lasts ends after three tries, with the reference and without a part of the answer', async ({ reply }) => {
    rig.breakReads(reply, 9);

    const error = await failureOf(rig.secrets().resolve(REFERENCE));

    expect(error).toMatchObject({ message: expect.stringContaining(REFERENCE), code: 'secret-store-unreachable' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY);
    expect(rig.reads()).toBe(3);
  });

  test('nobody listens', async () => {
    const error = await failureOf(rig.secrets({ AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' }).resolve(REFERENCE));

    expect(error).toMatchObject({ code: 'secret-store-unreachable', message: expect.stringContaining(`cannot resolve ${REFERENCE}: `) });
  });

  test('an answer without end is cut off', async () => {
    const stub = await startStubServer(() => ({ body: { SecretString: 'x'.repeat(2_000_000) } }));
    try {
      const error = await failureOf(rig.secrets({ AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.endpoint }).resolve(REFERENCE));

      expect(error).toMatchObject({ code: 'secret-store-unreachable', message: expect.stringContaining('AnswerTooLarge') });
      expect(stub.calls).toHaveLength(1);
    } finally {
      await stub.close();
    }
  });

  test('profile files are not looked at, whatever they say', async () => {
    const home = await mkdtemp(join(tmpdir(), 'keeper-aws-'));
    const stub = await startStubServer(() => ({ body: {} }));
    const before = { ...process.env };
    try {
      await mkdir(join(home, '.aws'));
      await writeFile(join(home, '.aws/config'), `[default]\nregion = eu-west-1\nendpoint_url = ${stub.endpoint}\nmax_attempts = 7\n`);
      await writeFile(join(home, '.aws/credentials'), '[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = file\n');
      process.env['HOME'] = home;

      await expect(rig.secrets().resolve(REFERENCE)).resolves.toBe(CANARY);
      await expect(failureOf(rig.secrets({ AWS_ACCESS_KEY_ID: '' }).resolve(REFERENCE))).resolves.toMatchObject({ code: 'secret-denied' });
      expect(stub.calls).toHaveLength(0);
    } finally {
      process.env['HOME'] = before['HOME'];
      await stub.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
