// Turns keeper.yaml as users write it into the compiled policy: defaults filled in, units converted, the origin of every value noted.
import { DAY_MS, HOUR_MS } from '../base/instant';
import type {
  AccountPolicy,
  CapPolicy,
  CompiledPolicy,
  CredentialsPolicy,
  DatabaseSelection,
  ExpiryRule,
  ExtraBackupRule,
  LimitsPolicy,
  PolicyPatch,
  Selector,
} from '../domain/protection-policy';
import { toCrossRegion, toCrossRegionPatch, toPreRelease, toRetention, toRetentionPatch, toSettings, toSettingsPatch } from './compile-sections';
import { COMPILED_VERSION, withDigest } from './compiled';
import { durationMs, mapValues, requiredMs, toWindow, withoutUndefined } from './convert';
import { originsOf, type PositionOf } from './origins';
import type { UserCredentials, UserExpiryPatch, UserExpiryRule, UserExtraBackup, UserPatch, UserPolicy, UserRulePatch, UserSelector } from './schema';
import { EVERYTHING } from './selects';

const DEFAULT_NAME = 'default';
const DEFAULT_TIMEZONE = 'UTC';
const DEFAULT_ACCOUNT: AccountPolicy = { name: 'default', credentials: { type: 'default' }, regions: undefined };
const DEFAULT_CAP: CapPolicy = { perDay: 20, counts: 'all', reserve: { automatic: 1, preRelease: 3 } };
const DEFAULT_LIMITS: LimitsPolicy = {
  apiRatePerSecond: 20,
  crossRegionRatePerSecond: 5,
  instancesPerWorker: 2000,
  maxJobMs: DAY_MS,
  maxChangesPerRun: 200,
  maxPurgesPerDay: 100,
  maxPurgePercentPerDay: 30,
  maxDestructiveChangesPerDay: 10,
  planMaxAgeMs: HOUR_MS,
  apiCallsPerMonth: undefined,
};
const DEFAULT_SESSION_NAME = 'rds-backup-keeper';

/** Compiles a policy that the schema and the cross-checks have accepted. */
export function compilePolicy(user: UserPolicy, positionOf: PositionOf): CompiledPolicy {
  const timezone = user.timezone ?? DEFAULT_TIMEZONE;
  return withDigest({
    version: COMPILED_VERSION,
    name: user.name ?? DEFAULT_NAME,
    timezone,
    accounts: user.accounts?.map(toAccount) ?? [DEFAULT_ACCOUNT],
    regions: user.regions ?? [],
    select: toSelector(user.select),
    cap: toCap(user.cap),
    limits: toLimits(user.limits),
    extraBackups: (user.extraBackups ?? []).map((rule) => toRule(rule, timezone)),
    expiry: (user.expiry ?? []).map(toExpiryRule),
    settings: user.settings === undefined ? undefined : toSettings(user.settings, timezone),
    retention: user.retention === undefined ? undefined : toRetention(user.retention, timezone),
    crossRegion: user.crossRegion === undefined ? undefined : toCrossRegion(user.crossRegion),
    preRelease: toPreRelease(user.preRelease),
    rules: (user.rules ?? []).map((group) => ({ name: group.name, select: toSelector(group.select), patch: toPatch(group) })),
    overrides: mapValues(user.overrides ?? {}, toPatch),
    origins: originsOf(user, positionOf),
  });
}

function toAccount({ name, credentials, regions }: NonNullable<UserPolicy['accounts']>[number]): AccountPolicy {
  return { name, credentials: credentials === undefined ? { type: 'default' } : toCredentials(credentials), regions };
}

function toCredentials(user: UserCredentials): CredentialsPolicy {
  if (user.type !== 'role') return user;
  const { roleArn, sessionName = DEFAULT_SESSION_NAME, externalId, source = { type: 'default' } } = user;
  return { type: 'role', roleArn, sessionName, externalId, source };
}

