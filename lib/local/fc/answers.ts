// The answer of an invocation from the way it ended, with the error bodies of what a function cannot report itself.
import { SECOND_MS } from '../../base/instant';
import type { FcAnswer } from './kinds';
import type { Served } from './seat';
import type { FcErrorType } from './types';

export interface Limits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** What the caller of a function sees. An initializer that ends badly in whatever way is an `InitializationError`. */
export function answerOf(requestId: string, kind: 'initialize' | 'invoke', served: Served, limits: Limits): FcAnswer {
  const { ending, logs, durationMs, maxMemoryMb } = served;
  const facts = { requestId, logs, durationMs, maxMemoryMb };
  if (ending.kind === 'answered') {
    const { outcome } = ending;
    return { ...facts, ok: outcome.ok, errorType: outcome.ok ? undefined : outcome.errorType, body: Buffer.from(outcome.body) };
  }
  const errorType: FcErrorType = kind === 'initialize' ? 'InitializationError' : 'UnhandledInvocationError';
  return { ...facts, ok: false, errorType, body: errorBody(brokenMessage(ending.kind, served, limits)) };
}

export function errorBody(errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorMessage }));
}

/** The wording for the memory limit is ours: the documents give none. */
function brokenMessage(kind: 'exited' | 'timed-out' | 'out-of-memory', served: Served, { timeoutMs, memoryMb }: Limits): string {
  const figures = `duration: ${Math.round(served.durationMs)}ms, maxMemoryUsage: ${served.maxMemoryMb}MB`;
  switch (kind) {
    case 'exited':
      return `Process exited unexpectedly before completing request (${figures})`;
    case 'timed-out':
      return `Function time out after ${timeoutMs / SECOND_MS} seconds`;
    case 'out-of-memory':
      return `Process was killed because it took more than its memory of ${memoryMb}MB (${figures})`;
  }
}
