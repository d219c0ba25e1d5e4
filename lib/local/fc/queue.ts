// The asynchronous queue: accepts events, delivers them when they are due, tries again what fails, and tells destinations how it ended.
import { HOUR_MS, type Instant, plusMs, SECOND_MS } from '../../base/instant';
import type { Agenda } from '../world/agenda';
import { errorBody } from './answers';
import { destinationEvent } from './destinations';
import { type Executor, makeRequestId, type Work } from './executor';
import type { FcFaultPlan } from './faults';
import type { Instance } from './instances';
import type { FcAnswer, FcEnqueued, FcFunction, FcManifest, FcRecord, FcTaskStatus } from './kinds';
import { hasEnded, type Tasks } from './tasks';

/** The wait after the first failure; it doubles with each. The documents do not give the waits, so this is ours. */
const FIRST_RETRY_MS = SECOND_MS;

/** The wait after the first refusal for want of an instance; it doubles with each, and after five hours the event is given up (Function Compute, error handling). */
const FIRST_THROTTLE_MS = 500;
const THROTTLE_LIMIT_MS = 5 * HOUR_MS;

export interface QueueOptions {
  readonly manifest: FcManifest;
  readonly now: () => Instant;
  readonly agenda: Agenda;
  readonly executor: Executor;
  readonly faults: FcFaultPlan;
  readonly tasks: Tasks;
  /** Invocations that the host runs at the same time; more wait without the world noticing. */
  readonly maxParallel: number;
  readonly onFailure: (record: FcRecord) => void;
  /** The agenda has changed. */
  readonly onChange: () => void;
  /** Something runs until this settles. */
  readonly onRun: (running: Promise<void>) => void;
}

export interface Delivery {
  readonly type: 'async' | 'timer' | 'destination';
  readonly taskId?: string;
  readonly delayMs?: number;
}

/** In memory: what is queued is gone with the process. */
export interface Queue {
  accept(fn: FcFunction, event: Buffer, delivery: Delivery): FcEnqueued;
  /** Tries the event with this key of the agenda. */
  deliver(key: string): void;
  /** False: there is no such task that has not ended. */
  stop(functionName: string, taskId: string): boolean;
  /** Nothing is delivered, tried again or told any more. */
  close(): void;
}

interface QueuedEvent {
  readonly key: string;
  readonly work: Omit<Work, 'retryCount'>;
  readonly taskId: string;
  /** A second delivery of the same event: it does not show in the task. */
  readonly isCopy: boolean;
  readonly acceptedAt: Instant;
  tries: number;
  throttles: number;
  isStopped: boolean;
  /** Set while it runs. */
  instance: Instance | undefined;
}

interface State extends QueueOptions {
  /** Everything that has not ended, by key. */
  readonly events: Map<string, QueuedEvent>;
  /** Due, but the host is busy. */
  readonly waiting: QueuedEvent[];
  running: number;
  accepted: number;
  isClosed: boolean;
}

export function makeQueue(options: QueueOptions): Queue {
  const state: State = { ...options, events: new Map(), waiting: [], running: 0, accepted: 0, isClosed: false };
  return {
    accept: (fn, event, delivery) => accept(state, fn, event, delivery),
    deliver: (key) => deliver(state, key),
    stop: (functionName, taskId) => stop(state, functionName, taskId),
    close: () => {
      state.isClosed = true;
    },
  };
}

function accept(state: State, fn: FcFunction, body: Buffer, delivery: Delivery): FcEnqueued {
  const { tasks, faults } = state;
  const requestId = makeRequestId();
  const taskId = delivery.taskId ?? requestId;
  if (fn.async.isTask && !tasks.open(fn.name, taskId, requestId)) return { kind: 'refused', reason: 'duplicate' };
  const accepted: FcEnqueued = { kind: 'accepted', requestId, taskId };
  if (faults.take('lose', fn.name) !== undefined) return accepted;
  const afterMs = (delivery.delayMs ?? 0) + (faults.take('delay', fn.name)?.delayMs ?? 0);
  const work = { function: fn, event: body, requestId, type: delivery.type, taskId: fn.async.isTask ? taskId : undefined };
  put(state, { work, taskId, isCopy: false }, afterMs);
  if (faults.take('twice', fn.name) !== undefined) put(state, { work, taskId, isCopy: true }, afterMs);
  return accepted;
}

