// Reads what a release asks for, through whichever door: a direct event, the data of a CloudEvent, or the body of an HTTP request have the same fields.
import { DAY_MS, type Instant, parseInstant, plusMs } from '../base/instant';
import type { ReleaseWish } from '../domain/release';
import type { ReleaseRequest } from '../run/types';
import { EventError, type Fields, readDatabases, readDuration, readInstances, readText, refuseUnknown } from './event-fields';
import { readSelector } from './event-selector';

export const RELEASE_HINT =
  'send {"kind":"pre-release","source","release","instances" or "select","databases"?,"freshFor"?,"deadline"?,"holdFor"?}, ' +
  'or {"kind":"pre-release","action":"check" or "status","source","release"}; a CloudEvent has these fields in its data';

const FIELDS = new Set(['kind', 'action', 'source', 'release', 'instances', 'select', 'databases', 'freshFor', 'deadline', 'holdFor']);
const ACTIONS = ['start', 'check', 'status'] as const;
const MAX_SOURCE = 256;
const MAX_RELEASE = 256;
const MAX_DEADLINE_DAYS = 7;

/** What an envelope says of the release: of a CloudEvent, its source and id. */
export interface ReleaseIdentity {
  readonly source: unknown;
  readonly release: unknown;
}

/** `what` names the fields in messages. Throws an EventError. */
export function readRelease(fields: Fields, what: string, now: Instant, envelope: Partial<ReleaseIdentity> = {}): ReleaseRequest {
  refuseUnknown(fields, FIELDS, what);
  const { kind, action = 'start' } = fields;
  if (kind !== undefined && kind !== 'pre-release') throw new EventError(`kind must be pre-release in ${what}`);
  const known = ACTIONS.find((each) => each === action);
  if (known === undefined) throw new EventError(`action must be one of ${ACTIONS.join(', ')}`);
  const source = readText(fields['source'] ?? envelope.source, 'source', MAX_SOURCE);
  const release = readText(fields['release'] ?? envelope.release, 'release', MAX_RELEASE);
  if (known === 'start') return { action: known, wish: readWish(fields, { source, release }, now) };
  const extra = Object.keys(fields).filter((name) => !['kind', 'action', 'source', 'release'].includes(name));
  if (extra.length > 0) throw new EventError(`${extra.join(', ')} mean nothing to the action ${known}: it is about a release that was started`);
  return { action: known, source, release };
}

function readWish(fields: Fields, identity: Pick<ReleaseWish, 'source' | 'release'>, now: Instant): ReleaseWish {
  const instances = readInstances(fields['instances']);
  const select = fields['select'] === undefined ? undefined : readSelector(fields['select'], 'select');
  if ((instances === undefined) === (select === undefined))
    throw new EventError('a release names its instances or chooses them by select: give one of the two');
  const { freshFor, holdFor } = fields;
  return {
    ...identity,
    // In one order, so that the same wish is the same wish.
    instances: instances && [...instances].sort(),
    select,
    databases: sorted(readDatabases(fields['databases'])),
    freshForMs: freshFor === undefined ? undefined : readDuration(freshFor, 'freshFor', { from: '0', to: '31d' }),
    deadlineAt: readDeadline(fields['deadline'], now),
    holdForMs: holdFor === undefined ? undefined : readDuration(holdFor, 'holdFor', { from: '1h', to: '3650d' }),
  };
}

function sorted(texts: readonly string[] | undefined): readonly string[] | undefined {
  return texts && [...texts].sort();
}

/** A time, or a duration from now. One that has passed is no mistake: the event may be late, and the release long done. */
function readDeadline(value: unknown, now: Instant): Instant | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' ? parseInstant(value) : undefined;
  if (time === undefined) {
    const bounds = { from: '1m', to: `${MAX_DEADLINE_DAYS}d`, orElse: '; or an ISO 8601 time with a zone' };
    return plusMs(now, readDuration(value, 'deadline', bounds));
  }
  if (time - now > MAX_DEADLINE_DAYS * DAY_MS) throw new EventError(`deadline must be within ${MAX_DEADLINE_DAYS} days from now`);
  return time;
}
