// The holds, as a table for people and as documents for programs.
import { formatInstant } from '../../base/instant';
import type { Hold, HoldTarget } from '../../domain/guard';
import type { AddedHold } from '../../run/holds/add';
import type { HoldView } from '../../run/holds/view';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { type Column, renderTable } from './table';
import { lines } from './text';

export function jsonOfHold({ placedAt, until, ...hold }: Hold): object {
  return { ...hold, placedAt: formatInstant(placedAt), ...(until === undefined ? {} : { until: formatInstant(until) }) };
}

/** `effectiveUntil`: a time, `never` for no end, left out where nobody can say. */
export function jsonOfHoldView({ instanceId, hold, isActive, effectiveUntil, effect }: HoldView): object {
  const until = typeof effectiveUntil === 'number' ? formatInstant(effectiveUntil) : effectiveUntil;
  return { instanceId, ...jsonOfHold(hold), isActive, ...(until === undefined ? {} : { effectiveUntil: until }), effect };
}

export function jsonOfAddedHold({ view, wasStanding, unmarked }: AddedHold): object {
  return { ...jsonOfHoldView(view), wasStanding, unmarked };
}

export function addedHoldText({ view, wasStanding, unmarked }: AddedHold): string {
  const { instanceId, hold, effect } = view;
  return lines(
    `hold ${hold.id} on ${sanitise(targetText(hold.target, instanceId))} ${wasStanding ? 'stands already' : 'is placed'}, ${endText(hold)}`,
    `effective: ${effectiveText(view)}; ${sanitise(effect)}`,
    ...(unmarked.length === 0 ? [] : [`no longer marked surplus: ${sanitise(unmarked.join(', '))}`]),
  );
}

export function releasedHoldText(instanceId: string, hold: Hold, by: string): string {
  const { id, target, owner, reason } = hold;
  return lines(
    `hold ${id} of ${sanitise(owner)} on ${sanitise(targetText(target, instanceId))} is released by ${sanitise(by)}; it was for: ${sanitise(reason)}`,
  );
}

export function holdsText(views: readonly HoldView[], style: Style): string {
  if (views.length === 0) return lines('no holds');
  const columns: readonly Column<HoldView>[] = [
    { head: 'instance', text: ({ instanceId }) => instanceId },
    { head: 'hold', text: ({ hold }) => hold.id },
    // The instance has a column of its own.
    { head: 'on', text: ({ hold: { target }, instanceId }) => (target.kind === 'instance' ? 'all its sets' : targetText(target, instanceId)) },
    { head: 'owner', text: ({ hold }) => hold.owner },
    { head: 'until', text: ({ hold }) => (hold.until === undefined ? 'no end' : formatInstant(hold.until)) },
    { head: 'effective until', text: effectiveText, paint: (view, text) => paint(style.colors, toneOf(view), text) },
    { head: 'reason and effect', text: ({ hold, effect }) => `${hold.reason} (${effect})`, isWide: true },
  ];
  return lines(renderTable(views, columns, style));
}

function targetText(target: HoldTarget, instanceId: string): string {
  switch (target.kind) {
    case 'set':
      return `set ${target.backupId}`;
    case 'instance':
      return `instance ${instanceId}`;
    case 'release':
      return `release ${target.release}`;
  }
}

function endText({ until }: Hold): string {
  return until === undefined ? 'until it is released' : `until ${formatInstant(until)}`;
}

function effectiveText({ isActive, effectiveUntil }: HoldView): string {
  if (!isActive) return 'ended';
  if (effectiveUntil === undefined) return 'unknown';
  return effectiveUntil === 'never' ? 'no end' : formatInstant(effectiveUntil);
}

/** A hold that the service breaks, or may break, needs a look. */
function toneOf({ hold, isActive, effectiveUntil }: HoldView): 'good' | 'waiting' | 'idle' {
  if (!isActive) return 'idle';
  return effectiveUntil === (hold.until ?? 'never') ? 'good' : 'waiting';
}
