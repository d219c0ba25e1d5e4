import type { Instance } from '../../lib/domain/instance';
import type { ExtraBackupRule } from '../../lib/domain/protection-policy';
import type { Intent, Slot } from '../../lib/domain/slot';
import { decideAfterLooking, decideBeforeLooking, type ObservedSlotQuestion, type SlotQuestion, verdictOfIntent } from '../../lib/policy/decide';
import { at, CAP, DAY, HOUR, makeGuard, makeInstance, makeIntent, makeJob, makeRule, makeSet, makeSlot, NOW } from './fixtures';

interface Row {
  readonly name: string;
  readonly instance?: Partial<Instance>;
  readonly rule?: Partial<ExtraBackupRule>;
  readonly slot?: Partial<Slot>;
  readonly intent?: Partial<Intent>;
}

function question({ instance, rule, slot, intent }: Omit<Row, 'name'>): SlotQuestion {
  return { instance: makeInstance(instance), rule: makeRule(rule), slot: makeSlot(slot), intent: intent && makeIntent(intent), asOf: NOW };
}

describe('before looking', () => {
  test.each<Row & { readonly verdict: string; readonly reason: string; readonly until?: string; readonly jobId?: string; readonly backupId?: string }>([
    {
      name: 'a finished intent: done',
      intent: { state: 'finished', backupId: '900', jobId: '77' },
      verdict: 'already-done',
      reason: 'backup set 900 was made',
      backupId: '900',
      jobId: '77',
    },
    {
      name: 'an adopted set: adopted',
      intent: { state: 'finished', backupId: '900', isAdopted: true, reason: 'the only one' },
      verdict: 'adopted',
      reason: 'backup set 900 was adopted for this slot: the only one',
      backupId: '900',
    },
    { name: 'a finished intent without its set id', intent: { state: 'finished' }, verdict: 'already-done', reason: 'backup set of unknown id' },
    { name: 'a failed intent: failed, with its reason', intent: { state: 'failed', reason: 'job 77 failed' }, verdict: 'failed', reason: 'job 77 failed' },
    { name: 'an abandoned intent', intent: { state: 'abandoned' }, verdict: 'abandoned', reason: 'the ledger gives no reason' },
    { name: 'a missed intent', intent: { state: 'missed', reason: 'stopped' }, verdict: 'missed', reason: 'stopped' },
    { name: 'an unneeded intent: fresh enough', intent: { state: 'unneeded', reason: 'set 900 will do' }, verdict: 'fresh-enough', reason: 'set 900 will do' },
    { name: 'a refused intent', intent: { state: 'refused', reason: 'not supported' }, verdict: 'refused', reason: 'not supported' },
    {
      name: 'a submitted intent: in flight',
      intent: { state: 'submitted', jobId: '77' },
      verdict: 'in-flight',
      reason: 'backup job 77 was submitted',
      jobId: '77',
    },
    { name: 'a submitted intent without its job id', intent: { state: 'submitted' }, verdict: 'in-flight', reason: 'backup job of unknown id' },
    { name: 'a submitting intent: ambiguous, never sent again', intent: { state: 'submitting' }, verdict: 'ambiguous', reason: 'never sent again' },
    {
      name: 'what became of the intent comes before what the engine cannot do',
      intent: { state: 'finished', backupId: '900' },
      instance: { role: 'read-only' },
      verdict: 'already-done',
      reason: '900',
      backupId: '900',
    },
    {
      name: 'a method that the engine does not have',
      rule: { method: 'snapshot' },
      verdict: 'method-unsupported',
      reason: 'has no snapshot manual backup; it has physical and logical (RDS API',
    },
    { name: 'a read-only instance', instance: { role: 'read-only' }, verdict: 'read-only-instance', reason: 'ReadDBInstanceNotSupport' },
    {
      name: 'what can never be done is not missed',
      instance: { role: 'read-only' },
      slot: { openUntil: NOW },
      verdict: 'read-only-instance',
      reason: 'read-only',
    },
    { name: 'a slot whose time is over', slot: { openUntil: NOW }, verdict: 'missed', reason: 'was open until 2026-11-21T02:05:00Z' },
    {
      name: 'a slot whose time is over, with an intent that was never sent',
      intent: {},
      slot: { openUntil: NOW },
      verdict: 'missed',
      reason: 'nothing was started',
    },
    { name: 'a stopped instance', instance: { status: 'Stopped' }, verdict: 'instance-not-running', reason: 'the instance is Stopped' },
    { name: 'stopped comes before locked', instance: { status: 'Stopped', isLocked: true }, verdict: 'instance-not-running', reason: 'Stopped' },
    { name: 'a locked instance', instance: { isLocked: true, lockReason: 'disk full' }, verdict: 'instance-locked', reason: 'locked: disk full' },
    { name: 'a locked instance without a reason', instance: { isLocked: true }, verdict: 'instance-locked', reason: 'the service gives no reason' },
    {
      name: 'a blackout',
      rule: { notDuring: [{ days: ['sat'], fromMinute: 0, toMinute: 180 }] },
      verdict: 'blackout',
      reason: 'lasts until 2026-11-21T03:00:00Z',
      until: '2026-11-21T03:00:00Z',
    },
  ])('$name', ({ verdict, reason, until, jobId, backupId, ...row }) => {
    expect(decideBeforeLooking(question(row))).toEqual({
      instanceId: 'rm-1',
      engine: 'mysql',
      rule: 'nightly',
      slotId: '20261121T020000Z~nightly~instance',
      verdict,
      reason: expect.stringContaining(reason),
      until: until === undefined ? undefined : at(until),
      jobId,
      backupId,
    });
  });

  test.each<Row>([
    { name: 'an ordinary slot' },
    { name: 'a slot whose intent was written and never sent', intent: {} },
    { name: 'a slot outside its blackout', rule: { notDuring: [{ days: ['sun'], fromMinute: 0, toMinute: 1440 }] } },
  ])('$name wants a look', (row) => {
    expect(decideBeforeLooking(question(row))).toBe('look');
  });
});

