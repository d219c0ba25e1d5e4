// What happens to one instance of a release, case by case.
import { plusMs } from '../../../lib/base/instant';
import type { ReleaseInstance } from '../../../lib/domain/release';
import type { Verdict } from '../../../lib/domain/verdict';
import {
  decidedMember,
  decideSeen,
  decideTried,
  decideUnseen,
  type MemberDecision,
  releaseRule,
  releaseSlot,
  type SeenMemberQuestion,
} from '../../../lib/policy/release/decide';
import { at, DAY, HOUR, MINUTE, makeGuard, makeInstance, makeIntent, makeJob, makeSet, PHYSICAL } from '../fixtures';
import { ASKED, makeMember, makeRelease, makeWish } from './fixtures';

const NOW = plusMs(ASKED, 10 * MINUTE);
const SLOT_ID = makeMember().slotId;

function ask(change: Partial<SeenMemberQuestion> = {}): SeenMemberQuestion {
  return {
    release: makeRelease(),
    member: makeMember(),
    instance: makeInstance(),
    intent: undefined,
    now: NOW,
    observation: { sets: [], runningJobs: [], databases: undefined },
    guard: makeGuard(),
    intents: [],
    awaited: undefined,
    visibilityLagMs: 2 * MINUTE,
    ...change,
  };
}

function sees(...sets: ReturnType<typeof makeSet>[]): Pick<SeenMemberQuestion, 'observation'> {
  return { observation: { sets, runningJobs: [], databases: undefined } };
}

/** Started 20 minutes before the request. */
const FRESH = makeSet({ id: '7', startedAt: plusMs(ASKED, -20 * MINUTE), endedAt: plusMs(ASKED, -10 * MINUTE), expiresAt: plusMs(ASKED, 7 * DAY) });
const WITH_DATABASES = makeRelease({}, makeWish({ databases: ['a'] }));

function shortOf(decision: MemberDecision | 'look' | 'act'): string {
  return typeof decision === 'string' ? decision : `${decision.kind} ${decision.verdict}`;
}

test('a release is a rule without blackouts and freshness, and its slot is open from the request to the deadline', () => {
  expect(releaseRule(WITH_DATABASES)).toMatchObject({ name: 'release', databases: { names: ['a'] }, notDuring: [], freshForMs: undefined });
  expect(releaseRule(makeRelease()).databases).toBeUndefined();
  expect(releaseSlot(makeRelease(), makeMember())).toEqual({
    id: SLOT_ID,
    instanceId: 'rm-1',
    rule: 'release',
    occurrence: ASKED,
    openUntil: at('2026-11-21T04:00:00Z'),
  });
});

describe('without a look', () => {
  test.each<{ name: string; change: Partial<SeenMemberQuestion>; becomes: string }>([
    { name: 'nothing was begun', change: {}, becomes: 'look' },
    { name: 'nothing was sent', change: { intent: makeIntent({ state: 'intended' }) }, becomes: 'look' },
    { name: 'its outcome is not known', change: { intent: makeIntent({ state: 'submitting' }) }, becomes: 'waits ambiguous' },
    { name: 'its backup runs', change: { intent: makeIntent({ state: 'submitted', jobId: '5' }) }, becomes: 'waits in-flight' },
    { name: 'its backup is done', change: { intent: makeIntent({ state: 'finished', backupId: '7' }) }, becomes: 'use already-done' },
    { name: 'its backup was adopted', change: { intent: makeIntent({ state: 'finished', backupId: '7', isAdopted: true }) }, becomes: 'use adopted' },
    { name: 'its backup failed', change: { intent: makeIntent({ state: 'failed' }) }, becomes: 'look' },
    { name: 'a read-only instance', change: { instance: makeInstance({ role: 'read-only' }) }, becomes: 'failed read-only-instance' },
    {
      name: 'single databases of PostgreSQL',
      change: { release: WITH_DATABASES, instance: makeInstance({ engine: 'postgresql' }) },
      becomes: 'failed method-unsupported',
    },
  ])('$name: $becomes', ({ change, becomes }) => {
    expect(shortOf(decideUnseen(ask(change)))).toBe(becomes);
  });

  test('its own set is used as such', () => {
    expect(decideUnseen(ask({ intent: makeIntent({ state: 'finished', backupId: '7', jobId: '5' }) }))).toMatchObject({
      backupId: '7',
      jobId: '5',
      isReused: false,
    });
  });
});

