// Decides what became of a call whose answer we never got: whether a set is the one it made, or whether to give it up.
import { formatInstant, type Instant, instant, MINUTE_MS, plusMs } from '../base/instant';
import type { BackupJob, BackupSet } from '../domain/backup';
import type { Intent } from '../domain/slot';
import { couldComeFrom } from './scope';

/** A signed request stays valid this long: it may take effect as late as that. */
export const REQUEST_VALID_MS = 15 * MINUTE_MS;

export interface AdoptionQuestion {
  /** In state `submitting`. */
  readonly intent: Intent;
  /** The instance's sets since `sentAt` − `skewMs`. */
  readonly sets: readonly BackupSet[];
  readonly runningJobs: readonly BackupJob[];
  /** The sets that the jobs of the baseline turned into. */
  readonly baselineSetIds: readonly string[];
  /** What other intents, or the ledger's records, own. */
  readonly ownedBackupIds: readonly string[];
  readonly ownedJobIds: readonly string[];
  /** Since when no job has been running that may be ours, as earlier looks found it; undefined: no look has found that yet. */
  readonly quietSince: Instant | undefined;
  readonly asOf: Instant;
  /** How far the service's clock may be from ours. */
  readonly skewMs: number;
  /** How late the service may list a finished set. */
  readonly visibilityLagMs: number;
  /** How long a quiet instance is watched for a candidate before the call is given up. */
  readonly patienceMs: number;
  readonly maxJobMs: number;
}

export type AdoptionDecision =
  | {
      readonly kind: 'wait';
      /** When the outcome can be told at the earliest, where that is known. */
      readonly until: Instant | undefined;
      /** To be remembered for the next question. */
      readonly quietSince: Instant | undefined;
      readonly reason: string;
    }
  /** The set satisfies the slot (or, when it failed, is its failure); it grants no ownership. */
  | { readonly kind: 'adopt'; readonly set: BackupSet; readonly reason: string }
  /** Any of them could be ours, so none is. */
  | { readonly kind: 'two-candidates'; readonly candidates: readonly BackupSet[]; readonly reason: string }
  | { readonly kind: 'abandon'; readonly reason: string };

/**
 * Exactly one candidate is adopted: manual, not in the baseline, owned by no intent, of the same method and (where known) scope, started between `sentAt` − skew and
 * `sentAt` + 15 minutes. Nothing is decided before the request can no longer take effect, nor while a job runs that may be ours, nor before such a job
 * that ended unseen must be listed: a set that shows up late must not leave somebody else's as the only candidate. Throws a RangeError for an intent
 * that was never sent.
 */
export function decideAdoption(question: AdoptionQuestion): AdoptionDecision {
  const { intent, asOf } = question;
  const { sentAt } = intent;
  if (sentAt === undefined) throw new RangeError(`the intent of slot ${intent.slotId} on ${intent.instanceId} was never sent`);
  const lastEffect = plusMs(sentAt, REQUEST_VALID_MS);
  const settledFrom = plusMs(lastEffect, question.skewMs + question.visibilityLagMs);
  if (asOf < settledFrom) return wait(settledFrom, undefined, `the call of ${formatInstant(sentAt)} may still take effect, or its set may still appear`);

  const job = runningSuspect(question);
  const jobDeadline = plusMs(lastEffect, question.maxJobMs);
  if (job !== undefined && asOf < jobDeadline) return wait(undefined, undefined, `manual backup job ${job.id} is running and may be the one we asked for`);
  if (job !== undefined) {
    return { kind: 'abandon', reason: `manual backup job ${job.id}, which may be ours, has been running past ${formatInstant(jobDeadline)}` };
  }
  const quietSince = question.quietSince ?? asOf;
  const listedFrom = plusMs(quietSince, question.visibilityLagMs);
  if (asOf < listedFrom) return wait(listedFrom, quietSince, 'no job runs that may be ours; one that has just ended may not be listed yet');
  return ofCandidates(question, quietSince, candidatesOf(question, sentAt, lastEffect));
}

function ofCandidates(question: AdoptionQuestion, quietSince: Instant, candidates: readonly BackupSet[]): AdoptionDecision {
  const [first, second] = candidates;
  if (first === undefined) return ofNone(question, quietSince);
  if (second !== undefined) {
    const ids = candidates.map((set) => set.id).join(', ');
    return { kind: 'two-candidates', candidates, reason: `backup sets ${ids} could each come from the call, so none is adopted` };
  }
  const failure = first.status === 'success' ? '' : ', and it failed';
  const reason = `backup set ${first.id}, started ${formatInstant(first.startedAt)}, is the only one that the lost call can have made${failure}`;
  return { kind: 'adopt', set: first, reason };
}

function ofNone({ patienceMs, asOf }: AdoptionQuestion, quietSince: Instant): AdoptionDecision {
  const patience = plusMs(quietSince, patienceMs);
  if (asOf < patience) return wait(patience, quietSince, 'no job runs that may be ours, and no set can come from the call so far');
  return { kind: 'abandon', reason: 'no backup set and no running job can come from the call, so it most likely never took effect' };
}

function runningSuspect({ intent, runningJobs, ownedJobIds }: AdoptionQuestion): BackupJob | undefined {
  const others = new Set([...ownedJobIds, ...(intent.baseline?.runningJobIds ?? [])]);
  return runningJobs.find((job) => job.mode === 'manual' && !others.has(job.id));
}

function candidatesOf(question: AdoptionQuestion, sentAt: Instant, lastEffect: Instant): readonly BackupSet[] {
  const { intent, sets, baselineSetIds, ownedBackupIds, skewMs } = question;
  const others = new Set([...baselineSetIds, ...ownedBackupIds]);
  const from = instant(sentAt - skewMs);
  return sets
    .filter((set) => set.mode === 'manual' && set.id !== intent.baseline?.newestBackupId && !others.has(set.id))
    .filter((set) => set.method === intent.spec.method && couldComeFrom(set.scope, intent.spec.scope))
    .filter((set) => set.startedAt >= from && set.startedAt <= lastEffect)
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}

function wait(until: Instant | undefined, quietSince: Instant | undefined, reason: string): AdoptionDecision {
  return { kind: 'wait', until, quietSince, reason };
}
