// Turns keeper.yaml as users write it into the compiled policy: defaults filled in, units converted, the origin of every value noted.
import { DAY_MS } from '../base/instant';
import type {
  AccountPolicy,
  CapPolicy,
  CompiledPolicy,
  CredentialsPolicy,
  DailyWindow,
  ExpiryRule,
  ExtraBackupRule,
  LimitsPolicy,
  PolicyPatch,
  Selector,
} from '../domain/protection-policy';
import { COMPILED_VERSION, withDigest } from './compiled';
import type { UserCredentials, UserExpiryRule, UserExtraBackup, UserPatch, UserPolicy, UserRulePatch, UserSelector } from './schema';
import { EVERYTHING } from './selects';
import { minuteOfDay, parseDuration, weekdays } from './times';

/** Where a value stands in the file, as `keeper.yaml:12:5`; undefined when it is not written there. */
export type PositionOf = (path: readonly (string | number)[]) => string | undefined;

const DEFAULT_TIMEZONE = 'UTC';
const DEFAULT_ACCOUNT: AccountPolicy = { name: 'default', credentials: { type: 'default' }, regions: undefined };
const DEFAULT_CAP: CapPolicy = { perDay: 20, counts: 'all', reserve: { automatic: 1, preRelease: 3 } };
const DEFAULT_LIMITS: LimitsPolicy = { apiRatePerSecond: 20, crossRegionRatePerSecond: 5, maxJobMs: DAY_MS, maxChangesPerRun: 200 };
const DEFAULT_SESSION_NAME = 'rds-backup-keeper';

/** Fields whose compiled name carries its unit. */
const COMPILED_NAMES: Readonly<Record<string, string>> = {
  freshFor: 'freshForMs',
  startWithin: 'startWithinMs',
  maxJob: 'maxJobMs',
  extendWhenLeft: 'extendWhenLeftMs',
  keepFor: 'keepForMs',
  atMost: 'atMostMs',
};
const EXPIRY_FIELDS = ['enabled', 'select', 'databases', 'extendWhenLeft', 'keepFor', 'from', 'atMost'] as const;
const RULE_FIELDS = [
  'enabled',
  'select',
  'schedule',
  'timezone',
  'databases',
  'method',
  'type',
  'retainDays',
  'freshFor',
  'notDuring',
  'startWithin',
  'catchUp',
] as const;

