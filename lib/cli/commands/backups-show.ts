// keeper backups show: one backup set; where its files can be fetched on screen only, and only when asked for.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { type Cli, printerOf } from '../context';
import { jsonOfBackup, shownBackupText } from '../printers/inventory-backups';
import { onShards, parseBackupId, withInstance } from './inventory';

interface ShowOptions {
  readonly instance: string;
  readonly withLinks?: true;
}

export function addBackupsShowCommand(backups: Command, cli: Cli): void {
  const show = backups.command('show').description('one backup set').argument('<backupId>', 'the set', parseBackupId);
  withInstance(show, 'the instance it belongs to (required)')
    .option('--with-links', 'also the download links, which give full access to the data: on screen only, never with --json')
    .action(async (backupId: string, { instance, ...options }: ShowOptions, command: Command) => {
      const withLinks = options.withLinks === true;
      const printer = printerOf(cli, command);
      if (withLinks && printer.isJson) {
        throw new UsageError('--with-links and --json cannot go together', 'links give full access to the data, and documents are kept: read them on screen');
      }
      const { showBackup } = await import('../../run/inventory-backups');
      const shown = await onShards(cli, command, (shards) => showBackup(shards, instance, backupId, withLinks));
      printer.result({ json: () => jsonOfBackup(shown.set), text: (style) => shownBackupText(shown, style) });
    });
}
