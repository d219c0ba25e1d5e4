// The protection policy in its compiled form: what the user wants, canonical and complete. Functions read exactly this (keeper.json).
import type { BackupMethod } from './backup';
import type { Engine } from './instance';
import type { SettingValues } from './settings';

/** Which instances something applies to. Empty lists do not restrict; all that is given must match. */
export interface Selector {
  readonly ids: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly engines: readonly Engine[];
  /** Glob patterns (`*`, `?`) on the instance's description or id. */
  readonly names: readonly string[];
  readonly resourceGroups: readonly string[];
  /** Instances that match any of these are left out. */
  readonly exclude: readonly Selector[];
}

/** References to secrets (see secret-reference.ts), never values. */
export type CredentialsPolicy =
  | { readonly type: 'default' }
  | { readonly type: 'ak'; readonly accessKeyId: string; readonly accessKeySecret: string }
  | { readonly type: 'sts'; readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken: string }
  | { readonly type: 'bearer'; readonly token: string }
  | {
      readonly type: 'role';
      readonly roleArn: string;
      readonly sessionName: string;
      readonly externalId: string | undefined;
      /** Who assumes the role. */
      readonly source: CredentialsPolicy;
    };

export interface AccountPolicy {
  readonly name: string;
  readonly credentials: CredentialsPolicy;
  /** Undefined: the policy's regions. */
  readonly regions: readonly string[] | undefined;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A local-time window in the rule's time zone; `to` at or before `from` runs past midnight (the days are those it starts on). */
export interface DailyWindow {
  readonly days: readonly Weekday[];
  /** Minutes after local midnight, 0 to 1439. */
  readonly fromMinute: number;
  /** Minutes after local midnight, 1 to 1440. */
  readonly toMinute: number;
}

/** Which databases a rule is about: names, or a glob pattern. */
export type DatabaseSelection = { readonly names: readonly string[] } | { readonly match: string };

export interface ExtraBackupRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly select: Selector;
  /** Five-field cron, in `timezone`. */
  readonly schedule: string;
  /** IANA name. */
  readonly timezone: string;
  /** Undefined: the whole instance. */
  readonly databases: DatabaseSelection | undefined;
  /** Undefined: the engine's best default. */
  readonly method: BackupMethod | undefined;
  readonly type: 'auto' | 'full' | undefined;
  readonly retainDays: number | 'forever' | undefined;
  /** Skip when a good set of the same scope started at most this long before the occurrence (or after it). */
  readonly freshForMs: number | undefined;
  readonly notDuring: readonly DailyWindow[];
  /** How long after its occurrence a slot may still start. Undefined: until the next occurrence. */
  readonly startWithinMs: number | undefined;
  /** `latest`: the newest overdue slot is still started late, until the next occurrence. */
  readonly catchUp: 'none' | 'latest';
}

/** Keeps single-database backup sets of SQL Server longer. Nothing is ever kept shorter. */
export interface ExpiryRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly select: Selector;
  /** Applies to a set when all of its databases match. */
  readonly databases: DatabaseSelection;
  /** A set is due when less than this is left of its time. */
  readonly extendWhenLeftMs: number;
  readonly keepForMs: number | 'forever';
  /** What `keepForMs` counts from. */
  readonly from: 'now' | 'backup-end';
  /** No set is kept longer than this from its end. Undefined: no limit. */
  readonly atMostMs: number | undefined;
}

/** A wish for a number of days: exactly, or a range in which the instance's own value stands. */
export type DaysWish = { readonly exactly: number } | { readonly atLeast: number | undefined; readonly atMost: number | undefined };

/** What an instance's own backup settings should be. A setting that is not wished for is left alone. */
export type WantedSettings = Partial<{
  readonly [Name in Exclude<keyof SettingValues, 'dataRetentionDays' | 'logRetentionDays' | 'backupWindowMinute'>]: NonNullable<SettingValues[Name]>;
}> & {
  readonly dataRetentionDays?: DaysWish;
  readonly logRetentionDays?: DaysWish;
  /** Start of the one-hour window: minutes after midnight in the settings' own time zone. */
  readonly backupWindowLocalMinute?: number;
};

