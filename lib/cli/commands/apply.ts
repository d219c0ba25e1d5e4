// keeper apply: carries out exactly the steps of a plan, or stops before anything is changed.
import type { Command } from 'commander';
import { makeDeadline } from '../../base/deadline';
import { MINUTE_MS } from '../../base/instant';
import type { SlotVerdict } from '../../domain/verdict';
import { type Cli, configOf, inWorkableHouse, printerOf } from '../context';
import { EXIT, exitCodeOf } from '../exit-codes';
import { readPlanFile } from '../plan-file';
import { jsonOfApplied } from '../printers/json';
import { appliedText } from '../printers/plan-text';
import { startCounter } from '../progress';
import { PATIENCE_MS } from './request';

export function addApplyCommand(program: Command, cli: Cli): void {
  program
    .command('apply')
    .description('carry out a plan: exactly its steps, or nothing when the world or the policy has changed since')
    .argument('<file>', 'written by keeper plan --out')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { io } = cli;
      const file = await readPlanFile(name, io.cwd);
      const printer = printerOf(cli, command);
      const progress = startCounter(io, printer.isJson, 'apply');
      const verdicts: SlotVerdict[] = [];
      const applied = await inWorkableHouse(cli, configOf(command), async ({ house, policy }) => {
        const { applyPlan } = await import('../../run/apply');
        const deadline = makeDeadline(io.clock, PATIENCE_MS, MINUTE_MS);
        return applyPlan({ file, policy, deadline }, house.ports, {
          onVerdict: (verdict) => verdicts.push(verdict),
          onProgress: (instances) => progress.update(instances),
        });
      }).finally(() => progress.stop());
      printer.result({ json: () => jsonOfApplied(file, applied, verdicts), text: (style) => appliedText(file, applied, verdicts, style) });
      cli.end(applied.kind === 'nothing' ? EXIT.ok : exitCodeOf(applied.summary.status));
    });
}
