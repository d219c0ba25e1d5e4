// Finds where the instance lives that a command is about. The lists only read, need no ledger, and are recorded nowhere.
import { KeeperError } from '../base/errors';
import { policyNeedsTags, resolvePolicy } from '../config/resolve';
import type { Instance } from '../domain/instance';
import type { RdsGateway } from '../domain/ports';
import type { EffectivePolicy } from '../domain/protection-policy';
import type { Run } from './envelope';
import { findInShards, type Shard, unknownInstances } from './shards';

/** An instance, and the gateway of its account and region. */
export interface Place {
  readonly gateway: RdsGateway;
  readonly instance: Instance;
}

/** Throws a KeeperError `unknown-instance` when no account and region of the policy knows it. */
export async function placeOf(shards: readonly Shard[], instanceId: string): Promise<Place> {
  const found = await findInShards(shards, instanceId, { withTags: false });
  if (found === undefined) throw unknownInstances([instanceId]);
  return { gateway: found.shard.gateway, instance: found.instance };
}

/** For changes by hand, which the policy's `select` must allow: throws a KeeperError `out-of-scope` where it leaves the instance out. */
export async function coveredPlaceOf(run: Run, instanceId: string): Promise<Place & { readonly effective: EffectivePolicy }> {
  const { policy } = run.request;
  const found = await findInShards(run.shards, instanceId, { withTags: policyNeedsTags(policy) });
  if (found === undefined) throw unknownInstances([instanceId]);
  const effective = resolvePolicy(policy, found.instance);
  if (effective !== undefined) return { gateway: found.shard.gateway, instance: found.instance, effective };
  throw new KeeperError(`the policy leaves instance ${instanceId} out, so its settings are not changed`, {
    code: 'out-of-scope',
    hint: "add it to the policy's select",
  });
}
