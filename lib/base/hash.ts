// Digests of data: stable across key order, so that equal things have equal names.
import { createHash } from 'node:crypto';

/** JSON with the keys of every object sorted; arrays keep their order; undefined members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** Hex SHA-256, shortened to `length` characters (64 at most). */
export function shortHash(text: string, length = 16): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, length);
}

/** `sha256:` and the whole digest of the canonical JSON. */
export function digestOf(value: unknown): string {
  return `sha256:${shortHash(canonicalJson(value), 64)}`;
}
