import { plusMs } from '../../../lib/base/instant';
import type { Correction } from '../../../lib/domain/guard';
import type { WantedSettings } from '../../../lib/domain/protection-policy';
import type { BackupSettings, SettingName } from '../../../lib/domain/settings';
import { at, DAY, NOW } from '../fixtures';
import { actionsOf, decide, driftOf, makeSettings } from './fixtures';

const ALLOWED = { policy: { allowDestructive: true } };
const SQLSERVER_CLOUD = { engine: 'sqlserver', engineVersion: '2019_std_ha', storage: 'cloud-disk' } as const;
const fightOver = (setting: SettingName, wanted: string): Correction[] => [3, 2, 1].map((days) => ({ setting, wanted, at: plusMs(NOW, -days * DAY) }));

test('settings that are as agreed are left alone', () => {
  const wanted: WantedSettings = { dataRetentionDays: { atLeast: 7, atMost: 30 }, logBackup: true, backupDays: ['fri', 'mon', 'wed'], localLogHours: 18 };

  expect(decide(wanted)).toEqual({ drifts: [], writes: [] });
});

test('what nobody wishes for is no drift, known or not', () => {
  expect(decide({})).toEqual({ drifts: [], writes: [] });
});

test('a write carries every value of its time as read, and only what drifts is changed', () => {
  const settings = makeSettings({ compression: 1, releasedKeep: 'latest', nextBackupAt: NOW });
  const { writes } = decide({ compression: 2, localLogHours: 24 }, { settings });

  const { nextBackupAt: _, supports: __, ...values } = settings;
  expect(writes).toEqual([
    { mode: 'data', values: { ...values, compression: 2 }, changed: ['compression'] },
    { mode: 'log', values: { ...values, compression: 2, localLogHours: 24 }, changed: ['localLogHours'] },
  ]);
});

test('what follows from the documents only is never sent', () => {
  const { writes } = decide({ dataRetentionDays: { exactly: 60 } });

  expect(writes).toMatchObject([{ values: { method: undefined, category: undefined, snapshotInterval: undefined } }]);
});

describe('audit', () => {
  test('reports every drift, destructive ones marked, and writes nothing', () => {
    const wanted: WantedSettings = { dataRetentionDays: { exactly: 10 }, compression: 2 };
    const decision = decide(wanted, { settings: { compression: 1 }, policy: { mode: 'audit', allowDestructive: true } });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: report', 'compression: report', 'logRetentionDays: report']);
    expect(decision.drifts.map(({ isDestructive }) => isDestructive)).toEqual([true, false, true]);
    expect(driftOf(decision, 'compression').reason).toBe('audit mode: nothing is written');
    expect(decision.writes).toEqual([]);
  });

  test('says what enforcement could not do either', () => {
    const decision = decide({ category: 'flash' }, { policy: { mode: 'audit' } });

    expect(actionsOf(decision)).toEqual(['category: report']);
    expect(driftOf(decision, 'category').reason).toMatch(/^audit mode: nothing is written, and it could not be: single-digit second backup exists/);
  });
});

