// Reads durations as keeper.yaml and events write them. Functions read this too: nothing of YAML, cron or time zones here.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/instant';

export const DURATION_PATTERN = /^(?=.)(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?$/;
export const DURATION_WORDS = 'must be a duration in days, hours and minutes, such as 90m, 4h or 1d12h';

/** Milliseconds of `90m`, `4h`, `2d`, `1d12h`; undefined for anything else and for nothing (`0h`). */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  const [, days, hours, minutes] = match;
  const ms = Number(days ?? 0) * DAY_MS + Number(hours ?? 0) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS;
  return ms > 0 ? ms : undefined;
}
