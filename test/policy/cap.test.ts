import { instant } from '../../lib/base/instant';
import type { BackupSet } from '../../lib/domain/backup';
import type { Reservation, SeenSet } from '../../lib/domain/guard';
import type { CapPolicy } from '../../lib/domain/protection-policy';
import { type CapQuestion, decideCap, exhaustedUntil } from '../../lib/policy/cap';
import { at, CAP, DAY, HOUR, makeGuard, makeIntent, makeJob, makeSet, NOW } from './fixtures';

const BARE: CapPolicy = { perDay: 3, counts: 'all', reserve: { automatic: 0, preRelease: 0 } };

function question(change: Partial<CapQuestion> = {}): CapQuestion {
  return {
    cap: BARE,
    guard: makeGuard(),
    sets: [],
    runningJobs: [],
    intents: [],
    slotId: 'mine',
    units: 1,
    pool: 'ordinary',
    asOf: NOW,
    maxJobMs: 6 * HOUR,
    ...change,
  };
}

/** A set that ended so many hours ago. */
function ended(id: string, hoursAgo: number, change: Partial<BackupSet> = {}): BackupSet {
  return makeSet({ id, startedAt: instant(NOW - (hoursAgo + 1) * HOUR), endedAt: instant(NOW - hoursAgo * HOUR), ...change });
}

function seen(backupId: string, hoursAgo: number, change: Partial<SeenSet> = {}): SeenSet {
  return { backupId, mode: 'manual', startedAt: instant(NOW - (hoursAgo + 1) * HOUR), endedAt: instant(NOW - hoursAgo * HOUR), ...change };
}

function reserved(slotId: string, hoursAgo: number, change: Partial<Reservation> = {}): Reservation {
  return { slotId, pool: 'ordinary', units: 1, reservedAt: instant(NOW - hoursAgo * HOUR), ...change };
}

const three = (hoursAgo: number): BackupSet[] => ['1', '2', '3'].map((id) => ended(id, hoursAgo));

/** How many backups the question counts, told by the most units that a cap of fifty still grants. */
function countOf(asked: CapQuestion): number {
  for (let units = 50; units >= 0; units -= 1) {
    if (decideCap({ ...asked, cap: { ...asked.cap, perDay: 50 }, units }).granted) return 50 - units;
  }
  return Number.NaN;
}

