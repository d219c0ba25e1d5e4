// What `settings` and `retention` say where the file says nothing. Functions read this too: no YAML and no schema library here.
import { DAY_MS } from '../base/instant';
import type { RetentionPolicy, SettingsPolicy } from '../domain/protection-policy';

const DEFAULT_FIGHT_WINDOW_DAYS = 7;

/** Wishes for nothing. */
export function defaultSettings(timezone: string): SettingsPolicy {
  return {
    mode: 'audit',
    allowDestructive: false,
    timezone,
    changeTimeDuring: [],
    fightAfter: 3,
    fightWindowMs: DEFAULT_FIGHT_WINDOW_DAYS * DAY_MS,
    wanted: {},
  };
}

/** Keeps nothing by rule: such a policy means that everything stays. */
export function defaultRetention(timezone: string): RetentionPolicy {
  return {
    mode: 'audit',
    timezone,
    keep: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    keepWithinMs: undefined,
    floor: 2,
    recoveryWindowMs: undefined,
    graceMs: DAY_MS,
    runEveryMs: DAY_MS,
    deleteBackupFiles: false,
  };
}
