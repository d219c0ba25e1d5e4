// Which wishes each engine, edition and storage can have: one named case per row of the documents' matrix.
import type { WantedSettings } from '../../../lib/domain/protection-policy';
import type { BackupSettings, SettingName } from '../../../lib/domain/settings';
import { actionsOf, decide, driftOf, SUPPORTS_UNKNOWN } from './fixtures';

type Given = NonNullable<Parameters<typeof decide>[1]>;
type Kind = NonNullable<Given['instance']>;

const MYSQL_LOCAL: Kind = { engine: 'mysql', engineVersion: '8.0', edition: 'high-availability', storage: 'local-disk' };
const MYSQL_CLOUD: Kind = { ...MYSQL_LOCAL, storage: 'cloud-disk' };
const POSTGRES_LOCAL: Kind = { engine: 'postgresql', engineVersion: '10.0', edition: 'high-availability', storage: 'local-disk' };
const POSTGRES_CLOUD: Kind = { ...POSTGRES_LOCAL, engineVersion: '16.0', storage: 'cloud-disk' };
const SQLSERVER_LOCAL: Kind = { engine: 'sqlserver', engineVersion: '2012', edition: 'high-availability', storage: 'local-disk' };
const SQLSERVER_CLOUD: Kind = { engine: 'sqlserver', engineVersion: '2019_std_ha', edition: 'high-availability', storage: 'cloud-disk' };
const SQLSERVER_CLUSTER: Kind = { ...SQLSERVER_CLOUD, engineVersion: '2019_ent', edition: 'cluster' };
const MARIADB: Kind = { engine: 'mariadb', engineVersion: '10.3', edition: 'high-availability', storage: 'cloud-disk' };
const supports = (change: Partial<BackupSettings['supports']>): BackupSettings['supports'] => ({ ...SUPPORTS_UNKNOWN, ...change });

interface Row {
  readonly name: string;
  readonly kind: Kind;
  readonly settings?: Partial<BackupSettings>;
  readonly wanted: WantedSettings;
  readonly setting: SettingName;
}

