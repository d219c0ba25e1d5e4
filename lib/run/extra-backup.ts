// The main job: submits the extra manual backups that are due, in every account and region of the policy.
import { eachLimited } from '../base/each';
import { KeeperError } from '../base/errors';
import { policyNeedsTags } from '../config/resolve';
import type { CloudError } from '../domain/cloud-errors';
import type { Instance } from '../domain/instance';
import type { RunSummary } from '../domain/run';
import { inRun, type Run } from './envelope';
import { scopeOf } from './shards';
import { sweepShard } from './sweep';
import { SHARD_CONCURRENCY } from './timing';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** Returns the summary, or throws RunFailedError. See DESIGN.md section 4 for the order of things. */
export async function runExtraBackup(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('extra-backup', request, ports, observer, async (run) => {
    const wanted = request.instances === undefined ? undefined : await findWanted(run, request.instances);
    const failures: CloudError[] = [];
    await eachLimited(run.shards, SHARD_CONCURRENCY, async (shard) => {
      const failure = await sweepShard(run, shard, wanted?.get(scopeOf(shard)));
      if (failure !== undefined) failures.push(failure);
    });
    const [first] = failures;
    if (first !== undefined && failures.length === run.shards.length) throw first;
  });
}

/** Finds the named instances before anything is changed: an unknown name stops the run. */
async function findWanted(run: Run, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Instance[]>> {
  const withTags = policyNeedsTags(run.request.policy);
  const found = new Map<string, Instance[]>(run.shards.map((shard) => [scopeOf(shard), []]));
  const unknown = new Set(ids);
  for (const shard of run.shards) {
    for (const id of unknown) {
      const instance = await shard.gateway.findInstance(id, { withTags });
      if (instance === undefined) continue;
      found.get(scopeOf(shard))?.push(instance);
      unknown.delete(id);
    }
  }
  if (unknown.size === 0) return found;
  throw new KeeperError(`no instance ${[...unknown].join(', ')} in the accounts and regions of the policy`, {
    code: 'unknown-instance',
    hint: 'check the id, and the accounts and regions in keeper.yaml',
  });
}
