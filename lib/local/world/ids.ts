// Hands out the ids of the local world while the changes that use them are not applied yet.
import type { IdSource } from './settle';

/** The last of each kind that was given. */
export interface LastIds {
  readonly lastJobId: number;
  readonly lastBackupId: number;
  readonly lastCopyId: number;
  readonly lastOrderId: number;
}

export function makeIdSource(last: LastIds): IdSource {
  let { lastJobId, lastBackupId, lastCopyId, lastOrderId } = last;
  return {
    jobId: () => {
      lastJobId += 1;
      return lastJobId;
    },
    backupId: () => {
      lastBackupId += 1;
      return lastBackupId;
    },
    copyId: () => {
      lastCopyId += 1;
      return lastCopyId;
    },
    orderId: () => {
      lastOrderId += 1;
      return lastOrderId;
    },
  };
}
