import type { BackupSettings, SettingsWrite } from '../../../lib/domain/settings';
import { compareReadBack } from '../../../lib/policy/settings/read-back';
import { NOW } from '../fixtures';
import { makeSettings, SUPPORTS_UNKNOWN } from './fixtures';

const BEFORE = makeSettings({ compression: 1 });
const WRITE: SettingsWrite = {
  mode: 'data',
  values: { ...BEFORE, dataRetentionDays: 45, backupDays: ['mon', 'sun'] },
  changed: ['dataRetentionDays', 'backupDays'],
};
const WRITTEN: BackupSettings = { ...BEFORE, ...WRITE.values };

test.each<{ name: string; shown: BackupSettings; notWritten?: object[]; alsoChanged?: object[] }>([
  { name: 'as written', shown: WRITTEN },
  { name: 'days in another order', shown: { ...WRITTEN, backupDays: ['sun', 'mon'] } },
  {
    name: 'ignored',
    shown: BEFORE,
    notWritten: [
      { setting: 'dataRetentionDays', expected: '45 days', shown: '30 days' },
      { setting: 'backupDays', expected: 'mon, sun', shown: 'mon, wed, fri' },
    ],
  },
  { name: 'rounded', shown: { ...WRITTEN, dataRetentionDays: 60 }, notWritten: [{ setting: 'dataRetentionDays', expected: '45 days', shown: '60 days' }] },
  {
    name: 'not said any more',
    shown: { ...WRITTEN, dataRetentionDays: undefined },
    notWritten: [{ setting: 'dataRetentionDays', expected: '45 days', shown: 'unknown' }],
  },
  {
    name: 'another setting changed too',
    shown: { ...WRITTEN, compression: 0, logRetentionDays: 7 },
    alsoChanged: [
      { setting: 'compression', expected: '1', shown: '0' },
      { setting: 'logRetentionDays', expected: '14 days', shown: '7 days' },
    ],
  },
  { name: 'another setting is not said any more', shown: { ...WRITTEN, compression: undefined } },
  { name: 'another setting is said for the first time', shown: { ...WRITTEN, releasedKeep: 'latest' } },
  {
    name: 'the next backup and what the instance supports are no settings',
    shown: { ...WRITTEN, nextBackupAt: NOW, supports: { ...SUPPORTS_UNKNOWN, snapshots: true } },
  },
])('$name', ({ shown, notWritten = [], alsoChanged = [] }) => {
  expect(compareReadBack(WRITE, BEFORE, shown)).toEqual({ notWritten, alsoChanged });
});

test('what the write brings about by itself is no difference: the logs of SQL Server follow the data, at once or later', () => {
  const before = makeSettings({ logRetentionDays: 30 });
  const write: SettingsWrite = { mode: 'data', values: { ...before, dataRetentionDays: 60, logRetentionDays: 60 }, changed: ['dataRetentionDays'] };
  const followed = { ...before, dataRetentionDays: 60, logRetentionDays: 60 };

  expect(compareReadBack(write, before, followed)).toEqual({ notWritten: [], alsoChanged: [] });
  expect(compareReadBack(write, before, { ...followed, logRetentionDays: 30 })).toEqual({ notWritten: [], alsoChanged: [] });
  expect(compareReadBack(write, before, { ...followed, logRetentionDays: 7 }).alsoChanged).toEqual([
    { setting: 'logRetentionDays', expected: '30 days', shown: '7 days' },
  ]);
});
