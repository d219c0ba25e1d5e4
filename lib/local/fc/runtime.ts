// How the Node.js runtime of Function Compute 3.0 calls a handler and reads what comes back (Function Compute, event handlers in Node.js).
import { createRequire } from 'node:module';
import { format } from 'node:util';
import type { FcContext, FcErrorType, InvokeMessage, OutcomeMessage } from './types';

type LogLevel = 'verbose' | 'debug' | 'info' | 'warn' | 'error';
type Callback = (error: unknown, data?: unknown) => void;
type Handler = (event: Buffer, context: unknown, callback: Callback) => unknown;

/** Thrown inside by `callback(error)`: the function has handled the failure itself. */
interface HandledFailure {
  readonly handled: unknown;
}

/** Loads the bundle and calls its handler once. Never rejects: a failure is an outcome too. */
export async function callHandler(message: InvokeMessage, print: (line: string) => void): Promise<OutcomeMessage> {
  const { requestId } = message.context;
  const log = (level: LogLevel, parts: readonly unknown[]): void =>
    print(`${new Date().toISOString()} ${requestId} [${level}] ${format(...parts).replaceAll('\n', '\r')}`);
  redirectConsole(log);
  print(`FC Invoke Start RequestId: ${requestId}`);
  try {
    const handler = loadHandler(message);
    const value = await settle(handler, Buffer.from(message.event), contextOf(message.context, log));
    const body = bodyOf(value);
    print(`FC Invoke End RequestId: ${requestId}`);
    return { ok: true, body };
  } catch (failure) {
    const isHandled = isHandledFailure(failure);
    const error = isHandled ? failure.handled : failure;
    print(`FC Invoke End RequestId: ${requestId}, Error: ${isHandled ? 'Handled' : 'Unhandled'} function error`);
    return failureOf(isHandled ? 'HandledInvocationError' : 'UnhandledInvocationError', error);
  }
}

/** The body of a failed invocation. The runtime puts its own name before the type of an error that the function did not handle. */
export function failureOf(errorType: FcErrorType, error: unknown): OutcomeMessage {
  const own = errorType === 'HandledInvocationError' ? 'FunctionHandledError' : 'FunctionUnhandledError';
  const body =
    error instanceof Error
      ? {
          errorMessage: error.message,
          errorType: errorType === 'HandledInvocationError' ? error.name : `${own}: ${error.name}`,
          stackTrace: (error.stack ?? '').split('\n'),
        }
      : { errorMessage: typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error)), errorType: own };
  return { ok: false, errorType, body: Buffer.from(JSON.stringify(body)) };
}

/** A Buffer as it is, an object as JSON, anything else as text, nothing as nothing. */
function bodyOf(value: unknown): Uint8Array {
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** With `require`, as the runtime loads a `.js` file. */
function loadHandler(message: InvokeMessage): Handler {
  const exported: unknown = createRequire(message.bundle)(message.bundle);
  const handler = typeof exported === 'object' && exported !== null ? Reflect.get(exported, message.handler) : undefined;
  if (typeof handler !== 'function') throw new Error(`Handler '${message.handler}' is missing on module '${message.bundle}'`);
  return handler as Handler; // a function that a bundle exports: its parameters are a convention
}

/** Whichever comes first: the promise of an async handler, or a call of the callback. */
function settle(handler: Handler, event: Buffer, context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, data) => {
      if (error === undefined || error === null) resolve(data);
      else reject({ handled: error } satisfies HandledFailure);
    };
    const returned = handler(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function isHandledFailure(failure: unknown): failure is HandledFailure {
  return typeof failure === 'object' && failure !== null && !(failure instanceof Error) && 'handled' in failure;
}

function contextOf(context: FcContext, log: (level: LogLevel, parts: readonly unknown[]) => void): unknown {
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

/** The runtime's console marks every line with time, request and level. */
function redirectConsole(log: (level: LogLevel, parts: readonly unknown[]) => void): void {
  const levels = { log: 'verbose', debug: 'debug', info: 'info', warn: 'warn', error: 'error' } as const;
  for (const [method, level] of Object.entries(levels)) Reflect.set(console, method, (...parts: unknown[]) => log(level, parts));
}
