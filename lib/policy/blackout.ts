// Decides whether a moment lies in one of the windows in which a rule may not start a backup.
import { DateTime } from 'luxon';
import { type Instant, instant, MINUTE_MS } from '../base/instant';
import type { DailyWindow, Weekday } from '../domain/protection-policy';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Windows that follow each other without a gap are walked through this far. */
const LOOK_AHEAD_DAYS = 8;

/**
 * The end of the blackout that covers `at`, or undefined when none does. Windows that touch or overlap count as one (looked at for about a week). Local times
 * that do not exist when the clocks change mean the moment after the gap; of those that exist twice a window takes both.
 */
export function blackoutUntil(windows: readonly DailyWindow[], timezone: string, at: Instant): Instant | undefined {
  let until: Instant | undefined;
  for (let day = 0; day <= LOOK_AHEAD_DAYS * windows.length; day += 1) {
    const from: Instant = until ?? at;
    const end = newest(windows.map((window) => windowEndAt(window, timezone, from)));
    if (end === undefined) break;
    until = end;
  }
  return until;
}

/** The end of this window's instance that covers `at`: it began on the local day of `at`, or on the day before and runs past midnight. */
function windowEndAt(window: DailyWindow, timezone: string, at: Instant): Instant | undefined {
  const today = DateTime.fromMillis(at, { zone: timezone }).startOf('day');
  const runsPastMidnight = window.toMinute <= window.fromMinute;
  for (const day of runsPastMidnight ? [today, today.minus({ days: 1 })] : [today]) {
    const weekday = WEEKDAYS[day.weekday - 1];
    if (weekday === undefined || !window.days.includes(weekday)) continue;
    const from = localTime(day, window.fromMinute, 'first');
    const to = localTime(runsPastMidnight ? day.plus({ days: 1 }) : day, window.toMinute, 'last');
    if (at >= from && at < to) return to;
  }
  return undefined;
}

/** The instant of a local time, given in minutes after midnight, on the day that begins at `day`. */
function localTime(day: DateTime, minute: number, which: 'first' | 'last'): Instant {
  if (minute === 24 * 60) return instant(day.plus({ days: 1 }).startOf('day').toMillis());
  const asked = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
  if (asked.hour * 60 + asked.minute !== minute) return endOfGapBefore(asked);
  const both = asked.getPossibleOffsets().map((each) => each.toMillis());
  return instant(which === 'first' ? Math.min(...both) : Math.max(...both));
}

/** A skipped local time is moved past the gap by the calendar library; the gap's end is the earliest minute with the same offset. */
function endOfGapBefore(moved: DateTime): Instant {
  let first = moved;
  for (let earlier = moved.minus(MINUTE_MS); earlier.offset === moved.offset; earlier = earlier.minus(MINUTE_MS)) first = earlier;
  return instant(first.toMillis());
}

function newest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  let found: Instant | undefined;
  for (const each of instants) {
    if (each !== undefined && (found === undefined || each > found)) found = each;
  }
  return found;
}
