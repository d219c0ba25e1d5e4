// Decides and acts on one instance: its open slots in order of time, at most one of which can start.
import { messageOf } from '../base/errors';
import type { Instant } from '../base/instant';
import type { BackupSpec } from '../domain/backup';
import type { Guard } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { RdsGateway } from '../domain/ports';
import type { EffectivePolicy, ExtraBackupRule } from '../domain/protection-policy';
import type { CapPool, Intent, Slot } from '../domain/slot';
import type { SlotVerdict } from '../domain/verdict';
import { decideAfterLooking, type Observation } from '../policy/decide';
import { observationLookBackMs } from '../policy/freshness';
import { needsDatabases } from '../policy/scope';
import type { Run } from './envelope';
import { verdictOfFailedLook } from './failure';
import { observe } from './observe';
import { mayDo } from './plan-steps';
import { advance } from './progress';
import { updateGuard } from './reserve';
import { type SubmissionOutcome, submitSlot } from './submit';
import type { CreateStep } from './types';
import { NOT_IN_PLAN, onSlot } from './verdicts';

/** An open slot that only a look at the instance can decide. */
export interface OpenSlot {
  readonly rule: ExtraBackupRule;
  readonly slot: Slot;
  readonly intent: Intent | undefined;
}

/** An instance, and what the ledger has of it. */
export interface InstanceToActOn {
  readonly instance: Instance;
  readonly gateway: RdsGateway;
  readonly effective: EffectivePolicy;
  readonly guard: Guard;
  readonly intentsBehindGuard: readonly Intent[];
  /** `ordinary` unless told: only releases draw on the other one. */
  readonly pool?: CapPool;
}

export interface InstanceWork extends InstanceToActOn {
  readonly slots: readonly OpenSlot[];
}

/** One verdict per slot, in the order of the slots. A failed look is a verdict too; ledger and credentials errors are thrown. */
export async function actOnInstance(run: Run, work: InstanceWork): Promise<SlotVerdict[]> {
  const seenAt = run.ports.clock.now();
  let seen: Observation;
  try {
    const lookBackMs = observationLookBackMs(work.slots, work.effective.limits.maxJobMs, run.asOf);
    const withDatabases = work.slots.some(({ rule }) => needsDatabases(rule));
    seen = await observe(work.gateway, work.instance, lookBackMs, { asOf: run.asOf, now: seenAt }, withDatabases);
  } catch (error) {
    return lookFailed(run, work, error);
  }
  const verdicts: SlotVerdict[] = [];
  let startedBy: Slot | undefined;
  for (const open of work.slots) {
    if (startedBy !== undefined) {
      verdicts.push(onSlot(work.instance, open.slot, 'job-running', `slot ${startedBy.id} has just been started, and an instance runs one backup at a time`));
      continue;
    }
    const outcome = await decideAndAct(run, work, open, { ...seen, seenAt });
    verdicts.push(outcome.verdict);
    if (outcome.mayRun) startedBy = open.slot;
  }
  return verdicts;
}

/** What was seen, and when the look began. */
export type Seen = Observation & { readonly seenAt: Instant };

/** Decides on one slot of an instance that has just been looked at, and starts its backup where it can be. `mayRun`: a job is or may be running now. */
export async function decideAndAct(run: Run, work: InstanceToActOn, open: OpenSlot, seen: Seen): Promise<SubmissionOutcome> {
  const { instance, effective, pool = 'ordinary' } = work;
  const decision = decideAfterLooking({
    rule: open.rule,
    slot: open.slot,
    instance,
    intent: open.intent,
    cap: effective.cap,
    limits: effective.limits,
    guard: work.guard,
    intents: work.intentsBehindGuard,
    observation: seen,
    asOf: run.asOf,
    pool,
  });
  if (decision.kind === 'verdict') {
    if (!run.request.dryRun && decision.guard !== undefined) await rememberSeen(run, work.guard, decision.guard);
    const { kind: _, guard: __, ...verdict } = decision;
    if (verdict.verdict === 'fresh-enough' && open.intent !== undefined)
      await advance(run, open.intent, { ...open.intent, state: 'unneeded', reason: verdict.reason });
    return { verdict, mayRun: false };
  }
  const step = stepOf(work.instance, open, decision.spec, decision.reason);
  if (run.request.dryRun) {
    run.observer.onStep?.(step);
    return { verdict: onSlot(instance, open.slot, 'would-submit', decision.reason), mayRun: true };
  }
  if (!mayDo(run.request, step)) {
    return { verdict: onSlot(instance, open.slot, 'not-in-plan', NOT_IN_PLAN), mayRun: false };
  }
  await run.keepLease();
  return submitSlot(run, {
    instance,
    gateway: work.gateway,
    rule: open.rule,
    slot: open.slot,
    pool,
    spec: decision.spec,
    units: decision.units,
    cap: effective.cap,
    maxJobMs: effective.limits.maxJobMs,
    reason: decision.reason,
    sets: seen.sets,
    runningJobs: seen.runningJobs,
    seenAt: seen.seenAt,
    guard: work.guard,
    intentsBehindGuard: work.intentsBehindGuard,
    intent: open.intent,
  });
}

function stepOf({ account, region, id }: Instance, { rule, slot }: OpenSlot, spec: BackupSpec, reason: string): CreateStep {
  return { action: 'create-backup', account, region, instanceId: id, slotId: slot.id, rule: rule.name, spec, reason };
}

/** A set once seen stays counted: also when the cap said no. Losing this race is harmless, the other writer has looked too. */
async function rememberSeen(run: Run, before: Guard, after: Guard): Promise<void> {
  await updateGuard(run.ports.ledger, before.instanceId, (guard) => (guard.version === before.version ? after : guard), before);
}

function lookFailed(run: Run, work: InstanceWork, error: unknown): SlotVerdict[] {
  const verdict = verdictOfFailedLook(run, work.instance.id, error);
  return work.slots.map(({ slot }) => onSlot(work.instance, slot, verdict, `could not look at the instance: ${messageOf(error)}`));
}
