// Measures copy lag: nearest-rank percentiles, of one instance or of a fleet.
import type { LagFigures } from './types';

/** In milliseconds, as given. Nearest rank: every figure is a lag that was measured. Undefined for none. */
export function lagFigures(lags: readonly number[]): LagFigures | undefined {
  const sorted = [...lags].sort((a, b) => a - b);
  const maxMs = sorted.at(-1);
  if (maxMs === undefined) return undefined;
  const atRank = (percent: number): number => Number(sorted[Math.ceil((percent / 100) * sorted.length) - 1]);
  return { copies: sorted.length, p50Ms: atRank(50), p95Ms: atRank(95), maxMs };
}
