// Keeps secrets that were read for a while, so that a function's instance asks their store once per five minutes and not once per call.
import { type Instant, MINUTE_MS } from '../../base/instant';

/** How long a value is used before it is read again, unless told. */
export const SECRET_CACHE_MS = 5 * MINUTE_MS;

export interface SecretLookup {
  /** What the value is kept under: where it is, not who wants it. */
  readonly key: string;
  readonly now: Instant;
  /** Reads past what is kept. */
  readonly anew: boolean;
  readonly read: () => Promise<string>;
}

/** Lives as long as its owner lets it; values stay in memory. Failures are not kept, and end what was kept. */
export interface SecretCache {
  get(lookup: SecretLookup): Promise<string>;
}

interface Kept {
  readonly value: string;
  readonly readAt: Instant;
}

/** Lookups of one key at the same time share one read. */
export function makeSecretCache(keepMs: number = SECRET_CACHE_MS): SecretCache {
  const kept = new Map<string, Kept>();
  const pending = new Map<string, Promise<string>>();

  async function readInto({ key, now, read }: SecretLookup): Promise<string> {
    try {
      const value = await read();
      kept.set(key, { value, readAt: now });
      return value;
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  }

  return {
    get: (lookup) => {
      const known = kept.get(lookup.key);
      const ageMs = known === undefined ? Number.POSITIVE_INFINITY : lookup.now - known.readAt;
      // A clock that went back proves nothing about the age.
      if (known !== undefined && !lookup.anew && ageMs >= 0 && ageMs < keepMs) return Promise.resolve(known.value);
      const running = pending.get(lookup.key) ?? readInto(lookup).finally(() => pending.delete(lookup.key));
      pending.set(lookup.key, running);
      return running;
    },
  };
}
