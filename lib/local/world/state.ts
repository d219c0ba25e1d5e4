// The nouns of the local RDS world, in the service's own words and as plain JSON: they are journalled as they stand.
import type { Instant } from '../../base/instant';
import type { Parameters } from '../rpc/types';
import type { CopyFault, CopyState, CrossRegionSettings, LogGap } from './copy-state';

export const ENGINES = ['MySQL', 'PostgreSQL', 'SQLServer', 'MariaDB'] as const;
export type EngineName = (typeof ENGINES)[number];

export type Method = 'Physical' | 'Logical' | 'Snapshot';
export type Mode = 'Automated' | 'Manual';
export type SetType = 'FullBackup' | 'IncrementalBackup';

export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface DatabaseSpec {
  readonly name: string;
  readonly status: 'Creating' | 'Running' | 'Deleting' | 'Cold';
}

/** An instance's own backup settings (RDS API, DescribeBackupPolicy), and what the world knows about changing them. */
export interface BackupSettings {
  /** At least two. */
  readonly days: readonly Weekday[];
  /** Start of the one-hour window, in minutes after midnight UTC. */
  readonly windowStartMinute: number;
  readonly retentionDays: number;
  readonly method: 'Physical' | 'Snapshot';
  /** High-frequency snapshots: minutes between two; undefined when off. */
  readonly intervalMinutes?: number;
  /** The service's own backups are differential between two full ones. */
  readonly incremental: boolean;
  /** Which node is backed up: 1 the secondary, 2 the primary. Cluster Edition of SQL Server only. */
  readonly priority: 1 | 2;
  /** Empty: as often as data. */
  readonly logFrequency: 'LogInterval' | '';
  readonly releasedKeep: ReleasedKeep;
  readonly category: 'Standard' | 'Flash';
  readonly compressType: CompressType;
  /** 0: nothing is archived. */
  readonly archiveRetentionDays: number;
  readonly archiveKeepPolicy: ArchiveKeepPolicy;
  readonly archiveKeepCount: number;
  readonly logBackup: boolean;
  /** SQL Server has none of its own: there it is the retention of data. */
  readonly logRetentionDays: number;
  readonly localLogHours: number;
  readonly localLogSpacePercent: number;
  /** -1: without limit. */
  readonly localLogCount: number;
  readonly highSpaceProtection: boolean;
  /** Set in the console to an advanced policy: the API changes nothing of it. */
  readonly advancedPolicy: boolean;
}

export const RELEASED_KEEPS = ['None', 'Lastest', 'All'] as const;
/** Spelt as the service does. */
export type ReleasedKeep = (typeof RELEASED_KEEPS)[number];

export const COMPRESS_TYPES = ['0', '1', '2', '4', '8'] as const;
export type CompressType = (typeof COMPRESS_TYPES)[number];

export const ARCHIVE_KEEP_POLICIES = ['ByMonth', 'ByWeek', 'KeepAll'] as const;
/** `0`: none was chosen yet. */
export type ArchiveKeepPolicy = (typeof ARCHIVE_KEEP_POLICIES)[number] | '0';

/** What an instance is, apart from its backups. */
export interface InstanceSpec {
  readonly id: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly zoneId: string;
  readonly description: string;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly category: string;
  readonly storageType: string;
  readonly instanceClass: string;
  readonly role: 'Primary' | 'Readonly' | 'Guard' | 'Temp';
  readonly primaryId?: string;
  readonly status: string;
  /** `Unlock`, or the kind of lock. */
  readonly lockMode: string;
  readonly lockReason: string;
  readonly payType: string;
  readonly createdAt: Instant;
  readonly resourceGroupId: string;
  readonly storageGb: number;
  readonly usedGb: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly databases: readonly DatabaseSpec[];
  readonly settings: BackupSettings;
  /** Cross-region backup; undefined while it has never been on. */
  readonly crossRegion?: CrossRegionSettings;
  /** Its disk is encrypted; not so unless told. */
  readonly isEncrypted?: boolean;
}

export type JobOutcome = 'Finished' | 'Failed';

