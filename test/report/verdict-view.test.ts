import fc from 'fast-check';
import { type Instant, parseInstant } from '../../lib/base/instant';
import type { InstancePosture, RulePosture } from '../../lib/domain/posture';
import type { Finding, SlotVerdict } from '../../lib/domain/verdict';
import { countVerdicts, findingsOf, rowsOfPostures, rowsOfVerdicts, toneOf } from '../../lib/report/verdict-view';

const AT = parseInstant('2026-11-21T02:00:00Z') as Instant; // a literal

function verdict(over: Partial<SlotVerdict>): SlotVerdict {
  return {
    instanceId: 'rm-1',
    engine: 'mysql',
    rule: 'nightly',
    slotId: '20261121T020000Z~nightly~instance',
    verdict: 'submitted',
    reason: 'job 12 was started',
    until: undefined,
    backupId: undefined,
    jobId: '12',
    ...over,
  };
}

function posture(over: Partial<InstancePosture>): InstancePosture {
  return { scope: 'default/cn-hangzhou', instanceId: 'rm-1', engine: 'mysql', asOf: AT, rules: {}, findings: [], openedAt: {}, copies: undefined, ...over };
}

function rule(said: SlotVerdict | undefined): RulePosture {
  return { schedule: '0 2 * * * UTC', since: AT, occurrence: undefined, verdict: said, isSettled: false };
}

function finding(over: Partial<Finding>): Finding {
  return { id: 'f', severity: 'info', rule: 'missed-slot', instanceId: 'rm-1', message: 'm', evidence: {}, remedy: 'r', ...over };
}

describe('the rows of postures', () => {
  test('a rule with a verdict shows it whole', () => {
    const said = verdict({ verdict: 'cap-exhausted', reason: '20 of 20 used', until: AT });

    const rows = rowsOfPostures([posture({ rules: { nightly: rule(said) } })]);

    expect(rows).toEqual([
      {
        instanceId: 'rm-1',
        engine: 'mysql',
        rule: 'nightly',
        verdict: 'cap-exhausted',
        tone: 'waiting',
        reason: '20 of 20 used',
        until: AT,
        slotId: '20261121T020000Z~nightly~instance',
        backupId: undefined,
        jobId: '12',
      },
    ]);
  });

  test('a rule that has come to no slot yet is not due', () => {
    const rows = rowsOfPostures([posture({ rules: { nightly: rule(undefined) } })]);

    expect(rows).toMatchObject([{ rule: 'nightly', verdict: 'not-due', tone: 'idle' }]);
  });

  test('an instance without rules has one row that says so', () => {
    const rows = rowsOfPostures([posture({})]);

    expect(rows).toMatchObject([{ instanceId: 'rm-1', rule: undefined, verdict: 'no-rule' }]);
  });

  test('rows come ordered by instance and rule', () => {
    const rules = { b: rule(undefined), a: rule(undefined) };

    const rows = rowsOfPostures([posture({ instanceId: 'rm-2', rules }), posture({ instanceId: 'rm-1', rules })]);

    expect(rows.map((row) => `${row.instanceId} ${row.rule}`)).toEqual(['rm-1 a', 'rm-1 b', 'rm-2 a', 'rm-2 b']);
  });
});

test('the order in which verdicts fell does not show', () => {
  const all = ['rm-1', 'rm-2', 'rm-3'].flatMap((instanceId) => ['daily', 'hourly'].map((name) => verdict({ instanceId, rule: name })));
  const expected = rowsOfVerdicts(all);

  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(rowsOfVerdicts(shuffled)).toEqual(expected);
    }),
  );
});

test('verdicts are counted, the most frequent first', () => {
  const rows = rowsOfVerdicts([verdict({ instanceId: 'a' }), verdict({ instanceId: 'b', verdict: 'missed' }), verdict({ instanceId: 'c' })]);

  expect(countVerdicts(rows)).toEqual([
    { verdict: 'submitted', tone: 'active', count: 2 },
    { verdict: 'missed', tone: 'bad', count: 1 },
  ]);
});

test('findings come with when they were opened, where that is known', () => {
  const known = posture({ findings: [finding({ id: '1' }), finding({ id: '2' })], openedAt: { '1': AT } });

  expect(findingsOf([known]).map(({ id, openedAt }) => [id, openedAt])).toEqual([
    ['1', AT],
    ['2', undefined],
  ]);
});

test('findings come with the gravest first', () => {
  const findings = findingsOf([
    posture({ findings: [finding({ id: '1', severity: 'info' }), finding({ id: '2', severity: 'error', instanceId: 'rm-2' })] }),
    posture({ findings: [finding({ id: '3', severity: 'warning' }), finding({ id: '4', severity: 'error', instanceId: undefined })] }),
  ]);

  expect(findings.map(({ id }) => id)).toEqual(['4', '2', '3', '1']);
});

test.each([
  { name: 'a backup that exists is good', verdict: 'already-done', tone: 'good' },
  { name: 'a backup that was asked for is under way', verdict: 'submitted', tone: 'active' },
  { name: 'a slot behind a full cap waits', verdict: 'cap-exhausted', tone: 'waiting' },
  { name: 'a missed slot is bad', verdict: 'missed', tone: 'bad' },
  { name: 'an unknown outcome is bad until it is known', verdict: 'ambiguous', tone: 'bad' },
  { name: 'a read-only instance is nobody’s fault', verdict: 'read-only-instance', tone: 'idle' },
  { name: 'settings that are as agreed are nothing to look at', verdict: 'in-line', tone: 'idle' },
  { name: 'a setting that has drifted needs a look', verdict: 'drifted', tone: 'bad' },
  { name: 'a setting that somebody else keeps changing needs a look', verdict: 'paused', tone: 'bad' },
  { name: 'a set that is marked is on its way', verdict: 'marked', tone: 'active' },
  { name: 'a set that is gone as agreed is good', verdict: 'purged', tone: 'good' },
  { name: 'purges that the brakes have stopped need a look', verdict: 'braked', tone: 'bad' },
  { name: 'what is not in the plan waits for the next one', verdict: 'not-in-plan', tone: 'waiting' },
] as const)('$name', ({ verdict: said, tone }) => {
  expect(toneOf(said)).toBe(tone);
});
