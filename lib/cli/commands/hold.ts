// keeper hold: keeps backup sets from being deleted by the keeper, for a reason and with an owner.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { HoldTarget } from '../../domain/guard';
import type { HoldDesk } from '../../run/holds/desk';
import { type Cli, configOf, inHouse, type OpenHouse, printerOf } from '../context';
import { addedHoldText, holdsText, jsonOfAddedHold, jsonOfHold, jsonOfHoldView, releasedHoldText } from '../printers/hold-text';
import { parseHoldEnd } from './hold-end';
import { INSTANCE_OPTION } from './request';

interface AddOptions {
  readonly instance: string;
  readonly set?: string;
  readonly release?: string;
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
  readonly for?: string;
}

interface ListOptions {
  readonly instance?: readonly string[];
  readonly all?: true;
}

interface ReleaseOptions {
  readonly instance: string;
  readonly by?: string;
}

export function addHoldCommand(program: Command, cli: Cli): void {
  const hold = program.command('hold').description('holds on backup sets: the keeper deletes nothing that is held');
  addAdd(hold, cli);
  addList(hold, cli);
  addRelease(hold, cli);
}

function addAdd(hold: Command, cli: Cli): void {
  hold
    .command('add')
    .description("hold a backup set, a release's sets, or an instance with all its sets (default)")
    .requiredOption('--instance <id>', 'the instance (required)')
    .option('--set <backupId>', 'only this backup set')
    .option('--release <key>', 'only the sets that were made for this release or on-demand key')
    .requiredOption('--reason <text>', 'why, for those who find it later (required)')
    .option('--owner <name>', 'who answers for it (default: the user who runs this)')
    .option('--until <time>', "its end: an ISO 8601 time with its zone, or a date, whose day in the policy's time zone is its last")
    .option('--for <duration>', 'its end from now, such as 90d or 1d12h (default: none, until it is released)')
    .action(async (options: AddOptions, command: Command) => {
      const target = targetOf(options);
      const added = await inHouse(cli, configOf(command), async (open) => {
        const asOf = cli.io.clock.now();
        const until = parseHoldEnd(options, open.policy.timezone, asOf);
        const { addHold } = await import('../../run/holds/add');
        const { instance: instanceId, reason, owner = userOf(cli) } = options;
        return addHold(await deskOf(open, asOf), { instanceId, target, reason, owner, until });
      });
      printerOf(cli, command).result({ json: () => jsonOfAddedHold(added), text: () => addedHoldText(added) });
    });
}

function addList(hold: Command, cli: Cli): void {
  hold
    .command('list')
    .description('the holds, and until when each is really effective: a hold cannot stop what the service deletes itself')
    .option(...INSTANCE_OPTION)
    .option('--all', 'also those that ended in the last 30 days')
    .action(async (options: ListOptions, command: Command) => {
      const views = await inHouse(cli, configOf(command), async (open) => {
        const { listHolds } = await import('../../run/holds/list');
        const request = { policy: open.policy, instances: options.instance, withEnded: options.all === true };
        return listHolds(await deskOf(open, cli.io.clock.now()), request);
      });
      printerOf(cli, command).result({ json: () => ({ holds: views.map(jsonOfHoldView) }), text: (style) => holdsText(views, style) });
    });
}

function addRelease(hold: Command, cli: Cli): void {
  hold
    .command('release')
    .description('release a hold: from the next plan on its sets are decided on without it')
    .argument('<holdId>', 'the hold')
    .requiredOption('--instance <id>', 'the instance it is on (required)')
    .option('--by <name>', 'who releases it (default: the user who runs this)')
    .action(async (holdId: string, { instance: instanceId, by = userOf(cli) }: ReleaseOptions, command: Command) => {
      const released = await inHouse(cli, configOf(command), async (open) => {
        const { releaseHold } = await import('../../run/holds/release');
        return releaseHold(await deskOf(open, cli.io.clock.now()), { instanceId, holdId, by });
      });
      printerOf(cli, command).result({
        json: () => ({ instanceId, ...jsonOfHold(released), releasedBy: by }),
        text: () => releasedHoldText(instanceId, released, by),
      });
    });
}

function targetOf({ set, release }: AddOptions): HoldTarget {
  if (set !== undefined && release !== undefined) throw new UsageError('--set and --release cannot go together', 'place two holds');
  if (set !== undefined) return { kind: 'set', backupId: set };
  return release === undefined ? { kind: 'instance' } : { kind: 'release', release };
}

function userOf({ io: { env } }: Cli): string {
  return env['USER'] ?? env['USERNAME'] ?? 'operator';
}

async function deskOf({ house, policy }: OpenHouse, asOf: Instant): Promise<HoldDesk> {
  const { shardsOf } = await import('../../run/shards');
  return { ledger: house.ledger, shards: shardsOf(policy, house.ports.gatewayOf), logger: house.logger, asOf };
}
