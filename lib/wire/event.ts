// Reads the event that woke a function: a timer's tick, an on-demand call, or a part of a fleet. Bounded and strict: what is not understood is refused.

import type { TriggerType } from '../domain/run';
import { isCloudEvent } from './event-cloud';
import { asFields, EventError, isFields, readJson, withHint } from './event-fields';
import { readOnDemand } from './event-on-demand';
import { readShard } from './event-shard';
import { readTimer } from './event-timer';
import type { EventContext, Wakeup } from './wakeup';

const HINT =
  'send a timer event {"triggerTime","triggerName","payload"} or {"kind":"on-demand","key"?,"instances"?,"dryRun"?}; ' +
  'for extra-backup also "databases"? and "method"?';

/** Of every function but pre-release-backup (event-release.ts). Throws a KeeperError `bad-event`. */
export function readEvent(event: Uint8Array, context: EventContext): Wakeup {
  return withHint(HINT, () => {
    const body = asFields(readJson(event), 'the event');
    if ('triggerTime' in body) return readTimer(body);
    if (body['kind'] === 'on-demand') return readOnDemand(body, context);
    if (body['kind'] === 'shard') return readShard(body, context);
    throw new EventError('the event is neither a timer event nor an on-demand event, nor a part of a fleet');
  });
}

/** Which door an event came through, as far as it can be told of one that cannot be read. */
export function doorOf(event: Uint8Array): TriggerType {
  try {
    const body = readJson(event);
    if (Array.isArray(body) || isCloudEvent(body)) return 'event';
    return isFields(body) && 'triggerTime' in body ? 'timer' : 'invoke';
  } catch {
    return 'invoke';
  }
}
