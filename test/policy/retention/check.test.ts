import type { Engine } from '../../../lib/domain/instance';
import type { CompiledPolicy, PolicyPatch, RetentionPolicy } from '../../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../../lib/policy/policy-check';
import { ALL, DAY, makePatch, makePolicy, makeRetentionPolicy } from '../fixtures';

const engines = (...names: Engine[]) => ({ ...ALL, engines: names });
const NONE = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const EMPTY = 'keeps nothing, and an empty rule would make every set surplus';

/** What is found besides what every rule for MySQL is told. */
function problemsOf(change: Partial<CompiledPolicy>): readonly [string, string, string][] {
  const problems = checkPolicyFeasibility(makePolicy({ extraBackups: [], ...change }));
  return problems.map(({ severity, path, message }) => [severity, path, message]);
}

describe('one rule', () => {
  test.each<{ name: string; on: Engine[]; retention: Partial<RetentionPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'MySQL and PostgreSQL: only High-availability Edition deletes',
      on: ['mysql', 'postgresql'],
      retention: {},
      found: [['warning', 'retention', 'marks nothing on mysql and postgresql instances that are not of High-availability Edition']],
    },
    {
      name: 'SQL Server: nobody deletes',
      on: ['sqlserver'],
      retention: {},
      found: [['warning', 'retention', 'marks nothing on sqlserver: only accounts on a list of the service can delete there (deleteBackupFiles: true)']],
    },
    {
      name: 'SQL Server, with an account on the list',
      on: ['sqlserver'],
      retention: { deleteBackupFiles: true },
      found: [['warning', 'retention', 'marks nothing but single-database sets on sqlserver']],
    },
    { name: 'MariaDB: nothing is deleted', on: ['mariadb'], retention: {}, found: [['warning', 'retention', 'marks nothing on mariadb']] },
    {
      name: 'nothing to keep: an error',
      on: ['mariadb'],
      retention: { keep: NONE },
      found: [
        ['error', 'retention', EMPTY],
        ['warning', 'retention', 'on mariadb'],
      ],
    },
    { name: 'kept by age alone', on: ['mariadb'], retention: { keep: NONE, keepWithinMs: DAY }, found: [['warning', 'retention', 'on mariadb']] },
    {
      name: 'no floor: a warning',
      on: ['mariadb'],
      retention: { floor: 0 },
      found: [
        ['warning', 'retention.floor', 'there is no floor'],
        ['warning', 'retention', 'on mariadb'],
      ],
    },
  ])('$name', ({ on, retention, found }) => {
    const problems = problemsOf({ select: engines(...on), retention: makeRetentionPolicy(retention) });

    expect(problems).toEqual(found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]));
  });
});

describe('patches', () => {
  const group = (name: string, retention: PolicyPatch['retention']) => ({ name, select: ALL, patch: makePatch({ retention }) });
  const daily = makeRetentionPolicy({ keep: { ...NONE, daily: 7 } });
  const onMariadb: [string, string, string] = ['warning', 'retention', 'on mariadb'];

  test.each<{ name: string; policy: Partial<CompiledPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'that leave nothing to keep are errors',
      policy: { retention: daily, overrides: { 'rm-1': makePatch({ retention: { keep: { daily: 0 } } }) } },
      found: [['error', 'overrides.rm-1.retention', EMPTY], onMariadb],
    },
    {
      name: 'that leave nothing to keep only together are errors, too',
      policy: {
        retention: makeRetentionPolicy({ keep: { ...NONE, daily: 7, weekly: 4 } }),
        rules: [group('a', { keep: { daily: 0 } }), group('b', { keep: { weekly: 0 } })],
      },
      found: [['error', 'rules.b.retention', '(with both rules.a.retention and rules.b.retention)'], onMariadb],
    },
    {
      name: 'that give retention to a group, with something to keep',
      policy: { rules: [group('a', { keep: { last: 3 } })] },
      found: [['warning', 'rules.a.retention', 'on mariadb']],
    },
    {
      name: 'that give retention to a group, with nothing to keep',
      policy: { rules: [group('a', { mode: 'enforce' })] },
      found: [
        ['error', 'rules.a.retention', EMPTY],
        ['warning', 'rules.a.retention', 'on mariadb'],
      ],
    },
    {
      name: 'that take the floor away are told',
      policy: { retention: daily, rules: [group('a', { floor: 0 })] },
      found: [onMariadb, ['warning', 'rules.a.retention.floor', 'there is no floor']],
    },
  ])('$name', ({ policy, found }) => {
    const problems = problemsOf({ select: engines('mariadb'), ...policy });

    expect(problems).toEqual(found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]));
  });
});
