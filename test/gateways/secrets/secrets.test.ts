import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KeeperError } from '../../../lib/base/errors';
import { makeVirtualClock } from '../../support/virtual-clock';
import { secretsOf } from '../secrets-of';

const clock = makeVirtualClock();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-secrets-'));
});

afterAll(async () => {
  jest.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

async function fileWith(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return pathToFileURL(path).href;
}

async function failureOf(reference: string, env: Readonly<Record<string, string>> = {}): Promise<KeeperError> {
  return secretsOf(env, clock)
    .resolve(reference)
    .then(
      () => Promise.reject(new Error('it was resolved')),
      (error: KeeperError) => error,
    );
}

test('an environment variable is resolved as it is', async () => {
  await expect(secretsOf({ RDS_KEY: ' value ' }, clock).resolve('env://RDS_KEY')).resolves.toBe(' value ');
});

test.each([
  { name: 'a file without a line break', content: 'value', expected: 'value' },
  { name: 'a file with a line break', content: 'value\n', expected: 'value' },
  { name: 'a file of another platform', content: 'value\r\n', expected: 'value' },
  { name: 'a file with two line breaks loses one', content: 'value\n\n', expected: 'value\n' },
  { name: 'a file of the largest size', content: 'x'.repeat(64 * 1024), expected: 'x'.repeat(64 * 1024) },
])('$name', async ({ content, expected }) => {
  const reference = await fileWith('secret', content);

  await expect(secretsOf({}, clock).resolve(reference)).resolves.toBe(expected);
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

test.each([
  { name: 'a bad variable name', reference: 'env://not-a-name', says: 'environment variable' },
  { name: 'a relative file', reference: 'file://relative/path', says: 'absolute path' },
  { name: 'a file whose path cannot be decoded', reference: 'file:///a%2Fb', says: 'not a file reference' },
  { name: 'an unknown store', reference: 'secret://vault/x', says: 'a store that this version knows' },
  { name: 'a secret in place of a reference', reference: 'hunter2', says: 'never the secret itself' },
])('$name is a bad reference', async ({ reference, says }) => {
  const error = await failureOf(reference);

  expect(error).toMatchObject({ code: 'secret-reference', exitCode: 2, hint: expect.any(String) });
  expect(error.message).toContain(says);
  expect(error.message).not.toContain('hunter2');
});
