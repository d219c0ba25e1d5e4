import { resolvePolicy } from '../../lib/config/resolve';
import type { WantedSettings } from '../../lib/domain/protection-policy';
import { DAY, makeInstance } from '../policy/fixtures';
import { load, mistakeIn, throughJson } from './support';

describe('compiled', () => {
  it('is undefined where the file has no section', () => {
    expect(load('timezone: UTC').settings).toBeUndefined();
  });

  it('fills in the defaults around one wish', () => {
    expect(load('timezone: Asia/Shanghai\nsettings: { dataRetention: 14 }').settings).toEqual({
      mode: 'audit',
      allowDestructive: false,
      timezone: 'Asia/Shanghai',
      changeTimeDuring: [],
      fightAfter: 3,
      fightWindowMs: 7 * DAY,
      wanted: { dataRetentionDays: { exactly: 14 } },
    });
  });

  it('keeps what is written', () => {
    const policy = load(
      "settings: { mode: enforce, allowDestructive: true, timezone: Europe/Berlin, changeTimeDuring: [{ from: '01:00', to: '03:00' }], fightAfter: 5, fightWindow: 1d12h, compression: 0 }",
    );

    expect(policy.settings).toEqual({
      mode: 'enforce',
      allowDestructive: true,
      timezone: 'Europe/Berlin',
      changeTimeDuring: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], fromMinute: 60, toMinute: 180 }],
      fightAfter: 5,
      fightWindowMs: 1.5 * DAY,
      wanted: { compression: 0 },
    });
  });

  test.each<{ name: string; wish: string; wanted: WantedSettings }>([
    { name: 'an exact data retention', wish: 'dataRetention: 730', wanted: { dataRetentionDays: { exactly: 730 } } },
    { name: 'a range of days', wish: 'dataRetention: { min: 7, max: 30 }', wanted: { dataRetentionDays: { atLeast: 7, atMost: 30 } } },
    { name: 'a range that is open above', wish: 'logRetention: { min: 7 }', wanted: { logRetentionDays: { atLeast: 7, atMost: undefined } } },
    { name: 'a range that is open below', wish: 'logRetention: { max: 30 }', wanted: { logRetentionDays: { atLeast: undefined, atMost: 30 } } },
    { name: 'a range of one', wish: 'logRetention: { min: 8, max: 8 }', wanted: { logRetentionDays: { atLeast: 8, atMost: 8 } } },
    { name: 'log backup on', wish: 'logBackup: on', wanted: { logBackup: true } },
    { name: 'log backup off', wish: 'logBackup: off', wanted: { logBackup: false } },
    { name: 'log backup true', wish: 'logBackup: true', wanted: { logBackup: true } },
    { name: 'log backup false', wish: 'logBackup: false', wanted: { logBackup: false } },
    { name: 'days and ranges of days', wish: 'backupDays: [sun, mon-wed, tue]', wanted: { backupDays: ['mon', 'tue', 'wed', 'sun'] } },
    { name: 'a window', wish: "backupWindow: '23:30'", wanted: { backupWindowLocalMinute: 23 * 60 + 30 } },
    {
      name: 'plain words',
      wish: 'method: snapshot, category: flash, priority: primary, logFrequency: with-data, releasedKeep: all',
      wanted: { method: 'snapshot', category: 'flash', priority: 'primary', logFrequency: 'with-data', releasedKeep: 'all' },
    },
    { name: 'snapshots', wish: 'snapshotInterval: 15', wanted: { snapshotInterval: 15 } },
    { name: 'no snapshots', wish: 'snapshotInterval: off', wanted: { snapshotInterval: 'off' } },
    { name: 'incremental backups', wish: 'incremental: on', wanted: { incremental: true } },
    {
      name: 'an archive',
      wish: 'archive: { retentionDays: 1095, keep: by-week, count: 7 }',
      wanted: { archiveRetentionDays: 1095, archiveKeep: 'by-week', archiveKeepCount: 7 },
    },
    { name: 'no archive', wish: 'archive: { retentionDays: off }', wanted: { archiveRetentionDays: 0 } },
    { name: 'no archive, in the number of the service', wish: 'archive: { retentionDays: 0 }', wanted: { archiveRetentionDays: 0 } },
    {
      name: 'local logs',
      wish: 'localLog: { hours: 0, spacePercent: 50, count: unlimited, highSpaceProtection: false }',
      wanted: { localLogHours: 0, localLogSpacePercent: 50, localLogCount: 'unlimited', highSpaceProtection: false },
    },
  ])('$name', ({ wish, wanted }) => {
    const { settings } = load(`settings: { ${wish} }`);

    expect(settings?.wanted).toEqual(wanted);
  });

  it('notes where every wish is written, under its compiled name', () => {
    const policy = load("settings:\n  dataRetention: 14\n  archive: { keep: all }\n  localLog: { hours: 5 }\n  backupWindow: '02:00'\n  fightWindow: 1d\n");

    expect(policy.origins).toMatchObject({
      settings: 'keeper.yaml:4:3',
      'settings.wanted.dataRetentionDays': 'keeper.yaml:4:18',
      'settings.wanted.archiveKeep': 'keeper.yaml:5:20',
      'settings.wanted.localLogHours': 'keeper.yaml:6:22',
      'settings.wanted.backupWindowLocalMinute': 'keeper.yaml:7:17',
      'settings.fightWindowMs': 'keeper.yaml:8:16',
      'settings.mode': 'default',
    });
    expect(policy.origins).not.toHaveProperty(['settings.wanted.logBackup']);
  });
});

