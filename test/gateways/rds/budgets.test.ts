import { SECOND_MS } from '../../../lib/base/instant';
import { makeRateBudgets, type RateBudgets } from '../../../lib/gateways/rds/budgets';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

let clock: VirtualClock;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(() => {
  jest.useRealTimers();
});

/** How many calls pass in the first second, when as many want to as possible. */
async function callsInFirstSecond(group: keyof RateBudgets, rate: number): Promise<number> {
  const bucket = makeRateBudgets({ clock, ratePerSecond: rate, crossRegionRatePerSecond: rate })[group];
  const start = clock.now();
  let calls = 0;
  for (;;) {
    await bucket.take();
    if (clock.now() - start >= SECOND_MS) return calls;
    calls += 1;
  }
}

test.each([
  { name: 'the default of 20 a second', group: 'standard', rate: 20, most: 25 },
  { name: 'the highest rate', group: 'standard', rate: 100, most: 100 },
  { name: 'a rate above the limit of the service', group: 'standard', rate: 5_000, most: 100 },
  { name: 'the default of 20 a second, when settings are written,', group: 'settings-writes', rate: 20, most: 10 },
  { name: 'the cross-region default of 5 a second', group: 'cross-region', rate: 5, most: 7 },
  { name: 'a cross-region rate above the limit of the service', group: 'cross-region', rate: 100, most: 10 },
] as const)('$name allows at most $most calls in any second', async ({ group, rate, most }) => {
  const calls = await callsInFirstSecond(group, rate);

  expect(calls).toBeLessThanOrEqual(most);
  expect(calls).toBeGreaterThanOrEqual(Math.min(rate, most) * 0.5);
});

test('the wall time of a long run is its calls over the rate', async () => {
  const { standard } = makeRateBudgets({ clock, ratePerSecond: 20, crossRegionRatePerSecond: 5 });
  const start = clock.now();

  for (let call = 0; call < 1_000; call += 1) await standard.take();

  const seconds = (clock.now() - start) / SECOND_MS;
  expect(seconds).toBeGreaterThan(49);
  expect(seconds).toBeLessThanOrEqual(50);
});

test('the groups do not slow each other down', async () => {
  const budgets = makeRateBudgets({ clock, ratePerSecond: 20, crossRegionRatePerSecond: 5 });

  budgets['cross-region'].penalise(10_000);
  await budgets.standard.take();

  expect(clock.sleeps).toEqual([]);
});
