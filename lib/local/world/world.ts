// The world of the local RDS: its state, the only way to change it (append to the journal, then apply), and the passage of time.
import type { Instant } from '../../base/instant';
import type { Journal, JournalOwner } from '../kinds';
import { type Agenda, makeAgenda } from './agenda';
import { type BackupOrder, planManualBackup } from './backup-rules';
import type { CrossRegionSettings, OrderState } from './copy-state';
import { crossRegionChanges } from './cross-region-changes';
import { type CrossRegionOrder, planCrossRegion } from './cross-region-rules';
import type { CustomDisk, CustomSnapshotState } from './custom-state';
import { applyDelta, makeEmptyState, snapshotDeltas, type WorldDelta, type WorldState } from './deltas';
import { makeIdSource } from './ids';
import { makeJob } from './jobs';
import type { RdsKnobs } from './knobs';
import { makePlanting, type Planting } from './planting';
import type { OwnedCopy } from './restore-rules';
import { settingsChanges } from './settings-changes';
import { planSettings, type SettingsOrder } from './settings-rules';
import { changesAt, type IdSource, momentBesides, nextMoment } from './settle';
import type { BackupSettings, InstanceState, LateRequest } from './state';

/** Turns a late request into the changes it makes at its moment; none when it is refused then. */
export type LateHandler = (request: LateRequest) => readonly WorldDelta[];

export interface World extends Planting {
  readonly knobs: RdsKnobs;
  /** When the world was made; undefined while it is new. */
  createdAt(): Instant | undefined;
  /** Lets time pass up to `now`, in the order of time. */
  settle(now: Instant): void;
  /** One atomic change of the world. */
  commit(changes: readonly WorldDelta[]): void;
  find(instanceId: string): InstanceState | undefined;
  all(): Iterable<InstanceState>;
  /** The instances of an account and region, by id; released ones too while sets of theirs are kept. */
  instancesIn(accountId: string, regionId: string): readonly InstanceState[];
  /** The changes that start a manual backup now, or the documented refusal. */
  planBackup(instance: InstanceState, order: BackupOrder, now: Instant): { readonly jobId: string; readonly changes: readonly WorldDelta[] };
  /** The settings after a write of one mode, and the changes that it makes now; or the documented refusal. */
  planSettings(instance: InstanceState, order: SettingsOrder, now: Instant): { readonly settings: BackupSettings; readonly changes: readonly WorldDelta[] };
  /** The cross-region settings after a write, undefined where they have never been on, and the changes that it makes now; or the documented refusal. */
  planCrossRegion(
    instance: InstanceState,
    order: CrossRegionOrder,
    now: Instant,
  ): { readonly settings: CrossRegionSettings | undefined; readonly changes: readonly WorldDelta[] };
  /** The copy of that id, expired ones and those on their way included, with its instance. */
  findCopy(copyId: string): OwnedCopy | undefined;
  /** What was ordered with this client token. */
  findOrder(key: string): OrderState | undefined;
  /** Ids for changes that are committed at once. */
  nextIds(): IdSource;
  customDisks(): Iterable<CustomDisk>;
  customSnapshots(): Iterable<CustomSnapshotState>;
  postpone(request: LateRequest): void;
  setLateHandler(handler: LateHandler): void;
}

/** The state with its part in the journal: made before the journal is opened, because the replay fills it. */
export interface JournalledState {
  readonly state: WorldState;
  readonly owner: JournalOwner;
}

export function makeJournalledState(): JournalledState {
  const state = makeEmptyState();
  return {
    state,
    owner: {
      stream: 'rds',
      // The stream holds what `commit` wrote, and nothing else.
      apply: (data) => applyDelta(state, data as WorldDelta),
      snapshot: () => snapshotDeltas(state),
    },
  };
}

export interface WorldOptions {
  readonly state: WorldState;
  readonly journal: Pick<Journal, 'append'>;
  readonly knobs: RdsKnobs;
  readonly now: () => Instant;
}

const LATE_PREFIX = 'late:';