describe('what can be had is corrected', () => {
  test.each<Row>([
    { name: 'MySQL, local disks: data retention', kind: MYSQL_LOCAL, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    { name: 'MySQL, cloud disks: data retention', kind: MYSQL_CLOUD, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    { name: 'PostgreSQL, local disks: data retention', kind: POSTGRES_LOCAL, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    { name: 'PostgreSQL, cloud disks: data retention', kind: POSTGRES_CLOUD, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    { name: 'SQL Server, local disks: data retention', kind: SQLSERVER_LOCAL, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    { name: 'SQL Server, cloud disks: data retention', kind: SQLSERVER_CLOUD, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    {
      name: 'SQL Server, Cluster Edition: data retention',
      kind: SQLSERVER_CLUSTER,
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
    },
    { name: 'MariaDB: data retention', kind: MARIADB, wanted: { dataRetentionDays: { exactly: 60 } }, setting: 'dataRetentionDays' },
    {
      name: 'Basic Edition: data retention',
      kind: { ...MYSQL_LOCAL, edition: 'basic' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
    },
    {
      name: 'Enterprise Edition: data retention',
      kind: { ...MYSQL_LOCAL, edition: 'finance', engineVersion: '5.7' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
    },
    {
      name: 'MySQL, Cluster Edition: data retention',
      kind: { ...MYSQL_CLOUD, edition: 'cluster' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
    },
    {
      name: 'serverless: log retention',
      kind: { ...MYSQL_CLOUD, edition: 'serverless' },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
    },
    {
      name: 'an edition that the documents do not name: log retention',
      kind: { ...MYSQL_CLOUD, edition: 'other' },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
    },
    { name: 'MySQL: log backup on', kind: MYSQL_LOCAL, settings: { logBackup: false }, wanted: { logBackup: true }, setting: 'logBackup' },
    { name: 'PostgreSQL: log backup on', kind: POSTGRES_CLOUD, settings: { logBackup: false }, wanted: { logBackup: true }, setting: 'logBackup' },
    { name: 'MariaDB: log backup on', kind: MARIADB, settings: { logBackup: false }, wanted: { logBackup: true }, setting: 'logBackup' },
    { name: 'PostgreSQL: log retention', kind: POSTGRES_LOCAL, wanted: { logRetentionDays: { exactly: 20 } }, setting: 'logRetentionDays' },
    { name: 'MariaDB: log retention', kind: MARIADB, wanted: { logRetentionDays: { exactly: 20 } }, setting: 'logRetentionDays' },
    {
      name: 'MySQL, cloud disks: single-digit second backup',
      kind: MYSQL_CLOUD,
      settings: { category: 'standard' },
      wanted: { category: 'flash' },
      setting: 'category',
    },
    {
      name: 'PostgreSQL, cloud disks: single-digit second backup',
      kind: POSTGRES_CLOUD,
      settings: { category: 'standard' },
      wanted: { category: 'flash' },
      setting: 'category',
    },
    {
      name: 'MySQL, cloud disks: high-frequency snapshots',
      kind: MYSQL_CLOUD,
      settings: { snapshotInterval: 'off' },
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
    },
    {
      name: 'SQL Server with snapshots: high-frequency snapshots',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'snapshot', snapshotInterval: 'off' },
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
    },
    {
      name: 'MariaDB: high-frequency snapshots',
      kind: MARIADB,
      settings: { snapshotInterval: 'off' },
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
    },
    {
      name: 'SQL Server, cloud disks: from physical backups to snapshots',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', supports: supports({ snapshots: true }) },
      wanted: { method: 'snapshot' },
      setting: 'method',
    },
    {
      name: 'SQL Server, cloud disks: incremental backups',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', incremental: false },
      wanted: { incremental: true },
      setting: 'incremental',
    },
    {
      name: 'SQL Server, Cluster Edition, primary first: incremental backups',
      kind: SQLSERVER_CLUSTER,
      settings: { method: 'physical', priority: 'primary', incremental: false },
      wanted: { incremental: true },
      setting: 'incremental',
    },
    {
      name: 'SQL Server, cloud disks: no incremental backups',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'snapshot', incremental: true },
      wanted: { incremental: false },
      setting: 'incremental',
    },
    {
      name: 'MySQL, local disks: incremental backups',
      kind: MYSQL_LOCAL,
      settings: { incremental: false },
      wanted: { incremental: true },
      setting: 'incremental',
    },
    {
      name: 'SQL Server, Cluster Edition with physical backups: the node',
      kind: SQLSERVER_CLUSTER,
      settings: { method: 'physical', priority: 'primary' },
      wanted: { priority: 'secondary' },
      setting: 'priority',
    },
    {
      name: 'SQL Server: the frequency of log backups',
      kind: SQLSERVER_LOCAL,
      settings: { logFrequency: 'with-data' },
      wanted: { logFrequency: 'every-30-minutes' },
      setting: 'logFrequency',
    },
    {
      name: 'SQL Server with physical backups: logs with the data',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', logFrequency: 'every-30-minutes' },
      wanted: { logFrequency: 'with-data' },
      setting: 'logFrequency',
    },
    {
      name: 'what is kept after the release',
      kind: MYSQL_CLOUD,
      settings: { releasedKeep: 'latest', supports: supports({ releasedKeep: true }) },
      wanted: { releasedKeep: 'all' },
      setting: 'releasedKeep',
    },
    {
      name: 'MySQL 5.7: compression 4',
      kind: { ...MYSQL_LOCAL, engineVersion: '5.7' },
      settings: { compression: 1 },
      wanted: { compression: 4 },
      setting: 'compression',
    },
    { name: 'MySQL 8.0: compression 8', kind: MYSQL_LOCAL, settings: { compression: 1 }, wanted: { compression: 8 }, setting: 'compression' },
    {
      name: 'MySQL, local disks: archived backups',
      kind: MYSQL_LOCAL,
      settings: { archiveRetentionDays: 0 },
      wanted: { archiveRetentionDays: 365 },
      setting: 'archiveRetentionDays',
    },
    {
      name: 'MySQL, local disks: all archived backups',
      kind: MYSQL_LOCAL,
      settings: { archiveKeep: 'by-month', archiveKeepCount: 31 },
      wanted: { archiveKeep: 'all' },
      setting: 'archiveKeep',
    },
    {
      name: 'MySQL, local disks: more archived backups',
      kind: MYSQL_LOCAL,
      settings: { archiveKeep: 'by-week', archiveKeepCount: 1 },
      wanted: { archiveKeepCount: 7 },
      setting: 'archiveKeepCount',
    },
    {
      name: 'MySQL, local disks: a number of archived backups where the service does not say of what',
      kind: MYSQL_LOCAL,
      settings: { archiveKeepCount: 1 },
      wanted: { archiveKeepCount: 7 },
      setting: 'archiveKeepCount',
    },
    {
      name: 'MySQL: any number of log files',
      kind: MYSQL_LOCAL,
      settings: { localLogCount: 60 },
      wanted: { localLogCount: 'unlimited' },
      setting: 'localLogCount',
    },
    {
      name: 'PostgreSQL: log files on the instance',
      kind: POSTGRES_LOCAL,
      settings: { localLogCount: 60 },
      wanted: { localLogCount: 80 },
      setting: 'localLogCount',
    },
  ])('$name', ({ kind, settings = {}, wanted, setting }) => {
    const decision = decide(wanted, { instance: kind, settings });

    expect(actionsOf(decision)).toEqual([`${setting}: correct`]);
    expect(decision.writes.map(({ changed }) => changed)).toEqual([[setting]]);
  });
});

describe('what cannot be had is not correctable, with the rule and the remedy', () => {
  test.each<Row & { readonly rule: string; readonly remedy: string }>([
    {
      name: 'SQL Server: log backup off',
      kind: SQLSERVER_CLOUD,
      wanted: { logBackup: false },
      setting: 'logBackup',
      rule: 'is always on (RDS for SQL Server, log backup)',
      remedy: 'leave logBackup out',
    },
    {
      name: 'SQL Server: another log retention than that of data',
      kind: SQLSERVER_CLOUD,
      settings: { logRetentionDays: 30 },
      wanted: { logRetentionDays: { exactly: 7 } },
      setting: 'logRetentionDays',
      rule: 'keeps its logs as long as its data backups (RDS API, ModifyBackupPolicy',
      remedy: 'wish for a dataRetention',
    },
    {
      name: 'PostgreSQL, Basic Edition: log backup on',
      kind: { ...POSTGRES_CLOUD, edition: 'basic' },
      settings: { logBackup: false },
      wanted: { logBackup: true },
      setting: 'logBackup',
      rule: 'PostgreSQL Basic Edition has no log backup',
      remedy: 'use another edition',
    },
    {
      name: 'PostgreSQL, Basic Edition: log retention',
      kind: { ...POSTGRES_LOCAL, edition: 'basic' },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
      rule: 'PostgreSQL Basic Edition has no log backup',
      remedy: 'leave this wish out',
    },
    {
      name: 'PostgreSQL, Basic Edition: logs on the instance',
      kind: { ...POSTGRES_LOCAL, edition: 'basic' },
      wanted: { localLogHours: 24 },
      setting: 'localLogHours',
      rule: 'PostgreSQL Basic Edition has no log backup',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL, Basic Edition: log backup',
      kind: { ...MYSQL_CLOUD, edition: 'basic' },
      settings: { logBackup: false },
      wanted: { logBackup: true },
      setting: 'logBackup',
      rule: 'of MySQL Basic Edition cannot be set',
      remedy: 'use another edition',
    },
    {
      name: 'MySQL, Basic Edition: log retention',
      kind: { ...MYSQL_LOCAL, edition: 'basic' },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
      rule: 'of MySQL Basic Edition cannot be set',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL, local disks: single-digit second backup',
      kind: MYSQL_LOCAL,
      settings: { category: 'standard' },
      wanted: { category: 'flash' },
      setting: 'category',
      rule: 'IncorrectCategory',
      remedy: 'leave this wish out',
    },
    {
      name: 'PostgreSQL, local disks: single-digit second backup',
      kind: POSTGRES_LOCAL,
      wanted: { category: 'flash' },
      setting: 'category',
      rule: 'IncorrectCategory',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server: single-digit second backup',
      kind: SQLSERVER_CLOUD,
      wanted: { category: 'flash' },
      setting: 'category',
      rule: 'IncorrectCategory',
      remedy: 'leave this wish out',
    },
    {
      name: 'MariaDB: single-digit second backup',
      kind: MARIADB,
      wanted: { category: 'flash' },
      setting: 'category',
      rule: 'IncorrectCategory',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL: the backup method',
      kind: MYSQL_LOCAL,
      wanted: { method: 'snapshot' },
      setting: 'method',
      rule: 'for SQL Server on cloud disks only',
      remedy: 'leave this wish out',
    },
    {
      name: 'PostgreSQL, cloud disks: physical backups',
      kind: POSTGRES_CLOUD,
      wanted: { method: 'physical' },
      setting: 'method',
      rule: 'for SQL Server on cloud disks only',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server, local disks: snapshots',
      kind: SQLSERVER_LOCAL,
      wanted: { method: 'snapshot' },
      setting: 'method',
      rule: 'for SQL Server on cloud disks only',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server: from snapshots back to physical backups, also above 4,000 GB',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'snapshot' },
      wanted: { method: 'physical' },
      setting: 'method',
      rule: 'above 4,000 GB there are snapshots only (RDS API, ModifyBackupPolicy: OperationDenied.SwitchSnapshotToPhysical',
      remedy: 'wish for snapshot here',
    },
    {
      name: 'SQL Server: snapshots where the instance says that it has none',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', supports: supports({ snapshots: false }) },
      wanted: { method: 'snapshot' },
      setting: 'method',
      rule: 'SupportVolumeShadowCopy',
      remedy: 'leave method out',
    },
    {
      name: 'SQL Server: snapshots with logs backed up with the data',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', logFrequency: 'with-data' },
      wanted: { method: 'snapshot' },
      setting: 'method',
      rule: 'ApiForbiddenForLogBackupFrequency',
      remedy: 'wish for logFrequency every-30-minutes as well',
    },
    {
      name: 'SQL Server with snapshots: logs with the data',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'snapshot', logFrequency: 'every-30-minutes' },
      wanted: { logFrequency: 'with-data' },
      setting: 'logFrequency',
      rule: 'LogBackupFrequency',
      remedy: 'wish for every-30-minutes',
    },
    {
      name: 'MySQL: the frequency of log backups',
      kind: MYSQL_LOCAL,
      wanted: { logFrequency: 'every-30-minutes' },
      setting: 'logFrequency',
      rule: 'for SQL Server only',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL, local disks: high-frequency snapshots',
      kind: MYSQL_LOCAL,
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
      rule: 'need cloud disks',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server with physical backups: high-frequency snapshots',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'physical', snapshotInterval: 'off' },
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
      rule: 'need the method snapshot',
      remedy: 'wish for method snapshot as well',
    },
    {
      name: 'single-digit second backup: an interval',
      kind: MYSQL_CLOUD,
      settings: { category: 'flash', snapshotInterval: 'off' },
      wanted: { snapshotInterval: 60 },
      setting: 'snapshotInterval',
      rule: 'BackupInterval',
      remedy: 'wish for category standard',
    },
    {
      name: 'MySQL, cloud disks: incremental backups',
      kind: MYSQL_CLOUD,
      wanted: { incremental: true },
      setting: 'incremental',
      rule: 'EnableIncrementDataBackup',
      remedy: 'leave this wish out',
    },
    {
      name: 'PostgreSQL: incremental backups',
      kind: POSTGRES_LOCAL,
      wanted: { incremental: true },
      setting: 'incremental',
      rule: 'EnableIncrementDataBackup',
      remedy: 'leave this wish out',
    },
    {
      name: 'MariaDB: incremental backups',
      kind: MARIADB,
      wanted: { incremental: true },
      setting: 'incremental',
      rule: 'EnableIncrementDataBackup',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server with snapshots: incremental backups',
      kind: SQLSERVER_CLOUD,
      settings: { method: 'snapshot', incremental: false },
      wanted: { incremental: true },
      setting: 'incremental',
      rule: 'snapshots are always full',
      remedy: 'leave incremental out',
    },
    {
      name: 'SQL Server, Cluster Edition, secondary first: incremental backups',
      kind: SQLSERVER_CLUSTER,
      settings: { method: 'physical', priority: 'secondary', incremental: false },
      wanted: { incremental: true },
      setting: 'incremental',
      rule: 'while the secondary node is backed up first',
      remedy: 'wish for priority primary',
    },
    {
      name: 'SQL Server, High-availability Edition: the node',
      kind: SQLSERVER_CLOUD,
      wanted: { priority: 'secondary' },
      setting: 'priority',
      rule: 'Cluster Edition only',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server, Cluster Edition that says it cannot: the node',
      kind: SQLSERVER_CLUSTER,
      settings: { priority: 'primary', supports: supports({ priority: false }) },
      wanted: { priority: 'secondary' },
      setting: 'priority',
      rule: 'BackupPriority',
      remedy: 'leave this wish out',
    },
    {
      name: 'SQL Server, Cluster Edition with snapshots: the node',
      kind: SQLSERVER_CLUSTER,
      settings: { method: 'snapshot', priority: 'primary' },
      wanted: { priority: 'secondary' },
      setting: 'priority',
      rule: 'always taken of the primary node',
      remedy: 'leave priority out',
    },
    {
      name: 'an instance that says it cannot keep backups after its release',
      kind: MYSQL_CLOUD,
      settings: { supports: supports({ releasedKeep: false }) },
      wanted: { releasedKeep: 'all' },
      setting: 'releasedKeep',
      rule: 'SupportReleasedKeep',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL 8.0: compression 4',
      kind: MYSQL_LOCAL,
      settings: { compression: 1 },
      wanted: { compression: 4 },
      setting: 'compression',
      rule: 'for MySQL 5.6 and 5.7 only',
      remedy: 'wish for 0, 1 or 2',
    },
    {
      name: 'PostgreSQL: compression 8',
      kind: POSTGRES_LOCAL,
      settings: { compression: 1 },
      wanted: { compression: 8 },
      setting: 'compression',
      rule: 'for MySQL 8.0 only',
      remedy: 'wish for 0, 1 or 2',
    },
    {
      name: 'MySQL, cloud disks: archived backups',
      kind: MYSQL_CLOUD,
      wanted: { archiveRetentionDays: 365 },
      setting: 'archiveRetentionDays',
      rule: 'MySQL on local disks only',
      remedy: 'leave this wish out',
    },
    {
      name: 'MySQL, local disks: more archived backups a week than it has days',
      kind: MYSQL_LOCAL,
      settings: { archiveKeep: 'by-week', archiveKeepCount: 1 },
      wanted: { archiveKeepCount: 8 },
      setting: 'archiveKeepCount',
      rule: 'at most 7',
      remedy: 'wish for an archiveKeepCount that fits',
    },
    {
      name: 'MySQL, local disks: by the week with a number of the month',
      kind: MYSQL_LOCAL,
      settings: { archiveKeep: 'by-month', archiveKeepCount: 20, archiveRetentionDays: 0 },
      wanted: { archiveKeep: 'by-week' },
      setting: 'archiveKeep',
      rule: 'at most 7',
      remedy: 'wish for an archiveKeepCount that fits',
    },
    {
      name: 'MySQL, local disks: a number where all archived backups are kept',
      kind: MYSQL_LOCAL,
      settings: { archiveKeep: 'all', archiveKeepCount: 1 },
      wanted: { archiveKeepCount: 2 },
      setting: 'archiveKeepCount',
      rule: 'means nothing',
      remedy: 'leave it out',
    },
    {
      name: 'PostgreSQL: any number of log files',
      kind: POSTGRES_LOCAL,
      settings: { localLogCount: 60 },
      wanted: { localLogCount: 'unlimited' },
      setting: 'localLogCount',
      rule: 'only MySQL',
      remedy: 'wish for 6 to 100',
    },
    {
      name: 'a log retention above the data retention',
      kind: MYSQL_LOCAL,
      wanted: { logRetentionDays: { exactly: 60 } },
      setting: 'logRetentionDays',
      rule: 'those are kept for 30 days (RDS API, ModifyBackupPolicy: LogBackupRetentionPeriod',
      remedy: 'wish for a dataRetention that fits',
    },
    {
      name: 'a longer log retention where nobody knows the data retention',
      kind: MYSQL_LOCAL,
      settings: { dataRetentionDays: undefined },
      wanted: { logRetentionDays: { exactly: 60 } },
      setting: 'logRetentionDays',
      rule: 'those are kept for unknown',
      remedy: 'wish for a dataRetention that fits',
    },
    {
      name: 'a log retention while log backup is off',
      kind: MYSQL_LOCAL,
      settings: { logBackup: false },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
      rule: 'the log backup is off',
      remedy: 'wish for logBackup on',
    },
    {
      name: 'an engine that this product does not know',
      kind: { ...MYSQL_LOCAL, engine: 'other' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
      rule: 'not one whose settings this product knows',
      remedy: "by the policy's select",
    },
    {
      name: 'a read-only instance',
      kind: { ...MYSQL_LOCAL, role: 'read-only' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
      rule: 'a read-only instance has no backup settings of its own (RDS API, ReadDBInstanceNotSupport)',
      remedy: 'its primary instance',
    },
    {
      name: 'a disaster recovery instance',
      kind: { ...MYSQL_LOCAL, role: 'guard' },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
      rule: 'a guard instance',
      remedy: 'its primary instance',
    },
    {
      name: 'a setting of which the service does not speak',
      kind: MYSQL_CLOUD,
      wanted: { releasedKeep: 'all' },
      setting: 'releasedKeep',
      rule: 'the service does not say what releasedKeep is',
      remedy: 'look at the instance in the console',
    },
    {
      name: 'a write of which the service hides a required field',
      kind: MYSQL_LOCAL,
      settings: { backupWindowMinute: undefined },
      wanted: { dataRetentionDays: { exactly: 60 } },
      setting: 'dataRetentionDays',
      rule: 'does not say what backupWindowMinute is',
      remedy: 'set it once in the console',
    },
    {
      name: 'a write of which the service hides several required fields',
      kind: MYSQL_LOCAL,
      settings: { localLogHours: undefined, highSpaceProtection: undefined },
      wanted: { logRetentionDays: { exactly: 20 } },
      setting: 'logRetentionDays',
      rule: 'does not say what localLogHours, highSpaceProtection are',
      remedy: 'set it once in the console',
    },
  ])('$name', ({ kind, settings = {}, wanted, setting, rule, remedy }) => {
    const decision = decide(wanted, { instance: kind, settings, policy: { allowDestructive: true } });

    expect(actionsOf(decision)).toEqual([`${setting}: not-correctable`]);
    expect(decision.writes).toEqual([]);
    expect(driftOf(decision, setting).reason).toContain(rule);
    expect(driftOf(decision, setting).reason).toContain(remedy);
  });
});

describe('what an instance cannot have is off, and no drift from a wish for that', () => {
  test.each<{ name: string; kind: Kind; settings?: Partial<BackupSettings>; wanted: WantedSettings }>([
    { name: 'MySQL, local disks: standard backups', kind: MYSQL_LOCAL, wanted: { category: 'standard', snapshotInterval: 'off', method: 'physical' } },
    {
      name: 'MySQL, cloud disks: neither archived nor incremental backups',
      kind: MYSQL_CLOUD,
      wanted: { archiveRetentionDays: 0, incremental: false, method: 'snapshot' },
    },
    { name: 'PostgreSQL, local disks: physical backups', kind: POSTGRES_LOCAL, wanted: { method: 'physical', archiveRetentionDays: 0 } },
    { name: 'PostgreSQL, cloud disks: snapshots', kind: POSTGRES_CLOUD, wanted: { method: 'snapshot', incremental: false } },
    {
      name: 'PostgreSQL, Basic Edition: no log backup',
      kind: { ...POSTGRES_CLOUD, edition: 'basic' },
      settings: { logBackup: undefined },
      wanted: { logBackup: false },
    },
    {
      name: 'SQL Server: log backup on, and kept as long as data',
      kind: SQLSERVER_LOCAL,
      settings: { logBackup: undefined, logRetentionDays: undefined },
      wanted: { logBackup: true, logRetentionDays: { exactly: 30 }, method: 'physical' },
    },
    { name: 'MariaDB: snapshots', kind: MARIADB, wanted: { method: 'snapshot', category: 'standard' } },
    {
      name: 'nothing kept after the release, where it cannot',
      kind: MYSQL_CLOUD,
      settings: { supports: supports({ releasedKeep: false }) },
      wanted: { releasedKeep: 'none' },
    },
  ])('$name', ({ kind, settings = {}, wanted }) => {
    expect(decide(wanted, { instance: kind, settings })).toEqual({ drifts: [], writes: [] });
  });

  test('where it could have it and the service does not say, nobody knows', () => {
    const decision = decide({ category: 'standard', snapshotInterval: 'off' }, { instance: MYSQL_CLOUD });

    expect(actionsOf(decision)).toEqual(['category: not-correctable', 'snapshotInterval: not-correctable']);
    expect(driftOf(decision, 'category')).toMatchObject({ before: 'unknown', wanted: 'standard' });
  });
});
