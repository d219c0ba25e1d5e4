import { formatInstant } from '../../lib/base/instant';
import type { DailyWindow, Weekday } from '../../lib/domain/protection-policy';
import { blackoutUntil } from '../../lib/policy/blackout';
import { at } from './fixtures';

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const window = (from: string, to: string, days: readonly Weekday[] = WEEK): DailyWindow => ({ days, fromMinute: minutes(from), toMinute: minutes(to) });

// 2026-11-21 is a Saturday.
test.each<{ name: string; windows: DailyWindow[]; zone?: string; at: string; until: string | undefined }>([
  { name: 'no windows, no blackout', windows: [], at: '2026-11-21T10:00:00Z', until: undefined },
  { name: 'inside', windows: [window('09:00', '18:00')], at: '2026-11-21T10:00:00Z', until: '2026-11-21T18:00:00Z' },
  { name: 'the first moment is inside', windows: [window('09:00', '18:00')], at: '2026-11-21T09:00:00Z', until: '2026-11-21T18:00:00Z' },
  { name: 'the last moment is outside', windows: [window('09:00', '18:00')], at: '2026-11-21T18:00:00Z', until: undefined },
  { name: 'before', windows: [window('09:00', '18:00')], at: '2026-11-21T08:59:59Z', until: undefined },
  { name: 'on another day', windows: [window('09:00', '18:00', ['mon', 'fri'])], at: '2026-11-21T10:00:00Z', until: undefined },
  { name: "in the rule's time zone", windows: [window('09:00', '18:00')], zone: 'Asia/Shanghai', at: '2026-11-21T01:30:00Z', until: '2026-11-21T10:00:00Z' },
  {
    name: "the rule's time zone decides the day",
    windows: [window('00:00', '08:00', ['sun'])],
    zone: 'Asia/Shanghai',
    at: '2026-11-21T17:00:00Z',
    until: '2026-11-22T00:00:00Z',
  },
  { name: 'until midnight', windows: [window('20:00', '24:00')], at: '2026-11-21T21:00:00Z', until: '2026-11-22T00:00:00Z' },
  { name: 'past midnight, in the evening', windows: [window('22:00', '02:00', ['sat'])], at: '2026-11-21T23:00:00Z', until: '2026-11-22T02:00:00Z' },
  {
    name: 'past midnight, in the morning of the next day',
    windows: [window('22:00', '02:00', ['sat'])],
    at: '2026-11-22T01:00:00Z',
    until: '2026-11-22T02:00:00Z',
  },
  { name: 'past midnight, but not from the evening before', windows: [window('22:00', '02:00', ['sat'])], at: '2026-11-21T01:00:00Z', until: undefined },
  { name: 'from equal to until is a whole day', windows: [window('06:00', '06:00', ['fri'])], at: '2026-11-21T05:59:00Z', until: '2026-11-21T06:00:00Z' },
  {
    name: 'windows that touch count as one',
    windows: [window('09:00', '12:00'), window('12:00', '14:00')],
    at: '2026-11-21T10:00:00Z',
    until: '2026-11-21T14:00:00Z',
  },
  {
    name: 'windows that overlap end with the later one',
    windows: [window('09:00', '18:00'), window('10:00', '11:00')],
    at: '2026-11-21T10:30:00Z',
    until: '2026-11-21T18:00:00Z',
  },
  {
    name: 'evening and morning windows join across midnight',
    windows: [window('20:00', '24:00'), window('00:00', '06:00')],
    at: '2026-11-21T21:00:00Z',
    until: '2026-11-22T06:00:00Z',
  },
  {
    name: 'New York, 8 March: a window from 02:30, which does not exist, begins after the gap at 03:00',
    windows: [window('02:30', '04:00')],
    zone: 'America/New_York',
    at: '2026-03-08T07:00:00Z',
    until: '2026-03-08T08:00:00Z',
  },
  {
    name: 'New York, 8 March: a window until 02:30 ends where the gap does',
    windows: [window('01:00', '02:30')],
    zone: 'America/New_York',
    at: '2026-03-08T06:59:00Z',
    until: '2026-03-08T07:00:00Z',
  },
  {
    name: 'New York, 1 November: a window until 01:30, which exists twice, lasts until the second one',
    windows: [window('00:30', '01:30')],
    zone: 'America/New_York',
    at: '2026-11-01T05:45:00Z',
    until: '2026-11-01T06:30:00Z',
  },
  {
    name: 'New York, 1 November: a window from 01:30 begins with the first one',
    windows: [window('01:30', '03:00')],
    zone: 'America/New_York',
    at: '2026-11-01T05:30:00Z',
    until: '2026-11-01T08:00:00Z',
  },
])('$name', ({ windows, zone = 'UTC', at: moment, until }) => {
  const found = blackoutUntil(windows, zone, at(moment));

  expect(found === undefined ? undefined : formatInstant(found)).toBe(until);
});

it('gives up looking for the end of windows that never end', () => {
  const until = blackoutUntil([window('00:00', '24:00')], 'UTC', at('2026-11-21T10:00:00Z'));

  expect(until).toBeGreaterThan(at('2026-11-28T00:00:00Z'));
});
