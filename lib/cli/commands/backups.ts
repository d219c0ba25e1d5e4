// keeper backups: lists backup sets, makes and deletes them by hand, and takes responsibility for backup sets that the ledger does not own.
import type { Command } from 'commander';
import type { RdsGateway } from '../../domain/ports';
import { type Cli, configOf, inHouse, type OpenHouse, printerOf } from '../context';
import { jsonOfSet } from '../printers/json';
import { lines } from '../printers/text';
import { sanitise } from '../sanitise';
import { addBackupsCreateCommand } from './backups-create';
import { addBackupsDeleteCommand } from './backups-delete';
import { addBackupsListCommand } from './backups-list';
import { addBackupsShowCommand } from './backups-show';

interface ClaimOptions {
  readonly instance: string;
  readonly by?: string;
}

export function addBackupsCommand(program: Command, cli: Cli): void {
  const backups = program.command('backups').description('backup sets: list them, make and delete them by hand, and who owns them');
  addBackupsCreateCommand(backups, cli);
  addBackupsDeleteCommand(backups, cli);
  addBackupsListCommand(backups, cli);
  addBackupsShowCommand(backups, cli);
  backups
    .command('claim')
    .description('claim a manual backup set: from now on it counts as made by the keeper')
    .argument('<backupId>', 'the set')
    .requiredOption('--instance <id>', 'the instance it belongs to (required)')
    .option('--by <name>', 'who takes the responsibility (default: the user who runs this)')
    .action(async (backupId: string, options: ClaimOptions, command: Command) => {
      const { clock, env } = cli.io;
      const claimedBy = options.by ?? env['USER'] ?? env['USERNAME'] ?? 'operator';
      const record = await inHouse(cli, configOf(command), async (open) => {
        const { claimSet } = await import('../../run/claim-set');
        const gateway = await gatewayOf(open, options.instance);
        return claimSet({ ledger: open.house.ledger, gateway, instanceId: options.instance, backupId, claimedBy, asOf: clock.now() });
      });
      printerOf(cli, command).result({
        json: () => jsonOfSet(record),
        text: () => lines(`backup set ${sanitise(record.backupId)} of ${sanitise(record.instanceId)} is ${record.origin}${byWhom(record.claimedBy)}`),
      });
    });
}

function byWhom(name: string | undefined): string {
  return name === undefined ? '' : ` by ${sanitise(name)}`;
}

async function gatewayOf({ house, policy }: OpenHouse, instanceId: string): Promise<RdsGateway> {
  const { findInShards, shardsOf, unknownInstances } = await import('../../run/shards');
  const found = await findInShards(shardsOf(policy, house.ports.gatewayOf), instanceId, { withTags: false });
  if (found === undefined) throw unknownInstances([instanceId]);
  return found.shard.gateway;
}
