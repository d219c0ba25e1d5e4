import fc from 'fast-check';
import { formatInstant, formatInstantCompact, formatInstantMinutes, instant, parseInstant, plusMs } from '../../lib/base/instant';

const AT = instant(Date.UTC(2026, 10, 21, 2, 3, 4));

test.each([
  { name: 'seconds precision', text: '2026-11-21T02:03:04Z', expected: Date.UTC(2026, 10, 21, 2, 3, 4) },
  { name: 'minutes precision', text: '2026-11-21T02:03Z', expected: Date.UTC(2026, 10, 21, 2, 3) },
  { name: 'fractions of a second', text: '2026-11-21T02:03:04.500Z', expected: Date.UTC(2026, 10, 21, 2, 3, 4, 500) },
  { name: 'an offset with a colon', text: '2026-11-21T10:03:04+08:00', expected: Date.UTC(2026, 10, 21, 2, 3, 4) },
  { name: 'an offset without a colon', text: '2026-11-20T21:03:04-0500', expected: Date.UTC(2026, 10, 21, 2, 3, 4) },
])('a time with $name is read', ({ text, expected }) => {
  expect(parseInstant(text)).toBe(expected);
});

test.each([
  { name: 'nothing', text: '' },
  { name: 'a time without a zone', text: '2026-11-21T02:03:04' },
  { name: 'a date alone', text: '2026-11-21' },
  { name: 'a day that does not exist', text: '2026-02-30T00:00:00Z' },
  { name: 'a month that does not exist', text: '2026-13-01T00:00:00Z' },
  { name: 'epoch seconds', text: '1795000000' },
  { name: 'a sentence around a time', text: 'at 2026-11-21T02:03:04Z' },
])('$name is no instant', ({ text }) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('an instant has three written forms', () => {
  expect(formatInstant(AT)).toBe('2026-11-21T02:03:04Z');
  expect(formatInstantMinutes(AT)).toBe('2026-11-21T02:03Z');
  expect(formatInstantCompact(AT)).toBe('20261121T020304Z');
});

test('instants are whole milliseconds', () => {
  expect(instant(1.9)).toBe(1);
  expect(plusMs(instant(10), 0.4)).toBe(10);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%p is no instant', (value) => {
  expect(() => instant(value)).toThrow(RangeError);
});

test('what is written to the second is read back to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (seconds) => {
      const at = instant(seconds * 1_000);

      expect(parseInstant(formatInstant(at))).toBe(at);
    }),
  );
});

test('the compact form sorts as the instants do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), fc.integer({ min: 0, max: 4_102_444_799 }), (a, b) => {
      const [first, second] = [formatInstantCompact(instant(a * 1_000)), formatInstantCompact(instant(b * 1_000))];

      expect(first < second).toBe(a < b);
    }),
  );
});
