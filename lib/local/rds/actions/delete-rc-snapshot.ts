// DeleteRCSnapshot: deletes one snapshot of an RDS Custom disk. An id that nobody knows is a success.
import { requiredText, text } from '../../rpc/parameters';
import { checkSnapshotDeletion, isKept } from '../../world/custom-disks';
import type { RdsAction } from '../lookups';

export const deleteRcSnapshot: RdsAction = {
  name: 'DeleteRCSnapshot',
  group: 'general',
  writes: true,
  isUnscoped: true,
  parameters: {
    RegionId: { type: 'string', required: true },
    SnapshotId: { type: 'string', required: true },
    Force: { type: 'boolean' },
  },
  run: ({ parameters, caller, now }, world) => {
    const [id, regionId] = [requiredText(parameters, 'SnapshotId'), requiredText(parameters, 'RegionId')];
    for (const snapshot of world.customSnapshots()) {
      if (snapshot.id !== id || snapshot.accountId !== caller.accountId || snapshot.regionId !== regionId || !isKept(snapshot, now)) continue;
      checkSnapshotDeletion(snapshot, text(parameters, 'Force')?.toLowerCase() === 'true');
      return { body: {}, changes: [{ kind: 'custom-snapshot-removed', id }] };
    }
    return { body: {} };
  },
};
