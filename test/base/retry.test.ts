import fc from 'fast-check';
import { type RetryAdvice, type RetryOptions, retry } from '../../lib/base/retry';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

let clock: VirtualClock;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(() => {
  jest.useRealTimers();
});

function optionsWith(over: Partial<RetryOptions> = {}): RetryOptions {
  return { clock, random: () => 0.5, maxRetries: 3, baseMs: 100, capMs: 1_000, advise: () => ({ retry: true }), ...over };
}

/** Fails the first `failures` times. */
function flaky(failures: number): { action: (attempt: number) => Promise<string>; attempts: number[] } {
  const attempts: number[] = [];
  const action = async (attempt: number): Promise<string> => {
    attempts.push(attempt);
    if (attempts.length <= failures) throw new Error(`failure ${attempts.length}`);
    return 'done';
  };
  return { action, attempts };
}

test('a success needs no second try', async () => {
  const { action, attempts } = flaky(0);

  await expect(retry(action, optionsWith())).resolves.toBe('done');

  expect(attempts).toEqual([0]);
  expect(clock.sleeps).toEqual([]);
});

test('waits grow exponentially with full jitter', async () => {
  const { action, attempts } = flaky(3);

  await expect(retry(action, optionsWith())).resolves.toBe('done');

  expect(attempts).toEqual([0, 1, 2, 3]);
  expect(clock.sleeps).toEqual([50, 100, 200]);
});

test('the last failure is thrown when the retries are used up', async () => {
  const { action, attempts } = flaky(9);

  await expect(retry(action, optionsWith())).rejects.toThrow('failure 4');

  expect(attempts).toHaveLength(4);
});

test('advice against a retry is taken at once', async () => {
  const { action, attempts } = flaky(9);

  await expect(retry(action, optionsWith({ advise: () => ({ retry: false }) }))).rejects.toThrow('failure 1');

  expect(attempts).toHaveLength(1);
});

test('a named wait replaces the backoff, whatever the cap', async () => {
  const { action } = flaky(1);

  await retry(action, optionsWith({ advise: () => ({ retry: true, afterMs: 7_000 }) }));

  expect(clock.sleeps).toEqual([7_000]);
});

test('the observer hears of each retry before its wait', async () => {
  const { action } = flaky(2);
  const heard: unknown[] = [];

  await retry(action, optionsWith({ onRetry: (error, attempt, waitMs) => heard.push([(error as Error).message, attempt, waitMs, clock.sleeps.length]) }));

  expect(heard).toEqual([
    ['failure 1', 1, 50, 0],
    ['failure 2', 2, 100, 1],
  ]);
});

test('every wait without a named time lies below the cap and below its step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8, maxLength: 8 }), async (dice) => {
      const before = clock.sleeps.length;
      const rolls = dice.values();
      const advise = (): RetryAdvice => ({ retry: true });
      const { action } = flaky(8);

      await retry(action, optionsWith({ maxRetries: 8, advise, random: () => rolls.next().value ?? 0 }));

      for (const [step, waitMs] of clock.sleeps.slice(before).entries()) {
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(Math.min(1_000, 100 * 2 ** step));
      }
    }),
    { numRuns: 50 },
  );
});
