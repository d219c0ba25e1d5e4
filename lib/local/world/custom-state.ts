// The nouns of RDS Custom in the local world: disks and their snapshots, another product than instances and their backup sets.
import type { Instant } from '../../base/instant';

/** A disk of an RDS Custom host. */
export interface CustomDisk {
  readonly id: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly zoneId: string;
  readonly instanceId: string;
  /** Of the host: snapshots are taken while it is Running or Stopped. */
  readonly instanceStatus: string;
  readonly name: string;
  readonly description: string;
  readonly type: 'system' | 'data';
  readonly category: string;
  readonly sizeGb: number;
  readonly isEncrypted: boolean;
  readonly createdAt: Instant;
  /** Empty unless it was made from a snapshot. */
  readonly sourceSnapshotId: string;
  readonly resourceGroupId: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type SnapshotUsage = 'none' | 'disk' | 'image' | 'image_disk';

export interface CustomSnapshotState {
  readonly id: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly diskId: string;
  readonly description: string;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  readonly outcome: 'accomplished' | 'failed';
  /** Null: it is kept until somebody deletes it. */
  readonly expiresAt: Instant | null;
  readonly isManual: boolean;
  readonly usage: SnapshotUsage;
  readonly diskSizeGb: number;
  readonly diskType: CustomDisk['type'];
  readonly isEncrypted: boolean;
  readonly resourceGroupId: string;
  readonly tags: Readonly<Record<string, string>>;
}
