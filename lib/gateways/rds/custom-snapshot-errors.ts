// What error codes mean to the calls about snapshots of RDS Custom disks. The documents list none: these are those of ECS for the same acts, not verified on a live account.
import type { RdsAction } from './actions';
import type { RefusalRow } from './refusal-row';

const CREATE: readonly RefusalRow[] = [
  { code: /^IncorrectDiskStatus\.CreatingSnapshot$/, reason: 'backup-job-exists', hint: 'a disk makes one snapshot at a time: wait until the other is done' },
  { code: /^IncorrectInstanceStatus$/, reason: 'instance-state', hint: 'the host must be Running or Stopped' },
  { code: /^QuotaExceed\.Snapshot$/, reason: 'cap-exceeded', hint: 'a disk has at most 256 manual snapshots: delete some' },
  { code: /^InvalidDiskId\.NotFound$/, reason: 'other', hint: 'check the id of the disk and the region' },
];

const DELETE: readonly RefusalRow[] = [
  {
    code: /^SnapshotCreatedDisk$/,
    reason: 'set-not-deletable',
    hint: 'disks were made from it, and could not be re-initialised without it: force the deletion if that is wanted',
  },
  { code: /^SnapshotCreatedImage$/, reason: 'set-not-deletable', hint: 'images were made from it: delete those first' },
];

export const CUSTOM_SNAPSHOT_REFUSALS: Partial<Readonly<Record<RdsAction, readonly RefusalRow[]>>> = {
  CreateRCSnapshot: CREATE,
  DeleteRCSnapshot: DELETE,
};
