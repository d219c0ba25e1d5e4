// The ports: what a run needs from the outside, in our own words. Gateways implement them; only gateways know a vendor.
import type { Instant } from '../base/instant';
import type { BackupJob, BackupSet, BackupSpec, DetachedSet } from './backup';
import type { Brakes } from './brakes';
import type {
  CrossRegionCopy,
  CrossRegionInstance,
  CrossRegionSettings,
  CrossRegionWrite,
  InstanceDetails,
  LogFile,
  RecoveryWindow,
  RestoreAnswer,
  RestoreCheck,
} from './cross-region';
import type { CustomSnapshot, CustomSnapshotWish } from './custom-snapshot';
import type { Guard } from './guard';
import type { AccountRegion, Database, Instance } from './instance';
import type { OpenTask } from './open-task';
import type { InstancePosture } from './posture';
import type { Release } from './release';
import type { RestoredTable, RestoreSource, RestoreTarget, SetContents } from './restore';
import type { FunctionName, RunClaim, RunRecord, RunSummary, Trigger } from './run';
import type { BackupSettings, SettingsWrite } from './settings';
import type { Intent } from './slot';

/** Which instances to list. Everything finer is decided by policy on what comes back. */
export interface InstanceQuery {
  /** Fetch tags too (calls of their own: one per 50 instances). */
  readonly withTags: boolean;
  /** Begin the listing with this page of the service's; 1 unless told. */
  readonly fromPage?: number;
}

/** The window of a listing: sets that started in [from, to). */
export interface SetWindow {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * One account and region of a managed database service. Reads are retried inside; every failure is a CloudError.
 * A call waits for its place in the rate budget of the account and region.
 */
export interface RdsGateway extends AccountRegion {
  /** How many instances the account has in the region: one call. */
  countInstances(): Promise<number>;
  /** Pages of instances, in the service's order: each as the service has it, so that they can be counted. */
  listInstances(query: InstanceQuery): AsyncIterable<readonly Instance[]>;
  /** The instance, or undefined when the service knows none of that id. Tags are fetched when asked for. */
  findInstance(instanceId: string, query: InstanceQuery): Promise<Instance | undefined>;
  listDatabases(instanceId: string, engine: Instance['engine']): Promise<readonly Database[]>;
  /** All sets, finished or failed, that started in the window, oldest first. A finished job's set may appear a minute late. */
  listBackupSets(instanceId: string, window: SetWindow): Promise<readonly BackupSet[]>;
  /** The set, or undefined while the service does not list it: absence is not failure. */
  findBackupSet(instanceId: string, backupId: string): Promise<BackupSet | undefined>;
  /** Jobs that wait or run, manual and automated. */
  listRunningJobs(instanceId: string): Promise<readonly BackupJob[]>;
  /** The job, also when finished; undefined when the service knows none of that id. */
  findJob(instanceId: string, jobId: string): Promise<BackupJob | undefined>;
  /**
   * Starts one manual backup and returns the job's id. There is no idempotency token: the call is repeated only after a certain refusal
   * (throttling, connection refused), and nothing is sent after `notAfter`: then a ThrottledError says that it came too late, so that the time
   * in which a delayed request can still take effect is known. An AmbiguousError means that a backup may be running.
   */
  createBackup(instance: Instance, spec: BackupSpec, notAfter: Instant): Promise<{ readonly jobId: string }>;
  /**
   * Keeps a set until `expiresAt` (whole minutes, as that is all the service may store). The value is absolute and the service never shortens, so the call may be
   * repeated inside. A RefusedError therefore does not say that nothing happened: an earlier try whose answer was lost may have done it. Read the set back.
   */
  extendExpiry(instance: Instance, backupId: string, expiresAt: Instant | 'never'): Promise<void>;
  /** The instance's own backup settings, both modes. */
  readSettings(instanceId: string): Promise<BackupSettings>;
  /**
   * Writes one mode. The values are absolute, so the call may be repeated inside; a failure does not say that nothing happened. Read the settings back.
   * Throws a RefusedError `invalid-request`, before anything is sent, when a field that the mode requires is not known. Nothing is sent after `notAfter` (then a
   * ThrottledError says so): what was read is old by then.
   */
  writeSettings(instanceId: string, write: SettingsWrite, notAfter: Instant): Promise<void>;
  /**
   * Deletes 1 to 100 sets by one call: `instance-sets` through DeleteBackup, `database-files` through DeleteBackupFile (SQL Server single-database sets). Deleting
   * twice deletes once, so the call may be repeated inside; a failure does not say that nothing happened. List the sets again. Nothing is sent after `notAfter`
   * (then a ThrottledError says so): that is how long a delayed request can still take effect, and how long no hold can be placed.
   */
  deleteSets(instanceId: string, backupIds: readonly string[], kind: 'instance-sets' | 'database-files', notAfter: Instant): Promise<void>;
  /** The sets of released instances, in pages (RDS API, DescribeDetachedBackups: MySQL on local disks). */
  listDetachedSets(): AsyncIterable<readonly DetachedSet[]>;

