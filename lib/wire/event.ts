// Reads the event that woke a function: a timer's tick, or an on-demand call. Bounded and strict: what is not understood is refused.
import { KeeperError } from '../base/errors';
import { shortHash } from '../base/hash';
import { DAY_MS, type Instant, instant, parseInstant } from '../base/instant';
import type { BackupMethod } from '../domain/backup';
import type { FunctionName, Trigger } from '../domain/run';
import { BACKUP_METHODS, isDatabaseName, isOnDemandKey, KEY_RULE, MAX_DATABASES } from '../policy/on-demand';
import type { OnDemandBackup } from '../run/types';

/** Function Compute accepts 128 KB for asynchronous events; more is a mistake. */
export const MAX_EVENT_BYTES = 128 * 1024;
const MAX_INSTANCES = 1_000;

export interface Wakeup {
  readonly trigger: Trigger;
  /** The now of the run's decisions. */
  readonly asOf: Instant;
  readonly dryRun: boolean;
  readonly instances: readonly string[] | undefined;
  readonly onDemand: OnDemandBackup | undefined;
}

export interface EventContext {
  readonly function: FunctionName;
  readonly requestId: string;
  readonly now: Instant;
}

class EventError extends KeeperError {
  constructor(message: string) {
    super(message, {
      code: 'bad-event',
      hint:
        'send a timer event {"triggerTime","triggerName","payload"} or {"kind":"on-demand","key"?,"instances"?,"dryRun"?}; ' +
        'for extra-backup also "databases"? and "method"?',
    });
  }
}

/** A timer's run is named by the trigger's name and time; for an on-demand run see `readOnDemand`. Throws a KeeperError `bad-event`. */
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
  return { trigger: { type: 'timer', id: name, time }, asOf: time, dryRun: false, instances: undefined, onDemand: undefined };
}

const ON_DEMAND_FIELDS = new Set(['kind', 'key', 'instances', 'databases', 'method', 'dryRun']);

/**
 * What `key` makes idempotent is what the function does for it:
 * - A backup on demand (extra-backup with `key`, `databases` or `method`): one backup per instance and key, for ever, by its slots. Every delivery is a run of
 *   its own, so that what was deferred can be asked for again. Without a key the request's id is the key: the platform's own retries carry the same.
 * - Everything else: one run per key, named instances and UTC day. A second delivery gets the summary of the first, unless that one failed. No promise rests on
 *   it: across midnight the work is looked at once more, and what is done stays done.
 */
function readOnDemand(body: Record<string, unknown>, context: EventContext): Wakeup {
  const unknown = Object.keys(body).filter((key) => !ON_DEMAND_FIELDS.has(key));
  if (unknown.length > 0) throw new EventError(`unknown fields in the on-demand event: ${unknown.slice(0, 5).join(', ').slice(0, 200)}`);
  const { dryRun } = body;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new EventError('dryRun must be true or false');
  const key = readKey(body['key']);
  const instances = readInstances(body['instances']);
  const onDemand = readBackup(body, key, instances, context);
  const trigger = onDemand === undefined ? triggerOf(key, instances, context) : ({ type: 'invoke', id: onDemand.key, time: context.now } as const);
  return { trigger, asOf: context.now, dryRun: dryRun === true, instances, onDemand };
}

function triggerOf(key: string | undefined, instances: readonly string[] | undefined, { requestId, now }: EventContext): Trigger {
  if (key === undefined) return { type: 'invoke', id: requestId, time: now };
  // Other instances are another run: its summary must never be that of a run that did not look at them. No key has a `~`.
  const id = instances === undefined ? key : `${key}~${shortHash([...instances].sort().join(' '), 8)}`;
  return { type: 'invoke', id, time: instant(now - (now % DAY_MS)) };
}

function readBackup(
  body: Record<string, unknown>,
  key: string | undefined,
  instances: readonly string[] | undefined,
  context: EventContext,
): OnDemandBackup | undefined {
  const databases = readDatabases(body['databases']);
  const method = readMethod(body['method']);
  const hasWish = databases !== undefined || method !== undefined;
  if (context.function !== 'extra-backup') {
    if (hasWish) throw new EventError(`databases and method are for extra-backup only, and this is ${context.function}`);
    return undefined;
  }
  if (key === undefined && !hasWish) return undefined;
  if (instances === undefined) throw new EventError('a backup on demand (key, databases or method) needs instances: name those to back up');
  if (key === undefined && !isOnDemandKey(context.requestId)) throw new EventError("the request's id cannot stand for a key: send a key");
  return { key: key ?? context.requestId, databases, method };
}

function readKey(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !isOnDemandKey(value)) throw new EventError(`key must be a text: ${KEY_RULE}`);
  return value;
}

function readDatabases(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = readList(value, MAX_DATABASES, isDatabaseName);
  if (names === undefined) throw new EventError(`databases must be a list of 1 to ${MAX_DATABASES} names of at most 128 characters, without commas`);
  return names;
}

function readMethod(value: unknown): BackupMethod | undefined {
  if (value === undefined) return undefined;
  const method = BACKUP_METHODS.find((known) => known === value);
  if (method === undefined) throw new EventError(`method must be one of ${BACKUP_METHODS.join(', ')}`);
  return method;
}

function readInstances(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const ids = readList(value, MAX_INSTANCES, (id) => /^[a-z0-9-]{1,64}$/i.test(id));
  if (ids === undefined) throw new EventError(`instances must be a list of 1 to ${MAX_INSTANCES} instance ids`);
  return ids;
}

/** The different texts of a list of 1 to `max`; undefined for everything else. */
function readList(value: unknown, max: number, isGood: (text: string) => boolean): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > max) return undefined;
  const items: unknown[] = value;
  const texts = items.filter((item): item is string => typeof item === 'string' && isGood(item));
  return texts.length === items.length ? [...new Set(texts)] : undefined;
}
