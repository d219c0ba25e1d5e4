// Reads the fields of an event, strictly: each function returns what it was asked for, or throws an EventError that says what is wrong, and where.
import { KeeperError } from '../base/errors';
import { type Instant, parseInstant } from '../base/instant';
import { parseDuration } from '../config/durations';
import { isDatabaseName, MAX_DATABASES } from '../policy/on-demand';

/** Function Compute accepts 128 KB for asynchronous events; more is a mistake. */
export const MAX_EVENT_BYTES = 128 * 1024;
const MAX_INSTANCES = 1_000;
/** How much of somebody else's text a message repeats. */
const SHOWN_CHARACTERS = 200;

/** `method`: an HTTP method that means nothing here. */
type EventFault = 'content' | 'size' | 'method';

/** The event is not what the function takes. The hint says what to send instead. */
export class EventError extends KeeperError {
  readonly fault: EventFault;
  constructor(message: string, fault: EventFault = 'content', hint?: string) {
    super(message, { code: 'bad-event', ...(hint === undefined ? {} : { hint }) });
    this.fault = fault;
  }
}

/** Gives every EventError of `read` the hint. */
export function withHint<T>(hint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EventError) throw new EventError(error.message, error.fault, hint);
    throw error;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The event as JSON, whatever it holds. */
export function readJson(event: Uint8Array): unknown {
  if (event.byteLength > MAX_EVENT_BYTES) throw new EventError(`the event has ${event.byteLength} bytes, more than ${MAX_EVENT_BYTES}`, 'size');
  return parseJson(decodeUtf8(event, 'the event'), 'the event');
}

export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new EventError(`${what} is not UTF-8 text`);
  }
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be anything.
    throw new EventError(`${what} is not JSON`);
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asFields(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new EventError(`${what} is not a JSON object`);
  return value;
}

export function refuseUnknown(fields: Fields, known: ReadonlySet<string>, what: string): void {
  const unknown = Object.keys(fields).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new EventError(`unknown fields in ${what}: ${shortened(unknown.slice(0, 5).join(', '))}`);
}

export function shortened(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS);
}

/** One line of text of 1 to `max` characters, with nothing in it that acts on a terminal or a log. */
export function isPlainText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max && value.trim() === value && /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(value);
}

export function readText(value: unknown, what: string, max: number): string {
  if (isPlainText(value, max)) return value;
  throw new EventError(`${what} must be a text of 1 to ${max} characters on one line`);
}

export function readWhole(value: unknown, what: string, from: number, to: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to) return value;
  throw new EventError(`${what} must be a whole number from ${from} to ${to}`);
}

export function readTime(value: unknown, what: string): Instant {
  const time = typeof value === 'string' ? parseInstant(value) : undefined;
  if (time === undefined) throw new EventError(`${what} is not an ISO 8601 time with a zone`);
  return time;
}

/** Bounds in words, as durations of keeper.yaml. */
export interface DurationBounds {
  readonly from: string;
  readonly to: string;
  /** What else may stand there, for the message. */
  readonly orElse?: string;
}

/** Milliseconds of `90m` or `1d12h`. A lower bound of `0` lets `0` through. */
export function readDuration(value: unknown, what: string, { from, to, orElse = '' }: DurationBounds): number {
  if (from === '0' && value === '0') return 0;
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined && ms >= (parseDuration(from) ?? 0) && ms <= (parseDuration(to) ?? 0)) return ms;
  throw new EventError(`${what} must be a duration from ${from} to ${to}, in days, hours and minutes, such as 90m or 1d12h${orElse}`);
}

export function readInstances(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const ids = readList(value, MAX_INSTANCES, isInstanceId);
  if (ids === undefined) throw new EventError(`instances must be a list of 1 to ${MAX_INSTANCES} instance ids`);
  return ids;
}

export function isInstanceId(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/i.test(text);
}

export function readDatabases(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = readList(value, MAX_DATABASES, isDatabaseName);
  if (names === undefined) throw new EventError(`databases must be a list of 1 to ${MAX_DATABASES} names of at most 128 characters, without commas`);
  return names;
}

/** The different texts of a list of 1 to `max`; undefined for everything else. */
export function readList(value: unknown, max: number, isGood: (text: string) => boolean): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > max) return undefined;
  const items: unknown[] = value;
  const texts = items.filter((item): item is string => typeof item === 'string' && isGood(item));
  return texts.length === items.length ? [...new Set(texts)] : undefined;
}
