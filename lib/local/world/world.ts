// The world of the local RDS: its state, the only way to change it (append to the journal, then apply), and the passage of time.
import type { Instant } from '../../base/instant';
import type { Journal, JournalOwner } from '../kinds';
import { type Agenda, makeAgenda } from './agenda';
import { nextAutomatic } from './automatic';
import { type BackupOrder, planManualBackup } from './backup-rules';
import { applyDelta, makeEmptyState, snapshotDeltas, type WorldDelta, type WorldState } from './deltas';
import { makeJob } from './jobs';
import type { RdsKnobs } from './knobs';
import { type ManualSetSketch, plantSets } from './planted-sets';
import { releaseChanges } from './released';
import { settingsChanges } from './settings-changes';
import { planSettings, type SettingsOrder } from './settings-rules';
import { changesAt, type IdSource, momentBesides, nextMoment } from './settle';
import type { BackupSettings, InstanceSpec, InstanceState, LateRequest, NextJob } from './state';

/** Turns a late request into the changes it makes at its moment; none when it is refused then. */
export type LateHandler = (request: LateRequest) => readonly WorldDelta[];

export interface World {
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
  postpone(request: LateRequest): void;
  setLateHandler(handler: LateHandler): void;

  /** A backup that somebody orders in the console: same rules, same refusals. Returns its job id. */
  humanBackup(instanceId: string, order?: BackupOrder): string;
  /** What the next job of the instance, manual or automatic, will do. */
  planNextJob(instanceId: string, plan: NextJob): void;
  /** Changes what the instance is: stop it, lock it, give it other settings. */
  changeInstance(instanceId: string, change: Partial<InstanceSpec>): void;
  deleteSet(instanceId: string, backupId: string): void;
  /** Lays down manual sets of the past beside those that are there. Returns their ids, in the order of the sketches. */
  addSets(instanceId: string, sketches: readonly ManualSetSketch[]): readonly string[];
  /** Somebody releases the instance: it is in no list any more, and its sets are kept for a while. */
  releaseInstance(instanceId: string): void;
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
  const get = (instanceId: string): InstanceState => {
    settle(options.now());
    const found = state.instances.get(instanceId);
    if (found === undefined || found.releasedAt !== undefined) throw new RangeError(`no instance ${instanceId} in the local world`);
    return found;
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
    postpone: (request) => commit([{ kind: 'late-request', request }]),
    setLateHandler: (handler) => {
      handleLate = handler;
    },
    humanBackup: (instanceId, order = {}) => {
      const { jobId, changes } = planBackup(get(instanceId), order, options.now());
      commit(changes);
      return jobId;
    },
    planNextJob: (instanceId, plan) => commit([{ kind: 'next-job', instanceId: get(instanceId).spec.id, plan }]),
    changeInstance: (instanceId, change) => {
      const spec = { ...get(instanceId).spec, ...change };
      const changes: WorldDelta[] = [{ kind: 'instance', spec }];
      // Other settings mean other times from here on.
      if (change.settings !== undefined) changes.push({ kind: 'automatic', instanceId, at: nextAutomatic(spec, options.now()) ?? null });
      commit(changes);
    },
    deleteSet: (instanceId, backupId) => commit([{ kind: 'set-removed', instanceId: get(instanceId).spec.id, backupId }]),
    addSets: (instanceId, sketches) => {
      const { added, sets, starts } = plantSets(get(instanceId), sketches, { now: options.now(), ids: makeIdSource(state), knobs });
      commit([{ kind: 'history', instanceId, sets, starts }]);
      return added.map((set) => set.id);
    },
    releaseInstance: (instanceId) => commit(releaseChanges(get(instanceId), options.now())),
  };
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

function makeIdSource(state: WorldState): IdSource {
  let { lastJobId, lastBackupId } = state;
  return {
    jobId: () => {
      lastJobId += 1;
      return lastJobId;
    },
    backupId: () => {
      lastBackupId += 1;
      return lastBackupId;
    },
  };
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
