// Resolves a submission whose outcome is unknown: never sends it again; adopts the one set that can be ours, or gives up with a finding.
import { formatInstant, type Instant, MINUTE_MS, plusMs } from '../base/instant';
import type { BackupSet } from '../domain/backup';
import { RefusedError } from '../domain/cloud-errors';
import type { RdsGateway } from '../domain/ports';
import type { Intent } from '../domain/slot';
import type { Finding } from '../domain/verdict';
import { decideAdoption, REQUEST_VALID_MS } from '../policy/adoption';
import { abandonedSubmission, ambiguousAdoption, backupFailed } from '../policy/findings';
import type { Run } from './envelope';
import { endWithInstance } from './follow';
import { advance, overtaken, type Progress } from './progress';
import { intentsOfGuards, readGuard } from './reserve';
import type { Shard } from './shards';
import { CLOCK_SKEW_MS, LOOK_AHEAD_MS, PATIENCE_MS, VISIBILITY_LAG_MS } from './timing';

/** Nothing is asked of the service before the request can no longer take effect: a signed request stays valid for 15 minutes. */
export async function resolveAmbiguous(run: Run, shard: Shard, intent: Intent): Promise<Progress> {
  const sentAt = intent.sentAt ?? intent.updatedAt;
  if (run.asOf < plusMs(sentAt, REQUEST_VALID_MS + CLOCK_SKEW_MS + VISIBILITY_LAG_MS)) {
    return { verdict: 'ambiguous', reason: `the request of ${formatInstant(sentAt)} may still take effect or its set may still appear` };
  }
  try {
    return await lookForTraces(run, shard.gateway, intent, sentAt);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.reason !== 'instance-not-found') throw error;
    return endWithInstance(run, intent);
  }
}

async function lookForTraces(run: Run, gateway: RdsGateway, intent: Intent, sentAt: Instant): Promise<Progress> {
  const { instanceId } = intent;
  const runningJobs = await gateway.listRunningJobs(instanceId);
  const sets = await gateway.listBackupSets(instanceId, { from: plusMs(sentAt, -CLOCK_SKEW_MS - MINUTE_MS), to: plusMs(run.asOf, LOOK_AHEAD_MS) });
  const decision = decideAdoption({
    intent,
    sets,
    runningJobs,
    baselineSetIds: await setsOfJobs(gateway, intent.instanceId, intent.baseline?.runningJobIds ?? []),
    ...(await ownedBy(run, gateway, intent)),
    quietSince: intent.quietSince,
    asOf: run.asOf,
    skewMs: CLOCK_SKEW_MS,
    visibilityLagMs: VISIBILITY_LAG_MS,
    patienceMs: PATIENCE_MS,
    maxJobMs: run.request.policy.limits.maxJobMs,
  });
  const { reason } = decision;
  switch (decision.kind) {
    case 'wait':
      if (decision.quietSince !== intent.quietSince && (await advance(run, intent, { ...intent, quietSince: decision.quietSince })) === undefined)
        return overtaken();
      return { verdict: 'ambiguous', reason };
    case 'adopt':
      return adopt(run, intent, decision.set, reason);
    case 'two-candidates':
      return abandon(run, intent, reason, ambiguousAdoption(intent, decision.candidates, reason));
    case 'abandon':
      return abandon(run, intent, reason, abandonedSubmission(intent, reason));
  }
}

async function abandon(run: Run, intent: Intent, reason: string, finding: Finding): Promise<Progress> {
  const stored = await advance(run, intent, { ...intent, state: 'abandoned', reason });
  return stored === undefined ? overtaken() : { verdict: 'abandoned', reason, next: stored, finding };
}

/** The set satisfies the slot, or is its failure; ownership it grants none. */
async function adopt(run: Run, intent: Intent, set: BackupSet, reason: string): Promise<Progress> {
  const { instanceId, spec, slotId } = intent;
  const isGood = set.status === 'success';
  const next: Intent = {
    ...intent,
    state: isGood ? 'finished' : 'failed',
    backupId: set.id,
    startedAt: set.startedAt,
    endedAt: set.endedAt,
    isAdopted: true,
    reason,
  };
  const record = { instanceId, backupId: set.id, origin: 'adopted', spec, slotId, recordedAt: run.ports.clock.now(), claimedBy: undefined } as const;
  const stored = await advance(run, intent, next, record);
  if (stored === undefined) return overtaken();
  return isGood ? { verdict: 'adopted', reason, next: stored } : { verdict: 'failed', reason, next: stored, finding: backupFailed(intent, reason) };
}

/** The sets that these jobs became. Asked after the sets were listed: a job whose set is in that list has ended and names it. */
async function setsOfJobs(gateway: RdsGateway, instanceId: string, jobIds: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const jobId of jobIds) {
    const job = await gateway.findJob(instanceId, jobId);
    if (job?.backupId !== undefined) ids.push(job.backupId);
  }
  return ids;
}

/** Sets and jobs that other intents of ours account for, also where reconcile has not yet followed a job to its set. */
async function ownedBy(run: Run, gateway: RdsGateway, intent: Intent): Promise<{ ownedBackupIds: string[]; ownedJobIds: string[] }> {
  const { ledger } = run.ports;
  const records = await ledger.listSets(intent.instanceId);
  const siblings = (await intentsOfGuards(ledger, [await readGuard(ledger, intent.instanceId)])).filter((other) => other.slotId !== intent.slotId);
  const unfollowed = siblings.filter((other) => other.backupId === undefined).flatMap((other) => other.jobId ?? []);
  return {
    ownedBackupIds: [
      ...records.map((record) => record.backupId),
      ...siblings.flatMap((other) => other.backupId ?? []),
      ...(await setsOfJobs(gateway, intent.instanceId, unfollowed)),
    ],
    ownedJobIds: siblings.flatMap((other) => other.jobId ?? []),
  };
}