  /** All instances of the region that have, or had, cross-region backup, in pages (RDS API, DescribeCrossRegionBackupDBInstance). Released ones that still have copies are in it. */
  listCrossRegionInstances(): AsyncIterable<readonly CrossRegionInstance[]>;
  readCrossRegionSettings(instanceId: string): Promise<CrossRegionSettings>;
  /** Absolute values, so the call may be repeated inside; a failure does not say that nothing happened. Nothing is sent after `notAfter`. Read the settings back. */
  writeCrossRegionSettings(instanceId: string, write: CrossRegionWrite, notAfter: Instant): Promise<void>;
  /** Regions to which backups of this region may be copied (RDS API, DescribeAvailableCrossRegion). */
  listCopyDestinations(): Promise<readonly string[]>;
  /** The copies whose backup started in the window, oldest first; without a destination, those in every region. A RefusedError `copies-not-listed` where the service lists none for the kind of instance. */
  listCopies(instanceId: string, destination: string | undefined, window: SetWindow): Promise<readonly CrossRegionCopy[]>;
  /** The copies that the service names for one local set: the filter is documented as a number of 32 bits, so an id beyond that gives undefined, and nothing is asked. */
  findCopiesOf(instanceId: string, destination: string, backupId: string): Promise<readonly CrossRegionCopy[] | undefined>;
  /** Local logs that overlap the window: DescribeBinlogFiles, or DescribeLogBackupFiles for SQL Server. */
  listLogs(instance: Instance, window: SetWindow): Promise<readonly LogFile[]>;
  listCopiedLogs(instanceId: string, destination: string, window: SetWindow): Promise<readonly LogFile[]>;
  /** Undefined where there is none: log backup is off, or nothing can be restored from. */
  localRecoveryWindow(instanceId: string): Promise<RecoveryWindow | undefined>;
  /** From the logs copied after this copy; undefined where there is none. */
  copyRecoveryWindow(instanceId: string, copyId: string): Promise<RecoveryWindow | undefined>;
  /** Asks only; refusals that say why it cannot be restored are answers, all others errors. */
  checkRestore(check: RestoreCheck): Promise<RestoreAnswer>;
  /** Throws a RefusedError `instance-not-found` for an instance that the service does not know. */
  readDetails(instanceId: string): Promise<InstanceDetails>;

  /** Makes a new instance, which costs money. The token makes the call idempotent, so it may be repeated inside. */
  restoreToNewInstance(
    source: RestoreSource,
    target: RestoreTarget,
    clientToken: string,
  ): Promise<{ readonly instanceId: string; readonly orderId: string | undefined }>;
  /** Restores databases or tables of a copied set into an instance (MySQL; RDS API, RestoreDdrTable). */
  restoreTables(instanceId: string, source: RestoreSource, tables: readonly RestoredTable[], clientToken: string): Promise<void>;
  /** What a copied set holds. */
  listSetContents(region: string, copyId: string): Promise<readonly SetContents[]>;

