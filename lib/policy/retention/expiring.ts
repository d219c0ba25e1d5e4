// Finds sets that the service will expire although they should stay: deleting nothing does not help them.
import { obstacleTo } from '../expiry';
import { holdsOn } from '../holds';
import { isOurs, isRestorableFull, newestFirst, outlives, successorHorizon } from './classify';
import type { DecidedSet, RetentionInput, TracedSet } from './types';

export interface ExpiringNewest {
  readonly set: TracedSet;
  /** How many older restorable full sets of the whole instance are still there after it. */
  readonly lasting: number;
}

/** The newest restorable full set of the whole instance, when it expires before the next two runs and nothing newer exists. */
export function expiringBeforeSuccessor(input: RetentionInput): ExpiringNewest | undefined {
  const horizon = successorHorizon(input);
  const [set, ...older] = newestFirst(input.sets.filter((each) => isRestorableFull(each, input.asOf)));
  if (set === undefined || outlives(set, horizon) !== false) return undefined;
  return { set, lasting: older.filter((each) => outlives(each, horizon) !== false).length };
}

/** Sets of ours that a rule keeps and the service expires before the next two runs, and that nobody can keep longer. */
export function expiringThoughKept(input: RetentionInput, decided: readonly DecidedSet[]): readonly TracedSet[] {
  const horizon = successorHorizon(input);
  return decided.flatMap(({ set, decision }) => {
    const isWanted = decision.action === 'keep' && isOurs(set) && decision.reasons.some(({ cause }) => cause === 'rule');
    return isWanted && outlives(set, horizon) === false && obstacleTo(set, input.instance.engine) !== undefined ? [set] : [];
  });
}

/** Held sets that expire before a hold on them ends, and that nobody can keep longer. */
export function expiringThoughHeld({ instance, sets, holds, asOf }: RetentionInput): readonly TracedSet[] {
  return newestFirst(sets).filter((set) => {
    const { expiresAt } = set;
    if (typeof expiresAt !== 'number' || set.status === 'failed') return false;
    const isCutShort = holdsOn(set, holds, asOf).some(({ until }) => until === undefined || until > expiresAt);
    return isCutShort && obstacleTo(set, instance.engine) !== undefined;
  });
}

/** How many sets could count towards the floor. */
export function floorCount(input: RetentionInput): number {
  const horizon = successorHorizon(input);
  return input.sets.filter((set) => isRestorableFull(set, input.asOf) && outlives(set, horizon) !== false).length;
}
