// Reads what is typed for a release into the fields of its event, so that every door asks in the same words.
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors';
import { DAY_MS, SECOND_MS } from '../../base/instant';
import { parseDuration } from '../../config/durations';
import { collectTag } from '../arguments';

/** The release, and who releases it. */
export interface IdentityOptions {
  readonly source: string;
  readonly release: string;
}

export interface WishOptions extends IdentityOptions {
  readonly instance?: readonly string[];
  readonly selectTag?: Readonly<Record<string, string>>;
  readonly selectEngine?: readonly string[];
  readonly selectName?: readonly string[];
  readonly selectGroup?: readonly string[];
  readonly databases?: readonly string[];
  readonly freshFor?: string;
  readonly deadline?: string;
  readonly holdFor?: string;
}

export interface WaitOptions {
  /** Milliseconds; undefined: until the release's own deadline. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly interval: number;
}

/** Fields of a pre-release event. */
export type ReleaseFields = Readonly<Record<string, unknown>>;

export function withIdentity(command: Command): Command {
  return command
    .requiredOption('--source <text>', 'who releases: the repository, for example (required)')
    .requiredOption('--release <id>', "which release: a tag, a commit, the id of a pipeline's run (required)");
}

export function withWish(command: Command): Command {
  return command
    .option('--instance <id...>', 'the instances; or choose them:')
    .option('--select-tag <key=value>', 'those with this tag; may be repeated', collectTag)
    .option('--select-engine <name...>', 'those of these engines: mysql, postgresql, sqlserver, mariadb')
    .option('--select-name <pattern...>', 'those whose description or id matches a pattern (*, ?)')
    .option('--select-group <id...>', 'those of these resource groups')
    .option('--databases <names>', 'only these databases, with commas between them (default: whole instances)', (text: string) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--fresh-for <duration>', 'a backup that started at most this long ago will do; 0: only a new one (default: as the policy says)')
    .option('--deadline <when>', 'what has not passed by then has failed: a duration, or an ISO 8601 time with its zone (default: as the policy says)')
    .option('--hold-for <duration>', 'how long the backup sets are held (default: as the policy says)');
}

export function withWaiting(command: Command): Command {
  return command
    .option('--timeout <duration>', "stop waiting after this long, with exit code 4 (default: the release's own deadline)", parseSpan('--timeout'))
    .addOption(new Option('--interval <duration>', 'ask again this often').argParser(parseSpan('--interval')).default(30 * SECOND_MS, '30s'));
}

export function identityFields(action: 'check' | 'status', { source, release }: IdentityOptions): ReleaseFields {
  return { kind: 'pre-release', action, source, release };
}

/** What is left out is not in it: the policy's values hold then. */
export function startFields(options: WishOptions): ReleaseFields {
  const { source, release, instance: instances, databases, freshFor, deadline, holdFor } = options;
  const given = { instances, select: selectOf(options), databases, freshFor, deadline, holdFor };
  const fields = Object.entries(given).filter(([, value]) => value !== undefined);
  return { kind: 'pre-release', action: 'start', source, release, ...Object.fromEntries(fields) };
}

function selectOf({ selectTag: tags, selectEngine: engines, selectName: names, selectGroup: resourceGroups }: WishOptions): ReleaseFields | undefined {
  const given = Object.entries({ tags, engines, names, resourceGroups }).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** `45s`, or a duration as in keeper.yaml; up to 7 days. */
function parseSpan(option: string): (text: string) => number {
  return (text) => {
    const seconds = /^(\d{1,5})s$/.exec(text)?.[1];
    const ms = seconds === undefined ? parseDuration(text) : Number(seconds) * SECOND_MS;
    if (ms !== undefined && ms > 0 && ms <= 7 * DAY_MS) return ms;
    throw new UsageError(`${option} cannot be ${JSON.stringify(text.slice(0, 200))}`, 'write a duration such as 45s, 30m or 2h, up to 7d');
  };
}
