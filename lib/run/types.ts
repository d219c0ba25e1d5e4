// What a use case is given and what it gives back. Ports only: a run knows no vendor, no file and no host clock.
import type { Clock } from '../base/clock';
import type { Deadline } from '../base/deadline';
import type { Instant } from '../base/instant';
import type { Logger } from '../base/logger';
import type { BackupSpec } from '../domain/backup';
import type { AccountRegion } from '../domain/instance';
import type { Ledger, RdsGateway } from '../domain/ports';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { FunctionName, RunSummary, Trigger } from '../domain/run';
import type { SlotVerdict } from '../domain/verdict';

export interface RunPorts {
  readonly ledger: Ledger;
  /** The gateway of an account and region; the same object for the same target, so that its rate budget is shared. */
  readonly gatewayOf: (target: AccountRegion) => RdsGateway;
  readonly clock: Clock;
  readonly logger: Logger;
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
}

/** Hears of every verdict as it falls, so that a fleet's worth of them need not be kept. */
export interface RunObserver {
  onVerdict?(verdict: SlotVerdict): void;
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

/** One thing that a run would do, as data. */
export type PlanStep = CreateStep | ExtendStep;

/** The functions that have plans: reconcile acts on what is in flight only. */
export type PlannedFunction = Exclude<FunctionName, 'reconcile'>;

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
