// Says which changes of settings make the service drop backups or logs that would otherwise stay.
import type { SettingName, SettingValues } from '../../domain/settings';
import type { Change } from './change';

const RELEASED_KEEP_ORDER = { none: 0, latest: 1, all: 2 } as const;

/**
 * What a change costs, in words; undefined when it costs nothing. The rule: a change is destructive when something that exists now, or will be kept under the
 * settings as they are, goes because of it. Log backup off deletes all logs; a shorter retention of data, logs or archives drops what is older; another way of
 * keeping archives may drop some, unless all are kept; less kept of a released instance drops them on release. Logs on the instance itself are copies while log
 * backup is on, and the only ones while it is off: fewer of them is destructive unless it is on before and after. How often, when and by which method backups
 * are made changes only those to come.
 */
export function costOf({ setting, target }: Pick<Change, 'setting' | 'target'>, before: SettingValues, after: SettingValues): string | undefined {
  switch (setting) {
    case 'logBackup':
      return target === false ? 'all logs are deleted, and with them recovery to any point in time' : undefined;
    case 'dataRetentionDays':
      return isFewer(target, before.dataRetentionDays) ? 'automatic backups older than that are dropped' : undefined;
    case 'logRetentionDays':
      return before.logBackup !== false && isFewer(target, before.logRetentionDays) ? 'logs older than that are dropped' : undefined;
    case 'archiveRetentionDays':
    case 'archiveKeep':
    case 'archiveKeepCount':
      return costOfArchive(setting, target, before);
    case 'releasedKeep':
      if (before.releasedKeep === undefined || after.releasedKeep === undefined) return undefined;
      return RELEASED_KEEP_ORDER[after.releasedKeep] < RELEASED_KEEP_ORDER[before.releasedKeep]
        ? 'fewer backups are left when the instance is released'
        : undefined;
    case 'localLogHours':
    case 'localLogSpacePercent':
    case 'localLogCount':
    case 'highSpaceProtection':
      return costOfLocalLogs(setting, target, before, after);
    default:
      return undefined;
  }
}

function costOfArchive(setting: SettingName, target: Change['target'], before: SettingValues): string | undefined {
  if (before.archiveRetentionDays === 0) return undefined;
  const isLess = setting === 'archiveKeep' ? target !== 'all' : isFewer(target, before[setting]);
  return isLess ? 'archived backups beyond that are dropped' : undefined;
}

function costOfLocalLogs(setting: SettingName, target: Change['target'], before: SettingValues, after: SettingValues): string | undefined {
  if (before.logBackup === true && after.logBackup === true) return undefined;
  const isLess = setting === 'highSpaceProtection' ? target === true : isFewer(target, before[setting]);
  return isLess ? 'logs on the instance are dropped, and there are no other copies while log backup is off' : undefined;
}

/** `unlimited` is more than any number. */
function isFewer(target: Change['target'], before: Change['before']): boolean {
  return typeof target === 'number' && (before === 'unlimited' || (typeof before === 'number' && target < before));
}
