// Whatever the history of an instance and the policy are: over a hundred thousand generated histories, a promise of retention each time.
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { HOUR_MS, instant } from '../../../lib/base/instant';
import type { PurgeMark } from '../../../lib/domain/guard';
import type { KeepCounts, RetentionPolicy } from '../../../lib/domain/protection-policy';
import { decideRetention } from '../../../lib/policy/retention/decide';
import { phasesOf } from '../../../lib/policy/retention/phase';
import type { DecidedSet, RetentionInput, TracedSet } from '../../../lib/policy/retention/types';
import { DAY } from '../fixtures';
import { anyInput, anyPolicy, hasRule, inputAndNewer, ZONES } from './histories';
import { makeInput, makeTraced } from './support';

const idOf = ({ set }: DecidedSet): string => set.id;
const isExpired = ({ decision }: DecidedSet): boolean => decision.action === 'expire';

function expiredIds(decided: readonly DecidedSet[]): ReadonlySet<string> {
  return new Set(decided.filter(isExpired).map(idOf));
}

/** The words of retention, once more and slowly: what the floor counts. */
function isFloorSet(set: TracedSet, { policy, asOf }: RetentionInput): boolean {
  const holdsInstance = set.mode === 'automated' || set.scope.kind === 'instance';
  const isGood = set.status === 'success' && set.isAvailable && set.startedAt <= asOf && set.type === 'full' && set.method !== 'logical';
  const lasts = set.expiresAt === 'never' || (set.expiresAt !== undefined && set.expiresAt > asOf + 2 * policy.runEveryMs);
  return holdsInstance && isGood && lasts;
}

function byAge(a: TracedSet, b: TracedSet): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

test('every set has exactly one decision and one feasibility, with reasons, newest first', () => {
  let expired = 0;

  fc.assert(
    fc.property(anyInput, (input) => {
      const decided = decideRetention(input);

      expired += decided.filter(isExpired).length;
      expect(decided.map(({ set }) => set)).toEqual([...input.sets].sort(byAge));
      for (const { decision, feasibility } of decided) {
        const texts = decision.action === 'keep' ? decision.reasons.map(({ text }) => text) : [decision.reason];
        if (texts.length === 0 || texts.includes('')) throw new Error('a decision without a reason');
        if (feasibility.when === 'until' && feasibility.at !== undefined && feasibility.at <= input.asOf) throw new Error('feasible since long');
      }
    }),
    { numRuns: 8_000 },
  );

  // Promises about what stays are not kept by never letting anything go.
  expect(expired).toBeGreaterThan(2_000);
});

test('foreign, automatic, held, future-dated and unavailable sets never expire', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      for (const { set } of decideRetention(input).filter(isExpired)) {
        const isHeld = input.holds.some(
          ({ target }) => target.kind === 'instance' || (target.kind === 'set' ? target.backupId === set.id : target.release === set.release),
        );
        const isOurs = set.mode === 'manual' && (set.origin === 'created' || set.origin === 'claimed');
        expect([isHeld, isOurs, set.startedAt <= input.asOf, set.isAvailable || set.status === 'failed']).toEqual([false, true, true, true]);
      }
    }),
    { numRuns: 13_000 },
  );
});

test('when everything that expires is gone, the floor stands as far as it stood before', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const expired = expiredIds(decideRetention(input));
      const floorSets = input.sets.filter((set) => isFloorSet(set, input));

      const left = floorSets.filter(({ id }) => !expired.has(id)).length;

      expect(left).toBeGreaterThanOrEqual(Math.min(input.policy.floor, floorSets.length));
    }),
    { numRuns: 13_000 },
  );
});

