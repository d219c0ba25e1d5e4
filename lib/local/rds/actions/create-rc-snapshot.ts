// CreateRCSnapshot: takes a snapshot of one RDS Custom disk. It has no idempotency token.
import { shortHash } from '../../../base/hash';
import { integer, requiredText, text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import { planSnapshot } from '../../world/custom-disks';
import type { CustomDisk } from '../../world/custom-state';
import type { World } from '../../world/world';
import { tagsOf } from '../custom-formats';
import { refusal } from '../errors';
import type { RdsAction } from '../lookups';
import { isDescription } from '../restore-requests';

const OPERATION = 'CreateRCSnapshot';

export const createRcSnapshot: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  isUnscoped: true,
  parameters: {
    RegionId: { type: 'string', required: true },
    // Without a star in the documents, and without it there is nothing to take a snapshot of.
    DiskId: { type: 'string', required: true },
    RetentionDays: { type: 'int', min: 1, max: 65_536 },
    InstantAccess: { type: 'boolean' },
  },
  run: (call, world) => {
    const { parameters } = call;
    const description = text(parameters, 'Description') ?? '';
    if (description !== '' && !isDescription(description)) throw refusal(OPERATION, 'InvalidDescription.Malformed');
    const disk = requireDisk(call, world);
    const order = {
      description,
      retentionDays: integer(parameters, 'RetentionDays'),
      resourceGroupId: text(parameters, 'ResourceGroupId'),
      tags: tagsOf(parameters),
    };
    const existing = [...world.customSnapshots()];
    // One at a time per disk: no other was begun at this moment.
    const id = `rcds-${shortHash(`${disk.id}:${call.now}:${existing.length}`, 20)}`;
    const snapshot = planSnapshot(disk, existing, order, id, call.now, world.knobs);
    return { body: { SnapshotId: id }, changes: [{ kind: 'custom-snapshot', snapshot }] };
  },
};

function requireDisk({ parameters, caller }: Call, world: World): CustomDisk {
  const [id, regionId] = [requiredText(parameters, 'DiskId'), requiredText(parameters, 'RegionId')];
  for (const disk of world.customDisks()) if (disk.id === id && disk.accountId === caller.accountId && disk.regionId === regionId) return disk;
  throw refusal(OPERATION, 'InvalidDiskId.NotFound');
}
