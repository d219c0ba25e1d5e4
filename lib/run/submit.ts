// The write-ahead sequence for one slot: intent → reserve → submitting → CreateBackup once → submitted (README, "How it works").
import { type Instant, plusMs } from '../base/instant';
import type { BackupSpec } from '../domain/backup';
import { AmbiguousError, CloudError, CredentialsError, DeniedError, RefusedError } from '../domain/cloud-errors';
import type { Guard } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { RdsGateway } from '../domain/ports';
import type { CapPolicy, ExtraBackupRule } from '../domain/protection-policy';
import type { CapPool, Intent, Slot } from '../domain/slot';
import type { SlotVerdict } from '../domain/verdict';
import { exhaustedUntil } from '../policy/cap';
import { decideBeforeLooking } from '../policy/decide';
import { ambiguousSubmission, capContradicted, permissionDenied, ruleUnsupported } from '../policy/findings';
import type { Run } from './envelope';
import { verdictOfFailure } from './failure';
import { type ReserveRequest, reserve, updateGuard, withoutReservation } from './reserve';
import { LOOK_VALID_MS, SEND_WINDOW_MS } from './timing';
import { onSlot } from './verdicts';

export interface Submission {
  readonly instance: Instance;
  readonly gateway: RdsGateway;
  readonly rule: ExtraBackupRule;
  readonly slot: Slot;
  readonly pool: CapPool;
  readonly spec: BackupSpec;
  readonly units: number;
  readonly cap: CapPolicy;
  readonly maxJobMs: number;
  readonly reason: string;
  /** What was seen of the instance just before. */
  readonly sets: ReserveRequest['sets'];
  readonly runningJobs: ReserveRequest['runningJobs'];
  /** When that look began. */
  readonly seenAt: Instant;
  readonly guard: Guard;
  readonly intentsBehindGuard: readonly Intent[];
  /** The slot's intent from an earlier try, in state `intended`. */
  readonly intent: Intent | undefined;
}

export interface SubmissionOutcome {
  readonly verdict: SlotVerdict;
  /** True when a job is or may be running now: other slots of the instance must wait. */
  readonly mayRun: boolean;
}

/** Carries one slot through. Throws only what must stop the run: ledger and credentials errors. */
export async function submitSlot(run: Run, work: Submission): Promise<SubmissionOutcome> {
  const { ledger } = run.ports;
  if (hasLookExpired(run, work)) return lookExpired(work);
  const intent = work.intent ?? (await ledger.createIntent(newIntent(run, work))).intent;
  if (intent.state !== 'intended') return standing(run, work, intent);

  const reserved = await reserve(ledger, reserveRequest(run, work), work.guard, work.intentsBehindGuard);
  if (reserved.kind === 'contended') {
    return deferred(onSlot(work.instance, work.slot, 'deferred-throttled', 'other workers keep writing the guard of this instance: the next tick tries again'));
  }
  if (reserved.kind === 'denied') {
    const { verdict, reason, until } = reserved.decision;
    return deferred(onSlot(work.instance, work.slot, verdict, reason, { until }));
  }

  if (hasLookExpired(run, work)) return lookExpired(work);
  const sentAt = run.ports.clock.now();
  const submitting = await ledger.advanceIntent(intent, {
    ...intent,
    spec: work.spec,
    units: work.units,
    state: 'submitting',
    runId: run.id,
    updatedAt: sentAt,
    sentAt,
    baseline: { runningJobIds: work.runningJobs.map((job) => job.id), newestBackupId: newestBackupId(work.sets) },
    reason: work.reason,
  });
  if (submitting === undefined) return standing(run, work, await rereadIntent(run, work));
  return callOnce(run, work, submitting, sentAt);
}

function hasLookExpired(run: Run, { seenAt }: Submission): boolean {
  return run.ports.clock.now() > plusMs(seenAt, LOOK_VALID_MS);
}

function lookExpired({ instance, slot }: Submission): SubmissionOutcome {
  return deferred(onSlot(instance, slot, 'deferred-throttled', 'the look at the instance has grown too old to act on: the next tick looks again'));
}

async function callOnce(run: Run, work: Submission, submitting: Intent, sentAt: Instant): Promise<SubmissionOutcome> {
  try {
    const { jobId } = await work.gateway.createBackup(work.instance, work.spec, plusMs(sentAt, SEND_WINDOW_MS));
    run.logger.info({ instanceId: work.instance.id, slotId: work.slot.id, jobId }, 'backup submitted');
    return await recordJob(run, work, submitting, jobId);
  } catch (error) {
    if (error instanceof AmbiguousError) return ambiguous(run, work, error);
    if (error instanceof CloudError) return notSent(run, work, submitting, error);
    throw error;
  }
}

async function recordJob(run: Run, work: Submission, submitting: Intent, jobId: string): Promise<SubmissionOutcome> {
  const now = run.ports.clock.now();
  const submitted = await run.ports.ledger.advanceIntent(submitting, { ...submitting, state: 'submitted', jobId, updatedAt: now });
  if (submitted !== undefined) {
    return { verdict: onSlot(work.instance, work.slot, 'submitted', work.reason, { jobId }), mayRun: true };
  }
  // Only after so long a pause that reconcile has given this intent up: say so, with the job id, instead of losing it.
  run.tally.finding(ambiguousSubmission(work.instance.id, work.slot.id, `job ${jobId} was started, but the intent had been taken over meanwhile`));
  return { verdict: onSlot(work.instance, work.slot, 'ambiguous', `job ${jobId} was started after its intent had been given up`, { jobId }), mayRun: true };
}