test('when everything that expires is gone, every wanted point in time has the set that its restore would start from', () => {
  fc.assert(
    fc.property(anyInput, fc.nat({ max: 730 * 24 }), (input, hours) => {
      const { policy, settings, instance, asOf } = input;
      const logs = instance.engine === 'sqlserver' || settings?.logBackup;
      // Where the window is not known, every point that any log retention allows is wanted.
      const knownMs = logs === undefined ? undefined : settings?.logRetentionDays === undefined ? undefined : settings.logRetentionDays * DAY;
      const windowMs = policy.recoveryWindowMs ?? knownMs ?? Math.max(7 * DAY, hours * HOUR_MS);
      if (policy.recoveryWindowMs === undefined && logs === false) return;
      const before = input.sets.filter((set) => isFloorSet(set, input) && set.endedAt <= asOf - windowMs).sort(byAge);

      const [anchor] = before;

      if (anchor !== undefined) expect(expiredIds(decideRetention(input)).has(anchor.id)).toBe(false);
    }),
    { numRuns: 13_000 },
  );
});

test('what a kept incremental set builds on stays', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const decided = decideRetention(input);
      const isLink = ({ set }: DecidedSet): boolean => set.type === 'incremental' && set.status === 'success';
      // isFloorSet without an expiry: a chain is a chain until its sets are gone, and one of the future is one too.
      const isBase = ({ set }: DecidedSet): boolean => isFloorSet({ ...set, expiresAt: 'never', startedAt: input.asOf }, input);

      for (const [rank, each] of decided.entries()) {
        if (!isLink(each) || isExpired(each)) continue;
        const older = decided.slice(rank + 1);
        const base = older.findIndex(isBase);
        const chain = base < 0 ? [] : older.slice(0, base + 1).filter((one) => isLink(one) || isBase(one));
        expect(chain.filter(isExpired)).toEqual([]);
      }
    }),
    { numRuns: 10_000 },
  );
});

// A policy without any rule keeps everything, so it is the longest of all and no rule can be longer.
test('a longer retention never expires more', () => {
  const more = fc.integer({ min: 0, max: 3 });
  const longer = fc.tuple(fc.array(more, { minLength: 7, maxLength: 7 }), fc.integer({ min: 0, max: 30 }));

  fc.assert(
    fc.property(anyInput, longer, (input, [counts, days]) => {
      fc.pre(hasRule(input.policy));
      const { keep, keepWithinMs, floor } = input.policy;
      const names = Object.keys(keep) as (keyof KeepCounts)[]; // KeepCounts has no other keys
      const policy: RetentionPolicy = {
        ...input.policy,
        keep: Object.fromEntries(names.map((name, index) => [name, keep[name] + (counts[index] ?? 0)])) as unknown as KeepCounts, // the same keys
        keepWithinMs: keepWithinMs === undefined && days === 0 ? undefined : (keepWithinMs ?? 0) + days * DAY,
        floor: floor + (counts[6] ?? 0),
      };

      const before = expiredIds(decideRetention(input));
      const after = expiredIds(decideRetention({ ...input, policy }));

      expect([...after].filter((id) => !before.has(id))).toEqual([]);
    }),
    { numRuns: 13_000 },
  );
});

test('a set newer than all others never turns an older one from expire into keep', () => {
  fc.assert(
    fc.property(inputAndNewer, ([input, newer]) => {
      const before = expiredIds(decideRetention(input));
      const after = expiredIds(decideRetention({ ...input, sets: [newer, ...input.sets] }));

      expect([...before].filter((id) => !after.has(id))).toEqual([]);
    }),
    { numRuns: 13_000 },
  );
});

test('the order of the input never matters', () => {
  const shuffled = anyInput.chain((input) => fc.tuple(fc.constant(input), fc.shuffledSubarray([...input.sets], { minLength: input.sets.length })));

  fc.assert(
    fc.property(shuffled, ([input, sets]) => {
      expect(decideRetention({ ...input, sets })).toEqual(decideRetention(input));
    }),
    { numRuns: 5_000 },
  );
});

// Stronger than that no keep becomes an expire: whichever of the expired sets are gone, all that are left are decided as before.
test('deciding again after a purge, whole or partial, decides the same', () => {
  fc.assert(
    fc.property(anyInput, fc.maxSafeNat(), (input, choice) => {
      const decided = decideRetention(input);
      const isGone = (id: string): boolean => Math.floor(choice / 2 ** (Number(id) - 100)) % 2 === 0;
      const left = decided.filter((each) => !(isExpired(each) && isGone(each.set.id)));

      const again = decideRetention({ ...input, sets: left.map(({ set }) => set) });

      expect(again.map((each) => [idOf(each), isExpired(each)])).toEqual(left.map((each) => [idOf(each), isExpired(each)]));
    }),
    { numRuns: 13_000 },
  );
});

