// Decides for every backup set of an instance whether it stays, with all reasons, and whether the service would delete it.
import { type Candidate, keepByRules, rulesText } from './buckets';
import { newestFirst } from './classify';
import { decidePurgeFeasibility } from './feasibility';
import { protect, protectChains } from './protections';
import type { DecidedSet, RetentionInput, SetDecision } from './types';

/**
 * Exactly one decision and one feasibility per set, newest first; the order of the input never matters. Throws a RangeError for a time zone that does not exist.
 *
 * What holds for any history, and is tested: a longer retention never expires more (a policy without any rule keeps everything, so it is the longest); a set newer than
 * all others never turns an older one from expire into keep; deciding again after any of the expired sets are gone decides the same for all that are left.
 */
export function decideRetention(input: RetentionInput): readonly DecidedSet[] {
  const { instance, policy, settings, asOf } = input;
  const candidates = newestFirst(input.sets).map((set): Candidate => ({ set, reasons: [] }));
  protect(candidates, input);
  keepByRules(candidates, policy, asOf);
  protectChains(candidates);
  const surplus: SetDecision = { action: 'expire', reason: `surplus: no rule keeps it (${rulesText(policy)})` };
  return candidates.map((candidate) => ({
    set: candidate.set,
    decision: decisionOf(candidate, surplus),
    feasibility: decidePurgeFeasibility(candidate.set, instance, settings, policy, asOf),
  }));
}

const FAILED: SetDecision = { action: 'expire', reason: 'failed: nothing can be restored from it' };

/** Whatever is not ours has a reason by now, so that a failed set without one is ours. */
function decisionOf({ set, reasons }: Candidate, surplus: SetDecision): SetDecision {
  const [first, ...others] = reasons;
  if (first !== undefined) return { action: 'keep', reasons: [first, ...others] };
  return set.status === 'failed' ? FAILED : surplus;
}
