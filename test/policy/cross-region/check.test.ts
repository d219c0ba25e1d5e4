import type { Engine } from '../../../lib/domain/instance';
import type { CompiledPolicy, CrossRegionPolicy, PolicyPatch } from '../../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../../lib/policy/policy-check';
import { ALL, DAY, HOUR, MINUTE, makeCrossRegionPolicy, makePatch, makePolicy } from '../fixtures';

type Found = readonly [severity: string, path: string, message: string];

const engines = (...names: Engine[]) => ({ ...ALL, engines: names });
const group = (name: string, crossRegion: PolicyPatch['crossRegion'], on: readonly Engine[] = []) => ({
  name,
  select: engines(...on),
  patch: makePatch({ crossRegion }),
});
/** Nothing is asked of the kinds of instances, so that only what the test is about is found. */
const OPTIONAL: Partial<CrossRegionPolicy> = { isRequired: false };

function problemsOf(change: Partial<CompiledPolicy>): readonly Found[] {
  const problems = checkPolicyFeasibility(makePolicy({ extraBackups: [], ...change }));
  return problems.map(({ severity, path, message }) => [severity, path, message]);
}

function expected(found: readonly Found[]): readonly unknown[] {
  return found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]);
}

describe('one section', () => {
  test.each<{ name: string; crossRegion: Partial<CrossRegionPolicy>; regions?: readonly string[]; found: readonly Found[] }>([
    { name: 'copies that need not be there: nothing to say', crossRegion: {}, found: [] },
    { name: 'a destination that no instance is in', crossRegion: { destination: 'cn-shanghai' }, found: [] },
    { name: 'a destination abroad', crossRegion: { destination: 'eu-central-1' }, found: [] },
    {
      name: 'a destination that is the only region of the instances: an error',
      crossRegion: { destination: 'cn-hangzhou' },
      found: [['error', 'crossRegion.destination', 'copies must be in another region than the instances, and cn-hangzhou is the only one']],
    },
    {
      name: 'a destination that is one of the regions of the instances: a warning',
      crossRegion: { destination: 'cn-hangzhou' },
      regions: ['cn-shanghai', 'cn-hangzhou'],
      found: [
        ['warning', 'crossRegion.destination', 'instances in cn-hangzhou cannot have their copies there; give them another destination in rules or overrides'],
      ],
    },
    {
      name: 'a destination that the documents do not name, with those that they do',
      crossRegion: { destination: 'cn-nanjing' },
      found: [['error', 'crossRegion.destination', 'the documents name no cross-region backup in cn-nanjing; they name cn-beijing, cn-shanghai, cn-hangzhou,']],
    },
    {
      name: 'a finance region',
      crossRegion: { destination: 'cn-shanghai-finance-1' },
      found: [['warning', 'crossRegion.destination', 'the documents name no cross-region backup of mysql in cn-shanghai-finance-1']],
    },
    {
      name: 'enforce with nothing to set: an error',
      crossRegion: { mode: 'enforce' },
      found: [['error', 'crossRegion.mode', 'enforce has nothing to set without a destination; name one']],
    },
    {
      name: 'enforce that may not cost anything',
      crossRegion: { mode: 'enforce', destination: 'cn-shanghai' },
      found: [
        ['warning', 'crossRegion.mode', 'reported only, not corrected: copies in another region; that costs storage and traffic and needs allowCost: true'],
      ],
    },
    {
      name: 'enforce of log copies that may not cost anything',
      crossRegion: { mode: 'enforce', destination: 'cn-shanghai', copiesLogs: true },
      found: [
        ['warning', 'crossRegion.copiesLogs', 'logs are copied only where backups are'],
        ['warning', 'crossRegion.mode', 'reported only, not corrected: copies in another region, log copies that are off;'],
      ],
    },
    { name: 'enforce that may cost', crossRegion: { mode: 'enforce', destination: 'cn-shanghai', allowCost: true }, found: [] },
    {
      name: 'enforce of a retention that may not be shortened',
      crossRegion: { mode: 'enforce', destination: 'cn-shanghai', allowCost: true, retentionDays: { exactly: 30 } },
      found: [['warning', 'crossRegion.retentionDays', 'copies that are kept longer than retention are reported only, not corrected']],
    },
    {
      name: 'enforce of a retention that may only grow',
      crossRegion: { mode: 'enforce', destination: 'cn-shanghai', allowCost: true, retentionDays: { atLeast: 30, atMost: undefined } },
      found: [],
    },
    {
      name: 'enforce that may drop copies',
      crossRegion: { mode: 'enforce', destination: 'cn-shanghai', allowCost: true, allowDestructive: true, retentionDays: { atLeast: undefined, atMost: 30 } },
      found: [],
    },
    { name: 'audit of a retention: nothing is shortened', crossRegion: { retentionDays: { exactly: 1825 } }, found: [] },
    {
      name: 'a retention below the range',
      crossRegion: { retentionDays: { exactly: 6 } },
      found: [['error', 'crossRegion.retentionDays', '6 days are outside what the service keeps copies: 7 to 1825']],
    },
    {
      name: 'a retention above the range',
      crossRegion: { retentionDays: { atLeast: 7, atMost: 1826 } },
      found: [['error', 'crossRegion.retentionDays', '7 to 1826 days are outside what the service keeps copies']],
    },
    {
      name: 'log copies where copies are not required',
      crossRegion: { copiesLogs: true },
      found: [['warning', 'crossRegion.copiesLogs', 'logs are copied only where backups are']],
    },
    {
      name: 'an RPO without log copies',
      crossRegion: { rpoMs: 15 * MINUTE },
      found: [['warning', 'crossRegion.rpoMs', 'so 15 minutes hold only if backups are made more often']],
    },
    {
      name: 'a lag as long as anybody looks: no copy is ever late',
      crossRegion: { maxLagMs: 2 * DAY, lookBackMs: 2 * DAY },
      found: [['error', 'crossRegion.maxLagMs', 'sets are looked at for 48 hours, and maxLagMinutes allows 2880 minutes; lower it or raise lookBack']],
    },
    { name: 'a lag just below', crossRegion: { maxLagMs: 2 * DAY - MINUTE, lookBackMs: 2 * DAY }, found: [] },
  ])('$name', ({ crossRegion, regions, found }) => {
    const problems = problemsOf({ crossRegion: makeCrossRegionPolicy({ ...OPTIONAL, ...crossRegion }), ...(regions === undefined ? {} : { regions }) });

    expect(problems).toEqual(expected(found));
  });

  it('names the rule of the documents', () => {
    const problems = checkPolicyFeasibility(
      makePolicy({ extraBackups: [], crossRegion: makeCrossRegionPolicy({ ...OPTIONAL, destination: 'cn-hangzhou', retentionDays: { exactly: 2000 } }) }),
    );

    expect(problems.map(({ source }) => source)).toEqual([
      'RDS API, ModifyInstanceCrossBackupPolicy: Retention is 7 to 1825 days',
      "RDS API, ModifyInstanceCrossBackupPolicy: the destination must be another region than the instance's",
    ]);
  });
});