  listCustomSnapshots(query: { readonly diskId?: string; readonly snapshotIds?: readonly string[] }): AsyncIterable<readonly CustomSnapshot[]>;
  /** There is no idempotency token: repeated only after a certain refusal. */
  createCustomSnapshot(wish: CustomSnapshotWish): Promise<{ readonly snapshotId: string }>;
  /** The service takes an unknown id for a success. `isForced`: also when disks were made from it. */
  deleteCustomSnapshot(snapshotId: string, isForced: boolean): Promise<void>;

  /** Where a set's files can be fetched. The links give full access to the data: never to be logged or stored. */
  listDownloadLinks(instanceId: string, backupId: string): Promise<readonly DownloadLink[]>;
  /** Calls made so far, by the service's operation name. Retries count. */
  apiCalls(): Readonly<Record<string, number>>;
}

/** A link to files of a backup set. */
export interface DownloadLink {
  /** Undefined: of the whole set. */
  readonly database: string | undefined;
  readonly internet: string | undefined;
  readonly intranet: string | undefined;
}

export interface LedgerMeta {
  readonly installationId: string;
  readonly schemaVersion: number;
  readonly createdAt: Instant;
}

/** Where a set comes from. Only `created` and `claimed` are ours to delete. */
export type SetOrigin = 'created' | 'adopted' | 'claimed';

export interface SetRecord {
  readonly instanceId: string;
  readonly backupId: string;
  readonly origin: SetOrigin;
  readonly spec: BackupSpec | undefined;
  readonly slotId: string | undefined;
  readonly recordedAt: Instant;
  /** Who claimed it, for `claimed`. */
  readonly claimedBy: string | undefined;
}

export interface ClaimRequest {
  readonly scope: string;
  readonly function: FunctionName;
  readonly trigger: Trigger;
  readonly asOf: Instant;
  readonly leaseMs: number;
}

/** How many rows and requests the ledger has served. */
export interface LedgerUsage {
  readonly reads: number;
  readonly writes: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** What an instance's page needs at once: batched, so that a fleet costs few requests. */
export interface IntentKey {
  readonly instanceId: string;
  readonly slotId: string;
}

/**
 * The ledger: ownership, idempotency and caps. Only single rows are atomic; every conditional write says whether it won.
 * A LedgerError means that the outcome is unknown or the ledger cannot be used: stop acting.
 */
export interface Ledger {
  /** Undefined when the ledger was never initialised: then nothing may be created, changed or deleted. */
  meta(): Promise<LedgerMeta | undefined>;

  /** Claims the run that this trigger names: see RunClaim. */
  claimRun(request: ClaimRequest): Promise<RunClaim>;
  /** Prolongs the lease. False: somebody else took the run over. */
  renewRun(run: RunRecord, leaseUntil: Instant): Promise<boolean>;
  /**
   * Stores the summary. False: somebody else took the run over (their summary stands). A summary with status `failed` is stored and leaves the
   * run claimable at once (the next claim takes it over), so that a repeated delivery does the work.
   */
  finishRun(run: RunRecord, summary: RunSummary): Promise<boolean>;
  /** Newest first. */
  listRuns(scope: string, limit: number): Promise<readonly RunRecord[]>;
  /** The runs whose trigger's time lies in [from, to), oldest first, in pages. */
  scanRuns(scope: string, window: SetWindow): AsyncIterable<readonly RunRecord[]>;

  /** The intents of these slots, where they exist. Any number of keys; batched inside. */
  getIntents(keys: readonly IntentKey[]): Promise<readonly Intent[]>;
  /** Writes a new intent (state `intended`, version 1) and its entry in the open index. Returns the stored one: ours, or the one that was there first. */
  createIntent(intent: Intent): Promise<{ readonly created: boolean; readonly intent: Intent }>;
  /**
   * Compare-and-swap on the version: stores `next` with version + 1 and returns it; undefined when somebody else was faster. A terminal
   * state also takes the entry out of the open index (while the index is being read: when the reader moves on to its next page); finished intents
   * record their set when `set` is given (with the state or before it).
   */
  advanceIntent(current: Intent, next: Intent, set?: SetRecord): Promise<Intent | undefined>;
  /** Everything unfinished, in pages. Entries whose intent is gone or terminal are skipped and cleaned away. */
  listOpenIntents(): AsyncIterable<readonly Intent[]>;

