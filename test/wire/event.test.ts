// What a function accepts as an event, and how it refuses the rest.
import { type Instant, instant, parseInstant } from '../../lib/base/instant';
import { runIdOf } from '../../lib/gateways/tablestore/layout';
import { eventOf } from '../../lib/run/fan-out/tasks';
import { doorOf, readEvent } from '../../lib/wire/event';
import { MAX_EVENT_BYTES } from '../../lib/wire/event-fields';
import { type EventContext, makeWakeup } from '../../lib/wire/wakeup';

const NOW = parseInstant('2026-11-21T02:00:05Z') as Instant;
const CONTEXT: EventContext = { function: 'extra-backup', requestId: '1-abc', now: NOW };

function read(event: unknown, context: Partial<EventContext> = {}) {
  return readEvent(Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)), { ...CONTEXT, ...context });
}

test('a timer event names the run by the trigger and its time', () => {
  const wakeup = read({ triggerTime: '2026-11-21T02:00:00Z', triggerName: 'every-quarter', payload: '' });

  const time = parseInstant('2026-11-21T02:00:00Z') as Instant;
  expect(wakeup).toEqual(makeWakeup({ type: 'timer', id: 'every-quarter', time }, time));
});

test('an on-demand event is named by the request and may name instances', () => {
  const wakeup = read({ kind: 'on-demand', instances: ['rm-one', 'rm-two', 'rm-one'], dryRun: true });

  expect(wakeup).toEqual(makeWakeup({ type: 'invoke', id: '1-abc', time: NOW }, NOW, { dryRun: true, instances: ['rm-one', 'rm-two'] }));
});

describe('a backup on demand', () => {
  const ONE = { kind: 'on-demand', instances: ['rm-one'] };

  test('a key asks for one, and every delivery is a run of its own', () => {
    const first = read({ ...ONE, key: 'release-42' });
    const second = read({ ...ONE, key: 'release-42' }, { now: instant(NOW + 1) });

    expect(first).toMatchObject({ trigger: { type: 'invoke', id: 'release-42', time: NOW }, asOf: NOW, instances: ['rm-one'] });
    expect(first.onDemand).toEqual({ key: 'release-42', databases: undefined, method: undefined });
    expect(runIdOf({ scope: 's', function: 'extra-backup', trigger: first.trigger })).not.toBe(
      runIdOf({ scope: 's', function: 'extra-backup', trigger: second.trigger }),
    );
  });

  test.each([
    { name: 'databases', more: { databases: ['orders', 'orders', 'invoices'] }, wish: { databases: ['orders', 'invoices'], method: undefined } },
    { name: 'a method', more: { method: 'logical' }, wish: { databases: undefined, method: 'logical' } },
  ])('$name without a key: the id of the request, which the retries of the platform carry too, is the key', ({ more, wish }) => {
    expect(read({ ...ONE, ...more }).onDemand).toEqual({ key: '1-abc', ...wish });
  });

  test('a request whose id is no key must bring one', () => {
    expect(() => read({ ...ONE, method: 'logical' }, { requestId: 'a b' })).toThrow(
      expect.objectContaining({ code: 'bad-event', message: expect.stringContaining('send a key') }),
    );
  });
});

describe('a key for another function names its run', () => {
  function runId(event: object, now: string): string {
    const { trigger } = read({ kind: 'on-demand', ...event }, { function: 'retention-hygiene', now: parseInstant(now) as Instant });
    return runIdOf({ scope: 's', function: 'retention-hygiene', trigger });
  }
  const FIRST = runId({ key: 'clean-up' }, '2026-11-21T00:00:00Z');

  test('the same run on the whole UTC day, decided as of now', () => {
    const wakeup = read({ kind: 'on-demand', key: 'clean-up' }, { function: 'retention-hygiene' });

    expect(runId({ key: 'clean-up' }, '2026-11-21T23:59:59Z')).toBe(FIRST);
    expect(wakeup).toMatchObject({ asOf: NOW, onDemand: undefined, trigger: { id: 'clean-up', time: parseInstant('2026-11-21T00:00:00Z') } });
  });

  test.each([
    { name: 'the next day', event: { key: 'clean-up' }, now: '2026-11-22T00:00:00Z' },
    { name: 'another key', event: { key: 'clean-up-2' }, now: '2026-11-21T00:00:00Z' },
    { name: 'named instances', event: { key: 'clean-up', instances: ['rm-one'] }, now: '2026-11-21T00:00:00Z' },
  ])('$name: another run', ({ event, now }) => {
    expect(runId(event, now)).not.toBe(FIRST);
  });

  test('the same instances in another order are the same run, others are not', () => {
    const one = runId({ key: 'clean-up', instances: ['rm-one', 'rm-two'] }, '2026-11-21T00:00:00Z');

    expect(runId({ key: 'clean-up', instances: ['rm-two', 'rm-one'] }, '2026-11-21T09:00:00Z')).toBe(one);
    expect(runId({ key: 'clean-up', instances: ['rm-one'] }, '2026-11-21T09:00:00Z')).not.toBe(one);
  });

  test.each(['databases', 'method'])('%s mean nothing there', (field) => {
    const event = { kind: 'on-demand', key: 'x', instances: ['rm-one'], databases: undefined, [field]: field === 'method' ? 'logical' : ['a'] };

    expect(() => read(event, { function: 'extend-expiry' })).toThrow(expect.objectContaining({ message: expect.stringContaining('extra-backup only') }));
  });
});

