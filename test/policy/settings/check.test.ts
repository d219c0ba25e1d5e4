import type { Engine } from '../../../lib/domain/instance';
import type { CompiledPolicy, SettingsPolicy, WantedSettings } from '../../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../../lib/policy/policy-check';
import { ALL, makePatch, makePolicy, makeSettingsPolicy } from '../fixtures';

const engines = (...names: Engine[]) => ({ ...ALL, engines: names });

function problemsOf(change: Partial<CompiledPolicy>): readonly [string, string, string][] {
  const problems = checkPolicyFeasibility(makePolicy({ extraBackups: [], ...change }));
  for (const { source } of problems) expect(source).not.toBe('');
  return problems.map(({ severity, path, message }) => [severity, path, message]);
}

describe('a wish that an engine cannot have', () => {
  test.each<{ name: string; on: Engine[]; wanted: WantedSettings; found: readonly [string, string, string][] }>([
    {
      name: 'no log backup on SQL Server',
      on: ['sqlserver'],
      wanted: { logBackup: false },
      found: [['error', 'logBackup', 'impossible on sqlserver: the log backup of SQL Server is always on']],
    },
    { name: 'log backup on SQL Server, which is on', on: ['sqlserver'], wanted: { logBackup: true }, found: [] },
    {
      name: 'log backup of Basic Edition',
      on: ['postgresql', 'sqlserver'],
      wanted: { logBackup: true },
      found: [['warning', 'logBackup', 'impossible on some postgresql instances: PostgreSQL Basic Edition has no log backup']],
    },
    {
      name: 'a log retention on SQL Server',
      on: ['sqlserver'],
      wanted: { logRetentionDays: { exactly: 7 } },
      found: [['error', 'logRetentionDays', 'impossible on sqlserver: SQL Server keeps its logs as long as its data']],
    },
    {
      name: 'a log retention on SQL Server and MariaDB',
      on: ['sqlserver', 'mariadb'],
      wanted: { logRetentionDays: { atLeast: 7, atMost: undefined } },
      found: [['warning', 'logRetentionDays', 'impossible on sqlserver: SQL Server keeps its logs']],
    },
    {
      name: 'a log frequency elsewhere than on SQL Server',
      on: ['mysql', 'postgresql', 'mariadb'],
      wanted: { logFrequency: 'every-30-minutes' },
      found: [['error', 'logFrequency', 'impossible on mysql, postgresql, mariadb: the frequency of log backups can be set for SQL Server only']],
    },
    { name: 'a log frequency on SQL Server', on: ['sqlserver'], wanted: { logFrequency: 'with-data' }, found: [] },
    {
      name: 'a log frequency on SQL Server with snapshots',
      on: ['sqlserver'],
      wanted: { logFrequency: 'with-data', method: 'snapshot' },
      found: [
        ['warning', 'method', 'impossible on some sqlserver instances'],
        ['error', 'logFrequency', 'impossible on sqlserver: with snapshots the logs cannot be backed up with the data only'],
      ],
    },
    {
      name: 'a method on SQL Server: on cloud disks only',
      on: ['sqlserver'],
      wanted: { method: 'snapshot' },
      found: [['warning', 'method', 'impossible on some sqlserver instances: the backup method can be set for SQL Server on cloud disks only']],
    },
    {
      name: 'snapshots on MySQL: local disks have none',
      on: ['mysql'],
      wanted: { method: 'snapshot' },
      found: [['warning', 'method', 'impossible on some mysql instances']],
    },
    {
      name: 'single-digit second backups on SQL Server and MariaDB',
      on: ['sqlserver', 'mariadb'],
      wanted: { category: 'flash' },
      found: [['error', 'category', 'impossible on sqlserver, mariadb: single-digit second backup exists for MySQL and PostgreSQL on cloud disks only']],
    },
    {
      name: 'single-digit second backups on MySQL: not on local disks',
      on: ['mysql'],
      wanted: { category: 'flash' },
      found: [['warning', 'category', 'impossible on some mysql instances']],
    },
    { name: 'standard backups where there are no others', on: ['sqlserver', 'mariadb'], wanted: { category: 'standard' }, found: [] },
    {
      name: 'a priority elsewhere than on SQL Server Cluster Edition',
      on: ['mysql', 'sqlserver'],
      wanted: { priority: 'secondary' },
      found: [['warning', 'priority', 'impossible on mysql, some sqlserver instances: which node is backed up can be set for SQL Server Cluster Edition only']],
    },
    {
      name: 'incremental backups on PostgreSQL and MariaDB',
      on: ['postgresql', 'mariadb'],
      wanted: { incremental: true },
      found: [['error', 'incremental', 'impossible on postgresql, mariadb: incremental backup exists for SQL Server on cloud disks and MySQL']],
    },
    {
      name: 'incremental backups on MySQL: newer ones on local disks',
      on: ['mysql'],
      wanted: { incremental: true },
      found: [
        ['warning', 'incremental', 'impossible on some mysql instances'],
        ['warning', 'incremental', 'of MySQL on local disks only newer minor versions have incremental backups'],
      ],
    },
    { name: 'no incremental backups on MySQL on cloud disks, which has none', on: ['postgresql', 'mariadb'], wanted: { incremental: false }, found: [] },
    {
      name: 'an archive elsewhere than on MySQL',
      on: ['postgresql'],
      wanted: { archiveRetentionDays: 365 },
      found: [['error', 'archiveRetentionDays', 'impossible on postgresql: archived backups exist for MySQL on local disks only']],
    },
    { name: 'no archive where there is none', on: ['postgresql'], wanted: { archiveRetentionDays: 0 }, found: [] },
    {
      name: 'eight archived sets a week',
      on: ['mysql'],
      wanted: { archiveKeep: 'by-week', archiveKeepCount: 8 },
      found: [
        ['warning', 'archiveKeep', 'impossible on some mysql instances: archived backups'],
        ['error', 'archiveKeepCount', 'impossible on some mysql instances: 8 archived backups cannot be kept by-week, at most 7'],
        ['error', 'archiveKeepCount', 'impossible on some mysql instances: archived backups'],
      ],
    },
    {
      name: 'high-frequency snapshots on local disks',
      on: ['postgresql'],
      wanted: { snapshotInterval: 60 },
      found: [['warning', 'snapshotInterval', 'impossible on some postgresql instances: high-frequency snapshots need cloud disks']],
    },
    { name: 'no snapshots on local disks', on: ['mysql'], wanted: { snapshotInterval: 'off' }, found: [] },
    {
      name: 'any number of log files elsewhere than on MySQL',
      on: ['mysql', 'mariadb'],
      wanted: { localLogCount: 'unlimited' },
      found: [['warning', 'localLogCount', 'impossible on mariadb: only MySQL keeps any number of log files']],
    },
    { name: 'some log files', on: ['mariadb'], wanted: { localLogCount: 60 }, found: [] },
    {
      name: 'what every engine has',
      on: [],
      wanted: { dataRetentionDays: { exactly: 730 }, backupDays: ['mon', 'tue'], backupWindowLocalMinute: 120, releasedKeep: 'latest', compression: 1 },
      found: [],
    },
  ])('$name', ({ on, wanted, found }) => {
    const problems = problemsOf({ select: engines(...on), settings: makeSettingsPolicy({ wanted }) });

    const byPath = (list: readonly [string, string, unknown][]) => [...list].sort((a, b) => `${a[1]}`.localeCompare(b[1]));
    expect(byPath([...problems])).toEqual(
      byPath(found.map(([severity, wish, message]) => [severity, `settings.wanted.${wish}`, expect.stringContaining(message)])),
    );
  });
});