describe('with a look', () => {
  const deleting = (markedAt: typeof NOW) => makeGuard({ marks: [{ backupId: '7', state: 'deleting', markedAt, deletingAt: undefined }] });
  const marked = makeGuard({ marks: [{ backupId: '7', state: 'marked', markedAt: NOW, deletingAt: undefined }] });
  const ours = makeIntent({ state: 'submitted', slotId: 'other', jobId: '5', sentAt: ASKED, spec: PHYSICAL });
  const waited = { member: makeMember({ jobId: '5', isReused: true }) };
  const ended = makeJob({ id: '5', status: 'finished', backupId: '8' });

  test.each<{ name: string; change: Partial<SeenMemberQuestion>; becomes: string }>([
    { name: 'nothing is there', change: {}, becomes: 'act' },
    { name: 'a fresh set', change: sees(FRESH), becomes: 'use fresh-enough' },
    { name: 'a set of exactly freshFor', change: sees(makeSet({ ...FRESH, startedAt: plusMs(ASKED, -HOUR) })), becomes: 'use fresh-enough' },
    { name: 'an older one', change: sees(makeSet({ ...FRESH, startedAt: plusMs(ASKED, -HOUR - 1) })), becomes: 'act' },
    { name: 'one that is kept for ever', change: sees(makeSet({ ...FRESH, expiresAt: 'never' })), becomes: 'use fresh-enough' },
    { name: 'one of which the service does not say when it expires', change: sees(makeSet({ ...FRESH, expiresAt: undefined })), becomes: 'use fresh-enough' },
    { name: 'one that is gone by the deadline', change: sees(makeSet({ ...FRESH, expiresAt: at('2026-11-21T04:00:00Z') })), becomes: 'act' },
    { name: 'a failed one', change: sees(makeSet({ ...FRESH, status: 'failed' })), becomes: 'act' },
    { name: 'one of unknown scope', change: sees(makeSet({ ...FRESH, scope: { kind: 'unknown' } })), becomes: 'act' },
    { name: 'one that is being deleted', change: { ...sees(FRESH), guard: deleting(NOW) }, becomes: 'act' },
    { name: 'one whose deletion came to nothing', change: { ...sees(FRESH), guard: deleting(plusMs(NOW, -HOUR)) }, becomes: 'use fresh-enough' },
    { name: 'one that is only marked', change: { ...sees(FRESH), guard: marked }, becomes: 'use fresh-enough' },
    { name: 'a fresh one, after its own failed', change: { ...sees(FRESH), intent: makeIntent({ state: 'failed' }) }, becomes: 'use fresh-enough' },
    { name: 'its own failed, and nothing else is there', change: { intent: makeIntent({ state: 'failed', reason: 'no' }) }, becomes: 'failed failed' },
    { name: 'its own was given up', change: { intent: makeIntent({ state: 'abandoned' }) }, becomes: 'failed abandoned' },
    { name: 'its own was never sent', change: { intent: makeIntent({ state: 'intended' }) }, becomes: 'act' },
    {
      name: 'a database that is not there, whatever sets are',
      change: { release: WITH_DATABASES, observation: { sets: [FRESH], runningJobs: [], databases: [] } },
      becomes: 'failed no-such-database',
    },
    { name: 'a backup of ours under way that will do', change: { intents: [ours] }, becomes: 'waits job-running' },
    { name: 'one that was sent without a time', change: { intents: [{ ...ours, sentAt: undefined, createdAt: ASKED }] }, becomes: 'waits job-running' },
    { name: 'one without a known job', change: { intents: [{ ...ours, jobId: undefined }] }, becomes: 'waits job-running' },
    { name: 'one that was sent too early', change: { intents: [{ ...ours, sentAt: plusMs(ASKED, -HOUR - 1) }] }, becomes: 'act' },
    { name: 'one whose outcome is not known', change: { intents: [{ ...ours, state: 'submitting' }] }, becomes: 'act' },
    {
      name: 'one of single databases',
      change: { intents: [{ ...ours, spec: { ...PHYSICAL, scope: { kind: 'databases', databases: ['a'] } } }] },
      becomes: 'act',
    },
    { name: 'a logical one', change: { intents: [{ ...ours, spec: { ...PHYSICAL, method: 'logical' } }] }, becomes: 'act' },
    { name: 'its own slot is no other', change: { intents: [{ ...ours, slotId: SLOT_ID }] }, becomes: 'act' },
    { name: 'the job that was waited for has just ended', change: { ...waited, awaited: ended }, becomes: 'waits job-running' },
    { name: 'it ended a while ago', change: { member: makeMember({ endedAt: plusMs(NOW, -2 * MINUTE) }), awaited: ended }, becomes: 'act' },
    { name: 'its set is listed, and does not do', change: { ...sees(makeSet({ id: '8', startedAt: plusMs(ASKED, -DAY) })), awaited: ended }, becomes: 'act' },
    { name: 'it failed', change: { awaited: makeJob({ id: '5', status: 'failed' }) }, becomes: 'act' },
    { name: 'the instance is stopped', change: { instance: makeInstance({ status: 'Stopped' }) }, becomes: 'waits instance-not-running' },
    {
      name: 'the instance is stopped, and a fresh set is there',
      change: { instance: makeInstance({ status: 'Stopped' }), ...sees(FRESH) },
      becomes: 'use fresh-enough',
    },
    { name: 'the instance is locked', change: { instance: makeInstance({ isLocked: true }) }, becomes: 'waits instance-locked' },
  ])('$name: $becomes', ({ change, becomes }) => {
    expect(shortOf(decideSeen(ask(change)))).toBe(becomes);
  });

  test('timers yield while nothing is under way that will do', () => {
    expect(decideSeen(ask({ instance: makeInstance({ status: 'Stopped' }) }))).toMatchObject({ yields: true });
    expect(decideSeen(ask({ intents: [ours] }))).toMatchObject({ yields: false, jobId: '5' });
  });

  test('when the ended job was first seen is remembered', () => {
    expect(decideSeen(ask({ ...waited, awaited: ended }))).toMatchObject({ overSince: NOW, jobId: '5' });
    expect(decideSeen(ask({ member: makeMember({ endedAt: plusMs(NOW, -1) }), awaited: ended }))).toMatchObject({ overSince: plusMs(NOW, -1) });
  });
});

