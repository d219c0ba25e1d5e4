// Settings to decide on, as the service shows them for MySQL on local disks: each test changes what it is about.
import type { SettingsPolicy, WantedSettings } from '../../../lib/domain/protection-policy';
import type { BackupSettings, SettingName, SettingValues } from '../../../lib/domain/settings';
import { decideSettings } from '../../../lib/policy/settings/decide';
import type { Drift, SettingsDecision, SettingsInput } from '../../../lib/policy/settings/types';
import { DAY, makeInstance, NOW } from '../fixtures';

const NOT_SAID: SettingValues = {
  dataRetentionDays: undefined,
  backupDays: undefined,
  backupWindowMinute: undefined,
  method: undefined,
  category: undefined,
  snapshotInterval: undefined,
  incremental: undefined,
  priority: undefined,
  logFrequency: undefined,
  releasedKeep: undefined,
  compression: undefined,
  archiveRetentionDays: undefined,
  archiveKeep: undefined,
  archiveKeepCount: undefined,
  logBackup: undefined,
  logRetentionDays: undefined,
  localLogHours: undefined,
  localLogSpacePercent: undefined,
  highSpaceProtection: undefined,
  localLogCount: undefined,
};

export const SUPPORTS_UNKNOWN: BackupSettings['supports'] = { priority: undefined, snapshots: undefined, highFrequency: undefined, releasedKeep: undefined };

/** Only what every write must carry, the log retention, and what the test adds. */
export function makeSettings(change: Partial<BackupSettings> = {}): BackupSettings {
  return {
    ...NOT_SAID,
    dataRetentionDays: 30,
    backupDays: ['mon', 'wed', 'fri'],
    backupWindowMinute: 18 * 60,
    logBackup: true,
    logRetentionDays: 14,
    localLogHours: 18,
    localLogSpacePercent: 30,
    highSpaceProtection: true,
    nextBackupAt: undefined,
    supports: SUPPORTS_UNKNOWN,
    ...change,
  };
}

/** Enforces without destroying anything. */
export function makeSettingsPolicy(wanted: WantedSettings, change: Partial<Omit<SettingsPolicy, 'wanted'>> = {}): SettingsPolicy {
  return { mode: 'enforce', allowDestructive: false, timezone: 'UTC', changeTimeDuring: [], fightAfter: 3, fightWindowMs: 7 * DAY, ...change, wanted };
}

interface Case extends Partial<Omit<SettingsInput, 'policy' | 'settings' | 'instance'>> {
  readonly instance?: Parameters<typeof makeInstance>[0];
  readonly settings?: Partial<BackupSettings>;
  readonly policy?: Partial<Omit<SettingsPolicy, 'wanted'>>;
}

export function makeInput(wanted: WantedSettings, { instance, settings, policy, ...rest }: Case = {}): SettingsInput {
  return {
    instance: makeInstance(instance),
    policy: makeSettingsPolicy(wanted, policy),
    settings: makeSettings(settings),
    corrections: [],
    wouldLose: () => undefined,
    asOf: NOW,
    ...rest,
  };
}

export function decide(wanted: WantedSettings, given: Case = {}): SettingsDecision {
  return decideSettings(makeInput(wanted, given));
}

/** The drift of one setting; throws when there is none. */
export function driftOf({ drifts }: SettingsDecision, setting: SettingName): Drift {
  const found = drifts.find((drift) => drift.setting === setting);
  if (found === undefined) throw new RangeError(`no drift of ${setting}`);
  return found;
}

/** `setting: action`, in order. */
export function actionsOf({ drifts }: SettingsDecision): readonly string[] {
  return drifts.map(({ setting, action }) => `${setting}: ${action}`);
}
