import type { BackupSettings, SettingValues } from '../../../lib/domain/settings';
import { toBackupSettings, type WirePolicy } from '../../../lib/gateways/rds/settings-mapping';

/** As a MySQL instance on local disks shows it. */
const DATA: WirePolicy = {
  requestId: 'REQ-1',
  preferredBackupPeriod: 'Monday,Wednesday,Friday,Sunday',
  preferredBackupTime: '15:00Z-16:00Z',
  preferredNextBackupTime: '2026-11-22T15:15Z',
  backupRetentionPeriod: 7,
  backupLog: 'Enable',
  backupInterval: '30',
  backupMethod: 'Physical',
  backupPriority: 2,
  category: 'Standard',
  compressType: '4',
  enableIncrementDataBackup: false,
  releasedKeepPolicy: 'Lastest',
  archiveBackupKeepCount: '1',
  archiveBackupKeepPolicy: 'ByMonth',
  archiveBackupRetentionPeriod: '365',
  logBackupFrequency: 'LogInterval',
  supportModifyBackupPriority: true,
  supportReleasedKeep: 1,
  supportVolumeShadowCopy: 0,
  supportsHighFrequencyBackup: 1,
};
const LOG: WirePolicy = {
  requestId: 'REQ-2',
  enableBackupLog: '1',
  logBackupRetentionPeriod: 7,
  localLogRetentionHours: 18,
  localLogRetentionSpace: '30',
  highSpaceUsageProtection: 'Enable',
  logBackupLocalRetentionNumber: 60,
};

const WHOLE: BackupSettings = {
  dataRetentionDays: 7,
  backupDays: ['mon', 'wed', 'fri', 'sun'],
  backupWindowMinute: 15 * 60,
  method: 'physical',
  category: 'standard',
  snapshotInterval: 30,
  incremental: false,
  priority: 'primary',
  logFrequency: 'every-30-minutes',
  releasedKeep: 'latest',
  compression: 4,
  archiveRetentionDays: 365,
  archiveKeep: 'by-month',
  archiveKeepCount: 1,
  logBackup: true,
  logRetentionDays: 7,
  localLogHours: 18,
  localLogSpacePercent: 30,
  highSpaceProtection: true,
  localLogCount: 60,
  nextBackupAt: Date.UTC(2026, 10, 22, 15, 15, 0) as BackupSettings['nextBackupAt'], // a literal
  supports: { priority: true, snapshots: false, highFrequency: true, releasedKeep: true },
};

test('both views are mapped in full', () => {
  expect(toBackupSettings(DATA, LOG)).toEqual(WHOLE);
});

test('an answer without fields says nothing, but that logs are backed up with the data: there is no word for that', () => {
  const nothing = Object.fromEntries(Object.keys(WHOLE).map((name) => [name, undefined]));

  expect(toBackupSettings({}, {})).toEqual({
    ...nothing,
    logFrequency: 'with-data',
    supports: { priority: undefined, snapshots: undefined, highFrequency: undefined, releasedKeep: undefined },
  });
});

test('a field that only the other view shows is taken from there, and the own view comes first', () => {
  const { logBackupFrequency, ...data } = DATA;

  expect(toBackupSettings(data, { ...LOG, logBackupFrequency }).logFrequency).toBe('every-30-minutes');
  expect(toBackupSettings({ ...DATA, ...LOG }, {})).toEqual(WHOLE);
  expect(toBackupSettings({ ...DATA, logBackupRetentionPeriod: 30 }, LOG).logRetentionDays).toBe(7);
  expect(toBackupSettings(DATA, { ...LOG, backupRetentionPeriod: 30 }).dataRetentionDays).toBe(7);
});

