// What a function accepts as an event, and how it refuses the rest.
import { type Instant, parseInstant } from '../../lib/base/instant';
import { MAX_EVENT_BYTES, readEvent } from '../../lib/wire/event';

const NOW = parseInstant('2026-11-21T02:00:05Z') as Instant;
const CONTEXT = { requestId: '1-abc', now: NOW };

function read(event: unknown) {
  return readEvent(Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)), CONTEXT);
}

test('a timer event names the run by the trigger and its time', () => {
  const wakeup = read({ triggerTime: '2026-11-21T02:00:00Z', triggerName: 'every-quarter', payload: '' });

  expect(wakeup).toEqual({ trigger: { type: 'timer', id: 'every-quarter', time: parseInstant('2026-11-21T02:00:00Z') }, dryRun: false, instances: undefined });
});

test('an on-demand event is named by the request and may name instances', () => {
  const wakeup = read({ kind: 'on-demand', instances: ['rm-one', 'rm-two', 'rm-one'], dryRun: true });

  expect(wakeup).toEqual({ trigger: { type: 'invoke', id: '1-abc', time: NOW }, dryRun: true, instances: ['rm-one', 'rm-two'] });
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
])('$name is refused with what to send instead', ({ event, says }) => {
  expect(() => read(event)).toThrow(
    expect.objectContaining({ code: 'bad-event', message: expect.stringContaining(says), hint: expect.stringContaining('triggerTime') }),
  );
});

test('an event that is too large is refused before it is read', () => {
  expect(() => readEvent(Buffer.alloc(MAX_EVENT_BYTES + 1, ' '), CONTEXT)).toThrow(`the event has ${MAX_EVENT_BYTES + 1} bytes`);
});
