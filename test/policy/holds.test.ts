// What a hold covers, how long it stands, and until when it is worth anything.
import type { Hold, HoldTarget } from '../../lib/domain/guard';
import { type ExpiringSet, effectiveUntil, effectText, holdsOn } from '../../lib/policy/holds';
import { at, NOW } from './fixtures';

const SOON = at('2026-11-25T00:00:00Z');
const LATER = at('2026-12-25T00:00:00Z');

function makeHold(target: HoldTarget, until: Hold['until'] = undefined): Hold {
  return { id: 'h-01', target, owner: 'dba', reason: 'audit 2026', placedAt: at('2026-11-01T00:00:00Z'), until };
}

const onInstance = (until?: Hold['until']): Hold => makeHold({ kind: 'instance' }, until);
const onSet = (backupId: string, until?: Hold['until']): Hold => makeHold({ kind: 'set', backupId }, until);
const onRelease = (release: string, until?: Hold['until']): Hold => makeHold({ kind: 'release', release }, until);

function expiring(id: string, change: Partial<ExpiringSet> = {}): ExpiringSet {
  return { id, release: undefined, expiresAt: SOON, isExtendable: false, ...change };
}

describe('a hold stands on', () => {
  test.each([
    { name: 'every set of its instance', hold: onInstance(), stands: true },
    { name: 'the set that it names', hold: onSet('1'), stands: true },
    { name: 'no other set', hold: onSet('2'), stands: false },
    { name: 'the sets of its release', hold: onRelease('v1'), stands: true },
    { name: 'no set of another release', hold: onRelease('v2'), stands: false },
    { name: 'nothing from its end on', hold: onInstance(NOW), stands: false },
    { name: 'its sets until just before its end', hold: onInstance(at('2026-11-21T02:05:01Z')), stands: true },
  ])('$name', ({ hold, stands }) => {
    expect(holdsOn({ id: '1', release: 'v1' }, [hold], NOW)).toEqual(stands ? [hold] : []);
  });

  test('no set that was made for no release, whatever its release', () => {
    expect(holdsOn({ id: '1', release: undefined }, [onRelease('v1')], NOW)).toEqual([]);
  });

  test('what it covers, beside others', () => {
    const holds = [onSet('2'), onInstance(), onSet('1', SOON)];

    expect(holdsOn({ id: '1', release: undefined }, holds, NOW)).toEqual([holds[1], holds[2]]);
  });
});

describe('a hold is effective', () => {
  test.each<{ name: string; hold: Hold; sets: readonly ExpiringSet[]; until: ReturnType<typeof effectiveUntil>; says: string }>([
    {
      name: 'until the service deletes its set',
      hold: onSet('1'),
      sets: [expiring('1')],
      until: SOON,
      says: 'the service deletes set 1 at 2026-11-25T00:00:00Z all the same',
    },
    {
      name: 'until its end, when its set lives longer',
      hold: onSet('1', SOON),
      sets: [expiring('1', { expiresAt: LATER })],
      until: SOON,
      says: 'the service keeps set 1',
    },
    { name: 'until its end, when its set expires just then', hold: onSet('1', SOON), sets: [expiring('1')], until: SOON, says: 'the service keeps set 1' },
    {
      name: 'without an end, when its set never expires',
      hold: onSet('1'),
      sets: [expiring('1', { expiresAt: 'never' })],
      until: 'never',
      says: 'keeps set 1',
    },
    {
      name: 'to its end, when its set is extended',
      hold: onSet('1', LATER),
      sets: [expiring('1', { isExtendable: true })],
      until: LATER,
      says: 'extend-expiry keeps set 1',
    },
    {
      name: 'without an end, when its set is extended',
      hold: onSet('1'),
      sets: [expiring('1', { isExtendable: true })],
      until: 'never',
      says: 'extend-expiry keeps',
    },
    {
      name: 'nobody knows how long, when the service does not say',
      hold: onSet('1'),
      sets: [expiring('1', { expiresAt: undefined })],
      until: undefined,
      says: 'does not say when it deletes set 1',
    },
    { name: 'not at all, when its set is gone', hold: onSet('9', LATER), sets: [expiring('1')], until: undefined, says: 'nothing is held' },
    { name: 'not at all, when its release has no set', hold: onRelease('v1'), sets: [expiring('1')], until: undefined, says: 'nothing is held' },
    { name: 'to its end on an instance without sets', hold: onInstance(LATER), sets: [], until: LATER, says: 'no good set yet' },
    {
      name: 'until the earliest set of its release goes',
      hold: onRelease('v1', LATER),
      sets: [expiring('1', { release: 'v1', expiresAt: at('2026-12-01T00:00:00Z') }), expiring('2', { release: 'v1' }), expiring('3', { expiresAt: NOW })],
      until: SOON,
      says: 'the service deletes set 2 at 2026-11-25T00:00:00Z all the same, and 1 more before the hold ends',
    },
    {
      name: 'until the earliest set of its instance goes that nobody extends',
      hold: onInstance(LATER),
      sets: [expiring('1', { expiresAt: NOW, isExtendable: true }), expiring('2'), expiring('3', { isExtendable: true })],
      until: SOON,
      says: 'the service deletes set 2 at 2026-11-25T00:00:00Z all the same; extend-expiry keeps 2 sets',
    },
  ])('$name', ({ hold, sets, until, says }) => {
    expect(effectiveUntil(hold, sets)).toBe(until);
    expect(effectText(hold, sets)).toContain(says);
  });
});

test('the order of the sets does not matter', () => {
  const sets = [expiring('1', { expiresAt: LATER }), expiring('2'), expiring('3', { expiresAt: at('2026-11-30T00:00:00Z') })];

  expect(effectiveUntil(onInstance(), [...sets].reverse())).toBe(effectiveUntil(onInstance(), sets));
  expect(effectText(onInstance(), [...sets].reverse())).toBe(effectText(onInstance(), sets));
});
