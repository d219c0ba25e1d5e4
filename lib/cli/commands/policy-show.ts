// keeper policy show: the policy as it is for one instance, and where each value comes from.
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors';
import type { Engine, Instance, StorageKind } from '../../domain/instance';
import type { CompiledPolicy } from '../../domain/protection-policy';
import { collectTag, parseChoice } from '../arguments';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { loadPolicy } from '../policy-file';
import { effectiveText } from '../printers/policy-text';

interface ShowOptions {
  readonly engine?: Engine;
  readonly storage: StorageKind;
  readonly name: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly account?: string;
  readonly region?: string;
}

const ENGINES: readonly Engine[] = ['mysql', 'postgresql', 'sqlserver', 'mariadb'];
const STORAGES: readonly StorageKind[] = ['local-disk', 'cloud-disk'];

export function addPolicyShowCommand(policy: Command, cli: Cli): void {
  policy
    .command('show')
    .description('show the effective values for one instance, each with its origin; with --engine nothing is asked of the service')
    .argument('<instance>', 'the id of the instance')
    .argument('[file]', 'keeper.yaml, or a compiled keeper.json')
    .addOption(new Option('--engine <name>', `describe the instance instead of asking: ${ENGINES.join(', ')}`).argParser(parseChoice('--engine', ENGINES)))
    .addOption(new Option('--storage <kind>', STORAGES.join(' or ')).argParser(parseChoice('--storage', STORAGES)).default('local-disk'))
    .option('--name <text>', 'its description', '')
    .option('--tag <key=value>', 'one of its tags; may be repeated', collectTag)
    .option('--account <name>', "its account (default: the policy's first)")
    .option('--region <id>', "its region (default: the policy's first)")
    .action(async (id: string, file: string | undefined, options: ShowOptions, command: Command) => {
      const config = file ?? configOf(command);
      const { preReleaseOrigins, resolvePolicy } = await import('../../config/resolve');
      const { policy: loaded, instance } = await describe(cli, id, config, options);
      const resolved = resolvePolicy(loaded, instance);
      const effective = resolved === undefined ? undefined : { ...resolved, origins: { ...resolved.origins, ...preReleaseOrigins(loaded) } };
      printerOf(cli, command).result({
        json: () => ({ instance: id, isInScope: effective !== undefined, ...effective, preRelease: loaded.preRelease }),
        text: (style) => effectiveText(instance, effective, loaded.preRelease, style),
      });
    });
}

async function describe(cli: Cli, id: string, config: string | undefined, options: ShowOptions): Promise<{ policy: CompiledPolicy; instance: Instance }> {
  const { engine } = options;
  if (engine !== undefined) {
    const policy = await loadPolicy(cli.io, config);
    return { policy, instance: imagine(id, engine, options, policy) };
  }
  return inHouse(cli, config, async ({ house, policy }) => {
    const { findInShards, shardsOf } = await import('../../run/shards');
    const found = await findInShards(shardsOf(policy, house.ports.gatewayOf), id, { withTags: true });
    if (found !== undefined) return { policy, instance: found.instance };
    throw new UsageError(
      `no instance ${id} in the accounts and regions of the policy`,
      'check the id, or describe the instance: --engine, --storage, --name, --tag',
    );
  });
}

function imagine(id: string, engine: Engine, options: ShowOptions, policy: CompiledPolicy): Instance {
  const account = options.account ?? policy.accounts[0]?.name ?? 'default';
  const regions = policy.accounts.find(({ name }) => name === account)?.regions ?? policy.regions;
  return {
    id,
    account,
    region: options.region ?? regions[0] ?? '',
    description: options.name,
    engine,
    engineVersion: '',
    edition: 'other',
    storage: options.storage,
    role: 'primary',
    status: 'Running',
    isLocked: false,
    lockReason: undefined,
    createdAt: undefined,
    resourceGroupId: undefined,
    tags: options.tag ?? {},
  };
}