describe('the regions of the instances', () => {
  const SNAPSHOTS: Found = [
    'warning',
    'crossRegion',
    'sqlserver instances that are backed up by snapshots may be refused copies unless they are of Cluster Edition',
  ];
  const SERVERLESS: Found = ['warning', 'crossRegion', 'no copies on some sqlserver instances: the service copies no backups of Serverless instances'];
  const ALWAYS = [SERVERLESS, SNAPSHOTS];

  test.each<{ name: string; policy: Partial<CompiledPolicy>; destination?: string; found: readonly Found[] }>([
    { name: 'all are named', policy: { regions: ['cn-hangzhou', 'us-west-1'] }, found: ALWAYS },
    {
      name: 'one is not: a warning',
      policy: { regions: ['cn-hangzhou', 'cn-nanjing'] },
      found: [['warning', 'crossRegion', 'the documents name no cross-region backup in cn-nanjing'], ...ALWAYS],
    },
    {
      name: 'one is not, and there is a destination',
      policy: { regions: ['cn-hangzhou', 'cn-nanjing'] },
      destination: 'cn-shanghai',
      found: [['warning', 'crossRegion', 'the documents name no cross-region backup in cn-nanjing'], ...ALWAYS],
    },
    {
      name: 'none is: an error for each',
      policy: { regions: ['cn-fuzhou', 'cn-nanjing'] },
      found: [
        ['error', 'crossRegion', 'the documents name no cross-region backup in cn-fuzhou'],
        ['error', 'crossRegion', 'the documents name no cross-region backup in cn-nanjing'],
        ...ALWAYS,
      ],
    },
    {
      name: 'those of the accounts count, not those that no account uses',
      policy: {
        regions: ['cn-nanjing'],
        accounts: [{ name: 'main', credentials: { type: 'default' }, regions: ['cn-hangzhou'] }],
      },
      destination: 'cn-shanghai',
      found: ALWAYS,
    },
    {
      name: 'the destination itself is told as such, and not as a source',
      policy: { regions: ['cn-hangzhou', 'cn-shanghai'] },
      destination: 'cn-shanghai',
      found: [['warning', 'crossRegion.destination', 'instances in cn-shanghai cannot have their copies there'], ...ALWAYS],
    },
    {
      name: 'a destination that is wrong by itself is told once',
      policy: { regions: ['cn-hangzhou', 'us-west-1'] },
      destination: 'cn-nanjing',
      found: [['error', 'crossRegion.destination', 'the documents name no cross-region backup in cn-nanjing'], ...ALWAYS],
    },
    { name: 'finance to finance', policy: { regions: ['cn-hangzhou-finance'] }, destination: 'cn-shanghai-finance-1', found: ALWAYS },
    {
      name: 'finance to the rest: the documents are silent, so a warning though it is everywhere',
      policy: { regions: ['cn-hangzhou-finance'] },
      destination: 'cn-shanghai',
      found: [['warning', 'crossRegion', 'the documents name no copies between finance regions and others (cn-hangzhou-finance, cn-shanghai)'], ...ALWAYS],
    },
  ])('$name', ({ policy, destination, found }) => {
    const problems = problemsOf({ select: engines('sqlserver'), crossRegion: makeCrossRegionPolicy({ destination }), ...policy });

    expect(problems).toEqual(expected(found));
  });
});

