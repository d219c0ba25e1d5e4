// Times, ids and pages as the RDS API writes and reads them.
import { DateTime } from 'luxon';
import { formatInstant, type Instant, instant } from '../../base/instant';
import { integer } from '../rpc/parameters';
import type { Parameters } from '../rpc/types';
import type { SetState } from '../world/state';

/** What a set that is kept for ever says in ExpectExpireTime. */
const FOREVER = '9999-01-01T00:00:00Z';

export function expiryText(at: Instant | null): string {
  return at === null ? FOREVER : formatInstant(at);
}

/** Reads `yyyy-MM-ddTHH:mmZ`, the form of this API's filters; undefined for any other. */
export function parseMinutes(text: string): Instant | undefined {
  const parsed = DateTime.fromFormat(text, "yyyy-MM-dd'T'HH:mm'Z'", { zone: 'utc' });
  return parsed.isValid ? instant(parsed.toMillis()) : undefined;
}

/** Reads `yyyy-MM-ddTHH:mm:ssZ`; undefined for any other. */
export function parseSeconds(text: string): Instant | undefined {
  const parsed = DateTime.fromFormat(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", { zone: 'utc' });
  return parsed.isValid ? instant(parsed.toMillis()) : undefined;
}

/** Reads an expiry in either form that the documents show, `yyyy-MM-ddTHH:mmZ` or with seconds; null is for ever, undefined any other text. */
export function parseExpiry(text: string): Instant | null | undefined {
  if (text === FOREVER) return null;
  return parseSeconds(text) ?? parseMinutes(text);
}

/** `HH:mmZ-HH:mmZ`, the one-hour window of automatic backups. */
export function windowText(startMinute: number): string {
  const clock = (minute: number): string => `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}Z`;
  return `${clock(startMinute)}-${clock(startMinute + 60)}`;
}

const WINDOW = /^([01]\d|2[0-3]):([0-5]\d)Z-([01]\d|2[0-4]):([0-5]\d)Z$/;

/** The start of a window of one hour, in minutes after midnight; midnight may be its end as 00:00 or 24:00. Undefined for any other text. */
export function parseWindow(window: string): number | undefined {
  const [fromHour, fromMinute, toHour, toMinute] = (WINDOW.exec(window) ?? []).slice(1).map(Number);
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined) return undefined;
  return toMinute === fromMinute && toHour % 24 === (fromHour + 1) % 24 ? fromHour * 60 + fromMinute : undefined;
}

/** The ids of a comma list, each once. */
export function parseIds(list: string): readonly string[] {
  const ids = list.split(',').map((id) => id.trim());
  return [...new Set(ids)].filter((id) => id !== '');
}

export function setStatus(set: Pick<SetState, 'outcome'>): 'Success' | 'Failed' {
  return set.outcome === 'Finished' ? 'Success' : 'Failed';
}

/** The port that each engine listens on, as text. */
export const PORTS = { MySQL: '3306', MariaDB: '3306', PostgreSQL: '5432', SQLServer: '1433' } as const;

export interface Page<T> {
  readonly items: readonly T[];
  readonly pageNumber: number;
  readonly total: number;
}

/** The page that PageNumber and PageSize ask for. Their ranges are checked by the action's table; zero counts as not given. */
export function pageOf<T>(all: readonly T[], parameters: Parameters, defaultSize: number): Page<T> & { readonly pageSize: number } {
  const pageNumber = integer(parameters, 'PageNumber') || 1;
  const pageSize = integer(parameters, 'PageSize') || defaultSize;
  const from = (pageNumber - 1) * pageSize;
  return { items: all.slice(from, from + pageSize), pageNumber, pageSize, total: all.length };
}

/** Opaque to callers: where the next page begins. */
export function makeNextToken(scope: string, from: number): string {
  return Buffer.from(`${scope}:${from}`, 'utf8').toString('base64url');
}

/** The position in a token that `makeNextToken` made for the same list; undefined for anything else. */
export function readNextToken(scope: string, token: string): number | undefined {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const from = text.startsWith(`${scope}:`) ? Number(text.slice(scope.length + 1)) : Number.NaN;
  return Number.isSafeInteger(from) && from >= 0 ? from : undefined;
}
