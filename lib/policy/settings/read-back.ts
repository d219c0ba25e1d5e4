// Compares what was written with what the service shows afterwards.
import { type BackupSettings, SETTING_NAMES, type SettingName, type SettingsWrite } from '../../domain/settings';
import { isSameValue, settingText } from './values';

/** Values as texts: see settingText. */
export interface SettingDifference {
  readonly setting: SettingName;
  readonly expected: string;
  readonly shown: string;
}

export interface ReadBack {
  /** Settings that the write was to change and that show another value, or none: ignored, clamped or rounded. */
  readonly notWritten: readonly SettingDifference[];
  /** Settings that nobody meant to change and that show another value than before. One that the service did not say before, or does not say now, is not compared. */
  readonly alsoChanged: readonly SettingDifference[];
}

/** `before` is what was read just before the write. What a write brings about by itself (SQL Server's log retention) is among its values and no difference. */
export function compareReadBack(write: SettingsWrite, before: BackupSettings, shown: BackupSettings): ReadBack {
  const notWritten: SettingDifference[] = [];
  const alsoChanged: SettingDifference[] = [];
  for (const setting of SETTING_NAMES) {
    const isMeant = isSameValue(setting, shown[setting], write.values[setting]);
    if (write.changed.includes(setting)) {
      if (!isMeant) notWritten.push(difference(setting, write.values, shown));
      continue;
    }
    const isComparable = before[setting] !== undefined && shown[setting] !== undefined;
    if (isComparable && !isMeant && !isSameValue(setting, shown[setting], before[setting])) alsoChanged.push(difference(setting, before, shown));
  }
  return { notWritten, alsoChanged };
}

function difference(setting: SettingName, expected: SettingsWrite['values'], shown: BackupSettings): SettingDifference {
  return { setting, expected: settingText(setting, expected[setting]), shown: settingText(setting, shown[setting]) };
}
