// Decides which slots of a rule exist for an instance: the one that is open now, and those whose time has passed.
import { type CronSchedule, nextOccurrence, occurrenceAtOrBefore, occurrencesBetween, parseCron } from '../base/cron';
import { DAY_MS, type Instant, instant, plusMs } from '../base/instant';
import type { Instance } from '../domain/instance';
import type { ExtraBackupRule } from '../domain/protection-policy';
import { type Slot, slotIdOf } from '../domain/slot';

/** How many overdue slots are named; the rest is only counted. */
export const OVERDUE_LISTED = 24;
/** Where counting stops. */
export const OVERDUE_COUNTED = 1_000;

/** What the ledger remembers of a rule on an instance. A RulePosture fits. */
export interface KnownOccurrence {
  /** When the rule first covered the instance; undefined: it does so now. */
  readonly since: Instant | undefined;
  /** The newest occurrence that a run has looked at. */
  readonly occurrence: Instant | undefined;
  /** False or undefined: that occurrence may still want something. */
  readonly isSettled?: boolean;
}

export interface RuleSlots {
  /** The newest occurrence, while it is open. */
  readonly current: Slot | undefined;
  /** Occurrences that nobody has settled and that can no longer start; the newest ones, oldest first. */
  readonly overdue: readonly Slot[];
  /** All of them, counted up to `OVERDUE_COUNTED`. */
  readonly overdueTotal: number;
  /** When the rule occurs next. */
  readonly next: Instant | undefined;
  /** To be remembered: from here on, occurrences count for this instance. */
  readonly since: Instant;
}

/**
 * The slots of one rule on one instance. An occurrence counts only from the time on when the rule covers the instance and the instance exists. A slot
 * is open until `startWithin` is over or the next occurrence is there, whichever is first; with `catchUp: latest` until the next occurrence.
 *
 * @example slotsOf(nightly, instance, { since: undefined, occurrence: undefined }, asOf).current
 */
export function slotsOf(rule: ExtraBackupRule, instance: Pick<Instance, 'id' | 'createdAt'>, known: KnownOccurrence, asOf: Instant): RuleSlots {
  const cron = parseCron(rule.schedule, rule.timezone);
  const since = known.since ?? asOf;
  const floor = Math.max(since, instance.createdAt ?? since);
  const toSlot = (occurrence: Instant): Slot => slotAt(rule, instance.id, cron, occurrence);

  const newest = occurrenceAtOrBefore(cron, asOf);
  // A run with an older `asOf` than the last one leaves the slots before that one's alone: they have been answered for.
  const earliest = Math.max(floor, known.occurrence ?? floor);
  const candidate = newest !== undefined && newest >= earliest ? toSlot(newest) : undefined;
  const current = candidate !== undefined && asOf < candidate.openUntil ? candidate : undefined;

  const passed = unsettledSince(cron, floor, known, asOf).filter((occurrence) => occurrence !== current?.occurrence);
  return {
    current,
    overdue: passed.slice(-OVERDUE_LISTED).map(toSlot),
    overdueTotal: Math.min(passed.length, OVERDUE_COUNTED),
    next: nextOccurrence(cron, asOf),
    since,
  };
}

/** Occurrences that no run has settled. The one that was looked at last is among them unless it is known to be settled. */
function unsettledSince(cron: CronSchedule, floor: number, known: KnownOccurrence, asOf: Instant): readonly Instant[] {
  const { occurrence, isSettled } = known;
  const from = occurrence === undefined ? floor : Math.max(floor, isSettled === true ? occurrence + 1 : occurrence);
  // One more than we count: the newest may turn out to be open still.
  return occurrencesBetween(cron, instant(from - 1), asOf, OVERDUE_COUNTED + 1);
}

function slotAt(rule: ExtraBackupRule, instanceId: string, cron: CronSchedule, occurrence: Instant): Slot {
  const scopeKind = rule.databases === undefined ? 'instance' : 'databases';
  return { id: slotIdOf(rule.name, occurrence, scopeKind), instanceId, rule: rule.name, occurrence, openUntil: openUntil(rule, cron, occurrence) };
}

function openUntil(rule: ExtraBackupRule, cron: CronSchedule, occurrence: Instant): Instant {
  // The calendar's last day has no next occurrence.
  const next = nextOccurrence(cron, occurrence) ?? plusMs(occurrence, DAY_MS);
  if (rule.startWithinMs === undefined || rule.catchUp === 'latest') return next;
  return instant(Math.min(next, occurrence + rule.startWithinMs));
}
