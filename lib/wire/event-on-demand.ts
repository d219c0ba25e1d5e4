// Reads an on-demand event: {"kind":"on-demand","key"?,"instances"?,"databases"?,"method"?,"dryRun"?}.
import { shortHash } from '../base/hash';
import { DAY_MS, instant } from '../base/instant';
import type { BackupMethod } from '../domain/backup';
import type { Trigger } from '../domain/run';
import { BACKUP_METHODS, isOnDemandKey, KEY_RULE } from '../policy/on-demand';
import type { OnDemandBackup } from '../run/types';
import { EventError, type Fields, readDatabases, readInstances, refuseUnknown } from './event-fields';
import { type EventContext, makeWakeup, type Wakeup } from './wakeup';

const FIELDS = new Set(['kind', 'key', 'instances', 'databases', 'method', 'dryRun']);

/**
 * What `key` makes idempotent is what the function does for it:
 * - A backup on demand (extra-backup with `key`, `databases` or `method`): one backup per instance and key, for ever, by its slots. Every delivery is a run of
 *   its own, so that what was deferred can be asked for again. Without a key the request's id is the key: the platform's own retries carry the same.
 * - Everything else: one run per key, named instances and UTC day. A second delivery gets the summary of the first, unless that one failed. No promise rests on
 *   it: across midnight the work is looked at once more, and what is done stays done.
 */
export function readOnDemand(body: Fields, context: EventContext): Wakeup {
  refuseUnknown(body, FIELDS, 'the on-demand event');
  const { dryRun } = body;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new EventError('dryRun must be true or false');
  const key = readKey(body['key']);
  const instances = readInstances(body['instances']);
  const onDemand = readBackup(body, key, instances, context);
  const trigger = onDemand === undefined ? triggerOf(key, instances, context) : ({ type: 'invoke', id: onDemand.key, time: context.now } as const);
  return makeWakeup(trigger, context.now, { dryRun: dryRun === true, instances, onDemand });
}

function triggerOf(key: string | undefined, instances: readonly string[] | undefined, { requestId, now }: EventContext): Trigger {
  if (key === undefined) return { type: 'invoke', id: requestId, time: now };
  // Other instances are another run: its summary must never be that of a run that did not look at them. No key has a `~`.
  const id = instances === undefined ? key : `${key}~${shortHash([...instances].sort().join(' '), 8)}`;
  return { type: 'invoke', id, time: instant(now - (now % DAY_MS)) };
}

function readBackup(body: Fields, key: string | undefined, instances: readonly string[] | undefined, context: EventContext): OnDemandBackup | undefined {
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

function readMethod(value: unknown): BackupMethod | undefined {
  if (value === undefined) return undefined;
  const method = BACKUP_METHODS.find((known) => known === value);
  if (method === undefined) throw new EventError(`method must be one of ${BACKUP_METHODS.join(', ')}`);
  return method;
}
