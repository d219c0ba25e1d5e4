// Runs what is due as the world's time goes by on its own: one host timer for the next moment.
import type { Instant } from '../../base/instant';

/** A world clock that is moved from outside is noticed after this long. */
const MAX_WAIT_MS = 1_000;

export interface Pump {
  /** From now on, timers fire and queued events are delivered by themselves. */
  startPump(): void;
  stopPump(): void;
}

export interface PumpOptions {
  readonly now: () => Instant;
  readonly nextAt: () => Instant | undefined;
  readonly startDue: () => void;
}

/** `wake`: the next moment may have changed. */
export function makePump(options: PumpOptions): Pump & { wake(): void } {
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    if (!isRunning) return;
    const at = options.nextAt();
    const waitMs = at === undefined ? MAX_WAIT_MS : Math.min(MAX_WAIT_MS, Math.max(0, at - options.now()));
    timer = setTimeout(() => {
      options.startDue();
      arm();
    }, waitMs);
  };
  return {
    startPump: () => {
      isRunning = true;
      arm();
    },
    stopPump: () => {
      isRunning = false;
      clearTimeout(timer);
    },
    wake: arm,
  };
}
