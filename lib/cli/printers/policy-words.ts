// Says the values of a policy in the forms in which keeper.yaml writes them: 3h, not 10800000.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../base/instant';
import type {
  CrossRegionPolicy,
  DailyWindow,
  DaysWish,
  ExtraBackupRule,
  LimitsPolicy,
  RetentionPolicy,
  Selector,
  SettingsPolicy,
  WantedSettings,
} from '../../domain/protection-policy';

/** Members whose values the file writes in a form of their own. */
type Members = Pick<ExtraBackupRule, 'select' | 'notDuring'> &
  Pick<SettingsPolicy, 'changeTimeDuring'> &
  Pick<RetentionPolicy, 'graceMs'> &
  Pick<LimitsPolicy, 'maxPurgePercentPerDay'> &
  Pick<CrossRegionPolicy, 'retentionDays' | 'copiesLogs' | 'maxLagMs' | 'rpoMs'> &
  Required<WantedSettings>;

const WORDS: { readonly [Name in keyof Members]?: (value: NonNullable<Members[Name]>) => string } = {
  select: selectorWords,
  notDuring: windowsWords,
  changeTimeDuring: windowsWords,
  graceMs: (value) => `${value / HOUR_MS} hours`,
  retentionDays: daysWords,
  copiesLogs: onOffWords,
  maxLagMs: minutesWords,
  rpoMs: minutesWords,
  maxPurgePercentPerDay: (value) => `${value} %`,
  dataRetentionDays: daysWords,
  logRetentionDays: daysWords,
  backupDays: (value) => value.join(' '),
  backupWindowLocalMinute: (value) => `from ${timeWords(value)} on`,
  snapshotInterval: (value) => (value === 'off' ? 'off' : `every ${value} minutes`),
  logBackup: onOffWords,
  incremental: onOffWords,
  highSpaceProtection: onOffWords,
  archiveRetentionDays: (value) => (value === 0 ? 'off' : `${value} days`),
  archiveKeepCount: (value) => `${value} sets`,
  localLogHours: (value) => `${value} hours`,
  localLogSpacePercent: (value) => `${value} %`,
  localLogCount: (value) => (value === 'unlimited' ? 'unlimited' : `${value} files`),
};

/** One value, by the path of its member; `-` for none. */
export function valueWords(path: string, value: unknown): string {
  if (value === undefined) return '-';
  const member = path.slice(path.lastIndexOf('.') + 1);
  if (Object.hasOwn(WORDS, member)) return (WORDS as Readonly<Record<string, (value: unknown) => string>>)[member]?.(value) ?? '-'; // a member's name says what its value is
  if (member.endsWith('Ms') && typeof value === 'number') return durationWords(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function minutesWords(ms: number): string {
  return `${ms / MINUTE_MS} minutes`;
}

function onOffWords(value: boolean): string {
  return value ? 'on' : 'off';
}

/** `14 days`, `7 to 30 days`, `14 days or more`. */
function daysWords(wish: DaysWish): string {
  if ('exactly' in wish) return `${wish.exactly} days`;
  const { atLeast, atMost } = wish;
  if (atLeast === undefined) return `${atMost} days or less`;
  return atMost === undefined ? `${atLeast} days or more` : `${atLeast} to ${atMost} days`;
}

/** `1d12h`, `90m`; what is no whole minute stays in milliseconds, as a file cannot say it. */
function durationWords(ms: number): string {
  if (ms === 0 || ms % MINUTE_MS !== 0) return `${ms} ms`;
  const parts = [
    { unit: 'd', count: Math.floor(ms / DAY_MS) },
    { unit: 'h', count: Math.floor((ms % DAY_MS) / HOUR_MS) },
    { unit: 'm', count: Math.floor((ms % HOUR_MS) / MINUTE_MS) },
  ];
  return parts.map(({ unit, count }) => (count === 0 ? '' : `${count}${unit}`)).join('');
}

function windowsWords(windows: readonly DailyWindow[]): string {
  return windows.map(windowWords).join(', ') || '-';
}

function windowWords({ days, fromMinute, toMinute }: DailyWindow): string {
  return `${days.join(' ')} ${timeWords(fromMinute)}-${timeWords(toMinute)}`;
}

function timeWords(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Only what restricts; a selector of empty lists matches every instance. */
function selectorWords(selector: Selector): string {
  const given = Object.entries(selector).filter(([, members]) => Object.keys(members).length > 0);
  return given.length === 0 ? 'every instance' : JSON.stringify(Object.fromEntries(given));
}
