// The servers of the local Function Compute before an engine that runs nothing: it remembers what it was given and answers as a test has told it.
import { instant } from '../../../lib/base/instant';
import { makeFaultPlan } from '../../../lib/local/faults';
import type { FcAnswer, FcEngine, FcFunction, FcTask } from '../../../lib/local/fc/kinds';
import { type FcServerOptions, makeFcServer } from '../../../lib/local/fc/server';
import { DEFAULT_ACCOUNT_ID, DEFAULT_USER, type Identities, makeIdentities, type RoleSpec, type UserSpec } from '../../../lib/local/identities';
import type { FaultPlan } from '../../../lib/local/kinds';
import { closeServer, listenOnLoopback } from '../../../lib/local/loopback';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

/** One event that reached the engine. */
export interface Delivered {
  readonly function: string;
  readonly type: 'sync' | 'http' | 'async';
  readonly event: Buffer;
  readonly delayMs: number | undefined;
}

export interface FakeEngine extends FcEngine {
  readonly delivered: Delivered[];
  /** What the next invocations get, in order; `ok` with the event as its body when there is none. */
  readonly answers: (Partial<FcAnswer> | 'busy' | 'too-large')[];
}

const MAX_ASYNC_BYTES = 128 * 1024;

export function fakeFunction(over: Partial<FcFunction> = {}): FcFunction {
  return {
    name: 'echo',
    codeFolder: '/code',
    handler: 'echo.handler',
    initializer: undefined,
    memoryMb: 128,
    timeoutMs: 3_000,
    env: {},
    role: undefined,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeMs: 60_000, isTask: true, onFailureFunction: undefined, onSuccessFunction: undefined },
    timers: [],
    http: [],
    ...over,
  };
}

function makeFakeEngine(functions: readonly FcFunction[], clock: VirtualClock): FakeEngine {
  const delivered: Delivered[] = [];
  const answers: FakeEngine['answers'] = [];
  const tasks = new Map<string, FcTask>();
  const knows = (name: string): boolean => functions.some((each) => each.name === name);
  return {
    delivered,
    answers,
    manifest: { region: 'cn-hangzhou', accountId: DEFAULT_ACCOUNT_ID, functions },
    invoke: async (name, event, type) => {
      if (!knows(name)) return 'unknown-function';
      delivered.push({ function: name, type, event, delayMs: undefined });
      const answer = answers.shift() ?? {};
      if (typeof answer === 'string') return answer;
      const plain = {
        requestId: `r-${delivered.length}`,
        ok: true,
        errorType: undefined,
        body: event,
        logs: ['line 1', 'line 2'],
        durationMs: 12,
        maxMemoryMb: 34.5,
      };
      return { ...plain, ...answer };
    },
    enqueue: (name, event, { taskId, delayMs } = {}) => {
      if (!knows(name)) return { kind: 'refused', reason: 'unknown-function' };
      if (event.length > MAX_ASYNC_BYTES) return { kind: 'refused', reason: 'too-large' };
      if (taskId !== undefined && tasks.has(`${name}/${taskId}`)) return { kind: 'refused', reason: 'duplicate' };
      delivered.push({ function: name, type: 'async', event, delayMs });
      const [id, requestId] = [taskId ?? `auto-${delivered.length}`, `r-${delivered.length}`];
      tasks.set(`${name}/${id}`, { id, function: name, status: 'Enqueued', startedAt: clock.now(), endedAt: undefined, requestId, tries: 0 });
      clock.advance(1_000);
      return { kind: 'accepted', requestId, taskId: id };
    },
    task: (name, taskId) => tasks.get(`${name}/${taskId}`),
    tasks: (name) => [...tasks.values()].filter((task) => task.function === name),
    stopTask: (name, taskId) => {
      const task = tasks.get(`${name}/${taskId}`);
      if (task === undefined) return false;
      tasks.set(`${name}/${taskId}`, { ...task, status: 'Stopped', endedAt: instant(task.startedAt + 5_000), tries: 2 });
      return true;
    },
    fireTimer: () => false,
    nextAt: () => undefined,
    runDue: async () => undefined,
    passTime: async () => undefined,
    records: () => [],
    failures: () => [],
    close: async () => undefined,
  };
}

export interface Doors {
  readonly port: number;
  readonly clock: VirtualClock;
  readonly engine: FakeEngine;
  readonly faults: FaultPlan;
  readonly identities: Identities;
  close(): Promise<void>;
}

export interface DoorsOptions extends Pick<FcServerOptions, 'serviceName' | 'acceptsLegacyOn2023'> {
  readonly functions?: readonly FcFunction[];
  readonly users?: readonly UserSpec[];
  readonly roles?: readonly RoleSpec[];
}

export async function openDoors(options: DoorsOptions = {}): Promise<Doors> {
  const { functions = [fakeFunction()], users = [], roles = [], ...rest } = options;
  const clock = makeVirtualClock();
  const engine = makeFakeEngine(functions, clock);
  const faults = makeFaultPlan();
  const identities = makeIdentities({ now: clock.now, users, roles });
  const server = makeFcServer({ engine, identities, faults, now: clock.now, ...rest });
  const port = await listenOnLoopback(server);
  const close = async (): Promise<void> => {
    await closeServer(server);
    jest.useRealTimers();
  };
  return { port, clock, engine, faults, identities, close };
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly securityToken?: string;
}

export const OWNER: Keys = DEFAULT_USER;
