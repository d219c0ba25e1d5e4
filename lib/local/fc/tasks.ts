// The tasks of functions in task mode: their ids are taken once, and what became of them can be asked for seven days.
import { DAY_MS, type Instant } from '../../base/instant';
import type { FcTask, FcTaskStatus } from './kinds';

/** How long a task is known, from the moment it was accepted (Function Compute, asynchronous tasks). */
const KNOWN_MS = 7 * DAY_MS;

export interface Tasks {
  /** False: the id is known. */
  open(functionName: string, id: string, requestId: string): boolean;
  /** Sets the state of a task that has not ended; others stay as they are. */
  update(functionName: string, id: string, status: FcTaskStatus, tries: number): void;
  find(functionName: string, id: string): FcTask | undefined;
  /** Oldest first. */
  list(functionName: string): readonly FcTask[];
}

export function hasEnded(status: FcTaskStatus): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Expired' || status === 'Stopped';
}

export function makeTasks(now: () => Instant): Tasks {
  const tasks = new Map<string, FcTask>();
  const keyOf = (functionName: string, id: string): string => `${functionName}/${id}`;
  /** Tasks were accepted in the order of the map. */
  const forget = (): void => {
    for (const [key, task] of tasks) {
      if (now() - task.startedAt <= KNOWN_MS) return;
      tasks.delete(key);
    }
  };
  return {
    open: (functionName, id, requestId) => {
      forget();
      const key = keyOf(functionName, id);
      if (tasks.has(key)) return false;
      tasks.set(key, { id, function: functionName, status: 'Enqueued', startedAt: now(), endedAt: undefined, requestId, tries: 0 });
      return true;
    },
    update: (functionName, id, status, tries) => {
      const key = keyOf(functionName, id);
      const task = tasks.get(key);
      if (task === undefined || hasEnded(task.status)) return;
      tasks.set(key, { ...task, status, tries, endedAt: hasEnded(status) ? now() : undefined });
    },
    find: (functionName, id) => {
      forget();
      return tasks.get(keyOf(functionName, id));
    },
    list: (functionName) => {
      forget();
      return [...tasks.values()].filter((task) => task.function === functionName);
    },
  };
}
