// Finds and loads the protection policy: keeper.yaml as users write it, or keeper.json as it was compiled.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, relative, resolve } from 'node:path';
import { KeeperError, messageOf, UsageError } from '../base/errors';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { CliIo } from './io';

/** Looked for in this order, in the folder where the command runs. */
const DEFAULT_FILES = ['keeper.yaml', 'keeper.yml', 'keeper.json'] as const;

/** The file that is asked for, else the one that KEEPER_CONFIG names, else the first of the usual names. Throws a UsageError when there is none. */
export function findPolicyFile(io: Pick<CliIo, 'cwd' | 'env'>, asked: string | undefined): string {
  const named = asked ?? nonEmpty(io.env['KEEPER_CONFIG']);
  if (named !== undefined) return resolve(io.cwd, named);
  const found = DEFAULT_FILES.map((name) => resolve(io.cwd, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(
    'there is no protection policy: no keeper.yaml or keeper.json in this folder',
    'write one (examples/keeper.yaml is a start), or name it with --config',
  );
}

/** Throws a UsageError for a file that cannot be read, and the loader's errors (exit code 2) for one that says something wrong. */
export async function loadPolicy(io: Pick<CliIo, 'cwd' | 'env'>, asked: string | undefined): Promise<CompiledPolicy> {
  return readPolicy(findPolicyFile(io, asked), io.cwd);
}

/** Reads one file by its kind: `.json` is a compiled policy, everything else is YAML. The schema library is loaded for YAML only. */
export async function readPolicy(path: string, cwd: string): Promise<CompiledPolicy> {
  const text = await readText(path);
  const name = displayName(path, cwd);
  if (extname(path) === '.json') {
    const { readCompiledPolicy } = await import('../config/compiled');
    return readCompiledPolicy(text, name);
  }
  const { loadPolicyText } = await import('../config/load');
  return loadPolicyText(text, name).policy;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new KeeperError(`cannot read the protection policy: ${messageOf(cause)}`, {
      code: 'policy-unreadable',
      exitCode: 2,
      hint: 'check the path: --config, else KEEPER_CONFIG, else keeper.yaml in this folder',
      cause,
    });
  }
}

/** Short where the file lies below the folder. */
export function displayName(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}
