import { formatInstant, type Instant, instant } from '../../lib/base/instant';
import { type KnownOccurrence, OVERDUE_COUNTED, OVERDUE_LISTED, slotsOf } from '../../lib/policy/schedule';
import { at, HOUR, MINUTE, makeRule } from './fixtures';

const INSTANCE = { id: 'rm-1', createdAt: at('2025-01-01T00:00:00Z') };
const LONG_AGO = at('2026-01-01T00:00:00Z');

function known(change: Partial<KnownOccurrence> = {}): KnownOccurrence {
  return { since: LONG_AGO, occurrence: undefined, isSettled: true, ...change };
}

function iso(instants: readonly Instant[]): string[] {
  return instants.map(formatInstant);
}

describe('the open slot', () => {
  test.each([
    {
      name: 'an occurrence of this very moment is open until the next one',
      rule: {},
      asOf: '2026-11-21T02:00:00Z',
      current: { occurrence: '2026-11-21T02:00:00Z', openUntil: '2026-11-22T02:00:00Z' },
    },
    {
      name: 'an occurrence stays open for startWithin',
      rule: { startWithinMs: 90 * MINUTE },
      asOf: '2026-11-21T03:29:59Z',
      current: { occurrence: '2026-11-21T02:00:00Z', openUntil: '2026-11-21T03:30:00Z' },
    },
    { name: 'when startWithin is over there is no open slot', rule: { startWithinMs: 90 * MINUTE }, asOf: '2026-11-21T03:30:00Z', current: undefined },
    {
      name: 'a startWithin longer than the interval ends with the next occurrence',
      rule: { schedule: '0 * * * *', startWithinMs: 5 * HOUR },
      asOf: '2026-11-21T02:59:00Z',
      current: { occurrence: '2026-11-21T02:00:00Z', openUntil: '2026-11-21T03:00:00Z' },
    },
    {
      name: 'catchUp latest keeps the newest slot open past startWithin, until the next occurrence',
      rule: { startWithinMs: HOUR, catchUp: 'latest' as const },
      asOf: '2026-11-21T20:00:00Z',
      current: { occurrence: '2026-11-21T02:00:00Z', openUntil: '2026-11-22T02:00:00Z' },
    },
    {
      name: "on the calendar's last day a slot is open for a day",
      rule: {},
      asOf: '9999-12-31T03:00:00Z',
      current: { occurrence: '9999-12-31T02:00:00Z', openUntil: '+010000-01-01T02:00:00Z' },
    },
  ])('$name', ({ rule, asOf, current }) => {
    const view = slotsOf(makeRule(rule), INSTANCE, known({ occurrence: at(current?.occurrence ?? asOf), since: at('2026-01-01T00:00:00Z') }), at(asOf));

    expect(view.current && { occurrence: view.current.occurrence, openUntil: view.current.openUntil }).toEqual(
      current && {
        occurrence: at(current.occurrence),
        openUntil: current.openUntil.startsWith('+') ? at('9999-12-31T02:00:00Z') + 24 * HOUR : at(current.openUntil),
      },
    );
  });

  it('has an id of its occurrence, rule and scope, whatever the tick', () => {
    const rule = makeRule({ databases: { names: ['a'] } });

    const early = slotsOf(rule, INSTANCE, known(), at('2026-11-21T02:00:00Z'));
    const late = slotsOf(rule, INSTANCE, known(), at('2026-11-21T19:17:00Z'));

    expect(early.current?.id).toBe('20261121T020000Z~nightly~databases');
    expect(late.current).toEqual(early.current);
  });

  test.each([
    { name: 'an occurrence before the rule covered the instance is not due', known: { since: at('2026-11-21T02:00:01Z') }, createdAt: undefined, due: false },
    {
      name: 'an occurrence at the moment when the rule first covers the instance is due',
      known: { since: at('2026-11-21T02:00:00Z') },
      createdAt: undefined,
      due: true,
    },
    { name: 'an instance seen for the first time owes nothing from before', known: { since: undefined }, createdAt: undefined, due: false },
    { name: 'an occurrence before the instance was created is not due', known: {}, createdAt: at('2026-11-21T02:10:00Z'), due: false },
    { name: 'an occurrence after the instance was created is due', known: {}, createdAt: at('2026-11-21T01:59:00Z'), due: true },
  ])('$name', ({ known: change, createdAt, due }) => {
    const view = slotsOf(makeRule(), { id: 'rm-1', createdAt }, known(change), at('2026-11-21T02:30:00Z'));

    expect(view.current !== undefined).toBe(due);
    expect(view.overdue).toEqual([]);
    expect(view.overdueTotal).toBe(0);
  });

  it('says since when the rule covers the instance, and when it occurs next', () => {
    const first = slotsOf(makeRule(), INSTANCE, known({ since: undefined }), at('2026-11-21T02:00:00Z'));

    expect(first.since).toBe(at('2026-11-21T02:00:00Z'));
    expect(first.current?.occurrence).toBe(at('2026-11-21T02:00:00Z'));
    expect(first.next).toBe(at('2026-11-22T02:00:00Z'));
  });
});