function put(state: State, what: Pick<QueuedEvent, 'work' | 'taskId' | 'isCopy'>, afterMs: number): void {
  state.accepted += 1;
  const key = `event-${String(state.accepted).padStart(12, '0')}`; // the agenda orders equal moments by their keys
  const event = { ...what, key, acceptedAt: state.now(), tries: 0, throttles: 0, isStopped: false, instance: undefined };
  state.events.set(key, event);
  schedule(state, event, afterMs);
}

function schedule(state: State, event: QueuedEvent, afterMs: number): void {
  state.agenda.set(event.key, plusMs(state.now(), afterMs));
  state.onChange();
}

function setStatus({ tasks }: State, event: QueuedEvent, status: FcTaskStatus): void {
  if (!event.isCopy) tasks.update(event.work.function.name, event.taskId, status, event.tries);
}

function deliver(state: State, key: string): void {
  const event = state.events.get(key);
  if (event === undefined || state.isClosed) return;
  const isTooOld = state.now() - event.acceptedAt > event.work.function.async.maxAgeMs;
  if (isTooOld) fail(state, event, event.tries === 0 ? 'Expired' : 'Failed', 'EventAgeExceeded', undefined);
  else if (state.running >= state.maxParallel) state.waiting.push(event);
  else run(state, event);
}

function run(state: State, event: QueuedEvent): void {
  const started = state.executor.start({ ...event.work, retryCount: event.tries });
  if (started === undefined) {
    throttle(state, event);
    return;
  }
  event.tries += 1;
  event.throttles = 0;
  event.instance = started.instance;
  state.running += 1;
  setStatus(state, event, 'Running');
  const ended = started.answer.then((answer) => {
    state.running -= 1;
    settle(state, event, answer);
    const { waiting } = state;
    for (let next = waiting.shift(); next !== undefined; next = state.running < state.maxParallel ? waiting.shift() : undefined) deliver(state, next.key);
  });
  state.onRun(ended);
}

function throttle(state: State, event: QueuedEvent): void {
  if (state.now() - event.acceptedAt >= THROTTLE_LIMIT_MS) {
    fail(state, event, 'Failed', 'FunctionResourceExhausted', undefined);
    return;
  }
  const afterMs = FIRST_THROTTLE_MS * 2 ** event.throttles;
  event.throttles += 1;
  schedule(state, event, afterMs);
}

function settle(state: State, event: QueuedEvent, answer: FcAnswer): void {
  event.instance = undefined;
  const { async: config } = event.work.function;
  if (state.isClosed || event.isStopped) {
    state.events.delete(event.key);
  } else if (answer.ok) {
    state.events.delete(event.key);
    setStatus(state, event, 'Succeeded');
    tell(state, config.onSuccessFunction, event, '', answer);
  } else if (event.tries > config.maxRetries) {
    fail(state, event, 'Failed', answer.errorType ?? '', answer);
  } else {
    setStatus(state, event, 'Retrying');
    schedule(state, event, FIRST_RETRY_MS * 2 ** (event.tries - 1));
  }
}

/** For good. Without an answer, the function was not called (again). */
function fail(state: State, event: QueuedEvent, status: 'Failed' | 'Expired', condition: string, answer: FcAnswer | undefined): void {
  state.events.delete(event.key);
  setStatus(state, event, status);
  const { function: fn, requestId, type, taskId } = event.work;
  const body = errorBody(`${condition}: the event was given up`);
  const unanswered: FcAnswer = { requestId, ok: false, errorType: undefined, body, logs: [], durationMs: 0, maxMemoryMb: 0 };
  state.onFailure({ ...(answer ?? unanswered), function: fn.name, type, taskId, at: state.now(), retryCount: Math.max(0, event.tries - 1) });
  tell(state, fn.async.onFailureFunction, event, condition, answer);
}

function tell(state: State, functionName: string | undefined, event: QueuedEvent, condition: string, answer: FcAnswer | undefined): void {
  const { manifest } = state;
  const target = manifest.functions.find((fn) => fn.name === functionName);
  if (target === undefined) return;
  const { work, tries } = event;
  accept(state, target, destinationEvent({ manifest, work, at: state.now(), condition, tries, answer }), { type: 'destination' });
}

function stop(state: State, functionName: string, taskId: string): boolean {
  const task = state.tasks.find(functionName, taskId);
  if (task === undefined || hasEnded(task.status)) return false;
  for (const event of state.events.values()) {
    if (event.work.function.name !== functionName || event.taskId !== taskId) continue;
    event.isStopped = true;
    state.agenda.set(event.key, undefined);
    if (event.instance === undefined) state.events.delete(event.key);
    else void event.instance.sandbox.kill();
  }
  state.tasks.update(functionName, taskId, 'Stopped', task.tries);
  return true;
}
