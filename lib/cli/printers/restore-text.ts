// Restores, for people and for programs: what one would make, what was started, and what has become of them.
import { formatInstant } from '../../base/instant';
import { sourceText } from '../../policy/restore-facts';
import type { RestorePlan } from '../../run/restore/plan';
import type { StartedRestore } from '../../run/restore/start';
import type { RestoreState, RestoreView } from '../../run/restore/status';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { type Column, renderTable } from './table';
import { findingLines, lines } from './text';

export function jsonOfPlan({ source, ...plan }: RestorePlan): object {
  return { plan: { ...plan, source: 'at' in source ? { ...source, at: formatInstant(source.at) } : source } };
}

export function jsonOfStarted(key: string, { kind, summary }: StartedRestore): object {
  return { key, outcome: kind, summary };
}

export function jsonOfRestores(views: readonly RestoreView[]): object {
  return { restores: views.map(({ startedAt, ...view }) => ({ ...view, startedAt: formatInstant(startedAt) })) };
}

/** `failure`: why the service would refuse it. */
export function planText(plan: RestorePlan, failure: string | undefined, style: Style): string {
  const { colors } = style;
  const width = Math.max(...plan.costs.map(({ name }) => name.length));
  return lines(
    `${colors.bold('Restore')} of ${sanitise(sourceText(plan.instanceId, plan.source))}${plan.kind === 'tables' ? ` into ${sanitise(plan.into)}` : ''}`,
    ...tableLines(plan),
    '',
    ...plan.costs.map(({ name, value }) => `${name.padEnd(width)}  ${sanitise(value)}`),
    '',
    ...plan.notes.map((note) => `note: ${sanitise(note)}`),
    checkText(plan, failure, style),
  );
}

function tableLines(plan: RestorePlan): readonly string[] {
  if (plan.kind !== 'tables') return [];
  return plan.tables.flatMap(({ database, newDatabase, tables }) =>
    tables.length === 0
      ? [`  ${sanitise(database)} → ${sanitise(newDatabase)}`]
      : tables.map(({ name, newName }) => `  ${sanitise(`${database}.${name}`)} → ${sanitise(`${newDatabase}.${newName}`)}`),
  );
}

function checkText(plan: RestorePlan, failure: string | undefined, { colors }: Style): string {
  if (failure !== undefined) return paint(colors, 'bad', sanitise(failure));
  if (plan.kind === 'tables' || plan.check === undefined) return 'check: the service has none for this; it answers when the restore is started';
  return `check: ${colors.green('the service would take it')}`;
}

export function startedText(key: string, { kind, summary }: StartedRestore, style: Style): string {
  const again = `keeper restore status --key ${key}`;
  if (kind === 'under-way') return lines(`another process is at the restore with key ${key}, or was until a minute ago: repeat the command then`, again);
  return lines(
    ...(kind === 'repeated' ? [`the restore with key ${key} was started at ${summary.asOf}: nothing was sent now`] : []),
    ...findingLines(summary.findings, style),
    `run ${sanitise(summary.runId)}; the same command with --key ${key} restores nothing twice; ${again}`,
  );
}

/** `key`: the only one that was asked for. */
export function restoresText(views: readonly RestoreView[], key: string | undefined, style: Style): string {
  if (views.length === 0) return lines(key === undefined ? 'no restores' : `no restore has the key ${key}`);
  const columns: readonly Column<RestoreView>[] = [
    { head: 'started', text: ({ startedAt }) => formatInstant(startedAt) },
    { head: 'key', text: ({ key }) => key },
    { head: 'instance', text: ({ restoredId }) => restoredId ?? '-' },
    { head: 'state', text: ({ state }) => state, paint: ({ state }, text) => paint(style.colors, TONES[state], text) },
    { head: 'what', text: ({ reason }) => reason, isWide: true },
  ];
  return lines(renderTable(views, columns, style));
}

const TONES = {
  running: 'good',
  restoring: 'waiting',
  'under-way': 'waiting',
  interrupted: 'bad',
  failed: 'bad',
  unknown: 'waiting',
} as const satisfies Readonly<Record<RestoreState, Parameters<typeof paint>[1]>>;
