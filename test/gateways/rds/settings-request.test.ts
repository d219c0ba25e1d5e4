import { RefusedError } from '../../../lib/domain/cloud-errors';
import { SETTING_MODES, SETTING_NAMES, type SettingName, type SettingValues } from '../../../lib/domain/settings';
import { toBackupSettings, type WirePolicy } from '../../../lib/gateways/rds/settings-mapping';
import { toModifyBackupPolicyRequest } from '../../../lib/gateways/rds/settings-request';

const VALUES: SettingValues = {
  dataRetentionDays: 14,
  backupDays: ['mon', 'sat'],
  backupWindowMinute: 125,
  method: 'snapshot',
  category: 'flash',
  snapshotInterval: 'off',
  incremental: true,
  priority: 'secondary',
  logFrequency: 'every-30-minutes',
  releasedKeep: 'latest',
  compression: 4,
  archiveRetentionDays: 365,
  archiveKeep: 'by-week',
  archiveKeepCount: 2,
  logBackup: true,
  logRetentionDays: 7,
  localLogHours: 18,
  localLogSpacePercent: 30,
  highSpaceProtection: true,
  localLogCount: 60,
};

const DATA = {
  DBInstanceId: 'rm-1',
  BackupPolicyMode: 'DataBackupPolicy',
  PreferredBackupTime: '02:05Z-03:05Z',
  PreferredBackupPeriod: 'Monday,Saturday',
  BackupRetentionPeriod: '14',
  BackupLog: 'Enable',
};
const LOG = {
  DBInstanceId: 'rm-1',
  BackupPolicyMode: 'LogBackupPolicy',
  EnableBackupLog: '1',
  LocalLogRetentionHours: '18',
  LocalLogRetentionSpace: '30',
  HighSpaceUsageProtection: 'Enable',
};

interface Case {
  readonly name: string;
  readonly values?: Partial<SettingValues>;
  readonly changed: readonly SettingName[];
  readonly query: Readonly<Record<string, unknown>>;
}

test.each<Case>([
  { name: 'the required fields only, when one of them has changed', changed: ['dataRetentionDays'], query: {} },
  { name: 'a window that runs past midnight', values: { backupWindowMinute: 23 * 60 + 30 }, changed: [], query: { PreferredBackupTime: '23:30Z-00:30Z' } },
  { name: 'a window that ends at midnight', values: { backupWindowMinute: 23 * 60 }, changed: [], query: { PreferredBackupTime: '23:00Z-00:00Z' } },
  { name: 'no log backup', values: { logBackup: false }, changed: [], query: { BackupLog: 'Disabled' } },
  { name: 'snapshots', changed: ['method'], query: { BackupMethod: 'Snapshot' } },
  { name: 'single-digit second backup', changed: ['category'], query: { Category: 'Flash' } },
  { name: 'an interval', values: { snapshotInterval: 240 }, changed: ['snapshotInterval'], query: { BackupInterval: '240' } },
  { name: 'no interval', changed: ['snapshotInterval'], query: { BackupInterval: '-1' } },
  { name: 'incremental backups', changed: ['incremental'], query: { EnableIncrementDataBackup: true } },
  { name: 'the secondary node first', changed: ['priority'], query: { BackupPriority: 1 } },
  { name: 'the primary node first', values: { priority: 'primary' }, changed: ['priority'], query: { BackupPriority: 2 } },
  { name: 'logs every 30 minutes', changed: ['logFrequency'], query: { LogBackupFrequency: 'LogInterval' } },
  { name: 'logs with the data', values: { logFrequency: 'with-data' }, changed: ['logFrequency'], query: { LogBackupFrequency: '' } },
  { name: 'the newest set of a released instance', changed: ['releasedKeep'], query: { ReleasedKeepPolicy: 'Lastest' } },
  { name: 'a compression', changed: ['compression'], query: { CompressType: '4' } },
  {
    name: 'archives',
    changed: ['archiveRetentionDays', 'archiveKeep', 'archiveKeepCount'],
    query: { ArchiveBackupRetentionPeriod: '365', ArchiveBackupKeepPolicy: 'ByWeek', ArchiveBackupKeepCount: 2 },
  },
  { name: 'no archives', values: { archiveRetentionDays: 0 }, changed: ['archiveRetentionDays'], query: { ArchiveBackupRetentionPeriod: '0' } },
])('a write of the data mode: $name', ({ values, changed, query }) => {
  const request = toModifyBackupPolicyRequest('rm-1', { mode: 'data', values: { ...VALUES, ...values }, changed });

  expect(request.toMap()).toEqual({ ...DATA, ...query });
});

