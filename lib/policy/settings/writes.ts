// Puts corrections into writes, in an order in which each step leaves the instance with settings that the service accepts.
import type { InstanceEngine } from '../../domain/instance';
import { type BackupSettings, SETTING_MODES, type SettingsMode, type SettingsWrite, type SettingValues } from '../../domain/settings';
import { type Change, withChanges } from './change';
import { keepsLogsTooLong } from './value-rules';

/**
 * One write per mode that has corrections, with all values as they are by then: as read, with this write's and the earlier writes' corrections. Data goes first,
 * unless logs would be kept longer than data in between: then the logs are shortened (or switched off) first.
 */
export function writesOf(engine: InstanceEngine, settings: BackupSettings, corrections: readonly Change[]): readonly SettingsWrite[] {
  const { nextBackupAt: _, supports: __, ...values } = settings;
  const ofMode = (mode: SettingsMode): readonly Change[] => corrections.filter(({ setting }) => SETTING_MODES[setting] === mode);
  const afterData = withChanges(engine, values, ofMode('data'));
  const order: readonly SettingsMode[] = keepsLogsTooLong(afterData) ? ['log', 'data'] : ['data', 'log'];
  const writes: SettingsWrite[] = [];
  let current: SettingValues = values;
  for (const mode of order) {
    const changes = ofMode(mode);
    if (changes.length === 0) continue;
    current = withChanges(engine, current, changes);
    writes.push({ mode, values: current, changed: changes.map(({ setting }) => setting) });
  }
  return writes;
}

/** The same change over what the service shows by now: what it does not change itself goes along as it is, not as it was. */
export function onTopOf({ mode, values, changed }: SettingsWrite, { nextBackupAt: _, supports: __, ...shown }: BackupSettings): SettingsWrite {
  const kept = Object.fromEntries(changed.map((setting) => [setting, values[setting]]));
  return { mode, values: { ...shown, ...kept }, changed };
}
