// Whatever the schedule, the lag and the logs of an instance are: a healthy world gives no finding, and each fault that is planted gives exactly its own.
import fc from 'fast-check';
import { type Instant, instant } from '../../../lib/base/instant';
import type { BackupSet } from '../../../lib/domain/backup';
import type { CrossRegionCopy, LogFile } from '../../../lib/domain/cross-region';
import type { CopiesInput, CopiesReport } from '../../../lib/policy/cross-region/types';
import { newestUnmatched, verifyCopies } from '../../../lib/policy/cross-region/verify';
import { DAY, HOUR, MINUTE } from '../fixtures';
import { AS_OF, DESTINATIONS, healthyWorld, rulesOf, type World } from './worlds';

/** A set whose copy is there and has long been due, somewhere in the middle of the world. */
interface Target {
  readonly set: BackupSet;
  readonly copy: CrossRegionCopy;
}

/** Undefined where the world has nothing of the kind. */
type Plant = (world: World, target: Target) => CopiesInput | undefined;

function targetOf({ traits, input }: World): Target | undefined {
  const { settings, policy } = input;
  const candidates = input.sets.flatMap((set) => {
    const copy = input.copies?.find(({ id }) => id === `7${set.id}`);
    const isDue = AS_OF - set.endedAt > policy.maxLagMs + 2 * HOUR && set.startedAt >= AS_OF - policy.lookBackMs + HOUR;
    // One job at a time runs on an instance: where two sets start together, nobody can tell whose copy is left when one of them goes.
    const isApart = input.sets.every((other) => other === set || Math.abs(other.startedAt - set.startedAt) > 5 * MINUTE);
    return copy !== undefined && isDue && isApart ? [{ set, copy }] : [];
  });
  // The first two stay, so that there is something older; where nobody knows since when sets are copied, the oldest copy tells.
  return settings.isEnabled && candidates.length > 4 ? candidates[2 + (traits.choice % (candidates.length - 2))] : undefined;
}

function withCopy({ input }: World, target: Target, change: Partial<CrossRegionCopy>): CopiesInput {
  return { ...input, copies: (input.copies ?? []).map((copy) => (copy === target.copy ? { ...copy, ...change } : copy)) };
}

function withoutCopy(input: CopiesInput, { copy, set }: Target): CopiesInput {
  const earlier = new Map([...(input.earlier ?? [])].filter(([id]) => id !== set.id));
  return { ...input, copies: (input.copies ?? []).filter((each) => each !== copy), earlier };
}

/** Takes an hour and more out of the middle. */
function withoutLogs(files: readonly LogFile[] | undefined, { traits }: World): readonly LogFile[] | undefined {
  if (files === undefined || !traits.logs) return undefined;
  const from = AS_OF - DAY - (traits.choice % 20) * HOUR;
  return files.filter((file) => file.to < from || file.from > from + HOUR);
}

