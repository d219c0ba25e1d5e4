// keeper copies: what there is in other regions, listed; and an instance's cross-region settings.
import type { Command } from 'commander';
import type { CopiesQuery } from '../../run/inventory-copies';
import { type Cli, printerOf } from '../context';
import {
  contentsText,
  copiesText,
  crossRegionListText,
  crossRegionText,
  jsonOfCopy,
  jsonOfCrossRegion,
  jsonOfCrossRegionEntry,
} from '../printers/inventory-copies';
import { jsonOfLog, logsText } from '../printers/inventory-instance';
import { addCopiesSetCommand } from './copies-set';
import { onShards, parseCopyId, parseInstanceId, parseRegion, type WindowOptions, windowOf, withInstance, withWindow } from './inventory';

interface CopiesOptions extends WindowOptions {
  readonly instance: string;
  readonly copyRegion?: string;
}

const REGION_OPTION = ['--copy-region <region>', 'where the copies lie (default: where the instance is set to copy to)'] as const;
/** Logs are many. */
const LOG_DAYS = 1;

export function addCopiesCommand(program: Command, cli: Cli): void {
  const copies = program.command('copies').description('copies of backups in other regions, and the settings for them; also of released instances');
  addList(copies, cli);
  addLogs(copies, cli);
  addContents(copies, cli);
  addSettings(copies, cli);
  addCopiesSetCommand(copies, cli);
}

function addList(copies: Command, cli: Cli): void {
  const list = withInstance(copies.command('list').description('the copies of the backups that started from --from to --to'));
  withWindow(list)
    .option(...REGION_OPTION, parseRegion)
    .action(async (options: CopiesOptions, command: Command) => {
      const query = queryOf(options, cli);
      const { listCopiesOf } = await import('../../run/inventory-copies');
      const { destination, rows } = await onShards(cli, command, (shards) => listCopiesOf(shards, query));
      printerOf(cli, command).result({
        json: () => ({ instanceId: options.instance, copyRegion: destination, copies: rows.map(jsonOfCopy) }),
        text: (style) => copiesText(rows, style),
      });
    });
}

function addLogs(copies: Command, cli: Cli): void {
  const logs = withInstance(copies.command('logs').description('the copied log files that overlap the time from --from to --to'));
  withWindow(logs, LOG_DAYS)
    .option(...REGION_OPTION, parseRegion)
    .action(async (options: CopiesOptions, command: Command) => {
      const query = queryOf(options, cli, LOG_DAYS);
      const { listCopiedLogsOf } = await import('../../run/inventory-copies');
      const { destination, rows } = await onShards(cli, command, (shards) => listCopiedLogsOf(shards, query));
      printerOf(cli, command).result({
        json: () => ({ instanceId: options.instance, copyRegion: destination, logs: rows.map(jsonOfLog) }),
        text: (style) => logsText(rows, style),
      });
    });
}

function addContents(copies: Command, cli: Cli): void {
  withInstance(copies.command('contents').description('the databases and tables that a copy holds (MySQL)').argument('<copyId>', 'the copy', parseCopyId))
    .option(...REGION_OPTION, parseRegion)
    .action(async (copyId: string, { instance: instanceId, copyRegion }: CopiesOptions, command: Command) => {
      const { listCopyContents } = await import('../../run/inventory-copies');
      const { destination, rows } = await onShards(cli, command, (shards) => listCopyContents(shards, { instanceId, copyId, copyRegion }));
      printerOf(cli, command).result({
        json: () => ({ instanceId, copyId, copyRegion: destination, databases: rows }),
        text: (style) => contentsText(rows, style),
      });
    });
}

function addSettings(copies: Command, cli: Cli): void {
  copies
    .command('settings')
    .description('the cross-region settings of an instance, and where it could copy to; without --instance, those of all that have or had copies')
    .option('--instance <id>', 'only this instance', parseInstanceId)
    .action(async ({ instance }: { readonly instance?: string }, command: Command) => {
      const { listCrossRegion, showCrossRegion } = await import('../../run/inventory-copies');
      const printer = printerOf(cli, command);
      if (instance === undefined) {
        const entries = await onShards(cli, command, listCrossRegion);
        return printer.result({ json: () => ({ instances: entries.map(jsonOfCrossRegionEntry) }), text: (style) => crossRegionListText(entries, style) });
      }
      const shown = await onShards(cli, command, (shards) => showCrossRegion(shards, instance));
      printer.result({ json: () => jsonOfCrossRegion(shown), text: (style) => crossRegionText(shown, style) });
    });
}

function queryOf(options: CopiesOptions, { io }: Cli, days?: number): CopiesQuery {
  return { instanceId: options.instance, copyRegion: options.copyRegion, window: windowOf(options, io.clock.now(), days) };
}
