// Reads settings as users type them, `dataRetention=14`, by the names and rules of the policy file.
import { UsageError } from '../../base/errors';
import { toSettings } from '../../config/compile-sections';
import { wordsOf } from '../../config/issue-words';
import { nearestName } from '../../config/nearest';
import { settings as settingsSchema, type UserSettings } from '../../config/schema-settings';
import { WISH_PATHS } from '../../config/section-paths';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { SettingName } from '../../domain/settings';

const NAMES = Object.values(WISH_PATHS).map((path) => path.join('.'));

/** The name that a setting has in the policy file, and in `keeper settings set`. */
export function typedName(setting: SettingName): string {
  const path = WISH_PATHS[`wanted.${setting === 'backupWindowMinute' ? 'backupWindowLocalMinute' : setting}`];
  return path?.join('.') ?? setting;
}

/** A value of the file, or a group of them. */
type Typed = Record<string, unknown>;

/** Throws a UsageError: for a name that is none at once, for values with every mistake. */
export function parseSettings(pairs: readonly string[]): UserSettings {
  const typed: Typed = {};
  const groups: Record<string, Typed> = {};
  for (const [name, value] of namedValues(pairs)) {
    const [group = name, member] = name.split('.');
    if (member === undefined) typed[group] = value;
    else groups[group] = { ...groups[group], [member]: value };
  }
  const parsed = settingsSchema.safeParse({ ...typed, ...groups }, { error: wordsOf });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`);
  throw new UsageError(['these are no settings:', ...lines].join('\n'), 'write name=value, such as dataRetention=14 backupDays=mon,wed,fri logBackup=on');
}

/** What a policy would say that enforces just this. `timezone`: of the backup window. By hand there is no fight to be seen, and no window to wait for. */
export function toOneOff(user: UserSettings, timezone: string, allowDestructive: boolean): SettingsPolicy {
  return { ...toSettings(user, timezone), mode: 'enforce', allowDestructive, fightAfter: Number.MAX_SAFE_INTEGER };
}

function namedValues(pairs: readonly string[]): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (!NAMES.includes(name)) throw unknownName(name);
    if (at < 0) throw new UsageError(`${name} has no value`, 'write name=value, such as dataRetention=14');
    if (values.has(name)) throw new UsageError(`${name} is named twice`, 'name each setting once');
    values.set(name, asInFile(name, pair.slice(at + 1)));
  }
  return values;
}

function unknownName(name: string): UsageError {
  const nearest = nearestName(name, NAMES);
  const known = `there are: ${NAMES.join(', ')}`;
  return new UsageError(`there is no setting ${JSON.stringify(name.slice(0, 100))}`, nearest === undefined ? known : `did you mean ${nearest}? ${known}`);
}

/** Numbers, switches and days as the file would have them; all else is text. */
function asInFile(name: string, text: string): unknown {
  if (name === 'backupDays') return text.split(',').map((day) => day.trim());
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}
