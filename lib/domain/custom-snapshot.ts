// Snapshots of RDS Custom disks: another product than the backup sets of ordinary instances.
import type { Instant } from '../base/instant';

export interface CustomSnapshot {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly diskId: string;
  readonly diskSizeGb: number | undefined;
  readonly status: 'progressing' | 'accomplished' | 'failed' | 'unknown';
  readonly progressPercent: number | undefined;
  readonly isEncrypted: boolean | undefined;
  readonly createdAt: Instant | undefined;
  readonly usage: string;
}

export interface CustomSnapshotWish {
  readonly diskId: string;
  /** 2 to 256 characters, not beginning with http:// or https://. */
  readonly description: string | undefined;
  /** 1 to 65536; undefined: for ever. */
  readonly retentionDays: number | undefined;
}
