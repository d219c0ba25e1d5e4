// Strict readers for stored documents: a value of the wrong shape is an error with its path; unknown extra fields are tolerated.
import { type Instant, instant } from '../../base/instant';

/** Throws a DecodeError that names the path. */
export type Decoder<T> = (value: unknown, path: string) => T;

export class DecodeError extends Error {
  constructor(path: string, expected: string) {
    super(`${path === '' ? 'the document' : path} is not ${expected}`);
    this.name = 'DecodeError';
  }
}

type Shape<T> = { readonly [K in keyof T]: Decoder<T[K]> };

export const text: Decoder<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new DecodeError(path, 'text');
};

export const finiteNumber: Decoder<number> = (value, path) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DecodeError(path, 'a number');
};

export const integer: Decoder<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new DecodeError(path, 'an integer');
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw new DecodeError(path, 'true or false');
};

/** Stored as epoch milliseconds. */
export const pointInTime: Decoder<Instant> = (value, path) => instant(integer(value, path));

/** One of the keys of `words`, which a `Record<Union, …>` keeps complete. */
export function wordOf<T extends string>(words: Readonly<Record<T, unknown>>): Decoder<T> {
  const isWord = (value: unknown): value is T => typeof value === 'string' && Object.hasOwn(words, value);
  return (value, path) => {
    if (isWord(value)) return value;
    throw new DecodeError(path, `one of ${Object.keys(words).join(', ')}`);
  };
}

/** JSON has no undefined: a missing member and null both read as undefined. */
export function maybe<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : decoder(value, path));
}

/** The first decoder that accepts the value; the last one's error when none does. */
export function either<A, B>(first: Decoder<A>, second: Decoder<B>): Decoder<A | B> {
  return (value, path) => {
    try {
      return first(value, path);
    } catch (error) {
      if (error instanceof DecodeError) return second(value, path);
      throw error;
    }
  };
}

export function listOf<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new DecodeError(path, 'a list');
    return value.map((member: unknown, index) => decoder(member, `${path}[${index}]`));
  };
}

/** For lists that rows of earlier versions do not have: they read as empty. */
export function listOrNone<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  const list = maybe(listOf(decoder));
  return (value, path) => list(value, path) ?? [];
}

export function mapOf<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) => Object.fromEntries(Object.entries(members(value, path)).map(([key, member]) => [key, decoder(member, `${path}.${key}`)]));
}

/** For maps that rows of earlier versions do not have: they read as empty. */
export function mapOrNone<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  const map = maybe(mapOf(decoder));
  return (value, path) => map(value, path) ?? {};
}

/** An object with these members; those of `optional` are left out where they are missing. */
export function objectOf<T extends object, O extends object = object>(required: Shape<T>, optional?: Shape<O>): Decoder<NoInfer<T & Partial<O>>> {
  const must = Object.entries(required) as [string, Decoder<unknown>][]; // the entries of a Shape are decoders
  const may = Object.entries(optional ?? {}) as [string, Decoder<unknown>][];
  return (value, path) => {
    const given = members(value, path);
    const decoded: Record<string, unknown> = {};
    for (const [key, decoder] of must) decoded[key] = decoder(given[key], join(path, key));
    for (const [key, decoder] of may) if (given[key] !== undefined) decoded[key] = decoder(given[key], join(path, key));
    return decoded as T & Partial<O>; // built member by member from the shape
  };
}

function members(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError(path, 'an object');
  return value as Readonly<Record<string, unknown>>; // any plain object can be read this way
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
