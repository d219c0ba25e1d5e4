// What is known of the copies in the other region, for `keeper status`: lag, achieved RPO, recovery windows, and whether they can be restored.
import { formatInstant, type Instant, MINUTE_MS } from '../../base/instant';
import type { RecoveryWindow } from '../../domain/cross-region';
import type { CopiesRow } from '../../report/copies-view';
import type { Style } from './style';
import { type Column, renderTable } from './table';

const COLUMNS: readonly Column<CopiesRow>[] = [
  { head: 'instance', text: (row) => row.instanceId },
  { head: 'copies', text: (row) => String(row.copies) },
  { head: 'lag p50/p95/max', text: ({ lagP50Ms, lagP95Ms, lagMaxMs }) => `${minutes(lagP50Ms)}/${minutes(lagP95Ms)}/${minutes(lagMaxMs)} min` },
  { head: 'rpo', text: ({ achievedRpoMs }) => (achievedRpoMs === undefined ? '-' : `${minutes(achievedRpoMs)} min`) },
  { head: 'recovery window here', text: ({ localWindow }) => windowText(localWindow) },
  { head: 'there', text: ({ copyWindow }) => windowText(copyWindow) },
  { head: 'restorable', text: ({ probe }) => (probe === undefined ? '-' : probe.isRestorable ? 'yes' : 'no') },
];

/** Nothing where nothing was measured. */
export function copiesLines(rows: readonly CopiesRow[], style: Style): readonly string[] {
  return rows.length === 0 ? [] : [renderTable(rows, COLUMNS, style), ''];
}

export function jsonOfCopies({ asOf, localWindow, copyWindow, probe, ...row }: CopiesRow): unknown {
  return {
    ...row,
    asOf: formatInstant(asOf),
    localWindow: localWindow && jsonOfWindow(localWindow),
    copyWindow: copyWindow && jsonOfWindow(copyWindow),
    probe: probe && { ...probe, at: formatInstant(probe.at) },
  };
}

function minutes(ms: number | undefined): string {
  return ms === undefined ? '-' : String(Math.round(ms / MINUTE_MS));
}

function windowText(window: RecoveryWindow | undefined): string {
  return window === undefined ? '-' : `${short(window.from)} – ${short(window.to)}`;
}

function short(at: Instant): string {
  return formatInstant(at).replace(/:\d\dZ$/, 'Z');
}

function jsonOfWindow({ from, to }: RecoveryWindow): unknown {
  return { from: formatInstant(from), to: formatInstant(to) };
}
