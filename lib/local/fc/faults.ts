// Faults of the local Function Compute as data: which invocations they hit, how often, and in which order they are used up.

export type FcFaultKind =
  /** The instance is killed while the handler is at work. */
  | 'kill'
  /** An asynchronous event is delivered twice. */
  | 'twice'
  /** An event is accepted, and never delivered. */
  | 'lose'
  /** An event is accepted, but its sender does not hear of it: the servers drop the connection in place of the reply. */
  | 'lose-reply'
  /** An event is delivered later. */
  | 'delay'
  /** There is no free instance. */
  | 'throttle'
  /** A timer does not fire. */
  | 'miss';

export interface FcFault {
  readonly kind: FcFaultKind;
  /** Any function unless told. */
  readonly function?: string;
  /** Let this many pass first. */
  readonly skip?: number;
  /** How many it hits; 1 unless told. */
  readonly times?: number;
  /** `delay` only, on the world's clock. */
  readonly delayMs?: number;
  /** `kill` only: when the invocation prints a line that contains this; as soon as the handler is called unless told. */
  readonly atLine?: string;
}

export interface FcFaultPlan {
  /** Throws a RangeError for counts that make no sense. */
  add(fault: FcFault): void;
  clear(): void;
  /** The fault that hits, used up by one; undefined when none does. Asked in the order in which they were added. */
  take(kind: FcFaultKind, functionName: string): FcFault | undefined;
}

interface PlannedFault {
  readonly fault: FcFault;
  skipsLeft: number;
  timesLeft: number;
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`fault: ${name} must be a whole number of at least ${least}, got ${value}`);
}

export function makeFcFaultPlan(): FcFaultPlan {
  let planned: PlannedFault[] = [];
  return {
    add: (fault) => {
      const { skip = 0, times = 1, delayMs = 0 } = fault;
      checkCount('skip', skip, 0);
      checkCount('times', times, 1);
      checkCount('delayMs', delayMs, fault.kind === 'delay' ? 1 : 0);
      planned.push({ fault, skipsLeft: skip, timesLeft: times });
    },
    clear: () => {
      planned = [];
    },
    take: (kind, functionName) => {
      for (const entry of planned) {
        const { fault } = entry;
        if (fault.kind !== kind || (fault.function ?? functionName) !== functionName) continue;
        if (entry.skipsLeft > 0) {
          entry.skipsLeft -= 1;
          continue;
        }
        entry.timesLeft -= 1;
        if (entry.timesLeft === 0) planned = planned.filter((other) => other !== entry);
        return fault;
      }
      return undefined;
    },
  };
}
