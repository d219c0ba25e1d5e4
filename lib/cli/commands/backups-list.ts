// keeper backups list: the backup sets of an instance, or those that released instances have left.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { type Cli, printerOf } from '../context';
import { detachedText, jsonOfBackup, jsonOfDetached, setsText } from '../printers/inventory-backups';
import { onShards, parseInstanceId, type WindowOptions, windowOf, withWindow } from './inventory';

interface ListOptions extends WindowOptions {
  readonly instance?: string;
  readonly detached?: true;
}

export function addBackupsListCommand(backups: Command, cli: Cli): void {
  const list = backups
    .command('list')
    .description('the backup sets of an instance, or those that released instances have left')
    .option('--instance <id>', 'the instance (required, except with --detached)', parseInstanceId)
    .option('--detached', 'sets of released instances, in all accounts and regions of the policy (MySQL on local disks)');
  withWindow(list).action(async (options: ListOptions, command: Command) => {
    if (options.detached === true) return listDetached(cli, options, command);
    const { instance } = options;
    if (instance === undefined)
      throw new UsageError("required option '--instance <id>' not specified", 'or list what released instances have left: --detached');
    const window = windowOf(options, cli.io.clock.now());
    const { listBackups } = await import('../../run/inventory-backups');
    const sets = await onShards(cli, command, (shards) => listBackups(shards, instance, window));
    printerOf(cli, command).result({ json: () => ({ instanceId: instance, backups: sets.map(jsonOfBackup) }), text: (style) => setsText(sets, style) });
  });
}

/** Without times all of them: there are few. */
async function listDetached(cli: Cli, options: ListOptions, command: Command): Promise<void> {
  const { instance: instanceId, from, to } = options;
  const window = from === undefined && to === undefined ? undefined : windowOf(options, cli.io.clock.now());
  const { listDetached: read } = await import('../../run/inventory-backups');
  const sets = await onShards(cli, command, (shards) => read(shards, { instanceId, window }));
  printerOf(cli, command).result({ json: () => ({ backups: sets.map(jsonOfDetached) }), text: (style) => detachedText(sets, style) });
}
