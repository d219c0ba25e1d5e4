// Decides when the time of backup may be changed: the service may start a backup a few minutes after such a change.
import { DateTime } from 'luxon';
import { type Instant, instant, MINUTE_MS } from '../../base/instant';
import type { DailyWindow } from '../../domain/protection-policy';
import type { SettingName } from '../../domain/settings';
import { blackoutUntil } from '../blackout';
import { WEEKDAYS } from './values';

/** A week and today: the only window may be that of this weekday, and over for today. */
const LOOK_AHEAD_DAYS = 7;

/** Changing these may start a backup (RDS for SQL Server, backup settings: about two minutes later; taken to hold for every engine). */
export function mayStartBackup(setting: SettingName): boolean {
  return setting === 'backupWindowMinute' || setting === 'backupDays';
}

export type WindowState = { readonly isOpen: true } | { readonly isOpen: false; readonly opensAt: Instant | undefined };

/** Whether one of the windows covers `asOf`, and else when the next one begins; no windows are always open. Undefined: none within a week. */
export function windowState(windows: readonly DailyWindow[], timezone: string, asOf: Instant): WindowState {
  const covers = (at: Instant): boolean => blackoutUntil(windows, timezone, at) !== undefined;
  if (windows.length === 0 || covers(asOf)) return { isOpen: true };
  const today = DateTime.fromMillis(asOf, { zone: timezone }).startOf('day');
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead += 1) {
    const starts = startsOn(today.plus({ days: ahead }), windows).filter((start) => start > asOf && covers(start));
    if (starts.length > 0) return { isOpen: false, opensAt: firstCovered(instant(Math.min(...starts)), covers) };
  }
  return { isOpen: false, opensAt: undefined };
}

function startsOn(day: DateTime, windows: readonly DailyWindow[]): readonly Instant[] {
  const weekday = WEEKDAYS[day.weekday - 1];
  return windows
    .filter((window) => weekday !== undefined && window.days.includes(weekday))
    .map(({ fromMinute }) => instant(day.set({ hour: Math.floor(fromMinute / 60), minute: fromMinute % 60 }).toMillis()));
}

/** Where the clocks skip the window's start, the calendar library names a later moment than the one at which the window opens. */
function firstCovered(start: Instant, covers: (at: Instant) => boolean): Instant {
  let first = start;
  while (covers(instant(first - MINUTE_MS))) first = instant(first - MINUTE_MS);
  return first;
}
