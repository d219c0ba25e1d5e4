// An operator claims a backup set: from now on it counts as ours, so that later plans may let it go.
import { KeeperError } from '../base/errors';
import type { Instant } from '../base/instant';
import type { Ledger, RdsGateway, SetRecord } from '../domain/ports';
import { requireMeta } from './require-meta';

export interface ClaimSetRequest {
  readonly ledger: Ledger;
  readonly gateway: RdsGateway;
  readonly instanceId: string;
  readonly backupId: string;
  /** Who takes the responsibility, in words. */
  readonly claimedBy: string;
  readonly asOf: Instant;
}

/**
 * Idempotent. The set must be listed by the service and be manual: the service's own sets are never ours. A set that is ours already stays as it
 * is recorded; an adopted one keeps its slot.
 */
export async function claimSet(request: ClaimSetRequest): Promise<SetRecord> {
  const { ledger, gateway, instanceId, backupId, claimedBy, asOf } = request;
  await requireMeta(ledger);
  const known = await ledger.getSet(instanceId, backupId);
  if (known !== undefined && known.origin !== 'adopted') return known;
  const set = await gateway.findBackupSet(instanceId, backupId);
  if (set === undefined) {
    throw new KeeperError(`instance ${instanceId} lists no backup set ${backupId}`, {
      code: 'unknown-backup-set',
      hint: 'check both ids; a set may show up a minute after its job has finished',
    });
  }
  if (set.mode !== 'manual') {
    throw new KeeperError(`backup set ${backupId} of ${instanceId} is one of the service's automatic sets`, {
      code: 'not-claimable',
      hint: 'only manual sets can be claimed',
    });
  }
  const record: SetRecord = { instanceId, backupId, origin: 'claimed', spec: known?.spec, slotId: known?.slotId, recordedAt: asOf, claimedBy };
  await ledger.putSet(record);
  return record;
}
