import type { CompiledPolicy, ExtraBackupRule } from '../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../lib/policy/policy-check';
import { ALL, CAP, makePatch, makePolicy, makeRule } from './fixtures';

const DATABASES = { databases: { names: ['a'] } };

describe('one rule', () => {
  test.each<{ name: string; rule: Partial<ExtraBackupRule>; found: readonly [string, string][] }>([
    { name: 'asks for nothing special: fine on every engine', rule: {}, found: [] },
    {
      name: 'wants single databases of PostgreSQL: an error',
      rule: { ...DATABASES, select: { ...ALL, engines: ['postgresql'] } },
      found: [['error', 'impossible on postgresql']],
    },
    {
      name: 'wants single databases of engines of which one can: a warning for the others, and for the kinds of MySQL that cannot',
      rule: { ...DATABASES, select: { ...ALL, engines: ['mysql', 'mariadb'] } },
      found: [
        ['warning', 'impossible on some mysql instances'],
        ['warning', 'impossible on mariadb'],
      ],
    },
    {
      name: 'wants single databases and names no engine: warnings',
      rule: DATABASES,
      found: [
        ['warning', 'impossible on some mysql instances'],
        ['warning', 'impossible on postgresql'],
        ['warning', 'impossible on mariadb'],
      ],
    },
    {
      name: 'wants retainDays for whole instances: an error, as no engine has that',
      rule: { retainDays: 30 },
      found: [
        ['error', 'impossible on mysql'],
        ['error', 'impossible on postgresql'],
        ['error', 'impossible on sqlserver'],
        ['error', 'impossible on mariadb'],
      ],
    },
    {
      name: 'wants a logical backup of MySQL: a warning, cloud disks have none',
      rule: { method: 'logical', select: { ...ALL, engines: ['mysql'] } },
      found: [['warning', 'impossible on some mysql instances: MySQL 8.0 on cloud disks has no logical manual backup']],
    },
    { name: 'is disabled: not looked at', rule: { enabled: false, retainDays: 30 }, found: [] },
    {
      name: 'wants more databases than a day has room for: an error',
      rule: { databases: { names: Array.from({ length: 17 }, (_, index) => `d${index}`) }, select: { ...ALL, engines: ['sqlserver'] } },
      found: [['error', 'its 17 databases count as 17 backups, and cap leaves 16 a day']],
    },
    { name: 'wants a pattern of databases: nobody knows how many', rule: { databases: { match: '*' }, select: { ...ALL, engines: ['sqlserver'] } }, found: [] },
  ])('$name', ({ rule, found }) => {
    const problems = checkPolicyFeasibility(makePolicy({ extraBackups: [makeRule(rule)] }));

    expect(problems.map(({ severity, message }) => [severity, message])).toEqual(
      found.map(([severity, message]) => [severity, expect.stringContaining(message)]),
    );
    for (const problem of problems) {
      expect(problem.path).toMatch(/^extraBackups\.nightly/);
      expect(problem.source).not.toBe('');
    }
  });
});

describe('the whole policy', () => {
  test.each<{ name: string; policy: Partial<CompiledPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'reserves that leave nothing are an error',
      policy: { cap: { ...CAP, perDay: 4 } },
      found: [['error', 'cap', 'the reserves keep 4 of 4 backups a day']],
    },
    { name: 'the automatic reserve does not count where only manual sets do', policy: { cap: { ...CAP, perDay: 4, counts: 'manual' } }, found: [] },
    {
      name: 'so are the reserves of a group and of an override',
      policy: {
        rules: [{ name: 'gold', select: ALL, patch: makePatch({ cap: { reserve: { preRelease: 19 } } }) }],
        overrides: { 'rm-1': makePatch({ cap: { perDay: 3 } }), 'rm-2': makePatch({}) },
      },
      found: [
        ['error', 'rules.gold.cap', 'the reserves keep 20 of 20'],
        ['error', 'overrides.rm-1.cap', 'the reserves keep 4 of 3'],
      ],
    },
    {
      name: "a group's change is checked on the group's engines",
      policy: {
        rules: [{ name: 'pg', select: { ...ALL, engines: ['postgresql'] }, patch: makePatch({ extraBackups: { nightly: { method: 'logical' }, other: {} } }) }],
      },
      found: [['error', 'rules.pg.extraBackups.nightly', 'impossible on postgresql']],
    },
    {
      name: "an override's change is checked on the rule's engines, with the override's cap",
      policy: {
        extraBackups: [makeRule({ select: { ...ALL, engines: ['sqlserver'] } })],
        overrides: { 'rm-1': makePatch({ cap: { perDay: 6 }, extraBackups: { nightly: { databases: { names: ['a', 'b', 'c'] } } } }) },
      },
      found: [['error', 'overrides.rm-1.extraBackups.nightly.databases', 'overrides.rm-1.cap leaves 2 a day']],
    },
    {
      name: 'a rule whose engines the policy does not select is an error',
      policy: { select: { ...ALL, engines: ['mysql'] }, extraBackups: [makeRule({ select: { ...ALL, engines: ['mariadb'] } })] },
      found: [['error', 'extraBackups.nightly', 'selects no instance']],
    },
    {
      name: 'errors come before warnings',
      policy: {
        extraBackups: [makeRule(DATABASES), makeRule({ name: 'b', ...DATABASES, select: { ...ALL, engines: ['mariadb'] } })],
        select: { ...ALL, engines: ['sqlserver', 'mariadb'] },
      },
      found: [
        ['error', 'extraBackups.b', 'impossible on mariadb'],
        ['warning', 'extraBackups.nightly', 'impossible on mariadb'],
      ],
    },
  ])('$name', ({ policy, found }) => {
    const problems = checkPolicyFeasibility(makePolicy(policy));

    expect(problems.map(({ severity, path, message }) => [severity, path, message])).toEqual(
      found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]),
    );
  });
});
