// Makes manual backup sets as if they had been made in the past, so that a history need not be lived through.
import { type Instant, plusMs } from '../../base/instant';
import { startsOf } from './cap';
import { isGone } from './deletion-rules';
import { makeJob, makeSet } from './jobs';
import type { RdsKnobs } from './knobs';
import type { IdSource } from './settle';
import type { BackupStart, InstanceSpec, InstanceState, JobOutcome, Method, SetState, SetType } from './state';

/** A manual set of the past: when it was started, and what is remarkable about it. */
export interface ManualSetSketch {
  /** It was started this long before now. */
  readonly agoMs: number;
  /**
   * Digits. Unless told the service's next number, which depends on everything made before: tell one where a test must know it, best
   * below 321000000, where the service's own begin.
   */
  readonly id?: string;
  /** That of the instance's settings unless told. */
  readonly method?: Method;
  /** A full one unless told. */
  readonly type?: SetType;
  /** For a database-level set. */
  readonly databases?: readonly string[];
  /** Finished unless told. */
  readonly outcome?: JobOutcome;
  /** From its end; -1 for ever. The instance's data retention unless told. */
  readonly keepDays?: number;
}

export interface PlantingOptions {
  readonly now: Instant;
  readonly ids: IdSource;
  readonly knobs: RdsKnobs;
}

/**
 * The sets of the sketches, in their order, and all that the instance then has. Throws a RangeError for a sketch of something that is not
 * there now (a set that has expired, or of the future), and for an id that is taken.
 */
export function plantSets(
  instance: InstanceState,
  sketches: readonly ManualSetSketch[],
  options: PlantingOptions,
): { readonly added: readonly SetState[]; readonly sets: readonly SetState[]; readonly starts: readonly BackupStart[] } {
  const added = sketches.map((sketch) => makeManualSet(instance.spec, sketch, options));
  const sets = [...instance.sets, ...added];
  if (new Set(sets.map((set) => set.id)).size < sets.length) throw new RangeError(`manual sets of ${instance.spec.id}: an id is taken`);
  return { added, sets, starts: [...instance.starts, ...startsOf(added, options.now)] };
}

function makeManualSet(spec: InstanceSpec, sketch: ManualSetSketch, { now, ids, knobs }: PlantingOptions): SetState {
  const { agoMs, id, method = spec.settings.method, type = 'FullBackup', databases, outcome = 'Finished' } = sketch;
  if (!Number.isSafeInteger(agoMs) || agoMs < 2) throw new RangeError(`a manual set of ${spec.id}: agoMs must lie in the past, got ${agoMs}`);
  if (id !== undefined && !/^[1-9]\d{0,14}$/.test(id)) throw new RangeError(`a manual set of ${spec.id}: an id is a number, got ${id}`);
  const retentionDays = sketch.keepDays ?? spec.settings.retentionDays;
  const plan = { mode: 'Manual', method, type, retentionDays, ...(databases === undefined ? {} : { databases }) } as const;
  const job = makeJob(spec, plan, ids.jobId(), plusMs(now, -agoMs), knobs, { outcome });
  // However big the instance is, its backup had ended half way to now.
  const endedAt = plusMs(job.startedAt, Math.min(job.nominalMs, Math.floor(agoMs / 2)));
  const set = makeSet(job, id === undefined ? ids.backupId() : Number(id), endedAt);
  if (!isGone(set, now)) return set;
  throw new RangeError(`a manual set of ${spec.id}: started ${agoMs} ms ago and kept ${retentionDays} days, it has expired; give it more keepDays`);
}