describe('what destroys', () => {
  test.each<{ name: string; settings?: Partial<BackupSettings>; wanted: WantedSettings; destructive: readonly SettingName[] }>([
    { name: 'log backup off', wanted: { logBackup: false }, destructive: ['logBackup'] },
    { name: 'log backup on', settings: { logBackup: false }, wanted: { logBackup: true }, destructive: [] },
    { name: 'a shorter data retention', wanted: { dataRetentionDays: { exactly: 20 } }, destructive: ['dataRetentionDays'] },
    { name: 'a longer data retention', wanted: { dataRetentionDays: { exactly: 60 } }, destructive: [] },
    { name: 'a shorter log retention', wanted: { logRetentionDays: { exactly: 7 } }, destructive: ['logRetentionDays'] },
    { name: 'a longer log retention', wanted: { logRetentionDays: { exactly: 20 } }, destructive: [] },
    { name: 'a shorter archive', settings: { archiveRetentionDays: 365 }, wanted: { archiveRetentionDays: 30 }, destructive: ['archiveRetentionDays'] },
    { name: 'no archive', settings: { archiveRetentionDays: 365 }, wanted: { archiveRetentionDays: 0 }, destructive: ['archiveRetentionDays'] },
    { name: 'a longer archive', settings: { archiveRetentionDays: 365 }, wanted: { archiveRetentionDays: 730 }, destructive: [] },
    {
      name: 'fewer archived backups',
      settings: { archiveKeep: 'by-month', archiveKeepCount: 4 },
      wanted: { archiveKeepCount: 1 },
      destructive: ['archiveKeepCount'],
    },
    {
      name: 'other archived backups',
      settings: { archiveKeep: 'by-month', archiveKeepCount: 4 },
      wanted: { archiveKeep: 'by-week' },
      destructive: ['archiveKeep'],
    },
    { name: 'all archived backups', settings: { archiveKeep: 'by-month', archiveKeepCount: 4 }, wanted: { archiveKeep: 'all' }, destructive: [] },
    {
      name: 'fewer of no archived backups',
      settings: { archiveRetentionDays: 0, archiveKeep: 'by-month', archiveKeepCount: 4 },
      wanted: { archiveKeepCount: 1 },
      destructive: [],
    },
    { name: 'less after the release', settings: { releasedKeep: 'all' }, wanted: { releasedKeep: 'latest' }, destructive: ['releasedKeep'] },
    { name: 'more after the release', settings: { releasedKeep: 'none' }, wanted: { releasedKeep: 'latest' }, destructive: [] },
    { name: 'fewer hours of logs on the instance, with copies', wanted: { localLogHours: 0 }, destructive: [] },
    {
      name: 'fewer hours of logs on the instance, without copies',
      settings: { logBackup: false },
      wanted: { localLogHours: 0 },
      destructive: ['localLogHours'],
    },
    { name: 'more hours of logs on the instance, without copies', settings: { logBackup: false }, wanted: { localLogHours: 24 }, destructive: [] },
    {
      name: 'less space for logs, while the copies go too',
      wanted: { logBackup: false, localLogSpacePercent: 10 },
      destructive: ['logBackup', 'localLogSpacePercent'],
    },
    {
      name: 'less space for logs, before there are copies',
      settings: { logBackup: false },
      wanted: { logBackup: true, localLogSpacePercent: 10 },
      destructive: ['localLogSpacePercent'],
    },
    {
      name: 'no longer any number of log files, without copies',
      settings: { logBackup: false, localLogCount: 'unlimited' },
      wanted: { localLogCount: 100 },
      destructive: ['localLogCount'],
    },
    { name: 'any number of log files', settings: { logBackup: false, localLogCount: 60 }, wanted: { localLogCount: 'unlimited' }, destructive: [] },
    {
      name: 'logs that go when the storage is full, without copies',
      settings: { logBackup: false, highSpaceProtection: false },
      wanted: { highSpaceProtection: true },
      destructive: ['highSpaceProtection'],
    },
    { name: 'logs that stay when the storage is full', settings: { logBackup: false }, wanted: { highSpaceProtection: false }, destructive: [] },
    { name: 'other days and hours of backup', wanted: { backupDays: ['sat', 'sun'], backupWindowLocalMinute: 0 }, destructive: [] },
  ])('$name', ({ settings = {}, wanted, destructive }) => {
    const heldBack = decide(wanted, { settings });
    const allowed = decide(wanted, { settings, ...ALLOWED });

    expect(allowed.drifts.length).toBeGreaterThan(0);
    expect(allowed.drifts.filter(({ isDestructive }) => isDestructive).map(({ setting }) => setting)).toEqual(destructive);
    expect(new Set(allowed.drifts.map(({ action }) => action))).toEqual(new Set(['correct']));
    expect(heldBack.drifts.map(({ setting, action }) => [setting, action])).toEqual(
      allowed.drifts.map(({ setting, isDestructive }) => [setting, isDestructive ? 'report' : 'correct']),
    );
  });

  test('held back, it says what it costs and what allows it', () => {
    const { reason } = driftOf(decide({ logBackup: false }), 'logBackup');

    expect(reason).toContain('all logs are deleted, and with them recovery to any point in time');
    expect(reason).toContain('set settings.allowDestructive to true');
  });

  test('allowed, the reason still says what it costs', () => {
    expect(driftOf(decide({ logBackup: false }, ALLOWED), 'logBackup').reason).toBe(
      'the policy wants off; destructive: all logs are deleted, and with them recovery to any point in time',
    );
  });
});

