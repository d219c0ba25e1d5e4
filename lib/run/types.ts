// What a use case is given and what it gives back. Ports only: a run knows no vendor, no file and no host clock.
import type { Clock } from '../base/clock';
import type { Deadline } from '../base/deadline';
import type { Instant } from '../base/instant';
import type { Logger } from '../base/logger';
import type { BackupMethod, BackupSpec } from '../domain/backup';
import type { AccountRegion } from '../domain/instance';
import type { ShardWork } from '../domain/open-task';
import type { Invoker, Ledger, RdsGateway } from '../domain/ports';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { ReleaseWish } from '../domain/release';
import type { DeployedFunction, RunSummary, Trigger } from '../domain/run';
import type { SettingName, SettingsMode } from '../domain/settings';
import type { SlotVerdict } from '../domain/verdict';
import type { FindingChange } from '../policy/finding-changes';

export interface RunPorts {
  readonly ledger: Ledger;
  /** The gateway of an account and region; the same object for the same target, so that its rate budget is shared. */
  readonly gatewayOf: (target: AccountRegion) => RdsGateway;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Only in a deployed function: who hands work to other invocations, and the name that this function is deployed under. */
  readonly fanOut?: { readonly invoker: Invoker; readonly self: string };
}

export interface RunRequest {
  readonly trigger: Trigger;
  /** The injected now of all decisions: a timer's trigger time, else the time of the call. */
  readonly asOf: Instant;
  readonly dryRun: boolean;
  readonly policy: CompiledPolicy;
  readonly deadline: Deadline;
  /** Only these instances; undefined: all in scope of the policy. */
  readonly instances?: readonly string[];
  /** A plan that is being applied: nothing is done that is not in it. */
  readonly approved?: ApprovedSteps;
  /** A backup that somebody asks for, instead of what the rules have due. */
  readonly onDemand?: OnDemandBackup;
  /** Only this part of the fleet: the run is a worker's. */
  readonly shard?: ShardWork;
  /** Of pre-release-backup. */
  readonly release?: ReleaseRequest;
}

/**
 * `start`: opens the release, or a new attempt of one that has failed or is no longer valid, and advances it. `check`: advances what is there, and opens nothing.
 * `status`: reads only.
 */
export type ReleaseRequest =
  | { readonly action: 'start'; readonly wish: ReleaseWish }
  | { readonly action: 'check' | 'status'; readonly source: string; readonly release: string };

export interface ApprovedSteps {
  /** True when the plan has exactly this step: action, target, before and after. */
  has(step: PlanStep): boolean;
}

/** Drawn from the ordinary pool of the cap. `instances` of the request name where. */
export interface OnDemandBackup {
  /** Names the request: the same key never makes a second backup of an instance and scope. */
  readonly key: string;
  /** Undefined: the whole instance. */
  readonly databases: readonly string[] | undefined;
  /** Undefined: the engine's best. */
  readonly method: BackupMethod | undefined;
}

/** Hears of every verdict as it falls, so that a fleet's worth of them need not be kept. */
export interface RunObserver {
  onVerdict?(verdict: SlotVerdict): void;
  /** A finding that is new, has changed, or is gone; never in dry runs. */
  onFindingChange?(change: FindingChange): void;
  /** What would be done; in dry runs only. */
  onStep?(step: PlanStep): void;
  /** Instances looked at so far. */
  onProgress?(instances: number): void;
}

interface StepBase extends AccountRegion {
  readonly instanceId: string;
  readonly rule: string;
  readonly reason: string;
}

export interface CreateStep extends StepBase {
  readonly action: 'create-backup';
  readonly slotId: string;
  readonly spec: BackupSpec;
}

export interface ExtendStep extends StepBase {
  readonly action: 'extend-expiry';
  readonly backupId: string;
  /** When the set expires: ISO 8601 in UTC, or `for ever`. */
  readonly before: string;
  readonly after: string;
}

export interface ChangeSettingsStep extends StepBase {
  readonly action: 'change-settings';
  readonly mode: SettingsMode;
  /** By name: what changes, as texts. */
  readonly before: Readonly<Partial<Record<SettingName, string>>>;
  readonly after: Readonly<Partial<Record<SettingName, string>>>;
  /** The service drops backups because of it. */
  readonly isDestructive: boolean;
}

/** The first of the two phases: nothing is deleted. */
export interface MarkStep extends StepBase {
  readonly action: 'mark-surplus';
  readonly backupId: string;
  readonly before: 'unmarked';
  readonly after: 'marked';
}

export interface PurgeStep extends StepBase {
  readonly action: 'purge';
  readonly backupId: string;
  /** Since when it has been marked: ISO 8601 in UTC. */
  readonly before: string;
  readonly after: 'deleted';
}

/** An instance's cross-region settings, as one text before and after. */
export interface ChangeCrossRegionStep extends StepBase {
  readonly action: 'change-cross-region';
  readonly before: string;
  readonly after: string;
  /** The service drops copies because of it. */
  readonly isDestructive: boolean;
  /** It costs storage and traffic. */
  readonly costs: boolean;
}

/** One thing that a run would do, as data. */
export type PlanStep = CreateStep | ExtendStep | ChangeSettingsStep | MarkStep | PurgeStep | ChangeCrossRegionStep;

/** The functions that have plans: reconcile acts on what is in flight only, a release is an answer, and a report reads. */
export type PlannedFunction = Exclude<DeployedFunction, 'reconcile' | 'pre-release-backup' | 'report'>;

export interface Plan {
  readonly function: PlannedFunction;
  readonly asOf: string;
  readonly policyDigest: string;
  readonly steps: readonly PlanStep[];
  /** Over the ordered steps. */
  readonly digest: string;
  readonly verdicts: readonly SlotVerdict[];
  readonly summary: RunSummary;
}
