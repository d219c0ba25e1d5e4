// keeper binlogs: the log files of an instance, from which points in time are restored.
import type { Command } from 'commander';
import { type Cli, printerOf } from '../context';
import { jsonOfLog, logsText } from '../printers/inventory-instance';
import { onShards, type WindowOptions, windowOf, withInstance, withWindow } from './inventory';

/** Logs are many. */
const DEFAULT_DAYS = 1;

interface ListOptions extends WindowOptions {
  readonly instance: string;
}

export function addBinlogsCommand(program: Command, cli: Cli): void {
  const binlogs = program.command('binlogs').description('log files of an instance: binlogs, WAL, or log backups of SQL Server');
  const list = binlogs.command('list').description('the log files that overlap the time from --from to --to');
  withWindow(withInstance(list), DEFAULT_DAYS).action(async (options: ListOptions, command: Command) => {
    const { instance } = options;
    const window = windowOf(options, cli.io.clock.now(), DEFAULT_DAYS);
    const { listBinlogs } = await import('../../run/inventory-instance');
    const { logs } = await onShards(cli, command, (shards) => listBinlogs(shards, instance, window));
    printerOf(cli, command).result({ json: () => ({ instanceId: instance, logs: logs.map(jsonOfLog) }), text: (style) => logsText(logs, style) });
  });
}
