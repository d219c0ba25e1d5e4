import fc from 'fast-check';
import { SECOND_MS } from '../../lib/base/instant';
import { makeTokenBucket, type TokenBucket } from '../../lib/base/token-bucket';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

let clock: VirtualClock;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(() => {
  jest.useRealTimers();
});

/** When each of `count` callers passed, in milliseconds from the start. */
async function passTimes(bucket: TokenBucket, count: number): Promise<readonly number[]> {
  const start = clock.now();
  const times: number[] = [];
  await Promise.all(Array.from({ length: count }, () => bucket.take().then(() => times.push(clock.now() - start))));
  return times;
}

test('a burst passes at once, the rest at the rate', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 3 });

  const times = await passTimes(bucket, 6);

  expect(times).toEqual([0, 0, 0, 100, 200, 300]);
});

test('callers pass in the order in which they came', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 1 });
  const order: string[] = [];

  await Promise.all(['first', 'second', 'third'].map((name) => bucket.take().then(() => order.push(name))));

  expect(order).toEqual(['first', 'second', 'third']);
});

test('a pause refills the burst and no more', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 2 });
  await passTimes(bucket, 2);
  clock.advance(3_600 * SECOND_MS);

  const times = await passTimes(bucket, 4);

  expect(times).toEqual([0, 0, 100, 200]);
});

test('throttling with a named time holds everybody back for that time', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 2 });
  bucket.penalise(1_500);

  const times = await passTimes(bucket, 2);

  expect(times).toEqual([1_500, 1_500]);
});

test('a later throttling with a shorter time does not shorten the wait', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 1 });
  bucket.penalise(2_000);
  bucket.penalise(100);

  const times = await passTimes(bucket, 1);

  expect(times).toEqual([2_000]);
});

test('throttling halves the rate once for a whole wave of refusals', () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 20, burst: 1 });

  for (let refusal = 0; refusal < 10; refusal += 1) bucket.penalise();

  expect(bucket.ratePerSecond()).toBe(10);
});

test('a lowered rate grows back to the configured one, steadily, and not past it', () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 20, burst: 1 });
  bucket.penalise();

  const rates = Array.from({ length: 12 }, () => {
    clock.advance(SECOND_MS);
    return bucket.ratePerSecond();
  });

  expect(rates.slice(0, 3)).toEqual([11, 12, 13]);
  expect(rates.slice(-3)).toEqual([20, 20, 20]);
});

test('endless throttling leaves a sixteenth of the rate', () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 16, burst: 1 });

  for (let wave = 0; wave < 40; wave += 1) {
    bucket.penalise();
    clock.advance(SECOND_MS);
  }

  expect(bucket.ratePerSecond()).toBeGreaterThanOrEqual(1);
  expect(bucket.ratePerSecond()).toBeLessThan(3);
});

test('who gives up gets the reason and does not hold up those behind', async () => {
  const bucket = makeTokenBucket({ clock, ratePerSecond: 10, burst: 1 });
  const abort = new AbortController();
  abort.abort(new Error('out of time'));

  const impatient = bucket.take(abort.signal);
  const patient = bucket.take();

  await expect(impatient).rejects.toThrow('out of time');
  await expect(patient).resolves.toBeUndefined();
  expect(clock.sleeps).toEqual([]);
});

test.each([
  { name: 'a rate of zero', ratePerSecond: 0, burst: 1 },
  { name: 'a negative rate', ratePerSecond: -1, burst: 1 },
  { name: 'a rate that is no number', ratePerSecond: Number.NaN, burst: 1 },
  { name: 'a burst below one', ratePerSecond: 1, burst: 0.5 },
])('$name is refused', ({ ratePerSecond, burst }) => {
  expect(() => makeTokenBucket({ clock, ratePerSecond, burst })).toThrow(RangeError);
});

test('in no span do more callers pass than the burst plus the rate times the span', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 3_000 }), calls: fc.integer({ min: 1, max: 12 }), isThrottled: fc.boolean() }), {
        maxLength: 12,
      }),
      async (ratePerSecond, burst, waves) => {
        const bucket = makeTokenBucket({ clock, ratePerSecond, burst });
        const times: number[] = [];
        for (const wave of waves) {
          clock.advance(wave.pauseMs);
          if (wave.isThrottled) bucket.penalise();
          await Promise.all(Array.from({ length: wave.calls }, () => bucket.take().then(() => times.push(clock.now()))));
        }

        for (const [first, from] of times.entries()) {
          for (const [offset, to] of times.slice(first).entries()) {
            expect(offset + 1).toBeLessThanOrEqual(burst + (ratePerSecond * (to - from)) / SECOND_MS + 1e-6);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
