import { DateTime } from 'luxon';
import { HOUR_MS, instant } from '../../../lib/base/instant';
import { calendarOf } from '../../../lib/policy/retention/calendar';
import { at } from '../fixtures';

test.each<{ zone: string; time: string; hour: number; date: string; week: string; month: string; year: number }>([
  { zone: 'Asia/Shanghai', time: '2026-11-20T15:59:59Z', hour: 23, date: '2026-11-20', week: '2026-W47', month: '2026-11', year: 2026 },
  { zone: 'Asia/Shanghai', time: '2026-11-20T16:00:00Z', hour: 0, date: '2026-11-21', week: '2026-W47', month: '2026-11', year: 2026 },
  { zone: 'Asia/Shanghai', time: '2026-12-31T16:00:00Z', hour: 0, date: '2027-01-01', week: '2026-W53', month: '2027-01', year: 2027 },
  { zone: 'America/New_York', time: '2027-01-01T04:59:00Z', hour: 23, date: '2026-12-31', week: '2026-W53', month: '2026-12', year: 2026 },
  { zone: 'America/New_York', time: '2026-03-08T06:59:00Z', hour: 1, date: '2026-03-08', week: '2026-W10', month: '2026-03', year: 2026 },
  { zone: 'America/New_York', time: '2026-03-08T07:00:00Z', hour: 3, date: '2026-03-08', week: '2026-W10', month: '2026-03', year: 2026 },
  { zone: 'Asia/Kathmandu', time: '2026-11-20T18:14:59Z', hour: 23, date: '2026-11-20', week: '2026-W47', month: '2026-11', year: 2026 },
  { zone: 'Asia/Kathmandu', time: '2026-11-20T18:15:00Z', hour: 0, date: '2026-11-21', week: '2026-W47', month: '2026-11', year: 2026 },
  { zone: 'UTC', time: '2025-12-29T00:00:00Z', hour: 0, date: '2025-12-29', week: '2026-W01', month: '2025-12', year: 2025 },
])('$time is $hour h of $date, $week, in $zone', ({ zone, time, hour, date, week, month, year }) => {
  const calendar = calendarOf(zone);

  const localHour = calendar.localHour(at(time));

  expect(localHour % 24).toBe(hour);
  expect(calendar.dayOfHour(localHour)).toMatchObject({ date, weekText: week, monthText: month, year });
});

test('an hour that happens twice is one hour, and the next one another', () => {
  const calendar = calendarOf('America/New_York');
  const hours = ['2026-11-01T05:10:00Z', '2026-11-01T06:10:00Z', '2026-11-01T07:10:00Z'].map((time) => calendar.localHour(at(time)));

  expect(hours[1]).toBe(hours[0]);
  expect(hours[2]).toBe((hours[0] ?? 0) + 1);
});

test.each(['Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns'])(
  'hours and days are those of the time-zone library all year round in %s',
  (zone) => {
    const calendar = calendarOf(zone);
    const start = at('2026-01-01T00:00:00Z');
    const wrong: string[] = [];
    for (let step = 0; step < 366 * 24 * 2; step += 1) {
      const time = instant(start + (step * HOUR_MS) / 2);
      const localHour = calendar.localHour(time);
      const day = calendar.dayOfHour(localHour);
      const local = DateTime.fromMillis(time, { zone });
      const told = `${day.date} ${localHour % 24} ${day.week} ${day.month} ${day.year}`;
      const expected = `${local.toFormat('yyyy-MM-dd')} ${local.hour} ${local.weekYear * 100 + local.weekNumber} ${local.year * 100 + local.month} ${local.year}`;
      if (told !== expected) wrong.push(`${told} is ${expected}`);
    }

    expect(wrong).toEqual([]);
  },
);

test('a time zone that does not exist is an error that names it', () => {
  expect(() => calendarOf('Asia/Atlantis')).toThrow('no such time zone: Asia/Atlantis');
});
