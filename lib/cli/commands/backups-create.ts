// keeper backups create: backs instances up now, through the same decisions, cap and intents as what the rules have due.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { formatInstantCompact, type Instant } from '../../base/instant';
import type { BackupMethod } from '../../domain/backup';
import type { RunSummary } from '../../domain/run';
import type { SlotVerdict } from '../../domain/verdict';
import { BACKUP_METHODS, isDatabaseName, isOnDemandKey, KEY_RULE, MAX_DATABASES } from '../../policy/on-demand';
import { rowsOfVerdicts, toneOf, type VerdictRow } from '../../report/verdict-view';
import type { CreateStep } from '../../run/types';
import { parseChoice } from '../arguments';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes';
import { jsonOfVerdict } from '../printers/json';
import { paint, type Style } from '../printers/style';
import { renderTable } from '../printers/table';
import { dryRunText, lines, summaryFindings } from '../printers/text';
import { sanitise } from '../sanitise';
import { requestOf } from './request';

interface CreateOptions {
  readonly instance: readonly string[];
  readonly databases?: readonly string[];
  readonly method?: BackupMethod;
  readonly key?: string;
  readonly dryRun?: boolean;
}

interface Created {
  readonly key: string;
  readonly summary: RunSummary;
  readonly verdicts: readonly SlotVerdict[];
  readonly steps: readonly CreateStep[];
}

export function addBackupsCreateCommand(backups: Command, cli: Cli): void {
  backups
    .command('create')
    .description('back instances up now, within the cap; exits with 0 only when each one is started or done')
    .requiredOption('--instance <id...>', 'the instances (required)')
    .option('--databases <names>', 'only these databases, with commas between them (default: the whole instance)', parseDatabases)
    .option('--method <method>', `${BACKUP_METHODS.join(', ')} (default: the best that the engine has)`, parseChoice('--method', BACKUP_METHODS))
    .option('--key <key>', 'names the request: the same key never makes a second backup (default: a new one, which is printed)', parseKey)
    .option('--dry-run', 'decide everything, change nothing')
    .action(async (options: CreateOptions, command: Command) => {
      const printer = printerOf(cli, command);
      const key = options.key ?? newKey(cli.io.clock.now());
      // Said before anything is sent: whatever becomes of this command, the request can be repeated.
      if (options.key === undefined) cli.io.stderr.write(`key: ${key}\n`);
      const created = await create(cli, configOf(command), key, options);
      printer.result({ json: () => jsonOf(created, options), text: (style) => textOf(created, style) });
      cli.end(exitCodeOfCreate(created.summary));
    });
}

async function create(cli: Cli, config: string | undefined, key: string, options: CreateOptions): Promise<Created> {
  const { clock } = cli.io;
  const verdicts: SlotVerdict[] = [];
  const steps: CreateStep[] = [];
  const summary = await inHouse(cli, config, async ({ house, policy }) => {
    const { runExtraBackup } = await import('../../run/extra-backup');
    const request = requestOf({ instance: options.instance, dryRun: options.dryRun === true }, policy, clock);
    const onDemand = { key, databases: options.databases, method: options.method };
    return runExtraBackup({ ...request, trigger: { ...request.trigger, id: key }, onDemand }, house.ports, {
      onVerdict: (verdict) => verdicts.push(verdict),
      onStep: (step) => step.action === 'create-backup' && steps.push(step),
    });
  });
  return { key, summary, verdicts, steps };
}

/** A pipeline goes on after 0: `skipped` and `continued` are no backup yet. */
function exitCodeOfCreate({ status }: RunSummary): ExitCode {
  return status === 'succeeded' ? EXIT.ok : status === 'failed' ? exitCodeOf(status) : EXIT.partial;
}

function jsonOf({ key, summary, verdicts, steps }: Created, { dryRun }: CreateOptions): unknown {
  return { key, summary, verdicts: verdicts.map(jsonOfVerdict), ...(dryRun === true ? { steps } : {}) };
}

function textOf({ key, summary, verdicts }: Created, style: Style): string {
  const { status, asOf, dryRun, runId } = summary;
  const again = dryRun ? `the same command with --key ${key} and without --dry-run does it` : `the same command with --key ${key} makes no second backup`;
  const isUnderWay = verdicts.some(({ verdict }) => toneOf(verdict) === 'active' && verdict !== 'would-submit');
  return lines(
    `${style.colors.bold(`Backup on demand at ${asOf}`)}: ${status}${dryRunText(summary)}`,
    '',
    verdicts.length === 0 ? 'another call with this key came at the same moment: repeat this one to see what it has come to' : verdictTable(verdicts, style),
    '',
    ...summaryFindings(summary, style),
    ...(isUnderWay ? ['reconcile follows what is under way to its backup set: keeper run reconcile, then keeper status'] : []),
    `${dryRun ? 'dry run' : `run ${sanitise(runId)}`}; ${again}`,
  );
}

function verdictTable(verdicts: readonly SlotVerdict[], style: Style): string {
  return renderTable<VerdictRow>(
    rowsOfVerdicts(verdicts),
    [
      { head: 'instance', text: (row) => row.instanceId },
      { head: 'slot', text: (row) => row.slotId ?? '-' },
      { head: 'verdict', text: (row) => row.verdict, paint: (row, text) => paint(style.colors, row.tone, text) },
      { head: 'reason', text: (row) => row.reason, isWide: true },
      { head: 'job', text: (row) => row.jobId ?? '-' },
      { head: 'backup set', text: (row) => row.backupId ?? '-' },
    ],
    style,
  );
}

/** Two people in the same second have two keys. */
function newKey(now: Instant): string {
  return `by-hand-${formatInstantCompact(now)}-${randomBytes(3).toString('hex')}`;
}

function parseKey(text: string): string {
  if (!isOnDemandKey(text)) throw new UsageError(`--key cannot be ${JSON.stringify(text.slice(0, 200))}`, `a key is ${KEY_RULE}`);
  return text;
}

function parseDatabases(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !isDatabaseName(name));
  if (wrong !== undefined) throw new UsageError(`--databases: ${JSON.stringify(wrong.slice(0, 200))} is no database name`, 'write --databases orders,invoices');
  if (names.length > MAX_DATABASES) throw new UsageError(`--databases names ${names.length} databases, more than ${MAX_DATABASES}`, 'ask for fewer at a time');
  return names;
}
