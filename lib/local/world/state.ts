// The nouns of the local RDS world, in the service's own words and as plain JSON: they are journalled as they stand.
import type { Instant } from '../../base/instant';
import type { Parameters } from '../rpc/types';

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

/** An instance's own backup settings (RDS API, DescribeBackupPolicy). */
export interface BackupSettings {
  /** At least two. */
  readonly days: readonly Weekday[];
  /** Start of the one-hour window, in minutes after midnight UTC. */
  readonly windowStartMinute: number;
  readonly retentionDays: number;
  readonly method: 'Physical' | 'Snapshot';
  /** High-frequency snapshots: minutes between two; undefined when off. */
  readonly intervalMinutes?: number;
  readonly logBackup: boolean;
  readonly logRetentionDays: number;
  readonly category: 'Standard' | 'Flash';
}

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
  job: JobState | undefined;
  starts: BackupStart[];
  /** When the service backs the instance up by itself next; undefined when it never does. */
  nextAutomaticAt: Instant | undefined;
  nextJob: NextJob | undefined;
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

/** Running and unlocked: the service itself makes no backups of anything else, and takes no orders for one. */
export function canBackUp(spec: Pick<InstanceSpec, 'status' | 'lockMode' | 'role'>): boolean {
  return spec.role === 'Primary' && spec.status === 'Running' && spec.lockMode === 'Unlock';
}
