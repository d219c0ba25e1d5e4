// Walks the fleet page by page: every account and region of the policy, or only the instances that were asked for.
import { eachLimited } from '../base/each';
import { KeeperError } from '../base/errors';
import { policyNeedsTags } from '../config/resolve';
import { CloudError } from '../domain/cloud-errors';
import type { Instance } from '../domain/instance';
import { shardFailed } from '../policy/findings';
import type { Run } from './envelope';
import { type Shard, scopeOf } from './shards';
import { SHARD_CONCURRENCY } from './timing';

export type PageWork = (shard: Shard, page: readonly Instance[]) => Promise<void>;

/**
 * Hands every page to `work`, and stops early when the run is out of time. A shard that cannot be worked through is a finding, and the others go on; when
 * none can, its error is thrown. Ledger errors are thrown at once.
 */
export async function sweepFleet(run: Run, work: PageWork): Promise<void> {
  const { instances } = run.request;
  const wanted = instances === undefined ? undefined : await findWanted(run, instances);
  const failures: CloudError[] = [];
  await eachLimited(run.shards, SHARD_CONCURRENCY, async (shard) => {
    const failure = await sweepShard(run, shard, wanted?.get(scopeOf(shard)), work);
    if (failure !== undefined) failures.push(failure);
  });
  const [first] = failures;
  if (first !== undefined && failures.length === run.shards.length) throw first;
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

async function sweepShard(run: Run, shard: Shard, wanted: readonly Instance[] | undefined, work: PageWork): Promise<CloudError | undefined> {
  const pages = wanted === undefined ? shard.gateway.listInstances({ withTags: policyNeedsTags(run.request.policy) }) : [wanted];
  try {
    for await (const page of pages) {
      if (run.request.deadline.isNear()) {
        run.tally.handOff();
        break;
      }
      await run.keepLease();
      await work(shard, page);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    run.logger.error({ account: shard.account, region: shard.region, error: error.message }, 'shard failed');
    run.tally.finding(shardFailed(shard, error));
    return error;
  }
}
