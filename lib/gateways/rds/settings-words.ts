// The words of backup settings on the wire, and ours for them (RDS API, DescribeBackupPolicy and ModifyBackupPolicy).
import type { Weekday } from '../../domain/protection-policy';
import type { SettingsMode, SettingValues } from '../../domain/settings';

type Value<Name extends keyof SettingValues> = NonNullable<SettingValues[Name]>;

export const MODE_NAMES: Readonly<Record<SettingsMode, string>> = { data: 'DataBackupPolicy', log: 'LogBackupPolicy' };

/** In the order of the week. */
export const DAY_NAMES: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

export const METHOD_NAMES: Readonly<Record<Value<'method'>, string>> = { physical: 'Physical', snapshot: 'Snapshot' };

export const CATEGORY_NAMES: Readonly<Record<Value<'category'>, string>> = { standard: 'Standard', flash: 'Flash' };

/** `Lastest` is the service's own spelling. */
export const RELEASED_KEEP_NAMES: Readonly<Record<Value<'releasedKeep'>, string>> = { none: 'None', latest: 'Lastest', all: 'All' };

export const ARCHIVE_KEEP_NAMES: Readonly<Record<Value<'archiveKeep'>, string>> = { 'by-month': 'ByMonth', 'by-week': 'ByWeek', all: 'KeepAll' };

/** Logs are backed up with the data by default; there is a word for the other way only. */
export const LOG_FREQUENCY_NAMES: Readonly<Record<Value<'logFrequency'>, string>> = { 'every-30-minutes': 'LogInterval', 'with-data': '' };

export const PRIORITY_NUMBERS: Readonly<Record<Value<'priority'>, number>> = { secondary: 1, primary: 2 };

/** No high-frequency snapshots; no limit on the number of log files. */
export const NONE = -1;

/** Automatic backups start in a window of this length. */
export const WINDOW_MINUTES = 60;
