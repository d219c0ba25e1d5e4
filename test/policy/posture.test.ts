import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, parseInstant, plusMs } from '../../lib/base/instant';
import type { CopyPosture, InstancePosture, RulePosture } from '../../lib/domain/posture';
import { type Intent, slotIdOf } from '../../lib/domain/slot';
import type { Finding, SlotVerdict, Verdict } from '../../lib/domain/verdict';
import { type InstanceWords, makePostureJudge, POSTURES, type PostureDecision } from '../../lib/policy/posture';
import { anIntent } from '../support/ledger';

const at = (text: string): Instant => parseInstant(text) as Instant; // literals
const AS_OF = at('2026-11-21T12:00:00Z');
/** Of `0 2 * * *`, the newest before AS_OF. */
const NEWEST = at('2026-11-21T02:00:00Z');
const LONG_AGO = at('2026-10-01T00:00:00Z');

function verdict(word: Verdict, reason = `it is ${word}`): SlotVerdict {
  return { instanceId: 'rm-1', engine: 'mysql', rule: 'nightly', slotId: 's', verdict: word, reason, until: undefined, backupId: undefined, jobId: undefined };
}

/** A nightly rule that was looked at, with this verdict on its newest slot. */
function rule(word: Verdict | undefined, over: Partial<RulePosture> = {}): RulePosture {
  const said = word === undefined ? undefined : verdict(word);
  return { schedule: '0 2 * * * UTC', since: LONG_AGO, occurrence: NEWEST, verdict: said, isSettled: false, ...over };
}

function posture(over: Partial<InstancePosture> = {}): InstancePosture {
  return { scope: 'main/cn-hangzhou', instanceId: 'rm-1', engine: 'mysql', asOf: AS_OF, rules: {}, findings: [], openedAt: {}, copies: undefined, ...over };
}

function finding(severity: Finding['severity'], message: string): Finding {
  return { id: message, severity, rule: 'missed-slot', instanceId: 'rm-1', message, evidence: {}, remedy: '' };
}

const COPIES: CopyPosture = {
  firstSeen: {},
  earlier: {},
  copies: 3,
  lagP50Ms: undefined,
  lagP95Ms: undefined,
  lagMaxMs: undefined,
  lagHistory: [],
  achievedRpoMs: undefined,
  localWindow: undefined,
  copyWindow: undefined,
  probe: undefined,
};
const WINDOW = { from: LONG_AGO, to: NEWEST };

function words(backups: InstancePosture | undefined, others: readonly InstancePosture[] = []): InstanceWords {
  return { account: 'main', region: 'cn-hangzhou', instanceId: 'rm-1', backups, others };
}

function judged(backups: InstancePosture | undefined, others: readonly InstancePosture[] = [], earlier: readonly Intent[] = []): PostureDecision {
  return makePostureJudge(AS_OF).judge(words(backups, others), earlier);
}

const withRule = (given: RulePosture, over: Partial<InstancePosture> = {}): InstancePosture => posture({ rules: { nightly: given }, ...over });
const measured = (over: Partial<CopyPosture>, asOf = AS_OF): InstancePosture => posture({ asOf, copies: { ...COPIES, ...over } });

test('the worst comes first', () => {
  expect(POSTURES).toEqual(['unprotected', 'at-risk', 'unknown', 'protected']);
});