  /** The guard rows, with `emptyGuard` for those that do not exist. Same order as the ids. */
  getGuards(instanceIds: readonly string[]): Promise<readonly Guard[]>;
  /** Compare-and-swap on the version. The stored guard, or undefined when somebody else was faster. */
  putGuard(current: Guard, next: Guard): Promise<Guard | undefined>;

  /** The brakes of a policy, `emptyBrakes` when there is no row. */
  getBrakes(policy: string): Promise<Brakes>;
  /** Compare-and-swap on the version. The stored row, or undefined when somebody else was faster. */
  putBrakes(current: Brakes, next: Brakes): Promise<Brakes | undefined>;

  getSet(instanceId: string, backupId: string): Promise<SetRecord | undefined>;
  listSets(instanceId: string): Promise<readonly SetRecord[]>;
  putSet(record: SetRecord): Promise<void>;

  getPostures(scope: string, instanceIds: readonly string[]): Promise<ReadonlyMap<string, InstancePosture>>;
  /** Late writers lose: a row whose stored `asOf` is newer stays. */
  putPostures(postures: readonly InstancePosture[]): Promise<void>;
  listPostures(scope: string): AsyncIterable<readonly InstancePosture[]>;

  /** Undefined when nobody has asked for it. */
  getRelease(key: string): Promise<Release | undefined>;
  /** Compare-and-swap on the version (0: there is none yet). The stored release, or undefined when somebody else was faster. */
  putRelease(current: Release | undefined, next: Release): Promise<Release | undefined>;

  getTask(kind: OpenTask['kind'], id: string): Promise<OpenTask | undefined>;
  /** Compare-and-swap on the version (undefined: there is none yet). The stored task, or undefined when somebody else was faster. */
  putTask(current: OpenTask | undefined, next: OpenTask): Promise<OpenTask | undefined>;
  /** The work is done. Removing what is gone is no error. */
  removeTask(task: Pick<OpenTask, 'kind' | 'id'>): Promise<void>;
  /** All open tasks of a kind, in pages. */
  listTasks(kind: OpenTask['kind']): AsyncIterable<readonly OpenTask[]>;

  usage(): LedgerUsage;
}

/** Set-up and check-up of the ledger: used by the command line only. */
export interface LedgerAdmin {
  /** Creates missing tables and the meta row; safe to repeat. */
  init(at: Instant): Promise<{ readonly created: readonly string[]; readonly meta: LedgerMeta }>;
  /** The names of missing tables. */
  missingTables(): Promise<readonly string[]>;
}

/** One call of a deployed function. */
export interface Invocation {
  /** The name that it is deployed under. */
  readonly function: string;
  /** The event, at most 128 KB for `async`. */
  readonly event: string;
  /** `sync` waits for the answer; `async` is queued by the service, which repeats it when it fails. */
  readonly mode: 'sync' | 'async';
  /** Of `async` only: the service takes each id once. `[A-Za-z_][A-Za-z0-9_-]{0,127}` */
  readonly taskId?: string;
}

/**
 * `answered`: the function's own answer, as text. `accepted`: queued. `already-queued`: the service knows the task id. `function-failed`: the function was
 * run, and failed: `errorType` and `message` are its own words.
 */
export type InvocationAnswer =
  | { readonly kind: 'answered'; readonly requestId: string; readonly body: string }
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'already-queued'; readonly requestId: string }
  | { readonly kind: 'function-failed'; readonly requestId: string; readonly errorType: string; readonly message: string; readonly body: string };

/** Function Compute, as far as the keeper calls it. What the service itself refuses, or does not answer, is a CloudError; nothing is repeated inside but certain refusals. */
export interface Invoker {
  invoke(invocation: Invocation): Promise<InvocationAnswer>;
}

/**
 * Resolves `env://NAME`, `file:///path` and `secret://aws/<name or ARN>#<key>` references. A value may be some minutes old; `anew` reads it past
 * whatever was kept. Never logs a value. Throws KeeperErrors that name the reference: `secret-missing` and its like.
 */
export interface Secrets {
  resolve(reference: string, options?: { readonly anew?: boolean }): Promise<string>;
}
