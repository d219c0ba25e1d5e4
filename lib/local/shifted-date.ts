// Puts the world's time in place of the host's in the global Date of one process, so that bundles and SDKs run unmodified.

/** The Date that a process was given: where its time is set again. */
export interface ShiftedDate {
  /** From now on the process's time runs on from this moment (epoch milliseconds). */
  setNow(epochMs: number): void;
}

/**
 * Puts a shifted Date in place of the global one: `Date.now()`, `new Date()` and `Date()` tell the shifted time; everything else, the
 * prototype included, is the original's, so that `instanceof` holds on both sides and subclasses work.
 */
export function shiftGlobalDate(offsetMs: number): ShiftedDate {
  const HostDate = globalThis.Date;
  let offset = offsetMs;
  const now = (): number => HostDate.now() + offset;
  globalThis.Date = new Proxy(HostDate, {
    apply: () => new HostDate(now()).toString(),
    construct: (target, args: unknown[], newTarget): object => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key, receiver): unknown => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  // Values made by either constructor must say that they come from the one in sight: `value.constructor === Date`.
  HostDate.prototype.constructor = globalThis.Date;
  return {
    setNow: (epochMs) => {
      offset = epochMs - HostDate.now();
    },
  };
}