test.each<{ name: string; backups: InstancePosture | undefined; others?: readonly InstancePosture[]; earlier?: readonly Intent[]; expected: PostureDecision }>([
  {
    name: 'no rule covers it',
    backups: posture(),
    expected: { posture: 'unprotected', reason: 'no extra-backup rule of the protection policy covers it, and no backup of it is known' },
  },
  {
    name: 'no rule covers it, and that is an error too: the worse of the two counts',
    backups: posture({ findings: [finding('error', 'e')] }),
    expected: { posture: 'unprotected', reason: 'no extra-backup rule of the protection policy covers it, and no backup of it is known' },
  },
  {
    name: 'its only rule can never work',
    backups: withRule(rule('method-unsupported')),
    expected: { posture: 'unprotected', reason: 'no rule can back it up: nightly: it is method-unsupported' },
  },
  {
    name: 'one of two rules can never work',
    backups: posture({ rules: { logical: rule('method-unsupported'), nightly: rule('already-done') } }),
    expected: { posture: 'protected', reason: 'nightly: it is already-done' },
  },
  {
    name: 'an error stands although the newest backup is there',
    backups: withRule(rule('already-done'), { findings: [finding('warning', 'late'), finding('error', 'the cap is too small')] }),
    expected: { posture: 'at-risk', reason: 'the cap is too small' },
  },
  {
    name: 'an error of another function stands, and more',
    backups: withRule(rule('missed')),
    others: [posture({ findings: [finding('error', 'drifted')] })],
    expected: { posture: 'at-risk', reason: 'drifted (and 1 more)' },
  },
  {
    name: 'its copies are at risk',
    backups: withRule(rule('already-done')),
    others: [posture({ rules: { 'cross-region': rule('copies-at-risk', { schedule: '', occurrence: undefined }) } })],
    expected: { posture: 'at-risk', reason: 'cross-region: it is copies-at-risk' },
  },
  {
    name: 'an error is known of an instance that extra-backup knows nothing of',
    backups: undefined,
    others: [posture({ findings: [finding('error', 'drifted')] })],
    expected: { posture: 'at-risk', reason: 'drifted' },
  },
  {
    name: 'nobody has looked at the last occurrence',
    backups: withRule(rule('already-done', { occurrence: plusMs(NEWEST, -DAY_MS) })),
    expected: {
      posture: 'unknown',
      reason: 'nightly: nobody has looked at its occurrence of 2026-11-21T02:00:00Z: do the timers run, and is the instance still there?',
    },
  },
  {
    name: 'nobody has looked at the first occurrence',
    backups: withRule(rule(undefined, { occurrence: undefined })),
    expected: {
      posture: 'unknown',
      reason: 'nightly: nobody has looked at its occurrence of 2026-11-21T02:00:00Z: do the timers run, and is the instance still there?',
    },
  },
  {
    name: 'the rule covers it since the last occurrence only',
    backups: withRule(rule(undefined, { since: plusMs(NEWEST, 1), occurrence: undefined })),
    expected: { posture: 'unknown', reason: 'no backup of it is known yet; nightly: nothing has come due' },
  },
  { name: 'the newest backup is there', backups: withRule(rule('already-done')), expected: { posture: 'protected', reason: 'nightly: it is already-done' } },
  {
    name: 'the next backup is on its way, and the one before it is there',
    backups: withRule(rule('in-flight')),
    earlier: [anIntent({ state: 'failed' }), anIntent({ state: 'finished', backupId: '1001' })],
    expected: { posture: 'protected', reason: 'nightly: backup set 1001 was made for its slot of 2026-11-21T01:00:00Z, and the next one is under way' },
  },
  {
    name: 'the next backup is on its way, and the one before it has no id that is known',
    backups: withRule(rule('in-flight')),
    earlier: [anIntent({ state: 'finished' })],
    expected: {
      posture: 'protected',
      reason: 'nightly: backup set of unknown id was made for its slot of 2026-11-21T01:00:00Z, and the next one is under way',
    },
  },
  {
    name: 'the next backup is on its way, and the one before it has failed',
    backups: withRule(rule('in-flight')),
    earlier: [anIntent({ state: 'failed' })],
    expected: { posture: 'unknown', reason: 'no backup of it is known yet; nightly: it is in-flight' },
  },
  {
    name: 'its first backup is on its way',
    backups: withRule(rule('in-flight')),
    expected: { posture: 'unknown', reason: 'no backup of it is known yet; nightly: it is in-flight' },
  },
  {
    name: 'what is on its way belongs to no occurrence',
    backups: withRule(rule('submitted', { occurrence: undefined, since: AS_OF })),
    expected: { posture: 'unknown', reason: 'no backup of it is known yet; nightly: it is submitted' },
  },
  {
    name: 'it is a replica',
    backups: withRule(rule('read-only-instance')),
    expected: { posture: 'protected', reason: 'nightly: it is read-only-instance' },
  },
  {
    name: 'the word is one that says nothing of backups',
    backups: withRule(rule('would-submit')),
    expected: { posture: 'unknown', reason: 'no backup of it is known yet; nightly: it is would-submit' },
  },
  {
    name: 'the schedule is none, so nothing can be late',
    backups: withRule(rule('already-done', { schedule: '', occurrence: undefined })),
    expected: { posture: 'protected', reason: 'nightly: it is already-done' },
  },
  {
    name: 'no rule covers it, and it can be restored all the same',
    backups: posture(),
    others: [measured({ localWindow: WINDOW })],
    expected: { posture: 'protected', reason: 'it can be restored to any moment from 2026-10-01T00:00:00Z to 2026-11-21T02:00:00Z' },
  },
  {
    name: 'extra-backup knows nothing of it, and it can be restored from copied logs',
    backups: undefined,
    others: [posture(), measured({ copyWindow: WINDOW })],
    expected: { posture: 'protected', reason: 'it can be restored to any moment from 2026-10-01T00:00:00Z to 2026-11-21T02:00:00Z' },
  },
  {
    name: 'no rule covers it, and copies of it were seen',
    backups: posture(),
    others: [measured({})],
    expected: { posture: 'protected', reason: '3 copies of it are in the other region' },
  },
  {
    name: 'no rule covers it, and there are no copies',
    backups: posture(),
    others: [measured({ copies: 0 })],
    expected: { posture: 'unprotected', reason: 'no extra-backup rule of the protection policy covers it, and no backup of it is known' },
  },
  {
    name: 'no rule covers it, and its copies were last seen long ago',
    backups: posture(),
    others: [measured({}, plusMs(AS_OF, -2 * DAY_MS - 1))],
    expected: { posture: 'unprotected', reason: 'no extra-backup rule of the protection policy covers it, and no backup of it is known' },
  },
  { name: 'nothing was said of it', backups: undefined, expected: { posture: 'unknown', reason: 'extra-backup has said nothing of it' } },
  {
    name: 'only others have spoken, of other things',
    backups: undefined,
    others: [posture({ findings: [finding('warning', 'drifted')] })],
    expected: { posture: 'unknown', reason: 'extra-backup has said nothing of it' },
  },
])('$expected.posture: $name', ({ backups, others = [], earlier = [], expected }) => {
  expect(judged(backups, others, earlier)).toEqual(expected);
});

