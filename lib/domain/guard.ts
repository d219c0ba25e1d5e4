// The guard row of an instance: everything that must change atomically before we touch it.
import type { Instant } from '../base/instant';
import type { BackupMode } from './backup';
import type { SettingName } from './settings';
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

/** What a hold is on. A release: every set that was made for it. */
export type HoldTarget =
  | { readonly kind: 'set'; readonly backupId: string }
  | { readonly kind: 'instance' }
  | { readonly kind: 'release'; readonly release: string };

/** Excludes sets from expiry. It cannot stop the service's own expiry. */
export interface Hold {
  readonly id: string;
  readonly target: HoldTarget;
  readonly owner: string;
  readonly reason: string;
  readonly placedAt: Instant;
  /** Undefined: until it is released. */
  readonly until: Instant | undefined;
}

/**
 * A set that one plan found surplus. Only a plan made long enough after the mark may purge it. `deleting`: a call to delete it may be under way or have
 * taken effect; no hold can be placed on it.
 */
export interface PurgeMark {
  readonly backupId: string;
  readonly markedAt: Instant;
  readonly state: 'marked' | 'deleting';
  /** When the newest call to delete it was about to be sent. */
  readonly deletingAt: Instant | undefined;
}

/** A setting that was written because it had drifted; written down before the call. Repeats tell of a fight with somebody else. */
export interface Correction {
  readonly setting: SettingName;
  /** The wanted value as text: another wish is another matter. */
  readonly wanted: string;
  readonly at: Instant;
  /** The service drops backups because of it: while the call may yet take effect, no hold can be placed on the instance's sets. */
  readonly isDestructive?: boolean;
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
  readonly holds: readonly Hold[];
  readonly marks: readonly PurgeMark[];
  /** Oldest first; those of the last 30 days. */
  readonly corrections: readonly Correction[];
}

export function emptyGuard(instanceId: string): Guard {
  return { instanceId, version: 0, reservations: [], seen: [], exhausted: undefined, waitingReleases: [], holds: [], marks: [], corrections: [] };
}
