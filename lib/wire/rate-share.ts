// Decides how much of an account's rate one worker may use.
import type { CompiledPolicy } from '../domain/protection-policy';
import type { RunRequest } from '../run/types';

/** The policy with the worker's share: the workers of one account and region together call no more often than one invocation would. */
export function withRateShare({ policy, shard }: Pick<RunRequest, 'policy' | 'shard'>): CompiledPolicy {
  if (shard === undefined || shard.parts === 1) return policy;
  const { apiRatePerSecond, crossRegionRatePerSecond } = policy.limits;
  const limits = {
    ...policy.limits,
    apiRatePerSecond: apiRatePerSecond / shard.parts,
    crossRegionRatePerSecond: crossRegionRatePerSecond / shard.parts,
  };
  return { ...policy, limits };
}