test.each<Verdict>(['failed', 'abandoned', 'missed', 'refused', 'denied', 'unreachable', 'no-such-database'])(
  'a newest slot that is %s puts it at risk',
  (word) => {
    expect(judged(withRule(rule(word)))).toEqual({ posture: 'at-risk', reason: `nightly: it is ${word}` });
  },
);

test.each<Verdict>(['submitted', 'in-flight', 'ambiguous', 'job-running', 'cap-exhausted', 'blackout', 'instance-not-running', 'yield-to-release'])(
  'a newest slot that is %s has time left: the backup of the slot before it is asked for',
  (word) => {
    const earlier = plusMs(NEWEST, -DAY_MS);
    const asked = makePostureJudge(AS_OF).earlierSlots(words(withRule(rule(word))));

    expect(asked).toEqual([
      { instanceId: 'rm-1', slotId: slotIdOf('nightly', earlier, 'instance') },
      { instanceId: 'rm-1', slotId: slotIdOf('nightly', earlier, 'databases') },
    ]);
    expect(judged(withRule(rule(word))).posture).toBe('unknown');
  },
);

test.each([
  { name: 'that has its backup', given: rule('already-done') },
  { name: 'without a word', given: rule(undefined) },
  { name: 'whose slot has no occurrence', given: rule('submitted', { occurrence: undefined }) },
  { name: 'without a schedule', given: rule('submitted', { schedule: '' }) },
])('no earlier backup is asked for of a rule $name', ({ given }) => {
  expect(makePostureJudge(AS_OF).earlierSlots(words(withRule(given)))).toEqual([]);
});

test('an occurrence may be looked at for an hour, in the time zone of its schedule', () => {
  const shanghai = withRule(rule('already-done', { schedule: '0 10 * * * Asia/Shanghai', occurrence: plusMs(NEWEST, -DAY_MS) }));
  const judgeAt = (asOf: Instant): string => makePostureJudge(asOf).judge(words(shanghai), []).posture;

  expect(judgeAt(plusMs(NEWEST, HOUR_MS - 1))).toBe('protected');
  expect(judgeAt(plusMs(NEWEST, HOUR_MS))).toBe('unknown');
  expect(judgeAt(plusMs(NEWEST, HOUR_MS + MINUTE_MS))).toBe('unknown');
});

test('one judge judges a whole fleet: what it has worked out for one schedule holds for the next instance', () => {
  const { judge } = makePostureJudge(AS_OF);
  const late = withRule(rule('already-done', { occurrence: plusMs(NEWEST, -DAY_MS) }));

  expect([judge(words(late), []), judge(words(late), []), judge(words(withRule(rule('already-done'))), [])].map(({ posture: word }) => word)).toEqual([
    'unknown',
    'unknown',
    'protected',
  ]);
});
