// When the service backs an instance up by itself, by the instance's own backup settings.
import { shortHash } from '../../base/hash';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS } from '../../base/instant';
import { type InstanceSpec, WEEKDAYS } from './state';

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;

/** A whole number in [0, below), the same for the same text for ever. */
export function diceOf(text: string, below: number): number {
  return Number.parseInt(shortHash(text, 8), 16) % below;
}

function isBackupDay(spec: InstanceSpec, day: number): boolean {
  const weekday = WEEKDAYS[(day + EPOCH_WEEKDAY) % WEEKDAYS.length];
  return weekday !== undefined && spec.settings.days.includes(weekday);
}

/**
 * The first automatic backup strictly after `after`: somewhere in the hour of the window on a backup day (UTC), each instance at its own
 * minute; or at the next step of the interval with high-frequency snapshots. Undefined for what is never backed up by itself.
 */
export function nextAutomatic(spec: InstanceSpec, after: Instant): Instant | undefined {
  if (spec.role !== 'Primary') return undefined;
  const offsetMs = diceOf(spec.id, HOUR_MS / MINUTE_MS) * MINUTE_MS;
  const { intervalMinutes, windowStartMinute } = spec.settings;
  if (intervalMinutes !== undefined) {
    const stepMs = intervalMinutes * MINUTE_MS;
    const phaseMs = offsetMs % stepMs;
    return instant((Math.floor((after - phaseMs) / stepMs) + 1) * stepMs + phaseMs);
  }
  const firstDay = Math.floor(after / DAY_MS) - 1;
  for (let day = firstDay; day <= firstDay + WEEKDAYS.length + 2; day += 1) {
    const at = day * DAY_MS + windowStartMinute * MINUTE_MS + offsetMs;
    if (isBackupDay(spec, day) && at > after) return instant(at);
  }
  return undefined;
}
