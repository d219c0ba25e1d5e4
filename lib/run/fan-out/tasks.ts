// Work for other invocations, as a task in the ledger and an event: the same work is the same task, whoever hands it over and however often.
import { canonicalJson, shortHash } from '../../base/hash';
import { formatInstant, type Instant } from '../../base/instant';
import { CloudError, CredentialsError, DeniedError } from '../../domain/cloud-errors';
import type { OpenTask, ShardWork } from '../../domain/open-task';
import type { DeployedFunction } from '../../domain/run';
import type { Finding } from '../../domain/verdict';
import { notHandedOver } from '../../policy/fan-out/findings';
import { nameOfWork } from '../../policy/fan-out/parts';
import { permissionDenied } from '../../policy/findings';
import type { Run } from '../envelope';
import type { RunPorts, RunRequest } from '../types';

type FanOut = NonNullable<RunPorts['fanOut']>;

/** What an event of kind `shard` says: the same work is the same text. */
export function eventOf({ trigger, asOf }: Pick<RunRequest, 'trigger' | 'asOf'>, shard: ShardWork): string {
  return canonicalJson({ kind: 'shard', trigger: { ...trigger, time: formatInstant(trigger.time) }, asOf: formatInstant(asOf), shard });
}

/** The work of a part: named by what woke the run, the part and the leg. In whole seconds, as the event has the time: who hands over and who works name it alike. */
export function taskIdOf(name: DeployedFunction, { trigger }: Pick<RunRequest, 'trigger'>, { account, region, part, parts, leg }: ShardWork): string {
  return shortHash(canonicalJson([name, trigger.type, trigger.id, formatInstant(trigger.time), account, region, part, parts, leg]), 32);
}

export function newTask(name: DeployedFunction, request: Pick<RunRequest, 'trigger' | 'asOf'>, work: ShardWork, target: string, now: Instant): OpenTask {
  return {
    kind: 'shard',
    id: taskIdOf(name, request, work),
    version: 0,
    attempt: 1,
    createdAt: now,
    updatedAt: now,
    function: name,
    target,
    event: eventOf(request, work),
  };
}

/** The part that a stored task's event hands over; undefined where it is none that this version knows. */
export function workOfTask({ event }: Pick<OpenTask, 'event'>): ShardWork | undefined {
  const parsed: unknown = JSON.parse(event);
  const shard = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'shard') : undefined;
  return isWork(shard) ? shard : undefined;
}

function isWork(value: unknown): value is ShardWork {
  return typeof value === 'object' && value !== null && 'account' in value && 'region' in value && 'leg' in value && 'parts' in value;
}

/** Writes the task down and submits it. Returns a finding where that did not go well; the task stands then, and reconcile submits it again. */
export async function handOverWork(run: Run, fanOut: FanOut, work: ShardWork): Promise<Finding | undefined> {
  const { ledger, clock } = run.ports;
  const task = newTask(run.function as DeployedFunction, run.request, work, fanOut.self, clock.now()); // only deployed functions are given a fanOut
  const stored = (await ledger.putTask(undefined, task)) ?? (await ledger.getTask('shard', task.id));
  if (stored === undefined) return undefined; // a repeated delivery, and the work was done in this very moment
  return submitTask(run, fanOut, stored, nameOfWork(work));
}

/**
 * Submits the task's present attempt: the service takes each task id once, so that repeating this is harmless. Throws what must stop the run: errors of the ledger
 * and of the credentials.
 */
export async function submitTask(run: Run, { invoker }: FanOut, task: OpenTask, part: string): Promise<Finding | undefined> {
  try {
    const answer = await invoker.invoke({ function: task.target, event: task.event, mode: 'async', taskId: `k_${task.id}_a${task.attempt}` });
    run.logger.info({ function: task.function, part, attempt: task.attempt, answer: answer.kind }, 'work handed over');
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || error instanceof CredentialsError) throw error;
    run.logger.warn({ function: task.function, part, attempt: task.attempt, error: error.message }, 'work could not be handed over');
    return error instanceof DeniedError ? permissionDenied(undefined, error.action, error.operation) : notHandedOver(task, part, error.message);
  }
}