/** The outcome is unknown: never sent again. Reconcile adopts or abandons it later. */
function ambiguous(run: Run, work: Submission, error: AmbiguousError): SubmissionOutcome {
  run.logger.warn({ instanceId: work.instance.id, slotId: work.slot.id, error: error.message }, 'outcome of CreateBackup unknown');
  run.tally.finding(ambiguousSubmission(work.instance.id, work.slot.id, error.message));
  return { verdict: onSlot(work.instance, work.slot, 'ambiguous', `${error.message}; reconcile finds out, nothing is sent again`), mayRun: true };
}

/**
 * Certainly nothing happened: the reservation is given back, and then the intent goes back too (or ends, where the service will never take it).
 * In this order: once the intent is free, another worker may reserve for it again, and that reservation must stay.
 */
async function notSent(run: Run, work: Submission, submitting: Intent, error: CloudError): Promise<SubmissionOutcome> {
  const verdict = verdictOfFailure(error);
  const isFinal = verdict === 'method-unsupported' || verdict === 'read-only-instance';
  const until = await releaseReservation(run, work, error);
  await run.ports.ledger.advanceIntent(submitting, {
    ...submitting,
    state: isFinal ? 'refused' : 'intended',
    refusals: submitting.refusals + 1,
    updatedAt: run.ports.clock.now(),
    sentAt: undefined,
    baseline: undefined,
    reason: error.message,
  });
  if (error instanceof CredentialsError) throw error;
  if (error instanceof DeniedError) run.tally.finding(permissionDenied(work.instance.id, error.action, error.operation));
  if (isFinal) run.tally.finding(ruleUnsupported(work.instance.id, work.rule.name, error.message, `RDS API, CreateBackup: ${error.serviceCode ?? 'refused'}`));
  run.logger.info({ instanceId: work.instance.id, slotId: work.slot.id, verdict, serviceCode: error.serviceCode }, 'backup refused');
  return deferred(onSlot(work.instance, work.slot, verdict, error.message, { until }));
}

/** Gives the unit back; when the service said that the cap is used up, remembers until when. */
async function releaseReservation(run: Run, work: Submission, error: CloudError): Promise<Instant | undefined> {
  const isExceeded = error instanceof RefusedError && error.reason === 'cap-exceeded';
  const now = run.ports.clock.now();
  let until: Instant | undefined;
  await updateGuard(run.ports.ledger, work.instance.id, (guard) => {
    const released = withoutReservation(guard, work.slot.id);
    if (!isExceeded) return released;
    until = exhaustedUntil({ ...reserveRequest(run, work), guard: released, intents: work.intentsBehindGuard });
    return { ...released, exhausted: { saidAt: now, until } };
  });
  if (until !== undefined) run.tally.finding(capContradicted(work.instance.id, until, error.message));
  return until;
}

function newIntent(run: Run, work: Submission): Intent {
  const now = run.ports.clock.now();
  return {
    account: work.instance.account,
    region: work.instance.region,
    instanceId: work.instance.id,
    slotId: work.slot.id,
    rule: work.slot.rule,
    pool: work.pool,
    occurrence: work.slot.occurrence,
    openUntil: work.slot.openUntil,
    spec: work.spec,
    units: work.units,
    state: 'intended',
    version: 1,
    refusals: 0,
    runId: run.id,
    createdAt: now,
    updatedAt: now,
    sentAt: undefined,
    baseline: undefined,
    jobId: undefined,
    backupId: undefined,
    startedAt: undefined,
    endedAt: undefined,
    quietSince: undefined,
    isAdopted: false,
    reason: work.reason,
  };
}

function reserveRequest(run: Run, work: Submission): ReserveRequest {
  return {
    instanceId: work.instance.id,
    slotId: work.slot.id,
    pool: work.pool,
    units: work.units,
    cap: work.cap,
    maxJobMs: work.maxJobMs,
    sets: work.sets,
    runningJobs: work.runningJobs,
    asOf: run.asOf,
  };
}

async function rereadIntent(run: Run, work: Submission): Promise<Intent> {
  const [intent] = await run.ports.ledger.getIntents([{ instanceId: work.instance.id, slotId: work.slot.id }]);
  if (intent === undefined) throw new Error(`the intent of slot ${work.slot.id} on ${work.instance.id} is gone from the ledger`); // intents are never deleted
  return intent;
}

/** Another worker has this slot: its state is the verdict. */
function standing(run: Run, work: Submission, intent: Intent): SubmissionOutcome {
  const { instance, rule, slot } = work;
  const verdict = decideBeforeLooking({ instance, rule, slot, intent, asOf: run.asOf });
  if (verdict !== 'look') return { verdict, mayRun: true };
  return { verdict: onSlot(instance, slot, 'in-flight', 'another worker is about to submit this slot'), mayRun: true };
}

function deferred(verdict: SlotVerdict): SubmissionOutcome {
  return { verdict, mayRun: false };
}

function newestBackupId(sets: ReserveRequest['sets']): string | undefined {
  let newest: ReserveRequest['sets'][number] | undefined;
  for (const set of sets) if (newest === undefined || set.startedAt > newest.startedAt) newest = set;
  return newest?.id;
}
