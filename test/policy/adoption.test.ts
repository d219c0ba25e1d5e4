import fc from 'fast-check';
import { instant } from '../../lib/base/instant';
import type { BackupSet } from '../../lib/domain/backup';
import { type AdoptionQuestion, decideAdoption, REQUEST_VALID_MS } from '../../lib/policy/adoption';
import { at, DAY, HOUR, MINUTE, makeIntent, makeJob, makeSet, PHYSICAL } from './fixtures';

const SENT = at('2026-11-21T02:00:00Z');
/** Sent + 15 minutes + 2 skew + 1 lag. */
const SETTLED = at('2026-11-21T02:18:00Z');
/** An instance that has been quiet for long enough to give up as well. */
const TELLABLE = at('2026-11-21T02:40:00Z');
const QUIET = at('2026-11-21T02:20:00Z');

function question(change: Partial<AdoptionQuestion> = {}): AdoptionQuestion {
  return {
    intent: makeIntent({ state: 'submitting', sentAt: SENT, baseline: { runningJobIds: ['11'], newestBackupId: '800' } }),
    sets: [],
    runningJobs: [],
    baselineSetIds: ['801'],
    ownedBackupIds: ['802'],
    ownedJobIds: ['12'],
    quietSince: QUIET,
    asOf: TELLABLE,
    skewMs: 2 * MINUTE,
    visibilityLagMs: MINUTE,
    patienceMs: 15 * MINUTE,
    maxJobMs: DAY,
    ...change,
  };
}

const candidate = (change: Partial<BackupSet> = {}): BackupSet =>
  makeSet({ id: '900', startedAt: at('2026-11-21T02:01:00Z'), endedAt: at('2026-11-21T02:09:00Z'), ...change });

describe('waiting', () => {
  test.each<{ name: string; change: Partial<AdoptionQuestion>; until: number | undefined; quietSince: number | undefined }>([
    {
      name: 'a moment too early, even with one perfect candidate',
      change: { asOf: instant(SETTLED - 1), quietSince: undefined, sets: [candidate()] },
      until: SETTLED,
      quietSince: undefined,
    },
    {
      name: 'while a manual job runs that is nobody’s: what was quiet is so no more',
      change: { runningJobs: [makeJob({ id: '77' })] },
      until: undefined,
      quietSince: undefined,
    },
    {
      name: 'also with a candidate in sight: the running one may be ours',
      change: { runningJobs: [makeJob({ id: '77' })], sets: [candidate()] },
      until: undefined,
      quietSince: undefined,
    },
    {
      name: 'at the first quiet look, also with a candidate: ours may have ended a moment ago and not be listed yet',
      change: { quietSince: undefined, sets: [candidate()] },
      until: instant(TELLABLE + MINUTE),
      quietSince: TELLABLE,
    },
    {
      name: 'until what ended unseen must be listed',
      change: { quietSince: instant(TELLABLE - MINUTE + 1), sets: [candidate()] },
      until: instant(TELLABLE + 1),
      quietSince: instant(TELLABLE - MINUTE + 1),
    },
    {
      name: 'for a quarter of an hour of quiet when there is no candidate at all',
      change: { asOf: instant(QUIET + 15 * MINUTE - 1) },
      until: instant(QUIET + 15 * MINUTE),
      quietSince: QUIET,
    },
  ])('$name', ({ change, until, quietSince }) => {
    expect(decideAdoption(question(change))).toEqual({ kind: 'wait', until, quietSince, reason: expect.stringMatching(/.+/) });
  });
});

