// The brakes: what a policy has destroyed in the last 24 hours, in one versioned row that all shards, retries and ticks share.
import type { Instant } from '../base/instant';

/** `purge`: a backup set deleted. `destructive-setting`: a setting written that makes the service drop backups. */
export type BrakeKind = 'purge' | 'destructive-setting';

/** Taken before the act and never given back: an act whose outcome is unknown counts. */
export interface BrakeEntry {
  readonly kind: BrakeKind;
  readonly instanceId: string;
  /** The backup set's id, or the setting's name. One object counts once, however often it is retried. */
  readonly object: string;
  readonly at: Instant;
  readonly runId: string;
}

/** What one worker has counted, where several divide the fleet among them. */
export interface FleetPart {
  /** `<account>/<region>` */
  readonly scope: string;
  readonly part: number;
  readonly parts: number;
  readonly manualSets: number;
  readonly asOf: Instant;
}

export interface Brakes {
  /** The policy's name. */
  readonly policy: string;
  /** 0 for a row that does not exist yet. */
  readonly version: number;
  readonly entries: readonly BrakeEntry[];
  /** How many manual sets the newest full sweep has seen: what a share of the fleet is a share of. */
  readonly fleet: { readonly manualSets: number; readonly asOf: Instant } | undefined;
  /** The newest word of each worker. Absent until several have divided the fleet. */
  readonly fleetParts?: readonly FleetPart[];
}

export function emptyBrakes(policy: string): Brakes {
  return { policy, version: 0, entries: [], fleet: undefined };
}