describe('mistakes, each told once with its place and the remedy', () => {
  const DAYS = 'must be a whole number of days from 7 to 730';

  test.each([
    { name: 'no wish', settings: '{}', says: 'keeper.yaml:3:11: settings: wishes for nothing; say what the settings of the instances should be' },
    { name: 'no wish but a mode', settings: '{ mode: enforce }', says: 'settings: wishes for nothing' },
    { name: 'no wish in the groups of wishes', settings: '{ archive: {}, localLog: {} }', says: 'settings: wishes for nothing' },
    { name: 'a wish for nothing known', settings: '{ dataRetenton: 14 }', says: 'settings: unknown key "dataRetenton"; did you mean "dataRetention"?' },
    { name: 'an unknown mode', settings: '{ mode: enforced, compression: 1 }', says: 'settings.mode: must be one of audit, enforce; did you mean "enforce"?' },
    { name: 'a data retention below the range', settings: '{ dataRetention: 6 }', says: `keeper.yaml:3:28: settings.dataRetention: ${DAYS}` },
    { name: 'a data retention above the range', settings: '{ dataRetention: 731 }', says: `settings.dataRetention: ${DAYS}` },
    { name: 'a retention in words', settings: '{ dataRetention: 14d }', says: `settings.dataRetention: ${DAYS}, or a range such as { min: 7, max: 30 }` },
    { name: 'half a day', settings: '{ logRetention: 7.5 }', says: `settings.logRetention: ${DAYS}` },
    { name: 'a range that is upside down', settings: '{ dataRetention: { min: 30, max: 7 } }', says: 'settings.dataRetention.min: must not be above max' },
    { name: 'an empty range', settings: '{ dataRetention: {} }', says: 'settings.dataRetention: is empty; give min, max or both' },
    { name: 'a range beyond the range', settings: '{ dataRetention: { max: 1000 } }', says: `settings.dataRetention.max: ${DAYS}` },
    { name: 'yes', settings: '{ logBackup: yes }', says: 'settings.logBackup: must be true or false (or on or off)' },
    { name: 'one day a week', settings: '{ backupDays: [mon] }', says: 'settings.backupDays: must name at least two days a week: the service takes no less' },
    { name: 'one day, twice', settings: '{ backupDays: [mon, mon-mon] }', says: 'settings.backupDays: must name at least two days a week' },
    { name: 'no day', settings: '{ backupDays: [] }', says: 'settings.backupDays: must name at least two days a week' },
    { name: 'a long day', settings: '{ backupDays: [mon, tuesday] }', says: 'settings.backupDays[1]: must be a day or a range of days' },
    { name: 'an hour that is none', settings: "{ backupWindow: '25:00' }", says: 'settings.backupWindow: must be a time of day in quotes' },
    { name: 'the end of the day', settings: "{ backupWindow: '24:00' }", says: 'settings.backupWindow: must be before "24:00"' },
    { name: 'a window in full', settings: "{ backupWindow: '02:00-03:00' }", says: 'settings.backupWindow: must be a time of day in quotes' },
    { name: 'a method for manual backups', settings: '{ method: logical }', says: 'settings.method: must be one of physical, snapshot' },
    {
      name: 'the word of the API',
      settings: '{ releasedKeep: lastest }',
      says: 'settings.releasedKeep: must be one of none, latest, all; did you mean "latest"?',
    },
    { name: 'an interval', settings: '{ snapshotInterval: 45 }', says: 'settings.snapshotInterval: must be off, or minutes: one of 15, 30,' },
    { name: 'a compression', settings: '{ compression: 3 }', says: "settings.compression: must be one of the service's numbers: 0, 1, 2, 4, 8" },
    {
      name: 'a short archive',
      settings: '{ archive: { retentionDays: 29 } }',
      says: 'settings.archive.retentionDays: must be a whole number of days from 30 to 1095, or off',
    },
    {
      name: 'eight sets a week',
      settings: '{ archive: { keep: by-week, count: 8 } }',
      says: 'settings.archive.count: must be at most 7 where keep is by-week',
    },
    { name: 'more sets than a month has days', settings: '{ archive: { count: 32 } }', says: 'settings.archive.count: must be a whole number from 1 to 31' },
    { name: 'more than a week of local logs', settings: '{ localLog: { hours: 169 } }', says: 'settings.localLog.hours: must be a whole number from 0 to 168' },
    {
      name: 'more than half of the space',
      settings: '{ localLog: { spacePercent: 51 } }',
      says: 'settings.localLog.spacePercent: must be a whole number from 0 to 50',
    },
    {
      name: 'five files',
      settings: '{ localLog: { count: 5 } }',
      says: 'settings.localLog.count: must be a whole number of files from 6 to 100, or unlimited',
    },
    { name: 'a fight after nothing', settings: '{ compression: 1, fightAfter: 0 }', says: 'settings.fightAfter: must be a whole number from 1 to 100' },
    { name: 'a fight that nobody remembers', settings: '{ compression: 1, fightWindow: 31d }', says: 'settings.fightWindow: must be from 1h to 30d' },
    { name: 'a time zone that is none', settings: '{ compression: 1, timezone: Mars }', says: 'settings.timezone: unknown time zone "Mars"' },
    { name: 'a list', settings: '[]', says: 'settings: must be a mapping of keys to values' },
  ])('$name', ({ settings, says }) => {
    const message = mistakeIn(`settings: ${settings}`);

    expect(message).toContain(says);
    expect(message).toMatch(/^keeper\.yaml has a mistake\nkeeper\.yaml:3:\d+: [^\n]+$/);
  });

  it('in a patch they have their place, too', () => {
    expect(mistakeIn('rules: [{ name: g, select: {}, settings: { dataRetention: 5 } }]')).toContain(
      'keeper.yaml:3:59: rules[0].settings.dataRetention: must be',
    );
    expect(mistakeIn('overrides: { rm-1: { settings: { wanted: {} } } }')).toContain('overrides.rm-1.settings: unknown key "wanted"');
  });
});

