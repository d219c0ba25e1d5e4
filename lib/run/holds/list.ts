// Lists holds: of the named instances, or of all in scope of the policy.
import { eachLimited } from '../../base/each';
import { policyNeedsTags, resolvePolicy } from '../../config/resolve';
import type { Instance } from '../../domain/instance';
import type { CompiledPolicy } from '../../domain/protection-policy';
import { isActive } from '../../policy/holds';
import { requireMeta } from '../require-meta';
import { findInShards, type Shard, unknownInstances } from '../shards';
import { INSTANCE_CONCURRENCY } from '../timing';
import type { HoldDesk } from './desk';
import { type HoldView, viewHolds } from './view';

export interface ListHoldsRequest {
  readonly policy: CompiledPolicy;
  /** Undefined: all in scope. */
  readonly instances: readonly string[] | undefined;
  /** Also those that have ended, as long as the ledger has them. */
  readonly withEnded: boolean;
}

interface Place {
  readonly shard: Shard;
  readonly instance: Instance;
}

/** Ordered by instance, then by when they were placed. Calls the database service for instances with holds only, besides listing the instances. */
export async function listHolds(desk: HoldDesk, request: ListHoldsRequest): Promise<readonly HoldView[]> {
  await requireMeta(desk.ledger);
  const views: HoldView[] = [];
  for await (const places of request.instances === undefined ? placesInScope(desk, request.policy) : named(desk, request.instances)) {
    const guards = await desk.ledger.getGuards(places.map(({ instance }) => instance.id));
    await eachLimited(places, INSTANCE_CONCURRENCY, async (place, index) => {
      const holds = (guards[index]?.holds ?? []).filter((hold) => request.withEnded || isActive(hold, desk.asOf));
      if (holds.length > 0) views.push(...(await viewHolds(desk, place, holds)));
    });
  }
  return views.sort(compareViews);
}

async function* placesInScope({ shards }: HoldDesk, policy: CompiledPolicy): AsyncIterable<readonly Place[]> {
  for (const shard of shards) {
    for await (const page of shard.gateway.listInstances({ withTags: policyNeedsTags(policy) })) {
      yield page.filter((instance) => resolvePolicy(policy, instance) !== undefined).map((instance) => ({ shard, instance }));
    }
  }
}

/** One page. An unknown name is an error: its holds would seem to be gone. */
async function* named({ shards }: HoldDesk, ids: readonly string[]): AsyncIterable<readonly Place[]> {
  const places: Place[] = [];
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const found = await findInShards(shards, id, { withTags: false });
    if (found === undefined) unknown.push(id);
    else places.push(found);
  }
  if (unknown.length > 0) throw unknownInstances(unknown);
  yield places;
}

function compareViews(a: HoldView, b: HoldView): number {
  if (a.instanceId !== b.instanceId) return a.instanceId < b.instanceId ? -1 : 1;
  return a.hold.placedAt - b.hold.placedAt;
}
