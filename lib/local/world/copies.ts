// What becomes of a local set in the other region: whether it is copied, how long that takes, and how long the copy is kept.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { diceOf } from './automatic';
import type { CopyFault, CopyState, CrossRegionSettings } from './copy-state';
import type { WorldDelta } from './deltas';
import type { RdsKnobs } from './knobs';
import type { IdSource } from './settle';
import { type InstanceSpec, type InstanceState, isCloudDisk, type SetState } from './state';

const GB = 1024 ** 3;

/** Edition names of SQL Server's Cluster Edition: the API says AlwaysOn. */
const SQL_SERVER_CLUSTERS = ['cluster', 'AlwaysOn'];

/** Snapshots of SQL Server are copied in Cluster Edition only (help page of the feature). */
export function copiesSnapshots(spec: Pick<InstanceSpec, 'engine' | 'category'>): boolean {
  return spec.engine !== 'SQLServer' || SQL_SERVER_CLUSTERS.includes(spec.category);
}

/** Every good set is copied, whoever ordered it. */
function isCopied(spec: InstanceSpec, set: SetState): boolean {
  return set.outcome === 'Finished' && (set.method !== 'Snapshot' || copiesSnapshots(spec));
}

/** MySQL on cloud disks is copied, but this API shows no copies of it (RDS API, DescribeCrossRegionBackups), and nothing outlives the instance. */
export function isMySqlOnCloudDisk(spec: Pick<InstanceSpec, 'engine' | 'storageType'>): boolean {
  return spec.engine === 'MySQL' && isCloudDisk(spec);
}

/** The changes that a new set brings with it: its copy, when sets are copied. The copying begins when the set is there. */
export function copyChanges(instance: InstanceState, set: SetState, ids: IdSource, knobs: RdsKnobs): readonly WorldDelta[] {
  const { spec, nextCopy } = instance;
  const settings = spec.crossRegion;
  if (settings === undefined || !settings.isEnabled || !isCopied(spec, set)) return [];
  const instanceId = spec.id;
  const copy = faulty(makeCopy(set, settings, ids.copyId(), knobs), nextCopy);
  return [
    ...(copy === undefined ? [] : [{ kind: 'copy', instanceId, copy } as const]),
    ...(nextCopy === undefined ? [] : [{ kind: 'next-copy', instanceId, fault: null } as const]),
  ];
}

/** The copies of sets of the past, of those that ended while copying was on; what has expired meanwhile is left out. */
export function pastCopies(spec: InstanceSpec, sets: readonly SetState[], settings: CrossRegionSettings, options: CopyingOptions): readonly CopyState[] {
  const copied = sets.filter((set) => set.endedAt > settings.enabledAt).sort((a, b) => a.endedAt - b.endedAt);
  return copiesOf(spec, copied, settings, options);
}

/** The copies of all that is to be copied; what has expired meanwhile is left out. */
export function copiesOf(spec: InstanceSpec, sets: readonly SetState[], settings: CrossRegionSettings, options: CopyingOptions): readonly CopyState[] {
  return sets
    .filter((set) => isCopied(spec, set))
    .map((set) => makeCopy(set, settings, options.ids.copyId(), options.knobs))
    .filter((copy) => copy.expiresAt > options.now);
}

export interface CopyingOptions {
  readonly now: Instant;
  readonly ids: IdSource;
  readonly knobs: RdsKnobs;
}

/** Deterministic: the same copy of the same world takes the same time. */
export function makeCopy(set: SetState, settings: CrossRegionSettings, copyId: number, knobs: RdsKnobs): CopyState {
  const { lagBaseMs, lagPerGbMs, failPercent } = knobs.crossRegion;
  const isFailure = diceOf(`${knobs.seed}:copy:${copyId}`, 100) < failPercent;
  return {
    id: String(copyId),
    backupId: set.id,
    region: settings.destination,
    startedAt: set.startedAt,
    endedAt: set.endedAt,
    readyAt: plusMs(set.endedAt, lagBaseMs + lagPerGbMs * (set.sizeBytes / GB)),
    outcome: isFailure ? 'Failed' : 'Finished',
    method: set.method,
    type: set.type,
    ...(set.databases === undefined ? {} : { databases: set.databases }),
    sizeBytes: set.sizeBytes,
    expiresAt: expiryOf(set, settings.retentionDays),
  };
}

/** ASSUMED: counted from the end of the backup, as for local sets; the documents do not say. */
export function expiryOf(backup: { readonly endedAt: Instant }, retentionDays: number): Instant {
  return instant(backup.endedAt + retentionDays * DAY_MS);
}

/** The copy after what was planned for it; undefined when it never comes. */
export function faulty(copy: CopyState, fault: CopyFault | undefined): CopyState | undefined {
  switch (fault?.kind) {
    case undefined:
      return copy;
    case 'missing':
      return undefined;
    case 'failed':
      return { ...copy, outcome: 'Failed' };
    case 'late':
      return { ...copy, readyAt: plusMs(copy.endedAt, fault.lagMs) };
    case 'wrong-region':
      return { ...copy, region: fault.region };
    case 'expires-early':
      return { ...copy, expiresAt: plusMs(copy.endedAt, fault.afterMs) };
  }
}

/** Whether a caller sees it at that time: copied to its end, and not expired. */
export function isThere(copy: CopyState, at: Instant): boolean {
  return copy.readyAt <= at && copy.expiresAt > at;
}

/** Where it may be restored: MySQL on local disks in both regions, all others in the destination only (engine matrix). */
export function restoreRegionsOf(spec: InstanceSpec, copy: CopyState): readonly string[] {
  return spec.engine === 'MySQL' && !isCloudDisk(spec) ? [copy.region, spec.regionId] : [copy.region];
}
