// The report as one JSON document of a stable shape: programs read it. Members are added only; `version` grows when one changes its meaning or goes.
import type { RunRecord } from '../domain/run';
import { clipped, renderWithin } from './bounds';
import type { CopiesView, InstanceView, ReportView } from './report-view';
import { isoOf, minutesOf, type PointInTime } from './times';
import type { OpenFinding, VerdictRow } from './verdict-view';

/**
 * Times are ISO 8601 in UTC, spans whole minutes; what is not known is left out. `totals` are over the whole fleet; `shown.instances` of `shown.of` are listed, the worst first:
 *
 * `{ version: 1, asOf, timezone, policy, installation, totals: { <posture>: n }, findings: { error, warning, info }, shown: { instances, of }, instances: [{ account, region,
 * instanceId, engine, posture, reason, saidAt?, ageMinutes?, rules: [{ rule?, verdict, reason, until?, backupId?, jobId? }], rulesTotal, findings: [{ id, severity, rule,
 * message, remedy, openedAt? }], findingsTotal, copies?: { copies, measuredAt, lagP50Minutes?, lagMaxMinutes?, achievedRpoMinutes?, localWindow?, copyWindow?, probe? } }],
 * leftovers: [finding], leftoversTotal, runs: [{ function, runId, trigger, startedAt, status, counts?, error? }] }`
 */
export function jsonOfReport(view: ReportView): string {
  const instances = renderWithin(view.instances, (instance) => JSON.stringify(instanceOf(instance, view.asOf)));
  const head = {
    version: 1,
    asOf: isoOf(view.asOf),
    timezone: view.timezone,
    policy: view.policyName,
    installation: view.installationId,
    totals: view.totals,
    findings: view.findingTotals,
    shown: { instances: instances.length, of: view.instances.length },
  };
  const tail = { leftovers: view.leftovers.map(findingOf), leftoversTotal: view.leftoversTotal, runs: view.runs.map(runOf) };
  // Each instance was made into text once already, to know what fits.
  return escapeControls(`${JSON.stringify(head).slice(0, -1)},"instances":[${instances.join(',')}],${JSON.stringify(tail).slice(1)}\n`);
}

/** What JSON itself lets through and a terminal, or a browser that takes it for a page, may act on, as escapes. */
function escapeControls(json: string): string {
  return json.replace(/[<\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function instanceOf(instance: InstanceView, asOf: PointInTime): unknown {
  const { saidAt, reason, rules, findings, copies, ...rest } = instance;
  return {
    ...rest,
    reason: clipped(reason),
    ...(saidAt === undefined ? {} : { saidAt: isoOf(saidAt), ageMinutes: minutesOf(asOf - saidAt) }),
    rules: rules.map(ruleOf),
    findings: findings.map(findingOf),
    copies: copies && copiesOf(copies),
  };
}

function ruleOf({ rule, verdict, reason, until, backupId, jobId }: VerdictRow): unknown {
  return { rule, verdict, reason: clipped(reason), until: until && isoOf(until), backupId, jobId };
}

function findingOf(finding: OpenFinding): unknown {
  const { id, severity, rule, instanceId, message, remedy, openedAt } = finding;
  return { id: clipped(id), severity, rule, instanceId, message: clipped(message), remedy: clipped(remedy), openedAt: openedAt && isoOf(openedAt) };
}

function copiesOf({ copies, measuredAt, lagP50Ms, lagMaxMs, achievedRpoMs, localWindow, copyWindow, probe }: CopiesView): unknown {
  return {
    copies,
    measuredAt: isoOf(measuredAt),
    lagP50Minutes: minutes(lagP50Ms),
    lagMaxMinutes: minutes(lagMaxMs),
    achievedRpoMinutes: minutes(achievedRpoMs),
    localWindow: localWindow && { from: isoOf(localWindow.from), to: isoOf(localWindow.to) },
    copyWindow: copyWindow && { from: isoOf(copyWindow.from), to: isoOf(copyWindow.to) },
    probe: probe && { ...probe, at: isoOf(probe.at), reason: probe.reason && clipped(probe.reason) },
  };
}

function minutes(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : minutesOf(ms);
}

function runOf({ function: name, runId, trigger, startedAt, summary }: RunRecord): unknown {
  const error = summary?.error;
  return {
    function: name,
    runId,
    trigger: trigger.type,
    startedAt: isoOf(startedAt),
    status: summary?.status ?? 'running',
    counts: summary?.counts,
    error: error && { code: error.code, message: clipped(error.message) },
  };
}
