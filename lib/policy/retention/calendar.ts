// Tells which local hour, day, week, month and year a time falls in: what the buckets of retention are cut by.
import { DateTime, Info, type Zone } from 'luxon';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../base/instant';

/** A day on the wall, with the numbers that tell its week, month and year from others: the later, the greater. */
export interface LocalDay {
  /** Days since 1970-01-01, local. */
  readonly index: number;
  readonly date: string;
  readonly week: number;
  /** ISO: `2026-W53`. */
  readonly weekText: string;
  readonly month: number;
  readonly monthText: string;
  readonly year: number;
}

export interface Calendar {
  /** Hours since 1970-01-01T00:00 on the wall, whole. An hour that happens twice has the same number twice. */
  localHour(at: Instant): number;
  dayOfHour(localHour: number): LocalDay;
}

const HOURS_PER_DAY = DAY_MS / HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;

/** Pure by content: what they remember never changes. */
const calendars = new Map<string, Calendar>();

/** The calendar of an IANA zone. Throws a RangeError for a zone that does not exist. */
export function calendarOf(timezone: string): Calendar {
  const known = calendars.get(timezone);
  if (known !== undefined) return known;
  const zone = Info.normalizeZone(timezone);
  if (!zone.isValid) throw new RangeError(`no such time zone: ${timezone}`);
  const made = makeCalendar(zone);
  calendars.set(timezone, made);
  return made;
}

function makeCalendar(zone: Zone): Calendar {
  const offsetAt = makeOffsets(zone);
  const days = new Map<number, LocalDay>();
  return {
    localHour: (at) => Math.floor((at + offsetAt(at)) / HOUR_MS),
    dayOfHour: (localHour) => {
      const index = Math.floor(localHour / HOURS_PER_DAY);
      let day = days.get(index);
      if (day === undefined) {
        day = makeDay(index);
        days.set(index, day);
      }
      return day;
    },
  };
}

/**
 * The zone's offset in milliseconds, asked for once a day where it stays the same all day, else once a quarter of an hour: zones have changed their offsets on quarter
 * hours only for as long as the service exists.
 */
function makeOffsets(zone: Zone): (at: Instant) => number {
  const ask = (epochMs: number): number => zone.offset(epochMs) * MINUTE_MS;
  const byDay = new Map<number, number | 'changes'>();
  const byQuarter = new Map<number, number>();
  return (at) => {
    const day = Math.floor(at / DAY_MS);
    let offset = byDay.get(day);
    if (offset === undefined) {
      const first = ask(day * DAY_MS);
      offset = first === ask((day + 1) * DAY_MS) ? first : 'changes';
      byDay.set(day, offset);
    }
    if (offset !== 'changes') return offset;
    const quarter = Math.floor(at / QUARTER_MS);
    const known = byQuarter.get(quarter) ?? ask(quarter * QUARTER_MS);
    byQuarter.set(quarter, known);
    return known;
  };
}

function makeDay(index: number): LocalDay {
  const day = DateTime.fromMillis(index * DAY_MS, { zone: 'utc' });
  return {
    index,
    date: day.toFormat('yyyy-MM-dd'),
    week: day.weekYear * 100 + day.weekNumber,
    weekText: day.toFormat("kkkk-'W'WW"),
    month: day.year * 100 + day.month,
    monthText: day.toFormat('yyyy-MM'),
    year: day.year,
  };
}
