// The guard row of an instance: everything that must change atomically before we touch it.
import type { Instant } from '../base/instant';
import type { BackupMode } from './backup';
import type { CapPool } from './slot';

/** A claim on the daily cap, keyed by the slot, so that reserving twice reserves once. */
export interface Reservation {
  readonly slotId: string;
  readonly pool: CapPool;
  readonly units: number;
  readonly reservedAt: Instant;
}

/** A set we once saw inside the window. It stays counted for 24 hours after its end, even if it is deleted meanwhile. */
export interface SeenSet {
  readonly backupId: string;
  readonly mode: BackupMode;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/** A release that waits for this instance: timer slots yield to it until `until`. */
export interface WaitingRelease {
  readonly slotId: string;
  readonly until: Instant;
}

export interface Guard {
  readonly instanceId: string;
  /** 0 for a row that does not exist yet. */
  readonly version: number;
  readonly reservations: readonly Reservation[];
  readonly seen: readonly SeenSet[];
  /** The service said that the cap is used up; no call before `until`. */
  readonly exhausted: { readonly saidAt: Instant; readonly until: Instant } | undefined;
  readonly waitingReleases: readonly WaitingRelease[];
}

export function emptyGuard(instanceId: string): Guard {
  return { instanceId, version: 0, reservations: [], seen: [], exhausted: undefined, waitingReleases: [] };
}
