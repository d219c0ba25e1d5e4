// A setting that is to become another value, and what the settings are with such changes in them.
import type { InstanceEngine } from '../../domain/instance';
import type { SettingName, SettingValues } from '../../domain/settings';
import type { SettingValue } from './values';

export interface Change {
  readonly setting: SettingName;
  /** Undefined: the service does not say. */
  readonly before: SettingValues[SettingName];
  readonly target: SettingValue;
  /** Nobody asked for it by itself: another change cannot be made without it. */
  readonly isConsequence: boolean;
}

/**
 * The values with these changes, and with what they bring about by themselves. On SQL Server the log retention goes with the data retention (RDS for SQL Server,
 * standard backup policy), and snapshots are always full (RDS API, ModifyBackupPolicy: EnableIncrementDataBackup).
 */
export function withChanges<V extends SettingValues>(engine: InstanceEngine, values: V, changes: readonly Pick<Change, 'setting' | 'target'>[]): V {
  let after = values;
  for (const { setting, target } of changes) after = { ...after, [setting]: target };
  if (engine !== 'sqlserver') return after;
  const becomesSnapshot = after.method === 'snapshot' && values.method !== 'snapshot';
  const incremental = becomesSnapshot && after.incremental === true ? false : after.incremental;
  return { ...after, incremental, logRetentionDays: followingLogRetention(values, after) };
}

function followingLogRetention(before: SettingValues, after: SettingValues): number | undefined {
  const { dataRetentionDays: dataDays, logRetentionDays: logDays } = after;
  if (logDays === undefined || dataDays === undefined || dataDays === before.dataRetentionDays) return logDays;
  return before.logRetentionDays === before.dataRetentionDays ? dataDays : Math.min(logDays, dataDays);
}