describe('overdue slots', () => {
  test.each([
    { name: 'nothing is overdue right after the last look', known: { occurrence: at('2026-11-20T02:00:00Z') }, asOf: '2026-11-21T02:00:00Z', overdue: [] },
    {
      name: 'everything between the last look and the open slot is overdue',
      known: { occurrence: at('2026-11-18T02:00:00Z') },
      asOf: '2026-11-21T02:00:00Z',
      overdue: ['2026-11-19T02:00:00Z', '2026-11-20T02:00:00Z'],
    },
    {
      name: 'the slot of the last look is overdue too while it is not known to be settled',
      known: { occurrence: at('2026-11-19T02:00:00Z'), isSettled: false },
      asOf: '2026-11-21T02:00:00Z',
      overdue: ['2026-11-19T02:00:00Z', '2026-11-20T02:00:00Z'],
    },
    {
      name: 'without a look everything since the rule covers the instance is overdue',
      known: { since: at('2026-11-19T01:00:00Z') },
      asOf: '2026-11-21T02:00:00Z',
      overdue: ['2026-11-19T02:00:00Z', '2026-11-20T02:00:00Z'],
    },
    {
      name: 'a run that comes late and finds a newer look behind it has nothing overdue',
      known: { occurrence: at('2026-11-22T02:00:00Z') },
      asOf: '2026-11-21T02:00:00Z',
      overdue: [],
    },
  ])('$name', ({ known: change, asOf, overdue }) => {
    const view = slotsOf(makeRule(), INSTANCE, known(change), at(asOf));

    expect(iso(view.overdue.map((slot) => slot.occurrence))).toEqual(overdue);
    expect(view.overdueTotal).toBe(overdue.length);
  });

  it('has no open slot for a run that comes late and finds a newer look behind it: what was open then has been answered for', () => {
    const view = slotsOf(makeRule({ schedule: '0 * * * *' }), INSTANCE, known({ occurrence: at('2026-11-21T03:00:00Z') }), at('2026-11-21T02:59:00Z'));

    expect(view.current).toBeUndefined();
  });

  it('includes the newest slot once its startWithin is over', () => {
    const view = slotsOf(makeRule({ startWithinMs: HOUR }), INSTANCE, known({ occurrence: at('2026-11-20T02:00:00Z') }), at('2026-11-21T03:00:00Z'));

    expect(view.current).toBeUndefined();
    expect(view.overdue).toEqual([
      {
        id: '20261121T020000Z~nightly~instance',
        instanceId: 'rm-1',
        rule: 'nightly',
        occurrence: at('2026-11-21T02:00:00Z'),
        openUntil: at('2026-11-21T03:00:00Z'),
      },
    ]);
  });

  it('lists the newest ones and counts the rest', () => {
    const view = slotsOf(makeRule({ schedule: '0 * * * *' }), INSTANCE, known({ occurrence: at('2026-11-18T00:00:00Z') }), at('2026-11-21T00:00:00Z'));

    expect(view.overdueTotal).toBe(71);
    expect(view.overdue).toHaveLength(OVERDUE_LISTED);
    expect(view.overdue.at(-1)?.occurrence).toBe(at('2026-11-20T23:00:00Z'));
  });

  it('stops counting somewhere', () => {
    const view = slotsOf(makeRule({ schedule: '* * * * *' }), INSTANCE, known(), at('2026-11-21T00:00:00Z'));

    expect(view.overdueTotal).toBe(OVERDUE_COUNTED);
  });
});

describe('calendars: the slots that a week of five-minute ticks sees', () => {
  test.each([
    {
      name: 'New York, spring: 02:30 does not exist on 8 March and happens at 03:00',
      rule: { schedule: '30 2 * * *', timezone: 'America/New_York' },
      from: '2026-03-06T12:00:00Z',
      days: 3,
      golden: ['2026-03-07T07:30:00Z', '2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z'],
    },
    {
      name: 'New York, autumn: 01:30 exists twice on 1 November and happens once',
      rule: { schedule: '30 1 * * *', timezone: 'America/New_York' },
      from: '2026-10-30T12:00:00Z',
      days: 3,
      golden: ['2026-10-31T05:30:00Z', '2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    },
    {
      name: 'Berlin, spring: 02:30 does not exist on 29 March and happens at 03:00',
      rule: { schedule: '30 2 * * SUN', timezone: 'Europe/Berlin' },
      from: '2026-03-21T12:00:00Z',
      days: 16,
      golden: ['2026-03-22T01:30:00Z', '2026-03-29T01:00:00Z', '2026-04-05T00:30:00Z'],
    },
    {
      name: 'Shanghai keeps no summer time: 02:30 is 18:30 UTC all year',
      rule: { schedule: '30 2 * * *', timezone: 'Asia/Shanghai' },
      from: '2026-03-06T12:00:00Z',
      days: 3,
      golden: ['2026-03-06T18:30:00Z', '2026-03-07T18:30:00Z', '2026-03-08T18:30:00Z'],
    },
  ])('$name', ({ rule, from, days, golden }) => {
    const seen = new Set<string>();
    let remembered = known({ since: at(from) });
    for (let tick = 0; tick <= days * 288; tick += 1) {
      const asOf = instant(at(from) + tick * 5 * MINUTE);
      const { current, overdue } = slotsOf(makeRule(rule), INSTANCE, remembered, asOf);
      expect(overdue).toEqual([]);
      if (current === undefined) continue;
      seen.add(formatInstant(current.occurrence));
      remembered = known({ since: at(from), occurrence: current.occurrence });
    }

    expect([...seen]).toEqual(golden);
  });
});
