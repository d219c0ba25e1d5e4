import { type FcFault, makeFcFaultPlan } from '../../../lib/local/fc/faults';

describe('the plan of faults', () => {
  test('hits the functions and the kinds that it names, as often as it says', () => {
    const plan = makeFcFaultPlan();
    plan.add({ kind: 'throttle', function: 'work', skip: 1, times: 2 });

    const hits = ['other', 'work', 'work', 'work', 'work'].map((name) => plan.take('throttle', name) !== undefined);

    expect(hits).toEqual([false, false, true, true, false]);
    expect(plan.take('kill', 'work')).toBeUndefined();
  });

  test('is used up in the order in which it was made, and can be cleared', () => {
    const plan = makeFcFaultPlan();
    plan.add({ kind: 'delay', delayMs: 1 });
    plan.add({ kind: 'delay', delayMs: 2 });
    plan.add({ kind: 'delay', delayMs: 3 });

    const delays = [plan.take('delay', 'a')?.delayMs, plan.take('delay', 'b')?.delayMs];
    plan.clear();

    expect(delays).toEqual([1, 2]);
    expect(plan.take('delay', 'c')).toBeUndefined();
  });

  test.each<{ name: string; fault: FcFault }>([
    { name: 'no times', fault: { kind: 'lose', times: 0 } },
    { name: 'half a skip', fault: { kind: 'lose', skip: 0.5 } },
    { name: 'a delay without its length', fault: { kind: 'delay' } },
  ])('$name is refused', ({ fault }) => {
    expect(() => makeFcFaultPlan().add(fault)).toThrow(RangeError);
  });
});
