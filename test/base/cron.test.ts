import { type CronSchedule, nextOccurrence, occurrenceAtOrBefore, occurrencesBetween, parseCron } from '../../lib/base/cron';
import { KeeperError } from '../../lib/base/errors';
import { formatInstant, type Instant, instant, parseInstant } from '../../lib/base/instant';

const FAR_AWAY = 10_000;

function at(iso: string): Instant {
  return parseInstant(iso) ?? instant(Number.NaN);
}

function between(cron: CronSchedule, from: string, to: string): string[] {
  return occurrencesBetween(cron, at(from), at(to), FAR_AWAY).map(formatInstant);
}

describe('parseCron', () => {
  test.each([
    { name: 'six fields', expression: '0 0 2 * * *', message: 'it has 6 fields' },
    { name: 'four fields', expression: '0 2 * *', message: 'it has 4 fields' },
    { name: 'nothing', expression: '  ', message: 'it has 1 fields' },
    { name: 'a nickname', expression: '@daily', message: 'it has 1 fields' },
    { name: 'a question mark, which would mean the present minute', expression: '0 2 ? * *', message: '"?" is not known here' },
    { name: 'a minute that does not exist', expression: '61 * * * *', message: 'Invalid value for minute: 61' },
    { name: 'letters', expression: 'a b c d e', message: 'illegal characters' },
    { name: '31 February', expression: '0 2 31 2 *', message: 'it names a date that never comes' },
    { name: '31 April and June', expression: '0 2 31 4,6 *', message: 'it names a date that never comes' },
  ])('refuses $name', ({ expression, message }) => {
    const error = thrownBy(() => parseCron(expression, 'UTC'));

    expect(error).toBeInstanceOf(KeeperError);
    expect(error).toMatchObject({ code: 'cron-invalid', exitCode: 2, message: expect.stringContaining(message), hint: expect.any(String) });
  });

  it('takes names, lists, ranges and steps, and does not mind spaces', () => {
    const cron = parseCron('  0,30  8-10/2 * NOV MON-FRI ', 'UTC');

    expect(between(cron, '2026-11-20T00:00:00Z', '2026-11-23T23:00:00Z')).toEqual([
      '2026-11-20T08:00:00Z',
      '2026-11-20T08:30:00Z',
      '2026-11-20T10:00:00Z',
      '2026-11-20T10:30:00Z',
      '2026-11-23T08:00:00Z',
      '2026-11-23T08:30:00Z',
      '2026-11-23T10:00:00Z',
      '2026-11-23T10:30:00Z',
    ]);
  });

  it('lets either day field match when both are restricted', () => {
    const cron = parseCron('0 0 1 * MON', 'UTC');

    expect(between(cron, '2026-10-25T00:00:00Z', '2026-11-03T00:00:00Z')).toEqual(['2026-10-26T00:00:00Z', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z']);
  });
});

describe('asking a schedule', () => {
  const nightly = parseCron('0 2 * * *', 'UTC');

  test.each([
    { name: 'an occurrence is at or before its own moment', at: '2026-11-21T02:00:00Z', before: '2026-11-21T02:00:00Z', after: '2026-11-22T02:00:00Z' },
    { name: 'a second earlier it is still to come', at: '2026-11-21T01:59:59Z', before: '2026-11-20T02:00:00Z', after: '2026-11-21T02:00:00Z' },
    { name: 'half a second later it has been', at: '2026-11-21T02:00:00.500Z', before: '2026-11-21T02:00:00Z', after: '2026-11-22T02:00:00Z' },
  ])('$name', ({ at: moment, before, after }) => {
    expect(occurrenceAtOrBefore(nightly, at(moment))).toBe(at(before));
    expect(nextOccurrence(nightly, at(moment))).toBe(at(after));
  });

  it('finds rare dates far back: 29 February', () => {
    const leapDay = parseCron('0 2 29 2 *', 'UTC');

    expect(occurrenceAtOrBefore(leapDay, at('2026-11-21T00:00:00Z'))).toBe(at('2024-02-29T02:00:00Z'));
    expect(nextOccurrence(leapDay, at('2026-11-21T00:00:00Z'))).toBe(at('2028-02-29T02:00:00Z'));
  });

  it('has no answer at the end of the calendar', () => {
    expect(nextOccurrence(nightly, at('9999-12-31T12:00:00Z'))).toBeUndefined();
  });

  it('gives the newest ones of a span, without its start and with its end', () => {
    const all = occurrencesBetween(nightly, at('2026-11-18T02:00:00Z'), at('2026-11-21T02:00:00Z'), FAR_AWAY);
    const newest = occurrencesBetween(nightly, at('2026-11-18T02:00:00Z'), at('2026-11-21T02:00:00Z'), 2);

    expect(all.map(formatInstant)).toEqual(['2026-11-19T02:00:00Z', '2026-11-20T02:00:00Z', '2026-11-21T02:00:00Z']);
    expect(newest.map(formatInstant)).toEqual(['2026-11-20T02:00:00Z', '2026-11-21T02:00:00Z']);
  });

  it('answers the same when asked again, also after more questions than it remembers', () => {
    const first = occurrenceAtOrBefore(nightly, at('2026-11-21T03:00:00Z'));
    for (let minute = 0; minute < 20_001; minute += 1) nextOccurrence(nightly, instant(minute * 60_000));

    expect(parseCron('0 2 * * *', 'UTC')).toBe(nightly);
    expect(occurrenceAtOrBefore(nightly, at('2026-11-21T03:00:00Z'))).toBe(first);
    expect(nextOccurrence(nightly, instant(0))).toBe(at('1970-01-01T02:00:00Z'));
  });
});

describe('when the clocks change', () => {
  test.each([
    {
      name: 'New York, 8 March: 02:30 does not exist and happens at 03:00',
      expression: '30 2 * * *',
      timezone: 'America/New_York',
      from: '2026-03-07T12:00:00Z',
      to: '2026-03-09T12:00:00Z',
      golden: ['2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z'],
    },
    {
      name: 'New York, 1 November: 01:30 exists twice and happens the first time',
      expression: '30 1 * * *',
      timezone: 'America/New_York',
      from: '2026-10-31T12:00:00Z',
      to: '2026-11-02T12:00:00Z',
      golden: ['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    },
    {
      name: 'New York, 1 November: of a list of hours, 01:30 happens once too',
      expression: '30 1,14 * * *',
      timezone: 'America/New_York',
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-02T00:00:00Z',
      golden: ['2026-11-01T05:30:00Z', '2026-11-01T19:30:00Z'],
    },
    {
      name: 'New York, 1 November: every half hour counts the repeated hour as the two hours it is',
      expression: '*/30 * * * *',
      timezone: 'America/New_York',
      from: '2026-11-01T04:45:00Z',
      to: '2026-11-01T07:15:00Z',
      golden: ['2026-11-01T05:00:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z', '2026-11-01T07:00:00Z'],
    },
    {
      name: 'New York, 8 March: every half hour goes on in real time across the gap',
      expression: '*/30 * * * *',
      timezone: 'America/New_York',
      from: '2026-03-08T06:15:00Z',
      to: '2026-03-08T07:45:00Z',
      golden: ['2026-03-08T06:30:00Z', '2026-03-08T07:00:00Z', '2026-03-08T07:30:00Z'],
    },
    {
      name: 'Berlin, 29 March: 02:30 does not exist and happens at 03:00',
      expression: '30 2 * * *',
      timezone: 'Europe/Berlin',
      from: '2026-03-28T12:00:00Z',
      to: '2026-03-30T12:00:00Z',
      golden: ['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
    },
    {
      name: 'Berlin, 25 October: 02:30 exists twice and happens the first time',
      expression: '30 2 * * *',
      timezone: 'Europe/Berlin',
      from: '2026-10-24T12:00:00Z',
      to: '2026-10-26T12:00:00Z',
      golden: ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    },
    {
      name: 'Shanghai: the clocks do not change',
      expression: '30 2 * * *',
      timezone: 'Asia/Shanghai',
      from: '2026-03-07T00:00:00Z',
      to: '2026-03-09T00:00:00Z',
      golden: ['2026-03-07T18:30:00Z', '2026-03-08T18:30:00Z'],
    },
  ])('$name', ({ expression, timezone, from, to, golden }) => {
    expect(between(parseCron(expression, timezone), from, to)).toEqual(golden);
  });

  test.each(['America/New_York', 'Europe/Berlin', 'Asia/Shanghai', 'Australia/Lord_Howe', 'America/Sao_Paulo'])(
    'looking back and looking ahead agree through a year of %s',
    (timezone) => {
      for (const expression of ['30 2 * * *', '0,30 1-3 * * SUN', '59 23 L * *']) {
        const cron = parseCron(expression, timezone);
        const ahead: Instant[] = [];
        let next = nextOccurrence(cron, at('2026-01-01T00:00:00Z'));
        while (next !== undefined && next <= at('2027-01-01T00:00:00Z')) {
          ahead.push(next);
          next = nextOccurrence(cron, next);
        }

        expect(occurrencesBetween(cron, at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'), FAR_AWAY)).toEqual(ahead);
      }
    },
  );
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