describe('resolved for an instance', () => {
  const LAYERED = `timezone: Asia/Shanghai
settings: { mode: audit, dataRetention: 14, logBackup: on }
rules:
  - { name: gold, select: { tags: { tier: gold } }, settings: { mode: enforce, dataRetention: { min: 30 } } }
  - { name: all, select: {}, settings: { logRetention: 7 } }
overrides:
  rm-special: { settings: { dataRetention: 60, timezone: Europe/Berlin } }
`;

  it('lays patches over the section wish by wish, the later one last, with the origin of every value', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ tags: { tier: 'gold' } }));

    expect(effective?.settings).toMatchObject({
      mode: 'enforce',
      allowDestructive: false,
      timezone: 'Asia/Shanghai',
      wanted: { dataRetentionDays: { atLeast: 30, atMost: undefined }, logBackup: true, logRetentionDays: { exactly: 7 } },
    });
    expect(effective?.origins).toMatchObject({
      'settings.mode': 'rule:gold (keeper.yaml:6:71)',
      'settings.allowDestructive': 'default',
      'settings.timezone': 'policy (keeper.yaml:3:11)',
      'settings.wanted.dataRetentionDays': 'rule:gold (keeper.yaml:6:95)',
      'settings.wanted.logBackup': expect.stringMatching(/^policy \(keeper\.yaml:4:\d+\)$/),
      'settings.wanted.logRetentionDays': expect.stringMatching(/^rule:all \(keeper\.yaml:7:\d+\)$/),
    });
  });

  it('lets the override of the instance have the last word', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ id: 'rm-special', tags: { tier: 'gold' } }));

    expect(effective?.settings).toMatchObject({ mode: 'enforce', timezone: 'Europe/Berlin', wanted: { dataRetentionDays: { exactly: 60 } } });
    expect(effective?.origins['settings.wanted.dataRetentionDays']).toMatch(/^instance:rm-special \(keeper\.yaml:9:/);
  });

  it('a patch alone is enough: defaults fill the rest', () => {
    const policy = load('timezone: Asia/Shanghai\noverrides: { rm-1: { settings: { logBackup: on } } }');

    const effective = resolvePolicy(policy, makeInstance({ id: 'rm-1' }));

    expect(effective?.settings).toMatchObject({ mode: 'audit', timezone: 'Asia/Shanghai', fightAfter: 3, wanted: { logBackup: true } });
    expect(effective?.origins).toMatchObject({
      'settings.mode': 'default',
      'settings.timezone': 'policy (keeper.yaml:3:11)',
      'settings.wanted.logBackup': expect.stringMatching(/^instance:rm-1 /),
    });
    expect(resolvePolicy(policy, makeInstance({ id: 'rm-2' }))?.settings).toBeUndefined();
  });

  it('says the same of the policy that functions read', () => {
    const policy = load(LAYERED);
    const read = throughJson(policy);

    for (const instance of [makeInstance(), makeInstance({ id: 'rm-special' }), makeInstance({ tags: { tier: 'gold' } })]) {
      expect(resolvePolicy(read, instance)).toEqual(resolvePolicy(policy, instance));
    }
  });
});
