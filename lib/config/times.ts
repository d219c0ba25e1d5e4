// Reads the friendly forms of times in keeper.yaml: days, times of day, schedules and time zones. Each check returns what is wrong, in words.
import { IANAZone } from 'luxon';
import { parseCron } from '../base/cron';
import { KeeperError } from '../base/errors';
import type { Weekday } from '../domain/protection-policy';
import { didYouMean } from './nearest';
import { looksSecret, shown } from './shown';

export const TIME_PATTERN = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
export const DAYS_PATTERN = /^(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?$/;

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEK_NAMES: readonly string[] = WEEK;

/** Minutes after midnight of `09:00`; 1440 for `24:00`. The text must match `TIME_PATTERN`. */
export function minuteOfDay(text: string): number {
  const [hours, minutes] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** The days of `sat` and ranges such as `mon-fri` or `fri-mon`, each once, from Monday on. */
export function weekdays(texts: readonly string[]): readonly Weekday[] {
  const picked = new Set<Weekday>();
  for (const text of texts) {
    const [first = text, last = first] = text.split('-');
    const from = WEEK_NAMES.indexOf(first);
    const length = (WEEK_NAMES.indexOf(last) - from + 7) % 7;
    for (let step = 0; step <= length; step += 1) {
      const day = WEEK[(from + step) % 7];
      if (day !== undefined) picked.add(day);
    }
  }
  return WEEK.filter((day) => picked.has(day));
}

/** What is wrong with a schedule, or undefined. Five fields only: the seconds of Function Compute's triggers have no place here. */
export function scheduleProblem(text: string): string | undefined {
  if (looksSecret(text)) return `${shown(text)} is no cron schedule`;
  if (/^CRON_TZ=/i.test(text.trim()))
    return 'CRON_TZ= is the syntax of the timer triggers of Function Compute; write the five fields here and put the zone into timezone';
  if (/^@/.test(text.trim()))
    return `${shown(text)} is the syntax of the timer triggers of Function Compute; write five fields here, for example "*/15 * * * *" for every 15 minutes`;
  const fields = text.trim().split(/\s+/);
  if (fields.length === 6) {
    const five = fields.slice(1).join(' ');
    return `has six fields: seconds come first in the timer triggers of Function Compute only; write five here (minute, hour, day of month, month, day of week): ${shown(five)}`;
  }
  try {
    parseCron(text, 'UTC');
    return undefined;
  } catch (error) {
    if (error instanceof KeeperError) return `${error.message}; ${error.hint ?? ''}`;
    throw error;
  }
}

/** What is wrong with an IANA time zone name, or undefined. */
export function timezoneProblem(text: string): string | undefined {
  // Offsets such as +08:00 are no names: they know no change of clocks.
  if (/^[A-Za-z]/.test(text) && IANAZone.isValidZone(text)) return undefined;
  const hint = didYouMean(text, ['UTC', ...Intl.supportedValuesOf('timeZone')]) || '; write an IANA name such as Asia/Shanghai, or UTC';
  return `unknown time zone ${shown(text)}${hint}`;
}
