// Decides where each set stands in the two phases of a purge: a set goes only when two plans, far enough apart, both found it surplus.
import { type Instant, MINUTE_MS, plusMs } from '../../base/instant';
import type { PurgeMark } from '../../domain/guard';
import type { RetentionPolicy } from '../../domain/protection-policy';
import type { DecidedSet, PhasedSet, PurgePhase } from './types';

/**
 * A call may take effect this long after what it is about was marked: it leaves within two minutes, a signed request stays valid for 15 more, and the clocks of who
 * sent it, of the service and of who decides may differ by two minutes each, as may a run's time from its clock.
 */
export const DELETING_MS = 25 * MINUTE_MS;

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

/** From when on nothing that was sent for the mark can take effect any more. */
export function settledAt({ deletingAt, markedAt }: PurgeMark): Instant {
  return plusMs(deletingAt ?? markedAt, DELETING_MS);
}

function nextOf({ decision, feasibility }: DecidedSet, mark: PurgeMark | undefined, { graceMs }: Pick<RetentionPolicy, 'graceMs'>, asOf: Instant): PurgePhase {
  const mayGo = decision.action === 'expire' && feasibility.when === 'now';
  if (mark === undefined) return mayGo ? MARK : NONE;
  if (mark.state === 'deleting') {
    const settled = settledAt(mark);
    if (asOf < settled) return { phase: 'wait', until: settled };
  }
  if (!mayGo) return UNMARK;
  const due = plusMs(mark.markedAt, graceMs);
  return asOf < due ? { phase: 'wait', until: due } : PURGE;
}