describe('a part of a fleet', () => {
  const SHARD = { account: 'main', region: 'cn-hangzhou', part: 2, parts: 5, fromPage: 31, leg: 1, changesLeft: 40, manualSets: 12 };
  const EVENT = {
    kind: 'shard',
    trigger: { type: 'timer', id: 'every-quarter', time: '2026-11-21T01:45:00Z' },
    asOf: '2026-11-21T02:00:00Z',
    shard: SHARD,
  };

  test('is work of the original trigger, decided as of the same time', () => {
    const wakeup = read(EVENT);

    const trigger = { type: 'timer', id: 'every-quarter', time: parseInstant('2026-11-21T01:45:00Z') as Instant } as const;
    expect(wakeup).toEqual(makeWakeup(trigger, parseInstant('2026-11-21T02:00:00Z') as Instant, { shard: SHARD }));
  });

  test('what a run hands over is what a worker reads', () => {
    const trigger = { type: 'timer', id: 'every-quarter', time: parseInstant('2026-11-21T01:45:00Z') as Instant } as const;

    expect(read(eventOf({ trigger, asOf: NOW }, SHARD))).toEqual(makeWakeup(trigger, NOW, { shard: SHARD }));
  });

  test.each(['extra-backup', 'retention-hygiene', 'extend-expiry', 'verify-cross-region'] as const)('%s takes it', (name) => {
    expect(read(EVENT, { function: name }).shard).toEqual(SHARD);
  });

  test.each(['reconcile', 'report', 'pre-release-backup'] as const)('%s is never divided', (name) => {
    expect(() => read(EVENT, { function: name })).toThrow(`the work of ${name} is never divided`);
  });

  test.each([
    { name: 'an unknown field', event: { ...EVENT, more: 1 }, says: 'unknown fields in the shard event: more' },
    { name: 'no trigger', event: { ...EVENT, trigger: undefined }, says: 'trigger is not a JSON object' },
    { name: 'a trigger of no kind', event: { ...EVENT, trigger: { ...EVENT.trigger, type: 'moon' } }, says: 'trigger.type must be one of' },
    { name: 'a trigger without an id', event: { ...EVENT, trigger: { ...EVENT.trigger, id: '' } }, says: 'trigger.id must be' },
    { name: 'a trigger with a line break', event: { ...EVENT, trigger: { ...EVENT.trigger, id: 'a\nb' } }, says: 'trigger.id must be' },
    { name: 'a trigger that knows more', event: { ...EVENT, trigger: { ...EVENT.trigger, cron: '' } }, says: 'unknown fields in trigger: cron' },
    { name: 'no asOf', event: { ...EVENT, asOf: undefined }, says: 'asOf is not' },
    { name: 'no shard', event: { ...EVENT, shard: 'main' }, says: 'shard is not a JSON object' },
    { name: 'a part that there is not', event: { ...EVENT, shard: { ...SHARD, part: 6 } }, says: 'shard.part must be a whole number from 1 to 5' },
    { name: 'half a page', event: { ...EVENT, shard: { ...SHARD, fromPage: 1.5 } }, says: 'shard.fromPage must be' },
    { name: 'a count as text', event: { ...EVENT, shard: { ...SHARD, leg: '1' } }, says: 'shard.leg must be' },
    { name: 'changes below nothing', event: { ...EVENT, shard: { ...SHARD, changesLeft: -1 } }, says: 'shard.changesLeft must be' },
    { name: 'no account', event: { ...EVENT, shard: { ...SHARD, account: undefined } }, says: 'shard.account must be' },
    { name: 'a shard that knows more', event: { ...EVENT, shard: { ...SHARD, shards: 2 } }, says: 'unknown fields in shard: shards' },
  ])('$name is refused', ({ event, says }) => {
    expect(() => read(event)).toThrow(expect.objectContaining({ code: 'bad-event', message: expect.stringContaining(says) }));
  });
});

