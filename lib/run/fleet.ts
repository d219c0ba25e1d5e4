// Walks the fleet page by page: every account and region of the policy, or only the instances that were asked for.
import { eachLimited } from '../base/each';
import { policyNeedsTags } from '../config/resolve';
import { CloudError } from '../domain/cloud-errors';
import type { Instance } from '../domain/instance';
import { isInPart } from '../policy/fan-out/parts';
import { shardFailed } from '../policy/findings';
import type { Run } from './envelope';
import { findInShards, type Shard, scopeOf, unknownInstances } from './shards';
import { SHARD_CONCURRENCY } from './timing';

/** The instances of a page that are to be worked on. `listed`: all of the page, where the rest is another worker's or was worked on by an earlier leg. */
export type PageWork = (shard: Shard, page: readonly Instance[], listed: readonly Instance[]) => Promise<void>;

/** What is to be done once where a shard has been worked through to its end, and all of its instances were listed. */
export type ShardEnd = (shard: Shard) => Promise<void>;

/**
 * Hands every page to `work`, and stops early when the run is out of time; a shard goes to `finish` after its last page, whatever becomes of the others. A shard that
 * cannot be worked through is a finding, and the others go on; when none can, its error is thrown. Ledger errors are thrown at once. Returns true when every shard was
 * worked through to its end.
 */
export async function sweepFleet(run: Run, work: PageWork, finish?: ShardEnd): Promise<boolean> {
  const { instances } = run.request;
  const wanted = instances === undefined ? undefined : await findWanted(run, instances);
  const failures: CloudError[] = [];
  await eachLimited(run.shards, SHARD_CONCURRENCY, async (shard) => {
    const failure = await sweepShard(run, shard, wanted?.get(scopeOf(shard)), { work, finish });
    if (failure !== undefined) failures.push(failure);
  });
  const [first] = failures;
  if (first !== undefined && failures.length === run.shards.length) throw first;
  return first === undefined && !run.tally.isHandedOff;
}

/** Finds the named instances before anything is changed: an unknown name stops the run. */
async function findWanted(run: Run, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Instance[]>> {
  const query = { withTags: policyNeedsTags(run.request.policy) };
  const wanted = new Map<string, Instance[]>(run.shards.map((shard) => [scopeOf(shard), []]));
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const found = await findInShards(run.shards, id, query);
    if (found === undefined) unknown.push(id);
    else wanted.get(scopeOf(found.shard))?.push(found.instance);
  }
  if (unknown.length > 0) throw unknownInstances(unknown);
  return wanted;
}

interface Sweep {
  readonly work: PageWork;
  readonly finish: ShardEnd | undefined;
}

async function sweepShard(run: Run, shard: Shard, wanted: readonly Instance[] | undefined, { work, finish }: Sweep): Promise<CloudError | undefined> {
  const { shard: own, deadline } = run.request;
  // Who finishes the shard must have seen all of it; who does not, need not list what is done.
  const end = own === undefined || own.part === 1 ? finish : undefined;
  const fromPage = own?.fromPage ?? 1;
  let number = end === undefined ? fromPage : 1;
  const query = { withTags: policyNeedsTags(run.request.policy), fromPage: number };
  const pages = wanted === undefined ? shard.gateway.listInstances(query) : [wanted];
  try {
    for await (const page of pages) {
      if (deadline.isNear()) return stopAt(run, number);
      await run.keepLease();
      const isDone = number < fromPage;
      const mine = own === undefined ? page : page.filter(({ id }) => !isDone && isInPart(own, id));
      await work(shard, mine, page);
      if (run.tally.isHandedOff) stopAt(run, number);
      number += 1;
    }
    if (!run.tally.isHandedOff) await end?.(shard);
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    run.logger.error({ account: shard.account, region: shard.region, error: error.message }, 'shard failed');
    run.tally.finding(shardFailed(shard, error));
    return error;
  }
}

/** The first page that was not got through is where whoever goes on begins. */
function stopAt(run: Run, page: number): undefined {
  run.tally.handOff();
  run.place.page ??= page;
}
