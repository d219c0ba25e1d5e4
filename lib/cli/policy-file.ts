// Finds and loads the protection policy: keeper.yaml as users write it, or keeper.json as it was compiled.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, relative, resolve } from 'node:path';
import { KeeperError, messageOf, UsageError } from '../base/errors';
import { fileKeyOf } from '../config/section-paths';
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

/** As loadPolicy, for whoever acts on the policy: refuses what `refuseImpossible` refuses. */
export async function loadWorkablePolicy(io: Pick<CliIo, 'cwd' | 'env'>, asked: string | undefined): Promise<CompiledPolicy> {
  const path = findPolicyFile(io, asked);
  const policy = await readPolicy(path, io.cwd);
  await refuseImpossible(policy, displayName(path, io.cwd));
  return policy;
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

/** Throws a KeeperError `policy-infeasible` (exit code 2) for rules that can never work. */
export async function refuseImpossible(policy: CompiledPolicy, name: string): Promise<void> {
  const { checkPolicyFeasibility } = await import('../policy/policy-check');
  const errors = checkPolicyFeasibility(policy).filter((problem) => problem.severity === 'error');
  if (errors.length === 0) return;
  const list = errors.map((problem) => `${fileKeyOf(problem.path)}: ${problem.message} (${problem.source})`);
  throw new KeeperError([`${name} asks for what cannot be done`, ...list].join('\n'), {
    code: 'policy-infeasible',
    exitCode: 2,
    hint: 'correct the file, then run: keeper policy check',
  });
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
