// The second phase, after the whole fleet was looked at: what has been marked long enough is deleted, if the brakes allow all of it.
import { eachLimited } from '../../base/each';
import { formatInstant, type Instant, plusMs } from '../../base/instant';
import type { Guard } from '../../domain/guard';
import type { RdsGateway } from '../../domain/ports';
import type { Verdict } from '../../domain/verdict';
import { GRANT_VALID_MS } from '../../policy/retention/brakes';
import { decideRetention } from '../../policy/retention/decide';
import { purgesBraked } from '../../policy/retention/findings';
import { phasesOf } from '../../policy/retention/phase';
import type { PhasedSet, RetentionInput } from '../../policy/retention/types';
import type { ChangeBudget } from '../change-budget';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { mayDo } from '../plan-steps';
import { INSTANCE_CONCURRENCY } from '../timing';
import { NOT_IN_PLAN, OUT_OF_TIME, onSet } from '../verdicts';
import { type FleetTotal, takeBrakes } from './brakes';
import { type Admission, deleteSets } from './delete-sets';
import type { RetentionSight } from './observe';
import { purgeStep, RETENTION_RULE } from './steps';

/** A set whose grace is over. */
export interface DuePurge {
  readonly gateway: RdsGateway;
  readonly sight: RetentionSight;
  readonly set: PhasedSet;
  readonly reason: string;
  readonly notes: Notes;
}

/** What is due to go, over the whole fleet. Holds no more than the brakes could ever allow: beyond that nothing is purged, and the rest is only counted. */
export interface PurgeQueue {
  add(due: DuePurge): void;
  readonly due: readonly DuePurge[];
  /** All that was added. */
  readonly total: number;
  readonly isOverfull: boolean;
}

export function makePurgeQueue(most: number, refuse: (due: DuePurge) => void): PurgeQueue {
  let due: DuePurge[] = [];
  let total = 0;
  return {
    add: (each) => {
      total += 1;
      if (total <= most) {
        due.push(each);
        return;
      }
      for (const earlier of due) refuse(earlier);
      due = [];
      refuse(each);
    },
    get due() {
      return due;
    },
    get total() {
      return total;
    },
    get isOverfull() {
      return total > most;
    },
  };
}

export interface PurgeWork {
  readonly queue: PurgeQueue;
  readonly budget: ChangeBudget;
  readonly fleet: FleetTotal;
  readonly seenManualSets: number;
}

/** One verdict per due set. Returns the notes of the instances that it had something to say of. */
export async function purgeDue(run: Run, work: PurgeWork): Promise<readonly Notes[]> {
  const { queue } = work;
  if (queue.isOverfull) run.tally.finding(purgesBraked(run.request.policy, queue.total, `${queue.total} sets are due`));
  const inPlan = [...queue.due].sort(byPlace).filter((due) => isInPlan(run, due));
  const due = inPlan.filter((each) => hasBudget(run, work.budget, each));
  const touched = [...new Set(queue.due.map(({ notes }) => notes))];
  if (due.length === 0) return touched;
  const objects = due.map(({ sight, set }) => ({ instanceId: sight.instance.id, object: set.set.id }));
  const notAfter = plusMs(run.ports.clock.now(), GRANT_VALID_MS);
  const brakes = await takeBrakes(run, { kind: 'purge', objects, fleet: work.fleet, seenManualSets: work.seenManualSets });
  if (!brakes.granted) {
    run.tally.finding(purgesBraked(run.request.policy, due.length, brakes.reason));
    for (const each of due) say(each, 'braked', brakes.reason);
  } else if (run.request.dryRun) {
    for (const each of due) planPurge(run, each);
  } else {
    await eachLimited(byInstance(due), INSTANCE_CONCURRENCY, (group) => purgeOnInstance(run, group, notAfter));
  }
  return touched;
}

/** Which sets a limited run takes does not depend on who answered first. */
function byPlace(a: DuePurge, b: DuePurge): number {
  return placeOf(a) < placeOf(b) ? -1 : 1;
}

