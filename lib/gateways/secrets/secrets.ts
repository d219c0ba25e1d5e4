// Resolves references to secrets: environment variables, files, AWS Secrets Manager. Values never appear in a message.
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock';
import { KeeperError } from '../../base/errors';
import type { Secrets } from '../../domain/ports';
import { parseSecretReference, REFERENCE_FORMS, type SecretReference } from '../../domain/secret-reference';
import type { SecretCache } from './cache';
import { fieldOf } from './field';
import { MAX_SECRET_BYTES, missing } from './missing';

export interface SecretsDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** At most `maxBytes` from the start of the file. Rejects as node:fs does. */
  readonly readFile: (path: string, maxBytes: number) => Promise<Uint8Array>;
  /** The text of a secret by its name or ARN; `reference` is for messages. */
  readonly readAws: (id: string, reference: string) => Promise<string>;
  readonly cache: SecretCache;
  readonly clock: Clock;
}

/**
 * `env://NAME`, `file:///absolute/path` (one trailing line break is dropped), `secret://aws/<name or ARN>` and, for one text of a JSON object,
 * `secret://aws/<name or ARN>#<key>`. All go through the cache, a secret of many fields as one, so that fields read together belong together.
 * KeeperErrors name the reference, never the value: `secret-missing`, `secret-malformed`, `secret-denied`, `secret-store-unreachable`, and
 * `secret-reference` when the text is no reference.
 */
export function makeSecrets(deps: SecretsDeps): Secrets {
  return {
    resolve: async (reference, options) => {
      const where = parse(reference);
      const text = await deps.cache.get({
        key: placeOf(where),
        now: deps.clock.now(),
        anew: options?.anew === true,
        read: () => read(where, reference, deps),
      });
      const value = where.store === 'aws' && where.key !== undefined ? fieldOf(text, where.key, reference) : text;
      if (value === '') throw missing(reference, 'it is empty');
      return value;
    },
  };
}

function parse(reference: string): SecretReference {
  const parsed = parseSecretReference(reference);
  if (!('problem' in parsed)) return parsed;
  throw new KeeperError(`a reference to a secret ${parsed.problem}`, { code: 'secret-reference', exitCode: 2, hint: `write ${REFERENCE_FORMS}` });
}

function placeOf(where: SecretReference): string {
  if (where.store === 'env') return `env ${where.name}`;
  return where.store === 'file' ? `file ${where.url}` : `aws ${where.id}`;
}

function read(where: SecretReference, reference: string, deps: SecretsDeps): Promise<string> {
  switch (where.store) {
    case 'env':
      return readVariable(where.name, reference, deps);
    case 'file':
      return readSecretFile(reference, deps);
    case 'aws':
      return deps.readAws(where.id, reference);
  }
}

async function readVariable(name: string, reference: string, { env }: SecretsDeps): Promise<string> {
  const value = env[name];
  if (value === undefined) throw missing(reference, 'the environment variable is not set', `set the environment variable ${name}`);
  return value;
}

async function readSecretFile(reference: string, deps: SecretsDeps): Promise<string> {
  const path = pathOf(reference);
  const bytes = await deps.readFile(path, MAX_SECRET_BYTES + 1).catch((error: unknown) => {
    throw missing(reference, `the file cannot be read (${codeOf(error)})`);
  });
  if (bytes.byteLength > MAX_SECRET_BYTES) throw missing(reference, `the file is larger than ${MAX_SECRET_BYTES} bytes`);
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
}

function pathOf(reference: string): string {
  try {
    return fileURLToPath(reference);
  } catch (error) {
    throw new KeeperError(`not a file reference: ${reference}`, { code: 'secret-reference', hint: 'write file:///absolute/path', exitCode: 2, cause: error });
  }
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
