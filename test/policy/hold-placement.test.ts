// Placing and releasing holds: what a guard row becomes of it, and what refuses it.
import fc from 'fast-check';
import { plusMs } from '../../lib/base/instant';
import { type Correction, emptyGuard, type Guard, type Hold, type PurgeMark } from '../../lib/domain/guard';
import { type HoldWish, MAX_HOLD_TEXT, MAX_HOLDS, type Placement, placeHold, releaseHold, wishProblem } from '../../lib/policy/hold-placement';
import { holdsOn } from '../../lib/policy/holds';
import { DELETING_MS } from '../../lib/policy/retention/phase';
import { at, DAY, NOW } from './fixtures';

const RELEASES = new Map([
  ['1', 'v1'],
  ['2', 'v1'],
  ['3', 'v2'],
]);

const WISH: HoldWish = { target: { kind: 'set', backupId: '1' }, owner: 'dba', reason: 'audit 2026', until: undefined };

function mark(backupId: string, state: PurgeMark['state'] = 'marked'): PurgeMark {
  return { backupId, markedAt: at('2026-11-20T00:00:00Z'), state, deletingAt: state === 'deleting' ? NOW : undefined };
}

const SHORTENED: Correction = { setting: 'dataRetentionDays', wanted: '14 days', at: NOW, isDestructive: true };

function guardWith(change: Partial<Guard> = {}): Guard {
  return { ...emptyGuard('rm-1'), ...change };
}

function place(guard: Guard, wish: Partial<HoldWish> = {}): Placement {
  return placeHold(guard, { ...WISH, ...wish }, RELEASES, NOW);
}

function placed(guard: Guard, wish: Partial<HoldWish> = {}): Extract<Placement, { kind: 'placed' }> {
  const placement = place(guard, wish);
  if (placement.kind !== 'placed') throw new Error(JSON.stringify(placement));
  return placement;
}

function holdEnding(id: string, until: Hold['until']): Hold {
  return { id, target: { kind: 'instance' }, owner: 'dba', reason: 'old', placedAt: at('2026-01-01T00:00:00Z'), until };
}

describe('a hold is placed', () => {
  test('with what was wished, and the time', () => {
    const { hold, guard } = placed(guardWith());

    expect(hold).toEqual({ ...WISH, id: expect.stringMatching(/^h-[0-9a-f]{10}$/), placedAt: NOW });
    expect(guard.holds).toEqual([hold]);
  });

  test.each<{ name: string; target: HoldWish['target']; left: readonly string[] }>([
    { name: 'a set', target: { kind: 'set', backupId: '1' }, left: ['2', '3'] },
    { name: 'a release', target: { kind: 'release', release: 'v1' }, left: ['3'] },
    { name: 'an instance', target: { kind: 'instance' }, left: [] },
  ])('on $name, and takes back the marks that it covers in the same write', ({ target, left }) => {
    const marks = ['1', '2', '3'].map((id) => mark(id));

    const { guard, unmarked } = placed(guardWith({ marks }), { target });

    expect(guard.marks.map(({ backupId }) => backupId)).toEqual(left);
    expect([...unmarked, ...left].sort()).toEqual(['1', '2', '3']);
  });

  test('once, however often it is wished for', () => {
    const first = placed(guardWith());

    const again = placeHold(first.guard, WISH, RELEASES, plusMs(NOW, DAY));

    expect(again).toEqual({ kind: 'standing', hold: first.hold });
  });

  test.each<{ name: string; other: Partial<HoldWish> }>([
    { name: 'another owner', other: { owner: 'ops' } },
    { name: 'another reason', other: { reason: 'audit 2027' } },
    { name: 'another end', other: { until: plusMs(NOW, DAY) } },
    { name: 'another target', other: { target: { kind: 'instance' } } },
  ])('beside one with $name', ({ other }) => {
    const first = placed(guardWith());

    expect(placed(first.guard, other).guard.holds).toHaveLength(2);
  });

  test('beside the purge of a set that it does not cover', () => {
    expect(placed(guardWith({ marks: [mark('2', 'deleting')] })).guard.marks).toEqual([mark('2', 'deleting')]);
  });

  test('in the place of the mark of a call that failed and can no longer take effect', () => {
    const settled: PurgeMark = { ...mark('1', 'deleting'), deletingAt: plusMs(NOW, -DELETING_MS) };

    const { guard, unmarked } = placed(guardWith({ marks: [settled] }));

    expect([guard.marks, unmarked]).toEqual([[], ['1']]);
  });

  test.each<{ name: string; change: Partial<Correction> }>([
    { name: 'drops nothing', change: { isDestructive: false } },
    { name: 'is over', change: { at: plusMs(NOW, -DELETING_MS) } },
  ])('beside a change of settings that $name', ({ change }) => {
    expect(placed(guardWith({ corrections: [{ ...SHORTENED, ...change }] })).guard.holds).toHaveLength(1);
  });

  test('and holds that ended more than 30 days ago go', () => {
    const [old, recent, open] = [holdEnding('h-old', plusMs(NOW, -31 * DAY)), holdEnding('h-recent', plusMs(NOW, -29 * DAY)), holdEnding('h-open', undefined)];

    const { guard, hold } = placed(guardWith({ holds: [old, recent, open] }));

    expect(guard.holds).toEqual([recent, open, hold]);
  });

  test('in the place of ended ones when there is no other', () => {
    const active = Array.from({ length: MAX_HOLDS - 1 }, (_, index) => holdEnding(`h-${index}`, undefined));

    const { guard, hold } = placed(guardWith({ holds: [holdEnding('h-ended', plusMs(NOW, -DAY)), ...active] }));

    expect(guard.holds).toEqual([...active, hold]);
  });
});

