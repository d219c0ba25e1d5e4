// The texts of the commands for people: tables with a head line, counts, and what to look at next.
import { formatInstant } from '../../base/instant';
import type { RunSummary } from '../../domain/run';
import type { Finding, SlotVerdict } from '../../domain/verdict';
import { rowsOfCopies } from '../../report/copies-view';
import { countVerdicts, findingsOf, gravestFirst, type OpenFinding, rowsOfPostures, rowsOfVerdicts, type VerdictRow } from '../../report/verdict-view';
import type { CheckResult } from '../../run/doctor';
import type { Status } from '../../run/status';
import { sanitise } from '../sanitise';
import { copiesLines } from './status-copies';
import { paint, type Style } from './style';
import { type Column, renderTable } from './table';

/** How much of a trigger's name a table shows. */
const MAX_TRIGGER = 32;

/** Instance, engine, rule, verdict, reason, backup set. A reason that many sets of an instance share is told at the first of them. */
export function verdictTable(rows: readonly VerdictRow[], style: Style): string {
  const repeated = new Set(rows.filter((row, at) => isSaidBefore(row, rows[at - 1])));
  const columns: readonly Column<VerdictRow>[] = [
    { head: 'instance', text: (row) => row.instanceId },
    { head: 'engine', text: (row) => row.engine },
    { head: 'rule', text: (row) => row.rule ?? '-' },
    { head: 'verdict', text: (row) => row.verdict, paint: (row, text) => paint(style.colors, row.tone, text) },
    { head: 'reason', text: (row) => (repeated.has(row) ? 'as above' : reasonText(row)), isWide: true },
    { head: 'backup set', text: (row) => row.backupId ?? '-' },
  ];
  return renderTable(rows, columns, style);
}

function isSaidBefore(row: VerdictRow, before: VerdictRow | undefined): boolean {
  if (before === undefined || row.backupId === undefined) return false;
  return (['instanceId', 'rule', 'verdict', 'reason', 'until'] as const).every((member) => row[member] === before[member]);
}

/** `12 submitted, 3 cap-exhausted` */
export function countsLine(rows: readonly VerdictRow[], style: Style): string {
  if (rows.length === 0) return 'none';
  return countVerdicts(rows)
    .map(({ verdict, tone, count }) => paint(style.colors, tone, `${count} ${verdict}`))
    .join(', ');
}

/** Of those that the ledger keeps, also since when they stand. */
export function findingLines(findings: readonly (Finding & Partial<Pick<OpenFinding, 'openedAt'>>)[], style: Style): string[] {
  return findings.map(({ severity, instanceId, message, remedy, openedAt }) => {
    const tone = severity === 'error' ? 'bad' : severity === 'warning' ? 'waiting' : 'idle';
    const where = instanceId === undefined ? '' : `${sanitise(instanceId)}: `;
    const since = openedAt === undefined ? '' : ` (since ${formatInstant(openedAt)})`;
    return `${paint(style.colors, tone, severity)}  ${where}${sanitise(message)}${since}; ${sanitise(remedy)}`;
  });
}

/** What a run found. A summary carries the first of its findings only, and what a dry run found is kept nowhere else. */
export function summaryFindings({ findings, findingsTotal, dryRun }: RunSummary, style: Style): string[] {
  const more = findingsTotal - findings.length;
  const where = dryRun ? 'name fewer instances with --instance to see all' : 'see keeper status';
  return [...findingLines(gravestFirst(findings), style), ...(more > 0 ? [`${counted(more, 'more finding')}: ${where}`] : [])];
}

/** Without verdicts, for a run of old, the counts of its summary stand for them. */
export function runText(summary: RunSummary, verdicts: readonly SlotVerdict[] | undefined, style: Style): string {
  return lines(
    `${style.colors.bold(`${summary.function} at ${summary.asOf}`)}: ${summary.status}${dryRunText(summary)}`,
    '',
    ...(verdicts === undefined ? [`verdicts: ${countsText(summary.counts)}`] : interestingRows(rowsOfVerdicts(verdicts), style)),
    ...summaryFindings(summary, style),
    ...newsLines(summary),
    effortLine(summary),
  );
}

