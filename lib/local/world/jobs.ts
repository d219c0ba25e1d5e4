// The life of a backup job: how long it takes, what it looks like on the way, and the set it leaves.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { diceOf } from './automatic';
import type { RdsKnobs } from './knobs';
import type { InstanceSpec, JobState, Method, Mode, NextJob, SetState, SetType } from './state';

const GB = 1024 ** 3;

/** A backup that is about to start. */
export interface BackupPlan {
  readonly mode: Mode;
  readonly method: Method;
  readonly type: SetType;
  readonly databases?: readonly string[];
  readonly retentionDays: number;
}

/** Deterministic: the same job of the same world takes the same time. */
export function makeJob(spec: InstanceSpec, plan: BackupPlan, jobId: number, at: Instant, knobs: RdsKnobs, next: NextJob | undefined): JobState {
  const usedGb = planGb(spec, plan);
  const nominalMs = next?.durationMs ?? durationMs(spec, plan, usedGb, jobId, knobs);
  return {
    id: String(jobId),
    startedAt: at,
    nominalMs,
    endsAt: next?.neverEnds === true ? null : plusMs(at, nominalMs),
    outcome: next?.outcome ?? 'Finished',
    sizeBytes: Math.round(usedGb * GB * 0.6),
    ...plan,
  };
}

function planGb(spec: InstanceSpec, plan: BackupPlan): number {
  const share = plan.databases === undefined ? 1 : plan.databases.length / Math.max(1, spec.databases.length);
  return spec.usedGb * share * (plan.type === 'IncrementalBackup' ? 0.2 : 1);
}

function durationMs(spec: InstanceSpec, plan: BackupPlan, usedGb: number, jobId: number, knobs: RdsKnobs): number {
  const isFlash = plan.method === 'Snapshot' && spec.settings.category === 'Flash';
  const rule = knobs.durations[isFlash ? 'Flash' : plan.method];
  const jitter = 0.8 + diceOf(`${knobs.seed}:${jobId}`, 401) / 1000;
  return Math.max(1, Math.round(Math.min(rule.maxMs, (rule.baseMs + rule.perGbMs * usedGb) * jitter)));
}

export function makeSet(job: JobState, backupId: number, endedAt: Instant): SetState {
  const { id: jobId, startedAt, outcome, mode, method, type, databases, retentionDays } = job;
  return {
    id: String(backupId),
    jobId,
    startedAt,
    endedAt,
    outcome,
    mode,
    method,
    type,
    ...(databases === undefined ? {} : { databases }),
    sizeBytes: outcome === 'Failed' ? 0 : job.sizeBytes,
    expiresAt: retentionDays === -1 ? null : instant(endedAt + retentionDays * DAY_MS),
  };
}

/** How a job looks from outside at a moment of its life. */
export interface JobProgress {
  readonly status: 'NoStart' | 'Preparing' | 'Waiting' | 'Checking' | 'Uploading';
  readonly percent: number;
}

/** The documents name the states but not their order or share of the time: an assumption. */
const STAGES: readonly (readonly [until: number, status: JobProgress['status']])[] = [
  [0.02, 'NoStart'],
  [0.1, 'Preparing'],
  [0.15, 'Waiting'],
  [0.25, 'Checking'],
];

/** A job that never ends stays at half. */
const STUCK_AT = 0.5;

export function progressOf(job: Pick<JobState, 'startedAt' | 'endsAt' | 'nominalMs'>, asOf: Instant): JobProgress {
  const reached = Math.max(0, asOf - job.startedAt) / job.nominalMs;
  const share = Math.min(job.endsAt === null ? STUCK_AT : 0.99, reached);
  const status = STAGES.find(([until]) => share < until)?.[1] ?? 'Uploading';
  return { status, percent: status === 'NoStart' ? 0 : Math.floor(share * 100) };
}
