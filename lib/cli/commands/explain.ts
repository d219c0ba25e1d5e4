// keeper explain: why an instance's settings are as they are, and why each backup set stays or goes, and when.
import type { Command } from 'commander';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { jsonOfExplanation } from '../printers/explain-json';
import { explanationText } from '../printers/explain-text';

export function addExplainCommand(program: Command, cli: Cli): void {
  program
    .command('explain')
    .description('say why a backup set stays or goes, and when, or all that hygiene finds on an instance; changes nothing')
    .argument('<id>', 'an instance, or a backup set')
    .option('--instance <id>', 'the instance that the backup set belongs to (default: it is searched for)')
    .action(async (id: string, { instance }: { readonly instance?: string }, command: Command) => {
      const explanation = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { explain } = await import('../../run/explain');
        return explain({ policy, id, instanceId: instance, asOf: cli.io.clock.now() }, house.ports);
      });
      printerOf(cli, command).result({ json: () => jsonOfExplanation(explanation), text: (style) => explanationText(explanation, style) });
    });
}