describe('the engines', () => {
  test.each<{ name: string; on: Engine[]; crossRegion?: Partial<CrossRegionPolicy>; found: readonly Found[] }>([
    {
      name: 'MariaDB alone: an error',
      on: ['mariadb'],
      found: [['error', 'crossRegion', 'no copies on mariadb: the service copies backups of MySQL, PostgreSQL and SQL Server only']],
    },
    { name: 'MariaDB that need not have any', on: ['mariadb'], crossRegion: { isRequired: false, copiesLogs: true, rpoMs: HOUR }, found: [] },
    {
      name: 'MariaDB among others: a warning',
      on: ['sqlserver', 'mariadb'],
      found: [
        ['warning', 'crossRegion', 'no copies on some sqlserver instances: the service copies no backups of Serverless instances'],
        ['warning', 'crossRegion', 'no copies on mariadb: '],
        ['warning', 'crossRegion', 'sqlserver instances that are backed up by snapshots'],
      ],
    },
    {
      name: 'MySQL by version, edition and storage',
      on: ['mysql'],
      found: [
        ['warning', 'crossRegion', 'no copies on some mysql instances: of MySQL on local disks'],
        ['warning', 'crossRegion', 'no copies on some mysql instances: the service copies no backups of Serverless instances'],
        ['warning', 'crossRegion', 'no copies on some mysql instances: of MySQL on cloud disks'],
        ['warning', 'crossRegion', 'mysql instances on encrypted cloud disks may be refused copies; the account must be active in the destination region'],
      ],
    },
    {
      name: 'PostgreSQL by version, edition and storage',
      on: ['postgresql'],
      found: [
        ['warning', 'crossRegion', 'no copies on some postgresql instances: of PostgreSQL on local disks'],
        ['warning', 'crossRegion', 'no copies on some postgresql instances: the service copies no backups of Serverless instances'],
        ['warning', 'crossRegion', 'no copies on some postgresql instances: of PostgreSQL on cloud disks'],
        ['warning', 'crossRegion', 'postgresql instances on encrypted cloud disks'],
      ],
    },
  ])('$name', ({ on, crossRegion, found }) => {
    const problems = problemsOf({ select: engines(...on), crossRegion: makeCrossRegionPolicy(crossRegion) });

    expect(problems).toEqual(expected(found));
  });

  it('what enforce would switch on, and may not', () => {
    const crossRegion = makeCrossRegionPolicy({ mode: 'enforce', destination: 'cn-shanghai', copiesLogs: true });

    const messages = problemsOf({ select: engines('mysql'), crossRegion }).map(([, , message]) => message);

    expect(messages).toContain(
      'reported only, not corrected: copies that are off, copies in another region, log copies that are off; that costs storage and traffic and needs allowCost: true',
    );
  });
});

