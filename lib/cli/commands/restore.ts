// keeper restore: plans and starts restores, to new instances or of single tables, and says what has become of them.
import type { Command } from 'commander';
import type { Clock } from '../../base/clock';
import type { RestoreWish, TableWish } from '../../policy/restore-types';
import type { RestoreDesk } from '../../run/restore/desk';
import type { RestorePlan } from '../../run/restore/plan';
import type { StartedRestore } from '../../run/restore/start';
import { type Cli, configOf, inHouse, type OpenHouse, printerOf } from '../context';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes';
import { jsonOfPlan, jsonOfRestores, jsonOfStarted, planText, restoresText, startedText } from '../printers/restore-text';
import { requestOf } from './request';
import { newKey, parseKey, type TableOptions, type TargetOptions, tableWishOf, wishOf, withTables, withTarget } from './restore-options';

interface StartOptions {
  readonly key?: string;
  readonly yes?: true;
}

const KEY_OPTION = ['--key <key>', 'names the restore: the same key never makes a second instance (default: a new one, which is printed)'] as const;
const YES_OPTION = ['--yes', 'really do it; without it, what would be done is printed, and the exit code is 2'] as const;
const SHOWN_REQUESTS = 20;

export function addRestoreCommand(program: Command, cli: Cli): void {
  const restore = program.command('restore').description('restores: to new instances, which cost money, and of single tables');
  withTarget(restore.command('plan').description('what a restore would make and what it depends on; changes nothing')).action(
    async (options: TargetOptions, command: Command) => {
      const wish = wishOf(options);
      const { plan, failure } = await makePlan(cli, command, wish);
      printerOf(cli, command).result({ json: () => jsonOfPlan(plan), text: (style) => planText(plan, failure, style) });
      if (failure !== undefined) cli.end(EXIT.error);
    },
  );
  withTarget(restore.command('start').description('restore to a new instance'))
    .option(...KEY_OPTION, parseKey)
    .option(...YES_OPTION)
    .action((options: TargetOptions & StartOptions, command: Command) => start(cli, command, wishOf(options), options));
  withTables(restore.command('table').description('restore tables or databases of a copy into an instance that exists (MySQL)'))
    .option(...KEY_OPTION, parseKey)
    .option(...YES_OPTION)
    .action((options: TableOptions & StartOptions, command: Command) => start(cli, command, tableWishOf(options), options));
  addStatus(restore, cli);
}

function addStatus(restore: Command, cli: Cli): void {
  restore
    .command('status')
    .description('the newest restores, and whether what they made is Running; with --key, exits with 0 only when it is')
    .option('--key <key>', 'only this restore', parseKey)
    .action(async ({ key }: { readonly key?: string }, command: Command) => {
      const views = await inHouse(cli, configOf(command), async ({ house }) => {
        const { readRestores } = await import('../../run/restore/status');
        return readRestores(house.ports, { limit: SHOWN_REQUESTS, ...(key === undefined ? {} : { key }) });
      });
      printerOf(cli, command).result({ json: () => jsonOfRestores(views), text: (style) => restoresText(views, key, style) });
      if (key !== undefined) cli.end(exitCodeOfRestore(views[0]?.state));
    });
}

/** A pipeline goes on after 0. */
function exitCodeOfRestore(state: string | undefined): ExitCode {
  if (state === 'running') return EXIT.ok;
  return state === undefined || state === 'failed' ? EXIT.error : EXIT.partial;
}

async function start(cli: Cli, command: Command, wish: RestoreWish | TableWish, options: StartOptions): Promise<void> {
  const printer = printerOf(cli, command);
  if (options.yes !== true) {
    const { plan, failure } = await makePlan(cli, command, wish);
    printer.result({ json: () => ({ ...jsonOfPlan(plan), started: false }), text: (style) => planText(plan, failure, style) });
    cli.io.stderr.write('nothing was done: repeat the command with --yes to do it\n');
    return cli.end(EXIT.usage);
  }
  const key = options.key ?? newKey(cli.io.clock.now());
  // Said before anything is sent: whatever becomes of this command, the restore can be asked for again.
  if (options.key === undefined) cli.io.stderr.write(`key: ${key}\n`);
  const started = await inHouse(cli, configOf(command), async ({ house, policy }) => {
    const { startRestore } = await import('../../run/restore/start');
    return startRestore(requestOf({}, policy, cli.io.clock), house.ports, wish, key);
  });
  printer.result({ json: () => jsonOfStarted(key, started), text: (style) => startedText(key, started, style) });
  cli.end(exitCodeOfStart(started));
}

function exitCodeOfStart({ kind, summary }: StartedRestore): ExitCode {
  return kind === 'under-way' ? EXIT.partial : exitCodeOf(summary.status);
}

interface MadePlan {
  readonly plan: RestorePlan;
  /** Why the service would refuse it. */
  readonly failure: string | undefined;
}

async function makePlan(cli: Cli, command: Command, wish: RestoreWish | TableWish): Promise<MadePlan> {
  return inHouse(cli, configOf(command), async (open) => {
    const { checkFailure, planRestore } = await import('../../run/restore/plan');
    const plan = await planRestore(await deskOf(open, cli.io.clock), wish);
    return { plan, failure: checkFailure(plan) };
  });
}

async function deskOf({ house, policy }: OpenHouse, clock: Clock): Promise<RestoreDesk> {
  const { shardsOf } = await import('../../run/shards');
  const { gatewayOf } = house.ports;
  return { shards: shardsOf(policy, gatewayOf), gatewayOf, asOf: clock.now() };
}