describe('what must not be lost', () => {
  const wanted: WantedSettings = { dataRetentionDays: { exactly: 20 }, releasedKeep: 'none', compression: 2 };
  const settings = { releasedKeep: 'all', compression: 1 } as const;
  const heldSet = (after: BackupSettings): string | undefined =>
    (after.dataRetentionDays ?? 0) < 30 ? 'it would drop set 900001, held until 2027-01-01' : undefined;

  test('is asked of the settings as they would be after all destructive corrections', () => {
    const asked: BackupSettings[] = [];
    const wouldLose = (after: BackupSettings): undefined => {
      asked.push(after);
    };

    decide(wanted, { settings, wouldLose, ...ALLOWED });

    expect(asked).toEqual([makeSettings({ releasedKeep: 'none', compression: 1, dataRetentionDays: 20 })]);
  });

  test('refuses what would lose it, also where it is allowed, and lets the harmless ones go', () => {
    const decision = decide(wanted, { settings, wouldLose: heldSet, ...ALLOWED });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: report', 'releasedKeep: correct', 'compression: correct']);
    expect(driftOf(decision, 'dataRetentionDays').reason).toBe(
      'refused, although allowDestructive is set: it would drop set 900001, held until 2027-01-01; release what holds it, or change the wish',
    );
    expect(decision.writes).toMatchObject([{ values: { dataRetentionDays: 30, releasedKeep: 'none', compression: 2 } }]);
  });

  test('is not asked when nothing destructive would be written', () => {
    const wouldLose = (): string => 'must not be asked';

    expect(actionsOf(decide(wanted, { settings, wouldLose }))).toEqual(['dataRetentionDays: report', 'releasedKeep: report', 'compression: correct']);
  });

  test('is not asked about what waits for something else anyway', () => {
    const wouldLose = (): string => 'it would drop the anchor';
    const corrections = fightOver('dataRetentionDays', '10 days');

    expect(actionsOf(decide({ dataRetentionDays: { exactly: 10 } }, { wouldLose, corrections, ...ALLOWED }))).toEqual([
      'dataRetentionDays: paused',
      'logRetentionDays: wait',
    ]);
  });

  test('what is harmless alone and not together goes one by one', () => {
    const both = (after: BackupSettings): string | undefined =>
      after.dataRetentionDays === 20 && after.logBackup === false ? 'it would drop the anchor' : undefined;
    const decision = decide({ dataRetentionDays: { exactly: 20 }, logBackup: false }, { wouldLose: both, ...ALLOWED });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: report', 'logBackup: correct']);
  });

  test('logs that would follow a refused shortening of data stay as they are', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { wouldLose: heldSet, ...ALLOWED });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: report', 'logRetentionDays: report']);
    expect(driftOf(decision, 'logRetentionDays').reason).toMatch(/^it goes with dataRetentionDays, which is not corrected now: refused/);
    expect(decision.writes).toEqual([]);
  });

  test('data is not shortened when the logs may not be', () => {
    const anchor = (after: BackupSettings): string | undefined => ((after.logRetentionDays ?? 0) < 14 ? 'it would drop the anchor' : undefined);
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { wouldLose: anchor, ...ALLOWED });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: report', 'logRetentionDays: report']);
    expect(decision.writes).toEqual([]);
  });
});

