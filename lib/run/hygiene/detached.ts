// Lists the sets of released instances: nobody looks after those any more, and the service lets them go by rules of its own.

import type { DetachedSet } from '../../domain/backup';
import { CloudError, DeniedError } from '../../domain/cloud-errors';
import { permissionDenied } from '../../policy/findings';
import { detachedSets, detachedUnreadable } from '../../policy/retention/findings';
import type { Run } from '../envelope';
import { type Shard, scopeOf } from '../shards';

/** One finding per released instance. A shard whose list cannot be read is a finding too; the others go on. */
export async function reportDetached(run: Run): Promise<void> {
  for (const shard of run.shards) {
    if (run.request.deadline.isNear()) return run.tally.handOff();
    await reportShard(run, shard);
  }
}

async function reportShard(run: Run, shard: Shard): Promise<void> {
  const sets = new Map<string, DetachedSet[]>();
  try {
    for await (const page of shard.gateway.listDetachedSets()) {
      for (const set of page) sets.set(set.instanceId, [...(sets.get(set.instanceId) ?? []), set]);
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    run.tally.finding(
      error instanceof DeniedError ? permissionDenied(scopeOf(shard), error.action, error.operation) : detachedUnreadable(scopeOf(shard), error.message),
    );
    return;
  }
  for (const [instanceId, group] of sets) run.tally.finding(detachedSets(instanceId, group));
}
