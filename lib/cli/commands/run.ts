// keeper run: does what a deployed function does, once, from here.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import type { DeployedFunction } from '../../domain/run';
import type { SlotVerdict } from '../../domain/verdict';
import type { UseCase } from '../../wire/function';
import { parseFunctionName } from '../arguments';
import { type Cli, configOf, inWorkableHouse, printerOf } from '../context';
import { exitCodeOf } from '../exit-codes';
import { jsonOfRun } from '../printers/json';
import { runText } from '../printers/text';
import { startCounter } from '../progress';
import { AT_OPTION, INSTANCE_OPTION, type RunOptions, requestOf } from './request';

/** A release is one question with an answer, and a report reads only: both have commands of their own. */
type RunnableFunction = Exclude<DeployedFunction, 'pre-release-backup' | 'report'>;

export function addRunCommand(program: Command, cli: Cli): void {
  program
    .command('run')
    .description('run a function once: extra-backup, retention-hygiene, extend-expiry, verify-cross-region or reconcile')
    .argument('<function>', 'which function')
    .option(...AT_OPTION)
    .option(...INSTANCE_OPTION)
    .option('--dry-run', 'decide everything, change nothing')
    .action(async (name: string, options: RunOptions, command: Command) => {
      const useCase = await useCaseOf(runnableFunction(name));
      const printer = printerOf(cli, command);
      const progress = startCounter(cli.io, printer.isJson, name);
      const verdicts: SlotVerdict[] = [];
      const summary = await inWorkableHouse(cli, configOf(command), ({ house, policy }) =>
        useCase(requestOf(options, policy, cli.io.clock), house.ports, {
          onVerdict: (verdict) => verdicts.push(verdict),
          onProgress: (instances) => progress.update(instances),
        }),
      ).finally(() => progress.stop());
      printer.result({ json: () => jsonOfRun(summary, verdicts), text: (style) => runText(summary, verdicts, style) });
      cli.end(exitCodeOf(summary.status));
    });
}

function runnableFunction(text: string): RunnableFunction {
  const name = parseFunctionName(text);
  if (name === 'pre-release-backup') throw new UsageError(`keeper run does not do ${name}: it answers for one release`, 'run: keeper pre-release start');
  if (name === 'report') throw new UsageError(`keeper run does not do ${name}: it changes nothing`, 'run: keeper report');
  return name;
}

async function useCaseOf(name: RunnableFunction): Promise<UseCase> {
  switch (name) {
    case 'extra-backup':
      return (await import('../../run/extra-backup')).runExtraBackup;
    case 'retention-hygiene':
      return (await import('../../run/hygiene/run')).runRetentionHygiene;
    case 'extend-expiry':
      return (await import('../../run/extend-expiry')).runExtendExpiry;
    case 'verify-cross-region':
      return (await import('../../run/verify/run')).runVerifyCrossRegion;
    case 'reconcile':
      return (await import('../../run/reconcile')).runReconcile;
  }
}