describe('an instance that is busy', () => {
  test.each<{ name: string; instance: NonNullable<Parameters<typeof decide>[1]>['instance']; says: string }>([
    { name: 'not running', instance: { status: 'Rebooting' }, says: 'the instance is Rebooting' },
    { name: 'locked', instance: { isLocked: true }, says: 'the instance is locked; unlock it' },
    { name: 'locked, with the reason', instance: { isLocked: true, lockReason: 'the disk is full' }, says: 'the instance is locked (the disk is full)' },
  ])('$name: waits', ({ instance, says }) => {
    const decision = decide({ dataRetentionDays: { exactly: 60 } }, { instance });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: wait']);
    expect(driftOf(decision, 'dataRetentionDays')).toMatchObject({ until: undefined });
    expect(driftOf(decision, 'dataRetentionDays').reason).toContain(says);
    expect(decision.writes).toEqual([]);
  });

  test('what is held back for good is not said to wait', () => {
    expect(actionsOf(decide({ dataRetentionDays: { exactly: 10 } }, { instance: { status: 'Stopped' } }))).toEqual([
      'dataRetentionDays: report',
      'logRetentionDays: report',
    ]);
  });
});

describe('the time of backup', () => {
  const changeTimeDuring = [{ days: ['sat', 'sun'], fromMinute: 120, toMinute: 240 }] as const;
  const wanted: WantedSettings = { backupDays: ['sat', 'sun'], backupWindowLocalMinute: 60, dataRetentionDays: { exactly: 60 } };

  test('is changed inside its windows', () => {
    const decision = decide(wanted, { policy: { changeTimeDuring } });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct', 'backupDays: correct', 'backupWindowMinute: correct']);
    expect(driftOf(decision, 'backupDays').reason).toBe('the policy wants sat, sun; a backup may start soon after');
  });

  test('waits for the next one outside, and the rest is written with the time as it is', () => {
    const decision = decide(wanted, { policy: { changeTimeDuring }, asOf: at('2026-11-23T10:00:00Z') });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct', 'backupDays: wait', 'backupWindowMinute: wait']);
    expect(driftOf(decision, 'backupWindowMinute').until).toBe(at('2026-11-28T02:00:00Z'));
    expect(decision.writes).toMatchObject([{ changed: ['dataRetentionDays'], values: { backupDays: ['mon', 'wed', 'fri'], backupWindowMinute: 1080 } }]);
  });
});

describe('one setting alone', () => {
  const settings = { method: 'physical', snapshotInterval: 'off', logFrequency: 'with-data', compression: 1 } as const;
  const wanted: WantedSettings = { method: 'snapshot', snapshotInterval: 60, logFrequency: 'every-30-minutes', localLogHours: 24 };

  test.each<{ only: SettingName; changed: readonly (readonly SettingName[])[] }>([
    { only: 'logFrequency', changed: [['logFrequency']] },
    { only: 'localLogHours', changed: [['localLogHours']] },
    { only: 'method', changed: [] },
    { only: 'snapshotInterval', changed: [] },
  ])('$only: the others wait, and it too where it goes only with them', ({ only, changed }) => {
    const decision = decide(wanted, { instance: SQLSERVER_CLOUD, settings, only });

    expect(decision.writes.map((write) => write.changed)).toEqual(changed);
    expect(decision.drifts.filter(({ setting }) => setting !== only).map(({ action }) => action)).toEqual(['wait', 'wait', 'wait']);
  });
});

