// Runs one invocation on an instance: its context, the initializer before the first handler, the faults planned for it.
import { randomUUID } from 'node:crypto';
import { messageOf } from '../../base/errors';
import { type Instant, SECOND_MS } from '../../base/instant';
import { answerOf, errorBody } from './answers';
import type { FcFaultPlan } from './faults';
import { type Instance, type Instances, locateHandler } from './instances';
import type { FcAnswer, FcFunction, FcManifest, FcRecord } from './kinds';
import { type FcContext, type FcCredentials, type RequestMessage, startMark } from './types';

/** What is to be run. */
export interface Work {
  readonly function: FcFunction;
  readonly event: Buffer;
  readonly requestId: string;
  readonly type: FcRecord['type'];
  readonly taskId: string | undefined;
  readonly retryCount: number;
}

/** An invocation that has begun, so that a test can kill its process. */
export interface FcStarted {
  readonly function: string;
  readonly type: FcRecord['type'];
  readonly requestId: string;
  readonly taskId: string | undefined;
  readonly retryCount: number;
  readonly pid: number;
}

export interface ExecutorOptions {
  readonly manifest: FcManifest;
  readonly now: () => Instant;
  readonly instances: Instances;
  readonly faults: FcFaultPlan;
  readonly credentialsOf: (role: string, functionName: string) => FcCredentials | undefined;
  readonly onStart: (started: FcStarted) => void;
  readonly onRecord: (record: FcRecord) => void;
}

interface Outcome {
  readonly answer: FcAnswer;
  readonly isReusable: boolean;
}

export interface Executor {
  /** Takes an instance and starts; undefined: none is free, or a fault says so. The promise never rejects. */
  start(work: Work): { readonly instance: Instance; readonly answer: Promise<FcAnswer> } | undefined;
}

/** What an invocation is called on every page and in every log. */
export function makeRequestId(): string {
  return `1-${randomUUID()}`;
}

export function makeExecutor(options: ExecutorOptions): Executor {
  const { instances, faults } = options;

  const contextOf = (work: Work): FcContext => {
    const { name, handler, memoryMb, timeoutMs, role } = work.function;
    const credentials = role === undefined ? undefined : options.credentialsOf(role, name);
    return {
      requestId: work.requestId,
      ...(credentials === undefined ? {} : { credentials }),
      function: { name, handler, memory: memoryMb, timeout: Math.ceil(timeoutMs / SECOND_MS) },
      service: { name: '', logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
      region: options.manifest.region,
      accountId: options.manifest.accountId,
      retryCount: work.retryCount,
    };
  };

  /** The answer, and whether the instance can serve again. */
  const serve = async (work: Work, instance: Instance): Promise<Outcome> => {
    const { function: fn, requestId, event } = work;
    const kill = faults.take('kill', fn.name);
    const onLine = (line: string): void => {
      if (kill !== undefined && line.includes(kill.atLine ?? startMark('invoke', requestId))) void instance.sandbox.kill();
    };
    const call = async (kind: RequestMessage['kind'], handler: string): Promise<Outcome> => {
      const request = { kind, ...locateHandler(fn.codeFolder, handler), event: kind === 'invoke' ? event : Buffer.alloc(0), context: contextOf(work) };
      const served = await instance.sandbox.call({ ...request, worldNow: options.now() }, fn.timeoutMs, onLine);
      const answer = answerOf(requestId, kind, served, fn);
      const isWhole = served.ending.kind === 'answered' && served.ending.outcome.isLast !== true;
      return { answer, isReusable: isWhole && answer.errorType !== 'InitializationError' };
    };
    if (fn.initializer === undefined || instance.isInitialized) return call('invoke', fn.handler);
    const initialized = await call('initialize', fn.initializer);
    if (!initialized.answer.ok) return initialized;
    instance.isInitialized = true;
    const { answer, isReusable } = await call('invoke', fn.handler);
    return { isReusable, answer: { ...answer, logs: [...initialized.answer.logs, ...answer.logs] } };
  };

  const run = async (work: Work, instance: Instance): Promise<FcAnswer> => {
    const at = options.now();
    const { answer, isReusable } = await serve(work, instance).catch((error: unknown): Outcome => {
      const facts = { requestId: work.requestId, logs: [], durationMs: 0, maxMemoryMb: 0 };
      return { answer: { ...facts, ok: false, errorType: 'UnhandledInvocationError', body: errorBody(messageOf(error)) }, isReusable: false };
    });
    await instances.release(instance, isReusable);
    const { type, taskId, retryCount } = work;
    options.onRecord({ ...answer, function: work.function.name, type, taskId, at, retryCount });
    return answer;
  };

  return {
    start: (work) => {
      const { name } = work.function;
      const instance = faults.take('throttle', name) === undefined ? instances.acquire(work.function, () => contextOf(work)) : undefined;
      if (instance === undefined) return undefined;
      const answer = run(work, instance);
      const { pid } = instance.sandbox;
      const { type, requestId, taskId, retryCount } = work;
      if (pid !== undefined) options.onStart({ function: name, type, requestId, taskId, retryCount, pid });
      return { instance, answer };
    },
  };
}