describe('numbers that do not go together', () => {
  test.each<{ name: string; settings: Partial<SettingsPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'logs longer than data',
      settings: { wanted: { dataRetentionDays: { exactly: 7 }, logRetentionDays: { exactly: 8 } } },
      found: [['error', 'settings.wanted.logRetentionDays', 'logs cannot be kept 8 days where data is kept 7; lower logRetention or raise dataRetention']],
    },
    {
      name: 'logs at least longer than data at most',
      settings: { wanted: { dataRetentionDays: { atLeast: undefined, atMost: 30 }, logRetentionDays: { atLeast: 31, atMost: undefined } } },
      found: [['error', 'settings.wanted.logRetentionDays', 'logs cannot be kept 31 days']],
    },
    { name: 'logs as long as data', settings: { wanted: { dataRetentionDays: { exactly: 7 }, logRetentionDays: { exactly: 7 } } }, found: [] },
    {
      name: 'ranges that overlap',
      settings: { wanted: { dataRetentionDays: { atLeast: 7, atMost: 30 }, logRetentionDays: { atLeast: 14, atMost: 60 } } },
      found: [],
    },
    {
      name: 'logs that there are none of',
      settings: { wanted: { dataRetentionDays: { exactly: 7 }, logRetentionDays: { exactly: 8 }, logBackup: false } },
      found: [],
    },
    {
      name: 'days outside the range of the service',
      settings: { wanted: { dataRetentionDays: { atLeast: 7, atMost: 731 }, logRetentionDays: { exactly: 6 } } },
      found: [
        ['error', 'settings.wanted.dataRetentionDays', '7 to 731 days are outside what the service keeps: 7 to 730'],
        ['error', 'settings.wanted.logRetentionDays', '6 days are outside'],
      ],
    },
  ])('$name', ({ settings, found }) => {
    const problems = problemsOf({ select: engines('mariadb'), settings: makeSettingsPolicy(settings) });

    expect(problems).toEqual(found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]));
  });
});

