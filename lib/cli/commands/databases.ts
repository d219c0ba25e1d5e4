// keeper databases: the databases of an instance, and which of them can be backed up.
import type { Command } from 'commander';
import { type Cli, printerOf } from '../context';
import { databasesText } from '../printers/inventory-instance';
import { onShards, withInstance } from './inventory';

export function addDatabasesCommand(program: Command, cli: Cli): void {
  const databases = program.command('databases').description('databases of an instance');
  withInstance(databases.command('list').description('the databases, and whether each can be backed up')).action(
    async ({ instance }: { readonly instance: string }, command: Command) => {
      const { listDatabasesOf } = await import('../../run/inventory-instance');
      const found = await onShards(cli, command, (shards) => listDatabasesOf(shards, instance));
      printerOf(cli, command).result({ json: () => ({ instanceId: instance, databases: found }), text: (style) => databasesText(found, style) });
    },
  );
}
