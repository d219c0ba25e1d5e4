// What keeper explain says to people: each drifted setting, and for each backup set why it stays or goes, and when.
import { formatInstant, plusMs } from '../../base/instant';
import type { Hold } from '../../domain/guard';
import type { PhasedSet, TracedSet } from '../../policy/retention/types';
import type { Drift } from '../../policy/settings/types';
import type { Tone } from '../../report/verdict-view';
import type { ExplainedSet, Explanation } from '../../run/explain';
import { feasibilityText } from '../../run/hygiene/retention';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { renderTable } from './table';
import { counted, lines } from './text';

export function explanationText(explanation: Explanation, style: Style): string {
  const { instance, asOf, isInScope, backupId, sets } = explanation;
  const title = `${style.colors.bold(sanitise(instance.id))} (${instance.engine}, ${sanitise(instance.account)} in ${sanitise(instance.region)}) at ${formatInstant(asOf)}`;
  if (!isInScope) return lines(`${title}: the policy leaves it out, so no run touches its settings or its backup sets`);
  const [only] = sets;
  if (backupId !== undefined && only !== undefined)
    return lines(`backup set ${style.colors.bold(sanitise(backupId))} of ${title}`, '', ...wholeSet(only, explanation, style));
  return lines(title, '', ...settingsLines(explanation, style), '', ...setsLines(explanation, style));
}

const DRIFT_TONES: Readonly<Record<Drift['action'], Tone>> = { report: 'bad', correct: 'active', 'not-correctable': 'bad', wait: 'waiting', paused: 'bad' };

function settingsLines({ settings }: Explanation, style: Style): string[] {
  const title = style.colors.bold('Settings');
  if (settings === undefined) return [`${title}: the policy has none for this instance`];
  const { policy, decision } = settings;
  if ('unreadable' in decision) return [`${title}: could not be read: ${sanitise(decision.unreadable)}`];
  if (decision.drifts.length === 0) return [`${title}: every setting of the policy is as agreed`];
  const table = renderTable(
    decision.drifts,
    [
      { head: 'setting', text: ({ setting }) => setting },
      { head: 'is', text: ({ before }) => before },
      { head: 'wanted', text: ({ wanted }) => wanted },
      { head: 'action', text: ({ action }) => action, paint: ({ action }, text) => paint(style.colors, DRIFT_TONES[action], text) },
      { head: 'why', text: whyOfDrift, isWide: true },
    ],
    style,
  );
  return [`${title} (mode ${policy.mode}): ${counted(decision.drifts.length, 'setting')} drifted`, table];
}

function whyOfDrift({ reason, until, isDestructive }: Drift): string {
  const when = until === undefined || reason.includes(formatInstant(until)) ? '' : ` (until ${formatInstant(until)})`;
  return `${isDestructive ? 'DESTROYS BACKUPS: ' : ''}${reason}${when}`;
}

function setsLines({ retention, sets, asOf }: Explanation, style: Style): string[] {
  const surplus = sets.filter(({ phased }) => phased?.decision.action === 'expire').length;
  const summary =
    retention === undefined
      ? `the policy has none for this instance, so no run purges any of its ${counted(sets.length, 'backup set')}`
      : `(mode ${retention.mode}) ${counted(sets.length, 'backup set')}, ${surplus} surplus`;
  const title = `${style.colors.bold('Retention')}: ${summary}`;
  if (sets.length === 0) return [title];
  const table = renderTable(
    sets,
    [
      { head: 'backup set', text: ({ set }) => set.id },
      { head: 'started', text: ({ set }) => formatInstant(set.startedAt) },
      { head: 'made by', text: ({ set }) => makerOf(set) },
      { head: 'decision', text: decisionOf, paint: (row, text) => paint(style.colors, decisionOf(row) === 'expire' ? 'waiting' : 'good', text) },
      { head: 'why, and what comes next', text: (row) => tableReasons(row, { retention, asOf }).join('; '), isWide: true },
    ],
    style,
  );
  return [title, table];
}

function wholeSet(row: ExplainedSet, { retention, asOf }: Explanation, { colors }: Style): string[] {
  const { set, phased } = row;
  const facts: readonly (readonly [string, string])[] = [
    ['made by', makerOf(set)],
    [
      'made',
      `${formatInstant(set.startedAt)} to ${formatInstant(set.endedAt)}, ${set.mode} ${set.method} ${set.type}, ${set.status}${set.isAvailable ? '' : ', not available'}`,
    ],
    ['contents', scopeText(set)],
    ['expires', expiryText(set)],
    ['decision', decisionOf(row)],
    ...reasonsOf(row).map((reason) => ['because', reason] as const),
    ...(phased === undefined ? [] : [['deletion', deletionText(phased)] as const]),
    ...nextOf(row, { retention, asOf }, () => []).map((next) => ['next', next] as const),
  ];
  return facts.map(([name, text]) => `${colors.bold(name.padEnd(9))}${sanitise(text)}`);
}

