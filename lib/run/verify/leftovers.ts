// Copies that nobody's policy looks after any more: of released instances, and of instances where the feature was switched off.
import { DAY_MS, plusMs } from '../../base/instant';
import { CloudError, DeniedError, RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionCopy, CrossRegionInstance } from '../../domain/cross-region';
import { leftoverCopies, notFullyRead } from '../../policy/cross-region/findings';
import { permissionDenied } from '../../policy/findings';
import type { Run } from '../envelope';
import { isFatal, type Shard } from '../shards';
import type { BulkSettings } from './bulk';

/** Longer than copies can be kept. */
const LOOK_BACK_DAYS = 1_830;

/** One finding per instance with such copies. `required`: instances of which it is said already that their copies are off. */
export async function reportLeftovers(run: Run, { gateway }: Shard, { instances }: BulkSettings, required: ReadonlySet<string>): Promise<void> {
  for (const each of instances.values()) {
    if (!isReleased(each) && (each.isEnabled || required.has(each.instanceId))) continue;
    if (each.destination === undefined) continue;
    if (run.request.deadline.isNear()) {
      run.tally.handOff();
      return;
    }
    const copies = await copiesOf(run, gateway, each, each.destination);
    if (copies.length > 0) run.tally.finding(leftoverCopies(each, copies, isReleased(each)));
  }
}

/** Words of DescribeCrossRegionBackupDBInstance for an instance that is gone. */
function isReleased({ status }: CrossRegionInstance): boolean {
  return /^(released|deleted|deleting)$/i.test(status);
}

async function copiesOf(run: Run, gateway: Shard['gateway'], { instanceId }: CrossRegionInstance, destination: string): Promise<readonly CrossRegionCopy[]> {
  try {
    return await gateway.listCopies(instanceId, destination, { from: plusMs(run.asOf, -LOOK_BACK_DAYS * DAY_MS), to: run.asOf });
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (error instanceof DeniedError) run.tally.finding(permissionDenied(instanceId, error.action, error.operation));
    else if (!(error instanceof RefusedError)) run.tally.finding(notFullyRead(instanceId, 'copies', error.message));
    return [];
  }
}
