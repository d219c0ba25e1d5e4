// To which points in time an instance or one of its copies can be brought back: from a set on, as far as its logs go without a gap.
import type { Instant } from '../../base/instant';
import { isThere } from './copies';
import type { CopyState } from './copy-state';
import { isGone } from './deletion-rules';
import type { RdsKnobs } from './knobs';
import { copiedLogs, type LogPiece, localLogs } from './log-files';
import type { InstanceState } from './state';

/** Any point in [from, to]. */
export interface RecoverySpan {
  readonly from: Instant;
  readonly to: Instant;
}

/** Why there is none: no set to begin with, or no logs after it. */
export type RecoveryLack = 'no-backup' | 'no-logs';

interface Base {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: 'Finished' | 'Failed';
  readonly method: string;
  readonly databases?: readonly string[];
}

/** Logs can be laid over whole instances only, and not over dumps. */
function isBase(set: Base): boolean {
  return set.outcome === 'Finished' && set.method !== 'Logical' && set.databases === undefined;
}

/** The newest stretch without a gap, from its oldest set on. */
export function localSpan(instance: InstanceState, asOf: Instant, knobs: RdsKnobs): RecoverySpan | RecoveryLack {
  const bases = instance.sets.filter((set) => isBase(set) && set.endedAt <= asOf && !isGone(set, asOf)).sort((a, b) => a.startedAt - b.startedAt);
  const oldest = bases[0];
  if (oldest === undefined) return 'no-backup';
  const logs = localLogs(instance, { from: oldest.startedAt, to: asOf }, asOf, knobs);
  const stretch = lastStretch(logs);
  if (stretch === undefined) return 'no-logs';
  const base = bases.find((set) => set.startedAt >= stretch.from && set.endedAt <= stretch.to);
  return base === undefined ? 'no-logs' : { from: base.endedAt, to: stretch.to };
}

/** From the end of the copy's backup as far as copied logs go on from it: to that end alone while the first of them are on their way. */
export function copySpan(instance: InstanceState, copy: CopyState, asOf: Instant, knobs: RdsKnobs): RecoverySpan | RecoveryLack {
  if (!isThere(copy, asOf) || !isBase(copy)) return 'no-backup';
  const logs = copiedLogs(instance, { from: copy.startedAt, to: asOf }, asOf, knobs).filter((piece) => piece.region === copy.region);
  const stretch = firstStretch(logs);
  if (stretch !== undefined && stretch.from <= copy.startedAt && stretch.to > copy.endedAt) return { from: copy.endedAt, to: stretch.to };
  return isAwaited(instance, copy, asOf, knobs) ? { from: copy.endedAt, to: copy.endedAt } : 'no-logs';
}

/** The file over the end of the backup has not had the time to come. */
function isAwaited(instance: InstanceState, copy: CopyState, asOf: Instant, { logs: { fileMs, copyMs } }: RdsKnobs): boolean {
  const periods = instance.spec.crossRegion?.logPeriods ?? [];
  const isGoing = periods.some((period) => period.to === null && period.region === copy.region && period.from <= copy.startedAt);
  return isGoing && instance.logsSince !== undefined && (Math.floor(copy.endedAt / fileMs) + 1) * fileMs + copyMs > asOf;
}

function firstStretch(pieces: readonly LogPiece[]): RecoverySpan | undefined {
  const [first, ...rest] = pieces;
  if (first === undefined) return undefined;
  let to = first.to;
  for (const piece of rest) {
    if (piece.from > to) break;
    to = piece.to;
  }
  return { from: first.from, to };
}

function lastStretch(pieces: readonly LogPiece[]): RecoverySpan | undefined {
  const last = pieces.at(-1);
  if (last === undefined) return undefined;
  let from = last.from;
  for (const piece of pieces.slice(0, -1).reverse()) {
    if (piece.to < from) break;
    from = piece.from;
  }
  return { from, to: last.to };
}
