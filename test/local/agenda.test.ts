import fc from 'fast-check';
import { instant } from '../../lib/base/instant';
import { makeAgenda } from '../../lib/local/world/agenda';

describe('the agenda', () => {
  test('gives every key once, at the moment set last, in the order of time', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), at: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const agenda = makeAgenda();
        const expected = new Map<string, number>();
        for (const { key, at } of steps) {
          agenda.set(key, at === undefined ? undefined : instant(at));
          if (at === undefined) expected.delete(key);
          else expected.set(key, at);
        }

        const popped: [string, number][] = [];
        for (let entry = agenda.pop(); entry !== undefined; entry = agenda.pop()) popped.push([entry.key, entry.at]);

        expect(popped).toEqual([...expected].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)));
      }),
    );
  });

  test('shows the next moment without taking it', () => {
    const agenda = makeAgenda();
    agenda.set('late', instant(9));
    agenda.set('early', instant(3));

    expect(agenda.peek()).toEqual({ key: 'early', at: 3 });
    expect(agenda.peek()).toEqual({ key: 'early', at: 3 });
  });
});
