// An instance's own backup settings, for people and for programs.
import { SETTING_NAMES, type SettingName } from '../../domain/settings';
import { settingText } from '../../policy/settings/values';
import type { InstanceSettings } from '../../run/inventory-instance';
import { sanitise } from '../sanitise';
import { jsonOfTime, timeText } from './inventory-parts';
import type { Style } from './style';
import { renderTable } from './table';
import { lines } from './text';

export function jsonOfSettings({ instance, settings }: InstanceSettings): object {
  const { nextBackupAt, supports, ...values } = settings;
  return { instanceId: instance.id, engine: instance.engine, settings: values, supports, nextBackupAt: jsonOfTime(nextBackupAt) };
}

/** `nameOf`: what a setting is called in the policy file. */
export function settingsText({ instance, settings }: InstanceSettings, nameOf: (setting: SettingName) => string, style: Style): string {
  const known = SETTING_NAMES.filter((setting) => settings[setting] !== undefined);
  const table = renderTable(
    known,
    [
      { head: 'setting', text: nameOf },
      { head: 'value', text: (setting) => settingText(setting, settings[setting]), isWide: true },
    ],
    style,
  );
  const unknown = SETTING_NAMES.filter((setting) => settings[setting] === undefined).map(nameOf);
  return lines(
    `${style.colors.bold(sanitise(instance.id))} (${instance.engine}, ${sanitise(instance.account)} in ${sanitise(instance.region)}), next backup ${timeText(settings.nextBackupAt)}`,
    '',
    table,
    ...(unknown.length === 0 ? [] : ['', `the service does not say: ${unknown.join(', ')}`]),
  );
}
