// Every way in which the world changes: the records of its journal, and what each does to the state.
import type { Instant } from '../../base/instant';
import { STARTS_KEPT_MS } from './cap';
import { applyCopyDelta, applyOtherDelta, type CopyDelta, isCopyDelta, type OtherDelta, snapshotCopies, snapshotOthers } from './copy-deltas';
import type { OrderState } from './copy-state';
import type { CustomDisk, CustomSnapshotState } from './custom-state';
import { completeSettings } from './settings';
import {
  type BackupStart,
  firstLogsSince,
  type InstanceSpec,
  type InstanceState,
  type JobState,
  type LateRequest,
  makeInstanceState,
  type NextJob,
  type SetState,
} from './state';

/** One change. Whole values, never differences, so that a replay needs nothing but the order. */
export type WorldDelta = InstanceDelta | CopyDelta | OtherDelta;

type InstanceDelta =
  | { readonly kind: 'created'; readonly at: Instant; readonly seed: number }
  | { readonly kind: 'counters'; readonly jobId: number; readonly backupId: number; readonly copyId?: number; readonly orderId?: number }
  | { readonly kind: 'instance'; readonly spec: InstanceSpec }
  | { readonly kind: 'history'; readonly instanceId: string; readonly sets: readonly SetState[]; readonly starts: readonly BackupStart[] }
  | { readonly kind: 'automatic'; readonly instanceId: string; readonly at: Instant | null }
  | { readonly kind: 'job-started'; readonly instanceId: string; readonly job: JobState }
  | { readonly kind: 'job-ended'; readonly instanceId: string; readonly set: SetState }
  | { readonly kind: 'set-removed'; readonly instanceId: string; readonly backupId: string }
  | { readonly kind: 'set-expiry'; readonly instanceId: string; readonly backupId: string; readonly expiresAt: Instant | null }
  | { readonly kind: 'next-job'; readonly instanceId: string; readonly plan: NextJob | null }
  /** Null: there are no logs any more. */
  | { readonly kind: 'logs'; readonly instanceId: string; readonly since: Instant | null }
  /** Null: it is not busy any more. */
  | { readonly kind: 'busy'; readonly instanceId: string; readonly until: Instant | null }
  | { readonly kind: 'released'; readonly instanceId: string; readonly at: Instant; readonly sets: readonly SetState[] }
  | { readonly kind: 'forgotten'; readonly instanceId: string }
  | { readonly kind: 'late-request'; readonly request: LateRequest }
  | { readonly kind: 'late-request-done'; readonly id: string };

/** The whole world, in memory. */
export interface WorldState {
  created: { readonly at: Instant; readonly seed: number } | undefined;
  readonly instances: Map<string, InstanceState>;
  readonly late: Map<string, LateRequest>;
  /** Grows with every instance that comes or goes. */
  membership: number;
  lastJobId: number;
  lastBackupId: number;
  lastCopyId: number;
  lastOrderId: number;
  /** The instance of each copy. */
  readonly copyOwners: Map<string, string>;
  /** By account, operation and client token. */
  readonly orders: Map<string, OrderState>;
  readonly disks: Map<string, CustomDisk>;
  readonly snapshots: Map<string, CustomSnapshotState>;
}

/** Below these no id is given: ids look like the service's (jobs int32, sets nine digits), and grow. */
const FIRST_JOB_ID = 5_200_000;
const FIRST_BACKUP_ID = 321_000_000;
/** Those of copies are short, those of orders long. */
const FIRST_COPY_ID = 140_000;
const FIRST_ORDER_ID = 211_111_110_000_000;

export function makeEmptyState(): WorldState {
  return {
    created: undefined,
    instances: new Map(),
    late: new Map(),
    membership: 0,
    lastJobId: FIRST_JOB_ID,
    lastBackupId: FIRST_BACKUP_ID,
    lastCopyId: FIRST_COPY_ID,
    lastOrderId: FIRST_ORDER_ID,
    copyOwners: new Map(),
    orders: new Map(),
    disks: new Map(),
    snapshots: new Map(),
  };
}

function instanceOf(state: WorldState, id: string): InstanceState {
  const found = state.instances.get(id);
  if (found === undefined) throw new RangeError(`the journal names an instance that it never made: ${id}`);
  return found;
}

function raiseCounters(state: WorldState, jobId: number, backupId: number): void {
  state.lastJobId = Math.max(state.lastJobId, jobId);
  state.lastBackupId = Math.max(state.lastBackupId, backupId);
}

/** Applies one change. Pure bookkeeping: all rules were decided before. */
export function applyDelta(state: WorldState, delta: WorldDelta): void {
  if (isCopyDelta(delta)) applyCopyDelta(state, instanceOf(state, delta.instanceId), delta);
  else applyCoreDelta(state, delta);
}

