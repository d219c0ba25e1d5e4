import fc from 'fast-check';
import { DateTime } from 'luxon';
import { formatInstant, formatInstantCompact, formatInstantMinutes, instant, parseInstant, plusMs } from '../../lib/base/instant';

const AT = instant(Date.UTC(2026, 10, 21, 2, 3, 4));

test.each([
  { name: 'seconds precision', text: '2026-11-21T02:03:04Z', expected: Date.UTC(2026, 10, 21, 2, 3, 4) },
  { name: 'minutes precision', text: '2026-11-21T02:03Z', expected: Date.UTC(2026, 10, 21, 2, 3) },
  { name: 'fractions of a second', text: '2026-11-21T02:03:04.500Z', expected: Date.UTC(2026, 10, 21, 2, 3, 4, 500) },
  { name: 'an offset with a colon', text: '2026-11-21T10:03:04+08:00', expected: Date.UTC(2026, 10, 21, 2, 3, 4) },
  { name: 'the end of a day', text: '2026-11-20T24:00:00Z', expected: Date.UTC(2026, 10, 21) },
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
  { name: 'a minute that does not exist', text: '2026-11-21T02:60Z' },
  { name: 'a second that does not exist', text: '2026-11-21T02:03:60Z' },
  { name: 'an hour after the end of a day', text: '2026-11-21T24:00:00.001Z' },
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

/** Texts of the right shape, with numbers that a calendar has and others. */
const timeText = fc
  .tuple(fc.nat({ max: 9_999 }), fc.nat({ max: 13 }), fc.nat({ max: 32 }), fc.nat({ max: 25 }), fc.nat({ max: 61 }), fc.nat({ max: 61 }), fc.nat({ max: 999 }))
  .map(([year, month, day, hour, minute, second, fraction]) => {
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${String(fraction)}`;
  });

test('a time is read as the calendar library reads it', () => {
  fc.assert(
    fc.property(timeText, fc.constantFrom('Z', '+08:00', '-0530', '+14:00'), (text, zone) => {
      const expected = DateTime.fromISO(`${text}${zone}`, { setZone: true });

      expect(parseInstant(`${text}${zone}`)).toBe(expected.isValid ? expected.toMillis() : undefined);
    }),
    { numRuns: 2_000 },
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
