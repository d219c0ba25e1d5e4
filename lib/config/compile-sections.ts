// Turns the `settings`, `retention`, `crossRegion` and `preRelease` sections of keeper.yaml, and patches of them, into their compiled forms.
import { HOUR_MS, MINUTE_MS } from '../base/instant';
import type { CrossRegionPolicy, DaysWish, PolicyPatch, PreReleasePolicy, RetentionPolicy, SettingsPolicy, WantedSettings } from '../domain/protection-policy';
import { durationMs, toWindow, withoutUndefined } from './convert';
import type { UserCrossRegion } from './schema-cross-region';
import type { UserPreRelease } from './schema-pre-release';
import type { UserRetention } from './schema-retention';
import { hasWish, type UserSettings } from './schema-settings';
import { defaultCrossRegion, defaultPreRelease, defaultRetention, defaultSettings, NEVER_PROBE_MS, withCrossRegionPatch } from './section-defaults';
import { minuteOfDay, weekdays } from './times';

/** A whole section. `timezone` is the policy's. */
export function toSettings(user: UserSettings, timezone: string): SettingsPolicy {
  return { ...defaultSettings(timezone), ...toSettingsPatch(user) };
}

/** Only what is named. */
export function toSettingsPatch(user: UserSettings): Partial<SettingsPolicy> {
  const { mode, allowDestructive, timezone, changeTimeDuring, fightAfter, fightWindow } = user;
  return withoutUndefined({
    mode,
    allowDestructive,
    timezone,
    changeTimeDuring: changeTimeDuring?.map(toWindow),
    fightAfter,
    fightWindowMs: durationMs(fightWindow),
    wanted: hasWish(user) ? toWanted(user) : undefined,
  });
}

function toWanted(user: UserSettings): WantedSettings {
  const { archive, localLog, backupDays, backupWindow } = user;
  const { method, category, snapshotInterval, priority, logFrequency, releasedKeep, compression } = user;
  return withoutUndefined({
    dataRetentionDays: toDaysWish(user.dataRetention),
    logBackup: isOn(user.logBackup),
    logRetentionDays: toDaysWish(user.logRetention),
    backupDays: backupDays === undefined ? undefined : weekdays(backupDays),
    backupWindowLocalMinute: backupWindow === undefined ? undefined : minuteOfDay(backupWindow),
    method,
    category,
    snapshotInterval,
    incremental: isOn(user.incremental),
    priority,
    logFrequency,
    releasedKeep,
    compression,
    archiveRetentionDays: archive?.retentionDays === 'off' ? 0 : archive?.retentionDays,
    archiveKeep: archive?.keep,
    archiveKeepCount: archive?.count,
    localLogHours: localLog?.hours,
    localLogSpacePercent: localLog?.spacePercent,
    localLogCount: localLog?.count,
    highSpaceProtection: isOn(localLog?.highSpaceProtection),
  });
}

function toDaysWish(user: UserSettings['dataRetention']): DaysWish | undefined {
  if (user === undefined) return undefined;
  return typeof user === 'number' ? { exactly: user } : { atLeast: user.min, atMost: user.max };
}

function isOn(user: UserSettings['logBackup']): boolean | undefined {
  return user === undefined ? undefined : user === true || user === 'on';
}

/** A whole section. `timezone` is the policy's. */
export function toRetention(user: UserRetention, timezone: string): RetentionPolicy {
  const defaults = defaultRetention(timezone);
  const { keep, ...rest } = toRetentionPatch(user);
  return { ...defaults, ...rest, keep: { ...defaults.keep, ...keep } };
}

/** Only what is named. */
export function toRetentionPatch(user: UserRetention): NonNullable<PolicyPatch['retention']> {
  const { mode, timezone, floor, deleteBackupFiles, keep: { within, ...counts } = {} } = user;
  const keep = withoutUndefined(counts);
  return withoutUndefined({
    mode,
    timezone,
    keep: Object.keys(keep).length === 0 ? undefined : keep,
    keepWithinMs: durationMs(within),
    floor,
    recoveryWindowMs: durationMs(user.recoveryWindow),
    graceMs: user.graceHours === undefined ? undefined : user.graceHours * HOUR_MS,
    runEveryMs: durationMs(user.runEvery),
    deleteBackupFiles,
  });
}

/** A whole section. */
export function toCrossRegion(user: UserCrossRegion): CrossRegionPolicy {
  return withCrossRegionPatch(defaultCrossRegion(), toCrossRegionPatch(user));
}

/** Only what is named. */
export function toCrossRegionPatch(user: UserCrossRegion): Partial<CrossRegionPolicy> {
  const { mode, required, destination, retention, logs, maxLagMinutes, rpoMinutes, probeEvery, lookBack, allowCost, allowDestructive } = user;
  return withoutUndefined({
    mode,
    isRequired: required,
    destination,
    retentionDays: toDaysWish(retention),
    copiesLogs: isOn(logs),
    maxLagMs: minutesMs(maxLagMinutes),
    rpoMs: minutesMs(rpoMinutes),
    probeEveryMs: probeEvery === 'never' ? NEVER_PROBE_MS : durationMs(probeEvery),
    lookBackMs: durationMs(lookBack),
    allowCost,
    allowDestructive,
  });
}

/** A whole section: also where the file has none. */
export function toPreRelease(user: UserPreRelease | undefined): PreReleasePolicy {
  const { freshFor, deadline, holdFor, maxInstances } = user ?? {};
  return {
    ...defaultPreRelease(),
    ...withoutUndefined({ freshForMs: durationMs(freshFor), deadlineMs: durationMs(deadline), holdForMs: durationMs(holdFor), maxInstances }),
  };
}

function minutesMs(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : minutes * MINUTE_MS;
}
