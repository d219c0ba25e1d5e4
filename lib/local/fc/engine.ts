// The engine of the local Function Compute: runs the functions of a manifest for their callers, their queue and their timers, in the world's time.
import { KeeperError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { WorldClock } from '../kinds';
import { makeAgenda } from '../world/agenda';
import { type FcStarted, makeExecutor, makeRequestId } from './executor';
import { type FcFaultPlan, makeFcFaultPlan } from './faults';
import { makeFlow } from './flow';
import { makeInstances } from './instances';
import type { FcEngine, FcFunction, FcManifest, FcRecord } from './kinds';
import type { Pump } from './pump';
import { makeQueue } from './queue';
import { makeRecordList } from './record-list';
import { makeTasks } from './tasks';
import { makeTimers } from './timers';
import type { FcCredentials } from './types';

/** The most that the service takes in one request (Function Compute, limits). */
const MAX_SYNC_BYTES = 32 * 1024 * 1024;
const MAX_ASYNC_BYTES = 128 * 1024;

const DEFAULT_PARALLEL = 4;
const DEFAULT_PROCESSES = 16;

export interface FcEngineOptions {
  readonly manifest: FcManifest;
  readonly clock: WorldClock;
  /** Where the built bootstrap is (`dist/local/fc-bootstrap.js`). */
  readonly bootstrap: string;
  /** Variables for every function, on top of its own: where the local cloud is. */
  readonly env?: Readonly<Record<string, string>>;
  /** The credentials of a role, asked for at every request; undefined: the function gets none. Must not throw. */
  readonly credentialsOf?: (role: string, functionName: string) => FcCredentials | undefined;
  /** Asynchronous invocations that the host runs at the same time, 4 unless told; more wait, without the world noticing. With 1, their order is always the same. */
  readonly maxParallel?: number;
  /** Processes that are kept, 16 unless told; more are started only while more are at work. */
  readonly maxProcesses?: number;
  /** Hears of every invocation as it begins, with the process that serves it. */
  readonly onStart?: (started: FcStarted) => void;
  /** Hears of every invocation that has ended. */
  readonly onRecord?: (record: FcRecord) => void;
}

/** What a composition root holds: the engine, its faults, and the pump that runs it in the host's time. */
export interface RunningFcEngine extends FcEngine, Pump {
  readonly faults: FcFaultPlan;
}

/**
 * Makes the engine; no process is started before it is needed. Between two moments of the world's time everything runs to its end; what is
 * due at the same moment starts in the order in which it was accepted, timers after that in the order of the manifest. Throws KeeperErrors
 * `fc-cron-invalid` and `fc-destination-unknown`. Once it is closed, every call throws `fc-closed`.
 */
export function makeFcEngine(options: FcEngineOptions): RunningFcEngine {
  const { manifest, clock, env = {}, credentialsOf = () => undefined, onStart = () => undefined, onRecord = () => undefined } = options;
  const { maxParallel = DEFAULT_PARALLEL, maxProcesses = DEFAULT_PROCESSES, bootstrap } = options;
  checkDestinations(manifest);
  const now = (): Instant => clock.now();
  const records = makeRecordList();
  const failures = makeRecordList();
  const agenda = makeAgenda();
  const faults = makeFcFaultPlan();
  const tasks = makeTasks(now);
  const instances = makeInstances({ now, bootstrap, env, maxProcesses });
  const keep = (record: FcRecord): void => {
    records.add(record);
    onRecord(record);
  };
  const executor = makeExecutor({ manifest, now, instances, faults, credentialsOf, onStart, onRecord: keep });

  const flow = makeFlow({ clock, agenda, begin: (key) => (timers.fire(key) ? undefined : queue.deliver(key)) });
  const { track, onChange } = flow;
  const queue = makeQueue({ manifest, now, agenda, executor, faults, tasks, maxParallel, onFailure: failures.add, onChange, onRun: track });
  const timers = makeTimers({ manifest, now, agenda, faults, onFire: (fn, event) => void queue.accept(fn, event, { type: 'timer' }) });

  let isClosed = false;
  const functionOf = (name: string): FcFunction | undefined => {
    if (isClosed) throw new KeeperError('the local Function Compute is closed', { code: 'fc-closed', hint: 'start it again' });
    return manifest.functions.find((fn) => fn.name === name);
  };

  return {
    manifest,
    faults,
    invoke: async (name, event, type) => {
      const fn = functionOf(name);
      if (fn === undefined) return 'unknown-function';
      if (event.length > MAX_SYNC_BYTES) return 'too-large';
      const started = executor.start({ function: fn, event, requestId: makeRequestId(), type, taskId: undefined, retryCount: 0 });
      if (started === undefined) return 'busy';
      track(started.answer.then(() => undefined));
      return started.answer;
    },
    enqueue: (name, event, delivery = {}) => {
      const fn = functionOf(name);
      if (fn === undefined) return { kind: 'refused', reason: 'unknown-function' };
      if (event.length > MAX_ASYNC_BYTES) return { kind: 'refused', reason: 'too-large' };
      return queue.accept(fn, event, { type: 'async', ...delivery });
    },
    task: tasks.find,
    tasks: tasks.list,
    stopTask: queue.stop,
    fireTimer: (functionName, timerName, at = now()) => functionOf(functionName) !== undefined && timers.deliver(functionName, timerName, at),
    nextAt: () => agenda.peek()?.at,
    runDue: flow.runDue,
    passTime: flow.passTime,
    records: records.all,
    failures: failures.all,
    startPump: flow.startPump,
    stopPump: flow.stopPump,
    close: async () => {
      isClosed = true;
      queue.close();
      const settled = flow.close();
      await instances.close();
      await settled;
    },
  };
}

function checkDestinations(manifest: FcManifest): void {
  const names = new Set(manifest.functions.map((fn) => fn.name));
  for (const { name, async: config } of manifest.functions) {
    for (const target of [config.onFailureFunction, config.onSuccessFunction]) {
      if (target === undefined || names.has(target)) continue;
      const hint = 'name a function of the same manifest';
      throw new KeeperError(`the destination ${target} of the function ${name} does not exist`, { code: 'fc-destination-unknown', hint });
    }
  }
}
