// A queue in the place of Function Compute's: it takes each task id once and delivers when told to, so that a test decides what is lost, late or delivered twice.
import { type Instant, parseInstant } from '../../lib/base/instant';
import { AmbiguousError } from '../../lib/domain/cloud-errors';
import type { ShardWork } from '../../lib/domain/open-task';
import type { Invocation, InvocationAnswer, Invoker } from '../../lib/domain/ports';
import type { Trigger } from '../../lib/domain/run';
import type { RunOptions } from './keeper';

export interface Queued extends Invocation {
  readonly taskId: string;
}

export interface TestQueue {
  readonly invoker: Invoker;
  /** What was accepted and not delivered yet, oldest first. */
  readonly waiting: Queued[];
  /** Every task id that was ever accepted. */
  readonly known: ReadonlySet<string>;
  /** The next invocations come to this instead. */
  failWith(...errors: readonly (Error | 'lost-reply')[]): void;
}

/** What a worker is told by an event of kind `shard`. */
export function workOfEvent({ event }: Invocation): Required<Pick<RunOptions, 'trigger' | 'asOf' | 'shard'>> {
  const { trigger, asOf, shard } = JSON.parse(event) as { trigger: Trigger & { time: string }; asOf: string; shard: ShardWork }; // written by the code under test
  return { trigger: { ...trigger, time: timeOf(trigger.time) }, asOf: timeOf(asOf), shard };
}

function timeOf(text: string): Instant {
  const time = parseInstant(text);
  if (time === undefined) throw new Error(`no time: ${text}`);
  return time;
}

export function makeTestQueue(): TestQueue {
  const waiting: Queued[] = [];
  const known = new Set<string>();
  const failures: (Error | 'lost-reply')[] = [];
  const accept = (invocation: Invocation): InvocationAnswer => {
    const taskId = invocation.taskId ?? '';
    if (known.has(taskId)) return { kind: 'already-queued', requestId: 'r' };
    known.add(taskId);
    waiting.push({ ...invocation, taskId });
    return { kind: 'accepted', requestId: 'r' };
  };
  return {
    waiting,
    known,
    failWith: (...errors) => {
      failures.push(...errors);
    },
    invoker: {
      invoke: async (invocation) => {
        const failure = failures.shift();
        if (failure === undefined) return accept(invocation);
        if (failure !== 'lost-reply') throw failure;
        accept(invocation);
        throw new AmbiguousError('no answer', { operation: 'InvokeFunction', target: invocation.function });
      },
    },
  };
}
