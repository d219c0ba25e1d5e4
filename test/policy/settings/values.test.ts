import type { SettingName, SettingValues } from '../../../lib/domain/settings';
import { isSameValue, settingText } from '../../../lib/policy/settings/values';

test.each<{ setting: SettingName; value: SettingValues[SettingName]; text: string }>([
  { setting: 'dataRetentionDays', value: 30, text: '30 days' },
  { setting: 'logRetentionDays', value: 7, text: '7 days' },
  { setting: 'archiveRetentionDays', value: 365, text: '365 days' },
  { setting: 'archiveRetentionDays', value: 0, text: 'off' },
  { setting: 'backupWindowMinute', value: 0, text: '00:00-01:00 UTC' },
  { setting: 'backupWindowMinute', value: 23 * 60 + 5, text: '23:05-00:05 UTC' },
  { setting: 'snapshotInterval', value: 60, text: 'every 60 minutes' },
  { setting: 'snapshotInterval', value: 'off', text: 'off' },
  { setting: 'localLogHours', value: 18, text: '18 hours' },
  { setting: 'localLogSpacePercent', value: 30, text: '30 %' },
  { setting: 'localLogCount', value: 60, text: '60 files' },
  { setting: 'localLogCount', value: 'unlimited', text: 'unlimited' },
  { setting: 'archiveKeepCount', value: 4, text: '4' },
  { setting: 'compression', value: 8, text: '8' },
  { setting: 'logBackup', value: true, text: 'on' },
  { setting: 'incremental', value: false, text: 'off' },
  { setting: 'backupDays', value: ['fri', 'mon', 'fri'], text: 'mon, fri' },
  { setting: 'method', value: 'snapshot', text: 'snapshot' },
  { setting: 'priority', value: undefined, text: 'unknown' },
])('$setting $value reads $text', ({ setting, value, text }) => {
  expect(settingText(setting, value)).toBe(text);
});

test.each<{ name: string; a: SettingValues['backupDays']; b: SettingValues['backupDays']; same: boolean }>([
  { name: 'days in another order are the same', a: ['mon', 'fri'], b: ['fri', 'mon'], same: true },
  { name: 'a day named twice is one day', a: ['mon', 'fri', 'mon'], b: ['mon', 'fri'], same: true },
  { name: 'other days are not', a: ['mon', 'fri'], b: ['mon', 'sat'], same: false },
  { name: 'more days are not', a: ['mon', 'fri'], b: ['mon', 'fri', 'sat'], same: false },
  { name: 'what is unknown is no day', a: undefined, b: ['mon', 'fri'], same: false },
])('$name', ({ a, b, same }) => {
  expect(isSameValue('backupDays', a, b)).toBe(same);
});
