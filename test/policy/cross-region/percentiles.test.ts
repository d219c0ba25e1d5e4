// Figures of copy lag.
import { lagFigures } from '../../../lib/policy/cross-region/percentiles';

test.each([
  { name: 'none gives nothing', lags: [], figures: undefined },
  { name: 'one is all figures', lags: [5], figures: { copies: 1, p50Ms: 5, p95Ms: 5, maxMs: 5 } },
  { name: 'of two the lower is the median', lags: [9, 1], figures: { copies: 2, p50Ms: 1, p95Ms: 9, maxMs: 9 } },
  {
    name: 'of twenty the nineteenth is the 95th percentile',
    lags: Array.from({ length: 20 }, (_, index) => 20 - index),
    figures: { copies: 20, p50Ms: 10, p95Ms: 19, maxMs: 20 },
  },
])('nearest rank: $name', ({ lags, figures }) => {
  expect(lagFigures(lags)).toEqual(figures);
});
