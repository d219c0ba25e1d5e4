// Turns what the policy wants into the changes that would make an instance's settings so.
import { DateTime } from 'luxon';
import type { Instant } from '../../base/instant';
import type { DaysWish, SettingsPolicy, WantedSettings } from '../../domain/protection-policy';
import { SETTING_NAMES, type SettingName, type SettingValues } from '../../domain/settings';
import type { Change } from './change';
import type { SettingsInput } from './types';
import { isSameValue, type SettingValue } from './values';

/** The settings whose wish is not simply a value. */
type TranslatedName = 'dataRetentionDays' | 'logRetentionDays' | 'backupWindowMinute';

/** Every wish that is not met, and what must change with it, in the order of SETTING_NAMES. Whether it is possible is another question. */
export function changesWanted({ instance, policy, asOf }: Pick<SettingsInput, 'instance' | 'policy' | 'asOf'>, known: SettingValues): readonly Change[] {
  const log = instance.engine === 'sqlserver' ? logTargetOfSqlServer(policy.wanted, known) : logTarget(policy.wanted, known);
  const changes: Change[] = [];
  for (const setting of SETTING_NAMES) {
    const target = setting === 'logRetentionDays' ? log.days : targetOf(setting, policy, known, asOf);
    if (target === undefined || isSameValue(setting, known[setting], target)) continue;
    changes.push({ setting, before: known[setting], target, isConsequence: setting === 'logRetentionDays' && log.isConsequence });
  }
  return changes;
}

/**
 * The value nearest to `current` that the wish allows: a lower bound never lowers, an upper bound never raises, and where the two contradict each other the lower
 * bound wins. Undefined when nothing is known and nothing wished; a wish for something unknown is told by its first bound.
 */
export function nearestDays(wish: DaysWish | undefined, current: number | undefined): number | undefined {
  if (wish === undefined) return current;
  if ('exactly' in wish) return wish.exactly;
  if (current === undefined) return wish.atLeast ?? wish.atMost;
  return Math.max(leastDays(wish), Math.min(wish.atMost ?? current, current));
}

/**
 * A local time of day as minutes after midnight UTC, on the local day of `asOf`. The wish is a local time and the service keeps a UTC one, so where clocks change
 * it drifts twice a year and is corrected like any drift. A time that the change skips, or that comes twice, is taken as the day before has it. The days of the
 * week are the service's own and are not shifted, also where the window falls on another day in UTC (not verified on a live account).
 */
export function utcMinuteOf(localMinute: number, timezone: string, asOf: Instant): number {
  const day = DateTime.fromMillis(asOf, { zone: timezone }).startOf('day');
  const start = day.set({ hour: Math.floor(localMinute / 60), minute: localMinute % 60 }).toUTC();
  return start.hour * 60 + start.minute;
}

function targetOf(setting: Exclude<SettingName, 'logRetentionDays'>, policy: SettingsPolicy, known: SettingValues, asOf: Instant): SettingValue | undefined {
  if (setting === 'dataRetentionDays') return nearestDays(policy.wanted.dataRetentionDays, known.dataRetentionDays);
  if (setting !== 'backupWindowMinute') return plainWish(policy.wanted, setting);
  const localMinute = policy.wanted.backupWindowLocalMinute;
  return localMinute === undefined ? undefined : utcMinuteOf(localMinute, policy.timezone, asOf);
}

function plainWish(wanted: WantedSettings, setting: Exclude<SettingName, TranslatedName>): SettingValue | undefined {
  return wanted[setting];
}

/**
 * The log retention to aim at. Logs cannot be kept longer than data backups (RDS API, ModifyBackupPolicy), so they are shortened together with them, and fitted
 * when log backup is switched on; never below what the policy wants for them.
 */
function logTarget(wanted: WantedSettings, known: SettingValues): { readonly days: number | undefined; readonly isConsequence: boolean } {
  const current = known.logRetentionDays;
  const own = nearestDays(wanted.logRetentionDays, current);
  const dataDays = nearestDays(wanted.dataRetentionDays, known.dataRetentionDays);
  const isOff = (wanted.logBackup ?? known.logBackup) === false;
  if (own === undefined || dataDays === undefined || isOff) return { days: own, isConsequence: false };
  const isSwitchedOn = known.logBackup === false;
  const isDataShortened = known.dataRetentionDays !== undefined && dataDays < known.dataRetentionDays;
  if (own === current && !isSwitchedOn && !isDataShortened) return { days: own, isConsequence: false };
  return { days: Math.max(leastDays(wanted.logRetentionDays), Math.min(own, dataDays)), isConsequence: own === current };
}

/** SQL Server keeps logs as long as data: a wish for the logs is met when the data retention, as it is wanted, meets it. */
function logTargetOfSqlServer(wanted: WantedSettings, known: SettingValues): { readonly days: number | undefined; readonly isConsequence: boolean } {
  const dataDays = nearestDays(wanted.dataRetentionDays, known.dataRetentionDays);
  const coming = dataDays === known.dataRetentionDays ? known.logRetentionDays : dataDays;
  const days = nearestDays(wanted.logRetentionDays, coming);
  return { days: days === coming ? undefined : days, isConsequence: false };
}

function leastDays(wish: DaysWish | undefined): number {
  if (wish === undefined) return 0;
  return 'exactly' in wish ? wish.exactly : (wish.atLeast ?? 0);
}
