// Figures of copy lag.
import { DAY_MS, HOUR_MS, instant, plusMs } from '../../../lib/base/instant';
import { keptLag, lagFigures } from '../../../lib/policy/cross-region/percentiles';

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

describe('the history of lag', () => {
  const FIGURES = { copies: 3, p50Ms: 1, p95Ms: 2, maxMs: 3 };
  const AT = instant(Date.UTC(2026, 10, 21, 23, 59));

  test('has one entry a day: the last run of the day is kept', () => {
    const morning = keptLag([], { ...FIGURES, maxMs: 9 }, plusMs(AT, -HOUR_MS));

    expect(keptLag(morning, FIGURES, AT)).toEqual([{ day: '2026-11-21', ...FIGURES }]);
  });

  test('stays as it is where nothing was measured', () => {
    const history = keptLag([], FIGURES, AT);

    expect(keptLag(history, undefined, plusMs(AT, DAY_MS))).toBe(history);
  });

  test('is oldest first, whatever run comes late, and ends after 60 days', () => {
    const days = Array.from({ length: 70 }, (_, ago) => plusMs(AT, -ago * DAY_MS));

    const history = days.reduce<ReturnType<typeof keptLag>>((kept, at) => keptLag(kept, FIGURES, at), []);

    expect(history).toHaveLength(60);
    expect(history.map(({ day }) => day)).toEqual(history.map(({ day }) => day).sort());
    expect(history.at(-1)?.day).toBe('2026-11-21');
  });
});