describe('a hold is refused', () => {
  test.each<{ name: string; target: HoldWish['target']; deleting: readonly string[]; names: string }>([
    { name: 'on a set that is being deleted', target: { kind: 'set', backupId: '1' }, deleting: ['1'], names: 'backup set 1 of rm-1 is being deleted' },
    { name: 'on a release with such a set', target: { kind: 'release', release: 'v1' }, deleting: ['2'], names: 'backup set 2 of rm-1 is' },
    { name: 'on an instance with such sets', target: { kind: 'instance' }, deleting: ['1', '3'], names: 'backup sets 1, 3 of rm-1 are' },
  ])('$name', ({ target, deleting, names }) => {
    const placement = place(guardWith({ marks: deleting.map((id) => mark(id, 'deleting')) }), { target });

    expect(placement).toMatchObject({ kind: 'refused', refusal: { code: 'set-being-deleted', message: expect.stringContaining(names) } });
  });

  test.each<{ name: string; corrections: readonly Correction[]; message: string }>([
    { name: 'a change of settings', corrections: [SHORTENED], message: 'dataRetentionDays of rm-1 is being changed' },
    {
      name: 'changes of settings',
      corrections: [SHORTENED, { ...SHORTENED, setting: 'logBackup' }],
      message: 'dataRetentionDays, logBackup of rm-1 are being changed',
    },
  ])('during $name that may drop backups', ({ corrections, message }) => {
    expect(place(guardWith({ corrections }))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'settings-being-changed', message: expect.stringContaining(message) },
    });
  });

  test.each<{ name: string; wish: Partial<HoldWish>; code: string }>([
    { name: 'an end in the past', wish: { until: plusMs(NOW, -1) }, code: 'hold-in-the-past' },
    { name: 'an end that is now', wish: { until: NOW }, code: 'hold-in-the-past' },
    { name: 'no owner', wish: { owner: '' }, code: 'hold-text' },
    { name: 'a blank reason', wish: { reason: '  ' }, code: 'hold-text' },
    { name: 'a reason that is too long', wish: { reason: 'x'.repeat(MAX_HOLD_TEXT + 1) }, code: 'hold-text' },
  ])('for $name', ({ wish, code }) => {
    expect(place(guardWith(), wish)).toMatchObject({ kind: 'refused', refusal: { code } });
    expect(wishProblem({ ...WISH, ...wish }, NOW)).toMatchObject({ code });
  });

  test('beyond as many as a row can keep', () => {
    const holds = Array.from({ length: MAX_HOLDS }, (_, index) => holdEnding(`h-${index}`, undefined));

    expect(place(guardWith({ holds }))).toMatchObject({ kind: 'refused', refusal: { code: 'too-many-holds', hint: expect.stringContaining('rm-1') } });
  });
});

test('characters are counted, not their codes', () => {
  expect(wishProblem({ ...WISH, reason: `${'審'.repeat(MAX_HOLD_TEXT - 1)}🗄` }, NOW)).toBeUndefined();
});

describe('releasing', () => {
  test('takes the hold, and those that ended long ago', () => {
    const [old, mine] = [holdEnding('h-old', plusMs(NOW, -31 * DAY)), holdEnding('h-mine', undefined)];

    expect(releaseHold(guardWith({ holds: [old, mine] }), 'h-mine', NOW)).toMatchObject({ hold: mine, guard: { holds: [] } });
  });

  test('an unknown hold changes nothing', () => {
    expect(releaseHold(guardWith(), 'h-none', NOW)).toBeUndefined();
  });
});

test('whatever is wished in whatever order: no held set is marked, and no set that is being deleted gets a hold', () => {
  const target: fc.Arbitrary<HoldWish['target']> = fc.oneof(
    fc.constantFrom('1', '2', '3').map((backupId) => ({ kind: 'set' as const, backupId })),
    fc.constantFrom('v1', 'v2').map((release) => ({ kind: 'release' as const, release })),
    fc.constant({ kind: 'instance' as const }),
  );
  const marks = fc.subarray(['1', '2', '3']).chain((ids) => fc.tuple(...ids.map((id) => fc.constantFrom(mark(id), mark(id, 'deleting')))));

  fc.assert(
    fc.property(marks, fc.array(target, { maxLength: 4 }), (before, targets) => {
      let guard = guardWith({ marks: before });
      for (const each of targets) {
        const placement = place(guard, { target: each });
        if (placement.kind === 'placed') guard = placement.guard;
      }

      const held = before.filter(({ backupId }) => holdsOn({ id: backupId, release: RELEASES.get(backupId) }, guard.holds, NOW).length > 0);
      expect(held.filter(({ state }) => state === 'deleting')).toEqual([]);
      expect(guard.marks.filter(({ backupId }) => held.some((each) => each.backupId === backupId))).toEqual([]);
    }),
    { numRuns: 5_000 },
  );
});
