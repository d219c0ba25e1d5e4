// Reads CloudEvents 1.0 in JSON, as EventBridge delivers them: one object, or an array of several. Attributes that we do not know are let be, as the specification wants it.
import type { Instant } from '../base/instant';
import type { ReleaseRequest } from '../run/types';
import { asFields, EventError, isFields, readText } from './event-fields';
import { readRelease } from './event-release';

/** Each is a run of its own; more at once are a mistake of the event stream's batch window. */
export const MAX_CLOUD_EVENTS = 20;
const MAX_ATTRIBUTE = 512;

export function isCloudEvent(body: unknown): boolean {
  return isFields(body) && 'specversion' in body;
}

/** The release that a CloudEvent is about: its data has the fields; the event's own source and id stand for those that the data leaves out. */
export function readCloudEvent(value: unknown, what: string, now: Instant): ReleaseRequest {
  const event = asFields(value, what);
  if (event['specversion'] !== '1.0') throw new EventError(`specversion of ${what} must be 1.0`);
  readText(event['type'], `type of ${what}`, MAX_ATTRIBUTE);
  const source = readText(event['source'], `source of ${what}`, MAX_ATTRIBUTE);
  const release = readText(event['id'], `id of ${what}`, MAX_ATTRIBUTE);
  return readRelease(asFields(event['data'], `data of ${what}`), `data of ${what}`, now, { source, release });
}
