// The JSON documents of the commands: times as ISO 8601 text, undefined members left out.
import { formatInstant, type Instant } from '../../base/instant';
import type { SetRecord } from '../../domain/ports';
import type { RunRecord, RunSummary } from '../../domain/run';
import type { Intent } from '../../domain/slot';
import type { SlotVerdict } from '../../domain/verdict';
import { rowsOfCopies } from '../../report/copies-view';
import type { VerdictRow } from '../../report/verdict-view';
import { findingsOf, rowsOfPostures } from '../../report/verdict-view';
import type { Applied } from '../../run/apply';
import type { PlanFile } from '../../run/plan-file';
import type { Status } from '../../run/status';
import type { Plan } from '../../run/types';
import { jsonOfCopies } from './status-copies';

/** Indented, with control characters that JSON itself lets through written as escapes: people read it on terminals too. */
export function renderJson(document: unknown): string {
  return escapeControls(JSON.stringify(document, undefined, 2));
}

/** The same on one line. */
export function renderJsonLine(document: unknown): string {
  return escapeControls(JSON.stringify(document));
}

function escapeControls(json: string): string {
  return json.replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `out`: the file that the plan was written to, with its digest. */
export function jsonOfPlan(plan: Plan, out: { readonly path: string; readonly digest: string } | undefined): unknown {
  return { ...plan, verdicts: plan.verdicts.map(jsonOfVerdict), out };
}

/** The run's summary, and beside it what it said of each instance, slot and set. */
export function jsonOfRun(summary: RunSummary, verdicts: readonly SlotVerdict[]): unknown {
  return { ...summary, verdicts: verdicts.map(jsonOfVerdict) };
}

/** `outcome` is `nothing`, `repeated` or `applied`; the summary is the run's, where there was one, and only what was done now has verdicts. */
export function jsonOfApplied({ digest, steps, ...file }: PlanFile, { kind, ...rest }: Applied, verdicts: readonly SlotVerdict[]): unknown {
  const plan = { digest, function: file.function, asOf: file.asOf, steps: steps.length };
  return { plan, outcome: kind, ...rest, ...(kind === 'applied' ? { verdicts: verdicts.map(jsonOfVerdict) } : {}) };
}

export function jsonOfVerdict<T extends SlotVerdict | VerdictRow>(verdict: T): unknown {
  return { ...verdict, until: iso(verdict.until) };
}

export function jsonOfStatus({ meta, runs, open, releases, postures }: Status): unknown {
  return {
    installation: { ...meta, createdAt: iso(meta.createdAt) },
    runs: runs.map(jsonOfRunRecord),
    open: open.map(jsonOfIntent),
    releases,
    rows: rowsOfPostures(postures).map(jsonOfVerdict),
    copies: rowsOfCopies(postures).map(jsonOfCopies),
    findings: findingsOf(postures).map((finding) => ({ ...finding, openedAt: iso(finding.openedAt) })),
  };
}

export function jsonOfSet(record: SetRecord): unknown {
  return { ...record, recordedAt: iso(record.recordedAt) };
}

function jsonOfRunRecord({ trigger, startedAt, leaseUntil, ...run }: RunRecord): unknown {
  return { ...run, trigger: { ...trigger, time: iso(trigger.time) }, startedAt: iso(startedAt), leaseUntil: iso(leaseUntil) };
}

function jsonOfIntent(intent: Intent): unknown {
  const { occurrence, openUntil, createdAt, updatedAt, sentAt, startedAt, endedAt, ...rest } = intent;
  const times = { occurrence, openUntil, createdAt, updatedAt, sentAt, startedAt, endedAt };
  return { ...rest, ...Object.fromEntries(Object.entries(times).map(([name, at]) => [name, iso(at)])) };
}

function iso(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}
