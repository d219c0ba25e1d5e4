// Reads the end of a hold: a time, the last day, or a span from now.
import { DateTime } from 'luxon';
import { UsageError } from '../../base/errors';
import { type Instant, instant, parseInstant, plusMs } from '../../base/instant';
import { parseDuration } from '../../config/durations';

export interface HoldEndOptions {
  readonly until?: string;
  readonly for?: string;
}

/** Undefined: no end. A date stands for its whole day in `timezone`. Throws a UsageError; whether the end is in the past is decided elsewhere. */
export function parseHoldEnd({ until, for: span }: HoldEndOptions, timezone: string, asOf: Instant): Instant | undefined {
  if (until !== undefined && span !== undefined) throw new UsageError('--until and --for cannot go together', 'give the hold one end');
  if (span !== undefined) {
    const ms = parseDuration(span);
    if (ms === undefined) throw new UsageError(`--for cannot be ${JSON.stringify(span)}`, 'write a duration in days, hours and minutes, such as 90d or 1d12h');
    return plusMs(asOf, ms);
  }
  if (until === undefined) return undefined;
  const end = parseInstant(until) ?? endOfDay(until, timezone);
  if (end === undefined)
    throw new UsageError(`--until cannot be ${JSON.stringify(until)}`, 'write 2027-01-31, or a time with its zone such as 2027-01-31T18:00:00Z');
  return end;
}

function endOfDay(text: string, timezone: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = DateTime.fromISO(text, { zone: timezone });
  return day.isValid ? instant(day.plus({ days: 1 }).startOf('day').toMillis()) : undefined;
}