const PLANTS: readonly { readonly name: string; readonly rule: string; readonly plant: Plant }[] = [
  { name: 'a copy that is missing', rule: 'copy-missing', plant: ({ input }, target) => withoutCopy(input, target) },
  {
    name: 'a copy that is late',
    rule: 'copy-late',
    plant: ({ input }, { set, copy }) => {
      const absentAt = instant(copy.endedAt + input.policy.maxLagMs + MINUTE);
      return {
        ...input,
        firstSeen: new Map([...(input.firstSeen ?? []), [copy.id, instant(absentAt + HOUR)]]),
        earlier: new Map([...(input.earlier ?? []), [set.id, { copyId: copy.id, absentAt }]]),
      };
    },
  },
  { name: 'a copy that failed', rule: 'copy-failed', plant: (world, target) => withCopy(world, target, { status: 'failed' }) },
  {
    name: 'a copy whose local set is gone',
    rule: 'copy-orphaned',
    plant: ({ input }, { set }) => ({ ...input, sets: input.sets.filter((each) => each !== set) }),
  },
  {
    name: 'a copy in another region',
    rule: 'copy-wrong-region',
    plant: (world, target) => withCopy(world, target, { region: DESTINATIONS.find((each) => each !== target.copy.region) ?? '' }),
  },
  {
    name: 'a set that outlives its copy',
    rule: 'copy-expires-early',
    plant: ({ input }, target) => {
      const expiresAt = instant(target.copy.endedAt + ((input.settings.retentionDays ?? 0) + 2) * DAY);
      return { ...input, sets: input.sets.map((set) => (set === target.set ? { ...set, expiresAt } : set)) };
    },
  },
  {
    name: 'a copy that was there and is gone before its time',
    rule: 'copy-expires-early',
    plant: ({ input }, target) => {
      const earlier = new Map([...(input.earlier ?? []), [target.set.id, { copyId: target.copy.id, absentAt: undefined }]]);
      return { ...withoutCopy(input, target), earlier };
    },
  },
  {
    name: 'a gap in the local logs, and so in the copied ones',
    rule: 'local-log-gap',
    plant: (world) => {
      const localLogs = withoutLogs(world.input.localLogs, world);
      return localLogs && { ...world.input, localLogs, copiedLogs: withoutLogs(world.input.copiedLogs, world) };
    },
  },
  {
    name: 'a gap in the copied logs',
    rule: 'copied-log-gap',
    plant: (world) => {
      const copiedLogs = withoutLogs(world.input.copiedLogs, world);
      return copiedLogs && { ...world.input, copiedLogs };
    },
  },
  {
    name: 'logs that are not copied any more',
    rule: 'copied-logs-late',
    plant: ({ input, traits }) => (traits.logs ? { ...input, copiedLogs: input.copiedLogs?.filter(({ to }) => to < AS_OF - 30 * HOUR) } : undefined),
  },
  { name: 'copies that are switched off', rule: 'copies-off', plant: ({ input }) => ({ ...input, settings: { ...input.settings, isEnabled: false } }) },
  {
    name: 'log copies that are switched off',
    rule: 'log-copies-drifted',
    plant: ({ input, traits }) => (traits.logs ? { ...input, copiedLogs: undefined, settings: { ...input.settings, copiesLogs: false } } : undefined),
  },
  {
    name: 'a retention that was changed',
    rule: 'copies-retention-drifted',
    plant: ({ input }) => ({ ...input, settings: { ...input.settings, retentionDays: (input.settings.retentionDays ?? 0) - 1 } }),
  },
  {
    name: 'a destination that was changed',
    rule: 'copies-destination-drifted',
    plant: ({ input }) => {
      const region = DESTINATIONS.find((each) => each !== input.settings.destination) ?? '';
      return {
        ...input,
        policy: { ...input.policy, destination: input.settings.destination },
        settings: { ...input.settings, destination: region },
        copies: input.copies?.map((copy) => ({ ...copy, region })),
      };
    },
  },
  {
    name: 'a copy that cannot be restored',
    rule: 'copy-not-restorable',
    plant: ({ input }, { copy }) => ({
      ...input,
      probe: { copyId: copy.id, at: AS_OF, answer: { isRestorable: false, code: 'CrossRegionUnsupportTDE', reason: 'it is encrypted' } },
    }),
  },
];

test('a healthy world gives no finding, and every set that has a copy is matched with it', () => {
  let matched = 0;

  fc.assert(
    fc.property(healthyWorld, ({ input }) => {
      const { pairs } = verifyCopies(input);

      expect(rulesOf(input)).toEqual([]);
      expect(newestUnmatched(input)).toBeUndefined();
      for (const { set, copy } of pairs) {
        if (set === undefined || copy === undefined) continue;
        matched += 1;
        if (copy.id !== `7${set.id}`) throw new Error(`set ${set.id} was paired with copy ${copy.id}`);
      }
      expect(
        pairs
          .filter(({ copy }) => copy !== undefined)
          .map(({ copy }) => copy?.id)
          .sort(),
      ).toEqual(input.copies?.map(({ id }) => id).sort());
    }),
    { numRuns: 2_000 },
  );

  // Nothing is found in empty worlds either.
  expect(matched).toBeGreaterThan(20_000);
});

