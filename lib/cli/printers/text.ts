// The texts of the commands for people: tables with a head line, counts, and what to look at next.
import { formatInstant } from '../../base/instant';
import type { RunSummary } from '../../domain/run';
import type { Finding, SlotVerdict } from '../../domain/verdict';
import { countVerdicts, findingsOf, rowsOfPostures, rowsOfVerdicts, type VerdictRow } from '../../report/verdict-view';
import type { CheckResult } from '../../run/doctor';
import type { Status } from '../../run/status';
import type { Plan } from '../../run/types';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { type Column, renderTable } from './table';

/** Instance, engine, rule, verdict, reason, backup set. */
export function verdictTable(rows: readonly VerdictRow[], style: Style): string {
  const columns: readonly Column<VerdictRow>[] = [
    { head: 'instance', text: (row) => row.instanceId },
    { head: 'engine', text: (row) => row.engine },
    { head: 'rule', text: (row) => row.rule ?? '-' },
    { head: 'verdict', text: (row) => row.verdict, paint: (row, text) => paint(style.colors, row.tone, text) },
    { head: 'reason', text: reasonText, isWide: true },
    { head: 'backup set', text: (row) => row.backupId ?? '-' },
  ];
  return renderTable(rows, columns, style);
}

/** `12 submitted, 3 cap-exhausted` */
export function countsLine(rows: readonly VerdictRow[], style: Style): string {
  if (rows.length === 0) return 'none';
  return countVerdicts(rows)
    .map(({ verdict, tone, count }) => paint(style.colors, tone, `${count} ${verdict}`))
    .join(', ');
}

export function findingLines(findings: readonly Finding[], style: Style): string[] {
  return findings.map(({ severity, instanceId, message, remedy }) => {
    const tone = severity === 'error' ? 'bad' : severity === 'warning' ? 'waiting' : 'idle';
    const where = instanceId === undefined ? '' : `${sanitise(instanceId)}: `;
    return `${paint(style.colors, tone, severity)}  ${where}${sanitise(message)}; ${sanitise(remedy)}`;
  });
}

const STEP_WORDS: Readonly<Record<Plan['function'], readonly [thing: string, done: string]>> = {
  'extra-backup': ['backup', 'started'],
  'extend-expiry': ['backup set', 'kept longer'],
};

export function planText(plan: Plan, style: Style): string {
  const rows = rowsOfVerdicts(plan.verdicts);
  const [thing, done] = STEP_WORDS[plan.function];
  return lines(
    `${style.colors.bold(`Plan for ${plan.function} at ${plan.asOf}`)}: ${counted(plan.steps.length, thing)} would be ${done}, nothing was`,
    '',
    ...interesting(rows, style),
    `plan    ${plan.digest}`,
    `policy  ${sanitise(plan.policyDigest)}`,
  );
}

export function runText(summary: RunSummary, verdicts: readonly SlotVerdict[], style: Style): string {
  const rows = rowsOfVerdicts(verdicts);
  const calls = Object.values(summary.apiCalls).reduce((sum, count) => sum + count, 0);
  return lines(
    `${style.colors.bold(`${summary.function} at ${summary.asOf}`)}: ${summary.status}${summary.dryRun ? ' (dry run: nothing was changed)' : ''}`,
    '',
    ...interesting(rows, style),
    ...findingLines(summary.findings, style),
    `run ${summary.runId}: ${summary.scope.instances} instances looked at, ${calls} API calls`,
  );
}

export function statusText({ meta, runs, open, postures }: Status, style: Style): string {
  const findings = findingsOf(postures);
  return lines(
    `${style.colors.bold('Installation')} ${sanitise(meta.installationId)}, since ${formatInstant(meta.createdAt)}`,
    '',
    runs.length === 0 ? 'no run yet' : renderTable(runs, runColumns(style), style),
    '',
    ...interesting(rowsOfPostures(postures), style),
    ...findingLines(findings, style),
    open.length === 0
      ? 'nothing is in flight'
      : `in flight: ${open.map((intent) => `${sanitise(intent.instanceId)} ${sanitise(intent.rule)} (${intent.state})`).join(', ')}`,
  );
}

function runColumns({ colors }: Style): readonly Column<Status['runs'][number]>[] {
  return [
    { head: 'started', text: (run) => formatInstant(run.startedAt) },
    { head: 'function', text: (run) => run.function },
    { head: 'trigger', text: (run) => `${run.trigger.type} ${run.trigger.id}` },
    { head: 'status', text: (run) => run.summary?.status ?? 'unfinished', paint: (run, text) => paint(colors, toneOfRun(run.summary?.status), text) },
    { head: 'verdicts', text: (run) => run.summary?.error?.message ?? countsText(run.summary?.counts ?? {}), isWide: true },
  ];
}

function toneOfRun(status: RunSummary['status'] | undefined): 'good' | 'waiting' | 'bad' {
  if (status === 'failed') return 'bad';
  return status === undefined || status === 'partial' ? 'waiting' : 'good';
}

function countsText(counts: RunSummary['counts']): string {
  return Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}

export function checksText(checks: readonly CheckResult[], { colors }: Style): string {
  return lines(
    ...checks.flatMap(({ name, isOk, detail, hint }) => [
      `${isOk ? colors.green('ok    ') : colors.red('failed')}  ${sanitise(name)}: ${sanitise(detail)}`,
      ...(hint === undefined ? [] : [`        hint: ${sanitise(hint)}`]),
    ]),
    checks.every((check) => check.isOk) ? 'all checks passed' : `${checks.filter((check) => !check.isOk).length} of ${checks.length} checks failed`,
  );
}

/** The rows that say something; what is merely not due is only counted: a fleet has thousands of those. */
function interesting(rows: readonly VerdictRow[], style: Style): string[] {
  const shown = rows.filter((row) => row.tone !== 'idle');
  return [...(shown.length === 0 ? [] : [verdictTable(shown, style), '']), `verdicts: ${countsLine(rows, style)}`];
}

function reasonText({ reason, until }: VerdictRow): string {
  if (until === undefined) return reason;
  const time = formatInstant(until);
  return reason.includes(time) ? reason : `${reason} (until ${time})`;
}

/** `1 rule`, `2 rules` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function lines(...parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
