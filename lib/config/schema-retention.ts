// The form of keeper.yaml's `retention` section, and of a patch of it: which manual backup sets stay, in friendly units.
import * as z from 'zod';
import { duration, flag, strict, timezone, whenSound, wholeNumber } from './schema-parts';

const count = wholeNumber(0, 10_000).optional();
const keep = strict({
  last: count.describe('So many of the newest restore points.'),
  hourly: count.describe('The newest of each hour, for so many hours that have one.'),
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  within: duration('1h', '3650d').optional().describe('Everything this young, seen from the newest complete set.'),
});

const NO_FLOOR =
  'must be at least 1: the floor is what stays when every rule is wrong (a rule of this product, not of the service); to purge without one all the same, write unsafeAllowNoFloor: true beside it';

/** A patch, in which nothing must stand. What it says of the floor must be safe by itself: `unsafeAllowNoFloor` stands beside the 0 that it allows. */
export const retention = strict({
  mode: z.enum(['audit', 'enforce']).optional().describe('audit reports what is surplus, enforce marks and purges it; audit unless told.'),
  timezone: timezone.optional().describe("Of the hours, days, weeks, months and years; the policy's unless told."),
  keep: keep.optional().describe('A set stays when any of these keeps it.'),
  floor: wholeNumber(0, 1000).optional().describe('So many restorable full instance sets stay, whatever keep says; 2 unless told.'),
  unsafeAllowNoFloor: flag.optional().describe('Allows floor: 0.'),
  recoveryWindow: duration('1h', '7300d').optional().describe('How far back any point in time must stay restorable; as far as the logs reach unless told.'),
  graceHours: wholeNumber(1, 8760).optional().describe('A marked set is purged only by a plan made this much later; 24 unless told.'),
  runEvery: duration('1m', '31d').optional().describe('How often the function runs: the floor counts sets that outlive the next two runs; 24h unless told.'),
  deleteBackupFiles: flag.optional().describe('The account is on the list for DeleteBackupFile (SQL Server single-database sets); false unless told.'),
}).refine((user) => user.floor !== 0 || user.unsafeAllowNoFloor === true, { path: ['floor'], error: NO_FLOOR });
export type UserRetention = z.infer<typeof retention>;

function keepsSomething({ keep: { within, ...counts } = {} }: UserRetention): boolean {
  return within !== undefined || Object.values(counts).some((number) => number !== undefined && number > 0);
}

/** The section, which must keep something. */
export const retentionSection = retention.refine(keepsSomething, {
  path: ['keep'],
  when: whenSound,
  error:
    'keeps nothing, and an empty rule would make every set surplus (a rule of this product): give at least one count above 0, or within; to leave all sets alone, leave retention out',
});
