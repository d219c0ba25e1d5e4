// What the commands that list and show have in common: their options, the ids and times behind them, and the way to the accounts and regions.
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors';
import { DAY_MS, formatInstant, type Instant, plusMs } from '../../base/instant';
import type { SetWindow } from '../../domain/ports';
import type { Shard } from '../../run/shards';
import { parseTime } from '../arguments';
import { type Cli, configOf, inHouse } from '../context';

const ID = /^[A-Za-z0-9-]{1,64}$/;
/** How far back a list reaches where no time is named. */
const DEFAULT_DAYS = 30;

/** Reads an id before anything is asked of the service; `form` is the form that it has where letters, digits and "-" are not it. */
function idParser(noun: string, hint: string, form: RegExp = ID): (text: string) => string {
  return (text) => {
    if (form.test(text)) return text;
    throw new UsageError(`${JSON.stringify(text.slice(0, 100))} is no ${noun}`, hint);
  };
}

export const parseInstanceId = idParser('instance id', 'such as rm-bp1k2m3n4o5p6q7r8', /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/);
export const parseBackupId = idParser('backup id', 'keeper backups list --instance <id> lists the ids');
export const parseJobId = idParser('id of a backup job', 'digits, such as 5073731', /^\d{1,19}$/);
export const parseCopyId = idParser('id of a copy', 'keeper copies list --instance <id> lists the ids', /^\d{1,19}$/);
export const parseSnapshotId = idParser('snapshot id', 'keeper snapshots list lists the ids');
export const parseDiskId = idParser('disk id', 'such as d-bp1k2m3n4o5p6q7r8');
export const parseRegion = idParser('region id', 'such as cn-hangzhou', /^[a-z0-9][a-z0-9-]{0,63}$/);

export function withInstance(command: Command, description = 'the instance (required)'): Command {
  return command.addOption(new Option('--instance <id>', description).argParser(parseInstanceId).makeOptionMandatory());
}

export interface WindowOptions {
  readonly from?: Instant;
  readonly to?: Instant;
}

export function withWindow(command: Command, days = DEFAULT_DAYS): Command {
  return command
    .addOption(
      new Option('--from <time>', `from this time on, ISO 8601 with its zone (default: ${days === 1 ? 'a day' : `${days} days`} before --to)`).argParser(
        parseTime,
      ),
    )
    .addOption(new Option('--to <time>', 'up to this time (default: now)').argParser(parseTime));
}

/** Throws a UsageError for a window that ends before it begins. */
export function windowOf({ from, to }: WindowOptions, now: Instant, days = DEFAULT_DAYS): SetWindow {
  const end = to ?? now;
  const start = from ?? plusMs(end, -days * DAY_MS);
  if (start < end) return { from: start, to: end };
  throw new UsageError(
    `--from ${formatInstant(start)} is not before ${to === undefined ? 'now' : '--to'}, ${formatInstant(end)}`,
    'a list covers the time from --from to --to',
  );
}

/** Opens the house for a command that only reads. */
export async function onShards<T>(cli: Cli, command: Command, read: (shards: readonly Shard[]) => Promise<T>): Promise<T> {
  return inHouse(cli, configOf(command), async ({ house, policy }) => {
    const { shardsOf } = await import('../../run/shards');
    return read(shardsOf(policy, house.ports.gatewayOf));
  });
}

export const YES_OPTION = ['--yes', 'really do it; without it, what would be done is printed, and the exit code is 2'] as const;

/** Said where a change waits for its --yes. */
export const NOTHING_DONE = 'nothing was done: repeat the command with --yes to do it\n';
