// keeper plan: says what a run would do now, and writes nothing.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { parseFunctionName } from '../arguments';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { jsonOfPlan } from '../printers/json';
import { planText } from '../printers/text';
import { startCounter } from '../progress';
import { AT_OPTION, INSTANCE_OPTION, type RunOptions, requestOf } from './request';

export function addPlanCommand(program: Command, cli: Cli): void {
  program
    .command('plan')
    .description('show what a run would do, with every verdict and its reason; writes nothing')
    .argument('[function]', 'which function', 'extra-backup')
    .option(...AT_OPTION)
    .option(...INSTANCE_OPTION)
    .action(async (name: string, options: RunOptions, command: Command) => {
      const planned = parseFunctionName(name);
      if (planned === 'reconcile') throw new UsageError(`there is no plan for ${name}: it acts on what is in flight only`, 'run: keeper status');
      const printer = printerOf(cli, command);
      const progress = startCounter(cli.io, printer.isJson, 'plan');
      const plan = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { planRun } = await import('../../run/plan');
        return planRun(planned, requestOf({ ...options, dryRun: true }, policy, cli.io.clock), house.ports);
      }).finally(() => progress.stop());
      printer.result({ json: () => jsonOfPlan(plan), text: (style) => planText(plan, style) });
    });
}
