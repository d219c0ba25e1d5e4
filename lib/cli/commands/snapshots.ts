// keeper snapshots: snapshots of RDS Custom disks, which are another product than the backup sets of ordinary instances.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import type { CustomSnapshotWish } from '../../domain/custom-snapshot';
import type { RunSummary } from '../../domain/run';
import { MAX_DESCRIPTION, MAX_RETENTION_DAYS, MIN_DESCRIPTION } from '../../policy/custom-snapshot';
import type { ShardFilter } from '../../run/inventory-snapshots';
import type { RunRequest } from '../../run/types';
import { type Cli, configOf, inHouse, type OpenHouse, printerOf } from '../context';
import { EXIT, exitCodeOf } from '../exit-codes';
import { jsonOfSnapshot, snapshotsText } from '../printers/inventory-snapshots';
import { findingLines, lines } from '../printers/text';
import { sanitise } from '../sanitise';
import { NOTHING_DONE, onShards, parseDiskId, parseRegion, parseSnapshotId, YES_OPTION } from './inventory';
import { requestOf } from './request';

interface PlaceOptions {
  readonly account?: string;
  readonly region?: string;
}

interface CreateOptions extends PlaceOptions {
  readonly disk: string;
  readonly description?: string;
  readonly retention?: number;
}

interface DeleteOptions extends PlaceOptions {
  readonly force?: true;
  readonly yes?: true;
}

export function addSnapshotsCommand(program: Command, cli: Cli): void {
  const snapshots = program.command('snapshots').description('snapshots of RDS Custom disks: list, show, create and delete them by hand');
  addList(snapshots, cli);
  addShow(snapshots, cli);
  addCreate(snapshots, cli);
  addDelete(snapshots, cli);
}

function withPlace(command: Command): Command {
  return command.option('--account <name>', 'only this account of the policy').option('--region <region>', 'only this region of the policy', parseRegion);
}

function filterOf({ account, region }: PlaceOptions): ShardFilter {
  return { account, region };
}

function addList(snapshots: Command, cli: Cli): void {
  withPlace(snapshots.command('list').description('the snapshots in all accounts and regions of the policy'))
    .option('--disk <id>', 'only those of this disk', parseDiskId)
    .action(async (options: PlaceOptions & { readonly disk?: string }, command: Command) => {
      const { listSnapshots } = await import('../../run/inventory-snapshots');
      const found = await onShards(cli, command, (shards) => listSnapshots(shards, filterOf(options), options.disk));
      printerOf(cli, command).result({ json: () => ({ snapshots: found.map(jsonOfSnapshot) }), text: (style) => snapshotsText(found, style) });
    });
}

function addShow(snapshots: Command, cli: Cli): void {
  withPlace(snapshots.command('show').description('one snapshot').argument('<snapshotId>', 'the snapshot', parseSnapshotId)).action(
    async (snapshotId: string, options: PlaceOptions, command: Command) => {
      const { showSnapshot } = await import('../../run/inventory-snapshots');
      const snapshot = await onShards(cli, command, (shards) => showSnapshot(shards, filterOf(options), snapshotId));
      printerOf(cli, command).result({ json: () => jsonOfSnapshot(snapshot), text: (style) => snapshotsText([snapshot], style) });
    },
  );
}

function addCreate(snapshots: Command, cli: Cli): void {
  withPlace(snapshots.command('create').description('snapshot a disk now; where the policy has several accounts or regions, name the one that the disk is in'))
    .requiredOption('--disk <id>', 'the disk (required)', parseDiskId)
    .option('--description <text>', `${MIN_DESCRIPTION} to ${MAX_DESCRIPTION} characters, not beginning with http:// or https://`)
    .option('--retention <days>', `1 to ${MAX_RETENTION_DAYS} (default: for ever)`, parseRetention)
    .action(async (options: CreateOptions, command: Command) => {
      const wish: CustomSnapshotWish = { diskId: options.disk, description: options.description, retentionDays: options.retention };
      const summary = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { runCreateSnapshot } = await import('../../run/inventory-snapshots');
        return runCreateSnapshot(runOf(cli, policy, 'create'), house.ports, wish, filterOf(options));
      });
      finish(cli, command, summary);
    });
}

function addDelete(snapshots: Command, cli: Cli): void {
  withPlace(snapshots.command('delete').description('delete a snapshot now').argument('<snapshotId>', 'the snapshot', parseSnapshotId))
    .option('--force', 'also when disks were made from it; they can be initialized from it no more')
    .option(...YES_OPTION)
    .action(async (snapshotId: string, options: DeleteOptions, command: Command) => {
      const { runDeleteSnapshot, showSnapshot } = await import('../../run/inventory-snapshots');
      const filter = filterOf(options);
      if (options.yes !== true) {
        const snapshot = await onShards(cli, command, (shards) => showSnapshot(shards, filter, snapshotId));
        printerOf(cli, command).result({
          json: () => ({ snapshot: jsonOfSnapshot(snapshot), deleted: false }),
          text: (style) => snapshotsText([snapshot], style),
        });
        cli.io.stderr.write(NOTHING_DONE);
        return cli.end(EXIT.usage);
      }
      const wanted = { snapshotId, isForced: options.force === true, filter };
      const summary = await inHouse(cli, configOf(command), ({ house, policy }) => runDeleteSnapshot(runOf(cli, policy, 'delete'), house.ports, wanted));
      finish(cli, command, summary);
    });
}

/** Every command is a run of its own: there is no key by which the service would know a repeated one. */
function runOf({ io }: Cli, policy: OpenHouse['policy'], what: string): RunRequest {
  const request = requestOf({}, policy, io.clock);
  return { ...request, trigger: { ...request.trigger, id: `keeper-snapshots-${what}-${randomBytes(3).toString('hex')}` } };
}

function finish(cli: Cli, command: Command, summary: RunSummary): void {
  printerOf(cli, command).result({
    json: () => ({ summary }),
    text: (style) => lines(...findingLines(summary.findings, style), `run ${sanitise(summary.runId)}`),
  });
  cli.end(exitCodeOf(summary.status));
}

function parseRetention(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(
    `--retention cannot be ${JSON.stringify(text.slice(0, 100))}`,
    `whole days, 1 to ${MAX_RETENTION_DAYS} (RDS API, CreateRCSnapshot: RetentionDays)`,
  );
}
