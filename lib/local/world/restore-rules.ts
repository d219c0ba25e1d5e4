// Decides whether a copy, a set or a point in time can be restored (RDS API, CheckCreateDdrDBInstance, CreateDdrInstance, CloneDBInstance).
import type { Instant } from '../../base/instant';
import { isThere, restoreRegionsOf } from './copies';
import type { CopyState } from './copy-state';
import { isGone } from './deletion-rules';
import type { RdsKnobs } from './knobs';
import { copySpan, localSpan, type RecoverySpan } from './recovery';
import type { DatabaseSpec, InstanceState } from './state';

/** Why a copy is no use for a new instance, in the service's own words. */
export type CopyRefusal =
  | 'InvalidBackupSetID.NotFound'
  | 'IncorrectBackupSetType'
  | 'IncorrectBackupSetMethod'
  | 'IncorrectBaksetVersion'
  | 'IncorrectDBInstanceType'
  | 'DisasterRestoreRegionNotMatched'
  | 'NoAvailableDisasterRestoreBakset'
  | 'InvalidDBInstance.NotFound';

/** A copy with the instance that it is of. */
export interface OwnedCopy {
  readonly instance: InstanceState;
  readonly copy: CopyState;
}

/** The instance that the data is to become. */
export interface Wish {
  readonly regionId: string;
  readonly engine: string;
  readonly engineVersion: string;
}

export type Verdict<T> = { readonly ok: T } | { readonly refused: CopyRefusal };

/** Whether a new instance can be made of the whole of this copy. */
export function judgeCopy(owned: OwnedCopy, wish: Wish, asOf: Instant): CopyRefusal | undefined {
  const { instance, copy } = owned;
  if (!isThere(copy, asOf) || copy.outcome === 'Failed') return 'NoAvailableDisasterRestoreBakset';
  // Dumps and single databases are restored into instances that are there.
  if (copy.method === 'Logical' || copy.databases !== undefined) return 'IncorrectBackupSetMethod';
  if (wish.engine !== instance.spec.engine) return 'IncorrectDBInstanceType';
  if (wish.engineVersion !== instance.spec.engineVersion) return 'IncorrectBaksetVersion';
  if (!restoreRegionsOf(instance.spec, copy).includes(wish.regionId)) return 'DisasterRestoreRegionNotMatched';
  return undefined;
}

/** The copy from whose logs a point in time can be had: the newest before it. */
export function copyForTime(instance: InstanceState, time: Instant, asOf: Instant, knobs: RdsKnobs): CopyState | undefined {
  return instance.copies.filter((copy) => isWithin(copySpan(instance, copy, asOf, knobs), time)).sort((a, b) => b.endedAt - a.endedAt)[0];
}

/** Whether a point in time lies where the instance's own sets and logs reach. */
export function isLocallyRestorable(instance: InstanceState, time: Instant, asOf: Instant, knobs: RdsKnobs): boolean {
  return isWithin(localSpan(instance, asOf, knobs), time);
}

function isWithin(span: RecoverySpan | string, time: Instant): boolean {
  return typeof span !== 'string' && span.from <= time && time <= span.to;
}

/** The databases that a set has: its own, or those of the instance that run. */
export function databasesIn(instance: InstanceState, set: { readonly databases?: readonly string[] }): readonly DatabaseSpec[] {
  const running = instance.spec.databases.filter((database) => database.status === 'Running');
  return set.databases?.map((name) => ({ name, status: 'Running' })) ?? running;
}

/** The good local set of that id; undefined for any other. */
export function usableSet(instance: InstanceState, backupId: string, asOf: Instant): InstanceState['sets'][number] | undefined {
  return instance.sets.find((set) => set.id === backupId && set.outcome === 'Finished' && !isGone(set, asOf));
}
