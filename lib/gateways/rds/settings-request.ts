// How settings are written: which parameters of ModifyBackupPolicy each mode wants (RDS API, ModifyBackupPolicy).
import { ModifyBackupPolicyRequest } from '@alicloud/rds20140815/dist/models/ModifyBackupPolicyRequest';
import { RefusedError } from '../../domain/cloud-errors';
import { SETTING_MODES, type SettingName, type SettingsMode, type SettingsWrite, type SettingValues } from '../../domain/settings';
import {
  ARCHIVE_KEEP_NAMES,
  CATEGORY_NAMES,
  DAY_NAMES,
  LOG_FREQUENCY_NAMES,
  METHOD_NAMES,
  MODE_NAMES,
  NONE,
  PRIORITY_NUMBERS,
  RELEASED_KEEP_NAMES,
  WINDOW_MINUTES,
} from './settings-words';

const OPERATION = 'ModifyBackupPolicy';

/** What a call must carry, whatever it changes. */
const REQUIRED: Readonly<Record<SettingsMode, readonly SettingName[]>> = {
  data: ['backupWindowMinute', 'backupDays', 'dataRetentionDays', 'logBackup'],
  log: ['logBackup', 'localLogHours', 'localLogSpacePercent', 'highSpaceProtection'],
};

/** The model's own fields: it would take any other name too. */
type Fields = { readonly [Field in keyof ModifyBackupPolicyRequest as string extends Field ? never : Field]?: ModifyBackupPolicyRequest[Field] };

/** The parameters of one setting. */
type Writers = { readonly [Name in SettingName]: (value: NonNullable<SettingValues[Name]>, mode: SettingsMode) => Fields };

/** Most numbers are texts in this operation. That logs are backed up is told to each mode in words of its own. */
const WRITERS: Writers = {
  dataRetentionDays: (days) => ({ backupRetentionPeriod: String(days) }),
  backupDays: (days) => ({ preferredBackupPeriod: days.map((day) => DAY_NAMES[day]).join(',') }),
  backupWindowMinute: (minute) => ({ preferredBackupTime: `${timeOf(minute)}-${timeOf(minute + WINDOW_MINUTES)}` }),
  method: (method) => ({ backupMethod: METHOD_NAMES[method] }),
  category: (category) => ({ category: CATEGORY_NAMES[category] }),
  snapshotInterval: (interval) => ({ backupInterval: String(interval === 'off' ? NONE : interval) }),
  incremental: (isOn) => ({ enableIncrementDataBackup: isOn }),
  priority: (priority) => ({ backupPriority: PRIORITY_NUMBERS[priority] }),
  logFrequency: (frequency) => ({ logBackupFrequency: LOG_FREQUENCY_NAMES[frequency] }),
  releasedKeep: (keep) => ({ releasedKeepPolicy: RELEASED_KEEP_NAMES[keep] }),
  compression: (compression) => ({ compressType: String(compression) }),
  archiveRetentionDays: (days) => ({ archiveBackupRetentionPeriod: String(days) }),
  archiveKeep: (keep) => ({ archiveBackupKeepPolicy: ARCHIVE_KEEP_NAMES[keep] }),
  archiveKeepCount: (count) => ({ archiveBackupKeepCount: count }),
  logBackup: (isOn, mode) => (mode === 'log' ? { enableBackupLog: isOn ? '1' : '0' } : { backupLog: isOn ? 'Enable' : 'Disabled' }),
  logRetentionDays: (days) => ({ logBackupRetentionPeriod: String(days) }),
  localLogHours: (hours) => ({ localLogRetentionHours: String(hours) }),
  localLogSpacePercent: (percent) => ({ localLogRetentionSpace: String(percent) }),
  highSpaceProtection: (isOn) => ({ highSpaceUsageProtection: isOn ? 'Enable' : 'Disable' }),
  localLogCount: (count) => ({ logBackupLocalRetentionNumber: count === 'unlimited' ? NONE : count }),
};

/**
 * One call: the fields that its mode requires, and whatever else has changed. Throws a RefusedError `invalid-request` when one of them is not
 * known, or belongs to the other mode, which this call would not write.
 */
export function toModifyBackupPolicyRequest(instanceId: string, { mode, values, changed }: SettingsWrite): ModifyBackupPolicyRequest {
  const foreign = changed.filter((name) => SETTING_MODES[name] !== mode);
  if (foreign.length > 0) throw refused(instanceId, `the mode ${mode} does not write ${foreign.join(', ')}`);
  const names = [...new Set([...REQUIRED[mode], ...changed])];
  const unknown = names.filter((name) => values[name] === undefined);
  if (unknown.length > 0) {
    const hint = 'the service does not say them, and takes no settings without them: set them once in the console';
    throw refused(instanceId, `${unknown.join(', ')} not known`, hint);
  }
  const parameters = names.map((name) => parametersOf(name, values, mode));
  return new ModifyBackupPolicyRequest(Object.assign({ DBInstanceId: instanceId, backupPolicyMode: MODE_NAMES[mode] }, ...parameters));
}

function parametersOf<Name extends SettingName>(name: Name, values: SettingValues, mode: SettingsMode): Fields {
  const value = values[name];
  return value === undefined ? {} : WRITERS[name](value, mode);
}

function refused(instanceId: string, what: string, hint?: string): RefusedError {
  return new RefusedError('invalid-request', `${OPERATION} for ${instanceId} was not sent: ${what}`, {
    operation: OPERATION,
    target: instanceId,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Minutes after midnight, past it if need be, as `02:05Z`. */
function timeOf(minute: number): string {
  const hours = Math.floor(minute / 60) % 24;
  return `${String(hours).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}Z`;
}
