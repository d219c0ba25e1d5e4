// A clock that stands still until told, for our code (Clock), the local cloud (WorldClock) and the SDKs (the faked global Date).
import type { Clock } from '../../lib/base/clock';
import { type Instant, instant, parseInstant } from '../../lib/base/instant';
import type { WorldClock } from '../../lib/local/kinds';

export interface VirtualClock extends Clock, WorldClock {
  /** Every wait that was asked for, in order. */
  readonly sleeps: readonly number[];
}

const REAL_TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'requestIdleCallback',
  'cancelIdleCallback',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/**
 * Makes the virtual clock and points the global Date at it, so that the SDKs sign with its time. A sleep moves the time and returns
 * at once. Call `jest.useRealTimers()` when done (or rely on the test file's own isolation).
 */
export function makeVirtualClock(start = '2026-11-21T01:00:00Z'): VirtualClock {
  let now = parseInstant(start) as Instant; // the callers pass literals
  const sleeps: number[] = [];
  jest.useFakeTimers({ now, doNotFake: [...REAL_TIMERS] });
  const advance = (ms: number): void => {
    if (ms < 0) throw new RangeError(`a clock cannot go back: ${ms}`);
    now = instant(now + ms);
    jest.setSystemTime(now);
  };
  return {
    now: () => now,
    advance,
    sleep: async (ms) => {
      sleeps.push(ms);
      advance(Math.max(0, ms));
    },
    sleeps,
  };
}
