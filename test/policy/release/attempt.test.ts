// How attempts begin and end, how long a pass is good, and what the receipt says of it all.
import fc from 'fast-check';
import { formatInstant, instant, plusMs } from '../../../lib/base/instant';
import type { Release, ReleaseInstance } from '../../../lib/domain/release';
import { concluded, expired, isOver, openAttempt, validUntil } from '../../../lib/policy/release/attempt';
import { releaseFailed, releaseLate, releaseNotAdvanced } from '../../../lib/policy/release/findings';
import { receiptOf } from '../../../lib/policy/release/receipt';
import { at, HOUR, MINUTE } from '../fixtures';
import { ASKED, MEMBER, makeMember, makeRelease, makeWish, PASSED, POLICY } from './fixtures';

const LATER = plusMs(ASKED, 10 * MINUTE);

describe('an attempt opens', () => {
  test('with the times of the policy where the wish has none, and its instances in order', () => {
    const members = [{ ...MEMBER, id: 'rm-2' }, MEMBER];

    const opened = openAttempt({ key: 'k', wish: makeWish(), members, policy: POLICY, asOf: ASKED, previous: undefined });

    expect(opened).toMatchObject({ version: 0, attempt: 1, status: 'pending', createdAt: ASKED, attemptAt: ASKED, deadlineAt: plusMs(ASKED, 2 * HOUR) });
    expect(opened).toMatchObject({ freshForMs: POLICY.freshForMs, holdForMs: POLICY.holdForMs });
    expect(opened.instances.map(({ instanceId, slotId }) => [instanceId, slotId])).toEqual([
      ['rm-1', 'release~k~a1~instance'],
      ['rm-2', 'release~k~a1~instance'],
    ]);
    expect(openAttempt({ key: 'k', wish: makeWish(), members: [...members].reverse(), policy: POLICY, asOf: ASKED, previous: undefined })).toEqual(opened);
  });

  test('with what the wish says', () => {
    const wish = makeWish({ databases: ['a'], freshForMs: 0, holdForMs: 5, deadlineAt: LATER });

    const opened = openAttempt({ key: 'k', wish, members: [MEMBER], policy: POLICY, asOf: ASKED, previous: undefined });

    expect(opened).toMatchObject({ freshForMs: 0, holdForMs: 5, deadlineAt: LATER, instances: [{ slotId: 'release~k~a1~databases' }] });
  });

  test('once more: new slots and a new deadline, and the rest as it was', () => {
    const previous = makeRelease({ version: 4, status: 'failed', freshForMs: 1, holdForMs: 2 });

    const next = openAttempt({
      key: previous.key,
      wish: makeWish({ deadlineAt: at('2026-11-21T09:00:00Z') }),
      members: [MEMBER],
      policy: POLICY,
      asOf: LATER,
      previous,
    });

    expect(next).toMatchObject({ version: 4, attempt: 2, status: 'pending', wish: previous.wish, createdAt: ASKED, attemptAt: LATER });
    expect(next).toMatchObject({ freshForMs: 1, holdForMs: 2, deadlineAt: at('2026-11-21T09:00:00Z') });
  });
});

describe('its end', () => {
  test.each<{ name: string; states: readonly ReleaseInstance['status'][]; status: Release['status'] }>([
    { name: 'all have passed', states: ['passed', 'passed'], status: 'passed' },
    { name: 'one is pending', states: ['passed', 'pending'], status: 'pending' },
    { name: 'one has failed, whatever the others do', states: ['pending', 'failed', 'passed'], status: 'failed' },
  ])('$name: $status', ({ states, status }) => {
    const instances = states.map((state) => makeMember({ status: state }));

    expect(concluded(makeRelease(), instances, LATER)).toMatchObject({ status, instances, updatedAt: LATER });
  });

  test('what has not passed by the deadline has failed, with what it waited for', () => {
    const release = makeRelease({ instances: [makeMember(PASSED), makeMember({ instanceId: 'rm-2', reason: 'a job runs' })] });

    expect(expired(release, LATER)).toMatchObject({
      status: 'failed',
      instances: [{ status: 'passed' }, { status: 'failed', reason: 'not passed by the deadline of 2026-11-21T04:00:00Z: a job runs' }],
    });
  });
});

