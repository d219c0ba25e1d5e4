// keeper copies set: changes the cross-region settings of an instance by hand, as they cost money or end the copying only with --yes.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { shortHash } from '../../base/hash';
import type { SlotVerdict } from '../../domain/verdict';
import { LONGEST_DAYS, SHORTEST_DAYS } from '../../policy/cross-region/retention';
import type { CopiesByHand } from '../../run/inventory-copies-set';
import type { PlanStep } from '../../run/types';
import { parseChoice } from '../arguments';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { EXIT, exitCodeOf } from '../exit-codes';
import { stepsText } from '../printers/inventory-changes';
import { jsonOfVerdict } from '../printers/json';
import { runText } from '../printers/text';
import { NOTHING_DONE, parseRegion, withInstance, YES_OPTION } from './inventory';
import { requestOf } from './request';

interface SetOptions {
  readonly instance: string;
  readonly destination?: string;
  readonly retention?: number;
  readonly logs?: 'on' | 'off';
  readonly off?: true;
  readonly yes?: true;
}

export function addCopiesSetCommand(copies: Command, cli: Cli): void {
  withInstance(
    copies.command('set').description('change the cross-region settings of an instance; what is not named stays, and copies that are off are switched on'),
  )
    .option('--destination <region>', 'where to copy to', parseRegion)
    .option('--retention <days>', `how long copies are kept, ${SHORTEST_DAYS} to ${LONGEST_DAYS} days`, parseRetention)
    .option('--logs <switch>', 'copy logs too: on or off', parseChoice('--logs', ['on', 'off']))
    .option('--off', 'copy no more; the copies that there are stay to the end of their retention')
    .option(...YES_OPTION)
    .action(async (options: SetOptions, command: Command) => {
      const wanted: CopiesByHand = { instanceId: options.instance, wish: wishOf(options) };
      const printer = printerOf(cli, command);
      const verdicts: SlotVerdict[] = [];
      const steps: PlanStep[] = [];
      const summary = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { runSetCopies } = await import('../../run/inventory-copies-set');
        const request = requestOf({ instance: [wanted.instanceId], dryRun: options.yes !== true }, policy, cli.io.clock);
        const trigger = { ...request.trigger, id: `keeper-copies-set-${shortHash(JSON.stringify(wanted))}` };
        return runSetCopies({ ...request, trigger }, house.ports, wanted, {
          onVerdict: (verdict) => verdicts.push(verdict),
          onStep: (step) => steps.push(step),
        });
      });
      const isWaiting = steps.length > 0;
      printer.result({
        json: () => ({ summary, verdicts: verdicts.map(jsonOfVerdict), ...(summary.dryRun ? { steps } : {}) }),
        text: (style) => (isWaiting ? stepsText(steps, style) : runText(summary, verdicts, style)),
      });
      if (isWaiting) cli.io.stderr.write(NOTHING_DONE);
      cli.end(isWaiting ? EXIT.usage : exitCodeOf(summary.status));
    });
}

function wishOf({ destination, retention: retentionDays, logs, off }: SetOptions): CopiesByHand['wish'] {
  const isNamed = destination !== undefined || retentionDays !== undefined || logs !== undefined;
  if (off === true && isNamed) throw new UsageError('--off goes with no other setting', 'copies that are off have none');
  if (off === true) return { kind: 'off' };
  if (!isNamed) throw new UsageError('nothing is named that is to change', 'name --destination, --retention or --logs, or --off');
  return { kind: 'on', destination, retentionDays, copiesLogs: logs === undefined ? undefined : logs === 'on' };
}

function parseRetention(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= SHORTEST_DAYS && days <= LONGEST_DAYS) return days;
  throw new UsageError(
    `--retention cannot be ${JSON.stringify(text.slice(0, 100))}`,
    `whole days, ${SHORTEST_DAYS} to ${LONGEST_DAYS} (RDS API, ModifyInstanceCrossBackupPolicy: Retention)`,
  );
}
