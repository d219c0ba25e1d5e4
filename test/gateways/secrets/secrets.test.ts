import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KeeperError } from '../../../lib/base/errors';
import { makeSecrets, readFileStart } from '../../../lib/gateways/secrets';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-secrets-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileWith(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return pathToFileURL(path).href;
}

function secretsOf(env: Readonly<Record<string, string>> = {}) {
  return makeSecrets({ env, readFile: readFileStart });
}

async function failureOf(reference: string, env: Readonly<Record<string, string>> = {}): Promise<KeeperError> {
  return secretsOf(env)
    .resolve(reference)
    .then(
      () => Promise.reject(new Error('it was resolved')),
      (error: KeeperError) => error,
    );
}

test('an environment variable is resolved as it is', async () => {
  await expect(secretsOf({ RDS_KEY: ' value ' }).resolve('env://RDS_KEY')).resolves.toBe(' value ');
});

test.each([
  { name: 'a file without a line break', content: 'value', expected: 'value' },
  { name: 'a file with a line break', content: 'value\n', expected: 'value' },
  { name: 'a file of another platform', content: 'value\r\n', expected: 'value' },
  { name: 'a file with two line breaks loses one', content: 'value\n\n', expected: 'value\n' },
  { name: 'a file of the largest size', content: 'x'.repeat(64 * 1024), expected: 'x'.repeat(64 * 1024) },
])('$name', async ({ content, expected }) => {
  const reference = await fileWith('secret', content);

  await expect(secretsOf().resolve(reference)).resolves.toBe(expected);
});

test.each([
  { name: 'a variable that is not set', reference: 'env://MISSING', says: 'the environment variable is not set' },
  { name: 'a variable that is empty', reference: 'env://EMPTY', says: 'it is empty' },
  { name: 'a file that is not there', reference: 'file:///no/such/file', says: 'ENOENT' },
  { name: 'a folder', reference: pathToFileURL(tmpdir()).href, says: 'EISDIR' },
])('$name is a missing secret, named by its reference', async ({ reference, says }) => {
  const error = await failureOf(reference, { EMPTY: '' });

  expect(error).toMatchObject({ code: 'secret-missing', exitCode: 1 });
  expect(error.message).toContain(reference);
  expect(error.message).toContain(says);
  expect(error.hint).not.toBeUndefined();
});

test('an empty file and a file that is too large are missing secrets', async () => {
  const empty = await fileWith('empty', '\n');
  const large = await fileWith('large', 'x'.repeat(64 * 1024 + 1));

  await expect(failureOf(empty)).resolves.toMatchObject({ code: 'secret-missing' });
  await expect(failureOf(large)).resolves.toMatchObject({ code: 'secret-missing', message: expect.stringContaining('larger than 65536 bytes') });
});

test('references to AWS Secrets Manager are refused with a plain word', async () => {
  const error = await failureOf('secret://aws/prod/rds#key');

  expect(error).toMatchObject({ code: 'secret-reference', exitCode: 2 });
  expect(error.message).toBe('references to AWS Secrets Manager are not supported yet by this version: secret://aws/prod/rds#key');
});

test.each([
  { name: 'a bad variable name', reference: 'env://not-a-name' },
  { name: 'a relative file', reference: 'file://relative/path' },
])('$name is a bad reference', async ({ reference }) => {
  const error = await failureOf(reference);

  expect(error).toMatchObject({ code: 'secret-reference', exitCode: 2 });
  expect(error.message).toContain(reference);
});

test('a secret written in place of a reference is not repeated', async () => {
  const error = await failureOf('hunter2');

  expect(error).toMatchObject({ code: 'secret-reference', message: 'a value stands where a reference to a secret is expected' });
});
