// What Function Compute takes: names, task ids and sizes, checked before anything is sent.
import { RefusedError } from '../../domain/cloud-errors';
import type { Invocation } from '../../domain/ports';
import { OPERATION } from './errors';

/** FC 3.0, limits: 32 MB by a synchronous call, 128 KB by an asynchronous one. */
export const MAX_EVENT_BYTES = { sync: 32 * 1024 * 1024, async: 128 * 1024 } as const;

/** FC 3.0, CreateFunction. Neither SDK checks it, and one of them puts it into the path as it is. */
const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
/** FC 3.0, InvokeFunction. */
const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

export function isFunctionName(text: string): boolean {
  return FUNCTION_NAME.test(text);
}

export function isTaskId(text: string): boolean {
  return TASK_ID.test(text);
}

/** Throws a RefusedError `invalid-request` for what the service would not take. */
export function checkInvocation(invocation: Invocation): void {
  const problem = problemOf(invocation);
  if (problem === undefined) return;
  const target = invocation.function;
  throw new RefusedError('invalid-request', `${OPERATION} for ${JSON.stringify(target.slice(0, 80))} was not sent: ${problem}`, {
    operation: OPERATION,
    target,
  });
}

function problemOf({ function: name, event, mode, taskId }: Invocation): string | undefined {
  if (!isFunctionName(name)) return 'a function name has 1 to 64 letters, digits, _ and -, and does not start with a digit or -';
  const bytes = Buffer.byteLength(event);
  if (bytes > MAX_EVENT_BYTES[mode]) return `the event has ${bytes} bytes, and such a call takes ${MAX_EVENT_BYTES[mode]}`;
  if (taskId === undefined) return undefined;
  if (mode === 'sync') return 'only async calls have a task id';
  return isTaskId(taskId) ? undefined : 'a task id has 1 to 128 letters, digits, _ and -, and does not start with a digit or -';
}
