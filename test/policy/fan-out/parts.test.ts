// How a fleet is divided among workers, and how one of them goes on where another stopped.
import fc from 'fast-check';
import type { ShardWork } from '../../../lib/domain/open-task';
import { firstLegs, isInPart, nameOfWork, nextLeg, partsOf } from '../../../lib/policy/fan-out/parts';

const HANGZHOU = { account: 'prod', region: 'cn-hangzhou' };
const SHANGHAI = { account: 'prod', region: 'cn-shanghai' };

const LIMITS = { instancesPerWorker: 2000, apiRatePerSecond: 20 };

function work(more: Partial<ShardWork> = {}): ShardWork {
  return { ...HANGZHOU, part: 1, parts: 1, fromPage: 1, leg: 0, changesLeft: 50, manualSets: 0, ...more };
}

describe('partsOf', () => {
  test.each([
    { name: 'one account and region that fits one worker is one part', shards: [{ ...HANGZHOU, due: 2000 }], names: ['prod/cn-hangzhou'] },
    { name: 'an empty one is a part too: its worker forgets what is gone', shards: [{ ...HANGZHOU, due: 0 }], names: ['prod/cn-hangzhou'] },
    {
      name: 'every account and region is a part of its own, however small',
      shards: [
        { ...HANGZHOU, due: 1 },
        { ...SHANGHAI, due: 1 },
      ],
      names: ['prod/cn-hangzhou', 'prod/cn-shanghai'],
    },
    { name: 'one more than fits makes a second part', shards: [{ ...HANGZHOU, due: 2001 }], names: ['prod/cn-hangzhou 1/2', 'prod/cn-hangzhou 2/2'] },
  ])('$name', ({ shards, names }) => {
    const legs = firstLegs(partsOf(shards, LIMITS), 50, 'run');

    expect(legs.map(nameOfWork)).toEqual(names);
  });

  test('ten thousand due instances are five parts', () => {
    expect(partsOf([{ ...HANGZHOU, due: 10_000 }], LIMITS)).toHaveLength(5);
  });

  test('there are never more parts than calls per second to share: with less, no worker would come to an end', () => {
    expect(partsOf([{ ...HANGZHOU, due: 10_000 }], { instancesPerWorker: 1, apiRatePerSecond: 20 })).toHaveLength(20);
  });
});

test('every instance belongs to exactly one part, whatever its id', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (id, parts) => {
      const owners = Array.from({ length: parts }, (_, index) => index + 1).filter((part) => isInPart({ part, parts }, id));

      expect(owners).toHaveLength(1);
    }),
  );
});

test('the parts are about equal', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `rm-${index}`);

  const sizes = [1, 2, 3, 4, 5].map((part) => ids.filter((id) => isInPart({ part, parts: 5 }, id)).length);

  for (const size of sizes) expect(Math.abs(size - 2000)).toBeLessThan(200);
});

test('together the parts may change exactly what one run may', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 60 }), fc.string(), (limit, count, runKey) => {
      const legs = firstLegs(partsOf([{ ...HANGZHOU, due: count }], { instancesPerWorker: 1, apiRatePerSecond: 100 }), limit, runKey);

      expect(legs.reduce((sum, { changesLeft }) => sum + changesLeft, 0)).toBe(limit);
      expect(legs.every(({ changesLeft }) => changesLeft >= 0)).toBe(true);
    }),
  );
});

test('where there are fewer changes than parts, every part has its turn, and a repeated delivery divides alike', () => {
  const parts = partsOf(
    [HANGZHOU, SHANGHAI, { account: 'prod', region: 'cn-beijing' }].map((target) => ({ ...target, due: 1 })),
    LIMITS,
  );
  const luckyIn = (runKey: string): number => firstLegs(parts, 1, runKey).findIndex(({ changesLeft }) => changesLeft === 1);

  const lucky = Array.from({ length: 30 }, (_, day) => luckyIn(`hygiene-${day}`));

  expect(new Set(lucky)).toEqual(new Set([0, 1, 2]));
  expect(Array.from({ length: 30 }, (_, day) => luckyIn(`hygiene-${day}`))).toEqual(lucky);
});

describe('nextLeg', () => {
  test.each([
    { name: 'a leg that did not get through its first page has no next one', at: 4, from: 4, next: undefined },
    { name: 'the next leg begins one page early, for instances that have moved forward in the list', at: 9, from: 1, next: 8 },
    { name: 'a leg that got through one page only begins at the next one: it must get ahead', at: 5, from: 4, next: 5 },
  ])('$name', ({ at, from, next }) => {
    const leg = nextLeg(work({ fromPage: from }), { page: at, changes: 0, manualSets: [] });

    expect(leg?.fromPage).toBe(next);
  });

  test('what was changed goes along, and what was counted on the pages that are not looked at again', () => {
    const leg = nextLeg(work({ fromPage: 4, changesLeft: 50, manualSets: 10, leg: 1 }), { page: 7, changes: 20, manualSets: [1, 2, 4, 8] });

    expect(leg).toMatchObject({ fromPage: 6, leg: 2, changesLeft: 30, manualSets: 13 });
  });

  test('a leg never begins where the one before began, so that the legs come to an end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (fromPage, page) => {
        const leg = nextLeg(work({ fromPage }), { page, changes: 0, manualSets: [] });

        if (leg !== undefined) expect(leg.fromPage).toBeGreaterThan(fromPage);
        if (leg !== undefined) expect(leg.fromPage).toBeLessThanOrEqual(page);
      }),
    );
  });
});

test.each([
  { work: work(), name: 'prod/cn-hangzhou' },
  { work: work({ part: 2, parts: 5 }), name: 'prod/cn-hangzhou 2/5' },
  { work: work({ part: 2, parts: 5, leg: 1 }), name: 'prod/cn-hangzhou 2/5 leg 1' },
])('a piece of work goes by the name $name', ({ work: piece, name }) => {
  expect(nameOfWork(piece)).toBe(name);
});
