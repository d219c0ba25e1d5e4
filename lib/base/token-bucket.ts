// A token bucket: callers wait here, first come first served, until a rate allows their call.
import type { Clock } from './clock';
import { type Instant, plusMs, SECOND_MS } from './instant';

/** What a throttled rate falls to, at most once in LOWERING_GAP_MS, so that one wave of refusals counts once. */
const LOWERING_FACTOR = 0.5;
const LOWERING_GAP_MS = SECOND_MS;
/** A lowered rate never falls below this share of the configured one. */
const LOWEST_SHARE = 1 / 16;
/** How much of the configured rate comes back each second without throttling. */
const RECOVERY_PER_SECOND = 0.05;

export interface TokenBucketOptions {
  readonly clock: Clock;
  /** The highest rate; throttling lowers the current one for a while. */
  readonly ratePerSecond: number;
  /** How many calls may pass at once after a pause; 1 or more. */
  readonly burst: number;
}

export interface TokenBucket {
  /** Resolves when the caller may go, in the order of the calls. Rejects with the signal's reason, at the latest when its turn comes. */
  take(signal?: AbortSignal): Promise<void>;
  /** The service throttled a call: lowers the rate, and holds everybody back for `retryAfterMs` where the service named a time. */
  penalise(retryAfterMs?: number): void;
  /** The current rate. */
  ratePerSecond(): number;
}

/**
 * In any span of s seconds at most `burst + ratePerSecond * s` callers pass. The rate halves when throttled and grows back steadily
 * (additive increase, multiplicative decrease). Throws a RangeError on a rate that is not positive or a burst below 1.
 */
export function makeTokenBucket({ clock, ratePerSecond, burst }: TokenBucketOptions): TokenBucket {
  if (!(ratePerSecond > 0)) throw new RangeError(`a rate must be positive: ${ratePerSecond}`);
  if (!(burst >= 1)) throw new RangeError(`a burst must be 1 or more: ${burst}`);
  let rate = ratePerSecond;
  let tokens = burst;
  let updatedAt = clock.now();
  let blockedUntil = updatedAt;
  let loweredAt: Instant | undefined;
  let lastInLine: Promise<void> = Promise.resolve();

  function refill(): void {
    const now = clock.now();
    const elapsedMs = Math.max(0, now - updatedAt);
    tokens = Math.min(burst, tokens + (rate * elapsedMs) / SECOND_MS);
    rate = Math.min(ratePerSecond, rate + (ratePerSecond * RECOVERY_PER_SECOND * elapsedMs) / SECOND_MS);
    updatedAt = now;
  }

  async function pass(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      refill();
      const untilTokenMs = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * SECOND_MS) / rate);
      const waitMs = Math.max(untilTokenMs, blockedUntil - updatedAt);
      if (waitMs <= 0) break;
      await clock.sleep(waitMs, signal);
    }
    tokens -= 1;
  }

  return {
    take(signal) {
      const turn = lastInLine.then(() => pass(signal));
      lastInLine = turn.catch(() => undefined); // who gives up must not hold up those behind
      return turn;
    },
    penalise(retryAfterMs = 0) {
      refill();
      tokens = 0;
      blockedUntil = plusMs(updatedAt, Math.max(blockedUntil - updatedAt, retryAfterMs));
      if (loweredAt !== undefined && updatedAt - loweredAt < LOWERING_GAP_MS) return;
      rate = Math.max(ratePerSecond * LOWEST_SHARE, rate * LOWERING_FACTOR);
      loweredAt = updatedAt;
    },
    ratePerSecond() {
      refill();
      return rate;
    },
  };
}
