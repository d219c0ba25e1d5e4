import { evaluatePolicy, type RamPolicy } from '../../lib/local/ram';

const READ_RDS: RamPolicy = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'rds:Describe*', Resource: '*' }] };
const ONE_INSTANCE: RamPolicy = {
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action: ['rds:*', 'ots:GetRow'], Resource: 'acs:rds:*:*:dbinstance/rm-1' },
    { Effect: 'Deny', Action: 'rds:DeleteBackup', Resource: '*' },
  ],
};

describe('a RAM policy', () => {
  test.each<{ name: string; policy: RamPolicy; action: string; resource: string; verdict: string }>([
    {
      name: 'an action under a wildcard is allowed',
      policy: READ_RDS,
      action: 'rds:DescribeBackups',
      resource: 'acs:rds:cn-hangzhou:1:dbinstance/rm-1',
      verdict: 'allowed',
    },
    { name: 'the case of an action does not matter', policy: READ_RDS, action: 'rds:describebackups', resource: 'x', verdict: 'allowed' },
    { name: 'what no statement names is denied', policy: READ_RDS, action: 'rds:CreateBackup', resource: 'x', verdict: 'implicit-deny' },
    {
      name: 'a wildcard inside a resource fits any region and account',
      policy: ONE_INSTANCE,
      action: 'rds:CreateBackup',
      resource: 'acs:rds:cn-x:7:dbinstance/rm-1',
      verdict: 'allowed',
    },
    {
      name: 'another instance is not allowed',
      policy: ONE_INSTANCE,
      action: 'rds:CreateBackup',
      resource: 'acs:rds:cn-x:7:dbinstance/rm-11',
      verdict: 'implicit-deny',
    },
    {
      name: 'a deny wins over an allow',
      policy: ONE_INSTANCE,
      action: 'rds:DeleteBackup',
      resource: 'acs:rds:cn-x:7:dbinstance/rm-1',
      verdict: 'explicit-deny',
    },
    {
      name: 'a point in a pattern is only a point',
      policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'a.b', Resource: '*' }] },
      action: 'axb',
      resource: 'x',
      verdict: 'implicit-deny',
    },
    {
      name: 'a question mark stands for one character',
      policy: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'a?b', Resource: '*' }] },
      action: 'axb',
      resource: 'x',
      verdict: 'allowed',
    },
  ])('$name', ({ policy, action, resource, verdict }) => {
    expect(evaluatePolicy(policy, action, resource)).toBe(verdict);
  });
});
