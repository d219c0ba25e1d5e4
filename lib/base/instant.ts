// Instants: one type for every point in time inside lib, and its conversions at the borders.
import { DateTime } from 'luxon';

declare const instantBrand: unique symbol;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. Never a string inside lib. */
export type Instant = number & { readonly [instantBrand]: true };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Marks epoch milliseconds as an Instant. Throws a RangeError on a value that is no finite number. */
export function instant(epochMs: number): Instant {
  if (!Number.isFinite(epochMs)) throw new RangeError(`not an instant: ${epochMs}`);
  return Math.trunc(epochMs) as Instant; // the brand exists in types only
}

export function plusMs(at: Instant, ms: number): Instant {
  return instant(at + ms);
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads an ISO 8601 time with an offset or `Z`; minutes and seconds precision are both accepted, as the services use both
 * (RDS list calls say minutes in the text and send seconds). Returns undefined for anything else.
 */
export function parseInstant(text: string): Instant | undefined {
  if (!ISO_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  // The host's own parser is fast, and lenient with days that do not exist: it is believed where it says the same day again, as it does for nearly all that services send.
  if (text.endsWith('Z') && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 'yyyy-MM-dd'.length))) return instant(ms);
  const parsed = DateTime.fromISO(text, { setZone: true });
  return parsed.isValid ? instant(parsed.toMillis()) : undefined;
}

/** `2026-11-21T02:00:00Z`. Like the other forms it throws a RangeError for a time that no calendar has, 270,000 years away. */
export function formatInstant(at: Instant): string {
  return `${isoText(at).slice(0, -'.000Z'.length)}Z`;
}

/** `2026-11-21T02:00Z`, the form of most RDS filters. */
export function formatInstantMinutes(at: Instant): string {
  return `${isoText(at).slice(0, -':00.000Z'.length)}Z`;
}

/** `20261121T020000Z`: sorts as text in the order of time, safe in keys and file names. */
export function formatInstantCompact(at: Instant): string {
  return formatInstant(at).replace(/[-:]/g, '');
}

function isoText(at: Instant): string {
  return new Date(at).toISOString();
}
