// The shards of a policy: every account in every of its regions, each with its gateway.

import { KeeperError } from '../base/errors';
import { CloudError, CredentialsError } from '../domain/cloud-errors';
import type { AccountRegion, Instance } from '../domain/instance';
import { LedgerError } from '../domain/ledger-error';
import type { InstanceQuery, RdsGateway } from '../domain/ports';
import type { CompiledPolicy } from '../domain/protection-policy';

export interface Shard extends AccountRegion {
  readonly gateway: RdsGateway;
}

/** Every account in every of its regions. */
export function targetsOf(policy: CompiledPolicy): readonly AccountRegion[] {
  return policy.accounts.flatMap((account) => (account.regions ?? policy.regions).map((region) => ({ account: account.name, region })));
}

/** All of the policy, or `only` this one. Throws a KeeperError `unknown-shard` when the policy does not have it (any more). */
export function shardsOf(policy: CompiledPolicy, gatewayOf: (target: AccountRegion) => RdsGateway, only?: AccountRegion): Shard[] {
  const targets = targetsOf(policy);
  const wanted = only === undefined ? targets : targets.filter(({ account, region }) => account === only.account && region === only.region);
  if (only !== undefined && wanted.length === 0) {
    throw new KeeperError(`the policy has no account ${only.account} with region ${only.region}`, {
      code: 'unknown-shard',
      hint: 'nothing to do if the policy has just been changed: the next tick divides the fleet anew',
    });
  }
  return wanted.map((target) => ({ ...target, gateway: gatewayOf(target) }));
}

/**
 * The first shard that knows the instance, with the instance as it is there; undefined when none does. An account that cannot be asked does not hide the others; when
 * none of those knows the instance, its error is thrown: then nobody can say that there is none.
 */
export async function findInShards(
  shards: readonly Shard[],
  instanceId: string,
  query: InstanceQuery,
): Promise<{ shard: Shard; instance: Instance } | undefined> {
  let failure: CloudError | undefined;
  for (const shard of shards) {
    try {
      const instance = await shard.gateway.findInstance(instanceId, query);
      if (instance !== undefined) return { shard, instance };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** Names what no account and region of the policy knows. */
export function unknownInstances(ids: readonly string[]): KeeperError {
  return new KeeperError(`no instance ${ids.join(', ')} in the accounts and regions of the policy`, {
    code: 'unknown-instance',
    hint: 'check the id, and the accounts and regions in keeper.yaml',
  });
}

/** The ledger's name for a shard. */
export function scopeOf(target: AccountRegion): string {
  return `${target.account}/${target.region}`;
}

/** Errors that no instance can help: the ledger or an account's identity. */
export function isFatal(error: unknown): boolean {
  return error instanceof LedgerError || error instanceof CredentialsError;
}
