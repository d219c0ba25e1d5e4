import type { Engine } from '../../lib/domain/instance';
import type { ExpiryRule } from '../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../lib/policy/policy-check';
import { ALL, DAY, makeExpiryRule, makePolicy } from './fixtures';

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
