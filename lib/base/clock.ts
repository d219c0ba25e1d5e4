// The clock that composition roots read and everything else is given.
import { setTimeout as delay } from 'node:timers/promises';
import { type Instant, instant } from './instant';

/** Time as a dependency. Only composition roots make one; tests pass a virtual one. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds of this clock; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The host's clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (ms, signal) => delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }),
};
