// keeper policy: checks, shows and compiles the protection policy.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KeeperError, messageOf } from '../../base/errors';
import type { CompiledPolicy } from '../../domain/protection-policy';
import { type Cli, configOf, printerOf } from '../context';
import { EXIT } from '../exit-codes';
import { displayName, findPolicyFile, readPolicy, refuseImpossible } from '../policy-file';
import { jsonOfProblems, problemsText } from '../printers/policy-text';
import { lines } from '../printers/text';
import { addPolicyShowCommand } from './policy-show';

interface CompileOptions {
  readonly out: string;
}

export function addPolicyCommand(program: Command, cli: Cli): void {
  const policy = program.command('policy').description('the protection policy');
  policy
    .command('check')
    .description('check a policy: its form, and that its rules are possible on the engines they select')
    .argument('[file]', 'keeper.yaml, or a compiled keeper.json')
    .action((file: string | undefined, _options: unknown, command: Command) => check(cli, command, file));
  addPolicyShowCommand(policy, cli);
  policy
    .command('compile')
    .description('write the compiled policy that the functions read')
    .argument('[file]', 'keeper.yaml')
    .option('--out <file>', 'where to write it', 'keeper.json')
    .action((file: string | undefined, options: CompileOptions, command: Command) => compile(cli, command, file, options));
}

/** A file that cannot be loaded is the loader's error; rules that can never work are exit code 2 too; warnings are none. */
async function check(cli: Cli, command: Command, file: string | undefined): Promise<void> {
  const { name, policy } = await load(cli, command, file);
  const { checkPolicyFeasibility } = await import('../../policy/policy-check');
  const problems = checkPolicyFeasibility(policy);
  const isOk = problems.every((problem) => problem.severity !== 'error');
  printerOf(cli, command).result({
    json: () => ({ isOk, file: name, digest: policy.digest, ...jsonOfProblems(policy, problems) }),
    text: (style) => problemsText(name, policy, problems, style),
  });
  cli.end(isOk ? EXIT.ok : EXIT.usage);
}

/** Refuses a policy with impossible rules: what is deployed must be able to work. */
async function compile(cli: Cli, command: Command, file: string | undefined, options: CompileOptions): Promise<void> {
  const { name, policy } = await load(cli, command, file);
  const path = resolve(cli.io.cwd, options.out);
  const isNew = await writeCompiledPolicy(policy, name, path);
  const out = displayName(path, cli.io.cwd);
  printerOf(cli, command).result({
    json: () => ({ file: name, out, digest: policy.digest, isNew }),
    text: () => lines(`${isNew ? 'written' : 'up to date'}: ${out}`, `policy  ${policy.digest}`),
  });
}

/** Writes keeper.json, beside and renamed; leaves an equal file alone and returns false. Refuses what `refuseImpossible` refuses. */
export async function writeCompiledPolicy(policy: CompiledPolicy, name: string, path: string): Promise<boolean> {
  await refuseImpossible(policy, name);
  const { formatCompiledPolicy } = await import('../../config/compiled');
  const text = formatCompiledPolicy(policy);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  const draft = `${path}.new`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined); // where it could not be written it cannot be removed either
    throw new KeeperError(`cannot write ${path}: ${messageOf(cause)}`, { code: 'not-written', hint: 'check the folder and its free space', cause });
  }
  return true;
}

async function load(cli: Cli, command: Command, file: string | undefined): Promise<{ readonly name: string; readonly policy: CompiledPolicy }> {
  const { cwd } = cli.io;
  const path = findPolicyFile(cli.io, file ?? configOf(command));
  return { name: displayName(path, cwd), policy: await readPolicy(path, cwd) };
}
