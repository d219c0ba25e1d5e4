// Keeps what runs have seen of copies, and measures lag by it: the service does not say when a copy arrived.
import { type Instant, MINUTE_MS } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionCopy } from '../../domain/cross-region';
import type { CopiesInput, EarlierSight, Pair } from './types';

/** A set may be listed this long after its backup is complete: DescribeBackups lags behind the jobs. */
export const VISIBILITY_LAG_MS = 15 * MINUTE_MS;

/** How long a copy took from the end of its backup: it was not there yet after `atLeastMs`, and was there after `atMostMs`. */
export interface LagBounds {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/**
 * A run that knew the set and did not find its copy says how long it took at least. Without one, the run before the first sight must have been so early that it could
 * not know the set: anything else (a longer look-back, a lost history) only looks like a lag, and gives undefined.
 */
export function lagBoundsOf(set: BackupSet, { id, endedAt }: CrossRegionCopy, { firstSeen, earlier, asOf }: CopiesInput): LagBounds | undefined {
  const seenAt = firstSeen?.get(id) ?? asOf;
  const atMostMs = Math.max(0, seenAt - endedAt);
  const absentAt = earlier?.get(set.id)?.absentAt;
  if (absentAt !== undefined) return { atLeastMs: Math.max(0, absentAt - endedAt), atMostMs };
  const looks = [...(firstSeen?.values() ?? []), ...[...(earlier?.values() ?? [])].map((sight) => sight.absentAt)];
  const before = looks.filter((at) => at !== undefined && at < seenAt).map(Number);
  const isBracketed = before.length > 0 && Math.max(...before) <= endedAt + VISIBILITY_LAG_MS;
  return isBracketed ? { atLeastMs: 0, atMostMs } : undefined;
}

/** The first sight of every copy that is listed now. Where copies could not be listed, what was known stays. */
export function keptFirstSeen({ copies, named, firstSeen, asOf }: CopiesInput): ReadonlyMap<string, Instant> {
  if (copies === undefined) return firstSeen ?? new Map();
  const listed = [...copies, ...[...named.values()].flat()];
  return new Map(listed.map(({ id }) => [id, firstSeen?.get(id) ?? asOf]));
}

/** What is known of the sets that are listed now. Where copies could not be listed, what was known stays. */
export function keptEarlier(pairs: readonly Pair[], { copies, earlier, asOf }: CopiesInput): ReadonlyMap<string, EarlierSight> {
  if (copies === undefined) return earlier ?? new Map();
  const kept = new Map<string, EarlierSight>();
  for (const { set, copy, state } of pairs) {
    if (set === undefined) continue;
    const known = earlier?.get(set.id);
    const isAwaited = state === 'pending' || state === 'missing';
    const sight = { copyId: copy?.id ?? known?.copyId, absentAt: isAwaited ? asOf : known?.absentAt };
    if (sight.copyId !== undefined || sight.absentAt !== undefined) kept.set(set.id, sight);
  }
  return kept;
}
