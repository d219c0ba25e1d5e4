// keeper status: what the ledger knows, without a call to the database service.
import type { Command } from 'commander';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { jsonOfStatus } from '../printers/json';
import { statusText } from '../printers/text';

export function addStatusCommand(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('the newest runs, verdicts and findings, and what is in flight')
    .action(async (_options: unknown, command: Command) => {
      const status = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { readStatus } = await import('../../run/status');
        return readStatus(house.ledger, policy);
      });
      printerOf(cli, command).result({ json: () => jsonOfStatus(status), text: (style) => statusText(status, style) });
    });
}