test('bytes that are no text are refused', () => {
  expect(() => readEvent(Buffer.from([0x7b, 0xff, 0x7d]), CONTEXT)).toThrow('the event is not UTF-8 text');
});

test('deeply nested nonsense is refused like any other', () => {
  expect(() => read(`${'['.repeat(60_000)}${']'.repeat(60_000)}`)).toThrow('not a JSON object');
});

test.each([
  { name: 'no JSON', event: '{', says: 'not JSON' },
  { name: 'a list', event: '[]', says: 'not a JSON object' },
  { name: 'null', event: 'null', says: 'not a JSON object' },
  { name: 'neither kind', event: { hello: 1 }, says: 'neither a timer event nor an on-demand event' },
  { name: 'a time without a zone', event: { triggerTime: '2026-11-21T02:00:00', triggerName: 'x' }, says: 'triggerTime' },
  { name: 'no trigger name', event: { triggerTime: '2026-11-21T02:00:00Z' }, says: 'triggerName' },
  { name: 'a trigger name that is too long', event: { triggerTime: '2026-11-21T02:00:00Z', triggerName: 'x'.repeat(129) }, says: 'triggerName' },
  { name: 'an unknown field', event: { kind: 'on-demand', instancs: [] }, says: 'instancs' },
  { name: 'instances that are no list', event: { kind: 'on-demand', instances: 'rm-one' }, says: 'instances' },
  { name: 'no instances', event: { kind: 'on-demand', instances: [] }, says: 'instances' },
  { name: 'a hostile instance id', event: { kind: 'on-demand', instances: ['rm-one; drop'] }, says: 'instances' },
  { name: 'a number among the instances', event: { kind: 'on-demand', instances: ['rm-one', 7] }, says: 'instances' },
  { name: 'dryRun as text', event: { kind: 'on-demand', dryRun: 'yes' }, says: 'dryRun' },
  { name: 'a key without instances', event: { kind: 'on-demand', key: 'release-42' }, says: 'name those to back up' },
  { name: 'databases without instances', event: { kind: 'on-demand', databases: ['a'] }, says: 'name those to back up' },
  { name: 'a key with a forbidden character', event: { kind: 'on-demand', key: 'a~b', instances: ['rm-one'] }, says: 'key must be' },
  { name: 'a number as the key', event: { kind: 'on-demand', key: 42, instances: ['rm-one'] }, says: 'key must be' },
  { name: 'an empty key', event: { kind: 'on-demand', key: '', instances: ['rm-one'] }, says: 'key must be' },
  { name: 'a method that is none', event: { kind: 'on-demand', method: 'magic', instances: ['rm-one'] }, says: 'physical, logical, snapshot' },
  { name: 'no databases', event: { kind: 'on-demand', databases: [], instances: ['rm-one'] }, says: 'databases must be' },
  { name: 'databases as text', event: { kind: 'on-demand', databases: 'a,b', instances: ['rm-one'] }, says: 'databases must be' },
  { name: 'a database with a comma', event: { kind: 'on-demand', databases: ['a,b'], instances: ['rm-one'] }, says: 'databases must be' },
  {
    name: '51 databases',
    event: { kind: 'on-demand', databases: Array.from({ length: 51 }, (_, index) => `db${index}`), instances: ['rm-one'] },
    says: 'databases must be',
  },
])('$name is refused with what to send instead', ({ event, says }) => {
  expect(() => read(event)).toThrow(
    expect.objectContaining({ code: 'bad-event', message: expect.stringContaining(says), hint: expect.stringContaining('triggerTime') }),
  );
});

test('an event that is too large is refused before it is read', () => {
  expect(() => readEvent(Buffer.alloc(MAX_EVENT_BYTES + 1, ' '), CONTEXT)).toThrow(`the event has ${MAX_EVENT_BYTES + 1} bytes`);
});

test.each([
  { name: 'a tick that says no time', event: '{"triggerTime":7}', door: 'timer' },
  { name: 'a CloudEvent', event: '{"specversion":"1.0"}', door: 'event' },
  { name: 'a list', event: '[]', door: 'event' },
  { name: 'any other fields', event: '{"kind":"what"}', door: 'invoke' },
  { name: 'no JSON', event: '{', door: 'invoke' },
])('$name that cannot be read came through the door $door', ({ event, door }) => {
  expect(doorOf(Buffer.from(event))).toBe(door);
});
