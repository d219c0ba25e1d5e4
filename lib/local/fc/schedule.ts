// The schedules of timer triggers: six-field cron expressions with an optional CRON_TZ, and `@every` intervals (Function Compute, timer triggers).
import { Cron } from 'croner';
import { IANAZone } from 'luxon';
import { KeeperError, messageOf } from '../../base/errors';
import { HOUR_MS, type Instant, instant, MINUTE_MS, plusMs, SECOND_MS } from '../../base/instant';

export interface FcSchedule {
  /** The first occurrence after a moment; undefined when there is none in the common era. */
  next(after: Instant): Instant | undefined;
  /** The newest occurrence at or before a moment; undefined when there is none. */
  newest(at: Instant): Instant | undefined;
}

const EVERY = '@every ';
const UNIT_MS: Readonly<Record<string, number>> = { h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS };

/** The last value of seconds, minutes, hours, days of the month and months; days of the week go by names. */
const LAST_VALUES = [59, 59, 23, 31, 12];
const DAY_OF_MONTH = 3;
const DAY_OF_WEEK = 5;

/**
 * Reads a timer's `cronExpression`. The zone is UTC unless `CRON_TZ=` names another. `@every` counts from `since`, the moment the trigger was
 * made. When the clocks change, a time inside the gap is skipped and a time in the repeated hour comes twice (as the documents warn).
 * Throws a KeeperError `fc-cron-invalid`; days of the week as numbers are refused, as the documents and the parser count them differently.
 */
export function parseFcSchedule(expression: string, since: Instant): FcSchedule {
  const text = expression.trim();
  if (text.startsWith(EVERY)) return everySchedule(text, since);
  const [, zone = 'UTC', rest = text] = /^CRON_TZ=(\S+)\s+(.*)$/.exec(text) ?? [];
  const cron = parseCron(expression, rest, zone);
  const next = (after: Instant): Instant | undefined => toInstant(cron.nextRun(new Date(after)));
  if (next(since) === undefined) throw invalid(expression, 'it names a date that never comes', 'use a day that its month has');
  return { next, newest: (at) => toInstant(cron.previousRuns(1, new Date(at + 1))[0]) };
}

function parseCron(expression: string, text: string, timezone: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== LAST_VALUES.length + 1) {
    throw invalid(expression, `it has ${fields.length} fields`, 'write six: second, minute, hour, day of month, month, day of week');
  }
  if (/\d/.test(fields[DAY_OF_WEEK] ?? '')) {
    throw invalid(expression, 'its day of the week is a number, which the documents and the service may count differently', 'write names, such as MON-FRI');
  }
  if (!IANAZone.isValidZone(timezone)) throw invalid(expression, `"${timezone}" is no time zone`, 'write an IANA name, such as CRON_TZ=Asia/Shanghai');
  try {
    // With a range in place of a plain second, the library counts real time through a change of the clocks, as the service does.
    return new Cron(fields.map(libraryField).join(' '), { timezone, mode: '6-part', fixedTimeRule: 'single-value', paused: true });
  } catch (error) {
    const hint = 'write six fields, for example "0 0 4 * * *" or "CRON_TZ=Asia/Shanghai 0 0 4 * * MON-FRI"';
    throw invalid(expression, messageOf(error).replace(/^Cron\w+: /, ''), hint, error);
  }
}

/** A field in the library's words: `0/5` is a step from 0 on, `?` is any day. */
function libraryField(field: string, index: number): string {
  if (field === '?' && (index === DAY_OF_MONTH || index === DAY_OF_WEEK)) return '*';
  if (/[?LW#]/i.test(field.replace(/[A-Z]{3}/gi, ''))) throw new TypeError(`"${field}" is not known`);
  const last = LAST_VALUES[index];
  if (last === undefined) return field;
  return field
    .split(',')
    .map((part) => {
      const stepped = part.replace(/^(\d+)\/(\d+)$/, `$1-${last}/$2`);
      return index === 0 ? stepped.replace(/^(\d+)$/, `$1-${last}/${last + 1}`) : stepped;
    })
    .join(',');
}

function everySchedule(text: string, since: Instant): FcSchedule {
  const duration = text.slice(EVERY.length).trim();
  if (!/^(\d+(\.\d+)?[hms])+$/.test(duration)) throw invalid(text, 'its interval is no duration', 'write, for example, "@every 5m"');
  let everyMs = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)) everyMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  // Shorter intervals are not documented.
  if (everyMs < MINUTE_MS) throw invalid(text, 'its interval is shorter than a minute', 'write "@every 1m" or more');
  const from = instant(Math.floor(since / SECOND_MS) * SECOND_MS); // occurrences are whole seconds
  const countAt = (at: Instant): number => Math.max(0, Math.floor((at - from) / everyMs));
  return {
    next: (after) => plusMs(from, (countAt(after) + 1) * everyMs),
    newest: (at) => (countAt(at) === 0 ? undefined : plusMs(from, countAt(at) * everyMs)),
  };
}

function toInstant(date: Date | null | undefined): Instant | undefined {
  return date ? instant(date.getTime()) : undefined;
}

function invalid(expression: string, why: string, hint: string, cause?: unknown): KeeperError {
  return new KeeperError(`"${expression}" is no schedule of a timer trigger: ${why}`, { code: 'fc-cron-invalid', exitCode: 2, hint, cause });
}