describe('what counts', () => {
  test.each<{ name: string; change: Partial<CapQuestion>; count: number }>([
    { name: 'nothing', change: {}, count: 0 },
    { name: 'sets that ended within 24 hours', change: { sets: [ended('1', 0), ended('2', 23)] }, count: 2 },
    { name: 'no set that ended 24 hours ago', change: { sets: [ended('1', 24)] }, count: 0 },
    { name: 'failed and unavailable sets too', change: { sets: [ended('1', 1, { status: 'failed', isAvailable: false })] }, count: 1 },
    { name: 'incremental and automatic ones too', change: { sets: [ended('1', 1, { type: 'incremental', mode: 'automated' })] }, count: 1 },
    {
      name: 'no automatic ones where only manual ones count',
      change: { cap: { ...BARE, counts: 'manual' }, sets: [ended('1', 1, { mode: 'automated' }), ended('2', 1)] },
      count: 1,
    },
    { name: 'a set once seen and deleted since', change: { guard: makeGuard({ seen: [seen('1', 2)] }) }, count: 1 },
    { name: 'a set once seen, no longer than 24 hours after its end', change: { guard: makeGuard({ seen: [seen('1', 24)] }) }, count: 0 },
    { name: 'a set seen then and now once', change: { guard: makeGuard({ seen: [seen('1', 2)] }), sets: [ended('1', 2)] }, count: 1 },
    { name: 'the newer look at a set', change: { guard: makeGuard({ seen: [seen('1', 2)] }), sets: [ended('1', 24)] }, count: 0 },
    { name: 'jobs that are nobody’s', change: { runningJobs: [makeJob({ id: '5' }), makeJob({ id: '6', mode: 'automated' })] }, count: 2 },
    {
      name: 'no automatic jobs where only manual sets count',
      change: { cap: { ...BARE, counts: 'manual' }, runningJobs: [makeJob({ mode: 'automated' })] },
      count: 0,
    },
    { name: 'a reservation whose intent is not known', change: { guard: makeGuard({ reservations: [reserved('a', 29)] }) }, count: 1 },
    { name: 'such a one, no longer than the longest job and a day', change: { guard: makeGuard({ reservations: [reserved('a', 30)] }) }, count: 0 },
    { name: 'a reservation of several units', change: { guard: makeGuard({ reservations: [reserved('a', 1, { units: 4 })] }) }, count: 4 },
    { name: 'a reservation of no units, as one', change: { guard: makeGuard({ reservations: [reserved('a', 1, { units: 0 })] }) }, count: 1 },
    { name: 'not the reservation of the asking slot', change: { guard: makeGuard({ reservations: [reserved('mine', 1)] }) }, count: 0 },
    {
      name: 'an open intent for as long as it is open',
      change: { guard: makeGuard({ reservations: [reserved('a', 500)] }), intents: [makeIntent({ slotId: 'a', state: 'submitted' })] },
      count: 1,
    },
    {
      name: 'no intent that was missed, refused or unneeded: certainly nothing was made',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 1), reserved('b', 1), reserved('c', 1)] }),
        intents: [makeIntent({ slotId: 'a', state: 'missed' }), makeIntent({ slotId: 'b', state: 'refused' }), makeIntent({ slotId: 'c', state: 'unneeded' })],
      },
      count: 0,
    },
    {
      name: 'a finished intent and its set once',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 3)] }),
        intents: [makeIntent({ slotId: 'a', state: 'finished', backupId: '1', endedAt: instant(NOW - 2 * HOUR) })],
        sets: [ended('1', 2)],
      },
      count: 1,
    },
    {
      name: 'a finished intent until 24 hours after its end',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 25)] }),
        intents: [makeIntent({ slotId: 'a', state: 'finished', backupId: '1', endedAt: instant(NOW - 24 * HOUR) })],
        sets: [ended('1', 24)],
      },
      count: 0,
    },
    {
      name: 'the later of the ends that the intent and the set tell',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 30)] }),
        intents: [makeIntent({ slotId: 'a', state: 'finished', backupId: '1', endedAt: instant(NOW - 24 * HOUR) })],
        sets: [ended('1', 23)],
      },
      count: 1,
    },
    {
      name: 'a failed intent without an end from when it was sent',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 40), reserved('b', 40)] }),
        intents: [
          makeIntent({ slotId: 'a', state: 'failed', sentAt: instant(NOW - 29 * HOUR) }),
          makeIntent({ slotId: 'b', state: 'failed', sentAt: instant(NOW - 30 * HOUR) }),
        ],
      },
      count: 1,
    },
    {
      name: 'an abandoned intent that says nothing of its sending, from its reservation',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 29), reserved('b', 30)] }),
        intents: [makeIntent({ slotId: 'a', state: 'abandoned' }), makeIntent({ slotId: 'b', state: 'abandoned' })],
      },
      count: 1,
    },
    {
      name: 'a running job and its reservation once',
      change: {
        guard: makeGuard({ reservations: [reserved('a', 1)] }),
        intents: [makeIntent({ slotId: 'a', state: 'submitted', jobId: '77' })],
        runningJobs: [makeJob({ id: '77' })],
      },
      count: 1,
    },
    {
      name: 'a running job of an intent without a reservation',
      change: { intents: [makeIntent({ slotId: 'a', state: 'submitted', jobId: '77' })], runningJobs: [makeJob({ id: '77' })] },
      count: 1,
    },
  ])('$name', ({ change, count }) => {
    expect(countOf(question(change))).toBe(count);
  });
});

describe('granting', () => {
  it('reserves the units in the pool, remembers what was seen and forgets what no longer counts', () => {
    const guard = makeGuard({
      version: 4,
      reservations: [reserved('z', 2), reserved('a', 2), reserved('old', 40)],
      seen: [seen('9', 30), seen('8', 3)],
      exhausted: { saidAt: instant(NOW - DAY), until: NOW },
      waitingReleases: [
        { slotId: 'r1', until: NOW },
        { slotId: 'r2', until: instant(NOW + 1) },
      ],
    });

    const decision = decideCap(question({ cap: { ...BARE, perDay: 20 }, guard, units: 2, pool: 'release', sets: [ended('7', 1), ended('6', 1)] }));

    expect(decision).toEqual({
      granted: true,
      reason:
        '5 of 20 backups of the last 24 hours are used (3 sets, 2 by our own slots, 0 running), 0 kept for the automatic backup, 0 for releases; this one needs 2',
      guard: {
        instanceId: 'rm-1',
        version: 4,
        reservations: [reserved('a', 2), reserved('z', 2), { slotId: 'mine', pool: 'release', units: 2, reservedAt: NOW }],
        seen: [seen('8', 3), seen('6', 1), seen('7', 1)],
        exhausted: undefined,
        waitingReleases: [{ slotId: 'r2', until: instant(NOW + 1) }],
        holds: [],
        marks: [],
        corrections: [],
      },
    });
  });

  it('reserves once for one slot: the first time stands, the units are those asked for now', () => {
    const guard = makeGuard({ reservations: [reserved('mine', 2)] });

    const decision = decideCap(question({ guard, units: 2 }));

    expect(decision.guard.reservations).toEqual([reserved('mine', 2, { units: 2 })]);
  });

  it('gives a new guard even when nothing in it changes: only its compare-and-swap proves that the reservation still stands', () => {
    const guard = makeGuard({ reservations: [reserved('mine', 2)] });

    const decision = decideCap(question({ guard }));

    expect(decision.guard).toEqual(guard);
    expect(decision.guard).not.toBe(guard);
  });
});