/** What only a run knows of its fleet: how late copies were, and what is new about findings. */
function newsLines({ copyLag, findingChanges }: RunSummary): string[] {
  const { opened = 0, updated = 0, closed = 0 } = findingChanges ?? {};
  const changes = [...(opened === 0 ? [] : [`${opened} new`]), ...(updated === 0 ? [] : [`${updated} changed`]), ...(closed === 0 ? [] : [`${closed} closed`])];
  return [
    ...(copyLag === undefined
      ? []
      : [
          `copy lag, at most: median ${copyLag.p50Minutes} min, 95 % ${copyLag.p95Minutes} min, longest ${copyLag.maxMinutes} min, of ${copyLag.copies} ${copyLag.copies === 1 ? 'copy' : 'copies'}`,
        ]),
    ...(changes.length === 0 ? [] : [`findings: ${changes.join(', ')}`]),
  ];
}

const GONE: ReadonlySet<string> = new Set(['purged', 'would-purge']);

/** Sets that somebody asked to be deleted: how many are gone, and why the others are not. */
export function deletionText(summary: RunSummary, verdicts: readonly SlotVerdict[], style: Style): string {
  const gone = verdicts.filter(({ verdict }) => GONE.has(verdict)).length;
  const outcome = `${gone} of ${counted(verdicts.length, 'backup set')} ${summary.dryRun ? 'would be deleted' : 'deleted'}`;
  return lines(
    `${style.colors.bold(`Deletion by hand at ${summary.asOf}`)}: ${outcome}${dryRunText(summary)}`,
    '',
    ...(verdicts.length === 0 ? [] : [verdictTable(rowsOfVerdicts(verdicts), style), '']),
    ...summaryFindings(summary, style),
    effortLine(summary),
  );
}

export function dryRunText({ dryRun }: RunSummary): string {
  return dryRun ? ' (dry run: nothing was changed)' : '';
}

/** A dry run is not recorded, so its name says nothing. */
function effortLine({ runId, dryRun, scope, apiCalls }: RunSummary): string {
  const calls = Object.values(apiCalls).reduce((sum, count) => sum + count, 0);
  return `${dryRun ? 'dry run' : `run ${runId}`}: ${counted(scope.instances, 'instance')} looked at, ${counted(calls, 'API call')}`;
}

export function statusText({ meta, runs, open, releases, postures }: Status, style: Style): string {
  const findings = findingsOf(postures);
  return lines(
    `${style.colors.bold('Installation')} ${sanitise(meta.installationId)}, since ${formatInstant(meta.createdAt)}`,
    '',
    runs.length === 0 ? 'no run yet' : renderTable(runs, runColumns(style), style),
    '',
    ...interestingRows(rowsOfPostures(postures), style),
    ...copiesLines(rowsOfCopies(postures), style),
    ...findingLines(findings, style),
    ...releases.map(
      ({ source, release, deadline, reason }) => `release ${sanitise(release)} of ${sanitise(source)} is pending until ${deadline}: ${sanitise(reason)}`,
    ),
    open.length === 0
      ? 'nothing is in flight'
      : `in flight: ${open.map((intent) => `${sanitise(intent.instanceId)} ${sanitise(intent.rule)} (${intent.state})`).join(', ')}`,
  );
}

function runColumns({ colors }: Style): readonly Column<Status['runs'][number]>[] {
  return [
    { head: 'started', text: (run) => formatInstant(run.startedAt) },
    { head: 'function', text: (run) => run.function },
    { head: 'trigger', text: (run) => `${run.trigger.type} ${shortened(run.trigger.id)}` },
    { head: 'status', text: (run) => run.summary?.status ?? 'unfinished', paint: (run, text) => paint(colors, toneOfRun(run.summary?.status), text) },
    { head: 'verdicts', text: (run) => run.summary?.error?.message ?? handedText(run.summary) ?? countsText(run.summary?.counts ?? {}), isWide: true },
  ];
}

/** A run that has only divided the work has no verdicts of its own. */
function handedText(summary: RunSummary | undefined): string | undefined {
  if (summary?.handedTo === undefined || Object.keys(summary.counts).length > 0) return undefined;
  return `${counted(summary.handedTo.length, 'part')} handed over`;
}

/** Runs of plans are named by the plan's whole digest: its start tells them apart. */
function shortened(id: string): string {
  return id.length <= MAX_TRIGGER ? id : `${id.slice(0, MAX_TRIGGER - 1)}…`;
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

/** The rows that say something; what is merely not due is only counted: a fleet has thousands of those. `isShown` leaves out what is told elsewhere. */
export function interestingRows(rows: readonly VerdictRow[], style: Style, isShown: (row: VerdictRow) => boolean = () => true): string[] {
  const shown = rows.filter((row) => row.tone !== 'idle' && isShown(row));
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
