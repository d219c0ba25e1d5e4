// Words the findings of the fan-out: work that could not be handed over, and work that was lost.
import type { OpenTask } from '../../domain/open-task';
import type { Finding } from '../../domain/verdict';

type TaskRef = Pick<OpenTask, 'id' | 'function' | 'target' | 'attempt'>;

/** The invocation was refused, or its outcome is unknown. Reconcile submits it again. */
export function notHandedOver(task: TaskRef, part: string, reason: string): Finding {
  return finding('warning', 'work-not-handed-over', task, part, {
    message: `${task.function}: ${part} could not be handed to an invocation of ${task.target}: ${reason}`,
    remedy: 'nothing to do once: reconcile submits it again; when it repeats, check the function and its concurrency',
  });
}

/** Reconcile has submitted it again. */
export function submittedAgain(task: TaskRef, part: string): Finding {
  return finding('warning', 'work-submitted-again', task, part, {
    message: `${task.function}: nothing was heard of ${part} for too long; it was submitted again (attempt ${task.attempt})`,
    remedy: 'nothing to do once; when it repeats, look at the log of the function for killed or failed workers',
  });
}

/** It was tried for hours. */
export function workLost(task: TaskRef, part: string): Finding {
  return finding('error', 'work-lost', task, part, {
    message: `${task.function}: ${part} was not done after ${task.attempt} attempts, and is given up; later ticks look at the same instances`,
    remedy: 'look at the log of the function for why its workers fail, and at its failure destination',
  });
}

function finding(severity: Finding['severity'], rule: string, task: TaskRef, part: string, words: Pick<Finding, 'message' | 'remedy'>): Finding {
  return { id: `${rule}:${task.id}`, severity, rule, instanceId: undefined, ...words, evidence: { function: task.function, part, attempt: task.attempt } };
}
