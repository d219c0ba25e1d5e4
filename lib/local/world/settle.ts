// What happens at a due moment of an instance: a job ends, it runs again, the service starts an automatic backup, or nothing is left of it.
import { HOUR_MS, type Instant, MINUTE_MS, plusMs } from '../../base/instant';
import { nextAutomatic } from './automatic';
import { automaticType } from './backup-rules';
import { copyChanges } from './copies';
import type { WorldDelta } from './deltas';
import { type BackupPlan, makeJob, makeSet } from './jobs';
import type { RdsKnobs } from './knobs';
import { forgottenAt } from './released';
import { canBackUp, type DatabaseSpec, type InstanceState, isPassing, type JobState } from './state';

/** Hands out ids while the changes that use them are not applied yet. */
export interface IdSource {
  jobId(): number;
  backupId(): number;
  copyId(): number;
  orderId(): number;
}

/** An automatic backup waits for a running job this long past its time; then this day's is skipped. */
const AUTOMATIC_PATIENCE_MS = 2 * HOUR_MS;

/** The next moment at which something happens to the instance by itself. */
export function nextMoment(instance: InstanceState): Instant | undefined {
  if (instance.releasedAt !== undefined) return forgottenAt(instance);
  return earliest([instance.job?.endsAt ?? undefined, instance.busyUntil, instance.nextAutomaticAt]);
}

/** The next moment of those that these changes, not yet applied, leave standing. */
export function momentBesides(instance: InstanceState, changes: readonly WorldDelta[]): Instant | undefined {
  if (instance.releasedAt !== undefined) return undefined;
  const unless = (kind: WorldDelta['kind'], moment: Instant | null | undefined): Instant | undefined =>
    changes.some((change) => change.kind === kind) ? undefined : (moment ?? undefined);
  return earliest([unless('job-ended', instance.job?.endsAt), unless('busy', instance.busyUntil), unless('automatic', instance.nextAutomaticAt)]);
}

function earliest(moments: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment;
  return first;
}

/** The changes of one due moment, at least one: a job's end goes before an automatic start at the same time. */
export function changesAt(instance: InstanceState, at: Instant, ids: IdSource, knobs: RdsKnobs): readonly WorldDelta[] {
  const { job, spec, busyUntil } = instance;
  const instanceId = spec.id;
  if (instance.releasedAt !== undefined) return [{ kind: 'forgotten', instanceId }];
  if (job !== undefined && job.endsAt === at) {
    const set = makeSet(job, ids.backupId(), at);
    return [{ kind: 'job-ended', instanceId, set }, ...copyChanges(instance, set, ids, knobs)];
  }
  if (busyUntil === at) {
    return [
      // Unless somebody has stopped it meanwhile.
      { kind: 'instance', spec: { ...spec, status: isPassing(spec.status) ? 'Running' : spec.status, databases: spec.databases.map(finished) } },
      { kind: 'busy', instanceId, until: null },
    ];
  }
  return automaticChanges(instance, at, ids, knobs);
}

/** What was being restored is there. */
function finished(database: DatabaseSpec): DatabaseSpec {
  return database.status === 'Creating' ? { ...database, status: 'Running' } : database;
}

function automaticChanges(instance: InstanceState, at: Instant, ids: IdSource, knobs: RdsKnobs): readonly WorldDelta[] {
  const { spec, job, busyUntil } = instance;
  const instanceId = spec.id;
  const next = nextAutomatic(spec, at) ?? null;
  if (busyUntil !== undefined) return [{ kind: 'automatic', instanceId, at: plusMs(busyUntil, MINUTE_MS) }];
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
  const { method, retentionDays, incremental } = instance.spec.settings;
  return { mode: 'Automated', method, type: incremental ? automaticType(instance, method, at) : 'FullBackup', retentionDays };
}
