// keeper plan: says what a run would do now, and writes nothing but the plan itself.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import type { Plan, PlannedFunction } from '../../run/types';
import { parseFunctionName } from '../arguments';
import { type Cli, configOf, inWorkableHouse, type OpenHouse, printerOf } from '../context';
import { exitCodeOf } from '../exit-codes';
import { refuseExisting, writePlanFile } from '../plan-file';
import { displayName } from '../policy-file';
import { jsonOfPlan } from '../printers/json';
import { planText } from '../printers/plan-text';
import { startCounter } from '../progress';
import { AT_OPTION, INSTANCE_OPTION, type RunOptions, requestOf } from './request';

interface PlanOptions extends RunOptions {
  readonly out?: string;
  readonly force?: true;
}

/** What was planned, and the file that it was written to. */
interface WrittenPlan {
  readonly plan: Plan;
  readonly out: { readonly path: string; readonly digest: string } | undefined;
}

export function addPlanCommand(program: Command, cli: Cli): void {
  program
    .command('plan')
    .description('show what a run would do, with every verdict and its reason; changes nothing')
    .argument('[function]', 'which function: extra-backup, retention-hygiene, extend-expiry or verify-cross-region', 'extra-backup')
    .option(...AT_OPTION)
    .option(...INSTANCE_OPTION)
    .option('--out <file>', 'write the plan to a file, for keeper apply')
    .option('--force', 'replace the file')
    .action(async (name: string, options: PlanOptions, command: Command) => {
      const planned = plannedFunction(name);
      const { out, force } = options;
      if (out === undefined && force === true) throw new UsageError('--force goes with --out', 'write --out plan.json --force');
      if (out !== undefined && force !== true) await refuseExisting(resolve(cli.io.cwd, out));
      const printer = printerOf(cli, command);
      const progress = startCounter(cli.io, printer.isJson, 'plan');
      const written = await inWorkableHouse(cli, configOf(command), (open) => makePlan(cli, open, planned, options, progress.update)).finally(() =>
        progress.stop(),
      );
      printer.result({ json: () => jsonOfPlan(written.plan, written.out), text: (style) => planText(written.plan, written.out, style) });
      cli.end(exitCodeOf(written.plan.summary.status));
    });
}

function plannedFunction(text: string): PlannedFunction {
  const name = parseFunctionName(text);
  if (name === 'reconcile') throw new UsageError(`there is no plan for ${name}: it acts on what is in flight only`, 'run: keeper status');
  if (name === 'pre-release-backup') throw new UsageError(`there is no plan for ${name}: it answers for one release`, 'run: keeper pre-release start');
  if (name === 'report') throw new UsageError(`there is no plan for ${name}: it changes nothing`, 'run: keeper report');
  return name;
}

async function makePlan(
  cli: Cli,
  { house, policy }: OpenHouse,
  name: PlannedFunction,
  options: PlanOptions,
  onProgress: (done: number) => void,
): Promise<WrittenPlan> {
  const [{ planRun }, { planFileOf }, { requireMeta }] = await Promise.all([
    import('../../run/plan'),
    import('../../run/plan-file'),
    import('../../run/require-meta'),
  ]);
  const request = requestOf({ ...options, dryRun: true }, policy, cli.io.clock);
  const plan = await planRun(name, request, house.ports, onProgress);
  if (options.out === undefined) return { plan, out: undefined };
  const meta = await requireMeta(house.ledger);
  const file = planFileOf(plan, { installationId: meta.installationId, instances: request.instances });
  const path = resolve(cli.io.cwd, options.out);
  await writePlanFile(path, file, options.force === true);
  return { plan, out: { path: displayName(path, cli.io.cwd), digest: file.digest } };
}
