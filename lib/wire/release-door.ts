// The doors of the pre-release gate: a direct event, CloudEvents, and HTTP requests come to the same use case, and each gets an answer that its caller can read.
// None is anonymous: the platform has checked the caller's signature before it wakes us (HTTP trigger with authType function; fc:InvokeFunction for the others).
import { type Clock, systemClock } from '../base/clock';
import { KeeperError } from '../base/errors';
import type { RunSummary } from '../domain/run';
import { doorOf } from './event';
import { isCloudEvent, MAX_CLOUD_EVENTS, readCloudEvent } from './event-cloud';
import { asFields, EventError, type Fields, readJson, withHint } from './event-fields';
import { type HttpAnswer, httpEventOf, readHttpRequest } from './event-http';
import { RELEASE_HINT, readRelease } from './event-release';
import { type FunctionContext, type Invocation, inInvocation, type UseCase } from './function';
import { answerOfFailure, answerOfRun, readReleaseRequest } from './release-http';
import type { Environment } from './settings';
import { type EventContext, makeWakeup, type Wakeup } from './wakeup';

const NAME = 'pre-release-backup';

/** Of an HTTP request, the reply; of an array of several CloudEvents, a summary for each; else the summary, with the receipt in `release`. */
export type ReleaseAnswer = RunSummary | readonly RunSummary[] | HttpAnswer;

/** A release that has failed is an answer, which the platform must not repeat. What stands in the way of an answer is thrown, except to HTTP, which has statuses for it. */
export async function handleRelease(
  useCase: UseCase,
  event: Uint8Array,
  context: FunctionContext,
  env: Environment,
  clock: Clock = systemClock,
): Promise<ReleaseAnswer> {
  const inCall = <T>(body: (invocation: Invocation) => Promise<T>): Promise<T> => inInvocation(NAME, context, env, body, clock);
  const http = httpEventOf(event);
  if (http === undefined) return inCall((invocation) => answerEvents(invocation, useCase, event));
  try {
    return answerOfRun(await inCall((invocation) => answerRequest(invocation, useCase, http)));
  } catch (error) {
    return answerOfFailure(error, context.requestId);
  }
}

async function answerRequest({ eventContext, understand, run }: Invocation, useCase: UseCase, readFields: () => Fields): Promise<RunSummary> {
  const { understood, policy } = await understand(
    () => withHint(RELEASE_HINT, () => readReleaseRequest(readHttpRequest(readFields()), eventContext.now)),
    'http',
  );
  const { requestId, now } = eventContext;
  return run(useCase, makeWakeup({ type: 'http', id: requestId, time: now }, now, { release: understood }), policy);
}

async function answerEvents(invocation: Invocation, useCase: UseCase, event: Uint8Array): Promise<RunSummary | readonly RunSummary[]> {
  const { eventContext, understand } = invocation;
  const { understood } = await understand(() => withHint(RELEASE_HINT, () => readDeliveries(readJson(event), eventContext)), doorOf(event));
  const [first, ...others] = understood;
  if (first === undefined || others.length > 0) return answerEach(invocation, useCase, understood);
  return answerOne(invocation, useCase, first);
}

/** A release that came alone or among others; it is read only when its turn comes, so that one mistake is one release's. */
interface Delivery {
  readonly type: 'event' | 'invoke';
  readonly id: string;
  readonly read: () => Wakeup;
}

/** One direct event, or 1 to MAX_CLOUD_EVENTS CloudEvents. Every delivery is a run of its own. */
function readDeliveries(body: unknown, { requestId: id, now }: EventContext): readonly Delivery[] {
  if (Array.isArray(body)) {
    const events: unknown[] = body;
    if (events.length === 0 || events.length > MAX_CLOUD_EVENTS)
      throw new EventError(`the event is a list of ${events.length}, not of 1 to ${MAX_CLOUD_EVENTS} CloudEvents`);
    const idOf = (index: number): string => (events.length === 1 ? id : `${id}#${index + 1}`);
    return events.map((event, index) => cloudDelivery(event, `CloudEvent ${index + 1} of ${events.length}`, idOf(index), now));
  }
  if (isCloudEvent(body)) return [cloudDelivery(body, 'the CloudEvent', id, now)];
  const fields = asFields(body, 'the event');
  if (fields['kind'] !== 'pre-release') throw new EventError('the event is neither of kind pre-release nor a CloudEvent nor an HTTP request');
  return [{ type: 'invoke', id, read: () => makeWakeup({ type: 'invoke', id, time: now }, now, { release: readRelease(fields, 'the event', now) }) }];
}

function cloudDelivery(event: unknown, what: string, id: string, now: EventContext['now']): Delivery {
  return { type: 'event', id, read: () => makeWakeup({ type: 'event', id, time: now }, now, { release: readCloudEvent(event, what, now) }) };
}

async function answerOne({ understand, run }: Invocation, useCase: UseCase, { type, id, read }: Delivery): Promise<RunSummary> {
  const { understood, policy } = await understand(() => withHint(RELEASE_HINT, read), type, id);
  return run(useCase, understood, policy);
}

/** In order. One that fails does not keep the others from their answers; its failure is thrown at the end, so that the platform repeats the delivery: what is done stays done. */
async function answerEach(invocation: Invocation, useCase: UseCase, deliveries: readonly Delivery[]): Promise<readonly RunSummary[]> {
  const summaries: RunSummary[] = [];
  const failures: unknown[] = [];
  for (const delivery of deliveries) {
    if (invocation.deadline.isNear()) throw outOfTime(deliveries.length - summaries.length - failures.length);
    try {
      summaries.push(await answerOne(invocation, useCase, delivery));
    } catch (error) {
      invocation.logger.warn({ id: delivery.id, error: error instanceof Error ? error.message : String(error) }, 'release not answered');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return summaries;
}

function outOfTime(left: number): KeeperError {
  return new KeeperError(`the time of the invocation is up, and ${left} CloudEvents are left`, {
    code: 'out-of-time',
    hint: 'nothing to do: the platform delivers them again; a smaller batch window needs less time',
  });
}
