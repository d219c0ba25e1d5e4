// Founds a new world: turns a fleet into the changes that make it, with a plausible past.
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS } from '../../base/instant';
import { DEFAULT_ACCOUNT_ID } from '../identities';
import { nextAutomatic } from '../world/automatic';
import { startsOf } from '../world/cap';
import { type CopyingOptions, faulty, pastCopies } from '../world/copies';
import type { CopyState, CrossRegionSettings } from '../world/copy-state';
import { completeDisk } from '../world/custom-disks';
import { isGone } from '../world/deletion-rules';
import type { WorldDelta } from '../world/deltas';
import { makeIdSource } from '../world/ids';
import { type BackupPlan, makeJob, makeSet } from '../world/jobs';
import type { RdsKnobs } from '../world/knobs';
import { plantSets } from '../world/planted-sets';
import { automaticPlan, type IdSource } from '../world/settle';
import { type InstanceSpec, type InstanceState, makeInstanceState } from '../world/state';
import { type CrossRegionSketch, completeInstance, type FleetMember, type FleetSpec, type InstanceHistory } from './spec';

const DEFAULT_HISTORY: InstanceHistory = { days: 14 };

/** Since when sets are copied, unless told. */
const COPIED_FOR_MS = 300 * DAY_MS;

/** Instances per batch: a big fleet is written in pieces. */
const BATCH = 500;

export interface FoundingOptions {
  readonly now: Instant;
  readonly knobs: RdsKnobs;
  readonly firstJobId: number;
  readonly firstBackupId: number;
  readonly firstCopyId: number;
}

/** The batches of changes that found the world. The mark `created` comes last: a founding that was cut short is begun anew. */
export function* foundWorld(fleet: FleetSpec, options: FoundingOptions): Iterable<readonly WorldDelta[]> {
  const ids = makeIdSource({ lastJobId: options.firstJobId, lastBackupId: options.firstBackupId, lastCopyId: options.firstCopyId, lastOrderId: 0 });
  let batch: WorldDelta[] = [];
  let members = 0;
  for (const member of fleet.members()) {
    batch.push(...foundInstance(member, options, ids));
    members += 1;
    if (members % BATCH !== 0) continue;
    yield batch;
    batch = [];
  }
  const disks = (fleet.customDisks ?? []).map((sketch) => completeDisk(sketch, DEFAULT_ACCOUNT_ID, options.now));
  batch.push(...disks.map((disk) => ({ kind: 'custom-disk', disk }) as const));
  yield [...batch, { kind: 'created', at: options.now, seed: options.knobs.seed }];
}

function foundInstance(member: FleetMember, options: FoundingOptions, ids: IdSource): readonly WorldDelta[] {
  const { history = DEFAULT_HISTORY, crossRegion: copying, ...sketch } = member;
  const { now, knobs } = options;
  const crossRegion = copying === undefined ? undefined : settingsOf(copying, now);
  const spec = { ...completeInstance(sketch, now), ...(crossRegion === undefined ? {} : { crossRegion }) };
  const past = makeInstanceState(spec);
  liveAutomatically(past, history.days, options, ids);
  addForeignSets(past, history.foreignToday ?? 0, options, ids);
  const { added } = plantSets(past, history.manualSets ?? [], { now, ids, knobs });
  past.sets.push(...added);
  const sets = past.sets.filter((set) => !isGone(set, now));
  const starts = startsOf(past.sets, now);
  const instanceId = spec.id;
  const changes: WorldDelta[] = [
    { kind: 'instance', spec },
    { kind: 'history', instanceId, sets, starts },
    { kind: 'automatic', instanceId, at: nextAutomatic(spec, now) ?? null },
  ];
  if (crossRegion !== undefined) changes.push({ kind: 'copies', instanceId, copies: foundCopies(past, crossRegion, member, { now, knobs, ids }) });
  if (history.runningJob === true) {
    const job = makeJob(spec, manualPlan(spec), ids.jobId(), instant(now - 10 * MINUTE_MS), knobs, { durationMs: HOUR_MS });
    changes.push({ kind: 'job-started', instanceId, job });
  }
  if (history.nextJob !== undefined) changes.push({ kind: 'next-job', instanceId, plan: history.nextJob });
  return changes;
}

function settingsOf(sketch: CrossRegionSketch, now: Instant): CrossRegionSettings {
  const { destination, retentionDays = 30, logs = false, enabledAgoMs = COPIED_FOR_MS, isOff = false } = sketch;
  const enabledAt = instant(now - enabledAgoMs);
  const to = isOff ? now : null;
  return {
    isEnabled: !isOff,
    destination,
    retentionDays,
    copiesLogs: logs && !isOff,
    enabledAt,
    logsEnabledAt: logs ? enabledAt : null,
    logPeriods: logs ? [{ region: destination, from: enabledAt, to }] : [],
  };
}

/** Of every set since copying was switched on, those that are gone here by now included. */
function foundCopies(past: InstanceState, settings: CrossRegionSettings, member: FleetMember, options: CopyingOptions): readonly CopyState[] {
  const copies = pastCopies(past.spec, past.sets, settings, options);
  const newest = copies.at(-1);
  if (newest === undefined) return copies;
  const hit = faulty(newest, member.crossRegion?.newestCopy);
  return [...copies.slice(0, -1), ...(hit === undefined ? [] : [hit])];
}

/** The automatic backups that would have been made, had the world been there. */
function liveAutomatically(past: InstanceState, days: number, options: FoundingOptions, ids: IdSource): void {
  const { now, knobs } = options;
  if (past.spec.role !== 'Primary') return;
  const began = instant(Math.max(now - days * DAY_MS, past.spec.createdAt));
  for (let at = nextAutomatic(past.spec, began); at !== undefined && at <= now; at = nextAutomatic(past.spec, at)) {
    const job = makeJob(past.spec, automaticPlan(past, at), ids.jobId(), at, knobs, undefined);
    if (job.endsAt === null || job.endsAt > now) return;
    past.sets.push(makeSet(job, ids.backupId(), job.endsAt));
  }
}

function manualPlan(spec: InstanceSpec): BackupPlan {
  return { mode: 'Manual', method: spec.settings.method, type: 'FullBackup', retentionDays: spec.settings.retentionDays };
}

const UTC8_MS = 8 * HOUR_MS;
const FOREIGN_SPAN_MS = 10 * HOUR_MS;

/** Spread so that all of them lie in today's day of UTC+8, the default day of the cap; each short enough not to touch the next. */
function addForeignSets(past: InstanceState, count: number, options: FoundingOptions, ids: IdSource): void {
  const { now, knobs } = options;
  const dayBegan = Math.floor((now + UTC8_MS) / DAY_MS) * DAY_MS - UTC8_MS;
  const from = Math.max(dayBegan, now - FOREIGN_SPAN_MS);
  const stepMs = Math.floor((now - from) / (count + 1));
  for (let n = 0; n < count; n += 1) {
    const durationMs = Math.max(1, Math.min(MINUTE_MS, Math.floor(stepMs / 2)));
    const job = makeJob(past.spec, manualPlan(past.spec), ids.jobId(), instant(from + n * stepMs), knobs, { durationMs });
    past.sets.push(makeSet(job, ids.backupId(), instant(job.startedAt + durationMs)));
  }
}