describe('refusing', () => {
  test.each<{ name: string; change: Partial<CapQuestion>; verdict: string; until: number | undefined }>([
    {
      name: 'the cap is used up, until the oldest set ages out',
      change: { sets: [...three(2), ended('4', 5)], cap: { ...BARE, perDay: 4 } },
      verdict: 'cap-exhausted',
      until: NOW + 19 * HOUR,
    },
    {
      name: 'two units wait for two sets',
      change: { sets: [ended('1', 5), ended('2', 3), ended('3', 1)], units: 2 },
      verdict: 'cap-exhausted',
      until: NOW + 21 * HOUR,
    },
    { name: 'more units than the cap has wait for ever', change: { units: 4, sets: [ended('1', 5)] }, verdict: 'cap-exhausted', until: undefined },
    {
      name: 'a running job is thought to end now',
      change: { cap: { ...BARE, perDay: 1 }, runningJobs: [makeJob()] },
      verdict: 'cap-exhausted',
      until: NOW + DAY,
    },
    {
      name: 'an open intent is thought to take the longest time',
      change: {
        cap: { ...BARE, perDay: 1 },
        guard: makeGuard({ reservations: [reserved('a', 2)] }),
        intents: [makeIntent({ slotId: 'a', state: 'submitted' })],
      },
      verdict: 'cap-exhausted',
      until: NOW + 4 * HOUR + DAY,
    },
    {
      name: 'what is left is kept for the automatic backup',
      change: { cap: { ...BARE, reserve: { automatic: 1, preRelease: 0 } }, sets: [ended('1', 5), ended('2', 3)] },
      verdict: 'cap-reserved',
      until: NOW + 19 * HOUR,
    },
    {
      name: 'an automatic backup of 22 hours ago does not meet the reserve for the next one',
      change: { cap: { ...BARE, reserve: { automatic: 1, preRelease: 0 } }, sets: [ended('1', 21, { mode: 'automated' }), ended('2', 3)] },
      verdict: 'cap-reserved',
      until: NOW + 3 * HOUR,
    },
    {
      name: 'what is left is kept for releases',
      change: { cap: { ...BARE, reserve: { automatic: 0, preRelease: 2 } }, sets: [ended('1', 5)] },
      verdict: 'cap-reserved',
      until: NOW + 19 * HOUR,
    },
    {
      name: 'a release is refused what is kept for the automatic backup too',
      change: { pool: 'release', cap: { ...BARE, reserve: { automatic: 1, preRelease: 2 } }, sets: [ended('1', 5), ended('2', 3)] },
      verdict: 'cap-reserved',
      until: NOW + 19 * HOUR,
    },
  ])('$name', ({ change, verdict, until }) => {
    const decision = decideCap(question(change));

    expect(decision).toMatchObject({ granted: false, verdict, until, reason: expect.stringMatching(/\d+ of \d+ backups of the last 24 hours/) });
  });

  test.each<{ name: string; change: Partial<CapQuestion> }>([
    {
      name: 'an automatic backup younger than 22 hours has met the reserve',
      change: { cap: { ...BARE, reserve: { automatic: 1, preRelease: 0 } }, sets: [ended('1', 20, { mode: 'automated' }), ended('2', 3)] },
    },
    {
      name: 'the automatic reserve does not apply where only manual sets count',
      change: { cap: { perDay: 3, counts: 'manual', reserve: { automatic: 3, preRelease: 0 } } },
    },
    {
      name: 'a release may use what is kept for releases',
      change: { pool: 'release', cap: { ...BARE, reserve: { automatic: 0, preRelease: 3 } }, sets: [ended('1', 5)] },
    },
    {
      name: 'what a release has used need not be kept any more',
      change: {
        cap: { ...BARE, reserve: { automatic: 0, preRelease: 1 } },
        guard: makeGuard({ reservations: [reserved('r', 2, { pool: 'release' })] }),
        sets: [ended('1', 5)],
      },
    },
    {
      name: 'more releases than were kept for give nobody anything back',
      change: {
        cap: { ...BARE, perDay: 4, reserve: { automatic: 0, preRelease: 1 } },
        guard: makeGuard({ reservations: [reserved('r', 2, { pool: 'release', units: 3 })] }),
      },
    },
  ])('but: $name', ({ change }) => {
    expect(decideCap(question(change)).granted).toBe(true);
  });

  it('keeps the reservation of the asking slot: another run may be making its call', () => {
    const guard = makeGuard({ reservations: [reserved('mine', 2)] });

    const decision = decideCap(question({ guard, sets: three(1) }));

    expect(decision).toMatchObject({ granted: false, guard: { reservations: [reserved('mine', 2)] } });
  });

  it('gives the very same guard back when nothing in it changes', () => {
    const guard = makeGuard({ seen: ['3', '2', '1'].map((id) => seen(id, 1)), reservations: [reserved('a', 1)] });

    expect(decideCap(question({ guard, sets: three(1) })).guard).toBe(guard);
  });

  test.each<{ name: string; change: Partial<ReturnType<typeof makeGuard>>; sets?: BackupSet[] }>([
    { name: 'another set', change: {}, sets: [...three(1), ended('4', 1)] },
    { name: 'another end of a set', change: {}, sets: [ended('1', 0.5), ended('2', 1), ended('3', 1)] },
    { name: 'a reservation that no longer counts', change: { reservations: [reserved('old', 40)] } },
    { name: 'an exhaustion that is over', change: { exhausted: { saidAt: instant(NOW - DAY), until: NOW } } },
    { name: 'a release that waits no longer', change: { waitingReleases: [{ slotId: 'r', until: NOW }] } },
  ])('gives a new guard for $name', ({ change, sets = three(1) }) => {
    const guard = makeGuard({ seen: ['1', '2', '3'].map((id) => seen(id, 1)), ...change });

    expect(decideCap(question({ guard, sets })).guard).not.toBe(guard);
  });
});

