// Decides on the manual sets of one instance and carries out the first of the two phases: marks what is surplus, unmarks what stays by now.
import { formatInstant, type Instant, instant } from '../../base/instant';
import type { Guard, PurgeMark } from '../../domain/guard';
import type { RdsGateway } from '../../domain/ports';
import type { Verdict } from '../../domain/verdict';
import { decideRetention } from '../../policy/retention/decide';
import { retentionFindings } from '../../policy/retention/findings';
import { phasesOf } from '../../policy/retention/phase';
import type { PhasedSet, PurgeFeasibility } from '../../policy/retention/types';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { mayDo } from '../plan-steps';
import { updateGuard } from '../reserve';
import { LATE_DELIVERY_MS } from '../timing';
import { NOT_IN_PLAN, onInstance, onSet } from '../verdicts';
import { type RetentionSight, retentionInput } from './observe';
import type { PurgeQueue } from './purge';
import { markStep, RETENTION_RULE } from './steps';

export interface RetentionWork {
  readonly gateway: RdsGateway;
  readonly sight: RetentionSight;
  readonly guard: Guard;
  readonly purges: PurgeQueue;
}

/** A verdict for each surplus set and one for the instance; what is due to go joins the queue of purges. Throws only what must stop the run. */
export async function keepRetention(run: Run, work: RetentionWork, notes: Notes): Promise<void> {
  const { sight, guard } = work;
  const { policy } = sight;
  const seen = phasesUnder(run, sight, guard);
  const phased = policy.mode === 'audit' || run.request.dryRun ? seen : await mark(run, work, seen, notes);
  if (phased === undefined) return;
  for (const finding of retentionFindings(retentionInput(sight, guard, run.asOf), phased)) notes.finding(finding);
  for (const each of phased) {
    if (each.decision.action === 'expire') noteSurplus(run, work, each, each.decision.reason, notes);
  }
  notes.verdict({ ...onInstance(notes.instance, 'kept', summaryOf(phased)), rule: RETENTION_RULE });
}

function phasesUnder(run: Run, sight: RetentionSight, guard: Guard): readonly PhasedSet[] {
  return phasesOf(decideRetention(retentionInput(sight, guard, run.asOf)), guard.marks, sight.policy, run.asOf);
}

/** Writes the marks, decided on the guard row that they go into: a hold that is placed meanwhile counts. Undefined when other writers kept winning. */
async function mark(run: Run, { sight, guard }: RetentionWork, seen: readonly PhasedSet[], notes: Notes): Promise<readonly PhasedSet[] | undefined> {
  let phased = seen;
  let vanished: readonly PurgeMark[] = [];
  const change = (current: Guard): Guard => {
    phased = current === guard ? seen : phasesUnder(run, sight, current);
    const listed = new Set(sight.sets.map(({ id }) => id));
    vanished = current.marks.filter(({ backupId }) => !listed.has(backupId));
    return withMarks(run, sight, current, phased, vanished);
  };
  if ((await updateGuard(run.ports.ledger, sight.instance.id, change, guard)) === undefined) {
    notes.verdict({ ...onInstance(sight.instance, 'deferred-throttled', 'other runs kept changing the guard row of the instance'), rule: RETENTION_RULE });
    return undefined;
  }
  for (const { backupId, state } of vanished) {
    if (state === 'deleting')
      notes.verdict(onSet(sight.instance, { id: backupId }, RETENTION_RULE, 'purged', 'an earlier run deleted it, and it is gone by now'));
  }
  return phased;
}

function withMarks(run: Run, { instance }: RetentionSight, guard: Guard, phased: readonly PhasedSet[], vanished: readonly PurgeMark[]): Guard {
  const dropped = new Set(vanished.map(({ backupId }) => backupId));
  for (const { set, next } of phased) if (next.phase === 'unmark') dropped.add(set.id);
  const added = phased.filter(({ set, next }) => next.phase === 'mark' && mayDo(run.request, markStep(instance, set.id, '')));
  if (dropped.size === 0 && added.length === 0) return guard;
  // Dated by the run's time, so that the next day's tick finds a grace of 24 hours over, but never further back than a late delivery.
  const markedAt = instant(Math.max(run.asOf, run.ports.clock.now() - LATE_DELIVERY_MS));
  const marks = added.map(({ set }): PurgeMark => ({ backupId: set.id, markedAt, state: 'marked', deletingAt: undefined }));
  return { ...guard, marks: [...guard.marks.filter(({ backupId }) => !dropped.has(backupId)), ...marks] };
}

function noteSurplus(run: Run, work: RetentionWork, phased: PhasedSet, reason: string, notes: Notes): void {
  const { instance, policy } = work.sight;
  if (policy.mode === 'enforce' && phased.next.phase === 'purge') {
    work.purges.add({ gateway: work.gateway, sight: work.sight, set: phased, reason, notes });
    return;
  }
  const { verdict, why, until } = policy.mode === 'audit' ? auditOf(phased, reason) : standingOf(run, work, phased, reason);
  notes.verdict({ ...onSet(instance, phased.set, RETENTION_RULE, verdict, why), until });
}

interface Said {
  readonly verdict: Verdict;
  readonly why: string;
  readonly until?: Instant | undefined;
}

function auditOf({ feasibility }: PhasedSet, reason: string): Said {
  return { verdict: 'surplus', why: `${reason}; ${feasibilityText(feasibility)}; reported only (retention.mode is audit)` };
}

/** Tells a dry run's observer of a mark that would be set. */
function standingOf(run: Run, { sight }: RetentionWork, { set, next, feasibility }: PhasedSet, reason: string): Said {
  if (next.phase === 'wait') return { verdict: 'marked', why: `${reason}; the grace ends ${formatInstant(next.until)}`, until: next.until };
  if (next.phase === 'mark') {
    const step = markStep(sight.instance, set.id, reason);
    if (!run.request.dryRun) return mayDo(run.request, step) ? { verdict: 'marked', why: reason } : { verdict: 'not-in-plan', why: NOT_IN_PLAN };
    run.observer.onStep?.(step);
    return { verdict: 'would-mark', why: reason };
  }
  const until = feasibility.when === 'until' ? feasibility.at : undefined;
  return { verdict: 'surplus', why: `${reason}; ${feasibilityText(feasibility)}`, until };
}

/** For people. */
export function feasibilityText(feasibility: PurgeFeasibility): string {
  switch (feasibility.when) {
    case 'now':
      return 'it can be deleted now';
    case 'until':
      return `it cannot be deleted ${feasibility.at === undefined ? 'yet' : `before ${formatInstant(feasibility.at)}`}: ${feasibility.rule}`;
    case 'never':
      return `it can never be deleted: ${feasibility.rule}`;
  }
}

function summaryOf(phased: readonly PhasedSet[]): string {
  const surplus = phased.filter(({ decision }) => decision.action === 'expire').length;
  const kept = phased.length - surplus;
  return `${kept} ${kept === 1 ? 'set stays' : 'sets stay'}, ${surplus === 0 ? 'none is' : surplus === 1 ? '1 is' : `${surplus} are`} surplus`;
}
