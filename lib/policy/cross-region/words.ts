// Words that verdicts and findings on copies share.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../base/instant';

const UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
];

/** `1 d 2 h 5 min`: whole minutes, rounded down. */
export function durationText(ms: number): string {
  let left = Math.max(0, ms);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? '0 min' : parts.join(' ');
}

/** Whole minutes, rounded down: how evidence gives durations. */
export function minutesOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** A number of days that the service may not say. */
export function daysText(days: number | undefined): string {
  return days === undefined ? 'unknown' : `${days} days`;
}

export function switchText(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}