describe('wishes whose enforcement drops backups', () => {
  const wanted: WantedSettings = { logBackup: false, dataRetentionDays: { exactly: 30 }, logRetentionDays: { atLeast: 7, atMost: 14 } };

  test.each<{ name: string; settings: Partial<SettingsPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'enforced without leave to destroy: said to be reported only',
      settings: { mode: 'enforce', wanted },
      found: [
        ['warning', 'settings.wanted.logBackup', 'log backup that is on is reported only, not switched off'],
        ['warning', 'settings', 'what is kept longer than dataRetention and logRetention is reported only, not corrected'],
      ],
    },
    { name: 'enforced with leave to destroy', settings: { mode: 'enforce', allowDestructive: true, wanted }, found: [] },
    { name: 'audited', settings: { mode: 'audit', wanted }, found: [] },
    {
      name: 'enforced, and none of them destroys anything',
      settings: { mode: 'enforce', wanted: { logBackup: true, dataRetentionDays: { atLeast: 30, atMost: undefined } } },
      found: [],
    },
  ])('$name', ({ settings, found }) => {
    const problems = problemsOf({ select: engines('mariadb'), settings: makeSettingsPolicy(settings) });

    expect(problems).toEqual(found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]));
  });
});

describe('wishes whose enforcement may start a backup', () => {
  const wanted: WantedSettings = { backupDays: ['mon', 'thu'], backupWindowLocalMinute: 0 };
  const changeTimeDuring = [{ days: ['sat'], fromMinute: 0, toMinute: 300 }] as const;

  test.each<{ name: string; settings: Partial<SettingsPolicy>; found: readonly string[] }>([
    { name: 'enforced at any time: told', settings: { mode: 'enforce', wanted }, found: ['backupDays', 'backupWindowLocalMinute'] },
    { name: 'enforced at times of their own', settings: { mode: 'enforce', wanted, changeTimeDuring }, found: [] },
    { name: 'audited', settings: { mode: 'audit', wanted }, found: [] },
    { name: 'enforced, and the time is not wished for', settings: { mode: 'enforce', wanted: { compression: 1 } }, found: [] },
  ])('$name', ({ settings, found }) => {
    const problems = problemsOf({ select: engines('mariadb'), settings: makeSettingsPolicy(settings) });

    expect(problems).toEqual(found.map((wish) => ['warning', `settings.wanted.${wish}`, expect.stringContaining('a backup may start minutes after')]));
  });
});