describe('settings that go together', () => {
  test('the method, and what only goes with it, by one write', () => {
    const settings = { method: 'physical', snapshotInterval: 'off', logFrequency: 'with-data' } as const;
    const decision = decide({ method: 'snapshot', snapshotInterval: 60, logFrequency: 'every-30-minutes' }, { instance: SQLSERVER_CLOUD, settings });

    expect(actionsOf(decision)).toEqual(['method: correct', 'snapshotInterval: correct', 'logFrequency: correct']);
    expect(decision.writes).toHaveLength(1);
    expect(driftOf(decision, 'method').reason).toContain('it cannot be undone');
  });

  test.each([
    { name: 'incremental backups end with the change to snapshots, which the write expects', before: true, after: false },
    { name: 'where there are none, none end', before: false, after: false },
    { name: 'what the service does not say stays unsaid', before: undefined, after: undefined },
  ])('$name', ({ before, after }) => {
    const settings = { method: 'physical', logFrequency: 'every-30-minutes', incremental: before } as const;
    const decision = decide({ method: 'snapshot' }, { instance: SQLSERVER_CLOUD, settings });

    expect(decision.writes).toMatchObject([{ changed: ['method'], values: { method: 'snapshot', incremental: after } }]);
    expect(driftOf(decision, 'method').reason).toContain('it ends incremental backups');
  });

  test('the interval waits while the method is paused', () => {
    const settings = { method: 'physical', snapshotInterval: 'off' } as const;
    const corrections = fightOver('method', 'snapshot');
    const decision = decide({ method: 'snapshot', snapshotInterval: 60 }, { instance: SQLSERVER_CLOUD, settings, corrections });

    expect(actionsOf(decision)).toEqual(['method: paused', 'snapshotInterval: wait']);
    expect(driftOf(decision, 'snapshotInterval')).toMatchObject({ until: driftOf(decision, 'method').until });
    expect(driftOf(decision, 'snapshotInterval').reason).toMatch(/^it goes with method, which is not corrected now: corrected to snapshot 3 times/);
    expect(decision.writes).toEqual([]);
  });

  test('what held back takes others along: frequency, then method, then interval', () => {
    const settings = { method: 'physical', snapshotInterval: 'off', logFrequency: 'with-data' } as const;
    const corrections = fightOver('logFrequency', 'every-30-minutes');
    const wanted: WantedSettings = { method: 'snapshot', snapshotInterval: 60, logFrequency: 'every-30-minutes' };

    expect(actionsOf(decide(wanted, { instance: SQLSERVER_CLOUD, settings, corrections }))).toEqual([
      'method: wait',
      'snapshotInterval: wait',
      'logFrequency: paused',
    ]);
  });

  test('a wish that another one rules out is not written', () => {
    const settings = { method: 'physical', logFrequency: 'every-30-minutes', incremental: false } as const;
    const wanted: WantedSettings = { method: 'snapshot', incremental: true };

    expect(actionsOf(decide(wanted, { instance: SQLSERVER_CLOUD, settings }))).toEqual(['method: correct', 'incremental: not-correctable']);
  });

  test('longer logs wait for the longer data retention that they need', () => {
    const corrections = fightOver('dataRetentionDays', '60 days');
    const decision = decide({ dataRetentionDays: { exactly: 60 }, logRetentionDays: { exactly: 60 } }, { corrections });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: paused', 'logRetentionDays: wait']);
    expect(decision.writes).toEqual([]);
  });

  test('a shorter data retention waits while somebody fights over the logs', () => {
    const corrections = fightOver('logRetentionDays', '7 days');
    const decision = decide({ dataRetentionDays: { exactly: 10 }, logRetentionDays: { exactly: 7 } }, { corrections, ...ALLOWED });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: wait', 'logRetentionDays: paused']);
    expect(decision.writes).toEqual([]);
  });

  test('logs off first, where data is then shortened below what they were kept', () => {
    const { writes } = decide({ dataRetentionDays: { exactly: 10 }, logBackup: false }, ALLOWED);

    expect(writes.map(({ mode, changed }) => [mode, changed])).toEqual([
      ['log', ['logBackup']],
      ['data', ['dataRetentionDays']],
    ]);
  });

  test('logs are not switched on while their retention cannot be fitted', () => {
    const corrections = fightOver('logRetentionDays', '30 days');
    const decision = decide({ logBackup: true }, { settings: { logBackup: false, logRetentionDays: 60 }, corrections });

    expect(actionsOf(decision)).toEqual(['logBackup: wait', 'logRetentionDays: paused']);
  });
});
