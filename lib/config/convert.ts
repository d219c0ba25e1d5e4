// Small conversions from what users write to what the compiled policy holds.
import type { DailyWindow } from '../domain/protection-policy';
import { parseDuration } from './durations';
import { minuteOfDay, weekdays } from './times';

export function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

/** The schema has checked the text. */
export function requiredMs(text: string): number {
  return parseDuration(text) ?? 0;
}

export function toWindow({ days, from, to }: { readonly days?: readonly string[] | undefined; readonly from: string; readonly to: string }): DailyWindow {
  return { days: weekdays(days ?? ['mon-sun']), fromMinute: minuteOfDay(from), toMinute: minuteOfDay(to) };
}

export function mapValues<From, To>(values: Readonly<Record<string, From>>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, convert(value)]));
}

export type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The object without members that are undefined: a patch must not unset what it does not name. */
export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>; // Object.entries forgets which keys there are
}
