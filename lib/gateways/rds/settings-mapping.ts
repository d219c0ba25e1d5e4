// The answers of DescribeBackupPolicy in our words. What is missing, or what the documents do not name, is undefined: never compared, never sent.
import type { DescribeBackupPolicyResponseBody } from '@alicloud/rds20140815/dist/models/DescribeBackupPolicyResponseBody';
import { parseInstant } from '../../base/instant';
import type { Weekday } from '../../domain/protection-policy';
import type { BackupSettings, SettingValues } from '../../domain/settings';
import {
  ARCHIVE_KEEP_NAMES,
  CATEGORY_NAMES,
  DAY_NAMES,
  LOG_FREQUENCY_NAMES,
  METHOD_NAMES,
  NONE,
  PRIORITY_NUMBERS,
  RELEASED_KEEP_NAMES,
  WINDOW_MINUTES,
} from './settings-words';
import { keyOf } from './words';

/** A view as it came: of these fields and no others, with values of any JSON type. */
export type WirePolicy = { readonly [Field in keyof DescribeBackupPolicyResponseBody as string extends Field ? never : Field]?: unknown };

const COMPRESSIONS: readonly number[] = [0, 1, 2, 4, 8];
const DAY_MINUTES = 24 * 60;

/** Merges the two views. A field that its own view leaves out is taken from the other, where some answers have it. */
export function toBackupSettings(data: WirePolicy, log: WirePolicy): BackupSettings {
  return {
    ...dataSettings({ ...log, ...data }),
    ...logSettings({ ...data, ...log }),
    nextBackupAt: parseInstant(textOf(data.preferredNextBackupTime)),
    supports: {
      priority: flagOf(data.supportModifyBackupPriority),
      snapshots: flagOf(data.supportVolumeShadowCopy),
      highFrequency: flagOf(data.supportsHighFrequencyBackup),
      releasedKeep: flagOf(data.supportReleasedKeep),
    },
  };
}

type LogSettingName = 'logBackup' | 'logRetentionDays' | 'localLogHours' | 'localLogSpacePercent' | 'highSpaceProtection' | 'localLogCount';

function dataSettings(wire: WirePolicy): Omit<SettingValues, LogSettingName> {
  const interval = integerOf(wire.backupInterval);
  const compression = integerOf(wire.compressType);
  const keepCount = countOf(wire.archiveBackupKeepCount);
  return {
    dataRetentionDays: countOf(wire.backupRetentionPeriod),
    backupDays: daysOf(wire.preferredBackupPeriod),
    backupWindowMinute: windowMinuteOf(wire.preferredBackupTime),
    method: wordOf(METHOD_NAMES, wire.backupMethod),
    category: wordOf(CATEGORY_NAMES, wire.category),
    snapshotInterval: interval === NONE ? 'off' : countOf(interval),
    incremental: flagOf(wire.enableIncrementDataBackup),
    priority: wordOf(PRIORITY_NUMBERS, wire.backupPriority),
    logFrequency: wordOf(LOG_FREQUENCY_NAMES, wire.logBackupFrequency ?? LOG_FREQUENCY_NAMES['with-data']),
    releasedKeep: wordOf(RELEASED_KEEP_NAMES, wire.releasedKeepPolicy),
    compression: compression !== undefined && COMPRESSIONS.includes(compression) ? compression : undefined,
    archiveRetentionDays: sizeOf(wire.archiveBackupRetentionPeriod),
    archiveKeep: wordOf(ARCHIVE_KEEP_NAMES, wire.archiveBackupKeepPolicy),
    archiveKeepCount: keepCount,
  };
}

function logSettings(wire: WirePolicy): Pick<SettingValues, LogSettingName> {
  const localLogCount = integerOf(wire.logBackupLocalRetentionNumber);
  return {
    logBackup: flagOf(wire.enableBackupLog) ?? flagOf(wire.backupLog),
    logRetentionDays: countOf(wire.logBackupRetentionPeriod),
    localLogHours: sizeOf(wire.localLogRetentionHours),
    localLogSpacePercent: sizeOf(wire.localLogRetentionSpace),
    highSpaceProtection: flagOf(wire.highSpaceUsageProtection),
    localLogCount: localLogCount === NONE ? 'unlimited' : countOf(localLogCount),
  };
}

/** Some numbers come as texts, and an empty text is no number. */
function integerOf(value: unknown): number | undefined {
  const text = textOf(value).trim();
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** 0 is a value of its own. */
function sizeOf(value: unknown): number | undefined {
  const size = integerOf(value);
  return size !== undefined && size >= 0 ? size : undefined;
}

/** 0 stands for something that is not set. */
function countOf(value: unknown): number | undefined {
  const count = integerOf(value);
  return count !== undefined && count > 0 ? count : undefined;
}

const YES: readonly string[] = ['true', '1', 'enable', 'enabled'];
const NO: readonly string[] = ['false', '0', 'disable', 'disabled'];

/** Flags come as booleans, as 1 and 0, and as words of several spellings. */
function flagOf(value: unknown): boolean | undefined {
  const key = keyOf(textOf(value));
  if (YES.includes(key)) return true;
  return NO.includes(key) ? false : undefined;
}

/** Our word for a value of the service, whatever its case. */
function wordOf<Word extends string>(names: Readonly<Record<Word, string | number>>, value: unknown): Word | undefined {
  const key = keyOf(textOf(value));
  return wordsOf(names).find((word) => keyOf(String(names[word])) === key);
}

function wordsOf<Word extends string>(names: Readonly<Record<Word, unknown>>): readonly Word[] {
  return Object.keys(names) as Word[]; // the names of a Record are its words
}

/** From Monday on, each once. One unknown word makes the whole list unknown: half of it would be another setting. */
function daysOf(value: unknown): readonly Weekday[] | undefined {
  const named = textOf(value)
    .split(',')
    .map((name) => wordOf(DAY_NAMES, name));
  return named.includes(undefined) ? undefined : wordsOf(DAY_NAMES).filter((day) => named.includes(day));
}

/** `02:00Z-03:00Z`. A window of another length is not ours to write, and therefore not ours to read. */
function windowMinuteOf(value: unknown): number | undefined {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)Z-([01]\d|2[0-4]):([0-5]\d)Z$/.exec(textOf(value).trim())?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts;
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  return (to - from + DAY_MINUTES) % DAY_MINUTES === WINDOW_MINUTES ? from : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
