// Follows a submitted backup: from its job id to a visible set, or to the reason why there is none.
import type { BackupSet } from '../domain/backup';
import { RefusedError } from '../domain/cloud-errors';
import type { SetRecord } from '../domain/ports';
import type { Intent } from '../domain/slot';
import { backupFailed, instanceGone, setNotVisible, stuckJob } from '../policy/findings';
import { decideProgress, type ProgressDecision } from '../policy/progress';
import type { Run } from './envelope';
import { advance, overtaken, type Progress } from './progress';
import type { Shard } from './shards';
import { LATE_SET_MS } from './timing';

/** One or two calls: the job, and its set once the job says it is finished. */
export async function followJob(run: Run, shard: Shard, intent: Intent): Promise<Progress> {
  const jobId = intent.jobId;
  if (jobId === undefined) throw new Error(`intent ${intent.slotId} of ${intent.instanceId} is submitted and has no job id`); // both are written at once
  try {
    const job = await shard.gateway.findJob(intent.instanceId, jobId);
    const backupId = job?.backupId ?? intent.backupId;
    const set = backupId === undefined ? undefined : await shard.gateway.findBackupSet(intent.instanceId, backupId);
    const { maxJobMs } = run.request.policy.limits;
    return await apply(run, intent, decideProgress({ intent, job, set, asOf: run.asOf, maxJobMs, visibilityMs: LATE_SET_MS }));
  } catch (error) {
    if (!(error instanceof RefusedError) || error.reason !== 'instance-not-found') throw error;
    return endWithInstance(run, intent);
  }
}

async function apply(run: Run, intent: Intent, decision: ProgressDecision): Promise<Progress> {
  const { reason } = decision;
  switch (decision.kind) {
    case 'running':
      return { verdict: 'in-flight', reason };
    case 'stuck':
      return { verdict: 'in-flight', reason, finding: stuckJob(intent, reason) };
    case 'unknown-job':
      return { verdict: 'in-flight', reason, ...(decision.isLate ? { finding: setNotVisible(intent, reason) } : {}) };
    case 'not-visible':
      return notVisible(run, intent, decision);
    case 'finished':
      return finished(run, intent, decision.set, reason);
    case 'failed':
      return failed(run, intent, decision.set, reason);
  }
}

/** Remembers when the job was first seen finished, once: the patience with its set is counted from there. */
async function notVisible(run: Run, intent: Intent, decision: Extract<ProgressDecision, { kind: 'not-visible' }>): Promise<Progress> {
  const { reason, seenAt, backupId } = decision;
  if (intent.endedAt === undefined || intent.backupId !== backupId) {
    const stored = await advance(run, intent, { ...intent, endedAt: seenAt, backupId });
    if (stored === undefined) return overtaken();
  }
  return { verdict: 'in-flight', reason, ...(decision.isLate ? { finding: setNotVisible(intent, reason) } : {}) };
}

async function finished(run: Run, intent: Intent, set: BackupSet, reason: string): Promise<Progress> {
  const next: Intent = { ...intent, state: 'finished', backupId: set.id, startedAt: set.startedAt, endedAt: set.endedAt, reason };
  const stored = await advance(run, intent, next, createdSet(run, intent, set.id));
  return stored === undefined ? overtaken() : { verdict: 'already-done', reason, next: stored };
}

async function failed(run: Run, intent: Intent, set: BackupSet | undefined, reason: string): Promise<Progress> {
  const traces = set === undefined ? {} : { backupId: set.id, startedAt: set.startedAt, endedAt: set.endedAt };
  const stored = await advance(run, intent, { ...intent, ...traces, state: 'failed', reason });
  return stored === undefined ? overtaken() : { verdict: 'failed', reason, next: stored, finding: backupFailed(intent, reason) };
}

/** The instance is gone, and its job with it. */
export async function endWithInstance(run: Run, intent: Intent): Promise<Progress> {
  const finding = instanceGone(intent);
  const stored = await advance(run, intent, { ...intent, state: 'abandoned', reason: finding.message });
  return stored === undefined ? overtaken() : { verdict: 'abandoned', reason: finding.message, next: stored, finding };
}

/** The job id came back to us, so the set is ours. */
function createdSet(run: Run, intent: Intent, backupId: string): SetRecord {
  const { instanceId, spec, slotId } = intent;
  return { instanceId, backupId, origin: 'created', spec, slotId, recordedAt: run.ports.clock.now(), claimedBy: undefined };
}