test.each(PLANTS)('$name gives exactly the finding $rule', ({ rule, plant }) => {
  let planted = 0;

  fc.assert(
    fc.property(healthyWorld, (world) => {
      const target = targetOf(world);
      const input = target && plant(world, target);
      if (input === undefined) return;
      planted += 1;

      expect(rulesOf(input)).toEqual([rule]);
    }),
    { numRuns: 500 },
  );

  expect(planted).toBeGreaterThan(150);
});

/** A healthy world or one with a fault, each as often as the other. */
const anyInput: fc.Arbitrary<CopiesInput> = fc.tuple(healthyWorld, fc.nat({ max: 2 * PLANTS.length - 1 })).map(([world, index]) => {
  const target = targetOf(world);
  return (target && PLANTS[index]?.plant(world, target)) ?? world.input;
});

test('the order of the input never matters', () => {
  const shuffled = anyInput.chain((input) => {
    const shuffle = <T>(list: readonly T[] | undefined): fc.Arbitrary<T[]> => fc.shuffledSubarray([...(list ?? [])], { minLength: list?.length ?? 0 });
    return fc.tuple(fc.constant(input), shuffle(input.sets), shuffle(input.copies), shuffle(input.localLogs), shuffle(input.copiedLogs));
  });

  fc.assert(
    fc.property(shuffled, ([input, sets, copies, localLogs, copiedLogs]) => {
      const reordered = { ...input, sets, copies, localLogs: input.localLogs && localLogs, copiedLogs: input.copiedLogs && copiedLogs };

      expect(sorted(verifyCopies(reordered))).toEqual(sorted(verifyCopies(input)));
    }),
    { numRuns: 300 },
  );
});

function sorted({ firstSeen, earlier, ...report }: CopiesReport): unknown {
  return { ...report, firstSeen: Object.fromEntries(firstSeen), earlier: Object.fromEntries(earlier) };
}

test('shifting all times by whole minutes shifts nothing else', () => {
  fc.assert(
    fc.property(anyInput, fc.integer({ min: -2_000_000, max: 2_000_000 }), (input, minutes) => {
      const shifted = verifyCopies(shiftedBy(input, minutes * MINUTE));

      const report = verifyCopies(input);
      expect(shifted.pairs.map(({ state, lagMs }) => [state, lagMs])).toEqual(report.pairs.map(({ state, lagMs }) => [state, lagMs]));
      expect(shifted.findings.map(({ rule, severity }) => [rule, severity])).toEqual(report.findings.map(({ rule, severity }) => [rule, severity]));
      expect([shifted.lag, shifted.achievedRpoMs, shifted.gaps.length]).toEqual([report.lag, report.achievedRpoMs, report.gaps.length]);
    }),
    { numRuns: 300 },
  );
});

/** Every number that is a time of these years. */
function shiftedBy<T>(value: T, ms: number): T {
  const shift = (each: unknown): unknown => {
    if (typeof each === 'number') return each > 1_500_000_000_000 ? instant(each + ms) : each;
    if (each instanceof Map) return new Map([...each].map(([key, inner]) => [key, shift(inner)]));
    if (Array.isArray(each)) return each.map(shift);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, shift(inner)]));
  };
  return shift(value) as T; // the same shape
}

test('what a run keeps is enough for the next one: a copy is missed first, then late, and its lag is as fine as the runs', () => {
  fc.assert(
    fc.property(healthyWorld, (world) => {
      const target = targetOf(world);
      if (target === undefined) return;
      const { set, copy } = target;
      const before = verifyCopies(withoutCopy(world.input, target));

      const after = verifyCopies({ ...world.input, firstSeen: before.firstSeen, earlier: before.earlier, asOf: instant(AS_OF + HOUR) as Instant });

      const stateOf = ({ pairs }: CopiesReport): unknown => pairs.find((pair) => pair.set?.id === set.id);
      expect(stateOf(before)).toMatchObject({ state: 'missing', copy: undefined, lagMs: undefined });
      expect(stateOf(after)).toMatchObject({ state: 'late', copy, lagMs: AS_OF + HOUR - copy.endedAt });
    }),
    { numRuns: 100 },
  );
});