test('nothing is purged that is not surplus, deletable and marked for the whole grace', () => {
  const marks = fc.array(fc.tuple(fc.nat({ max: 13 }), fc.integer({ min: 0, max: 72 }), fc.boolean()), { maxLength: 8 });

  fc.assert(
    fc.property(anyInput, marks, (input, drawn) => {
      const { asOf, policy } = input;
      const made = drawn.map(([index, hours, isDeleting]): PurgeMark => {
        const markedAt = instant(asOf - (hours + (isDeleting ? policy.graceMs / HOUR_MS : 0)) * HOUR_MS);
        return {
          backupId: `${100 + index}`,
          markedAt,
          state: isDeleting ? 'deleting' : 'marked',
          deletingAt: isDeleting ? instant(asOf - hours * HOUR_MS) : undefined,
        };
      });

      for (const { decision, feasibility, mark, next } of phasesOf(decideRetention(input), made, policy, asOf)) {
        if (next.phase === 'mark' || next.phase === 'purge') expect([decision.action, feasibility.when]).toEqual(['expire', 'now']);
        if (next.phase === 'purge') expect(asOf - (mark?.markedAt ?? asOf)).toBeGreaterThanOrEqual(policy.graceMs);
      }
    }),
    { numRuns: 5_000 },
  );
});

/** restic's own words on buckets, with the time-zone library for every key. */
function slowlyKept(starts: readonly number[], { keep, keepWithinMs, timezone }: RetentionPolicy): ReadonlySet<number> {
  const kept = new Set(starts.slice(0, keep.last));
  const formats = { hourly: 'yyyy-MM-dd HH', daily: 'yyyy-MM-dd', weekly: 'kkkk-WW', monthly: 'yyyy-MM', yearly: 'yyyy' } as const;
  for (const [name, format] of Object.entries(formats)) {
    let left = keep[name as keyof typeof formats]; // Object.entries widens the keys
    let lastKey = '';
    for (const [rank, start] of starts.entries()) {
      const key = DateTime.fromMillis(start, { zone: timezone }).toFormat(format);
      if (left === 0 || (key === lastKey && rank !== starts.length - 1)) continue;
      kept.add(start);
      lastKey = key;
      left -= 1;
    }
  }
  const [newest = 0] = starts;
  for (const start of starts) if (keepWithinMs !== undefined && start > newest - keepWithinMs) kept.add(start);
  return kept.add(newest);
}

test.each(ZONES)('buckets are what a slow model says they are, in %s', (timezone) => {
  const now = Date.UTC(2026, 10, 21);
  const spans = [8, 24 * 3, 24 * 40, 24 * 800].map((hours) => fc.integer({ min: 0, max: hours * 4 }));
  // Around the days on which clocks change, and before today.
  const ends = fc.constantFrom(now, Date.UTC(2026, 10, 1, 12), Date.UTC(2026, 9, 25, 6), Date.UTC(2026, 3, 5, 0), Date.UTC(2027, 0, 4));
  const starts = fc.tuple(ends, fc.uniqueArray(fc.oneof(...spans), { minLength: 1, maxLength: 20 }));

  fc.assert(
    fc.property(starts, anyPolicy, ([end, quarters], drawn) => {
      fc.pre(hasRule(drawn));
      const policy = { ...drawn, timezone, floor: 0, recoveryWindowMs: undefined };
      const sets = quarters.map((quarter) => makeTraced({ startedAt: instant(end - (quarter * HOUR_MS) / 4) }));

      const decided = decideRetention(makeInput({ sets, policy, asOf: instant(end) }));

      const kept = slowlyKept(
        sets.map(({ startedAt }) => startedAt).sort((a, b) => b - a),
        policy,
      );
      expect(decided.filter((each) => !isExpired(each)).map(({ set }) => set.startedAt)).toEqual([...kept].sort((a, b) => b - a));
    }),
    { numRuns: 700 },
  );
});
