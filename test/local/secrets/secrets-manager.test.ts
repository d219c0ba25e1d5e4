// The local Secrets Manager through the official SDK, and requests that no SDK would make.
import { createHash, createHmac } from 'node:crypto';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MINUTE_MS, plusMs } from '../../../lib/base/instant';
import { makeFaultPlan } from '../../../lib/local/faults';
import { closeServer, LOOPBACK, listenOnLoopback } from '../../../lib/local/loopback';
import { AWS_REGION, type AwsUser, DEFAULT_AWS_USER, makeSecretStore, makeSecretsServer, type SecretStore } from '../../../lib/local/secrets';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

const EXPIRES_AFTER_MS = 10 * MINUTE_MS;

let clock: VirtualClock;
let store: SecretStore;
let endpoint: string;
let close: () => Promise<void>;
let clients: SecretsManagerClient[] = [];

beforeAll(() => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
});

beforeEach(async () => {
  clock = makeVirtualClock();
  const now = () => clock.now();
  store = makeSecretStore({ now, secrets: { 'prod/rds': 'first' } });
  const allow = (...Action: string[]) => [{ Effect: 'Allow' as const, Action, Resource: 'arn:aws:secretsmanager:*:*:secret:prod/*' }];
  const users: AwsUser[] = [
    DEFAULT_AWS_USER,
    { accessKeyId: 'AKIAREADER', secretAccessKey: 'r', name: 'reader', statements: allow('secretsmanager:GetSecretValue') },
    {
      accessKeyId: 'AKIABARRED',
      secretAccessKey: 'b',
      name: 'barred',
      statements: [...allow('secretsmanager:*'), { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
    },
    { accessKeyId: 'ASIATEMP', secretAccessKey: 't', sessionToken: 'token-1', name: 'temporary', expiresAt: plusMs(clock.now(), EXPIRES_AFTER_MS) },
  ];
  const server = makeSecretsServer({ now, users, secrets: store, faults: makeFaultPlan(), latencyMs: 0 });
  endpoint = `http://${LOOPBACK}:${await listenOnLoopback(server)}`;
  close = () => closeServer(server);
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await close();
  jest.useRealTimers();
});

function clientOf(accessKeyId: string = DEFAULT_AWS_USER.accessKeyId, secretAccessKey: string = DEFAULT_AWS_USER.secretAccessKey, sessionToken?: string) {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const client = new SecretsManagerClient({ region: AWS_REGION, endpoint, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

const get = (input: { SecretId?: string; VersionId?: string; VersionStage?: string } = {}, client = clientOf()) =>
  client.send(new GetSecretValueCommand({ SecretId: 'prod/rds', ...input }));

describe('GetSecretValue', () => {
  test('serialization: the text, who it is, and when it was made', async () => {
    await expect(get()).resolves.toMatchObject({
      ARN: expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:prod\/rds-[0-9a-f]{6}$/),
      Name: 'prod/rds',
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date('2026-11-21T01:00:00Z'),
    });
  });

  test('by ARN, whole or without its last characters', async () => {
    const arn = store.find('prod/rds')?.arn ?? '';

    await expect(get({ SecretId: arn })).resolves.toMatchObject({ SecretString: 'first' });
    await expect(get({ SecretId: arn.slice(0, -7) })).resolves.toMatchObject({ SecretString: 'first' });
  });

  test('by stage and by version, after a rotation', async () => {
    const { VersionId } = await get();
    store.rotate('prod/rds', 'second');

    await expect(get()).resolves.toMatchObject({ SecretString: 'second' });
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).resolves.toMatchObject({ SecretString: 'first' });
    await expect(get({ VersionId: VersionId ?? '' })).resolves.toMatchObject({ SecretString: 'first' });
    await expect(get({ VersionStage: 'AWSPENDING' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(get({ VersionId: VersionId ?? '', VersionStage: 'AWSCURRENT' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('secrets are made and changed over the wire too', async () => {
    const client = clientOf();
    await client.send(new CreateSecretCommand({ Name: 'prod/new', SecretString: 'one' }));
    await client.send(new PutSecretValueCommand({ SecretId: 'prod/new', SecretString: 'two' }));

    await expect(get({ SecretId: 'prod/new' })).resolves.toMatchObject({ SecretString: 'two' });
    await expect(client.send(new CreateSecretCommand({ Name: 'prod/new', SecretString: 'x' }))).rejects.toMatchObject({ name: 'ResourceExistsException' });
    await expect(client.send(new CreateSecretCommand({ Name: 'a b', SecretString: 'x' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    { name: 'an unknown secret', id: 'prod/other', type: 'ResourceNotFoundException' },
    { name: 'an empty name', id: '', type: 'ValidationException' },
  ])('refuses $name', async ({ id, type }) => {
    await expect(get({ SecretId: id })).rejects.toMatchObject({ name: type, $metadata: { httpStatusCode: 400 } });
  });

  test('refuses a secret that waits for its deletion, and forgets one that is gone', async () => {
    store.delete('prod/rds', { recoverable: true });
    await expect(get()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    store.delete('prod/rds');
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(() => store.rotate('prod/rds', 'x')).toThrow(RangeError);
  });
});

describe('who may', () => {
  test('identity policies are asked by action and ARN', async () => {
    const reader = clientOf('AKIAREADER', 'r');
    store.put('other', 'x');

    await expect(get({}, reader)).resolves.toMatchObject({ SecretString: 'first' });
    await expect(get({ SecretId: 'other' }, reader)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/^User: arn:aws:iam::111122223333:user\/reader is not authorized to perform: secretsmanager:GetSecretValue on resource: /),
    });
    await expect(reader.send(new PutSecretValueCommand({ SecretId: 'prod/rds', SecretString: 'x' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(get({}, clientOf('AKIABARRED', 'b'))).rejects.toMatchObject({ message: expect.stringContaining('explicit deny') });
  });

  test.each([
    { name: 'an unknown key', key: ['AKIANOBODY', 'x'], type: 'UnrecognizedClientException' },
    { name: 'a wrong secret', key: ['AKIAREADER', 'wrong'], type: 'InvalidSignatureException' },
    { name: 'temporary credentials without their token', key: ['ASIATEMP', 't'], type: 'UnrecognizedClientException' },
    { name: 'temporary credentials with another token', key: ['ASIATEMP', 't', 'token-2'], type: 'UnrecognizedClientException' },
  ] as const)('refuses $name', async ({ key, type }) => {
    await expect(get({}, clientOf(...key))).rejects.toMatchObject({ name: type });
  });

  test('temporary credentials hold until they expire', async () => {
    await expect(get({}, clientOf('ASIATEMP', 't', 'token-1'))).resolves.toMatchObject({ SecretString: 'first' });
    clock.advance(EXPIRES_AFTER_MS);
    await expect(get({}, clientOf('ASIATEMP', 't', 'token-1'))).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  test.each([
    { name: 'old', skewMs: -6 * MINUTE_MS, says: /^Signature expired/ },
    { name: 'early', skewMs: 6 * MINUTE_MS, says: /^Signature not yet current/ },
  ])('refuses a signature that is too $name', async ({ skewMs, says }) => {
    jest.setSystemTime(clock.now() + skewMs);

    await expect(get()).rejects.toMatchObject({ name: 'InvalidSignatureException', message: expect.stringMatching(says) });
  });
});

describe('requests that no SDK would make', () => {
  const HEADERS = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue', 'x-amz-date': '20261121T010000Z' };
  const BODY = '{"SecretId":"prod/rds"}';

  interface Signing {
    readonly headers?: Readonly<Record<string, string>>;
    readonly scope?: string;
    readonly signed?: readonly string[];
    readonly body?: string;
  }

  /** Signature Version 4 written once more, by the worked example of the documents. */
  function authorizationOf({ headers = HEADERS, scope = `20261121/${AWS_REGION}/secretsmanager/aws4_request`, signed, body = BODY }: Signing): string {
    const all: Record<string, string> = { host: new URL(endpoint).host, ...headers };
    const names = signed ?? Object.keys(all).sort();
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    const request = ['POST', '/', '', ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), digest(body)].join('\n');
    let key: Buffer | string = `AWS4${DEFAULT_AWS_USER.secretAccessKey}`;
    for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
    const text = ['AWS4-HMAC-SHA256', HEADERS['x-amz-date'], scope, digest(request)].join('\n');
    const signature = createHmac('sha256', key).update(text).digest('hex');
    return `AWS4-HMAC-SHA256 Credential=${DEFAULT_AWS_USER.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  }

  async function send(headers: Readonly<Record<string, string>>, body = BODY): Promise<{ status: number; type: unknown; date: string | null }> {
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    const answer: unknown = await response.json();
    const type = typeof answer === 'object' && answer !== null && '__type' in answer ? answer.__type : undefined;
    return { status: response.status, type, date: response.headers.get('date') };
  }

  test('a request signed by hand is answered, with the date of the world', async () => {
    await expect(send({ ...HEADERS, authorization: authorizationOf({}) })).resolves.toEqual({
      status: 200,
      type: undefined,
      date: 'Sat, 21 Nov 2026 01:00:00 GMT',
    });
  });

  test.each<{ name: string; signing?: Signing; headers?: Readonly<Record<string, string>>; body?: string; type: string; status?: number }>([
    { name: 'a body that was changed after it was signed', signing: { body: '{"SecretId":"other"}' }, type: 'InvalidSignatureException' },
    { name: 'a target that is not signed', signing: { signed: ['content-type', 'host', 'x-amz-date'] }, type: 'InvalidSignatureException' },
    { name: 'a host that is not signed', signing: { signed: ['content-type', 'x-amz-date', 'x-amz-target'] }, type: 'InvalidSignatureException' },
    { name: 'another service', signing: { scope: `20261121/${AWS_REGION}/s3/aws4_request` }, type: 'InvalidSignatureException' },
    { name: 'another region', signing: { scope: '20261121/eu-west-1/secretsmanager/aws4_request' }, type: 'InvalidSignatureException' },
    { name: 'the scope of another day', signing: { scope: `20261120/${AWS_REGION}/secretsmanager/aws4_request` }, type: 'InvalidSignatureException' },
    { name: 'no signature', headers: HEADERS, type: 'MissingAuthenticationTokenException' },
    { name: 'another kind of signature', headers: { ...HEADERS, authorization: 'Bearer x' }, type: 'IncompleteSignatureException' },
    {
      name: 'an operation that it does not have',
      headers: { ...HEADERS, 'x-amz-target': 'secretsmanager.DeleteSecret' },
      type: 'UnknownOperationException',
      status: 404,
    },
    { name: 'another service as the target', headers: { ...HEADERS, 'x-amz-target': 'kms.Decrypt' }, type: 'UnknownOperationException', status: 404 },
    { name: 'a body that is no JSON', signing: { body: 'SecretId' }, body: 'SecretId', type: 'SerializationException' },
    { name: 'a body that is no object', signing: { body: '[]' }, body: '[]', type: 'SerializationException' },
    { name: 'a body that is too large', body: 'x'.repeat(300_000), type: 'RequestEntityTooLargeException', status: 413 },
  ])('refuses $name', async ({ signing, headers, body, type, status = 400 }) => {
    const sent = headers ?? { ...HEADERS, authorization: authorizationOf(signing ?? {}) };

    await expect(send(sent, body)).resolves.toMatchObject({ type, status });
  });
});
