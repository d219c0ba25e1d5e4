// keeper backups delete: deletes the sets that an operator names, through the same ownership, holds, floors and brakes as the rules.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { shortHash } from '../../base/hash';
import type { SlotVerdict } from '../../domain/verdict';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { EXIT, exitCodeOf } from '../exit-codes';
import { jsonOfVerdict } from '../printers/json';
import { deletionText } from '../printers/text';
import { requestOf } from './request';

interface DeleteOptions {
  readonly instance: string;
  readonly dryRun?: boolean;
}

const MOST_SETS = 1_000;

export function addBackupsDeleteCommand(backups: Command, cli: Cli): void {
  backups
    .command('delete')
    .description('delete manual sets of ours now; exits with 0 only when every one is gone')
    .argument('<backupIds...>', 'the sets')
    .requiredOption('--instance <id>', 'the instance they belong to (required)')
    .option('--dry-run', 'decide everything, change nothing')
    .action(async (ids: readonly string[], options: DeleteOptions, command: Command) => {
      const backupIds = parseIds(ids);
      const printer = printerOf(cli, command);
      const verdicts: SlotVerdict[] = [];
      const summary = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { runDeleteByHand } = await import('../../run/hygiene/delete-by-hand');
        const request = requestOf({ instance: [options.instance], dryRun: options.dryRun === true }, policy, cli.io.clock);
        const trigger = { ...request.trigger, id: `keeper-backups-delete-${shortHash(`${options.instance} ${backupIds.join(' ')}`)}` };
        const wanted = { instanceId: options.instance, backupIds };
        return runDeleteByHand({ ...request, trigger }, house.ports, wanted, { onVerdict: (verdict) => verdicts.push(verdict) });
      });
      printer.result({ json: () => ({ summary, verdicts: verdicts.map(jsonOfVerdict) }), text: (style) => deletionText(summary, verdicts, style) });
      const isDone = verdicts.every(({ verdict }) => verdict === 'purged' || verdict === 'would-purge');
      cli.end(isDone ? exitCodeOf(summary.status) : EXIT.partial);
    });
}

function parseIds(ids: readonly string[]): readonly string[] {
  const unique = [...new Set(ids)];
  const wrong = unique.find((id) => !/^[A-Za-z0-9-]{1,64}$/.test(id));
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong.slice(0, 100))} is no backup id`, 'keeper explain <instance> lists the ids');
  if (unique.length > MOST_SETS) throw new UsageError(`${unique.length} sets at once are more than ${MOST_SETS}`, 'delete fewer at a time');
  return unique;
}