describe('after a try', () => {
  const release = makeRelease();

  test.each<{ verdict: Verdict; until?: string; becomes: MemberDecision['kind']; yields?: boolean }>([
    { verdict: 'submitted', becomes: 'waits', yields: false },
    { verdict: 'ambiguous', becomes: 'waits', yields: false },
    { verdict: 'already-done', becomes: 'waits', yields: false },
    { verdict: 'job-running', becomes: 'waits', yields: true },
    { verdict: 'instance-not-running', becomes: 'waits', yields: true },
    { verdict: 'deferred-throttled', becomes: 'waits', yields: true },
    { verdict: 'unreachable', becomes: 'waits', yields: true },
    { verdict: 'refused', becomes: 'waits', yields: true },
    { verdict: 'cap-exhausted', until: '2026-11-21T03:59:59Z', becomes: 'waits', yields: true },
    { verdict: 'cap-exhausted', until: '2026-11-21T04:00:00Z', becomes: 'failed' },
    { verdict: 'cap-reserved', becomes: 'failed' },
    { verdict: 'denied', becomes: 'failed' },
    { verdict: 'method-unsupported', becomes: 'failed' },
    { verdict: 'no-such-database', becomes: 'failed' },
    { verdict: 'missed', becomes: 'failed' },
  ])('$verdict until $until: $becomes', ({ verdict, until, becomes, yields }) => {
    const tried = { verdict, reason: 'why', until: until === undefined ? undefined : at(until), jobId: undefined };

    const decision = decideTried(tried, release);

    expect(decision).toMatchObject({ kind: becomes, verdict, ...(yields === undefined ? {} : { yields }) });
    expect(decision.reason).toMatch(verdict === 'submitted' ? /^backup job of unknown id was submitted: why$/ : /^why/);
  });
});

test('what was submitted is told by its job, before the figures', () => {
  const tried = { verdict: 'submitted', reason: '1 of 20 backups are used', until: undefined, jobId: '77' } as const;

  expect(decideTried(tried, makeRelease())).toMatchObject({ jobId: '77', reason: 'backup job 77 was submitted: 1 of 20 backups are used' });
});

describe('the instance with the decision', () => {
  const before = makeMember({ endedAt: ASKED, jobId: '1' });

  test.each<{ name: string; decision: MemberDecision; after: Partial<ReleaseInstance> }>([
    {
      name: 'failed',
      decision: { kind: 'failed', verdict: 'failed', reason: 'no' },
      after: { status: 'failed', reason: 'no', jobId: '1', endedAt: undefined },
    },
    {
      name: 'its own job runs',
      decision: { kind: 'waits', verdict: 'submitted', reason: 'r', yields: false, jobId: '5' },
      after: { status: 'pending', jobId: '5', isReused: false },
    },
    {
      name: 'it waits for a job of others',
      decision: { kind: 'waits', verdict: 'job-running', reason: 'r', yields: true, jobId: '5', overSince: NOW },
      after: { status: 'pending', jobId: '5', isReused: true, endedAt: NOW },
    },
    {
      name: 'it waits for no job',
      decision: { kind: 'waits', verdict: 'cap-exhausted', reason: 'r', yields: true },
      after: { jobId: undefined, isReused: false },
    },
    {
      name: 'a set is chosen',
      decision: { kind: 'use', verdict: 'fresh-enough', reason: 'r', backupId: '7', jobId: undefined, isReused: true },
      after: { status: 'pending', backupId: '7', isReused: true, heldUntil: plusMs(NOW, HOUR) },
    },
  ])('$name', ({ decision, after }) => {
    expect(decidedMember(before, decision, { holdForMs: HOUR }, NOW)).toMatchObject(after);
  });
});
