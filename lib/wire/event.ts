// Reads the event that woke a function: a timer's tick, or an on-demand call. Bounded and strict: what is not understood is refused.
import { KeeperError } from '../base/errors';
import { type Instant, parseInstant } from '../base/instant';
import type { Trigger } from '../domain/run';

/** Function Compute accepts 128 KB for asynchronous events; more is a mistake. */
export const MAX_EVENT_BYTES = 128 * 1024;
const MAX_INSTANCES = 1_000;

export interface Wakeup {
  readonly trigger: Trigger;
  readonly dryRun: boolean;
  readonly instances: readonly string[] | undefined;
}

export interface EventContext {
  readonly requestId: string;
  readonly now: Instant;
}

class EventError extends KeeperError {
  constructor(message: string) {
    super(message, {
      code: 'bad-event',
      hint: 'send a timer event {"triggerTime","triggerName","payload"} or {"kind":"on-demand","instances"?,"dryRun"?}',
    });
  }
}

/** A timer's run is named by the trigger's name and time, an on-demand run by the request's id. Throws a KeeperError `bad-event`. */
export function readEvent(event: Uint8Array, context: EventContext): Wakeup {
  if (event.byteLength > MAX_EVENT_BYTES) throw new EventError(`the event has ${event.byteLength} bytes, more than ${MAX_EVENT_BYTES}`);
  const body = parseObject(new TextDecoder().decode(event));
  if ('triggerTime' in body) return readTimer(body);
  if (body['kind'] === 'on-demand') return readOnDemand(body, context);
  throw new EventError('the event is neither a timer event nor an on-demand event');
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new EventError('the event is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new EventError('the event is not a JSON object');
  return { ...parsed };
}

function readTimer(body: Record<string, unknown>): Wakeup {
  const time = parseInstant(String(body['triggerTime']));
  if (time === undefined) throw new EventError('triggerTime is not an ISO 8601 time with a zone');
  const name = body['triggerName'];
  if (typeof name !== 'string' || name === '' || name.length > 128) throw new EventError('triggerName must be a text of 1 to 128 characters');
  return { trigger: { type: 'timer', id: name, time }, dryRun: false, instances: undefined };
}

const ON_DEMAND_KEYS = new Set(['kind', 'instances', 'dryRun']);

function readOnDemand(body: Record<string, unknown>, context: EventContext): Wakeup {
  const unknown = Object.keys(body).filter((key) => !ON_DEMAND_KEYS.has(key));
  if (unknown.length > 0) throw new EventError(`unknown fields in the on-demand event: ${unknown.slice(0, 5).join(', ').slice(0, 200)}`);
  const { instances, dryRun } = body;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new EventError('dryRun must be true or false');
  return {
    trigger: { type: 'invoke', id: context.requestId, time: context.now },
    dryRun: dryRun === true,
    instances: readInstances(instances),
  };
}

function readInstances(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_INSTANCES;
  const ids: unknown[] = isList ? value : [];
  const texts = ids.filter((id): id is string => typeof id === 'string' && /^[a-z0-9-]{1,64}$/i.test(id));
  if (!isList || texts.length !== ids.length) throw new EventError(`instances must be a list of 1 to ${MAX_INSTANCES} instance ids`);
  return [...new Set(texts)];
}