test.each<{ name: string; wire: WirePolicy; expected: Partial<SettingValues> }>([
  { name: 'a retention as a text', wire: { backupRetentionPeriod: '730' }, expected: { dataRetentionDays: 730 } },
  { name: 'a retention that is empty', wire: { backupRetentionPeriod: '' }, expected: { dataRetentionDays: undefined } },
  { name: 'a retention of NaN', wire: { backupRetentionPeriod: Number.NaN }, expected: { dataRetentionDays: undefined } },
  { name: 'a retention of 0', wire: { backupRetentionPeriod: 0 }, expected: { dataRetentionDays: undefined } },
  { name: 'a retention of -1', wire: { backupRetentionPeriod: '-1' }, expected: { dataRetentionDays: undefined } },
  { name: 'a retention in words', wire: { backupRetentionPeriod: 'a week' }, expected: { dataRetentionDays: undefined } },
  { name: 'a retention that is an object', wire: { backupRetentionPeriod: { days: 7 } }, expected: { dataRetentionDays: undefined } },
  {
    name: 'days in any order, case and number',
    wire: { preferredBackupPeriod: 'sunday, MONDAY,Monday' },
    expected: { backupDays: ['mon', 'sun'] },
  },
  { name: 'days with one that is unknown', wire: { preferredBackupPeriod: 'Monday,Doomsday' }, expected: { backupDays: undefined } },
  { name: 'no days', wire: { preferredBackupPeriod: '' }, expected: { backupDays: undefined } },
  { name: 'a window at midnight', wire: { preferredBackupTime: '00:00Z-01:00Z' }, expected: { backupWindowMinute: 0 } },
  { name: 'a window past midnight', wire: { preferredBackupTime: '23:30Z-00:30Z' }, expected: { backupWindowMinute: 23 * 60 + 30 } },
  { name: 'a window until 24:00', wire: { preferredBackupTime: '23:00Z-24:00Z' }, expected: { backupWindowMinute: 23 * 60 } },
  { name: 'a window of two hours', wire: { preferredBackupTime: '02:00Z-04:00Z' }, expected: { backupWindowMinute: undefined } },
  { name: 'a window that is unreadable', wire: { preferredBackupTime: '2am' }, expected: { backupWindowMinute: undefined } },
  { name: 'a window at an hour that is none', wire: { preferredBackupTime: '29:00Z-30:00Z' }, expected: { backupWindowMinute: undefined } },
  { name: 'snapshots', wire: { backupMethod: 'snapshot' }, expected: { method: 'snapshot' } },
  { name: 'an unknown method', wire: { backupMethod: 'Logical' }, expected: { method: undefined } },
  { name: 'a word of the prototype', wire: { backupMethod: 'constructor' }, expected: { method: undefined } },
  { name: 'single-digit second backup', wire: { category: 'Flash' }, expected: { category: 'flash' } },
  { name: 'an unknown category', wire: { category: 'Lightning' }, expected: { category: undefined } },
  { name: 'no high-frequency snapshots', wire: { backupInterval: '-1' }, expected: { snapshotInterval: 'off' } },
  { name: 'no high-frequency snapshots, as a number', wire: { backupInterval: -1 }, expected: { snapshotInterval: 'off' } },
  { name: 'an empty interval', wire: { backupInterval: '' }, expected: { snapshotInterval: undefined } },
  { name: 'an interval of 0', wire: { backupInterval: '0' }, expected: { snapshotInterval: undefined } },
  { name: 'the documented True', wire: { enableIncrementDataBackup: 'True' }, expected: { incremental: true } },
  { name: 'the documented False', wire: { enableIncrementDataBackup: 'False' }, expected: { incremental: false } },
  { name: 'a JSON boolean', wire: { enableIncrementDataBackup: true }, expected: { incremental: true } },
  { name: 'a flag that is neither', wire: { enableIncrementDataBackup: 'Maybe' }, expected: { incremental: undefined } },
  { name: 'the secondary node first', wire: { backupPriority: 1 }, expected: { priority: 'secondary' } },
  { name: 'a priority as a text', wire: { backupPriority: '2' }, expected: { priority: 'primary' } },
  { name: 'an unknown priority', wire: { backupPriority: 3 }, expected: { priority: undefined } },
  { name: 'logs with the data', wire: { logBackupFrequency: '' }, expected: { logFrequency: 'with-data' } },
  { name: 'an unknown log frequency', wire: { logBackupFrequency: 'Hourly' }, expected: { logFrequency: undefined } },
  { name: 'the newest of released instances, as the service spells it', wire: { releasedKeepPolicy: 'Lastest' }, expected: { releasedKeep: 'latest' } },
  { name: 'the newest of released instances, spelt right', wire: { releasedKeepPolicy: 'Latest' }, expected: { releasedKeep: undefined } },
  { name: 'nothing of released instances', wire: { releasedKeepPolicy: 'None' }, expected: { releasedKeep: 'none' } },
  { name: 'no compression', wire: { compressType: '0' }, expected: { compression: 0 } },
  { name: 'an unknown compression', wire: { compressType: '3' }, expected: { compression: undefined } },
  {
    name: 'archives that are off',
    wire: { archiveBackupRetentionPeriod: '0', archiveBackupKeepPolicy: '0', archiveBackupKeepCount: '0' },
    expected: { archiveRetentionDays: 0, archiveKeep: undefined, archiveKeepCount: undefined },
  },
  { name: 'all archives', wire: { archiveBackupKeepPolicy: 'KeepAll' }, expected: { archiveKeep: 'all' } },
])('of the data view: $name', ({ wire, expected }) => {
  expect(toBackupSettings({ ...DATA, ...wire }, LOG)).toEqual({ ...WHOLE, ...expected });
});

