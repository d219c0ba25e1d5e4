// Reads the event that hands a part of the fleet to a worker: {"kind":"shard","trigger","asOf","shard"}.
import type { ShardWork } from '../domain/open-task';
import type { FunctionName, Trigger, TriggerType } from '../domain/run';
import { asFields, EventError, type Fields, readText, readTime, readWhole, refuseUnknown } from './event-fields';
import { type EventContext, makeWakeup, type Wakeup } from './wakeup';

const FIELDS = new Set(['kind', 'trigger', 'asOf', 'shard']);
const TRIGGER_FIELDS = new Set(['type', 'id', 'time']);
const SHARD_FIELDS = new Set(['account', 'region', 'part', 'parts', 'fromPage', 'leg', 'changesLeft', 'manualSets']);
const TRIGGER_TYPES: readonly TriggerType[] = ['timer', 'event', 'http', 'invoke', 'cli'];

/** The functions whose work can be divided. */
const DIVIDED: ReadonlySet<FunctionName> = new Set<FunctionName>(['extra-backup', 'retention-hygiene', 'extend-expiry', 'verify-cross-region']);

const MAX_ID = 512;
/** Far above every sound division of a fleet: only to keep numbers sane. */
const MAX_COUNT = 1_000_000;

/** The trigger and time are the original ones; with the part and leg they name the worker's run, so that a second delivery of the event is the same run. */
export function readShard(body: Fields, context: EventContext): Wakeup {
  if (!DIVIDED.has(context.function)) throw new EventError(`the work of ${context.function} is never divided into parts`);
  refuseUnknown(body, FIELDS, 'the shard event');
  const shard = readWork(asFields(body['shard'], 'shard'));
  return makeWakeup(readTrigger(asFields(body['trigger'], 'trigger')), readTime(body['asOf'], 'asOf'), { shard });
}

function readTrigger(fields: Fields): Trigger {
  refuseUnknown(fields, TRIGGER_FIELDS, 'trigger');
  const type = TRIGGER_TYPES.find((known) => known === fields['type']);
  if (type === undefined) throw new EventError(`trigger.type must be one of ${TRIGGER_TYPES.join(', ')}`);
  return { type, id: readText(fields['id'], 'trigger.id', MAX_ID), time: readTime(fields['time'], 'trigger.time') };
}

function readWork(fields: Fields): ShardWork {
  refuseUnknown(fields, SHARD_FIELDS, 'shard');
  const count = (name: string, from: number, to = MAX_COUNT): number => readWhole(fields[name], `shard.${name}`, from, to);
  const parts = count('parts', 1);
  return {
    account: readText(fields['account'], 'shard.account', 64),
    region: readText(fields['region'], 'shard.region', 64),
    part: count('part', 1, parts),
    parts,
    fromPage: count('fromPage', 1),
    leg: count('leg', 0),
    changesLeft: count('changesLeft', 0),
    manualSets: count('manualSets', 0, Number.MAX_SAFE_INTEGER),
  };
}
