// The world's clock: host time plus an offset that only grows, kept in the journal and told to child processes by a small file.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, instant } from '../base/instant';
import type { Journal, JournalOwner, WorldClock } from './kinds';

/** The name of the plain file in the data folder that the clock shim reads: `{"offsetMs": n}`. */
export const CLOCK_FILE = 'clock.json';

export interface OffsetClockOptions {
  /** The host's time in epoch milliseconds. */
  readonly hostNow: () => number;
  /** Where `clock.json` goes; undefined when the world lives in memory only. */
  readonly dataFolder: string | undefined;
}

/** The clock and its part in the journal. Moves are journalled once `attach` has been called, which is after the replay. */
export interface OffsetClock extends WorldClock {
  readonly owner: JournalOwner;
  offsetMs(): number;
  attach(journal: Journal): void;
}

/**
 * A world clock that never goes back, not even when the host's clock does. Its journal records are `{ offsetMs }`, the whole offset, so
 * that replaying one twice changes nothing.
 */
export function makeOffsetClock(options: OffsetClockOptions): OffsetClock {
  let offsetMs = 0;
  let latest = 0;
  let journal: Journal | undefined;
  const publish = (): void => {
    if (options.dataFolder !== undefined) writeClockFile(options.dataFolder, offsetMs);
  };
  const now = (): Instant => {
    latest = Math.max(latest, options.hostNow() + offsetMs);
    return instant(latest);
  };
  return {
    now,
    offsetMs: () => offsetMs,
    advance: (ms) => {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`the clock moves forward by whole milliseconds only: ${ms}`);
      journal?.append([{ stream: 'clock', data: { offsetMs: offsetMs + ms } }]);
      offsetMs += ms;
      publish();
    },
    attach: (opened) => {
      journal = opened;
      publish();
    },
    owner: {
      stream: 'clock',
      apply: (data) => {
        offsetMs = Math.max(offsetMs, readOffset(data));
      },
      snapshot: () => [{ offsetMs }],
    },
  };
}

function readOffset(data: unknown): number {
  const offset = typeof data === 'object' && data !== null && 'offsetMs' in data ? data.offsetMs : undefined;
  if (typeof offset !== 'number' || !Number.isFinite(offset) || offset < 0) throw new RangeError('a clock record without a usable offsetMs');
  return offset;
}

/** Written beside and renamed, so that a reader never sees half a file. */
function writeClockFile(folder: string, offsetMs: number): void {
  const target = join(folder, CLOCK_FILE);
  writeFileSync(`${target}.new`, `${JSON.stringify({ offsetMs })}\n`);
  renameSync(`${target}.new`, target);
}