describe('how long a pass is good', () => {
  test.each<{ name: string; release: Partial<Release>; members: readonly Partial<ReleaseInstance>[]; until: string | undefined }>([
    { name: 'oldest start and freshFor', release: {}, members: [{}, { startedAt: at('2026-11-21T01:30:00Z') }], until: '2026-11-21T02:30:00Z' },
    { name: 'with freshFor 0 until the deadline', release: { freshForMs: 0 }, members: [{}], until: '2026-11-21T04:00:00Z' },
    { name: 'over before it passed: until the deadline', release: { freshForMs: 10 * MINUTE }, members: [{}], until: '2026-11-21T04:00:00Z' },
    { name: 'never longer than its sets stay', release: {}, members: [{ effectiveUntil: at('2026-11-21T02:20:00Z') }], until: '2026-11-21T02:20:00Z' },
    {
      name: 'nor longer than they are held, where the service does not say',
      release: { freshForMs: 30 * 24 * HOUR },
      members: [{ effectiveUntil: undefined }],
      until: '2026-11-28T02:10:00Z',
    },
    { name: 'for ever is no end', release: {}, members: [{ effectiveUntil: 'never' }], until: '2026-11-21T03:00:00Z' },
    { name: 'a set without a start is as old as can be', release: {}, members: [{ startedAt: undefined }], until: '2026-11-21T04:00:00Z' },
    { name: 'only of what has passed', release: { status: 'pending' }, members: [{}], until: undefined },
  ])('$name', ({ release, members, until }) => {
    const instances = members.map((member) => makeMember({ ...PASSED, ...member }));

    const end = validUntil(makeRelease({ status: 'passed', updatedAt: LATER, instances, ...release }));

    expect(end && formatInstant(end)).toBe(until);
  });

  test.each<{ name: string; release: Partial<Release>; now: string; over: boolean }>([
    { name: 'failed', release: { status: 'failed' }, now: '2026-11-21T02:10:00Z', over: true },
    { name: 'pending', release: {}, now: '2026-11-29T02:10:00Z', over: false },
    { name: 'passed and good', release: { status: 'passed', updatedAt: LATER }, now: '2026-11-21T02:59:59Z', over: false },
    { name: 'passed and good no more', release: { status: 'passed', updatedAt: LATER }, now: '2026-11-21T03:00:00Z', over: true },
  ])('$name: a request may open a new attempt: $over', ({ release, now, over }) => {
    expect(isOver(makeRelease({ instances: [makeMember(PASSED)], ...release }), at(now))).toBe(over);
  });
});

