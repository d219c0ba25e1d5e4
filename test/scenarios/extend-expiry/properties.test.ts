// Whatever the sets are, on the wire too: nothing is kept shorter, and a second run writes nothing.
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, instant } from '../../../lib/base/instant';
import { makeExpiryWorld, policyOf, RULES, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

test('whatever the sets are, on the wire too: nothing is kept shorter, and a second run writes nothing', async () => {
  await world.start([], policyOf(`${RULES}  - { name: all, databases: { match: '*' }, extendWhenLeft: 3d, keepFor: 20d, from: now, atMost: 50d }\n`));
  const began = world.keeper.clock.now();
  const planted = fc.record({
    databases: fc.constantFrom(['ledger'], ['hr'], ['hr', 'ledger'], undefined),
    mode: fc.constantFrom('Manual' as const, 'Manual' as const, 'Automated' as const),
    outcome: fc.constantFrom('Finished' as const, 'Finished' as const, 'Failed' as const),
    endedAt: fc.integer({ min: 1, max: 100 * 24 }).map((hours) => instant(began - hours * HOUR_MS)),
    expiresAt: fc.option(
      fc.integer({ min: DAY_MS, max: 200 * DAY_MS }).map((ms) => instant(began + ms)),
      { freq: 9 },
    ),
  });
  let run = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(planted, { maxLength: 12 }), async (kinds) => {
      const sets = kinds.map(({ databases, ...kind }, index) => ({
        id: `${index + 1}`,
        startedAt: instant(kind.endedAt - HOUR_MS),
        ...kind,
        ...(databases === undefined ? {} : { databases }),
      }));
      world.plant('rm-sql', sets);
      run += 1;

      const first = await world.keeper.extend({ timer: `first-${run}` });
      const second = await world.keeper.extend({ timer: `second-${run}` });

      const after = world.keeper.cloud.world.find('rm-sql')?.sets ?? [];
      const shortened = sets.filter(({ id, expiresAt }) => (after.find((set) => set.id === id)?.expiresAt ?? Infinity) < (expiresAt ?? Infinity));
      expect(shortened).toEqual([]);
      expect(first.summary.status).toBe('succeeded');
      expect(Object.keys(verdictsOf(first))).toHaveLength(sets.length);
      expect(writes(second)).toBe(0);
    }),
    { numRuns: 40 },
  );
});
