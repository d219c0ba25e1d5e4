// The form of keeper.yaml that users write: strict, in friendly units, with a message for every mistake. No defaults and no conversions here (compile.ts).
import * as z from 'zod';
import { parseSecretReference, REFERENCE_FORMS } from '../domain/secret-reference';
import { crossRegion } from './schema-cross-region';
import { checked, duration, flag, instanceId, named, nonEmpty, region, ruleName, schedule, strict, timezone, wholeNumber, window } from './schema-parts';
import { preRelease } from './schema-pre-release';
import { retention, retentionSection } from './schema-retention';
import { settings, settingsSection } from './schema-settings';

const reference = checked(`must be a reference: ${REFERENCE_FORMS}`, (text) => {
  const parsed = parseSecretReference(text);
  return 'problem' in parsed ? parsed.problem : undefined;
}).meta({ pattern: '^(env://[A-Za-z_]|file:///|secret://aws/)' });

const keys = { accessKeyId: reference, accessKeySecret: reference };
const ownCredentials = [
  strict({ type: z.literal('default') }),
  strict({ type: z.literal('ak'), ...keys }),
  strict({ type: z.literal('sts'), ...keys, securityToken: reference }),
  strict({ type: z.literal('bearer'), token: reference }),
] as const;
const CREDENTIALS_WORDS = 'must have a type: default, ak, sts, bearer or role';
const sourceCredentials = z.discriminatedUnion('type', ownCredentials, { error: 'must have a type: default, ak, sts or bearer' });
const credentials = z.discriminatedUnion(
  'type',
  [
    ...ownCredentials,
    strict({
      type: z.literal('role'),
      roleArn: named(/^acs:ram::\d+:role\/\S+$/, 'must be a role ARN such as acs:ram::1234567890123456:role/keeper'),
      sessionName: named(/^[A-Za-z0-9.@_-]{2,64}$/, 'must be 2 to 64 letters, digits or . @ _ -').optional(),
      externalId: nonEmpty.optional(),
      source: sourceCredentials.optional().describe('Who assumes the role; the default credentials unless told.'),
    }),
  ],
  { error: CREDENTIALS_WORDS },
);

const account = strict({
  name: ruleName,
  credentials: credentials.optional().describe('The default credential chain unless told. Secrets are references, never values.'),
  regions: z.array(region).min(1).optional().describe("Only these regions; the policy's regions unless told."),
});

const engines = z.array(z.enum(['mysql', 'postgresql', 'sqlserver', 'mariadb'])).min(1);
const plainSelector = {
  ids: z.array(instanceId).min(1).optional(),
  tags: z.record(nonEmpty, named(/^.{0,128}$/, 'must be a text of at most 128 characters; put numbers and true or false in quotes')).optional(),
  engines: engines.optional(),
  names: z.array(nonEmpty).min(1).optional().describe('Glob patterns (*, ?) on the description or the id.'),
  resourceGroups: z.array(nonEmpty).min(1).optional(),
};
const excluded = strict(plainSelector).refine((selector) => Object.keys(selector).length > 0, { error: 'is empty, which would leave out every instance' });
const selector = strict({ ...plainSelector, exclude: z.array(excluded).optional().describe('Instances that match any of these are left out.') });

const reserve = strict({
  automatic: wholeNumber(0, 20).optional().describe("Left for the service's own backup."),
  preRelease: wholeNumber(0, 100).optional().describe('Kept for releases.'),
});
const cap = strict({
  perDay: wholeNumber(1, 1000).optional().describe('Backup sets per instance in any 24 hours; 20 unless told.'),
  counts: z.enum(['all', 'manual']).optional().describe('Which sets use it up; manual where high-frequency snapshots would fill it.'),
  reserve: reserve.optional(),
});

const limits = strict({
  apiRatePerSecond: wholeNumber(1, 100).optional(),
  crossRegionRatePerSecond: wholeNumber(1, 10).optional(),
  instancesPerWorker: wholeNumber(1, 100_000)
    .optional()
    .describe('An account and region with more due instances than this is worked on by several invocations, which share its rate; 2000 unless told.'),
  maxJob: duration('15m', '7d').optional().describe('A backup job that takes longer is stuck; 24h unless told.'),
  maxChangesPerRun: wholeNumber(1, 100_000).optional().describe('Changes to existing backup sets that one run may make; 200 unless told.'),
  maxPurgesPerDay: wholeNumber(1, 5000)
    .optional()
    .describe('Purges in any 24 hours, over all accounts and regions; above it nothing is purged. 100 unless told.'),
  maxPurgePercentPerDay: wholeNumber(1, 100).optional().describe("The same as a share of the fleet's manual sets; 30 unless told."),
  maxDestructiveChangesPerDay: wholeNumber(1, 1000).optional().describe('Changes of settings that drop backups, in any 24 hours; 10 unless told.'),
  planMaxAge: duration('1m', '24h').optional().describe('A plan older than this is not applied; 1h unless told.'),
  apiCallsPerMonth: wholeNumber(1000, 1_000_000_000)
    .optional()
    .describe('Calls to the service in a calendar month (UTC) above which optional reads are left out, and a finding says so; no budget unless told.'),
});

