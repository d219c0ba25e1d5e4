// A deadline that work asks before it takes on more.
import type { Clock } from './clock';
import { type Instant, plusMs } from './instant';

/** When to stop. `reserveMs` is what the holder needs to save its place before the hard limit. */
export interface Deadline {
  readonly at: Instant;
  remainingMs(): number;
  /** True once there is no time left to begin something new. */
  isNear(): boolean;
}

export function makeDeadline(clock: Clock, limitMs: number, reserveMs: number): Deadline {
  const at = plusMs(clock.now(), limitMs);
  const remainingMs = (): number => at - clock.now();
  return { at, remainingMs, isNear: () => remainingMs() <= reserveMs };
}
