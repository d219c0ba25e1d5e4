// Decides how far a submitted backup is: a job is done when the service says so and its set is there to be used.
import { DAY_MS, formatInstant, type Instant, plusMs } from '../base/instant';
import type { BackupJob, BackupSet } from '../domain/backup';
import type { Intent } from '../domain/slot';
import { isGood } from './freshness';

export interface ProgressQuestion {
  /** In state `submitted`. Its `endedAt`, where set, is when a look first saw the job finished. */
  readonly intent: Intent;
  /** Undefined: the service knows no job of that id. */
  readonly job: BackupJob | undefined;
  /** The job's set, once the service lists it. */
  readonly set: BackupSet | undefined;
  readonly asOf: Instant;
  readonly maxJobMs: number;
  /** After this long without its set, a finished job is worth a finding. */
  readonly visibilityMs: number;
}

export type ProgressDecision =
  | { readonly kind: 'running'; readonly reason: string }
  /** Past the longest time a job may take: a finding, and we keep looking for a day. */
  | { readonly kind: 'stuck'; readonly reason: string }
  | { readonly kind: 'finished'; readonly set: BackupSet; readonly reason: string }
  /** The job is over and its set cannot be seen or used yet. `seenAt` and `backupId` are to be stored in the intent (`endedAt`, `backupId`). `isLate`: worth a finding. */
  | { readonly kind: 'not-visible'; readonly isLate: boolean; readonly backupId: string | undefined; readonly seenAt: Instant; readonly reason: string }
  /** The service does not know the job (any more). `isLate`: worth a finding. */
  | { readonly kind: 'unknown-job'; readonly isLate: boolean; readonly reason: string }
  | { readonly kind: 'failed'; readonly set: BackupSet | undefined; readonly reason: string };

/** How long we follow something that does not end before it counts as failed. */
const PATIENCE_MS = DAY_MS;

/** Where the job of a submitted intent stands. Every path ends: what does not finish counts as failed a day after it should have. */
export function decideProgress(question: ProgressQuestion): ProgressDecision {
  const { intent, job, set } = question;
  if (set !== undefined) return ofSet(question, set);
  if (job === undefined) return ofUnknownJob(question);
  switch (job.status) {
    case 'failed':
      return { kind: 'failed', set: undefined, reason: `backup job ${job.id} failed` };
    case 'finished':
      return notVisible(question, job.backupId ?? intent.backupId, `backup job ${job.id} has finished and its set is not listed yet`, 'never became visible');
    case 'not-started':
    case 'running':
      return ofRunning(question, job);
  }
}

function ofSet(question: ProgressQuestion, set: BackupSet): ProgressDecision {
  if (set.status === 'failed') return { kind: 'failed', set, reason: `the service lists backup set ${set.id} as failed` };
  if (isGood(set)) return { kind: 'finished', set, reason: `backup set ${set.id} is there, ended ${formatInstant(set.endedAt)}` };
  return notVisible(question, set.id, `backup set ${set.id} is listed and not available yet`, 'never became available');
}

function notVisible(question: ProgressQuestion, backupId: string | undefined, reason: string, never: string): ProgressDecision {
  const { intent, set, asOf, visibilityMs } = question;
  const seenAt = intent.endedAt ?? asOf;
  if (asOf >= plusMs(seenAt, PATIENCE_MS)) {
    return { kind: 'failed', set, reason: `backup set ${backupId ?? 'of unknown id'} ${never} within a day of ${formatInstant(seenAt)}` };
  }
  return { kind: 'not-visible', isLate: asOf >= plusMs(seenAt, visibilityMs), backupId, seenAt, reason };
}

function ofUnknownJob({ intent, asOf, maxJobMs, visibilityMs }: ProgressQuestion): ProgressDecision {
  const since = sentAtOf(intent);
  const reason = `the service does not know backup job ${intent.jobId ?? 'of unknown id'}, submitted ${formatInstant(since)}`;
  if (asOf >= plusMs(since, Math.max(maxJobMs, PATIENCE_MS))) return { kind: 'failed', set: undefined, reason };
  return { kind: 'unknown-job', isLate: asOf >= plusMs(since, visibilityMs), reason };
}

function ofRunning({ intent, asOf, maxJobMs }: ProgressQuestion, job: BackupJob): ProgressDecision {
  const deadline = plusMs(sentAtOf(intent), maxJobMs);
  const progress = job.progressPercent === undefined ? '' : ` at ${job.progressPercent} %`;
  const what = `backup job ${job.id}, submitted ${formatInstant(sentAtOf(intent))},`;
  if (asOf < deadline) return { kind: 'running', reason: `${what} is running${progress}` };
  const late = `${what} should have ended by ${formatInstant(deadline)} and is still running${progress}`;
  if (asOf < plusMs(deadline, PATIENCE_MS)) return { kind: 'stuck', reason: late };
  return { kind: 'failed', set: undefined, reason: `${late}; it is followed no longer` };
}

function sentAtOf(intent: Intent): Instant {
  return intent.sentAt ?? intent.createdAt;
}