function makerOf({ mode, origin }: TracedSet): string {
  if (mode === 'automated') return 'the service';
  return origin === 'foreign' ? 'somebody else' : `the keeper (${origin})`;
}

function scopeText({ scope, release }: TracedSet): string {
  const what =
    scope.kind === 'databases' ? `databases ${scope.databases.join(', ')}` : scope.kind === 'instance' ? 'the whole instance' : 'it is not known what';
  return release === undefined ? what : `${what}, for ${release}`;
}

function expiryText({ expiresAt }: TracedSet): string {
  if (expiresAt === undefined) return 'the service does not say when it drops it';
  return expiresAt === 'never' ? 'the service never drops it' : `the service drops it at ${formatInstant(expiresAt)}`;
}

function holdText({ id, owner, reason }: Hold): string {
  return `hold ${id} of ${owner}: ${reason}`;
}

function decisionOf({ phased }: ExplainedSet): string {
  return phased?.decision.action ?? 'keep';
}

function reasonsOf({ phased, holds }: ExplainedSet): string[] {
  if (phased === undefined) return ['the policy has no retention for this instance', ...holds.map(holdText)];
  const { decision } = phased;
  return decision.action === 'keep' ? decision.reasons.map(({ text }) => text) : [decision.reason];
}

/** Of what stays, nobody is to read that it can go now. */
function deletionText({ decision, feasibility }: PhasedSet): string {
  return decision.action === 'keep' && feasibility.when === 'now' ? 'it could be deleted now if nothing kept it' : feasibilityText(feasibility);
}

/** Whether it can go, where it stands in the two phases, with the dates, and whether it is kept longer. */
function nextOf(
  { phased, extension }: ExplainedSet,
  { retention, asOf }: Pick<Explanation, 'retention' | 'asOf'>,
  feasibilityOf: (phased: PhasedSet) => readonly string[],
): string[] {
  const longer = extension?.action === 'extend' ? [`the next run of extend-expiry keeps it longer: ${extension.reason}`] : [];
  if (phased === undefined || retention === undefined) return longer;
  return [...feasibilityOf(phased), ...phaseText(phased, retention, asOf), ...longer];
}

/** A table has a line or two for each set: that the policy has no retention is said above it, and what the service makes and drops itself needs few words. */
function tableReasons(row: ExplainedSet, { retention, asOf }: Pick<Explanation, 'retention' | 'asOf'>): readonly string[] {
  const { set, phased, holds } = row;
  const reasons = phased?.decision.action === 'keep' ? phased.decision.reasons.filter(({ cause }) => cause !== 'service').map(({ text }) => text) : undefined;
  return [
    ...(phased === undefined ? holds.map(holdText) : (reasons ?? reasonsOf(row))),
    ...nextOf(row, { retention, asOf }, shortFeasibility),
    expiryText(set),
  ];
}

/** In a table, the documents' rule is told of what is to go; of what stays, only when it could go. */
function shortFeasibility({ set, decision, feasibility }: PhasedSet): readonly string[] {
  if (decision.action === 'expire') return [feasibilityText(feasibility)];
  if (set.mode === 'automated') return [];
  if (feasibility.when === 'now') return [];
  if (feasibility.when === 'never') return ['never deletable'];
  return [feasibility.at === undefined ? 'not deletable yet' : `not deletable before ${formatInstant(feasibility.at)}`];
}

function phaseText({ decision, next, mark }: PhasedSet, { mode, graceMs }: NonNullable<Explanation['retention']>, asOf: Explanation['asOf']): string[] {
  const since = mark === undefined ? [] : [`marked since ${formatInstant(mark.markedAt)}`];
  if (decision.action === 'expire' && mode === 'audit') return [...since, 'it is reported only (retention.mode is audit)'];
  switch (next.phase) {
    case 'none':
      return since;
    case 'mark':
      return [`the next run marks it, and a run after ${formatInstant(plusMs(asOf, graceMs))} may purge it`];
    case 'wait':
      if (mark?.state === 'deleting') return [...since, `a run is deleting it; one after ${formatInstant(next.until)} sees what came of that`];
      return [...since, `a run after ${formatInstant(next.until)} purges it`];
    case 'purge':
      return [...since, 'the next run purges it'];
    case 'unmark':
      return [...since, 'the next run takes the mark away'];
  }
}
