import type { Engine } from '../../lib/domain/instance';
import type { CompiledPolicy, ExpiryRule } from '../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../lib/policy/policy-check';
import { ALL, DAY, makeExpiryRule, makePatch, makePolicy } from './fixtures';

const engines = (...names: Engine[]) => ({ ...ALL, engines: names });

test.each<{ name: string; rule: Partial<ExpiryRule>; policyEngines?: Engine[]; found: readonly [string, string, string][] }>([
  { name: 'a rule for SQL Server', rule: { select: engines('sqlserver') }, found: [] },
  { name: 'a rule that names no engine passes over the others', rule: {}, found: [] },
  {
    name: 'a rule for another engine: an error',
    rule: { select: engines('mysql', 'mariadb') },
    found: [['error', 'expiry.books', 'impossible on mysql, mariadb: only backup sets of SQL Server']],
  },
  {
    name: 'a rule for another engine too: a warning',
    rule: { select: engines('sqlserver', 'mysql') },
    found: [['warning', 'expiry.books', 'impossible on mysql: only backup sets of SQL Server']],
  },
  {
    name: 'a policy without SQL Server: an error',
    rule: {},
    policyEngines: ['postgresql'],
    found: [['error', 'expiry.books', 'impossible on postgresql']],
  },
  { name: 'a disabled rule is not looked at', rule: { enabled: false, select: engines('mysql') }, found: [] },
  { name: 'two years', rule: { keepForMs: 730 * DAY }, found: [] },
  { name: 'for ever', rule: { keepForMs: 'forever' }, found: [] },
  {
    name: 'longer than any documented retention: a warning',
    rule: { keepForMs: 731 * DAY },
    found: [['warning', 'expiry.books.keepForMs', 'more than 730 days']],
  },
  { name: 'longer, with a limit that is documented', rule: { keepForMs: 731 * DAY, atMostMs: 365 * DAY }, found: [] },
  {
    name: 'longer, with a limit that is longer too',
    rule: { keepForMs: 731 * DAY, atMostMs: 731 * DAY },
    found: [['warning', 'expiry.books.keepForMs', '730']],
  },
])('$name', ({ rule, policyEngines = [], found }) => {
  const policy = makePolicy({ extraBackups: [], expiry: [makeExpiryRule(rule)], select: { ...ALL, engines: policyEngines } });

  const problems = checkPolicyFeasibility(policy);

  expect(problems).toEqual(
    found.map(([severity, path, message]) => ({ severity, path, message: expect.stringContaining(message), source: expect.stringMatching(/^RDS API, /) })),
  );
});

describe('patches', () => {
  const patch = (books: Partial<ExpiryRule>) => makePatch({ expiry: { books } });
  const group = (books: Partial<ExpiryRule>, ...on: Engine[]) => ({ name: 'gold', select: engines(...on), patch: patch(books) });

  test.each<{ name: string; rule?: Partial<ExpiryRule>; policy: Partial<CompiledPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'of another rule, or of none',
      policy: { rules: [{ name: 'g', select: ALL, patch: makePatch({ expiry: { other: { keepForMs: 9000 * DAY } } }) }], overrides: { 'rm-1': makePatch() } },
      found: [],
    },
    {
      name: 'that keep longer than any documented retention: a warning',
      policy: { overrides: { 'rm-1': patch({ keepForMs: 900 * DAY }) } },
      found: [['warning', 'overrides.rm-1.expiry.books.keepForMs', 'more than 730 days']],
    },
    {
      name: 'that would extend at every run: an error',
      rule: { from: 'now', keepForMs: 90 * DAY },
      policy: { rules: [group({ extendWhenLeftMs: 90 * DAY })] },
      found: [['error', 'rules.gold.expiry.books.extendWhenLeftMs', 'must be shorter than keepFor']],
    },
    { name: 'that keep for ever', rule: { from: 'now' }, policy: { rules: [group({ keepForMs: 'forever', extendWhenLeftMs: 900 * DAY })] }, found: [] },
    {
      name: 'for a group of another engine: an error',
      policy: { rules: [group({ keepForMs: 60 * DAY }, 'mysql')] },
      found: [['error', 'rules.gold.expiry.books', 'impossible on mysql']],
    },
    { name: 'that put the rule to sleep', policy: { rules: [group({ enabled: false }, 'mysql')] }, found: [] },
    {
      name: 'that wake a rule up',
      rule: { enabled: false, keepForMs: 900 * DAY },
      policy: { rules: [group({ enabled: true })] },
      found: [['warning', 'rules.gold.expiry.books.keepForMs', 'more than 730 days']],
    },
    {
      name: 'of a rule with a problem of its own: told once',
      rule: { keepForMs: 900 * DAY },
      policy: { rules: [group({ extendWhenLeftMs: DAY })] },
      found: [['warning', 'expiry.books.keepForMs', 'more than 730 days']],
    },
  ])('$name', ({ rule = {}, policy, found }) => {
    const problems = checkPolicyFeasibility(makePolicy({ extraBackups: [], expiry: [makeExpiryRule(rule)], ...policy }));

    expect(problems.map(({ severity, path, message }) => [severity, path, message])).toEqual(
      found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]),
    );
  });
});