test.each<Case>([
  { name: 'the required fields only, when one of them has changed', changed: ['localLogHours'], query: {} },
  { name: 'no log backup', values: { logBackup: false }, changed: ['logBackup'], query: { EnableBackupLog: '0' } },
  { name: 'a disk that is not protected', values: { highSpaceProtection: false }, changed: [], query: { HighSpaceUsageProtection: 'Disable' } },
  {
    name: 'no local logs',
    values: { localLogHours: 0, localLogSpacePercent: 0 },
    changed: [],
    query: { LocalLogRetentionHours: '0', LocalLogRetentionSpace: '0' },
  },
  { name: 'a log retention', changed: ['logRetentionDays'], query: { LogBackupRetentionPeriod: '7' } },
  { name: 'a number of local logs', changed: ['localLogCount'], query: { LogBackupLocalRetentionNumber: 60 } },
  { name: 'any number of local logs', values: { localLogCount: 'unlimited' }, changed: ['localLogCount'], query: { LogBackupLocalRetentionNumber: -1 } },
])('a write of the log mode: $name', ({ values, changed, query }) => {
  const request = toModifyBackupPolicyRequest('rm-1', { mode: 'log', values: { ...VALUES, ...values }, changed });

  expect(request.toMap()).toEqual({ ...LOG, ...query });
});

test.each<{ mode: 'data' | 'log'; missing: SettingName }>([
  { mode: 'data', missing: 'backupWindowMinute' },
  { mode: 'data', missing: 'backupDays' },
  { mode: 'data', missing: 'dataRetentionDays' },
  { mode: 'data', missing: 'logBackup' },
  { mode: 'log', missing: 'logBackup' },
  { mode: 'log', missing: 'localLogHours' },
  { mode: 'log', missing: 'localLogSpacePercent' },
  { mode: 'log', missing: 'highSpaceProtection' },
])('without $missing nothing of the $mode mode can be written', ({ mode, missing }) => {
  const write = (): unknown => toModifyBackupPolicyRequest('rm-1', { mode, values: { ...VALUES, [missing]: undefined }, changed: [] });

  expect(write).toThrow(RefusedError);
  expect(write).toThrow(`ModifyBackupPolicy for rm-1 was not sent: ${missing} not known`);
  expect(write).toThrow(expect.objectContaining({ reason: 'invalid-request' }));
});

test('a changed setting without a value is refused', () => {
  const write = (): unknown => toModifyBackupPolicyRequest('rm-1', { mode: 'data', values: { ...VALUES, method: undefined }, changed: ['method'] });

  expect(write).toThrow('was not sent: method not known');
});

test('a setting of the other mode is refused: the service would pass it over', () => {
  const write = (): unknown => toModifyBackupPolicyRequest('rm-1', { mode: 'data', values: VALUES, changed: ['dataRetentionDays', 'localLogHours'] });

  expect(write).toThrow('was not sent: the mode data does not write localLogHours');
});

test.each(SETTING_NAMES)('what is written as %s reads back as the same', (name) => {
  const mode = SETTING_MODES[name];
  const request = toModifyBackupPolicyRequest('rm-1', { mode, values: VALUES, changed: [name] });
  const shown: WirePolicy = { ...request }; // the service shows settings under the names that write them

  expect(toBackupSettings(mode === 'data' ? shown : {}, mode === 'log' ? shown : {})[name]).toEqual(VALUES[name]);
});
