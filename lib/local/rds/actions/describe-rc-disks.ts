// DescribeRCDisks: the disks of RDS Custom hosts.
import { formatInstant } from '../../../base/instant';
import { requiredText, text } from '../../rpc/parameters';
import type { CustomDisk } from '../../world/custom-state';
import { describeTags, hasTags, idsOf, tagsOf } from '../custom-formats';
import { pageOf } from '../formats';
import type { RdsAction } from '../lookups';

const DEFAULT_PAGE_SIZE = 30;
const MAX_IDS = 100;

export const describeRcDisks: RdsAction = {
  name: 'DescribeRCDisks',
  group: 'general',
  writes: false,
  isUnscoped: true,
  parameters: {
    RegionId: { type: 'string', required: true },
    PageNumber: { type: 'long', min: 1 },
    PageSize: { type: 'long', min: 1, max: 100 },
  },
  run: (call, world) => {
    const { parameters, caller } = call;
    const regionId = requiredText(parameters, 'RegionId');
    const ids = idsOf(parameters, 'DiskIds', MAX_IDS);
    const instanceId = text(parameters, 'InstanceId');
    const wanted = tagsOf(parameters);
    const found = [...world.customDisks()].filter(
      (disk) =>
        disk.accountId === caller.accountId &&
        disk.regionId === regionId &&
        disk.createdAt <= call.asOf &&
        (ids?.includes(disk.id) ?? true) &&
        (instanceId ?? disk.instanceId) === disk.instanceId &&
        hasTags(disk.tags, wanted),
    );
    const page = pageOf(found, parameters, DEFAULT_PAGE_SIZE);
    // A plain array, without the wrapper of other lists.
    return { body: { Disks: page.items.map(describe), PageNumber: page.pageNumber, PageSize: page.pageSize, TotalCount: page.total } };
  },
};

function describe(disk: CustomDisk): Readonly<Record<string, unknown>> {
  return {
    DiskId: disk.id,
    DiskName: disk.name,
    Description: disk.description,
    RegionId: disk.regionId,
    ZoneId: disk.zoneId,
    InstanceId: disk.instanceId,
    Type: disk.type,
    Category: disk.category,
    PerformanceLevel: 'PL1',
    Size: disk.sizeGb,
    Status: disk.instanceId === '' ? 'Available' : 'In_use',
    Encrypted: disk.isEncrypted,
    Device: disk.instanceId === '' ? '' : '/dev/xvda',
    DiskChargeType: 'PostPaid',
    CreationTime: formatInstant(disk.createdAt),
    DeleteWithInstance: true,
    DeleteAutoSnapshot: true,
    Portable: false,
    SourceSnapshotId: disk.sourceSnapshotId,
    ResourceGroupId: disk.resourceGroupId,
    Tag: describeTags(disk.tags),
  };
}
