// RDS Custom disks and their snapshots: when one may be taken, what it looks like on the way, and when it may be deleted.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { refusal } from '../rds/errors';
import type { CustomDisk, CustomSnapshotState } from './custom-state';
import type { RdsKnobs } from './knobs';

/** What matters about a disk; the rest is filled in. */
export interface CustomDiskSketch extends Partial<CustomDisk> {
  readonly id: string;
}

export function completeDisk(sketch: CustomDiskSketch, accountId: string, now: Instant): CustomDisk {
  const { regionId = 'cn-hangzhou' } = sketch;
  return {
    accountId,
    regionId,
    zoneId: `${regionId}-h`,
    instanceId: '',
    instanceStatus: 'Running',
    name: sketch.id,
    description: '',
    type: 'data',
    category: 'cloud_essd',
    sizeGb: 60,
    isEncrypted: false,
    createdAt: plusMs(now, -100 * DAY_MS),
    sourceSnapshotId: '',
    resourceGroupId: 'rg-acfmyexample',
    tags: {},
    ...sketch,
  };
}

export interface SnapshotOrder {
  readonly description: string;
  /** Undefined: for ever. */
  readonly retentionDays: number | undefined;
  readonly resourceGroupId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const MAX_MANUAL = 256;
const HOST_STATES = ['Running', 'Stopped'];

/** Throws the refusal of the first rule that forbids it. ASSUMED: the codes, which are those of ECS for the same acts. */
export function planSnapshot(
  disk: CustomDisk,
  existing: readonly CustomSnapshotState[],
  order: SnapshotOrder,
  id: string,
  now: Instant,
  knobs: RdsKnobs,
): CustomSnapshotState {
  const ofDisk = existing.filter((snapshot) => snapshot.diskId === disk.id && isKept(snapshot, now));
  if (!HOST_STATES.includes(disk.instanceStatus)) throw refusal('CreateRCSnapshot', 'IncorrectInstanceStatus');
  if (ofDisk.some((snapshot) => snapshot.endsAt > now)) throw refusal('CreateRCSnapshot', 'IncorrectDiskStatus.CreatingSnapshot');
  if (ofDisk.filter((snapshot) => snapshot.isManual).length >= MAX_MANUAL) throw refusal('CreateRCSnapshot', 'QuotaExceed.Snapshot');
  const { baseMs, perGbMs } = knobs.customSnapshots;
  return {
    id,
    accountId: disk.accountId,
    regionId: disk.regionId,
    diskId: disk.id,
    description: order.description,
    startedAt: now,
    endsAt: plusMs(now, baseMs + perGbMs * disk.sizeGb),
    outcome: 'accomplished',
    expiresAt: order.retentionDays === undefined ? null : instant(now + order.retentionDays * DAY_MS),
    isManual: true,
    usage: 'none',
    diskSizeGb: disk.sizeGb,
    diskType: disk.type,
    isEncrypted: disk.isEncrypted,
    resourceGroupId: order.resourceGroupId ?? disk.resourceGroupId,
    tags: order.tags,
  };
}

/** Throws when images or, unless forced, disks were made from it (RDS API, DeleteRCSnapshot). */
export function checkSnapshotDeletion(snapshot: CustomSnapshotState, isForced: boolean): void {
  const { usage } = snapshot;
  if (usage === 'image' || usage === 'image_disk') throw refusal('DeleteRCSnapshot', 'SnapshotCreatedImage');
  if (usage === 'disk' && !isForced) throw refusal('DeleteRCSnapshot', 'SnapshotCreatedDisk');
}

export function isKept(snapshot: CustomSnapshotState, at: Instant): boolean {
  return snapshot.startedAt <= at && (snapshot.expiresAt === null || snapshot.expiresAt > at);
}

export interface SnapshotProgress {
  readonly status: 'progressing' | 'accomplished' | 'failed';
  readonly percent: number;
}

export function snapshotProgress(snapshot: CustomSnapshotState, at: Instant): SnapshotProgress {
  if (snapshot.endsAt <= at) return { status: snapshot.outcome, percent: snapshot.outcome === 'accomplished' ? 100 : 0 };
  return { status: 'progressing', percent: Math.floor((100 * (at - snapshot.startedAt)) / (snapshot.endsAt - snapshot.startedAt)) };
}
