// Decides where each set stands in the two phases of a purge: a set goes only when two plans, far enough apart, both found it surplus.
import { type Instant, MINUTE_MS, plusMs } from '../../base/instant';
import type { PurgeMark } from '../../domain/guard';
import type { RetentionPolicy } from '../../domain/protection-policy';
import type { DecidedSet, PhasedSet, PurgePhase } from './types';

/** A call to delete may take effect this long after it was about to be sent: a signed request stays valid for 15 minutes, and clocks differ. */
export const DELETING_MS = 20 * MINUTE_MS;

const NONE: PurgePhase = { phase: 'none' };
const MARK: PurgePhase = { phase: 'mark' };
const PURGE: PurgePhase = { phase: 'purge' };
const UNMARK: PurgePhase = { phase: 'unmark' };

/** The sets with their marks, in the same order. Marks of sets that are not listed any more are left to the caller, as is the mode of the policy. */
export function phasesOf(
  decided: readonly DecidedSet[],
  marks: readonly PurgeMark[],
  policy: Pick<RetentionPolicy, 'graceMs'>,
  asOf: Instant,
): readonly PhasedSet[] {
  const byId = new Map(marks.map((mark) => [mark.backupId, mark]));
  return decided.map((each) => {
    const { set, decision, feasibility } = each;
    const mark = byId.get(set.id);
    return { set, decision, feasibility, mark, next: nextOf(each, mark, policy, asOf) };
  });
}

function nextOf({ decision, feasibility }: DecidedSet, mark: PurgeMark | undefined, { graceMs }: Pick<RetentionPolicy, 'graceMs'>, asOf: Instant): PurgePhase {
  const mayGo = decision.action === 'expire' && feasibility.when === 'now';
  if (mark === undefined) return mayGo ? MARK : NONE;
  if (mark.state === 'deleting') {
    const settled = plusMs(mark.deletingAt ?? mark.markedAt, DELETING_MS);
    if (asOf < settled) return { phase: 'wait', until: settled };
    return mayGo ? PURGE : UNMARK;
  }
  if (!mayGo) return UNMARK;
  const due = plusMs(mark.markedAt, graceMs);
  return asOf < due ? { phase: 'wait', until: due } : PURGE;
}
