// Decides which sets a hold covers, and until when it is really effective: a hold cannot stop the service's own expiry.
import { formatInstant, type Instant } from '../base/instant';
import type { Hold, HoldTarget } from '../domain/guard';
import { type Expiry, isLater } from './expiry';

/** What holds need to know of a set: its id, and the key of the request that it was made for (see releaseOfSlot). */
export interface HoldableSet {
  readonly id: string;
  readonly release: string | undefined;
}

export interface ExpiringSet extends HoldableSet {
  /** Undefined: the service does not say. */
  readonly expiresAt: Expiry | undefined;
  /** True when extend-expiry keeps it as long as it is held. */
  readonly isExtendable: boolean;
}

/** The holds that stand on the set at `asOf`, in their order. A hold ends at its `until`. */
export function holdsOn(set: HoldableSet, holds: readonly Hold[], asOf: Instant): readonly Hold[] {
  return holds.filter((hold) => isActive(hold, asOf) && covers(hold.target, set));
}

export function isActive({ until }: Hold, asOf: Instant): boolean {
  return until === undefined || until > asOf;
}

/** A hold on an instance covers every set of it, also sets that are made later. */
export function covers(target: HoldTarget, { id, release }: HoldableSet): boolean {
  switch (target.kind) {
    case 'instance':
      return true;
    case 'set':
      return target.backupId === id;
    case 'release':
      return target.release === release;
  }
}

/**
 * The end of the hold, or the earliest expiry of a set that it covers and that nobody can extend, whichever comes first. `never`: it has no end, and no such set ends.
 * Undefined where that cannot be said: the service does not say when such a set expires, or the held set or release has no set any more.
 */
export function effectiveUntil(hold: Hold, sets: readonly ExpiringSet[]): Expiry | undefined {
  const covered = sets.filter((set) => covers(hold.target, set));
  if (covered.length === 0 && hold.target.kind !== 'instance') return undefined;
  let end: Expiry = hold.until ?? 'never';
  for (const { expiresAt, isExtendable } of covered) {
    if (isExtendable) continue;
    if (expiresAt === undefined) return undefined;
    if (isLater(end, expiresAt)) end = expiresAt;
  }
  return end;
}

/** The same in words: what the service deletes in spite of the hold, and what is kept for it. */
export function effectText(hold: Hold, sets: readonly ExpiringSet[]): string {
  const covered = sets.filter((set) => covers(hold.target, set));
  if (covered.length === 0)
    return hold.target.kind === 'instance' ? 'the instance has no good set yet' : 'no good set of it is listed any more: nothing is held';
  const words: string[] = [];
  const [first, ...others] = lostSets(hold, covered);
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length} more before the hold ends`;
    words.push(`the service deletes set ${first.id} at ${formatInstant(first.at)} all the same${more}`);
  }
  const unknown = covered.filter(({ expiresAt, isExtendable }) => !isExtendable && expiresAt === undefined);
  if (unknown.length > 0) words.push(`the service does not say when it deletes ${namesOf(unknown)}`);
  const extendable = covered.filter(({ isExtendable }) => isExtendable);
  if (extendable.length > 0) words.push(`extend-expiry keeps ${namesOf(extendable)} at the service as long as the hold stands, which cannot be taken back`);
  return words.length > 0 ? words.join('; ') : `the service keeps ${namesOf(covered)} as long as the hold stands`;
}

/** What the service deletes before the hold ends, the earliest first. */
function lostSets({ until }: Hold, covered: readonly ExpiringSet[]): readonly { readonly id: string; readonly at: Instant }[] {
  return covered
    .flatMap(({ id, expiresAt, isExtendable }) => (isExtendable || typeof expiresAt !== 'number' ? [] : [{ id, at: expiresAt }]))
    .filter(({ at }) => until === undefined || at < until)
    .sort((a, b) => a.at - b.at);
}

function namesOf(sets: readonly ExpiringSet[]): string {
  return sets.length === 1 ? sets.map(({ id }) => `set ${id}`).join('') : `${sets.length} sets`;
}