function applyCoreDelta(state: WorldState, delta: InstanceDelta | OtherDelta): void {
  switch (delta.kind) {
    case 'created':
      state.created = { at: delta.at, seed: delta.seed };
      return;
    case 'counters':
      raiseCounters(state, delta.jobId, delta.backupId);
      // Older journals count neither.
      state.lastCopyId = Math.max(state.lastCopyId, delta.copyId ?? 0);
      state.lastOrderId = Math.max(state.lastOrderId, delta.orderId ?? 0);
      return;
    case 'instance':
      applyInstance(state, delta.spec);
      return;
    case 'history':
      applyHistory(state, delta);
      return;
    case 'automatic':
      instanceOf(state, delta.instanceId).nextAutomaticAt = delta.at ?? undefined;
      return;
    case 'job-started':
      applyJobStarted(state, instanceOf(state, delta.instanceId), delta.job);
      return;
    case 'job-ended':
      applyJobEnded(state, instanceOf(state, delta.instanceId), delta.set);
      return;
    case 'set-removed': {
      const found = instanceOf(state, delta.instanceId);
      found.sets = found.sets.filter((set) => set.id !== delta.backupId);
      return;
    }
    case 'set-expiry': {
      const found = instanceOf(state, delta.instanceId);
      found.sets = found.sets.map((set) => (set.id === delta.backupId ? { ...set, expiresAt: delta.expiresAt } : set));
      return;
    }
    case 'next-job':
      instanceOf(state, delta.instanceId).nextJob = delta.plan ?? undefined;
      return;
    case 'logs':
      instanceOf(state, delta.instanceId).logsSince = delta.since ?? undefined;
      return;
    case 'busy':
      instanceOf(state, delta.instanceId).busyUntil = delta.until ?? undefined;
      return;
    case 'released':
      applyReleased(instanceOf(state, delta.instanceId), delta.at, delta.sets);
      return;
    case 'forgotten':
      for (const { id } of instanceOf(state, delta.instanceId).copies) state.copyOwners.delete(id);
      state.instances.delete(delta.instanceId);
      state.membership += 1;
      return;
    case 'late-request':
      state.late.set(delta.request.id, delta.request);
      return;
    case 'late-request-done':
      state.late.delete(delta.id);
      return;
    default:
      applyOtherDelta(state, delta);
  }
}

/** A journal of an older version knows fewer settings. */
function applyInstance(state: WorldState, recorded: InstanceSpec): void {
  const spec = { ...recorded, settings: completeSettings(recorded, recorded.settings) };
  const known = state.instances.get(spec.id);
  if (known !== undefined) {
    known.spec = spec;
    return;
  }
  state.instances.set(spec.id, makeInstanceState(spec));
  state.membership += 1;
}

function applyHistory(state: WorldState, delta: Extract<WorldDelta, { kind: 'history' }>): void {
  const found = instanceOf(state, delta.instanceId);
  found.sets = [...delta.sets];
  found.starts = [...delta.starts];
  for (const set of delta.sets) raiseCounters(state, Number(set.jobId), Number(set.id));
}

function applyJobStarted(state: WorldState, found: InstanceState, job: JobState): void {
  found.job = job;
  found.nextJob = undefined;
  found.starts = found.starts.filter((start) => start.at > job.startedAt - STARTS_KEPT_MS);
  found.starts.push({ at: job.startedAt, mode: job.mode });
  raiseCounters(state, Number(job.id), 0);
}

function applyReleased(found: InstanceState, at: Instant, sets: readonly SetState[]): void {
  found.releasedAt = at;
  found.sets = [...sets];
  found.job = undefined;
  found.nextJob = undefined;
  found.nextCopy = undefined;
  found.nextAutomaticAt = undefined;
  found.busyUntil = undefined;
  found.logsSince = undefined;
}

/** Expired sets go when the next one comes: lists never show them anyway. */
function applyJobEnded(state: WorldState, found: InstanceState, set: SetState): void {
  found.job = undefined;
  found.sets = found.sets.filter((other) => other.expiresAt === null || other.expiresAt > set.endedAt);
  found.sets.push(set);
  raiseCounters(state, Number(set.jobId), Number(set.id));
}

/** The state as changes that build it from nothing. */
export function* snapshotDeltas(state: WorldState): Iterable<WorldDelta> {
  if (state.created !== undefined) yield { kind: 'created', ...state.created };
  yield { kind: 'counters', jobId: state.lastJobId, backupId: state.lastBackupId, copyId: state.lastCopyId, orderId: state.lastOrderId };
  for (const [instanceId, found] of state.instances) {
    yield { kind: 'instance', spec: found.spec };
    // The job first: starting one adds to the starts, which the history then replaces.
    if (found.job !== undefined) yield { kind: 'job-started', instanceId, job: found.job };
    yield { kind: 'history', instanceId, sets: found.sets, starts: found.starts };
    if (found.releasedAt !== undefined) yield { kind: 'released', instanceId, at: found.releasedAt, sets: found.sets };
    else if (found.logsSince !== firstLogsSince(found.spec)) yield { kind: 'logs', instanceId, since: found.logsSince ?? null };
    if (found.busyUntil !== undefined) yield { kind: 'busy', instanceId, until: found.busyUntil };
    if (found.nextAutomaticAt !== undefined) yield { kind: 'automatic', instanceId, at: found.nextAutomaticAt };
    if (found.nextJob !== undefined) yield { kind: 'next-job', instanceId, plan: found.nextJob };
    yield* snapshotCopies(instanceId, found);
  }
  yield* snapshotOthers(state);
  for (const request of state.late.values()) yield { kind: 'late-request', request };
}