function placeOf({ sight: { instance }, set }: DuePurge): string {
  return `${instance.account}/${instance.region}/${instance.id}/${set.set.id}`;
}

/** For queues that hold more than the brakes could allow. */
export function sayBraked(due: DuePurge): void {
  say(due, 'braked', 'more sets are due than limits.maxPurgesPerDay allows in a day, so none is purged');
}

function isInPlan(run: Run, due: DuePurge): boolean {
  if (mayDo(run.request, stepOf(due))) return true;
  say(due, 'not-in-plan', NOT_IN_PLAN);
  return false;
}

function hasBudget(run: Run, budget: ChangeBudget, due: DuePurge): boolean {
  if (budget.take()) return true;
  const { maxChangesPerRun } = run.request.policy.limits;
  say(due, 'over-limit', `${due.reason}; this run may make ${maxChangesPerRun} changes (limits.maxChangesPerRun) and has made them`);
  return false;
}

function planPurge(run: Run, due: DuePurge): void {
  run.observer.onStep?.(stepOf(due));
  say(due, 'would-purge', due.reason);
}

function stepOf({ sight, set, reason }: DuePurge): ReturnType<typeof purgeStep> {
  return purgeStep(sight.instance, set.mark ?? { backupId: set.set.id, markedAt: sight.instance.createdAt ?? set.set.endedAt }, reason);
}

function byInstance(due: readonly DuePurge[]): readonly (readonly [DuePurge, ...DuePurge[]])[] {
  const groups = new Map<Notes, [DuePurge, ...DuePurge[]]>();
  for (const each of due) {
    const group = groups.get(each.notes);
    if (group === undefined) groups.set(each.notes, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

/** What comes too late for the brakes waits for the next run, which takes them anew. */
async function purgeOnInstance(run: Run, group: readonly [DuePurge, ...DuePurge[]], notAfter: Instant): Promise<void> {
  const [{ gateway, sight, notes }] = group;
  if (run.request.deadline.isNear() || run.ports.clock.now() > notAfter) {
    run.tally.handOff();
    for (const each of group) say(each, 'deferred-throttled', OUT_OF_TIME);
    return;
  }
  const sets = new Map(group.map(({ set, reason }) => [set.set.id, reason]));
  await deleteSets(run, { gateway, instance: sight.instance, policy: sight.policy, sets, notAfter, admit: admitDue }, notes);
}

/** Decided anew: only what is still surplus, still marked, and past its grace. */
function admitDue(input: RetentionInput, guard: Guard): (backupId: string) => Admission {
  const phased = new Map(phasesOf(decideRetention(input), guard.marks, input.policy, input.asOf).map((each) => [each.set.id, each]));
  return (backupId) => admissionOf(phased.get(backupId));
}

function admissionOf(phased: PhasedSet | undefined): Admission {
  if (phased === undefined) return { ok: false, verdict: 'purged', reason: 'the service does not list it any more' };
  const { decision, feasibility, next } = phased;
  if (decision.action === 'keep') {
    const isHeld = decision.reasons.some(({ cause }) => cause === 'held');
    return { ok: false, verdict: isHeld ? 'held' : 'kept', reason: `it stays by now: ${decision.reasons.map(({ text }) => text).join('; ')}` };
  }
  if (feasibility.when !== 'now') return { ok: false, verdict: 'surplus', reason: feasibility.rule };
  if (next.phase === 'wait')
    return { ok: false, verdict: 'marked', reason: `another run is at it, or it was marked anew; the grace ends ${formatInstant(next.until)}` };
  if (next.phase !== 'purge') return { ok: false, verdict: 'surplus', reason: 'its mark was taken away' };
  return { ok: true, call: feasibility.call };
}

function say({ sight, set, notes }: DuePurge, verdict: Verdict, reason: string): void {
  notes.verdict(onSet(sight.instance, set.set, RETENTION_RULE, verdict, reason));
}