describe('when the service has said that the cap is used up', () => {
  const exhausted = { saidAt: at('2026-11-21T01:00:00Z'), until: at('2026-11-21T06:00:00Z') };

  test.each<{ name: string; change: Partial<CapQuestion>; until: number }>([
    { name: 'nothing is tried before the time it gave us, whatever we count', change: {}, until: exhausted.until },
    { name: 'nor before enough of ours has aged out', change: { sets: three(1) }, until: NOW + 23 * HOUR },
    { name: 'a release neither', change: { pool: 'release' }, until: exhausted.until },
  ])('$name', ({ change, until }) => {
    const decision = decideCap(question({ guard: makeGuard({ exhausted }), ...change }));

    expect(decision).toMatchObject({
      granted: false,
      verdict: 'cap-exhausted',
      until,
      reason: expect.stringContaining('the service said at 2026-11-21T01:00:00Z'),
    });
    expect(decision.guard.exhausted).toEqual(exhausted);
  });

  it('afterwards it is tried again', () => {
    const decision = decideCap(question({ guard: makeGuard({ exhausted }), asOf: exhausted.until }));

    expect(decision).toMatchObject({ granted: true, guard: { exhausted: undefined } });
  });

  test.each<{ name: string; change: Partial<CapQuestion>; until: number }>([
    { name: 'defers until the first of what we count ages out', change: { sets: [ended('1', 5), ended('2', 20)] }, until: NOW + 4 * HOUR },
    { name: 'defers for a day when we count nothing', change: {}, until: NOW + DAY },
    { name: 'defers no longer than a day', change: { guard: makeGuard({ reservations: [reserved('a', 1)] }) }, until: NOW + DAY },
    { name: 'does not wait for the refused slot itself', change: { guard: makeGuard({ reservations: [reserved('mine', 29)] }) }, until: NOW + DAY },
  ])('$name', ({ change, until }) => {
    expect(exhaustedUntil(question(change))).toBe(until);
  });
});

it('the default cap: sixteen ordinary slots, then releases, then the automatic backup', () => {
  let guard = makeGuard();
  const grants: string[] = [];
  for (let index = 0; index < 25; index += 1) {
    for (const pool of ['ordinary', 'release'] as const) {
      const decision = decideCap(question({ cap: CAP, guard, slotId: `${pool}-${String(index).padStart(2, '0')}`, pool }));
      if (pool === 'release' && index < 16) continue;
      guard = decision.guard;
      if (decision.granted) grants.push(pool);
    }
  }

  expect(grants.filter((pool) => pool === 'ordinary')).toHaveLength(16);
  expect(grants.filter((pool) => pool === 'release')).toHaveLength(3);
});
