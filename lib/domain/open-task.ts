// Open tasks: work that somebody has taken on and that must not be lost, be it a part of a fleet for a worker or a release for reconcile.
import type { Instant } from '../base/instant';
import type { AccountRegion } from './instance';
import type { DeployedFunction } from './run';

/** One worker's part of the fleet: an account and region, or one of several equal parts of it (by the hash of the instance id). */
export interface ShardPart extends AccountRegion {
  /** 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
}

/** What a worker is handed: a part, and where in it to begin. */
export interface ShardWork extends ShardPart {
  /** The page of the instances' list to begin with; 1 is the first. */
  readonly fromPage: number;
  /** 0; one more for every continuation. */
  readonly leg: number;
  /** Changes that this part may still make: the parts of a run share what one run may make. */
  readonly changesLeft: number;
  /** Manual backup sets that the legs before this one have counted (retention-hygiene). */
  readonly manualSets: number;
}

/** A row of the ledger's `tasks`: it goes when the work is done. Every write is conditional on the version. */
export interface OpenTask {
  /** `shard`: an asynchronous invocation does it. `release`: reconcile advances it. */
  readonly kind: 'shard' | 'release';
  /** Deterministic: the same work is the same task. Letters, digits, `_` and `-`. */
  readonly id: string;
  /** 0 for one that is not stored yet. */
  readonly version: number;
  /** How often it was handed over: raised before each hand-over. */
  readonly attempt: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly function: DeployedFunction;
  /** The name that the function is deployed under. */
  readonly target: string;
  /** The event to hand over, as JSON; empty for a release. */
  readonly event: string;
}
