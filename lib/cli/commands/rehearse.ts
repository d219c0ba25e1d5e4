// keeper rehearse (npm start): the main job end to end on the local cloud.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { type Cli, configOf, printerOf } from '../context';
import { requireHostClock } from '../host-clock';
import { REHEARSAL_POLICY } from '../paths';
import { rehearsalText, stepLine } from '../printers/rehearsal-text';
import { styleOf } from '../printers/style';

interface RehearseOptions {
  readonly data: string;
  readonly ticks?: number;
}

const MAX_TICKS = 500;

export function addRehearseCommand(program: Command, cli: Cli): void {
  program
    .command('rehearse')
    .description('rehearse a policy on the local cloud: the timers fire, the backups run, time passes; goes on where the last rehearsal ended')
    .option('--data <folder>', 'where its world and ledger live', '.keeper')
    .option('--ticks <n>', 'how many timer ticks to go on (default: a night for a new world, then one)', parseTicks)
    .action(async ({ data, ticks }: RehearseOptions, command: Command) => {
      requireHostClock(cli.io);
      const printer = printerOf(cli, command);
      const { cwd, stdout } = cli.io;
      const { jsonOfRehearsal, rehearse } = await import('../rehearsal/rehearse');
      const rehearsal = await rehearse({
        cwd,
        dataFolder: resolve(cwd, data),
        // KEEPER_CONFIG is left out on purpose: it may name the policy of a real fleet.
        policyFile: resolve(cwd, configOf(command) ?? REHEARSAL_POLICY),
        ticks,
        onStep: (step) => {
          if (!printer.isJson) stdout.write(stepLine(step, styleOf(cli.io)));
        },
      });
      printer.result({ json: () => jsonOfRehearsal(rehearsal), text: (style) => rehearsalText(rehearsal, style) });
    });
}

function parseTicks(text: string): number {
  const ticks = Number(text);
  if (Number.isInteger(ticks) && ticks >= 1 && ticks <= MAX_TICKS) return ticks;
  throw new UsageError(`--ticks cannot be ${JSON.stringify(text)}`, `write a whole number from 1 to ${MAX_TICKS}`);
}
