// Counts calls against the rate of an account, region and group of operations, on the world's clock.
import { type Instant, SECOND_MS } from '../../base/instant';

/** Calls per second, by group; the burst is one second's worth. */
export type RateLimits = Readonly<Record<'general' | 'cross-region', number>>;

/** The documented limits: 100 per second for queries, 10 for everything cross-region. */
export const DOCUMENTED_RATE_LIMITS: RateLimits = { general: 100, 'cross-region': 10 };

export interface Throttle {
  /** Undefined when the call may pass; otherwise the milliseconds until one may. */
  take(accountId: string, region: string, group: keyof RateLimits, now: Instant): number | undefined;
}

interface Bucket {
  tokens: number;
  filledAt: Instant;
}

/** One token bucket per account, region and group. */
export function makeThrottle(limits: RateLimits): Throttle {
  const buckets = new Map<string, Bucket>();
  return {
    take: (accountId, region, group, now) => {
      const perSecond = limits[group];
      const key = `${accountId}|${region}|${group}`;
      const bucket = buckets.get(key) ?? { tokens: perSecond, filledAt: now };
      buckets.set(key, bucket);
      bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.filledAt) / SECOND_MS) * perSecond);
      bucket.filledAt = now;
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * SECOND_MS);
      bucket.tokens -= 1;
      return undefined;
    },
  };
}