/** The world over a state that is new or was replayed. */
export function makeWorld(options: WorldOptions): World {
  const { state, journal, knobs } = options;
  const agenda = makeAgenda();
  let handleLate: LateHandler = () => [];
  const index = makeRegionIndex(state);

  const commit = (changes: readonly WorldDelta[]): void => {
    if (changes.length === 0) return;
    journal.append(changes.map((data) => ({ stream: 'rds' as const, data })));
    for (const change of changes) {
      applyDelta(state, change);
      reschedule(agenda, state, change);
    }
  };
  const settle = (now: Instant): void => {
    for (;;) {
      const batch = dueChanges(state, agenda, now, knobs, (request) => [...handleLate(request), { kind: 'late-request-done', id: request.id }]);
      if (batch.length === 0) return;
      try {
        commit(batch);
      } catch (error) {
        // Nothing was applied: what was taken off the agenda is still to come.
        rescheduleAll(agenda, state);
        throw error;
      }
    }
  };
  const planBackup: World['planBackup'] = (instance, order, now) => {
    const plan = planManualBackup(instance, order, now, knobs);
    const job = makeJob(instance.spec, plan, state.lastJobId + 1, now, knobs, instance.nextJob);
    return { jobId: job.id, changes: [{ kind: 'job-started', instanceId: instance.spec.id, job }] };
  };
  const planSettingsChange: World['planSettings'] = (instance, order, now) => {
    const settings = planSettings(instance.spec, order);
    return { settings, changes: settingsChanges(instance, settings, now, knobs) };
  };
  const planCrossRegionChange: World['planCrossRegion'] = (instance, order, now) => {
    const settings = planCrossRegion(instance, order, now, knobs);
    return { settings, changes: crossRegionChanges(instance, settings, { now, knobs, ids: makeIdSource(state) }) };
  };
  rescheduleAll(agenda, state);
  return {
    knobs,
    createdAt: () => state.created?.at,
    settle,
    commit,
    find: (instanceId) => state.instances.get(instanceId),
    all: () => state.instances.values(),
    instancesIn: index,
    planBackup,
    planSettings: planSettingsChange,
    planCrossRegion: planCrossRegionChange,
    findCopy: (copyId) => findCopy(state, copyId),
    findOrder: (key) => state.orders.get(key),
    nextIds: () => makeIdSource(state),
    customDisks: () => state.disks.values(),
    customSnapshots: () => state.snapshots.values(),
    postpone: (request) => commit([{ kind: 'late-request', request }]),
    setLateHandler: (handler) => {
      handleLate = handler;
    },
    ...makePlanting({ state, knobs, now: options.now, settle, commit, planBackup }),
  };
}

function findCopy(state: WorldState, copyId: string): OwnedCopy | undefined {
  const instance = state.instances.get(state.copyOwners.get(copyId) ?? '');
  const copy = instance?.copies.find((candidate) => candidate.id === copyId);
  return instance === undefined || copy === undefined ? undefined : { instance, copy };
}

function reschedule(agenda: Agenda, state: WorldState, change: WorldDelta): void {
  if (change.kind === 'late-request') agenda.set(`${LATE_PREFIX}${change.request.id}`, change.request.at);
  else if (change.kind === 'late-request-done') agenda.set(`${LATE_PREFIX}${change.id}`, undefined);
  else if ('instanceId' in change) {
    const instance = state.instances.get(change.instanceId);
    agenda.set(change.instanceId, instance === undefined ? undefined : nextMoment(instance));
  }
}

function rescheduleAll(agenda: Agenda, state: WorldState): void {
  for (const [instanceId, instance] of state.instances) agenda.set(instanceId, nextMoment(instance));
  for (const request of state.late.values()) agenda.set(`${LATE_PREFIX}${request.id}`, request.at);
}

/**
 * The changes of the next due moments: as many as can be decided before any of them is applied, so that a fleet's night costs few
 * writes. It stops where one of them leads to something earlier than the next; a late request is a batch of its own.
 */
function dueChanges(state: WorldState, agenda: Agenda, now: Instant, knobs: RdsKnobs, runLate: LateHandler): readonly WorldDelta[] {
  const batch: WorldDelta[] = [];
  const ids = makeIdSource(state);
  let horizon = Number.POSITIVE_INFINITY;
  for (let due = agenda.peek(); due !== undefined && due.at <= now && due.at < horizon; due = agenda.peek()) {
    const request = due.key.startsWith(LATE_PREFIX) ? state.late.get(due.key.slice(LATE_PREFIX.length)) : undefined;
    if (request !== undefined && batch.length > 0) return batch;
    agenda.pop();
    if (request !== undefined) return runLate(request);
    const instance = state.instances.get(due.key);
    if (instance === undefined) continue;
    const changes = changesAt(instance, due.at, ids, knobs);
    batch.push(...changes);
    horizon = Math.min(horizon, momentBesides(instance, changes) ?? horizon, ...changes.map(followUpOf));
  }
  return batch;
}

/** The moment that a change brings about. */
function followUpOf(change: WorldDelta): number {
  if (change.kind === 'job-started') return change.job.endsAt ?? Number.POSITIVE_INFINITY;
  return change.kind === 'automatic' ? (change.at ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** Lists are asked for page by page: the order is worked out once, until an instance comes or goes. */
function makeRegionIndex(state: WorldState): World['instancesIn'] {
  let membership = -1;
  let regions = new Map<string, InstanceState[]>();
  return (accountId, regionId) => {
    if (membership !== state.membership) {
      regions = new Map();
      membership = state.membership;
      for (const instance of [...state.instances.values()].sort((a, b) => (a.spec.id < b.spec.id ? -1 : 1))) {
        const key = `${instance.spec.accountId}|${instance.spec.regionId}`;
        const members = regions.get(key) ?? [];
        members.push(instance);
        regions.set(key, members);
      }
    }
    return regions.get(`${accountId}|${regionId}`) ?? [];
  };
}