export interface SettingsPolicy {
  /** `audit` reports drift, `enforce` corrects it. */
  readonly mode: 'audit' | 'enforce';
  /** Lets `enforce` write what makes the service drop backups: log backup off, shorter retention. */
  readonly allowDestructive: boolean;
  /** IANA name: of the backup window and of the windows below. */
  readonly timezone: string;
  /** When the time of backup may be changed, as that may start a backup soon after. Empty: at any time. */
  readonly changeTimeDuring: readonly DailyWindow[];
  /** After so many corrections of one setting in `fightWindowMs`, enforcement of it pauses. */
  readonly fightAfter: number;
  readonly fightWindowMs: number;
  readonly wanted: WantedSettings;
}

/** How many of the newest restore points to keep: one per bucket, in the policy's time zone. 0: the rule is off. */
export interface KeepCounts {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

/** Which manual backup sets of ours stay. Sets that nobody made through the keeper, or claimed, are never touched. */
export interface RetentionPolicy {
  /** `audit` reports what is surplus, `enforce` marks and purges it. */
  readonly mode: 'audit' | 'enforce';
  /** IANA name: of the buckets. */
  readonly timezone: string;
  readonly keep: KeepCounts;
  /** Everything this young stays, seen from the newest complete set. Undefined: the rule is off. */
  readonly keepWithinMs: number | undefined;
  /** So many restorable full instance sets stay, whatever the rules say. */
  readonly floor: number;
  /** How far back any point in time must stay restorable. Undefined: as far as the instance keeps its logs. */
  readonly recoveryWindowMs: number | undefined;
  /** A marked set is purged only by a plan made this long after the mark. */
  readonly graceMs: number;
  /** How often the function runs: the floor counts sets that outlive the next two runs. */
  readonly runEveryMs: number;
  /** The account is on the service's list for DeleteBackupFile (SQL Server single-database sets): closed to new users, so off unless told. */
  readonly deleteBackupFiles: boolean;
}

/** What must be true of the copies in the other region. */
export interface CrossRegionPolicy {
  /** `audit` reports what is not so; `enforce` sets the instance's cross-region settings as well. */
  readonly mode: 'audit' | 'enforce';
  /** False: the instance need not have copies, but those that it has are verified. */
  readonly isRequired: boolean;
  /** A region id; never the instance's own. Undefined: any. */
  readonly destination: string | undefined;
  /** 7 to 1825. */
  readonly retentionDays: DaysWish | undefined;
  readonly copiesLogs: boolean | undefined;
  /** A copy later than this after the end of its backup is late. */
  readonly maxLagMs: number;
  /** The newest restorable moment in the other region may be this old. */
  readonly rpoMs: number | undefined;
  /** The newest copy is asked for its restorability at most this often. Undefined: never. */
  readonly probeEveryMs: number | undefined;
  /** How far back copies and logs are verified. */
  readonly lookBackMs: number;
  /** Lets `enforce` switch copies or log copies on and change the destination: that costs storage and traffic. */
  readonly allowCost: boolean;
  /** Lets `enforce` shorten the retention of copies. */
  readonly allowDestructive: boolean;
}

export interface CapPolicy {
  /** Backup sets per instance in any 24 hours. */
  readonly perDay: number;
  /** Which sets use it up: all, or manual ones only (for instances with high-frequency snapshots). */
  readonly counts: 'all' | 'manual';
  readonly reserve: { readonly automatic: number; readonly preRelease: number };
}

/** What a release gets that does not say otherwise. */
export interface PreReleasePolicy {
  /** A backup that started at most this long before the request will do. */
  readonly freshForMs: number;
  /** What has not passed by then has failed. */
  readonly deadlineMs: number;
  /** How long the sets are held. */
  readonly holdForMs: number;
  /** One release may ask for so many instances. */
  readonly maxInstances: number;
}

export interface LimitsPolicy {
  /** Calls per second to one account and region. */
  readonly apiRatePerSecond: number;
  readonly crossRegionRatePerSecond: number;
  /** An account and region with more due instances than this is worked on by several invocations, which share its rate. */
  readonly instancesPerWorker: number;
  /** A backup job that takes longer is stuck. */
  readonly maxJobMs: number;
  /** Changes to what exists that one run may make, over all accounts and regions. */
  readonly maxChangesPerRun: number;
  /** Purges that this policy may make in any 24 hours, over all accounts, regions and runs; above it nothing is purged. */
  readonly maxPurgesPerDay: number;
  /** The same as a share of the fleet's manual sets, 1 to 100. */
  readonly maxPurgePercentPerDay: number;
  /** Destructive changes of settings that this policy may make in any 24 hours. */
  readonly maxDestructiveChangesPerDay: number;
  /** A plan older than this is not applied. */
  readonly planMaxAgeMs: number;
  /** Calls to the RDS API in a calendar month (UTC) above which optional reads are left out, and a finding says so. Undefined: no budget. */
  readonly apiCallsPerMonth: number | undefined;
}

/** What a group of instances or one instance has differently. */
export interface PolicyPatch {
  readonly cap: Partial<Omit<CapPolicy, 'reserve'>> & { readonly reserve?: Partial<CapPolicy['reserve']> };
  /** By rule name. */
  readonly extraBackups: Readonly<Record<string, Partial<Omit<ExtraBackupRule, 'name' | 'select'>>>>;
  /** By rule name. */
  readonly expiry: Readonly<Record<string, Partial<Omit<ExpiryRule, 'name' | 'select'>>>>;
  /** Laid over the section, field by field. */
  readonly settings: Partial<SettingsPolicy> | undefined;
  readonly retention: (Partial<Omit<RetentionPolicy, 'keep'>> & { readonly keep?: Partial<KeepCounts> }) | undefined;
  readonly crossRegion: Partial<CrossRegionPolicy> | undefined;
}

export interface CompiledPolicy {
  readonly version: 4;
  /** `sha256:...` over everything else. */
  readonly digest: string;
  /** Names the policy's brakes in the ledger; `default` unless told. */
  readonly name: string;
  readonly timezone: string;
  readonly accounts: readonly AccountPolicy[];
  readonly regions: readonly string[];
  readonly select: Selector;
  readonly cap: CapPolicy;
  readonly limits: LimitsPolicy;
  readonly extraBackups: readonly ExtraBackupRule[];
  readonly expiry: readonly ExpiryRule[];
  /** Undefined: settings are left alone, except where a patch says otherwise. */
  readonly settings: SettingsPolicy | undefined;
  /** Undefined: nothing is ever surplus, except where a patch says otherwise. */
  readonly retention: RetentionPolicy | undefined;
  /** Undefined: copies are nobody's business, except where a patch says otherwise. */
  readonly crossRegion: CrossRegionPolicy | undefined;
  readonly preRelease: PreReleasePolicy;
  /** Applied in order to the instances they select. */
  readonly rules: readonly { readonly name: string; readonly select: Selector; readonly patch: PolicyPatch }[];
  /** Applied last, by instance id. */
  readonly overrides: Readonly<Record<string, PolicyPatch>>;
  /** Where each value was written: dotted path → `default`, or `keeper.yaml:12:5`. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Policy as it is for one instance. */
export interface EffectivePolicy {
  readonly cap: CapPolicy;
  readonly limits: LimitsPolicy;
  /** Only the enabled rules whose selector matches. */
  readonly extraBackups: readonly ExtraBackupRule[];
  /** Only the enabled rules whose selector matches. */
  readonly expiry: readonly ExpiryRule[];
  readonly settings: SettingsPolicy | undefined;
  readonly retention: RetentionPolicy | undefined;
  readonly crossRegion: CrossRegionPolicy | undefined;
  /** Dotted path (`cap.perDay`, `extraBackups.nightly.freshForMs`) → `default`, `policy`, `rule:gold`, `instance:rm-...`, each with file position where known. */
  readonly origins: Readonly<Record<string, string>>;
}
