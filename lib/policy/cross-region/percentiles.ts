// Measures copy lag: nearest-rank percentiles, of one instance or of a fleet.
import { formatInstant, type Instant } from '../../base/instant';
import type { LagOfDay } from '../../domain/posture';
import type { LagFigures } from './types';

/** So many days are kept: two months tell a trend. */
const DAYS_KEPT = 60;

/** In milliseconds, as given. Nearest rank: every figure is a lag that was measured. Undefined for none. */
export function lagFigures(lags: readonly number[]): LagFigures | undefined {
  const sorted = [...lags].sort((a, b) => a - b);
  const maxMs = sorted.at(-1);
  if (maxMs === undefined) return undefined;
  const atRank = (percent: number): number => Number(sorted[Math.ceil((percent / 100) * sorted.length) - 1]);
  return { copies: sorted.length, p50Ms: atRank(50), p95Ms: atRank(95), maxMs };
}

/** The history with today's figures in it, in place of what an earlier run of the day had; without figures it stays as it is. */
export function keptLag(history: readonly LagOfDay[], figures: LagFigures | undefined, asOf: Instant): readonly LagOfDay[] {
  if (figures === undefined) return history;
  const day = formatInstant(asOf).slice(0, 'yyyy-MM-dd'.length);
  const others = history.filter((each) => each.day !== day);
  return [...others, { day, ...figures }].sort((a, b) => (a.day < b.day ? -1 : 1)).slice(-DAYS_KEPT);
}
