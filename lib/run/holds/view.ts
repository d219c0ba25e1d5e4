// Shows holds with what they are worth: until when each is really effective, given when the service deletes its sets.
import { messageOf } from '../../base/errors';
import { plusMs } from '../../base/instant';
import { CloudError } from '../../domain/cloud-errors';
import type { Hold } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { Expiry } from '../../policy/expiry';
import { type ExpiringSet, effectiveUntil, effectText, isActive } from '../../policy/holds';
import { isFatal, type Shard } from '../shards';
import { ALL_SETS_MS, LOOK_AHEAD_MS } from '../timing';
import type { HoldDesk } from './desk';
import { expiringSets, traceSets } from './sets';

export interface HoldView {
  readonly instanceId: string;
  readonly hold: Hold;
  readonly isActive: boolean;
  /** Undefined where that cannot be said, and for holds that have ended. */
  readonly effectiveUntil: Expiry | undefined;
  /** What the service deletes in spite of the hold, and what is kept for it; one sentence. */
  readonly effect: string;
}

/** One view per hold, in their order. Sets that cannot be listed leave the effect open: the holds stand all the same. */
export async function viewHolds(
  desk: HoldDesk,
  { shard, instance }: { readonly shard: Shard; readonly instance: Instance },
  holds: readonly Hold[],
): Promise<readonly HoldView[]> {
  const sets = holds.some((hold) => isActive(hold, desk.asOf)) ? await listSets(desk, shard, instance, holds) : [];
  return holds.map((hold) => {
    const view = { instanceId: instance.id, hold };
    if (!isActive(hold, desk.asOf)) return { ...view, isActive: false, effectiveUntil: undefined, effect: 'it has ended' };
    if (sets instanceof CloudError) {
      return { ...view, isActive: true, effectiveUntil: undefined, effect: `not known, as its sets could not be listed: ${messageOf(sets)}` };
    }
    return { ...view, isActive: true, effectiveUntil: effectiveUntil(hold, sets), effect: effectText(hold, sets) };
  });
}

async function listSets(
  { ledger, asOf }: HoldDesk,
  { gateway }: Shard,
  { id, engine }: Instance,
  holds: readonly Hold[],
): Promise<readonly ExpiringSet[] | CloudError> {
  try {
    const window = { from: plusMs(asOf, -ALL_SETS_MS), to: plusMs(asOf, LOOK_AHEAD_MS) };
    return expiringSets(await traceSets(ledger, await gateway.listBackupSets(id, window), holds), engine);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    return error;
  }
}
