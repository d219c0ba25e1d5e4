import { formatInstant } from '../../../lib/base/instant';
import type { DailyWindow, Weekday } from '../../../lib/domain/protection-policy';
import { windowState } from '../../../lib/policy/settings/change-window';
import { at } from '../fixtures';

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const window = (from: string, to: string, days: readonly Weekday[] = WEEK): DailyWindow => ({ days, fromMinute: minutes(from), toMinute: minutes(to) });

// 2026-11-21 is a Saturday.
test.each<{ name: string; windows: DailyWindow[]; zone?: string; at: string; opensAt: string | 'open' | undefined }>([
  { name: 'no windows: always open', windows: [], at: '2026-11-21T10:00:00Z', opensAt: 'open' },
  { name: 'inside', windows: [window('09:00', '18:00')], at: '2026-11-21T10:00:00Z', opensAt: 'open' },
  { name: 'inside one of two', windows: [window('01:00', '02:00'), window('09:00', '18:00')], at: '2026-11-21T10:00:00Z', opensAt: 'open' },
  { name: 'before it, on the same day', windows: [window('09:00', '18:00')], at: '2026-11-21T08:59:30Z', opensAt: '2026-11-21T09:00:00Z' },
  { name: 'after it: tomorrow', windows: [window('09:00', '18:00')], at: '2026-11-21T18:00:00Z', opensAt: '2026-11-22T09:00:00Z' },
  { name: 'the nearer of two', windows: [window('20:00', '21:00'), window('19:00', '20:00')], at: '2026-11-21T18:00:00Z', opensAt: '2026-11-21T19:00:00Z' },
  { name: 'on a certain day', windows: [window('09:00', '18:00', ['wed'])], at: '2026-11-21T10:00:00Z', opensAt: '2026-11-25T09:00:00Z' },
  { name: 'today, but next week', windows: [window('09:00', '10:00', ['sat'])], at: '2026-11-21T10:00:00Z', opensAt: '2026-11-28T09:00:00Z' },
  { name: 'on no day at all', windows: [window('09:00', '10:00', [])], at: '2026-11-21T10:00:00Z', opensAt: undefined },
  {
    name: 'in the time zone of the settings',
    windows: [window('02:00', '04:00')],
    zone: 'Asia/Shanghai',
    at: '2026-11-21T10:00:00Z',
    opensAt: '2026-11-21T18:00:00Z',
  },
  {
    name: 'New York, 8 March: a start that the clocks skip is the moment after the gap',
    windows: [window('02:30', '05:00')],
    zone: 'America/New_York',
    at: '2026-03-08T05:00:00Z',
    opensAt: '2026-03-08T07:00:00Z',
  },
  {
    name: 'New York, 1 November: of a start that comes twice the first',
    windows: [window('01:30', '05:00')],
    zone: 'America/New_York',
    at: '2026-11-01T04:00:00Z',
    opensAt: '2026-11-01T05:30:00Z',
  },
])('$name', ({ windows, zone = 'UTC', at: now, opensAt }) => {
  const state = windowState(windows, zone, at(now));

  expect(state.isOpen ? 'open' : state.opensAt && formatInstant(state.opensAt)).toBe(opensAt);
});