describe('patches', () => {
  const group = (name: string, settings: Partial<SettingsPolicy>, ...on: Engine[]) => ({ name, select: engines(...on), patch: makePatch({ settings }) });
  const data = (days: number): Partial<SettingsPolicy> => ({ wanted: { dataRetentionDays: { exactly: days } } });
  const log = (days: number): Partial<SettingsPolicy> => ({ wanted: { logRetentionDays: { exactly: days } } });

  test.each<{ name: string; policy: Partial<CompiledPolicy>; found: readonly [string, string, string][] }>([
    {
      name: 'a patch that makes the section impossible is named',
      policy: { settings: makeSettingsPolicy(data(14)), rules: [group('gold', log(30))] },
      found: [['error', 'rules.gold.settings.wanted.logRetentionDays', 'logs cannot be kept 30 days where data is kept 14']],
    },
    {
      name: "so is an override's, with the wish of the section",
      policy: { settings: makeSettingsPolicy(log(30)), overrides: { 'rm-1': makePatch({ settings: data(7) }), 'rm-2': makePatch({ settings: data(60) }) } },
      found: [['error', 'settings.wanted.logRetentionDays', 'logs cannot be kept 30 days where data is kept 7']],
    },
    {
      name: 'what is wrong without the patch is told once',
      policy: { settings: makeSettingsPolicy({ wanted: { ...data(7).wanted, ...log(8).wanted } }), rules: [group('gold', { mode: 'enforce' })] },
      found: [
        ['error', 'settings.wanted.logRetentionDays', 'logs cannot be kept 8 days where data is kept 7'],
        ['warning', 'rules.gold.settings', 'is reported only'],
      ],
    },
    {
      name: 'two patches that are impossible together are found',
      policy: { rules: [group('a', log(30)), group('b', data(7)), group('c', data(60))] },
      found: [
        [
          'error',
          'rules.a.settings.wanted.logRetentionDays',
          'where data is kept 7; lower logRetention or raise dataRetention (with both rules.a.settings and rules.b.settings)',
        ],
      ],
    },
    {
      name: 'a group and an override are two patches, too',
      policy: { rules: [group('a', log(30))], overrides: { 'rm-1': makePatch({ settings: data(7) }) } },
      found: [['error', 'rules.a.settings.wanted.logRetentionDays', '(with both rules.a.settings and overrides.rm-1.settings)']],
    },
    {
      name: 'patches of which no instance has both are not',
      policy: {
        select: ALL,
        rules: [group('a', log(30), 'mariadb'), group('b', data(7), 'sqlserver'), group('none', log(9), 'mysql')],
        overrides: { 'rm-1': makePatch({ settings: data(60) }), 'rm-2': makePatch({ settings: data(90) }), 'rm-3': makePatch() },
      },
      found: [
        ['warning', 'rules.none.settings.wanted.logRetentionDays', 'impossible on some mysql instances: the log backup of MySQL Basic Edition cannot be set'],
      ],
    },
    {
      name: 'groups of engines that the policy does not select are not looked at',
      policy: { rules: [group('a', { wanted: { category: 'flash' } }, 'sqlserver')] },
      found: [],
    },
    {
      name: 'a patch alone that wishes for nothing is an error',
      policy: { rules: [group('a', { mode: 'enforce' })] },
      found: [['error', 'rules.a.settings', 'wishes for nothing: the policy has no settings section, and this patch names no setting']],
    },
  ])('$name', ({ policy, found }) => {
    const problems = problemsOf({ select: engines('mariadb'), ...policy });

    expect(problems).toEqual(found.map(([severity, path, message]) => [severity, path, expect.stringContaining(message)]));
  });
});
