import { makeDeadline } from '../../lib/base/deadline';
import { makeVirtualClock } from '../support/virtual-clock';

afterEach(() => {
  jest.useRealTimers();
});

test('a deadline is near once only the reserve is left', () => {
  const clock = makeVirtualClock();
  const deadline = makeDeadline(clock, 10_000, 3_000);

  clock.advance(6_999);
  const before = deadline.isNear();
  clock.advance(1);
  const after = deadline.isNear();

  expect([before, after]).toEqual([false, true]);
  expect(deadline.remainingMs()).toBe(3_000);
  expect(deadline.at - clock.now()).toBe(3_000);
});

test('a deadline that has passed is near and has less than nothing left', () => {
  const clock = makeVirtualClock();
  const deadline = makeDeadline(clock, 1_000, 0);

  clock.advance(1_500);

  expect(deadline.isNear()).toBe(true);
  expect(deadline.remainingMs()).toBe(-500);
});