/** A backup job that waits or runs. */
export interface JobState {
  readonly id: string;
  readonly startedAt: Instant;
  /** How long it takes by its method and size; a stuck job has no end all the same. */
  readonly nominalMs: number;
  /** Null: it never ends. */
  readonly endsAt: Instant | null;
  readonly outcome: JobOutcome;
  readonly mode: Mode;
  readonly method: Method;
  readonly type: SetType;
  /** Set for database-level backups. */
  readonly databases?: readonly string[];
  /** -1: for ever. */
  readonly retentionDays: number;
  readonly sizeBytes: number;
}

/** A backup set, or what is left of a failed backup. */
export interface SetState {
  readonly id: string;
  readonly jobId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: JobOutcome;
  readonly mode: Mode;
  readonly method: Method;
  readonly type: SetType;
  readonly databases?: readonly string[];
  readonly sizeBytes: number;
  /** Null: never. */
  readonly expiresAt: Instant | null;
}

/** A start that counts against the daily cap, also after its set is gone. */
export interface BackupStart {
  readonly at: Instant;
  readonly mode: Mode;
}

/** What a test or a scenario has in mind for the next job of an instance. */
export interface NextJob {
  readonly outcome?: JobOutcome;
  readonly neverEnds?: boolean;
  readonly durationMs?: number;
}

export interface InstanceState {
  spec: InstanceSpec;
  sets: SetState[];
  /** In other regions, those that are still on their way included. */
  copies: CopyState[];
  job: JobState | undefined;
  starts: BackupStart[];
  /** When the service backs the instance up by itself next; undefined when it never does. */
  nextAutomaticAt: Instant | undefined;
  nextJob: NextJob | undefined;
  /** What becomes of the copy of the next set. */
  nextCopy: CopyFault | undefined;
  logGaps: readonly LogGap[];
  /** Since when logs are kept without a gap, however long ago: their retention cuts off the rest. Undefined: there are none. */
  logsSince: Instant | undefined;
  /** When a change of settings is done and the instance runs again; undefined when none is going on. */
  busyUntil: Instant | undefined;
  /** Undefined while the instance lives. */
  releasedAt: Instant | undefined;
}

/** An instance without a past. */
export function makeInstanceState(spec: InstanceSpec): InstanceState {
  return {
    spec,
    sets: [],
    copies: [],
    job: undefined,
    starts: [],
    nextAutomaticAt: undefined,
    nextJob: undefined,
    nextCopy: undefined,
    logGaps: [],
    logsSince: firstLogsSince(spec),
    busyUntil: undefined,
    releasedAt: undefined,
  };
}

export function firstLogsSince(spec: InstanceSpec): Instant | undefined {
  return spec.settings.logBackup ? spec.createdAt : undefined;
}

/** Whether the instance was there at that moment: made, and not released. */
export function existsAt(instance: Pick<InstanceState, 'spec' | 'releasedAt'>, at: Instant): boolean {
  return instance.spec.createdAt <= at && (instance.releasedAt === undefined || instance.releasedAt > at);
}

/** A request that was lost on its way and arrives later. */
export interface LateRequest {
  readonly id: string;
  readonly at: Instant;
  readonly operation: string;
  readonly parameters: Parameters;
  readonly accessKeyId: string;
}

export function isCloudDisk(spec: Pick<InstanceSpec, 'storageType'>): boolean {
  return !['local_ssd', 'ephemeral_ssd'].includes(spec.storageType);
}

/**
 * What an instance shows while its settings change. ASSUMED: the documents do not say which state that is, only that it may leave Running
 * for a while.
 */
export const BUSY_STATUS = 'TRANSING';

/** What an instance shows while it is made from a backup, and while databases are restored into it. */
export const CREATING_STATUS = 'Creating';
export const RESTORING_STATUS = 'Restoring';

/** A status that ends by itself: the instance is then Running. */
export function isPassing(status: string): boolean {
  return status === BUSY_STATUS || status === CREATING_STATUS || status === RESTORING_STATUS;
}

/** Running and unlocked: the service itself makes no backups of anything else, and takes no orders for one. */
export function canBackUp(spec: Pick<InstanceSpec, 'status' | 'lockMode' | 'role'>): boolean {
  return spec.role === 'Primary' && spec.status === 'Running' && spec.lockMode === 'Unlock';
}