test.each<{ name: string; wire: WirePolicy; expected: Partial<SettingValues> }>([
  { name: 'log backup off', wire: { enableBackupLog: '0' }, expected: { logBackup: false } },
  { name: 'log backup as True', wire: { enableBackupLog: 'True' }, expected: { logBackup: true } },
  { name: 'log backup as the number 0', wire: { enableBackupLog: 0 }, expected: { logBackup: false } },
  { name: 'no word on log backup: the data view has one', wire: { enableBackupLog: '' }, expected: { logBackup: true } },
  { name: 'no local logs', wire: { localLogRetentionHours: 0, localLogRetentionSpace: '0' }, expected: { localLogHours: 0, localLogSpacePercent: 0 } },
  { name: 'negative hours', wire: { localLogRetentionHours: -1 }, expected: { localLogHours: undefined } },
  { name: 'a disk that is not protected', wire: { highSpaceUsageProtection: 'Disable' }, expected: { highSpaceProtection: false } },
  { name: 'an unknown protection', wire: { highSpaceUsageProtection: 'Perhaps' }, expected: { highSpaceProtection: undefined } },
  { name: 'any number of local logs', wire: { logBackupLocalRetentionNumber: -1 }, expected: { localLogCount: 'unlimited' } },
  { name: 'any number of local logs, as a text', wire: { logBackupLocalRetentionNumber: '-1' }, expected: { localLogCount: 'unlimited' } },
  { name: 'logs of ten years', wire: { logBackupRetentionPeriod: 7_300 }, expected: { logRetentionDays: 7_300 } },
])('of the log view: $name', ({ wire, expected }) => {
  expect(toBackupSettings(DATA, { ...LOG, ...wire })).toEqual({ ...WHOLE, ...expected });
});

test('what can be changed is not known where the service does not say, and the next backup neither', () => {
  const { supports, nextBackupAt } = toBackupSettings({ supportModifyBackupPriority: 'False', supportVolumeShadowCopy: '1', preferredNextBackupTime: '' }, {});

  expect(supports).toEqual({ priority: false, snapshots: true, highFrequency: undefined, releasedKeep: undefined });
  expect(nextBackupAt).toBeUndefined();
});
