// Points in time and spans as the report writes them.
import { DateTime } from 'luxon';
import type { InstancePosture } from '../domain/posture';

export type PointInTime = InstancePosture['asOf'];

/** `2026-11-21T02:00:00Z` */
export function isoOf(at: PointInTime): string {
  return DateTime.fromMillis(at, { zone: 'utc' }).toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/** `2026-11-21 10:00 +08:00`: the zone is an IANA name. */
export function localTime(at: PointInTime, timezone: string): string {
  return DateTime.fromMillis(at, { zone: timezone }).toFormat('yyyy-MM-dd HH:mm ZZ');
}

/** `2026-11-21 02:00 UTC` */
export function utcTime(at: PointInTime): string {
  return DateTime.fromMillis(at, { zone: 'utc' }).toFormat("yyyy-MM-dd HH:mm 'UTC'");
}

export function minutesOf(ms: number): number {
  return Math.round(ms / 60_000);
}

/** `3 d 4 h`, `5 h 10 min`, `12 min`, `under a minute`. A span below zero counts as none. */
export function spanText(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return 'under a minute';
  if (hours === 0) return `${minutes} min`;
  if (hours < 24) return joined(`${hours} h`, minutes % 60, 'min');
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

function joined(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}
