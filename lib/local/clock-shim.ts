// A preload (`node --require clock-shim.js`) that shifts the global Date to the world's time, so that bundles and SDKs run unmodified.
import { readFileSync } from 'node:fs';
import { shiftGlobalDate } from './shifted-date';

/** Reads the offset in milliseconds from the clock file. Throws when there is none: a process in the wrong time would sign wrong requests. */
function readOffsetMs(file: string): number {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const offset = typeof parsed === 'object' && parsed !== null && 'offsetMs' in parsed ? parsed.offsetMs : undefined;
  if (typeof offset !== 'number' || !Number.isFinite(offset)) throw new RangeError(`${file} holds no offsetMs`);
  return offset;
}

// Bracket access: the name is an environment variable's, and the offset is read once, so that time moves only between processes. An instance
// of the local Function Compute lives through many invocations: it is told the time with each of them, and needs no preload.
const clockFile = process.env['KEEPER_CLOCK_FILE'];
if (clockFile !== undefined && clockFile !== '') shiftGlobalDate(readOffsetMs(clockFile));
