// A retry loop whose clock and dice are injected, so that tests need no waiting.
import type { Clock } from './clock';

/** What to do after a failure: give up, or wait and try again. */
export type RetryAdvice = { readonly retry: false } | { readonly retry: true; readonly afterMs?: number };

export interface RetryOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Retries after the first try. */
  readonly maxRetries: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** Reads a failure. `afterMs` overrides the backoff: it is the time that the service itself named. */
  readonly advise: (error: unknown) => RetryAdvice;
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Calls `action` until it succeeds, advice says no, or the retries are used up; then throws the last failure.
 * Exponential backoff with full jitter: a wait is uniform in [0, min(capMs, baseMs * 2^attempt)).
 */
export async function retry<T>(action: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action(attempt);
    } catch (error) {
      const advice = options.advise(error);
      if (!advice.retry || attempt >= options.maxRetries) throw error;
      const jittered = options.random() * Math.min(options.capMs, options.baseMs * 2 ** attempt);
      const waitMs = advice.afterMs ?? jittered;
      options.onRetry?.(error, attempt + 1, waitMs);
      await options.clock.sleep(waitMs, options.signal);
    }
  }
}
