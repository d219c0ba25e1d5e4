// How many backups of an instance count for the day, under each rule of what a day is.
import { DAY_MS, HOUR_MS, type Instant } from '../../base/instant';
import type { DayRule, RdsKnobs } from './knobs';
import type { BackupStart } from './state';

const UTC8_MS = 8 * HOUR_MS;

/** Starts older than this count under no day rule. */
export const STARTS_KEPT_MS = 2 * DAY_MS;

/** True when a start still counts at `now`. */
function isToday(start: Instant, now: Instant, rule: DayRule): boolean {
  if (rule === 'rolling') return start > now - DAY_MS;
  const shiftMs = rule === 'utc+8' ? UTC8_MS : 0;
  return Math.floor((start + shiftMs) / DAY_MS) === Math.floor((now + shiftMs) / DAY_MS);
}

/** The starts of these sets that may still count. */
export function startsOf(sets: readonly { readonly startedAt: Instant; readonly mode: BackupStart['mode'] }[], now: Instant): readonly BackupStart[] {
  return sets.filter((set) => set.startedAt > now - STARTS_KEPT_MS).map((set) => ({ at: set.startedAt, mode: set.mode }));
}

/** Starts count, not ends: running, failed and deleted ones too. */
export function countToday(starts: readonly BackupStart[], now: Instant, cap: RdsKnobs['cap']): number {
  return starts.filter((start) => (cap.counts === 'all' || start.mode === 'Manual') && isToday(start.at, now, cap.dayRule)).length;
}
