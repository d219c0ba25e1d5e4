// keeper ledger: sets the ledger up.
import type { Command } from 'commander';
import { formatInstant } from '../../base/instant';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { lines } from '../printers/text';
import { sanitise } from '../sanitise';

export function addLedgerCommand(program: Command, cli: Cli): void {
  const ledger = program.command('ledger').description('the ledger in Tablestore');
  ledger
    .command('init')
    .description('create the missing tables and the meta row; safe to repeat')
    .action(async (_options: unknown, command: Command) => {
      const { created, meta } = await inHouse(cli, configOf(command), ({ house }) => house.ledger.init(cli.io.clock.now()));
      printerOf(cli, command).result({
        json: () => ({ created, ...meta, createdAt: formatInstant(meta.createdAt) }),
        text: () =>
          lines(
            created.length === 0 ? 'all tables exist' : `created: ${created.map(sanitise).join(', ')}`,
            `installation ${sanitise(meta.installationId)}, schema ${meta.schemaVersion}, since ${formatInstant(meta.createdAt)}`,
            'next: keeper doctor',
          ),
      });
    });
}
