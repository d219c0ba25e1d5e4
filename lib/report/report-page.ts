// The report as one self-contained HTML page: a plain table, no script, nothing fetched, everything escaped.
import type { RunRecord } from '../domain/run';
import { POSTURES, type Posture } from '../policy/posture';
import { clipped, renderWithin } from './bounds';
import { escapeHtml } from './html';
import { PAGE_POLICY, PAGE_STYLE } from './page-style';
import type { CopiesView, InstanceView, ReportView } from './report-view';
import { isoOf, localTime, type PointInTime, spanText, utcTime } from './times';
import type { OpenFinding, VerdictRow } from './verdict-view';

const POSTURE_NAMES: Readonly<Record<Posture, string>> = { protected: 'protected', 'at-risk': 'at risk', unprotected: 'unprotected', unknown: 'unknown' };

/** Shows as much of the fleet as one answer can carry, the worst first, and says so. */
export function pageOfReport(view: ReportView): string {
  const rows = renderWithin(view.instances, (instance) => instanceRow(instance, view));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(PAGE_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Backup posture, ${escapeHtml(localTime(view.asOf, view.timezone))}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Backup posture</h1>
<p>As of ${time(view.asOf, view)}. Policy <b>${escapeHtml(view.policyName)}</b>, installation <code>${escapeHtml(view.installationId)}</code>. From the ledger alone.</p>
</header>
<main>
${summaryList(view)}
${cutNote(rows.length, view.instances.length)}${instanceTable(rows, view)}
${leftoverTable(view)}${runTable(view)}
</main>
</body>
</html>
`;
}

function summaryList({ totals, findingTotals, instances }: ReportView): string {
  const tiles = POSTURES.map((posture) => `<li class="tile ${posture}"><b>${totals[posture]}</b> ${POSTURE_NAMES[posture]}</li>`);
  const findings = [counted(findingTotals.error, 'error'), counted(findingTotals.warning, 'warning'), counted(findingTotals.info, 'note')].join(', ');
  return `<ul class="tiles" aria-label="Instances by posture">
${tiles.join('\n')}
</ul>
<p>${counted(instances.length, 'instance')}. Open findings: ${findings}.</p>`;
}

function cutNote(shown: number, total: number): string {
  if (shown === total) return '';
  return `<p class="note" role="note">Only the first ${shown} of ${total} instances are shown, the worst first. The figures above are over all of them.</p>\n`;
}

function instanceTable(rows: readonly string[], view: ReportView): string {
  if (rows.length === 0) return '<p class="note">The ledger knows of no instance yet: no run of extra-backup has looked at the fleet.</p>';
  return table(
    `Every instance and how it stands; times in ${escapeHtml(view.timezone)} and UTC`,
    ['Instance', 'Posture', 'Newest verdict of each rule', 'Findings', 'Recovery and copies', 'Last word'],
    rows,
  );
}

function instanceRow(instance: InstanceView, view: ReportView): string {
  const { account, region, instanceId, engine, posture, reason, saidAt, rules, rulesTotal, findings, findingsTotal, copies } = instance;
  const age = saidAt === undefined ? '' : `<br><small>${spanText(view.asOf - saidAt)} ago</small>`;
  return `<tr>
<th scope="row">${text(instanceId)}<br><small>${text(engine)}<br>${text(account)} / ${text(region)}</small></th>
<td><span class="badge ${posture}">${POSTURE_NAMES[posture]}</span><br>${text(reason)}</td>
<td>${list(
    rules.map((rule) => ruleItem(rule, view)),
    rulesTotal,
  )}</td>
<td>${list(
    findings.map((finding) => findingItem(finding, view)),
    findingsTotal,
  )}</td>
<td>${copies === undefined ? NOTHING : copiesCell(copies, view)}</td>
<td>${saidAt === undefined ? NOTHING : `${time(saidAt, view)}${age}`}</td>
</tr>`;
}

function ruleItem({ rule, verdict, tone, reason, until }: VerdictRow, view: ReportView): string {
  const name = rule === undefined ? '' : `${text(rule)}: `;
  const again = until === undefined ? '' : `<br><small>next look ${time(until, view)}</small>`;
  return `${name}<span class="word ${tone}">${text(verdict)}</span><br><small>${text(reason)}</small>${again}`;
}

function findingItem({ severity, message, remedy, openedAt }: OpenFinding, view: ReportView): string {
  const since = openedAt === undefined ? '' : `<br>since ${time(openedAt, view)}`;
  return `<span class="word ${severity}">${severity}</span> ${text(message)}<br><small>${text(remedy)}${since}</small>`;
}

function copiesCell({ copies, measuredAt, lagP50Ms, lagMaxMs, achievedRpoMs, localWindow, copyWindow, probe }: CopiesView, view: ReportView): string {
  const lag = lagP50Ms === undefined || lagMaxMs === undefined ? '' : `, lag ${spanText(lagP50Ms)} (median) to ${spanText(lagMaxMs)}`;
  const lines = [
    localWindow && `Here: ${time(localWindow.from, view)} to ${time(localWindow.to, view)}`,
    `${counted(copies, 'copy', 'copies')}${lag}`,
    copyWindow && `There: ${time(copyWindow.from, view)} to ${time(copyWindow.to, view)}`,
    achievedRpoMs === undefined ? undefined : `Achieved RPO ${spanText(achievedRpoMs)}`,
    probe && `Copy ${text(probe.copyId)} ${probe.isRestorable ? 'can be restored' : `cannot be restored: ${text(probe.reason ?? 'no reason given')}`}`,
    `<small>Measured ${time(measuredAt, view)}</small>`,
  ];
  return lines.filter((line) => line !== undefined).join('<br>');
}

function leftoverTable(view: ReportView): string {
  const { leftovers, leftoversTotal } = view;
  if (leftovers.length === 0) return '';
  const rows = leftovers.map((finding) => `<tr>\n<th scope="row">${text(finding.instanceId ?? '')}</th>\n<td>${findingItem(finding, view)}</td>\n</tr>`);
  const more = leftoversTotal > leftovers.length ? `; ${leftovers.length} of ${leftoversTotal}` : '';
  return `${table(`Copies that no policy looks after${more}`, ['Instance', 'Finding'], rows)}\n`;
}

function runTable(view: ReportView): string {
  if (view.runs.length === 0) return '<p class="note">No run is in the ledger yet.</p>';
  return table(
    'The newest runs of each function',
    ['Function', 'Started', 'Trigger', 'Status', 'Counts'],
    view.runs.map((run) => runRow(run, view)),
  );
}

function runRow({ function: name, startedAt, trigger, summary }: RunRecord, view: ReportView): string {
  const counts = Object.entries(summary?.counts ?? {}).map(([word, count]) => `${text(word)} ${count}`);
  const error = summary?.error === undefined ? '' : `<br><small>${text(summary.error.message)}</small>`;
  return `<tr>
<th scope="row">${text(name)}</th>
<td>${time(startedAt, view)}</td>
<td>${text(trigger.type)}</td>
<td>${text(summary?.status ?? 'running')}${error}</td>
<td>${counts.join(', ') || NOTHING}</td>
</tr>`;
}

const NOTHING = '<span class="nothing">not known</span>';

function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((each) => `<th scope="col">${each}</th>`).join('');
  return `<table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function list(items: readonly string[], total: number): string {
  if (items.length === 0) return '<span class="nothing">none</span>';
  const more = total > items.length ? `<li>and ${total - items.length} more</li>` : '';
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}${more}</ul>`;
}

function text(raw: string): string {
  return escapeHtml(clipped(raw));
}

/** In the policy's time zone, and in UTC. */
function time(at: PointInTime, { timezone }: Pick<ReportView, 'timezone'>): string {
  return `<time datetime="${isoOf(at)}">${escapeHtml(localTime(at, timezone))} <small>(${utcTime(at)})</small></time>`;
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
