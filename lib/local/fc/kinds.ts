// What the parts of the local Function Compute tell each other: the functions of a manifest, and the engine that runs them.
import type { Instant } from '../../base/instant';
import type { FcErrorType } from './types';

/** A timer trigger, as s.yaml has it. */
export interface FcTimer {
  readonly name: string;
  /** `0 0/5 * * * *`, `CRON_TZ=Asia/Shanghai 0 0 4 * * *` or `@every 5m`: six fields, seconds first. */
  readonly cron: string;
  readonly isEnabled: boolean;
  readonly payload: string;
}

export interface FcHttpTrigger {
  readonly name: string;
  /** `function`: requests must be signed. */
  readonly authType: 'anonymous' | 'function';
  readonly methods: readonly string[];
}

/** A function as it is deployed. */
export interface FcFunction {
  readonly name: string;
  /** The folder of its code. */
  readonly codeFolder: string;
  /** `file.export` */
  readonly handler: string;
  /** `file.export`, or undefined. */
  readonly initializer: string | undefined;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  /** The name of its RAM role, or undefined: then it gets no credentials. */
  readonly role: string | undefined;
  /** Instances of it that may run at the same time. */
  readonly maxInstances: number;
  readonly async: {
    /** Tries after the first, 0 to 8. */
    readonly maxRetries: number;
    readonly maxAgeMs: number;
    /** Task mode: a task id is taken once. */
    readonly isTask: boolean;
    /** Name of the function that gets what failed for good, or undefined. Other kinds of destinations are kept in `failures()` only. */
    readonly onFailureFunction: string | undefined;
    readonly onSuccessFunction: string | undefined;
  };
  readonly timers: readonly FcTimer[];
  readonly http: readonly FcHttpTrigger[];
}

export interface FcManifest {
  readonly region: string;
  readonly accountId: string;
  readonly functions: readonly FcFunction[];
}

export interface FcAnswer {
  readonly requestId: string;
  readonly ok: boolean;
  /** Undefined when `ok`, and for an event in `failures()` that never reached the function (too old, or throttled to the end). */
  readonly errorType: FcErrorType | undefined;
  readonly body: Buffer;
  /** The lines that this invocation printed. */
  readonly logs: readonly string[];
  /** On the host's clock. */
  readonly durationMs: number;
  /** The most resident memory that its process has had so far, in MB; 0 where the host does not tell. */
  readonly maxMemoryMb: number;
}

/** One invocation that has ended, for whoever wants to see what happened. */
export interface FcRecord extends FcAnswer {
  readonly function: string;
  readonly type: 'sync' | 'async' | 'timer' | 'http' | 'destination';
  readonly taskId: string | undefined;
  /** The world's time at its start. */
  readonly at: Instant;
  readonly retryCount: number;
}

export type FcTaskStatus = 'Enqueued' | 'Running' | 'Retrying' | 'Succeeded' | 'Failed' | 'Expired' | 'Stopped';

export interface FcTask {
  readonly id: string;
  readonly function: string;
  readonly status: FcTaskStatus;
  readonly startedAt: Instant;
  readonly endedAt: Instant | undefined;
  readonly requestId: string;
  /** Tries so far. */
  readonly tries: number;
}

/** `duplicate`: the task id is known. `unknown-function`, `too-large` (more than 128 KB) and `busy` (no instance is free, sync only) are refusals of the service. */
export type FcEnqueued =
  | { readonly kind: 'accepted'; readonly requestId: string; readonly taskId: string }
  | { readonly kind: 'refused'; readonly reason: 'duplicate' | 'unknown-function' | 'too-large' };

export interface FcEngine {
  readonly manifest: FcManifest;
  /** Waits for the answer. Undefined: there is no function of that name. */
  invoke(name: string, event: Buffer, type: 'sync' | 'http'): Promise<FcAnswer | 'unknown-function' | 'too-large' | 'busy'>;
  enqueue(name: string, event: Buffer, options?: { readonly taskId?: string; readonly delayMs?: number }): FcEnqueued;
  task(name: string, taskId: string): FcTask | undefined;
  tasks(name: string): readonly FcTask[];
  /** False: there is no such task that has not ended. */
  stopTask(name: string, taskId: string): boolean;
  /** Delivers a timer's event now, as a timer that fires twice would; false when there is no such timer. */
  fireTimer(functionName: string, timerName: string, at?: Instant): boolean;
  /** The next moment at which a timer fires or a queued event is due; undefined: nothing is to come. */
  nextAt(): Instant | undefined;
  /** Starts everything that is due by the world's clock, and waits until nothing runs and nothing more is due. */
  runDue(): Promise<void>;
  /** Moves the world's clock forward to `until`, stopping at every moment at which something is due, and runs it. Invocations never see the clock move. */
  passTime(until: Instant): Promise<void>;
  /** Everything that has ended since the engine was made, oldest first; the newest 10,000, fewer of very large ones. */
  records(): readonly FcRecord[];
  /** What failed for good: after its last retry, or too old. */
  failures(): readonly FcRecord[];
  /** Kills every process. Safe to call twice. */
  close(): Promise<void>;
}
