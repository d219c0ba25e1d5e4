// When a call is sent again: reads on anything that may pass, changes only after a certain refusal for load.
import type { Clock } from '../../base/clock';
import { type Instant, SECOND_MS } from '../../base/instant';
import { type RetryAdvice, retry } from '../../base/retry';
import { AmbiguousError, ThrottledError, UnreachableError } from '../../domain/cloud-errors';

const MAX_RETRIES = 3;
const BASE_MS = 200;
const CAP_MS = 5 * SECOND_MS;
/** A service that wants more patience than this is not waited for here: the caller defers its work. */
const LONGEST_NAMED_WAIT_MS = 30 * SECOND_MS;

export interface RepeatOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** `certain-refusals`: the call has no idempotency token, so it is repeated only when it certainly did nothing. */
  readonly when: 'any-failure' | 'certain-refusals';
  /** Nothing is sent again from here on. */
  readonly notAfter?: Instant;
  /** Failures that are the service's answer: asking again would bring the same. */
  readonly isAnswer?: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void;
}

/** Calls `action` up to four times: exponential backoff with full jitter, or the wait that the service named. */
export function repeat<T>(action: () => Promise<T>, options: RepeatOptions): Promise<T> {
  return retry(action, {
    clock: options.clock,
    random: options.random,
    maxRetries: MAX_RETRIES,
    baseMs: BASE_MS,
    capMs: CAP_MS,
    advise: (error) => advise(error, options),
    ...(options.onRetry === undefined ? {} : { onRetry: options.onRetry }),
  });
}

function advise(error: unknown, { clock, when, notAfter, isAnswer }: RepeatOptions): RetryAdvice {
  if (isAnswer?.(error) === true) return { retry: false };
  const leftMs = notAfter === undefined ? Number.POSITIVE_INFINITY : notAfter - clock.now();
  if (leftMs <= 0) return { retry: false };
  if (error instanceof ThrottledError) {
    if (error.retryAfterMs === undefined) return { retry: true };
    return error.retryAfterMs <= Math.min(leftMs, LONGEST_NAMED_WAIT_MS) ? { retry: true, afterMs: error.retryAfterMs } : { retry: false };
  }
  if (error instanceof UnreachableError) return { retry: true };
  return { retry: error instanceof AmbiguousError && when === 'any-failure' };
}
