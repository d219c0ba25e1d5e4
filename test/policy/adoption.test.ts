import fc from 'fast-check';
import { instant } from '../../lib/base/instant';
import type { BackupSet } from '../../lib/domain/backup';
import { type AdoptionQuestion, decideAdoption, REQUEST_VALID_MS } from '../../lib/policy/adoption';
import { at, DAY, HOUR, MINUTE, makeIntent, makeJob, makeSet, PHYSICAL } from './fixtures';

const SENT = at('2026-11-21T02:00:00Z');
/** Sent + 15 minutes + 2 skew + 1 lag. */
const TELLABLE = at('2026-11-21T02:18:00Z');

function question(change: Partial<AdoptionQuestion> = {}): AdoptionQuestion {
  return {
    intent: makeIntent({ state: 'submitting', sentAt: SENT, baseline: { runningJobIds: ['11'], newestBackupId: '800' } }),
    sets: [],
    runningJobs: [],
    baselineSetIds: ['801'],
    ownedBackupIds: ['802'],
    ownedJobIds: ['12'],
    lastRunningAt: undefined,
    asOf: TELLABLE,
    skewMs: 2 * MINUTE,
    visibilityLagMs: MINUTE,
    goneJobMs: 30 * MINUTE,
    maxJobMs: DAY,
    ...change,
  };
}

const candidate = (change: Partial<BackupSet> = {}): BackupSet =>
  makeSet({ id: '900', startedAt: at('2026-11-21T02:01:00Z'), endedAt: at('2026-11-21T02:09:00Z'), ...change });

describe('waiting', () => {
  test.each<{ name: string; change: Partial<AdoptionQuestion>; until: number | undefined; sawRunningJob: boolean }>([
    {
      name: 'a moment too early, even with one perfect candidate',
      change: { asOf: instant(TELLABLE - 1), sets: [candidate()] },
      until: TELLABLE,
      sawRunningJob: false,
    },
    { name: 'while a manual job runs that is nobody’s', change: { runningJobs: [makeJob({ id: '77' })] }, until: undefined, sawRunningJob: true },
    {
      name: 'also with a candidate in sight: the running one may be ours',
      change: { runningJobs: [makeJob({ id: '77' })], sets: [candidate()] },
      until: undefined,
      sawRunningJob: true,
    },
    {
      name: 'for the set of a job that was running at the last look and has gone',
      change: { lastRunningAt: at('2026-11-21T05:00:00Z'), asOf: at('2026-11-21T05:29:59Z') },
      until: at('2026-11-21T05:30:00Z'),
      sawRunningJob: false,
    },
  ])('$name', ({ change, until, sawRunningJob }) => {
    expect(decideAdoption(question(change))).toEqual({ kind: 'wait', until, sawRunningJob, reason: expect.stringMatching(/.+/) });
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
      name: 'the set of the job that has gone never appeared',
      change: { lastRunningAt: at('2026-11-21T05:00:00Z'), asOf: at('2026-11-21T05:30:00Z') },
      reason: 'never took effect',
    },
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

      const decision = decideAdoption(question({ sets, asOf }));

      expect(decision.reason).not.toBe('');
      if (decision.kind === 'wait') expect(asOf).toBeLessThan(TELLABLE);
      if (decision.kind !== 'adopt') return;
      expect(['800', '801', '802']).not.toContain(decision.set.id);
      expect(decision.set.mode).toBe('manual');
      expect(Math.abs(decision.set.startedAt - SENT)).toBeLessThan(HOUR);
    }),
  );
});