describe('candidates', () => {
  test.each<{ name: string; set: Partial<BackupSet> }>([
    { name: 'a manual set started after the call', set: {} },
    { name: 'a set started earlier by the skew', set: { startedAt: at('2026-11-21T01:58:00Z') } },
    { name: 'a set started at the last moment at which the request could take effect', set: { startedAt: instant(SENT + REQUEST_VALID_MS) } },
    { name: 'a set of unknown scope', set: { scope: { kind: 'unknown' } } },
    { name: 'a failed set: our failure', set: { status: 'failed', isAvailable: false } },
  ])('$name is adopted', ({ set }) => {
    const one = candidate(set);

    expect(decideAdoption(question({ sets: [one] }))).toEqual({ kind: 'adopt', set: one, reason: expect.stringContaining('backup set 900') });
  });

  test.each<{ name: string; set: Partial<BackupSet> }>([
    { name: 'an automatic set', set: { mode: 'automated' } },
    { name: 'the newest set of the baseline', set: { id: '800' } },
    { name: 'a set that a job of the baseline turned into', set: { id: '801' } },
    { name: 'a set that another intent owns', set: { id: '802' } },
    { name: 'a set of another method', set: { method: 'logical' } },
    { name: 'a set of another scope', set: { scope: { kind: 'databases', databases: ['a'] } } },
    { name: 'a set started before the skew', set: { startedAt: at('2026-11-21T01:57:59Z') } },
    { name: 'a set started after the request could take effect', set: { startedAt: instant(SENT + REQUEST_VALID_MS + 1) } },
  ])('$name is not, and the call is given up', ({ set }) => {
    expect(decideAdoption(question({ sets: [candidate(set)] }))).toEqual({ kind: 'abandon', reason: expect.stringContaining('most likely never took effect') });
  });

  it('a set of one of the databases asked for is adopted', () => {
    const intent = makeIntent({ state: 'submitting', sentAt: SENT, spec: { ...PHYSICAL, scope: { kind: 'databases', databases: ['a', 'b'] } } });
    const one = candidate({ scope: { kind: 'databases', databases: ['a'] } });

    expect(decideAdoption(question({ intent, sets: [one] })).kind).toBe('adopt');
  });

  it('two candidates are a finding, not a choice; their order does not matter', () => {
    const sets = [
      candidate({ id: '901', startedAt: at('2026-11-21T02:05:00Z') }),
      candidate({ id: '900', startedAt: at('2026-11-21T02:05:00Z') }),
      candidate({ id: '902', startedAt: at('2026-11-21T02:01:00Z') }),
    ];

    for (const order of [sets, [...sets].reverse()]) {
      const decision = decideAdoption(question({ sets: order }));

      expect(decision).toMatchObject({ kind: 'two-candidates', reason: expect.stringContaining('902, 900, 901') });
    }
  });
});

describe('giving up', () => {
  test.each<{ name: string; change: Partial<AdoptionQuestion>; reason: string }>([
    { name: 'nothing is there and nothing runs', change: {}, reason: 'most likely never took effect' },
    { name: 'what runs belongs to the baseline', change: { runningJobs: [makeJob({ id: '11' })] }, reason: 'never took effect' },
    { name: 'what runs belongs to another intent', change: { runningJobs: [makeJob({ id: '12' })] }, reason: 'never took effect' },
    { name: 'what runs is the service’s own backup', change: { runningJobs: [makeJob({ id: '78', mode: 'automated' })] }, reason: 'never took effect' },
    {
      name: 'the job that may be ours never ends',
      change: { runningJobs: [makeJob({ id: '77' })], asOf: instant(SENT + REQUEST_VALID_MS + DAY) },
      reason: 'manual backup job 77, which may be ours, has been running past 2026-11-22T02:15:00Z',
    },
    { name: 'there was no baseline', change: { intent: makeIntent({ state: 'submitting', sentAt: SENT }) }, reason: 'never took effect' },
  ])('$name', ({ change, reason }) => {
    expect(decideAdoption(question(change))).toEqual({ kind: 'abandon', reason: expect.stringContaining(reason) });
  });

  it('an intent that was never sent is a mistake of the caller', () => {
    expect(() => decideAdoption(question({ intent: makeIntent() }))).toThrow(RangeError);
  });
});

it('whatever is listed: it never adopts what was there before, what others own, or more than one; and waits no longer than it may', () => {
  const anySet = fc.record({
    minute: fc.integer({ min: -30, max: 40 }),
    id: fc.constantFrom('800', '801', '802', '903', '904', '905'),
    mode: fc.constantFrom('manual' as const, 'automated' as const),
  });

  fc.assert(
    fc.property(fc.uniqueArray(anySet, { selector: (set) => set.id, maxLength: 6 }), fc.integer({ min: 0, max: 40 * 60 }), (listed, minutesLater) => {
      const sets = listed.map(({ minute, id, mode }) =>
        makeSet({ id, mode, startedAt: instant(SENT + minute * MINUTE), endedAt: instant(SENT + (minute + 1) * MINUTE) }),
      );
      const asOf = instant(SENT + minutesLater * MINUTE);

      const decision = decideAdoption(question({ sets, asOf, quietSince: SETTLED }));

      expect(decision.reason).not.toBe('');
      if (decision.kind === 'wait') expect(asOf).toBeLessThan(SETTLED + 15 * MINUTE);
      if (decision.kind !== 'adopt') return;
      expect(['800', '801', '802']).not.toContain(decision.set.id);
      expect(decision.set.mode).toBe('manual');
      expect(Math.abs(decision.set.startedAt - SENT)).toBeLessThan(HOUR);
    }),
  );
});
