// Reads the cron expressions of Function Compute's timers: a time zone, then six fields, seconds first.
import { IANAZone } from 'luxon';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const SECONDS: Field = { name: 'seconds', from: 0, to: 59 };
const MINUTES: Field = { name: 'minutes', from: 0, to: 59 };
const HOURS: Field = { name: 'hours', from: 0, to: 23 };
const DATE_FIELDS: readonly Field[] = [
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
];
/** By name: whether the week begins with 0 or with 1 is documented in two ways. */
const DAY_OF_WEEK = /^(\*|\?|(MON|TUE|WED|THU|FRI|SAT|SUN)([-,](MON|TUE|WED|THU|FRI|SAT|SUN))*)$/;

/** What is wrong with it, or undefined. Stricter than the service: a zone is required, and nothing fires more than once a minute. */
export function cronProblem(expression: string): string | undefined {
  const [, zone = '', fields = ''] = /^CRON_TZ=(\S+) (.+)$/.exec(expression) ?? [];
  if (zone === '') return 'no CRON_TZ';
  if (!IANAZone.isValidZone(zone)) return `no time zone: ${zone}`;
  const parts = fields.split(' ');
  if (parts.length !== 6) return `${parts.length} fields in place of six`;
  const [seconds = '', minutes = '', hours = '', ...dates] = parts;
  if (!/^\d+$/.test(seconds)) return 'more than one second';
  const wrong =
    fieldProblem(seconds, SECONDS) ??
    fieldProblem(minutes, MINUTES) ??
    fieldProblem(hours, HOURS) ??
    DATE_FIELDS.map((field, index) => fieldProblem(dates[index] ?? '', field)).find((problem) => problem !== undefined);
  return wrong ?? (DAY_OF_WEEK.test(dates[2] ?? '') ? undefined : `no day of week: ${dates[2]}`);
}

/** The minutes of a day at which it fires, days of month and week aside. Of a valid expression. */
export function minutesOfDay(expression: string): readonly number[] {
  const [, , minutes = '', hours = ''] = expression.split(' ');
  return valuesOf(hours, HOURS).flatMap((hour) => valuesOf(minutes, MINUTES).map((minute) => hour * 60 + minute));
}

function fieldProblem(text: string, field: Field): string | undefined {
  const values = valuesOf(text, field);
  return values.length === 0 || values.some((value) => !(value >= field.from && value <= field.to)) ? `no ${field.name}: ${text}` : undefined;
}

function valuesOf(text: string, field: Field): readonly number[] {
  return text.split(',').flatMap((item) => {
    const [, range = '', step = '1'] = /^(\*|\?|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(item) ?? [];
    if (range === '' || Number(step) < 1) return [Number.NaN];
    const [first = '', last = first] = range === '*' || range === '?' ? [String(field.from), String(field.to)] : range.split('-');
    const values: number[] = [];
    for (let value = Number(first); value <= Number(last); value += Number(step)) values.push(value);
    return values;
  });
}
