// A worker to which something happens at its n-th step: just before the step, or just after it.
import type { RunPorts } from '../../lib/run/types';

export interface Interruption {
  /** Counted from 1: over all port calls of the worker, or over those of one name, such as `ledger.putGuard`. */
  readonly at: number | { readonly call: string; readonly nth: number };
  readonly when: 'before' | 'after';
  happen(): Promise<void>;
}

export interface InterruptedWorker {
  readonly ports: RunPorts;
  /** Port calls begun so far. */
  calls(): number;
  /** The call at which it happened, as `ledger.putGuard (after)`. */
  happenedAt(): string | undefined;
}

const STREAMS: readonly string[] = ['listInstances', 'listOpenIntents', 'listDetachedSets', 'listPostures', 'listTasks'];

/** Wraps every method of the ledger and the gateways; lists that come in pages count as one step. */
export function interruptWorker(ports: RunPorts, { at, when, happen }: Interruption): InterruptedWorker {
  const callsOf = new Map<string, number>();
  let calls = 0;
  let happenedAt: string | undefined;

  async function step(name: string, action: () => Promise<unknown>): Promise<unknown> {
    calls += 1;
    callsOf.set(name, (callsOf.get(name) ?? 0) + 1);
    const isIt = typeof at === 'number' ? calls === at : name === at.call && callsOf.get(name) === at.nth;
    if (isIt) happenedAt = `${name} (${when})`;
    if (isIt && when === 'before') await happen();
    const result = await action();
    if (isIt && when === 'after') await happen();
    return result;
  }

  function wrap<T extends object>(room: string, target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function' || key === 'apiCalls' || key === 'usage') return member;
        const name = `${room}.${String(key)}`;
        if (!STREAMS.includes(String(key))) return (...args: unknown[]) => step(name, () => member.apply(object, args));
        return async function* (...args: unknown[]) {
          await step(name, async () => undefined);
          yield* member.apply(object, args);
        };
      },
    });
  }

  return {
    ports: { ...ports, ledger: wrap('ledger', ports.ledger), gatewayOf: (target) => wrap('rds', ports.gatewayOf(target)) },
    calls: () => calls,
    happenedAt: () => happenedAt,
  };
}
