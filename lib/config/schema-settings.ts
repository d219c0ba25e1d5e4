// The form of keeper.yaml's `settings` section, and of a patch of it: what the instances' own backup settings should be, in friendly units.
import * as z from 'zod';
import { days, daysWish, duration, flag, onOff, startTime, strict, timezone, whenSound, wholeNumber, window } from './schema-parts';
import { weekdays } from './times';

const INTERVAL_WORDS = 'must be off, or minutes: one of 15, 30, 60, 120, 180, 240, 360, 480, 720';
const snapshotInterval = z.union([z.literal('off'), z.literal([15, 30, 60, 120, 180, 240, 360, 480, 720], { error: INTERVAL_WORDS })], {
  error: INTERVAL_WORDS,
});

const ARCHIVE_WORDS = 'must be a whole number of days from 30 to 1095, or off';
const archive = strict({
  retentionDays: z.union([z.literal(['off', 0]), wholeNumber(30, 1095, ARCHIVE_WORDS)], { error: ARCHIVE_WORDS }).optional(),
  keep: z.enum(['by-month', 'by-week', 'all']).optional(),
  count: wholeNumber(1, 31).optional().describe('Sets kept a month (1 to 31) or a week (1 to 7).'),
}).refine(({ keep, count }) => keep !== 'by-week' || count === undefined || count <= 7, { path: ['count'], error: 'must be at most 7 where keep is by-week' });

const COUNT_WORDS = 'must be a whole number of files from 6 to 100, or unlimited';
const localLog = strict({
  hours: wholeNumber(0, 168).optional().describe('How long logs stay on the instance.'),
  spacePercent: wholeNumber(0, 50).optional().describe('How much of the storage they may take.'),
  count: z
    .union([z.literal('unlimited'), wholeNumber(6, 100, COUNT_WORDS)], { error: COUNT_WORDS })
    .optional()
    .describe('How many files stay; unlimited on MySQL only.'),
  highSpaceProtection: onOff.optional().describe('Logs go when the storage is nearly full.'),
});

const backupDays = days.refine((texts) => weekdays(texts).length >= 2, {
  when: whenSound,
  error: 'must name at least two days a week: the service takes no less (RDS API, ModifyBackupPolicy: PreferredBackupPeriod)',
});

/** What can be wished for. */
const wishes = {
  dataRetention: daysWish(7, 730).optional().describe('Days that backup sets are kept, exactly or from min to max.'),
  logBackup: onOff.optional().describe('Off deletes all logs, and with them recovery to a point in time.'),
  logRetention: daysWish(7, 730).optional().describe('Days that logs are kept; at most the data retention.'),
  backupDays: backupDays.optional().describe('On which days the service backs up; ranges such as mon-fri.'),
  backupWindow: startTime.optional().describe('The start of the one-hour window of automatic backups, in local time.'),
  method: z.enum(['physical', 'snapshot']).optional().describe('SQL Server on cloud disks.'),
  category: z.enum(['standard', 'flash']).optional().describe('flash: single-digit second backups of MySQL and PostgreSQL on cloud disks.'),
  snapshotInterval: snapshotInterval.optional().describe('Minutes between high-frequency snapshots on cloud disks, or off.'),
  incremental: onOff.optional().describe('SQL Server on cloud disks; newer MySQL on local disks.'),
  priority: z.enum(['secondary', 'primary']).optional().describe('Which node is backed up: SQL Server Cluster Edition.'),
  logFrequency: z.enum(['every-30-minutes', 'with-data']).optional().describe('SQL Server.'),
  releasedKeep: z.enum(['none', 'latest', 'all']).optional().describe('What is kept of a released instance.'),
  compression: z.literal([0, 1, 2, 4, 8], { error: "must be one of the service's numbers: 0, 1, 2, 4, 8" }).optional(),
  archive: archive.optional().describe('MySQL on local disks.'),
  localLog: localLog.optional(),
};

/** A patch, in which nothing must stand. */
export const settings = strict({
  mode: z.enum(['audit', 'enforce']).optional().describe('audit reports drift, enforce corrects it; audit unless told.'),
  allowDestructive: flag.optional().describe('Lets enforce write what makes the service drop backups; false unless told.'),
  timezone: timezone.optional().describe("Of backupWindow and changeTimeDuring; the policy's unless told."),
  changeTimeDuring: z.array(window).optional().describe('When the time of backup may be changed, as that may start a backup; at any time unless told.'),
  fightAfter: wholeNumber(1, 100).optional().describe('After so many corrections of one setting in fightWindow, its enforcement pauses; 3 unless told.'),
  fightWindow: duration('1h', '30d').optional().describe('7d unless told.'),
  ...wishes,
});
export type UserSettings = z.infer<typeof settings>;

/** True when any setting is named at all. */
export function hasWish(user: UserSettings): boolean {
  const { archive, localLog, ...plain } = user;
  const named = Object.entries(plain).filter(([key, value]) => key in wishes && value !== undefined);
  return named.length > 0 || Object.keys(archive ?? {}).length > 0 || Object.keys(localLog ?? {}).length > 0;
}

/** The section, which must wish for something. */
export const settingsSection = settings.refine(hasWish, {
  when: whenSound,
  error: 'wishes for nothing; say what the settings of the instances should be, for example dataRetention: 14, or leave the section out',
});