it('an intent that was never sent says nothing of its slot', () => {
  expect(verdictOfIntent(makeIntent())).toBeUndefined();
});

describe('after looking', () => {
  function observed(row: Omit<Row, 'name'>, change: Partial<ObservedSlotQuestion> = {}): ObservedSlotQuestion {
    return {
      ...question(row),
      observation: { sets: [], runningJobs: [], databases: undefined },
      guard: makeGuard(),
      intents: [],
      cap: CAP,
      limits: { maxJobMs: DAY },
      ...change,
    };
  }

  const FRESH = makeSet({ id: '900', startedAt: at('2026-11-21T00:00:00Z') });
  const WAITING = makeGuard({ waitingReleases: [{ slotId: 'release~42', until: at('2026-11-21T03:00:00Z') }] });

  test.each<{
    name: string;
    question: ObservedSlotQuestion;
    verdict: string;
    reason: string;
    until?: number;
    jobId?: string;
    backupId?: string;
    keepsGuard?: boolean;
  }>([
    {
      name: 'databases that are not there',
      question: observed({ rule: { databases: { names: ['nope'] } } }, { observation: { sets: [FRESH], runningJobs: [makeJob()], databases: [] } }),
      verdict: 'no-such-database',
      reason: 'no database "nope" on the instance',
    },
    {
      name: 'a set that is fresh enough, although a job is running',
      question: observed({ rule: { freshForMs: 4 * HOUR } }, { observation: { sets: [FRESH], runningJobs: [makeJob()], databases: undefined } }),
      verdict: 'fresh-enough',
      reason: 'backup set 900 of 2026-11-21T00:00:00Z',
      backupId: '900',
    },
    {
      name: 'a set whose scope only our ledger knows is fresh enough',
      question: observed(
        { rule: { freshForMs: 4 * HOUR } },
        {
          observation: { sets: [{ ...FRESH, scope: { kind: 'unknown' } }], runningJobs: [], databases: undefined },
          intents: [makeIntent({ slotId: 'x', state: 'finished', backupId: '900' })],
        },
      ),
      verdict: 'fresh-enough',
      reason: '900',
      backupId: '900',
    },
    {
      name: 'a release that waits goes first',
      question: observed({}, { guard: WAITING, observation: { sets: [], runningJobs: [makeJob()], databases: undefined } }),
      verdict: 'yield-to-release',
      reason: 'release slot release~42 waits',
      until: at('2026-11-21T03:00:00Z'),
    },
    {
      name: 'a running job',
      question: observed({}, { observation: { sets: [], runningJobs: [makeJob()], databases: undefined } }),
      verdict: 'job-running',
      reason: 'manual backup job 77 is running (25 %)',
      jobId: '77',
    },
    {
      name: 'a waiting automatic job',
      question: observed(
        {},
        { observation: { sets: [], runningJobs: [makeJob({ mode: 'automated', status: 'not-started', progressPercent: undefined })], databases: undefined } },
      ),
      verdict: 'job-running',
      reason: 'automated backup job 77 is waiting;',
      jobId: '77',
    },
    {
      name: 'a cap that is used up',
      question: observed(
        {},
        { cap: { ...CAP, perDay: 1, reserve: { automatic: 0, preRelease: 0 } }, observation: { sets: [FRESH], runningJobs: [], databases: undefined } },
      ),
      verdict: 'cap-exhausted',
      reason: '1 of 1 backups of the last 24 hours are used',
      until: FRESH.endedAt + DAY,
      keepsGuard: true,
    },
    {
      name: 'what the engine cannot do, if it was not asked before',
      question: observed({ rule: { method: 'snapshot' } }),
      verdict: 'method-unsupported',
      reason: 'has no snapshot manual backup',
    },
  ])('$name', ({ question: asked, verdict, reason, until, jobId, backupId, keepsGuard = false }) => {
    const decision = decideAfterLooking(asked);

    expect(decision).toEqual({
      kind: 'verdict',
      instanceId: 'rm-1',
      engine: 'mysql',
      rule: 'nightly',
      slotId: '20261121T020000Z~nightly~instance',
      verdict,
      reason: expect.stringContaining(reason),
      until,
      jobId,
      backupId,
      guard: keepsGuard ? expect.objectContaining({ seen: [expect.objectContaining({ backupId: '900' })] }) : undefined,
    });
  });

  test.each([
    { name: 'a release that no longer waits', guard: makeGuard({ waitingReleases: [{ slotId: 'release~42', until: NOW }] }), pool: undefined },
    { name: 'a release, for a release', guard: WAITING, pool: 'release' as const },
    { name: 'itself', guard: makeGuard({ waitingReleases: [{ slotId: makeSlot().id, until: at('2026-11-21T03:00:00Z') }] }), pool: undefined },
  ])('a slot does not yield to $name', ({ guard, pool }) => {
    expect(decideAfterLooking(observed({}, { guard, ...(pool === undefined ? {} : { pool }) })).kind).toBe('submit');
  });

  it('submits what the rule and the engine make of it, with its place in the cap', () => {
    const decision = decideAfterLooking(observed({}));

    expect(decision).toEqual({
      kind: 'submit',
      spec: { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined },
      units: 1,
      guard: makeGuard({ reservations: [{ slotId: makeSlot().id, pool: 'ordinary', units: 1, reservedAt: NOW }] }),
      reason: expect.stringContaining('0 of 20 backups'),
    });
  });

  it('counts one unit per database', () => {
    const rule = { databases: { match: 'app_*' }, retainDays: 30 };
    const instance = { engine: 'sqlserver' as const, storage: 'cloud-disk' as const };
    const databases = ['app_a', 'app_b', 'other'].map((name) => ({ name, isBackupable: true }));

    const decision = decideAfterLooking(observed({ rule, instance }, { observation: { sets: [], runningJobs: [], databases } }));

    expect(decision).toMatchObject({
      kind: 'submit',
      spec: { scope: { kind: 'databases', databases: ['app_a', 'app_b'] }, method: 'physical', type: 'full', retainDays: 30 },
      units: 2,
    });
  });

  it('an observation without the databases that the rule needs is a mistake of the caller', () => {
    expect(() => decideAfterLooking(observed({ rule: { databases: { names: ['a'] } } }))).toThrow(RangeError);
  });
});
