// What happens at a due moment of an instance: a job ends, or the service starts an automatic backup.
import { HOUR_MS, type Instant, MINUTE_MS, plusMs } from '../../base/instant';
import { nextAutomatic } from './automatic';
import { automaticType } from './backup-rules';
import type { WorldDelta } from './deltas';
import { type BackupPlan, makeJob, makeSet } from './jobs';
import type { RdsKnobs } from './knobs';
import { canBackUp, type InstanceState, type JobState } from './state';

/** Hands out ids while the changes that use them are not applied yet. */
export interface IdSource {
  jobId(): number;
  backupId(): number;
}

/** An automatic backup waits for a running job this long past its time; then this day's is skipped. */
const AUTOMATIC_PATIENCE_MS = 2 * HOUR_MS;

/** The next moment at which something happens to the instance by itself. */
export function nextMoment(instance: InstanceState): Instant | undefined {
  const endsAt = instance.job?.endsAt ?? undefined;
  if (endsAt === undefined || instance.nextAutomaticAt === undefined) return endsAt ?? instance.nextAutomaticAt;
  return endsAt <= instance.nextAutomaticAt ? endsAt : instance.nextAutomaticAt;
}

/** The changes of one due moment, at least one: a job's end goes before an automatic start at the same time. */
export function changesAt(instance: InstanceState, at: Instant, ids: IdSource, knobs: RdsKnobs): readonly WorldDelta[] {
  const { job, spec } = instance;
  if (job !== undefined && job.endsAt === at) return [{ kind: 'job-ended', instanceId: spec.id, set: makeSet(job, ids.backupId(), at) }];
  return automaticChanges(instance, at, ids, knobs);
}

function automaticChanges(instance: InstanceState, at: Instant, ids: IdSource, knobs: RdsKnobs): readonly WorldDelta[] {
  const { spec, job } = instance;
  const instanceId = spec.id;
  const next = nextAutomatic(spec, at) ?? null;
  if (!canBackUp(spec)) return [{ kind: 'automatic', instanceId, at: next }];
  if (job !== undefined) return [{ kind: 'automatic', instanceId, at: retryAfter(job, at) ?? next }];
  const started = makeJob(spec, automaticPlan(instance, at), ids.jobId(), at, knobs, instance.nextJob);
  return [
    { kind: 'job-started', instanceId, job: started },
    { kind: 'automatic', instanceId, at: next },
  ];
}

function retryAfter(job: JobState, at: Instant): Instant | undefined {
  if (job.endsAt === null || job.endsAt - at > AUTOMATIC_PATIENCE_MS) return undefined;
  return plusMs(job.endsAt, MINUTE_MS);
}

/** The service never refuses its own backups by the cap. */
export function automaticPlan(instance: InstanceState, at: Instant): BackupPlan {
  const { method, retentionDays } = instance.spec.settings;
  return { mode: 'Automated', method, type: automaticType(instance, method, at), retentionDays };
}
