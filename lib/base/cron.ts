// Cron schedules in a time zone: which instants they name. A thin layer over the cron library that remembers what it has worked out.
import { Cron } from 'croner';
import { KeeperError, messageOf } from './errors';
import { type Instant, instant } from './instant';

/**
 * A parsed schedule. Make one with `parseCron`; ask it with the functions below.
 *
 * When the clocks change (cron's usual rule, kept by the library):
 * - A schedule whose minute and hour are plain values, lists or ranges keeps to the wall clock: a time that does not exist happens at the
 *   first moment after the gap; a time that exists twice happens once, the first time.
 * - A schedule with `*` or a step in minute or hour counts real time: nothing happens inside the gap, and the repeated hour counts as the two hours it is.
 */
export interface CronSchedule {
  readonly expression: string;
  /** IANA name. */
  readonly timezone: string;
  readonly before: (at: Instant) => Instant | undefined;
  readonly after: (at: Instant) => Instant | undefined;
}

/** A fleet asks the same questions ten thousand times; more than this many different ones and we start afresh. */
const MEMO_LIMIT = 20_000;
const parsed = new Map<string, CronSchedule>();

/** Any date of the common era: a date such as 29 February comes within eight years of it. */
const PROBE = instant(0);

/**
 * Parses a five-field expression (minute, hour, day of month, month, day of week) in an IANA time zone. With both day fields restricted, either
 * may match, as in every cron. Throws a KeeperError `cron-invalid` for anything else, and for dates that never come (31 February).
 */
export function parseCron(expression: string, timezone: string): CronSchedule {
  const key = `${timezone} ${expression}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const schedule = makeSchedule(expression, timezone);
  if (schedule.after(PROBE) === undefined) throw invalid(expression, 'it names a date that never comes', 'use a day that its month has');
  if (parsed.size >= MEMO_LIMIT) parsed.clear();
  parsed.set(key, schedule);
  return schedule;
}

/** The newest occurrence at or before `at`; undefined when there is none in the common era. */
export function occurrenceAtOrBefore(cron: CronSchedule, at: Instant): Instant | undefined {
  return cron.before(instant(at + 1));
}

/** The first occurrence after `after`; undefined when the calendar ends before it. */
export function nextOccurrence(cron: CronSchedule, after: Instant): Instant | undefined {
  return cron.after(after);
}

/** The newest `limit` occurrences in (fromExclusive, toInclusive], oldest first. */
export function occurrencesBetween(cron: CronSchedule, fromExclusive: Instant, toInclusive: Instant, limit: number): readonly Instant[] {
  const found: Instant[] = [];
  let at = occurrenceAtOrBefore(cron, toInclusive);
  while (at !== undefined && at > fromExclusive && found.length < limit) {
    found.push(at);
    at = cron.before(at);
  }
  return found.reverse();
}

function makeSchedule(expression: string, timezone: string): CronSchedule {
  const cron = parseWithLibrary(expression, timezone);
  return {
    expression,
    timezone,
    before: remembering((at) => toInstant(cron.previousRuns(1, new Date(at))[0])),
    after: remembering((at) => toInstant(cron.nextRun(new Date(at)))),
  };
}

function parseWithLibrary(expression: string, timezone: string): Cron {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) throw invalid(expression, `it has ${fields.length} fields`, 'write five: minute, hour, day of month, month, day of week');
  // The library reads `?` as "the present minute, hour...", which would make the schedule depend on when it is read.
  if (expression.includes('?')) throw invalid(expression, '"?" is not known here', 'write "*" for any day');
  try {
    return new Cron(fields.join(' '), { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });
  } catch (error) {
    throw invalid(expression, messageOf(error).replace(/^Cron\w+: /, ''), 'write five fields, for example "0 2 * * *" for 02:00 every day', error);
  }
}

function invalid(expression: string, why: string, hint: string, cause?: unknown): KeeperError {
  return new KeeperError(`"${expression}" is no cron schedule: ${why}`, { code: 'cron-invalid', exitCode: 2, hint, cause });
}

function toInstant(date: Date | null | undefined): Instant | undefined {
  return date ? instant(date.getTime()) : undefined;
}

function remembering(ask: (at: Instant) => Instant | undefined): (at: Instant) => Instant | undefined {
  const answers = new Map<Instant, Instant | undefined>();
  return (at) => {
    if (answers.has(at)) return answers.get(at);
    const answer = ask(at);
    if (answers.size >= MEMO_LIMIT) answers.clear();
    answers.set(at, answer);
    return answer;
  };
}
