// Shows what a function answered: its own words, or that the call is queued.
import type { Invocation, InvocationAnswer } from '../../domain/ports';
import { sanitiseLines } from '../sanitise';
import { renderJson } from './json';

type TakenAnswer = Exclude<InvocationAnswer, { kind: 'function-failed' }>;

/** The answer as JSON where it is JSON, else as its text. */
export function parsedAnswer(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** `outcome` is `answered`, `accepted` or `already-queued`. */
export function jsonOfAnswer({ function: name, mode, taskId }: Invocation, answer: TakenAnswer): unknown {
  const { kind, requestId } = answer;
  return { function: name, mode, taskId, outcome: kind, requestId, ...(kind === 'answered' ? { answer: parsedAnswer(answer.body) } : {}) };
}

export function answerText({ function: name, taskId }: Invocation, answer: TakenAnswer): string {
  const label = taskId === undefined ? `request ${answer.requestId}` : `task ${taskId}`;
  if (answer.kind === 'accepted') return `${name} is queued: ${label}`;
  if (answer.kind === 'already-queued') return `${name} was queued before: ${label}`;
  const said = parsedAnswer(answer.body);
  return typeof said === 'object' && said !== null ? renderJson(said) : sanitiseLines(answer.body);
}