function toSelector(user: UserSelector | undefined): Selector {
  if (user === undefined) return EVERYTHING;
  const { exclude = [], ...rest } = withoutUndefined(user);
  return { ...EVERYTHING, ...rest, exclude: exclude.map((excluded) => ({ ...EVERYTHING, ...withoutUndefined(excluded) })) };
}

function toCap(user: UserPolicy['cap']): CapPolicy {
  const { perDay, counts, reserve } = user ?? {};
  return {
    perDay: perDay ?? DEFAULT_CAP.perDay,
    counts: counts ?? DEFAULT_CAP.counts,
    reserve: { automatic: reserve?.automatic ?? DEFAULT_CAP.reserve.automatic, preRelease: reserve?.preRelease ?? DEFAULT_CAP.reserve.preRelease },
  };
}

function toLimits(user: UserPolicy['limits']): LimitsPolicy {
  const { maxJob, planMaxAge, ...plain } = user ?? {};
  return { ...DEFAULT_LIMITS, ...withoutUndefined({ ...plain, maxJobMs: durationMs(maxJob), planMaxAgeMs: durationMs(planMaxAge) }) };
}

function toRule(user: UserExtraBackup, timezone: string): ExtraBackupRule {
  return {
    name: user.name,
    enabled: user.enabled ?? true,
    select: toSelector(user.select),
    schedule: user.schedule,
    timezone: user.timezone ?? timezone,
    databases: user.databases === undefined ? undefined : toDatabases(user.databases),
    method: user.method,
    type: user.type,
    retainDays: user.retainDays,
    freshForMs: durationMs(user.freshFor),
    notDuring: (user.notDuring ?? []).map(toWindow),
    startWithinMs: durationMs(user.startWithin),
    catchUp: user.catchUp ?? 'none',
  };
}

function toExpiryRule(user: UserExpiryRule): ExpiryRule {
  return {
    name: user.name,
    enabled: user.enabled ?? true,
    select: toSelector(user.select),
    databases: toDatabases(user.databases),
    extendWhenLeftMs: requiredMs(user.extendWhenLeft),
    keepForMs: toKeepForMs(user.keepFor),
    from: user.from ?? 'backup-end',
    atMostMs: durationMs(user.atMost),
  };
}

function toPatch(user: UserPatch): PolicyPatch {
  const { reserve, ...cap } = withoutUndefined(user.cap ?? {});
  return {
    cap: { ...cap, ...(reserve === undefined ? {} : { reserve: withoutUndefined(reserve) }) },
    extraBackups: mapValues(user.extraBackups ?? {}, toRulePatch),
    expiry: mapValues(user.expiry ?? {}, toExpiryPatch),
    settings: user.settings === undefined ? undefined : toSettingsPatch(user.settings),
    retention: user.retention === undefined ? undefined : toRetentionPatch(user.retention),
    crossRegion: user.crossRegion === undefined ? undefined : toCrossRegionPatch(user.crossRegion),
  };
}

function toRulePatch(user: UserRulePatch): PolicyPatch['extraBackups'][string] {
  const { databases, freshFor, notDuring, startWithin, ...plain } = user;
  return withoutUndefined({
    ...plain,
    databases: databases === undefined ? undefined : toDatabases(databases),
    freshForMs: durationMs(freshFor),
    notDuring: notDuring?.map(toWindow),
    startWithinMs: durationMs(startWithin),
  });
}

function toExpiryPatch({ databases, extendWhenLeft, keepFor, atMost, ...plain }: UserExpiryPatch): PolicyPatch['expiry'][string] {
  return withoutUndefined({
    ...plain,
    databases: databases === undefined ? undefined : toDatabases(databases),
    extendWhenLeftMs: durationMs(extendWhenLeft),
    keepForMs: keepFor === undefined ? undefined : toKeepForMs(keepFor),
    atMostMs: durationMs(atMost),
  });
}

function toKeepForMs(user: UserExpiryRule['keepFor']): ExpiryRule['keepForMs'] {
  return user === 'forever' ? 'forever' : requiredMs(user);
}

function toDatabases(user: UserExpiryRule['databases']): DatabaseSelection {
  return Array.isArray(user) ? { names: user } : user;
}
