// Words the steps of hygiene as a plan has them.
import { formatInstant } from '../../base/instant';
import type { PurgeMark } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { SettingName, SettingsWrite } from '../../domain/settings';
import type { Drift } from '../../policy/settings/types';
import { settingText } from '../../policy/settings/values';
import type { ChangeSettingsStep, MarkStep, PurgeStep } from '../types';

/** The names under which hygiene's verdicts and steps go. */
export const SETTINGS_RULE = 'settings';
export const RETENTION_RULE = 'retention';

export function markStep({ account, region, id }: Instance, backupId: string, reason: string): MarkStep {
  return { action: 'mark-surplus', account, region, instanceId: id, rule: RETENTION_RULE, backupId, before: 'unmarked', after: 'marked', reason };
}

export function purgeStep({ account, region, id }: Instance, mark: Pick<PurgeMark, 'backupId' | 'markedAt'>, reason: string): PurgeStep {
  const before = formatInstant(mark.markedAt);
  return { action: 'purge', account, region, instanceId: id, rule: RETENTION_RULE, backupId: mark.backupId, before, after: 'deleted', reason };
}

/** What one write changes. A setting that changes only because another one does is in it too. */
export function settingsStep(instance: Instance, write: SettingsWrite, current: SettingsWrite['values'], drifts: readonly Drift[]): ChangeSettingsStep {
  const { account, region, id } = instance;
  const corrected = drifts.filter((drift) => write.changed.includes(drift.setting));
  const before: Partial<Record<SettingName, string>> = {};
  const after: Partial<Record<SettingName, string>> = {};
  for (const setting of write.changed) {
    before[setting] = settingText(setting, current[setting]);
    after[setting] = settingText(setting, write.values[setting]);
  }
  return {
    action: 'change-settings',
    account,
    region,
    instanceId: id,
    rule: SETTINGS_RULE,
    mode: write.mode,
    before,
    after,
    isDestructive: corrected.some((drift) => drift.isDestructive),
    reason: corrected.map((drift) => drift.reason).join('; '),
  };
}
