// What the local cloud runs of this installation: the functions of s.yaml with the roles of docs/ram, and a protection policy for them.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeeperError, messageOf } from '../base/errors';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { FunctionComputeOptions, RamPolicy, RoleSpec } from '../local';
import { writeCompiledPolicy } from './commands/policy';
import { BUILT, ROLE_POLICIES } from './paths';
import { displayName, readPolicy, refuseImpossible } from './policy-file';

export interface DeploymentOptions {
  readonly cwd: string;
  /** Of an s.yaml. */
  readonly manifest: string;
  /** What `${env()}` in it reads. */
  readonly manifestEnv: Readonly<Record<string, string | undefined>>;
  readonly policyFile: string;
  readonly dataFolder: string;
  /** Variables of every function, over those of the manifest. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Deployment {
  /** How messages call the policy's file. */
  readonly policyName: string;
  readonly policy: CompiledPolicy;
  /** Where the functions read it. */
  readonly compiledPolicy: string;
  readonly fc: FunctionComputeOptions;
  /** Writes the compiled policy: once the data folder is ours alone, as the functions of another process may be reading theirs. */
  publish(): Promise<void>;
}

/** Reads all that is needed before anything starts. Throws the loader's errors for a bad policy, and KeeperErrors for what is missing. */
export async function readDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { cwd, manifest, manifestEnv, policyFile, dataFolder, env } = options;
  const policy = await readPolicy(policyFile, cwd);
  const policyName = displayName(policyFile, cwd);
  await refuseImpossible(policy, policyName);
  if (!existsSync(BUILT.fcBootstrap)) throw new KeeperError(`there is no ${BUILT.fcBootstrap}`, { code: 'bundle-missing', hint: 'run: npm run build' });
  const compiledPolicy = join(dataFolder, 'keeper.json');
  return {
    policyName,
    policy,
    compiledPolicy,
    fc: { manifest, manifestEnv, roles: await readRoles(), bootstrap: BUILT.fcBootstrap, env: { KEEPER_CONFIG: compiledPolicy, ...env } },
    publish: async () => {
      await writeCompiledPolicy(policy, policyName, compiledPolicy);
    },
  };
}

function readRoles(): Promise<readonly RoleSpec[]> {
  return Promise.all(Object.entries(ROLE_POLICIES).map(async ([name, file]) => ({ name, policy: await readRamPolicy(file) })));
}

async function readRamPolicy(file: string): Promise<RamPolicy> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RamPolicy; // our own document: a test holds it against the actions that are used
  } catch (cause) {
    throw new KeeperError(`cannot read the policy of a role: ${messageOf(cause)}`, { code: 'role-unreadable', hint: 'install the package anew', cause });
  }
}
