// DescribeRCSnapshots: the snapshots of RDS Custom disks, newest first. They have nothing to do with the backup sets of instances.
import { formatInstant, type Instant, instant } from '../../../base/instant';
import { requiredText, text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import { isKept, snapshotProgress } from '../../world/custom-disks';
import type { CustomSnapshotState } from '../../world/custom-state';
import type { World } from '../../world/world';
import { describeTags, hasTags, idsOf, tagsOf } from '../custom-formats';
import { pageOf } from '../formats';
import type { RdsAction } from '../lookups';

const DEFAULT_PAGE_SIZE = 30;
const MAX_IDS = 100;

export const describeRcSnapshots: RdsAction = {
  name: 'DescribeRCSnapshots',
  group: 'general',
  writes: false,
  isUnscoped: true,
  parameters: {
    RegionId: { type: 'string', required: true },
    PageNumber: { type: 'long', min: 1 },
    // The documents' text says 30 to 100; the gateway takes 1 to 50.
    PageSize: { type: 'long', min: 1, max: 50 },
  },
  run: (call, world) => {
    const page = pageOf(findSnapshots(call, world), call.parameters, DEFAULT_PAGE_SIZE);
    return {
      body: {
        Snapshots: page.items.map((snapshot) => describe(snapshot, call.asOf)),
        PageNumber: page.pageNumber,
        PageSize: page.pageSize,
        TotalCount: page.total,
      },
    };
  },
};

function findSnapshots(call: Call, world: World): readonly CustomSnapshotState[] {
  const { parameters, caller } = call;
  const regionId = requiredText(parameters, 'RegionId');
  const ids = idsOf(parameters, 'SnapshotIds', MAX_IDS);
  const diskId = text(parameters, 'DiskId');
  const instanceId = text(parameters, 'InstanceId');
  const disks = new Set([...world.customDisks()].filter((disk) => disk.instanceId === instanceId).map((disk) => disk.id));
  const wanted = tagsOf(parameters);
  return [...world.customSnapshots()]
    .filter((snapshot) => snapshot.accountId === caller.accountId && snapshot.regionId === regionId && isKept(snapshot, call.asOf))
    .filter((snapshot) => (ids?.includes(snapshot.id) ?? true) && (diskId ?? snapshot.diskId) === snapshot.diskId)
    .filter((snapshot) => (instanceId === undefined || disks.has(snapshot.diskId)) && hasTags(snapshot.tags, wanted))
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
}

function describe(snapshot: CustomSnapshotState, asOf: Instant): Readonly<Record<string, unknown>> {
  const { status, percent } = snapshotProgress(snapshot, asOf);
  return {
    SnapshotId: snapshot.id,
    SnapshotName: snapshot.id,
    Description: snapshot.description,
    RegionId: snapshot.regionId,
    SourceDiskId: snapshot.diskId,
    SourceDiskSize: snapshot.diskSizeGb,
    SourceDiskType: snapshot.diskType,
    SourceStorageType: 'disk',
    Status: status,
    Progress: String(percent),
    Available: status === 'accomplished',
    Category: 'Standard',
    CreationTime: formatInstant(snapshot.startedAt),
    LastModifiedTime: formatInstant(instant(Math.min(asOf, snapshot.endsAt))),
    SnapshotType: snapshot.isManual ? 'user' : 'auto',
    Encrypted: snapshot.isEncrypted,
    InstantAccess: false,
    Usage: snapshot.usage,
    ResourceGroupId: snapshot.resourceGroupId,
    Tag: describeTags(snapshot.tags),
  };
}