describe('the receipt', () => {
  const passed = makeRelease({ status: 'passed', updatedAt: LATER, instances: [makeMember(PASSED)] });

  test('of a pass has all that a pipeline needs, and nothing else', () => {
    expect(receiptOf(passed, LATER)).toEqual({
      version: 1,
      key: passed.key,
      source: 'ci/shop',
      release: 'v1',
      status: 'passed',
      reason: 'a finished backup set of each of the 1 instances is there, and is held',
      attempt: 1,
      asOf: '2026-11-21T02:10:00Z',
      deadline: '2026-11-21T04:00:00Z',
      validUntil: '2026-11-21T03:00:00Z',
      instances: [
        {
          instanceId: 'rm-1',
          account: 'main',
          region: 'cn-hangzhou',
          status: 'passed',
          reason: 'it is held',
          reused: false,
          backupId: '7',
          startedAt: '2026-11-21T02:00:00Z',
          endedAt: '2026-11-21T02:05:00Z',
          holdId: 'h-1',
          heldUntil: '2026-11-28T02:10:00Z',
          effectiveUntil: '2026-11-28T02:05:00Z',
        },
      ],
    });
  });

  test('of a pass that is good no more is no pass', () => {
    const { status, reason, validUntil: until } = receiptOf(passed, at('2026-11-21T03:00:00Z'));

    expect({ status, reason, until }).toEqual({
      status: 'failed',
      reason: 'it passed at 2026-11-21T02:10:00Z and was valid until 2026-11-21T03:00:00Z: ask for it anew',
      until: undefined,
    });
  });

  test.each<{ name: string; members: readonly Partial<ReleaseInstance>[]; status: Release['status']; reason: string }>([
    {
      name: 'pending',
      members: [PASSED, { instanceId: 'rm-2', reason: 'a job runs' }],
      status: 'pending',
      reason: '1 of 2 instances have passed; rm-2: a job runs',
    },
    { name: 'failed', members: [{ status: 'failed', reason: 'no' }, { reason: 'a job runs' }], status: 'failed', reason: 'rm-1: no' },
    { name: 'failed twice', members: [{ status: 'failed', reason: 'no' }, { status: 'failed' }], status: 'failed', reason: 'rm-1: no (and 1 more)' },
    { name: 'failed by nobody', members: [], status: 'failed', reason: 'no instance is left' },
  ])('of what is $name', ({ members, status, reason }) => {
    expect(receiptOf(makeRelease({ status, instances: members.map(makeMember) }), LATER)).toMatchObject({ status, reason });
  });

  test('leaves out what is not known, and says for ever as the service does', () => {
    const receipt = receiptOf(makeRelease({ instances: [makeMember({ jobId: '5', effectiveUntil: 'never' })] }), LATER);

    expect(Object.keys(receipt.instances[0] ?? {})).toEqual(['instanceId', 'account', 'region', 'status', 'reason', 'reused', 'jobId', 'effectiveUntil']);
    expect(receipt.instances[0]?.effectiveUntil).toBe('never');
    expect(receipt.validUntil).toBeUndefined();
  });

  test('is passed only while every set is there: for any states and times', () => {
    const state = fc.constantFrom<ReleaseInstance['status']>('pending', 'passed', 'failed');
    const time = fc.integer({ min: 0, max: 10 * HOUR }).map((ms) => instant(ASKED - 5 * HOUR + ms));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(state, time, time), { minLength: 1, maxLength: 4 }),
        time,
        fc.integer({ min: 0, max: 3 * HOUR }),
        (members, now, freshForMs) => {
          const instances = members.map(([status, startedAt, effectiveUntil]) => makeMember({ ...PASSED, status, startedAt, effectiveUntil }));
          const release = concluded(makeRelease({ freshForMs }), instances, now);

          const receipt = receiptOf(release, now);

          if (receipt.status !== 'passed') return;
          expect(members.every(([status, , effectiveUntil]) => status === 'passed' && effectiveUntil > now)).toBe(true);
          expect(Date.parse(receipt.validUntil ?? '')).toBeGreaterThanOrEqual(Math.floor(now / 1000) * 1000);
        },
      ),
    );
  });
});

describe('findings', () => {
  test('a failure names the release, and what to do', () => {
    const release = expired(makeRelease(), LATER);

    expect(releaseFailed(receiptOf(release, LATER))).toMatchObject({
      id: `release-failed:${release.key}:a1`,
      severity: 'error',
      message: expect.stringContaining('release v1 of ci/shop has not passed: rm-1: not passed by the deadline'),
      remedy: expect.stringContaining('opens a new attempt'),
    });
    expect(releaseNotAdvanced(release, 'no answer')).toMatchObject({ severity: 'error', message: 'release v1 of ci/shop could not be advanced: no answer' });
  });

  test.each([
    { name: 'before half of its time', status: 'pending', now: '2026-11-21T02:59:59Z', isLate: false },
    { name: 'from half of its time on', status: 'pending', now: '2026-11-21T03:00:00Z', isLate: true },
    { name: 'when it has passed', status: 'passed', now: '2026-11-21T03:00:00Z', isLate: false },
  ] as const)('it is late $name: $isLate', ({ status, now, isLate }) => {
    const release = makeRelease({ status });

    expect(releaseLate(release, receiptOf(release, at(now)), at(now))?.rule).toBe(isLate ? 'release-late' : undefined);
  });
});