describe('patches', () => {
  const optional = makeCrossRegionPolicy(OPTIONAL);

  test.each<{ name: string; policy: Partial<CompiledPolicy>; found: readonly Found[] }>([
    {
      name: 'that enforce without a destination anywhere are errors',
      policy: { crossRegion: optional, rules: [group('a', { mode: 'enforce' })] },
      found: [['error', 'rules.a.crossRegion.mode', 'enforce has nothing to set']],
    },
    {
      name: 'that give destinations make a section without one possible, though not for all',
      policy: {
        crossRegion: { ...optional, mode: 'enforce', allowCost: true },
        rules: [group('a', { destination: 'cn-shanghai' })],
        overrides: { 'rm-1': makePatch({ crossRegion: { destination: 'cn-beijing' } }) },
      },
      found: [['warning', 'crossRegion.mode', 'enforce sets nothing on instances that no rule or override gives a destination']],
    },
    {
      name: 'that shorten the look back, under the lag of another layer',
      policy: { crossRegion: { ...optional, maxLagMs: 2 * DAY }, overrides: { 'rm-1': makePatch({ crossRegion: { lookBackMs: DAY } }) } },
      found: [['error', 'crossRegion.maxLagMs', 'no copy would ever be late: sets are looked at for 24 hours']],
    },
    {
      name: 'alone: the defaults are laid under them',
      policy: { rules: [group('a', { ...OPTIONAL, maxLagMs: 8 * DAY })] },
      found: [['error', 'rules.a.crossRegion.maxLagMs', 'sets are looked at for 168 hours']],
    },
    {
      name: 'that require copies of MariaDB',
      policy: { crossRegion: optional, rules: [group('a', { isRequired: true }, ['mariadb'])] },
      found: [['error', 'rules.a.crossRegion', 'no copies on mariadb']],
    },
    {
      name: 'that set an RPO where logs are not copied',
      policy: { crossRegion: { ...optional, copiesLogs: false }, rules: [group('a', { rpoMs: HOUR })] },
      found: [['warning', 'rules.a.crossRegion.rpoMs', 'without copied logs']],
    },
    {
      name: 'that send copies to where the instances are',
      policy: { crossRegion: { ...optional, destination: 'cn-shanghai' }, overrides: { 'rm-1': makePatch({ crossRegion: { destination: 'cn-hangzhou' } }) } },
      found: [['error', 'overrides.rm-1.crossRegion.destination', 'cn-hangzhou is the only one']],
    },
    {
      name: 'that conflict with each other only',
      policy: { crossRegion: optional, rules: [group('a', { maxLagMs: 2 * DAY }), group('b', { lookBackMs: DAY })] },
      found: [['error', 'rules.a.crossRegion.maxLagMs', '(with both rules.a.crossRegion and rules.b.crossRegion)']],
    },
  ])('$name', ({ policy, found }) => {
    expect(problemsOf(policy)).toEqual(expected(found));
  });
});
