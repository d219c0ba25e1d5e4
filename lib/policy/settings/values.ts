// Says what a setting's value is, in the words that plans, findings and corrections use, and when two values are the same.

import type { Weekday } from '../../domain/protection-policy';
import type { SettingName, SettingValues } from '../../domain/settings';

/** A value of some setting that is known. */
export type SettingValue = NonNullable<SettingValues[SettingName]>;

/** In the order of the service's week, from Monday. */
export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A value as a text for people: the same for equal values, another for others. `unknown` where the service does not say. Times of day are UTC. */
export function settingText(setting: SettingName, value: SettingValues[SettingName]): string {
  if (value === undefined) return 'unknown';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(setting, value);
  return WEEKDAYS.filter((day) => value.includes(day)).join(', ');
}

/** True when the two mean the same: days of the week are a set. */
export function isSameValue(setting: SettingName, a: SettingValues[SettingName], b: SettingValues[SettingName]): boolean {
  return settingText(setting, a) === settingText(setting, b);
}

function numberText(setting: SettingName, value: number): string {
  switch (setting) {
    case 'dataRetentionDays':
    case 'logRetentionDays':
      return `${value} days`;
    case 'archiveRetentionDays':
      return value === 0 ? 'off' : `${value} days`;
    case 'backupWindowMinute':
      return `${timeOfDay(value)}-${timeOfDay((value + 60) % 1440)} UTC`;
    case 'snapshotInterval':
      return `every ${value} minutes`;
    case 'localLogHours':
      return `${value} hours`;
    case 'localLogSpacePercent':
      return `${value} %`;
    case 'localLogCount':
      return `${value} files`;
    default:
      return `${value}`;
  }
}

function timeOfDay(minute: number): string {
  return `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${`${minute % 60}`.padStart(2, '0')}`;
}
