// Resolves references to secrets: environment variables and files. Values never appear in a message.
import { fileURLToPath } from 'node:url';
import { KeeperError } from '../../base/errors';
import type { Secrets } from '../../domain/ports';

/** A secret is a key or a token: anything larger is the wrong file. */
export const MAX_SECRET_BYTES = 64 * 1024;

export interface SecretsDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** At most `maxBytes` from the start of the file. Rejects as node:fs does. */
  readonly readFile: (path: string, maxBytes: number) => Promise<Uint8Array>;
}

/**
 * `env://NAME` and `file:///absolute/path` (one trailing line break is dropped). Errors name the reference, never the value: `secret-missing`
 * when there is none, `secret-reference` when the text is no reference that this version knows.
 */
export function makeSecrets(deps: SecretsDeps): Secrets {
  return {
    resolve: async (reference) => {
      const value = reference.startsWith('file://') ? await readSecretFrom(reference, deps) : readVariable(reference, deps);
      if (value === '') throw missing(reference, 'it is empty');
      return value;
    },
  };
}

function readVariable(reference: string, deps: SecretsDeps): string {
  const name = /^env:\/\/([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1];
  if (name === undefined) throw unknownReference(reference);
  const value = deps.env[name];
  if (value === undefined) throw missing(reference, 'the environment variable is not set', `set the environment variable ${name}`);
  return value;
}

async function readSecretFrom(reference: string, deps: SecretsDeps): Promise<string> {
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

/** The text itself is shown only where it is plainly a reference: somebody may have written the secret in its place. */
function unknownReference(reference: string): KeeperError {
  const options = { code: 'secret-reference', exitCode: 2, hint: 'write env://NAME or file:///absolute/path' } as const;
  if (reference.startsWith('secret://')) {
    return new KeeperError(`references to AWS Secrets Manager are not supported yet by this version: ${reference}`, options);
  }
  if (reference.startsWith('env://')) return new KeeperError(`not the name of an environment variable: ${reference}`, options);
  return new KeeperError('a value stands where a reference to a secret is expected', options);
}

function missing(reference: string, why: string, hint = 'create the secret, or correct the reference in the protection policy'): KeeperError {
  return new KeeperError(`cannot resolve ${reference}: ${why}`, { code: 'secret-missing', hint });
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
