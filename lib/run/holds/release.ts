// Releases a hold: from the next plan on, its sets are decided on without it. Needs the ledger only, so that holds of released instances can go too.
import { KeeperError } from '../../base/errors';
import type { Hold } from '../../domain/guard';
import { type Release, releaseHold as withoutHold } from '../../policy/hold-placement';
import { requireMeta } from '../require-meta';
import { updateGuard } from '../reserve';
import { contended, type HoldDesk } from './desk';

export interface ReleaseHoldRequest {
  readonly instanceId: string;
  readonly holdId: string;
  /** Who releases it; for the log. */
  readonly by: string;
}

/** The hold as it was. Throws a KeeperError `unknown-hold` when the instance has none of that id. */
export async function releaseHold({ ledger, logger, asOf }: Omit<HoldDesk, 'shards'>, request: ReleaseHoldRequest): Promise<Hold> {
  const { instanceId, holdId, by } = request;
  await requireMeta(ledger);
  // Kept over the attempts: a write whose answer was lost may have taken effect, and then the next read has no such hold any more.
  let released: Release | undefined;
  const stored = await updateGuard(ledger, instanceId, (guard) => {
    const release = withoutHold(guard, holdId, asOf);
    released = release ?? released;
    return release?.guard ?? guard;
  });
  if (stored === undefined) throw contended(instanceId);
  if (released === undefined) {
    throw new KeeperError(`instance ${instanceId} has no hold ${holdId}`, {
      code: 'unknown-hold',
      hint: `run: keeper hold list --instance ${instanceId} --all`,
    });
  }
  logger.info({ instanceId, holdId, by }, 'hold released');
  return released.hold;
}
