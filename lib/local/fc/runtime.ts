// How the Node.js runtime of Function Compute 3.0 calls a handler and reads what comes back (Function Compute, event handlers in Node.js).
import { createRequire } from 'node:module';
import { format, inspect } from 'node:util';
import { endMark, type FcContext, type FcErrorType, type OutcomeMessage, type RequestMessage, startMark } from './types';

type LogLevel = 'verbose' | 'debug' | 'info' | 'warn' | 'error';
type Callback = (error: unknown, data?: unknown) => void;
type Exported = (...parameters: readonly unknown[]) => unknown;

const HANDLED = Symbol('handled');

/** Thrown inside by `callback(error)`: the function has handled the failure itself. */
interface HandledFailure {
  readonly [HANDLED]: unknown;
}

type Print = (line: string) => void;
type Log = (level: LogLevel, parts: readonly unknown[]) => void;

/** Loads the bundle, unless that is done, and calls its handler once. Never rejects: a failure is an outcome too. */
export async function callHandler(request: RequestMessage, print: Print): Promise<OutcomeMessage> {
  const { requestId } = request.context;
  const log = redirectConsole(requestId, print);
  const mark = endMark('invoke', requestId);
  print(startMark('invoke', requestId));
  try {
    const handler = loadExport(request, 'Handler');
    const value = await settle((callback) => handler(Buffer.from(request.event), contextOf(request.context, log), callback));
    const body = bodyOf(value);
    print(mark);
    return { ok: true, body };
  } catch (failure) {
    const isHandled = isHandledFailure(failure);
    const error = isHandled ? failure[HANDLED] : failure;
    print(`${mark}, Error: ${isHandled ? 'Handled' : 'Unhandled'} function error`);
    return failureOf(isHandled ? 'HandledInvocationError' : 'UnhandledInvocationError', error);
  }
}

/** Loads the bundle and calls its initializer. Never rejects: whatever goes wrong is an `InitializationError`. */
export async function callInitializer(request: RequestMessage, print: Print): Promise<OutcomeMessage> {
  const { requestId } = request.context;
  const log = redirectConsole(requestId, print);
  const mark = endMark('initialize', requestId);
  print(startMark('initialize', requestId));
  try {
    const initializer = loadExport(request, 'Initializer');
    await settle((callback) => initializer(contextOf(request.context, log), callback));
    print(mark);
    return { ok: true, body: Buffer.alloc(0) };
  } catch (failure) {
    print(`${mark}, Error: function initialization error`);
    return failureOf('InitializationError', isHandledFailure(failure) ? failure[HANDLED] : failure);
  }
}

/** The outcome of a failure. The runtime puts its own name before the type of an error that the function did not handle. */
export function failureOf(errorType: FcErrorType, error: unknown): OutcomeMessage {
  const own = errorType === 'HandledInvocationError' ? 'FunctionHandledError' : 'FunctionUnhandledError';
  const body =
    error instanceof Error
      ? {
          errorMessage: error.message,
          errorType: errorType === 'HandledInvocationError' ? error.name : `${own}: ${error.name}`,
          stackTrace: (error.stack ?? '').split('\n'),
        }
      : { errorMessage: typeof error === 'string' ? error : textOf(error), errorType: own };
  return { ok: false, errorType, body: Buffer.from(JSON.stringify(body)) };
}

/** What is thrown need not be an error, nor have a form as JSON. */
function textOf(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return inspect(thrown);
  }
}

/** A Buffer as it is, an object as JSON, anything else as text, nothing as nothing. */
function bodyOf(value: unknown): Uint8Array {
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** With `require`, as the runtime loads a `.js` file: once per process. */
function loadExport(request: RequestMessage, what: string): Exported {
  const { bundle, handler: name } = request;
  const exported: unknown = createRequire(bundle)(bundle);
  const found = typeof exported === 'object' && exported !== null ? Reflect.get(exported, name) : undefined;
  if (typeof found !== 'function') throw new Error(`${what} '${name}' is missing on module '${bundle}'`);
  return found as Exported; // a function that a bundle exports: its parameters are a convention
}

/** Whichever comes first: the promise of an async function, or a call of the callback. */
function settle(call: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, data) => {
      if (error === undefined || error === null) resolve(data);
      else reject({ [HANDLED]: error } satisfies HandledFailure);
    };
    const returned = call(callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function isHandledFailure(failure: unknown): failure is HandledFailure {
  return typeof failure === 'object' && failure !== null && HANDLED in failure;
}

function contextOf(context: FcContext, log: Log): unknown {
  const at =
    (level: LogLevel) =>
    (...parts: unknown[]): void =>
      log(level, parts);
  return {
    ...context,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), log: at('verbose'), setLogLevel: () => undefined },
    tracing: { openTracingSpanContext: undefined, openTracingSpanBaggages: {}, jaegerEndpoint: undefined },
    waitsForEmptyEventLoopBeforeCallback: false,
  };
}

/** The runtime's console marks every line with time, request and level. Returns what writes such a line. */
function redirectConsole(requestId: string, print: Print): Log {
  const log: Log = (level, parts) => print(`${new Date().toISOString()} ${requestId} [${level}] ${format(...parts).replaceAll('\n', '\r')}`);
  const levels = { log: 'verbose', debug: 'debug', info: 'info', warn: 'warn', error: 'error' } as const;
  for (const [method, level] of Object.entries(levels)) Reflect.set(console, method, (...parts: unknown[]) => log(level, parts));
  return log;
}
