// A worker that dies at its n-th step: before the step takes effect, or after it has and before anybody learns of it.
import type { RunPorts } from '../../lib/run/types';

export interface CrashPlan {
  /** Counted from 1 over the port calls of the worker that count. */
  readonly atCall: number;
  /** Which calls count, by names as `ledger.putGuard`; all unless told. */
  readonly counts?: (name: string) => boolean;
  readonly when: 'before' | 'after';
}

/** What a dead worker's code sees; nothing of ours handles it, as nothing handles a `kill -9`. */
export class Crash extends Error {}

export interface CrashingWorker {
  readonly ports: RunPorts;
  /** Port calls begun so far, of those that count. */
  calls(): number;
  /** The call that it died at, as `ledger.putGuard`. */
  diedAt(): string | undefined;
}

/** For `counts`. What a dead worker leaves behind is what it has written: to die before a write, or around a read, is to die after the write before. */
export function isWrite(name: string): boolean {
  return !/\.(get|list|find|describe|scan|meta|count)/.test(name);
}

/** The methods that give pages. */
const PAGED: ReadonlySet<string> = new Set(['listInstances', 'listOpenIntents', 'listDetachedSets', 'listPostures', 'listTasks']);

/** Wraps every method of the ledger, the gateways and the invoker. After the crash every further call fails at once and reaches nobody. */
export function makeCrashingWorker(ports: RunPorts, plan: CrashPlan): CrashingWorker {
  let calls = 0;
  let died: string | undefined;

  async function step(name: string, action: () => Promise<unknown>): Promise<unknown> {
    if (died !== undefined) throw new Crash(`dead since ${died}`);
    const isCounted = plan.counts?.(name) ?? true;
    if (isCounted) calls += 1;
    const isLast = isCounted && calls === plan.atCall;
    if (isLast) died = `${name} (${plan.when})`;
    if (isLast && plan.when === 'before') throw new Crash(died);
    const result = await action();
    if (isLast) throw new Crash(died);
    return result;
  }

  function wrap<T extends object>(room: string, target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function' || key === 'apiCalls' || key === 'usage') return member;
        const name = `${room}.${String(key)}`;
        if (PAGED.has(String(key))) {
          return async function* (...args: unknown[]) {
            await step(name, async () => undefined);
            yield* member.apply(object, args);
          };
        }
        return (...args: unknown[]) => step(name, () => member.apply(object, args));
      },
    });
  }

  const gateways = new Map<object, object>();
  return {
    ports: {
      ...ports,
      ledger: wrap('ledger', ports.ledger),
      gatewayOf: (target) => {
        const gateway = ports.gatewayOf(target);
        const wrapped = (gateways.get(gateway) ?? wrap('rds', gateway)) as typeof gateway; // the map holds what wrap made of it
        gateways.set(gateway, wrapped);
        return wrapped;
      },
      ...(ports.fanOut === undefined ? {} : { fanOut: { ...ports.fanOut, invoker: wrap('invoker', ports.fanOut.invoker) } }),
    },
    calls: () => calls,
    diedAt: () => died,
  };
}