const DATABASES_WORDS = 'must be a list of names, or { match: pattern }';
/** CreateBackup takes the names as a comma list. */
const databaseName = named(/^[^,]{1,128}$/, 'must be a database name without commas');
const databases = z.union([z.array(databaseName).min(1), strict({ match: nonEmpty })], { error: DATABASES_WORDS });

const RETAIN_WORDS = 'must be a whole number of days from 7 to 730, or forever';
const ruleFields = {
  enabled: flag.optional(),
  timezone: timezone.optional().describe("The policy's time zone unless told."),
  databases: databases.optional().describe('Only these databases, by name or pattern; the whole instance unless told.'),
  method: z.enum(['physical', 'logical', 'snapshot']).optional().describe("The engine's best unless told."),
  type: z.enum(['auto', 'full']).optional().describe('SQL Server physical backups only.'),
  retainDays: z
    .union([wholeNumber(7, 730, RETAIN_WORDS), z.literal('forever')], { error: RETAIN_WORDS })
    .optional()
    .describe('SQL Server single databases only.'),
  freshFor: duration('1m', '31d').optional().describe('Skip when a good set of the same scope started at most this long before the occurrence.'),
  notDuring: z.array(window).optional().describe('Windows, in the time zone of the rule, in which no backup is started.'),
  startWithin: duration('1m', '31d').optional().describe('How late a slot may start; until the next occurrence unless told.'),
  catchUp: z.enum(['none', 'latest']).optional().describe('latest: the newest overdue slot is started late.'),
};
const extraBackup = strict({ name: ruleName, select: selector.optional(), schedule: schedule.describe('Five-field cron.'), ...ruleFields });

const KEEP_WORDS = 'must be a duration such as 90d, or forever';
const keepFor = z.union([z.literal('forever'), duration('1d', '3650d', KEEP_WORDS)], { error: KEEP_WORDS });
const extendWhenLeft = duration('1h', '730d');
const expiryFields = {
  enabled: flag.optional(),
  from: z.enum(['now', 'backup-end']).optional().describe('What keepFor counts from; the end of the backup unless told.'),
  atMost: duration('1d', '3650d').optional().describe('No set is kept longer than this from the end of its backup.'),
};
const expiryRule = strict({
  name: ruleName,
  select: selector.optional(),
  databases: databases.describe('A set is kept longer when all of its databases are named here or match.'),
  extendWhenLeft: extendWhenLeft.describe('A set is due when less than this is left of its time.'),
  keepFor: keepFor.describe('How long a due set is kept, a duration or forever.'),
  ...expiryFields,
});

const rulePatch = strict({ schedule: schedule.optional(), ...ruleFields });
const expiryPatch = strict({
  databases: databases.optional(),
  extendWhenLeft: extendWhenLeft.optional(),
  keepFor: keepFor.optional(),
  ...expiryFields,
});
const patch = {
  cap: cap.optional(),
  extraBackups: z.record(ruleName, rulePatch).optional().describe('By the name of the rule.'),
  expiry: z.record(ruleName, expiryPatch).optional().describe('By the name of the rule.'),
  settings: settings.optional().describe('Laid over the section, key by key.'),
  retention: retention.optional().describe('Laid over the section, key by key.'),
  crossRegion: crossRegion.optional().describe('Laid over the section, key by key.'),
};

/** keeper.yaml. */
export const policySchema = strict({
  version: z.literal(1, { error: 'must be 1' }).optional(),
  name: ruleName.optional().describe("Names the policy's daily limits in the ledger, so that several policies can share one; default unless told."),
  timezone: timezone.optional().describe('IANA name; UTC unless told.'),
  accounts: z.array(account).min(1).optional(),
  regions: z.array(region).min(1).optional(),
  select: selector.optional().describe('The instances in scope; all unless told.'),
  cap: cap.optional(),
  limits: limits.optional(),
  extraBackups: z.array(extraBackup).optional(),
  expiry: z.array(expiryRule).optional().describe('Keeps single-database backup sets of SQL Server longer; never shorter.'),
  settings: settingsSection.optional().describe("What the instances' own backup settings should be; what is not named is left alone."),
  retention: retentionSection.optional().describe('Which manual backup sets of ours stay; nothing is ever surplus unless told.'),
  crossRegion: crossRegion.optional().describe('What must be true of the copies in the other region; nothing unless told.'),
  preRelease: preRelease.optional().describe('What a release gets that does not say otherwise; every part has a default.'),
  rules: z
    .array(strict({ name: ruleName, select: selector, ...patch }))
    .optional()
    .describe('What groups of instances have differently, in order.'),
  overrides: z.record(instanceId, strict(patch)).optional().describe('What single instances have differently, applied last.'),
});

export type UserPolicy = z.infer<typeof policySchema>;
export type UserSelector = z.infer<typeof selector>;
export type UserCredentials = z.infer<typeof credentials>;
export type UserExtraBackup = z.infer<typeof extraBackup>;
export type UserExpiryRule = z.infer<typeof expiryRule>;
export type UserExpiryPatch = z.infer<typeof expiryPatch>;
export type UserRulePatch = z.infer<typeof rulePatch>;
export type UserPatch = NonNullable<UserPolicy['overrides']>[string];
