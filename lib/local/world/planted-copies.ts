// Plants what goes wrong with copies and logs, so that a test need not wait for it: the local world's own hand, no operation of the service.
import { type Instant, instant, plusMs } from '../../base/instant';
import { expiryOf, faulty } from './copies';
import type { CopyFault, CopyState, LogGap } from './copy-state';
import type { WorldDelta } from './deltas';
import type { IdSource } from './settle';
import type { InstanceState, Method } from './state';

/** A copy of a set that was never here. */
export interface OrphanSketch {
  /** Its backup was started this long before now. */
  readonly agoMs: number;
  /** The instance's destination unless told. */
  readonly region?: string;
  /** That of the instance's settings unless told. */
  readonly method?: Method;
  readonly sizeBytes?: number;
}

/** What a copy is kept without ever having been asked for. */
const ORPHAN_RETENTION_DAYS = 30;
const ORPHAN_MS = 10 * 60 * 1000;

/** The changes that hit the copy of this set, or of the next one that there will be. Throws a RangeError for a set that has no copy. */
export function copyFaultChanges(instance: InstanceState, backupId: string, fault: CopyFault): readonly WorldDelta[] {
  const instanceId = instance.spec.id;
  if (instance.spec.crossRegion?.isEnabled !== true) throw new RangeError(`${instanceId} is not copied to any region`);
  if (backupId === 'next') return [{ kind: 'next-copy', instanceId, fault }];
  if (!instance.copies.some((copy) => copy.backupId === backupId)) throw new RangeError(`${instanceId} has no copy of the set ${backupId}`);
  const copies = instance.copies.flatMap((copy) => (copy.backupId === backupId ? (faulty(copy, fault) ?? []) : [copy]));
  return [{ kind: 'copies', instanceId, copies }];
}

/** Throws a RangeError where no region is told and none can be known. */
export function makeOrphan(instance: InstanceState, sketch: OrphanSketch, now: Instant, ids: IdSource): CopyState {
  const { spec } = instance;
  const { agoMs, region = spec.crossRegion?.destination, method = spec.settings.method, sizeBytes = 1024 ** 3 } = sketch;
  if (region === undefined) throw new RangeError(`an orphan of ${spec.id}: tell its region`);
  if (!Number.isSafeInteger(agoMs) || agoMs < 2) throw new RangeError(`an orphan of ${spec.id}: agoMs must lie in the past, got ${agoMs}`);
  const startedAt = plusMs(now, -agoMs);
  const endedAt = instant(startedAt + Math.min(ORPHAN_MS, Math.floor(agoMs / 2)));
  return {
    id: String(ids.copyId()),
    backupId: null,
    region,
    startedAt,
    endedAt,
    readyAt: endedAt,
    outcome: 'Finished',
    method,
    type: 'FullBackup',
    sizeBytes,
    expiresAt: expiryOf({ endedAt }, spec.crossRegion?.retentionDays ?? ORPHAN_RETENTION_DAYS),
  };
}

/** Throws a RangeError for a gap that ends before it begins. */
export function gapChanges(instance: InstanceState, gap: LogGap): readonly WorldDelta[] {
  if (gap.to <= gap.from) throw new RangeError(`a log gap of ${instance.spec.id} must end after it begins`);
  return [{ kind: 'log-gaps', instanceId: instance.spec.id, gaps: [...instance.logGaps, gap] }];
}
