import { instant } from '../../lib/base/instant';
import { decideProgress, type ProgressQuestion } from '../../lib/policy/progress';
import { at, DAY, HOUR, makeIntent, makeJob, makeSet } from './fixtures';

const SENT = at('2026-11-21T02:00:00Z');
const INTENT = makeIntent({ state: 'submitted', sentAt: SENT, jobId: '77' });

function question(change: Partial<ProgressQuestion> = {}): ProgressQuestion {
  return { intent: INTENT, job: makeJob(), set: undefined, asOf: at('2026-11-21T02:05:00Z'), maxJobMs: 6 * HOUR, visibilityMs: HOUR, ...change };
}

const after = (ms: number) => instant(SENT + ms);
const FINISHED = makeJob({ status: 'finished', progressPercent: 100, backupId: '900' });
const SEEN_FINISHED = { ...INTENT, endedAt: at('2026-11-21T03:00:00Z'), backupId: '900' };

test.each<{ name: string; change: Partial<ProgressQuestion>; expected: Record<string, unknown> }>([
  { name: 'a running job runs', change: {}, expected: { kind: 'running', reason: expect.stringContaining('is running at 25 %') } },
  {
    name: 'a job that has not begun counts as running',
    change: { job: makeJob({ status: 'not-started', progressPercent: undefined }) },
    expected: { kind: 'running', reason: 'backup job 77, submitted 2026-11-21T02:00:00Z, is running' },
  },
  { name: 'a moment before its longest time it still runs', change: { asOf: after(6 * HOUR - 1) }, expected: { kind: 'running', reason: expect.any(String) } },
  {
    name: 'past its longest time it is stuck',
    change: { asOf: after(6 * HOUR) },
    expected: { kind: 'stuck', reason: expect.stringContaining('should have ended by 2026-11-21T08:00:00Z') },
  },
  {
    name: 'a day later it counts as failed',
    change: { asOf: after(6 * HOUR + DAY) },
    expected: { kind: 'failed', set: undefined, reason: expect.stringContaining('followed no longer') },
  },
  { name: 'a failed job failed', change: { job: makeJob({ status: 'failed' }) }, expected: { kind: 'failed', set: undefined, reason: 'backup job 77 failed' } },
  {
    name: 'a finished job with its set in sight is done',
    change: { job: FINISHED, set: makeSet({ id: '900' }) },
    expected: { kind: 'finished', set: makeSet({ id: '900' }), reason: expect.stringContaining('backup set 900 is there') },
  },
  {
    name: 'a set in sight is enough, whatever the job list says',
    change: { job: undefined, set: makeSet({ id: '900' }) },
    expected: { kind: 'finished', set: makeSet({ id: '900' }), reason: expect.any(String) },
  },
  {
    name: 'a failed set is a failure',
    change: { job: FINISHED, set: makeSet({ id: '900', status: 'failed' }) },
    expected: { kind: 'failed', set: makeSet({ id: '900', status: 'failed' }), reason: 'the service lists backup set 900 as failed' },
  },
  {
    name: 'a finished job whose set is not listed yet: absence is no failure',
    change: { job: FINISHED },
    expected: { kind: 'not-visible', isLate: false, backupId: '900', seenAt: at('2026-11-21T02:05:00Z'), reason: expect.stringContaining('not listed yet') },
  },
  {
    name: 'a finished job without a backup id: the one we know stands',
    change: { job: { ...FINISHED, backupId: undefined }, intent: SEEN_FINISHED, asOf: at('2026-11-21T03:30:00Z') },
    expected: { kind: 'not-visible', isLate: false, backupId: '900', seenAt: at('2026-11-21T03:00:00Z'), reason: expect.any(String) },
  },
  {
    name: 'an hour after it was first seen finished, the set is late',
    change: { job: FINISHED, intent: SEEN_FINISHED, asOf: at('2026-11-21T04:00:00Z') },
    expected: { kind: 'not-visible', isLate: true, backupId: '900', seenAt: at('2026-11-21T03:00:00Z'), reason: expect.any(String) },
  },
  {
    name: 'a day after, it counts as failed',
    change: { job: FINISHED, intent: SEEN_FINISHED, asOf: at('2026-11-22T03:00:00Z') },
    expected: { kind: 'failed', set: undefined, reason: 'backup set 900 never became visible within a day of 2026-11-21T03:00:00Z' },
  },
  {
    name: 'a day after, without any id either',
    change: { job: { ...FINISHED, backupId: undefined }, intent: { ...SEEN_FINISHED, backupId: undefined }, asOf: at('2026-11-22T03:00:00Z') },
    expected: { kind: 'failed', set: undefined, reason: expect.stringContaining('backup set of unknown id never became visible') },
  },
  {
    name: 'a set that is listed and not available is waited for',
    change: { job: FINISHED, set: makeSet({ id: '900', isAvailable: false }) },
    expected: { kind: 'not-visible', isLate: false, backupId: '900', seenAt: at('2026-11-21T02:05:00Z'), reason: expect.stringContaining('not available yet') },
  },
  {
    name: 'and counts as failed when it never becomes available',
    change: { job: FINISHED, intent: SEEN_FINISHED, set: makeSet({ id: '900', isAvailable: false }), asOf: at('2026-11-22T03:00:00Z') },
    expected: { kind: 'failed', set: makeSet({ id: '900', isAvailable: false }), reason: expect.stringContaining('never became available') },
  },
  {
    name: 'a job that the service does not know just after the call is waited for',
    change: { job: undefined },
    expected: { kind: 'unknown-job', isLate: false, reason: 'the service does not know backup job 77, submitted 2026-11-21T02:00:00Z' },
  },
  {
    name: 'after an hour that is worth a finding',
    change: { job: undefined, asOf: after(HOUR) },
    expected: { kind: 'unknown-job', isLate: true, reason: expect.any(String) },
  },
  {
    name: 'after a day it counts as failed',
    change: { job: undefined, asOf: after(DAY) },
    expected: { kind: 'failed', set: undefined, reason: expect.stringContaining('backup job 77') },
  },
  {
    name: 'a job without id or time of sending is counted from the intent’s own birth',
    change: { job: undefined, intent: makeIntent({ state: 'submitted' }), asOf: after(DAY) },
    expected: { kind: 'failed', set: undefined, reason: 'the service does not know backup job of unknown id, submitted 2026-11-21T02:00:00Z' },
  },
])('$name', ({ change, expected }) => {
  expect(decideProgress(question(change))).toEqual(expected);
});
