// Finds the instances that a release asks for, before anything is written: by their ids, or by a selector.
import { eachLimited } from '../../base/each';
import { KeeperError } from '../../base/errors';
import { policyNeedsTags, resolvePolicy, selects } from '../../config/resolve';
import { needsTags } from '../../config/selects';
import type { Instance, InstanceEngine } from '../../domain/instance';
import type { Selector } from '../../domain/protection-policy';
import type { ReleaseWish } from '../../domain/release';
import type { ReleaseMember } from '../../policy/release/attempt';
import { membersRefusal, type WishRefusal } from '../../policy/release/wish';
import type { Run } from '../envelope';
import { findInShards, unknownInstances } from '../shards';
import { INSTANCE_CONCURRENCY } from '../timing';

/**
 * Throws a KeeperError when an instance is unknown, is left out by the policy or has an unknown engine, and when there are none or too many. A selector passes over what is no
 * primary instance, as such cannot be backed up and its primary can; whoever names one hears that it fails.
 */
export async function findMembers(run: Run, wish: ReleaseWish): Promise<readonly ReleaseMember[]> {
  const { instances, select } = wish;
  const found = instances === undefined ? await selected(run, select) : await named(run, wish, [...new Set(instances)]);
  const members = found.flatMap(({ id, account, region, engine }) => (isKnown(engine) ? [{ id, account, region, engine }] : []));
  throwRefusal(membersRefusal(wish, found, run.request.policy.preRelease));
  return members;
}

export function throwRefusal(refusal: WishRefusal | undefined): void {
  if (refusal === undefined) return;
  const { code, message, hint } = refusal;
  throw new KeeperError(message, { code, hint, exitCode: 2 });
}

function isKnown(engine: InstanceEngine): engine is ReleaseMember['engine'] {
  return engine !== 'other';
}

async function named(run: Run, wish: ReleaseWish, ids: readonly string[]): Promise<readonly Instance[]> {
  const { policy } = run.request;
  throwRefusal(
    membersRefusal(
      wish,
      ids.map((id) => ({ id, engine: '' })),
      policy.preRelease,
    ),
  );
  const query = { withTags: policyNeedsTags(policy) };
  const found: Instance[] = [];
  const unknown: string[] = [];
  const leftOut: string[] = [];
  await eachLimited(ids, INSTANCE_CONCURRENCY, async (id) => {
    const instance = (await findInShards(run.shards, id, query))?.instance;
    if (instance === undefined) unknown.push(id);
    else if (resolvePolicy(policy, instance) === undefined) leftOut.push(id);
    else found.push(instance);
  });
  if (unknown.length > 0) throw unknownInstances(unknown.sort());
  if (leftOut.length === 0) return found;
  throw new KeeperError(`the policy's select leaves out ${leftOut.sort().join(', ')}`, {
    code: 'instance-left-out',
    hint: "let the policy's select cover it first: its cap and its holds do not reach any further",
  });
}

/** All of them or an error: an account that cannot be asked may have some. */
async function selected(run: Run, select: Selector | undefined): Promise<readonly Instance[]> {
  if (select === undefined) return [];
  const { policy } = run.request;
  const withTags = policyNeedsTags(policy) || needsTags(select);
  const found: Instance[] = [];
  for (const { gateway } of run.shards) {
    for await (const page of gateway.listInstances({ withTags })) {
      found.push(...page.filter((instance) => instance.role === 'primary' && selects(select, instance) && resolvePolicy(policy, instance) !== undefined));
    }
  }
  return found;
}
