// Says the values of a policy in the forms in which keeper.yaml writes them: 3h, not 10800000.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../base/instant';
import type { DailyWindow, Selector } from '../../domain/protection-policy';

/** The key of the file behind a member of the effective policy: `freshForMs` is written as `freshFor`. */
export function keyWords(path: string): string {
  return path.replace(/Ms$/, '');
}

/** One value, by the path of its member; `-` for none. */
export function valueWords(path: string, value: unknown): string {
  if (value === undefined) return '-';
  if (path.endsWith('Ms') && typeof value === 'number') return durationWords(value);
  if (path.endsWith('.select')) return selectorWords(value as Selector); // the member of this name is one
  if (path.endsWith('.notDuring')) return (value as readonly DailyWindow[]).map(windowWords).join(', ') || '-'; // the same
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `1d12h`, `90m`; what is no whole minute stays in milliseconds, as a file cannot say it. */
function durationWords(ms: number): string {
  if (ms === 0 || ms % MINUTE_MS !== 0) return `${ms} ms`;
  const parts = [
    { unit: 'd', count: Math.floor(ms / DAY_MS) },
    { unit: 'h', count: Math.floor((ms % DAY_MS) / HOUR_MS) },
    { unit: 'm', count: Math.floor((ms % HOUR_MS) / MINUTE_MS) },
  ];
  return parts.map(({ unit, count }) => (count === 0 ? '' : `${count}${unit}`)).join('');
}

function windowWords({ days, fromMinute, toMinute }: DailyWindow): string {
  return `${days.join(' ')} ${timeWords(fromMinute)}-${timeWords(toMinute)}`;
}

function timeWords(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Only what restricts; a selector of empty lists matches every instance. */
function selectorWords(selector: Selector): string {
  const given = Object.entries(selector).filter(([, members]) => Object.keys(members).length > 0);
  return given.length === 0 ? 'every instance' : JSON.stringify(Object.fromEntries(given));
}
