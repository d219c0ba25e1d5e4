import { formatInstant, type Instant, parseInstant } from '../../lib/base/instant';
import { busiestDue, nextDue, nextTick } from '../../lib/cli/rehearsal/schedule';
import { loadPolicyText } from '../../lib/config/load';
import type { VerdictRow } from '../../lib/report/verdict-view';

const { policy } = loadPolicyText(
  `regions: [cn-hangzhou]
extraBackups:
  - { name: nightly, schedule: "0 2 * * *", timezone: Asia/Shanghai }
  - { name: frequent, schedule: "0 */6 * * *" }
  - { name: weekly, schedule: "0 18 * * sun" }
  - { name: off, schedule: "* * * * *", enabled: false }
`,
  'keeper.yaml',
);

const NOW = at('2026-11-21T05:00:00Z');

function at(iso: string): Instant {
  return parseInstant(iso) as Instant; // the callers pass literals
}

function iso(time: Instant | undefined): string | undefined {
  return time === undefined ? undefined : formatInstant(time);
}

function row(over: Partial<VerdictRow>): VerdictRow {
  const base = { instanceId: 'rm-1', engine: 'mysql', rule: 'nightly', reason: '', slotId: undefined, backupId: undefined, jobId: undefined };
  return { ...base, verdict: 'blackout', tone: 'waiting', until: undefined, ...over };
}

test('the next due time is the earliest of all enabled rules', () => {
  expect(iso(nextDue(policy, NOW))).toBe('2026-11-21T06:00:00Z');
});

test('a rehearsal begins where most rules come due together within a day', () => {
  expect(iso(busiestDue(policy, NOW))).toBe('2026-11-21T18:00:00Z');
});

test('a time too near to make the rules known before is left to the next day', () => {
  expect(iso(busiestDue(policy, at('2026-11-23T17:50:00Z')))).toBe('2026-11-24T18:00:00Z');
});

test('a policy without rules has no due time', () => {
  const { policy: empty } = loadPolicyText('regions: [cn-hangzhou]\n', 'keeper.yaml');

  expect(nextDue(empty, NOW)).toBeUndefined();
  expect(busiestDue(empty, NOW)).toBeUndefined();
});

test.each([
  { name: 'the end of a deferral', rows: [row({ until: at('2026-11-21T05:20:00Z') })], tick: '2026-11-21T05:20:00Z' },
  { name: 'half an hour for a running job', rows: [row({ verdict: 'job-running' })], tick: '2026-11-21T05:30:00Z' },
  { name: 'not a deferral that is over', rows: [row({ until: at('2026-11-21T04:00:00Z') })], tick: '2026-11-21T06:00:00Z' },
  { name: 'not what waits for a person', rows: [row({ verdict: 'instance-locked' })], tick: '2026-11-21T06:00:00Z' },
])('the next tick heeds $name', ({ rows, tick }) => {
  expect(iso(nextTick(policy, rows, NOW))).toBe(tick);
});
