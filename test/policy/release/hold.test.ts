// Which hold a release places, and what becomes of the instance by what stands in its way or by what is read afterwards.
import { plusMs } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import { type HoldRefusal, placeHold } from '../../../lib/policy/hold-placement';
import { type ChosenMember, heldMember, isChosen, refusedHold, releaseHold } from '../../../lib/policy/release/hold';
import { DAY, HOUR, makeGuard, makeSet } from '../fixtures';
import { ASKED, makeMember, makeRelease, makeWish, PASSED } from './fixtures';

const UNTIL = plusMs(ASKED, 7 * DAY);

function chosen(isReused = true): ChosenMember {
  return { ...makeMember({ isReused, jobId: '5' }), backupId: '7', heldUntil: UNTIL };
}

const HOLD: Hold = { id: 'h-1', target: { kind: 'set', backupId: '7' }, owner: 'pre-release', reason: 'r', placedAt: ASKED, until: UNTIL };
const SET = makeSet({ id: '7', startedAt: ASKED, endedAt: plusMs(ASKED, HOUR) });

test.each([
  { name: 'without a set', member: makeMember(), is: false },
  { name: 'with a set and no end', member: makeMember({ backupId: '7' }), is: false },
  { name: 'with a set and an end', member: chosen(), is: true },
  { name: 'that has passed', member: makeMember(PASSED), is: false },
])('an instance $name waits for its hold: $is', ({ member, is }) => {
  expect(isChosen(member)).toBe(is);
});

test('repeats place one hold, whenever they come; another attempt, or another set, has its own', () => {
  const wishes = [
    releaseHold(makeRelease(), chosen()),
    releaseHold(makeRelease({ version: 9, updatedAt: plusMs(ASKED, HOUR) }), { ...chosen(), reason: 'else' }),
    releaseHold(makeRelease({ attempt: 2 }), chosen()),
    releaseHold(makeRelease(), { ...chosen(), backupId: '8' }),
  ];

  let guard = makeGuard();
  for (const [index, wish] of wishes.entries()) {
    const placement = placeHold(guard, wish, new Map(), plusMs(ASKED, index));
    if (placement.kind === 'placed') guard = placement.guard;
  }

  expect(guard.holds).toHaveLength(3);
  expect(guard.holds[0]).toMatchObject({ owner: 'pre-release', reason: 'release v1 of ci/shop, attempt 1', until: UNTIL });
});

test('names of any length fit', () => {
  const wish = releaseHold(makeRelease({}, makeWish({ source: '源'.repeat(250), release: 'x'.repeat(250) })), chosen());

  expect(placeHold(makeGuard(), wish, new Map(), ASKED).kind).toBe('placed');
});

test.each<{ code: HoldRefusal['code']; isReused: boolean; status: string; backupId: string | undefined }>([
  { code: 'set-being-deleted', isReused: true, status: 'pending', backupId: undefined },
  { code: 'set-being-deleted', isReused: false, status: 'failed', backupId: undefined },
  { code: 'hold-in-the-past', isReused: true, status: 'pending', backupId: undefined },
  { code: 'settings-being-changed', isReused: true, status: 'pending', backupId: '7' },
  { code: 'too-many-holds', isReused: true, status: 'failed', backupId: '7' },
  { code: 'hold-text', isReused: true, status: 'failed', backupId: '7' },
])('a hold refused as $code on a set that is reused ($isReused): $status with $backupId', ({ code, isReused, status, backupId }) => {
  const member = refusedHold(chosen(isReused), { code, message: 'because', hint: 'do this' });

  expect(member).toMatchObject({ status, reason: 'because; do this' });
  expect(member.backupId).toBe(backupId);
});

test('passed: the set is there under its hold, and the receipt knows until when it stays', () => {
  const held = heldMember(chosen(), HOLD, SET, [{ id: '7', release: undefined, expiresAt: plusMs(ASKED, DAY), isExtendable: false }]);

  expect(held).toMatchObject({
    status: 'passed',
    startedAt: ASKED,
    endedAt: plusMs(ASKED, HOUR),
    holdId: 'h-1',
    heldUntil: UNTIL,
    effectiveUntil: plusMs(ASKED, DAY),
  });
  expect(held.reason).toContain('the service deletes set 7 at 2026-11-22T02:00:00Z all the same');
});

test.each([
  { name: 'gone', set: undefined, isReused: true, status: 'pending' },
  { name: 'gone, and its own', set: undefined, isReused: false, status: 'failed' },
  { name: 'no good any more', set: { ...SET, isAvailable: false }, isReused: true, status: 'pending' },
] as const)('not passed: the set is $name', ({ set, isReused, status }) => {
  const member = heldMember(chosen(isReused), HOLD, set, []);

  expect(member.status).toBe(status);
  expect(isChosen(member)).toBe(false);
});
