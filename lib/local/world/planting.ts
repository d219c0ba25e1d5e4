// The local world's own hand: what tests, scenarios and the control endpoint do to it that is no operation of the service.
import type { Instant } from '../../base/instant';
import { DEFAULT_ACCOUNT_ID } from '../identities';
import { listedRefusal } from '../rds/errors';
import { nextAutomatic } from './automatic';
import type { BackupOrder } from './backup-rules';
import { pastCopies } from './copies';
import type { CopyFault, LogGap } from './copy-state';
import { type CustomDiskSketch, completeDisk } from './custom-disks';
import type { CustomSnapshotState, SnapshotUsage } from './custom-state';
import type { WorldDelta, WorldState } from './deltas';
import { makeIdSource } from './ids';
import type { RdsKnobs } from './knobs';
import { copyFaultChanges, gapChanges, makeOrphan, type OrphanSketch } from './planted-copies';
import { type ManualSetSketch, plantSets } from './planted-sets';
import { releaseChanges } from './released';
import type { InstanceSpec, InstanceState, NextJob } from './state';

/** All of these let the world catch up first, and throw a RangeError for what is not there. */
export interface Planting {
  /** A backup that somebody orders in the console: same rules, same refusals. Returns its job id. */
  humanBackup(instanceId: string, order?: BackupOrder): string;
  /** What the next job of the instance, manual or automatic, will do. */
  planNextJob(instanceId: string, plan: NextJob): void;
  /** Changes what the instance is: stop it, lock it, give it other settings. */
  changeInstance(instanceId: string, change: Partial<InstanceSpec>): void;
  deleteSet(instanceId: string, backupId: string): void;
  /** Lays down manual sets of the past beside those that are there. Returns their ids, in the order of the sketches. What ended while sets were copied has its copy. */
  addSets(instanceId: string, sketches: readonly ManualSetSketch[]): readonly string[];
  /** Somebody releases the instance: it is in no list any more, and its sets and copies are kept for a while. */
  releaseInstance(instanceId: string): void;
  /** What becomes of the copy of this set, or of the `next` one that the instance makes. */
  plantCopyFault(instanceId: string, backupId: string, fault: CopyFault): void;
  /** A copy of a set that was never here. Returns its id. */
  plantOrphanCopy(instanceId: string, sketch: OrphanSketch): string;
  /** Every log file that touches the time between these two is lost: in the other region, locally, or in both. */
  plantLogGap(instanceId: string, from: Instant, to: Instant, where?: LogGap['where']): void;
  /** The copy cannot be restored: for a reason that CheckCreateDdrDBInstance knows, or (null) without one. Undefined: it can, again. */
  setUnrestorable(copyId: string, code: string | null | undefined): void;
  /** A disk of RDS Custom. */
  addCustomDisk(sketch: CustomDiskSketch): void;
  /** What a snapshot of such a disk was used for, or what became of it. */
  changeCustomSnapshot(snapshotId: string, change: { readonly usage?: SnapshotUsage; readonly outcome?: CustomSnapshotState['outcome'] }): void;
}

export interface PlantingTools {
  readonly state: WorldState;
  readonly knobs: RdsKnobs;
  now(): Instant;
  settle(now: Instant): void;
  commit(changes: readonly WorldDelta[]): void;
  planBackup(instance: InstanceState, order: BackupOrder, now: Instant): { readonly jobId: string; readonly changes: readonly WorldDelta[] };
}

export function makePlanting(tools: PlantingTools): Planting {
  const { state, knobs, commit } = tools;
  const get = (instanceId: string): InstanceState => {
    tools.settle(tools.now());
    const found = state.instances.get(instanceId);
    if (found === undefined || found.releasedAt !== undefined) throw new RangeError(`no instance ${instanceId} in the local world`);
    return found;
  };
  return {
    humanBackup: (instanceId, order = {}) => {
      const { jobId, changes } = tools.planBackup(get(instanceId), order, tools.now());
      commit(changes);
      return jobId;
    },
    planNextJob: (instanceId, plan) => commit([{ kind: 'next-job', instanceId: get(instanceId).spec.id, plan }]),
    changeInstance: (instanceId, change) => {
      const spec = { ...get(instanceId).spec, ...change };
      const changes: WorldDelta[] = [{ kind: 'instance', spec }];
      // Other settings mean other times from here on.
      if (change.settings !== undefined) changes.push({ kind: 'automatic', instanceId, at: nextAutomatic(spec, tools.now()) ?? null });
      commit(changes);
    },
    deleteSet: (instanceId, backupId) => commit([{ kind: 'set-removed', instanceId: get(instanceId).spec.id, backupId }]),
    addSets: (instanceId, sketches) => {
      const found = get(instanceId);
      const options = { now: tools.now(), ids: makeIdSource(state), knobs };
      const { added, sets, starts } = plantSets(found, sketches, options);
      const { crossRegion } = found.spec;
      const copies = crossRegion?.isEnabled === true ? pastCopies(found.spec, added, crossRegion, options) : [];
      commit([{ kind: 'history', instanceId, sets, starts }, ...copies.map((copy) => ({ kind: 'copy', instanceId, copy }) as const)]);
      return added.map((set) => set.id);
    },
    releaseInstance: (instanceId) => commit(releaseChanges(get(instanceId), tools.now())),
    plantCopyFault: (instanceId, backupId, fault) => commit(copyFaultChanges(get(instanceId), backupId, fault)),
    plantOrphanCopy: (instanceId, sketch) => {
      const copy = makeOrphan(get(instanceId), sketch, tools.now(), makeIdSource(state));
      commit([{ kind: 'copy', instanceId, copy }]);
      return copy.id;
    },
    plantLogGap: (instanceId, from, to, where = 'copies') => commit(gapChanges(get(instanceId), { from, to, where })),
    setUnrestorable: (copyId, code) => commit(unrestorableChanges(state, copyId, code)),
    addCustomDisk: (sketch) => commit([{ kind: 'custom-disk', disk: completeDisk(sketch, DEFAULT_ACCOUNT_ID, tools.now()) }]),
    changeCustomSnapshot: (snapshotId, change) => {
      const snapshot = state.snapshots.get(snapshotId);
      if (snapshot === undefined) throw new RangeError(`no snapshot ${snapshotId} in the local world`);
      commit([{ kind: 'custom-snapshot', snapshot: { ...snapshot, ...change } }]);
    },
  };
}

function unrestorableChanges(state: WorldState, copyId: string, code: string | null | undefined): readonly WorldDelta[] {
  const instanceId = state.copyOwners.get(copyId) ?? '';
  const found = state.instances.get(instanceId)?.copies.find((copy) => copy.id === copyId);
  if (found === undefined) throw new RangeError(`no copy ${copyId} in the local world`);
  if (typeof code === 'string' && listedRefusal('CheckCreateDdrDBInstance', code) === undefined)
    throw new RangeError(`CheckCreateDdrDBInstance knows no ${code}`);
  const { unrestorable: _before, ...copy } = found;
  return [{ kind: 'copy', instanceId, copy: code === undefined ? copy : { ...copy, unrestorable: code } }];
}