/** Compiles a policy that the schema and the cross-checks have accepted. */
export function compilePolicy(user: UserPolicy, positionOf: PositionOf): CompiledPolicy {
  const timezone = user.timezone ?? DEFAULT_TIMEZONE;
  const origins = new Map<string, string>();
  noteOrigins(user, positionOf, origins);
  return withDigest({
    version: COMPILED_VERSION,
    timezone,
    accounts: user.accounts?.map(toAccount) ?? [DEFAULT_ACCOUNT],
    regions: user.regions ?? [],
    select: toSelector(user.select),
    cap: toCap(user.cap),
    limits: toLimits(user.limits),
    extraBackups: (user.extraBackups ?? []).map((rule) => toRule(rule, timezone)),
    expiry: (user.expiry ?? []).map(toExpiryRule),
    rules: (user.rules ?? []).map((group) => ({ name: group.name, select: toSelector(group.select), patch: toPatch(group) })),
    overrides: mapValues(user.overrides ?? {}, toPatch),
    origins: Object.fromEntries(origins),
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
  return {
    apiRatePerSecond: user?.apiRatePerSecond ?? DEFAULT_LIMITS.apiRatePerSecond,
    crossRegionRatePerSecond: user?.crossRegionRatePerSecond ?? DEFAULT_LIMITS.crossRegionRatePerSecond,
    maxJobMs: durationMs(user?.maxJob) ?? DEFAULT_LIMITS.maxJobMs,
    maxChangesPerRun: user?.maxChangesPerRun ?? DEFAULT_LIMITS.maxChangesPerRun,
  };
}

function toRule(user: UserExtraBackup, timezone: string): ExtraBackupRule {
  return {
    name: user.name,
    enabled: user.enabled ?? true,
    select: toSelector(user.select),
    schedule: user.schedule,
    timezone: user.timezone ?? timezone,
    databases: toDatabases(user.databases),
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
    databases: Array.isArray(user.databases) ? { names: user.databases } : user.databases,
    extendWhenLeftMs: requiredMs(user.extendWhenLeft),
    keepForMs: user.keepFor === 'forever' ? 'forever' : requiredMs(user.keepFor),
    from: user.from ?? 'backup-end',
    atMostMs: durationMs(user.atMost),
  };
}

function toPatch(user: UserPatch): PolicyPatch {
  const { reserve, ...cap } = withoutUndefined(user.cap ?? {});
  return {
    cap: { ...cap, ...(reserve === undefined ? {} : { reserve: withoutUndefined(reserve) }) },
    extraBackups: mapValues(user.extraBackups ?? {}, toRulePatch),
  };
}

function toRulePatch(user: UserRulePatch): PolicyPatch['extraBackups'][string] {
  const { databases, freshFor, notDuring, startWithin, ...plain } = user;
  return withoutUndefined({
    ...plain,
    databases: toDatabases(databases),
    freshForMs: durationMs(freshFor),
    notDuring: notDuring?.map(toWindow),
    startWithinMs: durationMs(startWithin),
  });
}

function toDatabases(user: UserExtraBackup['databases']): ExtraBackupRule['databases'] {
  return Array.isArray(user) ? { names: user } : user;
}

function toWindow(user: NonNullable<UserExtraBackup['notDuring']>[number]): DailyWindow {
  return { days: weekdays(user.days ?? ['mon-sun']), fromMinute: minuteOfDay(user.from), toMinute: minuteOfDay(user.to) };
}

function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

/** The schema has checked the text. */
function requiredMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/** Every value gets an entry: where it is written, or `default`. Patches get one for what they change only. */
function noteOrigins(user: UserPolicy, positionOf: PositionOf, origins: Map<string, string>): void {
  const note = (to: string, path: readonly (string | number)[]): void => {
    origins.set(to, positionOf(path) ?? 'default');
  };
  for (const key of ['timezone', 'accounts', 'regions', 'select']) note(key, [key]);
  for (const path of [
    ['cap', 'perDay'],
    ['cap', 'counts'],
    ['cap', 'reserve', 'automatic'],
    ['cap', 'reserve', 'preRelease'],
  ])
    note(path.join('.'), path);
  for (const key of ['apiRatePerSecond', 'crossRegionRatePerSecond', 'maxJob', 'maxChangesPerRun']) note(`limits.${compiledName(key)}`, ['limits', key]);
  for (const [index, rule] of (user.extraBackups ?? []).entries()) {
    for (const key of RULE_FIELDS) note(`extraBackups.${rule.name}.${compiledName(key)}`, ['extraBackups', index, key]);
    // Unless told, the rule's time zone is the policy's.
    if (rule.timezone === undefined) note(`extraBackups.${rule.name}.timezone`, ['timezone']);
  }
  for (const [index, rule] of (user.expiry ?? []).entries()) {
    for (const key of EXPIRY_FIELDS) note(`expiry.${rule.name}.${compiledName(key)}`, ['expiry', index, key]);
  }
  for (const [index, group] of (user.rules ?? []).entries()) notePatch(`rules.${group.name}`, ['rules', index], group, note);
  for (const [id, patch] of Object.entries(user.overrides ?? {})) notePatch(`overrides.${id}`, ['overrides', id], patch, note);
}

type Note = (to: string, path: readonly (string | number)[]) => void;

function notePatch(to: string, path: readonly (string | number)[], patch: UserPatch, note: Note): void {
  const { reserve, ...cap } = patch.cap ?? {};
  for (const key of Object.keys(cap)) note(`${to}.cap.${key}`, [...path, 'cap', key]);
  for (const key of Object.keys(reserve ?? {})) note(`${to}.cap.reserve.${key}`, [...path, 'cap', 'reserve', key]);
  for (const [rule, change] of Object.entries(patch.extraBackups ?? {})) {
    for (const key of Object.keys(change)) note(`${to}.extraBackups.${rule}.${compiledName(key)}`, [...path, 'extraBackups', rule, key]);
  }
}

function compiledName(key: string): string {
  return COMPILED_NAMES[key] ?? key;
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, convert(value)]));
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The object without members that are undefined: a patch must not unset what it does not name. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>; // Object.entries forgets which keys there are
}
