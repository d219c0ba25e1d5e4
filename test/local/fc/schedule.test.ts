import fc from 'fast-check';
import { instant } from '../../../lib/base/instant';
import { parseFcSchedule } from '../../../lib/local/fc';

/** The next occurrences after a moment, as ISO times without the fraction. */
function occurrences(expression: string, since: string, count: number): readonly string[] {
  const schedule = parseFcSchedule(expression, instant(Date.parse(since)));
  const found: string[] = [];
  for (let at = schedule.next(instant(Date.parse(since))); at !== undefined && found.length < count; at = schedule.next(at)) {
    found.push(new Date(at).toISOString().replace('.000Z', 'Z'));
  }
  return found;
}

describe('the schedule of a timer trigger', () => {
  test.each([
    {
      name: 'has seconds first, in UTC',
      expression: '30 0 4 * * *',
      since: '2026-11-21T00:00:00Z',
      expected: ['2026-11-21T04:00:30Z', '2026-11-22T04:00:30Z'],
    },
    {
      name: 'takes a zone of its own',
      expression: 'CRON_TZ=Asia/Shanghai 0 0 4 * * *',
      since: '2026-11-21T00:00:00Z',
      expected: ['2026-11-21T20:00:00Z', '2026-11-22T20:00:00Z'],
    },
    {
      name: 'takes a step from a first value on',
      expression: '0 5/25 * * * *',
      since: '2026-11-21T00:00:00Z',
      expected: ['2026-11-21T00:05:00Z', '2026-11-21T00:30:00Z', '2026-11-21T00:55:00Z', '2026-11-21T01:05:00Z'],
    },
    {
      name: 'takes lists and ranges',
      expression: '0 0 1-2,5 * * *',
      since: '2026-11-21T00:00:00Z',
      expected: ['2026-11-21T01:00:00Z', '2026-11-21T02:00:00Z', '2026-11-21T05:00:00Z', '2026-11-22T01:00:00Z'],
    },
    {
      name: 'takes days of the week by their names, and ? for any day of the month',
      expression: '0 0 4 ? * MON-FRI',
      since: '2026-11-20T05:00:00Z',
      expected: ['2026-11-23T04:00:00Z', '2026-11-24T04:00:00Z'],
    },
    {
      name: 'takes months by their names',
      expression: '0 0 0 1 JAN,JUL ?',
      since: '2026-11-20T05:00:00Z',
      expected: ['2027-01-01T00:00:00Z', '2027-07-01T00:00:00Z'],
    },
    {
      name: 'skips a time that does not exist when the clocks go forward',
      expression: 'CRON_TZ=Europe/Berlin 0 30 2 * * *',
      since: '2026-03-28T00:00:00Z',
      expected: ['2026-03-28T01:30:00Z', '2026-03-30T00:30:00Z'],
    },
    {
      name: 'comes twice in the hour that is repeated when the clocks go back',
      expression: 'CRON_TZ=Europe/Berlin 0 30 2 * * *',
      since: '2026-10-24T12:00:00Z',
      expected: ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z'],
    },
    {
      name: 'counts an interval from the moment the trigger was made',
      expression: '@every 1h30m',
      since: '2026-11-21T00:10:00Z',
      expected: ['2026-11-21T01:40:00Z', '2026-11-21T03:10:00Z'],
    },
    { name: 'takes an interval of many minutes', expression: '@every 100m', since: '2026-11-21T00:00:00Z', expected: ['2026-11-21T01:40:00Z'] },
  ])('$name', ({ expression, since, expected }) => {
    expect(occurrences(expression, since, expected.length)).toEqual(expected);
  });

  test.each([
    { name: 'five fields', expression: '0 4 * * *', message: 'it has 5 fields' },
    { name: 'seven fields', expression: '0 0 4 * * * 2026', message: 'it has 7 fields' },
    { name: 'nothing', expression: '', message: 'it has 1 fields' },
    { name: 'a day of the week as a number', expression: '0 0 4 * * 1', message: 'its day of the week is a number' },
    { name: 'a value out of range', expression: '0 61 4 * * *', message: 'Invalid value for minute: 61' },
    { name: 'words', expression: 'every day at four o clock', message: 'is no schedule' },
    { name: 'the last day of the month', expression: '0 0 4 L * *', message: '"L" is not known' },
    { name: 'a ? for the hour', expression: '0 0 ? * * *', message: '"?" is not known' },
    { name: 'a zone that is none', expression: 'CRON_TZ=Mars/Olympus 0 0 4 * * *', message: '"Mars/Olympus" is no time zone' },
    { name: 'a date that never comes', expression: '0 0 4 31 FEB *', message: 'never comes' },
    { name: 'an interval that is no duration', expression: '@every day', message: 'no duration' },
    { name: 'an interval of seconds', expression: '@every 30s', message: 'shorter than a minute' },
  ])('$name is refused', ({ expression, message }) => {
    expect(() => parseFcSchedule(expression, instant(0))).toThrow(
      expect.objectContaining({ code: 'fc-cron-invalid', message: expect.stringContaining(message) }),
    );
  });

  test('the newest occurrence at an occurrence is itself, and just before it the one before', () => {
    const expressions = ['0 0/7 * * * *', 'CRON_TZ=Europe/Berlin 0 30 2 * * *', 'CRON_TZ=America/New_York 15 0 1-3 * * MON-FRI', '@every 55m'];
    const moments = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') });
    fc.assert(
      fc.property(fc.constantFrom(...expressions), moments, (expression, since) => {
        const schedule = parseFcSchedule(expression, instant(since));
        const first = schedule.next(instant(since)) ?? instant(0);
        const second = schedule.next(first) ?? instant(0);

        expect([schedule.newest(first), schedule.newest(instant(second - 1)), schedule.newest(second)]).toEqual([first, first, second]);
      }),
      { numRuns: 200 },
    );
  });
});
