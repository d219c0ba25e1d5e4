// What a function accepts as an event, and how it refuses the rest.
import { type Instant, instant, parseInstant } from '../../lib/base/instant';
import { runIdOf } from '../../lib/gateways/tablestore/layout';
import { type EventContext, MAX_EVENT_BYTES, readEvent } from '../../lib/wire/event';

const NOW = parseInstant('2026-11-21T02:00:05Z') as Instant;
const CONTEXT: EventContext = { function: 'extra-backup', requestId: '1-abc', now: NOW };

function read(event: unknown, context: Partial<EventContext> = {}) {
  return readEvent(Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)), { ...CONTEXT, ...context });
}

test('a timer event names the run by the trigger and its time', () => {
  const wakeup = read({ triggerTime: '2026-11-21T02:00:00Z', triggerName: 'every-quarter', payload: '' });

  const time = parseInstant('2026-11-21T02:00:00Z');
  expect(wakeup).toEqual({ trigger: { type: 'timer', id: 'every-quarter', time }, asOf: time, dryRun: false, instances: undefined, onDemand: undefined });
});

test('an on-demand event is named by the request and may name instances', () => {
  const wakeup = read({ kind: 'on-demand', instances: ['rm-one', 'rm-two', 'rm-one'], dryRun: true });

  const trigger = { type: 'invoke', id: '1-abc', time: NOW };
  expect(wakeup).toEqual({ trigger, asOf: NOW, dryRun: true, instances: ['rm-one', 'rm-two'], onDemand: undefined });
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
