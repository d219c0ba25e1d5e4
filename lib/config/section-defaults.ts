// What `settings`, `retention`, `crossRegion` and `preRelease` say where the file says nothing. Functions read this too: no YAML and no schema library here.
import { DAY_MS, HOUR_MS } from '../base/instant';
import type { CrossRegionPolicy, PreReleasePolicy, RetentionPolicy, SettingsPolicy } from '../domain/protection-policy';

const DEFAULT_FIGHT_WINDOW_DAYS = 7;
const DEFAULT_MAX_LAG_HOURS = 3;
const DEFAULT_LOOK_BACK_DAYS = 7;
const DEFAULT_DEADLINE_HOURS = 2;
const DEFAULT_HOLD_DAYS = 7;

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

/** Copies are required, and everything else is left open. */
export function defaultCrossRegion(): CrossRegionPolicy {
  return {
    mode: 'audit',
    isRequired: true,
    destination: undefined,
    retentionDays: undefined,
    copiesLogs: undefined,
    maxLagMs: DEFAULT_MAX_LAG_HOURS * HOUR_MS,
    rpoMs: undefined,
    probeEveryMs: DAY_MS,
    lookBackMs: DEFAULT_LOOK_BACK_DAYS * DAY_MS,
    allowCost: false,
    allowDestructive: false,
  };
}

/** Every policy has the section: releases come from outside, and are never a rule. */
export function defaultPreRelease(): PreReleasePolicy {
  return { freshForMs: HOUR_MS, deadlineMs: DEFAULT_DEADLINE_HOURS * HOUR_MS, holdForMs: DEFAULT_HOLD_DAYS * DAY_MS, maxInstances: 50 };
}

/** `probeEvery: never`, in a patch: what is undefined there changes nothing, and is not written to keeper.json. */
export const NEVER_PROBE_MS = 0;

/** A patch laid over the section: with `NEVER_PROBE_MS` in it, the newest copy is never asked for its restorability. */
export function withCrossRegionPatch(section: CrossRegionPolicy, patch: Partial<CrossRegionPolicy> | undefined): CrossRegionPolicy {
  const laid = { ...section, ...patch };
  return { ...laid, probeEveryMs: laid.probeEveryMs === NEVER_PROBE_MS ? undefined : laid.probeEveryMs };
}
