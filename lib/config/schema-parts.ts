// The parts that keeper.yaml's sections are made of: strict objects, durations, days, times and names, each with the words for what must stand there.
import * as z from 'zod';
import { DURATION_PATTERN, DURATION_WORDS, parseDuration } from './durations';
import { didYouMean } from './nearest';
import { shown } from './shown';
import { DAYS_PATTERN, scheduleProblem, TIME_PATTERN, timezoneProblem } from './times';

/** An object that knows its keys: every other one is reported by itself, in one line each (in the order of the issue's `keys`), with the nearest name. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys.map((key) => `unknown key ${shown(key)}${didYouMean(key, names) || `; known here: ${names.join(', ')}`}`).join('\n');
    },
  });
}

/** A string with a check of its own that says what is wrong. */
export function checked(words: string, problemOf: (text: string) => string | undefined) {
  return z.string({ error: words }).check((context) => {
    const message = problemOf(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });
}

export function named(pattern: RegExp, words: string) {
  return z.string({ error: words }).regex(pattern, { error: words });
}

/** For checks of a whole that mean nothing while one of its parts is wrong: one mistake is told once. */
export function whenSound(payload: { readonly issues: readonly unknown[] }): boolean {
  return payload.issues.length === 0;
}

/** A duration within bounds that keep look-backs and reservations sane. */
export function duration(from: string, to: string, words = DURATION_WORDS) {
  const [least, most] = [parseDuration(from) ?? 0, parseDuration(to) ?? 0];
  const isOutside = (text: string): boolean => DURATION_PATTERN.test(text) && ((parseDuration(text) ?? 0) < least || (parseDuration(text) ?? 0) > most);
  return named(DURATION_PATTERN, words).refine((text) => !isOutside(text), { error: `must be from ${from} to ${to}` });
}

export const schedule = checked('must be a cron schedule of five fields in quotes, for example "0 2 * * *"', scheduleProblem);
export const timezone = checked('must be an IANA time zone name, for example Asia/Shanghai', timezoneProblem);

export const ruleName = named(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be a name of small letters, digits and "-", 48 at most, such as nightly-full');
export const region = named(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be a region id such as cn-hangzhou');
export const instanceId = named(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, 'must be an instance id such as rm-bp1k2m3n4o5p6q7r8');
export const nonEmpty = named(/^.{1,256}$/, 'must be a text of 1 to 256 characters');

export function wholeNumber(from: number, to: number, error = `must be a whole number from ${from} to ${to}`) {
  return z.int({ error }).min(from, { error }).max(to, { error });
}

export const days = z.array(named(DAYS_PATTERN, 'must be a day or a range of days: mon, tue, wed, thu, fri, sat, sun, mon-fri'));

/** A wish for days within the service's bounds: exactly, or a range in which the instance's own number stands. */
export function daysWish(from: number, to: number) {
  const words = `must be a whole number of days from ${from} to ${to}`;
  const wishWords = `${words}, or a range such as { min: 7, max: 30 }`;
  const bound = wholeNumber(from, to, words).optional();
  return z.union(
    [
      wholeNumber(from, to, wishWords),
      strict({ min: bound, max: bound })
        .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'is empty; give min, max or both' })
        .refine(({ min, max }) => min === undefined || max === undefined || min <= max, { path: ['min'], error: 'must not be above max' }),
    ],
    { error: wishWords },
  );
}

/** A time of day at which something can begin. */
export const startTime = named(TIME_PATTERN, 'must be a time of day in quotes, from "00:00" to "23:59"').refine((text) => text !== '24:00', {
  error: 'must be before "24:00"',
});

export const flag = z.boolean({ error: 'must be true or false' });

/** A switch of the service's: both ways of saying it. */
export const onOff = z.union([z.boolean(), z.enum(['on', 'off'])], { error: 'must be true or false (or on or off)' });

export const window = strict({
  days: days.min(1).optional(),
  from: startTime,
  to: named(TIME_PATTERN, 'must be a time of day in quotes, up to "24:00"').refine((text) => text !== '00:00', {
    error: 'must be "24:00" for midnight at the end of the day',
  }),
});
