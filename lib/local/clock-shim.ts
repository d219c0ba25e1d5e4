// A preload (`node --require clock-shim.js`) that shifts the global Date to the world's time, so that bundles and SDKs run unmodified.
import { readFileSync } from 'node:fs';

/** Reads the offset in milliseconds from the clock file. Throws when there is none: a process in the wrong time would sign wrong requests. */
function readOffsetMs(file: string): number {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const offset = typeof parsed === 'object' && parsed !== null && 'offsetMs' in parsed ? parsed.offsetMs : undefined;
  if (typeof offset !== 'number' || !Number.isFinite(offset)) throw new RangeError(`${file} holds no offsetMs`);
  return offset;
}

/**
 * Puts a shifted Date in place of the global one: `Date.now()`, `new Date()` and `Date()` tell the shifted time; everything else, the
 * prototype included, is the original's, so that `instanceof` holds on both sides and subclasses work.
 */
export function shiftGlobalDate(offsetMs: number): void {
  const HostDate = globalThis.Date;
  const now = (): number => HostDate.now() + offsetMs;
  globalThis.Date = new Proxy(HostDate, {
    apply: () => new HostDate(now()).toString(),
    construct: (target, args: unknown[], newTarget): object => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key, receiver): unknown => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  // Values made by either constructor must say that they come from the one in sight: `value.constructor === Date`.
  HostDate.prototype.constructor = globalThis.Date;
}

// Bracket access: the name is an environment variable's, and the offset is read once, so that time moves only between processes.
const clockFile = process.env['KEEPER_CLOCK_FILE'];
if (clockFile !== undefined && clockFile !== '') shiftGlobalDate(readOffsetMs(clockFile));
