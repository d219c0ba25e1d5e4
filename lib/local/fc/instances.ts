// The instances of every function: starts them when they are needed, keeps them for the next request, and throws away what is broken or old.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { DAY_MS, type Instant } from '../../base/instant';
import { environmentOf } from './environment';
import type { FcFunction } from './kinds';
import { type Sandbox, startSandbox } from './sandbox';
import type { FcContext } from './types';

/** One process of a function. It serves one request at a time; the module scope of its code survives between them. */
export interface Instance {
  readonly function: FcFunction;
  readonly sandbox: Sandbox;
  /** The world's time at its start. */
  readonly startedAt: Instant;
  isInitialized: boolean;
}

export interface Instances {
  /** A free instance, started if need be; it is taken until `release`. Undefined: the function has as many at work as it may have. */
  acquire(fn: FcFunction, contextOf: () => FcContext): Instance | undefined;
  /** Gives an instance back; one that is not to be used again is killed. */
  release(instance: Instance, isReusable: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface InstancesOptions {
  readonly now: () => Instant;
  readonly bootstrap: string;
  /** Set for every function, on top of its own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes that may live at the same time, idle ones included; idle ones make room. */
  readonly maxProcesses: number;
}

/** The credentials in an instance's environment are those of its start and hold for 36 hours; the service does not keep an instance that long. */
const MAX_AGE_MS = DAY_MS;

export function makeInstances(options: InstancesOptions): Instances {
  const busy = new Set<Instance>();
  /** The one used last at the end. */
  let idle: Instance[] = [];
  const dying = new Set<Promise<void>>();

  const discard = (instance: Instance): Promise<void> => {
    idle = idle.filter((other) => other !== instance);
    const end = instance.sandbox.kill().finally(() => dying.delete(end));
    dying.add(end);
    return end;
  };
  /** Throws away what is of no use any more; then the newest that is left. */
  const takeIdle = (fn: FcFunction): Instance | undefined => {
    const now = options.now();
    for (const instance of idle.filter((other) => other.function === fn)) {
      if (!instance.sandbox.isUsable() || now - instance.startedAt >= MAX_AGE_MS) void discard(instance);
    }
    const found = idle.findLast((instance) => instance.function === fn);
    idle = idle.filter((instance) => instance !== found);
    return found;
  };
  const start = (fn: FcFunction, context: FcContext): Instance => {
    const [oldest] = idle;
    if (oldest !== undefined && busy.size + idle.length >= options.maxProcesses) void discard(oldest);
    const env = environmentOf({ context, codeFolder: fn.codeFolder, instanceId: `c-${randomUUID()}`, own: { ...fn.env, ...options.env } });
    const sandbox = startSandbox({ bootstrap: options.bootstrap, nodeOptions: [], memoryMb: fn.memoryMb, env });
    return { function: fn, sandbox, startedAt: options.now(), isInitialized: fn.initializer === undefined };
  };
  return {
    acquire: (fn, contextOf) => {
      let atWork = 0;
      for (const instance of busy) if (instance.function === fn) atWork += 1;
      if (atWork >= fn.maxInstances) return undefined;
      const instance = takeIdle(fn) ?? start(fn, contextOf());
      busy.add(instance);
      return instance;
    },
    release: async (instance, isReusable) => {
      busy.delete(instance);
      if (isReusable && instance.sandbox.isUsable()) idle.push(instance);
      else await discard(instance);
    },
    close: async () => {
      for (const instance of [...idle, ...busy]) void discard(instance);
      await Promise.all(dying);
    },
  };
}

/** Where a handler such as `folder/file.name` is: its file, and the name that the file exports. */
export function locateHandler(codeFolder: string, handler: string): { readonly bundle: string; readonly handler: string } {
  const dot = handler.lastIndexOf('.');
  return { bundle: resolve(codeFolder, `${handler.slice(0, dot)}.js`), handler: handler.slice(dot + 1) };
}
