// What an invocation is given and what it yields, in Function Compute's own words.

/** Temporary credentials of the function's role. */
export interface FcCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

/** The data of a handler's context; the logger and the tracing functions are added in the child process (Node.js runtime, context object). */
export interface FcContext {
  readonly requestId: string;
  /** Absent for a function without a role. */
  readonly credentials?: FcCredentials;
  /** `timeout` in seconds, `memory` in MB. */
  readonly function: { readonly name: string; readonly handler: string; readonly memory: number; readonly timeout: number };
  readonly service: { readonly name: string; readonly logProject: string; readonly logStore: string; readonly qualifier: string; readonly versionId: string };
  readonly region: string;
  readonly accountId: string;
  /** 0 on the first try. */
  readonly retryCount: number;
}

export interface InvokeOptions {
  /** Path of the built bundle. */
  readonly bundle: string;
  /** The exported function; `handler` unless told. */
  readonly handler?: string;
  readonly event: Buffer;
  readonly context?: Partial<Omit<FcContext, 'function'>>;
  /** The function's own environment variables. Nothing of this process's environment reaches the child. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for node itself, for example `['--require', clockShim]`. */
  readonly nodeOptions?: readonly string[];
  /** The function's timeout, on the host's clock; 60 s unless told. */
  readonly timeoutMs?: number;
  /** 512 unless told. */
  readonly memoryMb?: number;
  /** Hears the child's process id as soon as there is one, so that a test can kill it. */
  readonly onStart?: (pid: number) => void;
  /** Where the built bootstrap is; beside the bundles of `dist/` unless told. */
  readonly bootstrap?: string;
}

/** The `x-fc-error-type` header of the invocation's answer. */
export type FcErrorType = 'UnhandledInvocationError' | 'HandledInvocationError' | 'InitializationError';

/** `body` is the answer's body as text; `logs` are the lines that the function printed, in order. */
export type InvokeResult =
  | { readonly ok: true; readonly body: string; readonly logs: readonly string[] }
  | { readonly ok: false; readonly errorType: FcErrorType; readonly body: string; readonly logs: readonly string[] };

/** From the parent to the child, one at a time. */
export interface RequestMessage {
  /** `initialize`: the handler is the initializer and gets no event. */
  readonly kind: 'initialize' | 'invoke';
  /** The file with the code. */
  readonly bundle: string;
  /** The name that the file exports. */
  readonly handler: string;
  readonly event: Uint8Array;
  readonly context: FcContext;
  /** The world's time in epoch milliseconds; undefined: the process's clock is left as it is. */
  readonly worldNow: number | undefined;
}

/** From the child to the parent, once per request. After `isLast` the process is of no use any more. */
export type OutcomeMessage =
  | { readonly ok: true; readonly body: Uint8Array; readonly isLast?: boolean }
  | { readonly ok: false; readonly errorType: FcErrorType; readonly body: Uint8Array; readonly isLast?: boolean };

/** The child's end of the pipe on which it waits, standing still, between two requests: one byte lets it go on. */
export const THAW_FD = 4;

const MARK_NAMES = { initialize: 'Initialize', invoke: 'Invoke' } as const;

/** The line that the platform prints when a request begins: its time counts from there. */
export function startMark(kind: RequestMessage['kind'], requestId: string): string {
  return `FC ${MARK_NAMES[kind]} Start RequestId: ${requestId}`;
}

/** How the line begins that ends what a request prints. */
export function endMark(kind: RequestMessage['kind'], requestId: string): string {
  return `FC ${MARK_NAMES[kind]} End RequestId: ${requestId}`;
}
