// Faults as data: which calls they hit, how often, and in which order they are used up.
import type { Fault, FaultPlan } from './kinds';

interface PlannedFault {
  readonly fault: Fault;
  skipsLeft: number;
  timesLeft: number;
}

function matches(fault: Fault, service: string, operation: string, parameters: Readonly<Record<string, string>>): boolean {
  if (fault.service !== service) return false;
  if (fault.operation !== '*' && fault.operation !== operation) return false;
  return Object.entries(fault.match ?? {}).every(([name, value]) => parameters[name] === value);
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new RangeError(`fault: ${name} must be a whole number of at least ${least}, got ${value}`);
}

/**
 * An RPC service cannot answer normally for a write that did not happen (yet): there is no job id to tell. Throws a RangeError for
 * such a fault and for counts that make no sense.
 */
function checkFault(fault: Fault): void {
  checkCount('skip', fault.skip, 0);
  checkCount('times', fault.times, 1);
  if (typeof fault.effect === 'object') checkCount('appliedAfterMs', fault.effect.appliedAfterMs, 0);
  if (fault.reply.kind === 'stale') checkCount('byMs', fault.reply.byMs, 0);
  if (fault.reply.kind === 'unsuccessful' && fault.service !== 'rds') {
    throw new RangeError('fault: only operations of the RDS API answer with "Success": false; take another reply');
  }
  if (fault.service !== 'tablestore' && fault.reply.kind === 'normal' && fault.effect !== 'applied') {
    throw new RangeError('fault: a normal reply needs the effect "applied"; take another reply');
  }
}

/**
 * The plan of faults. Faults are asked in the order they were added; the first that matches and has no skips left hits the call. A fault
 * that matches but still skips counts the call and lets later faults have it.
 */
export function makeFaultPlan(): FaultPlan {
  let planned: PlannedFault[] = [];
  return {
    add: (fault) => {
      checkFault(fault);
      planned.push({ fault, skipsLeft: fault.skip ?? 0, timesLeft: fault.times ?? 1 });
    },
    clear: () => {
      planned = [];
    },
    take: (service, operation, parameters) => {
      for (const entry of planned) {
        if (!matches(entry.fault, service, operation, parameters)) continue;
        if (entry.skipsLeft > 0) {
          entry.skipsLeft -= 1;
          continue;
        }
        entry.timesLeft -= 1;
        if (entry.timesLeft === 0) planned = planned.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
  };
}
