// The due sets that a run may keep longer: those that expire soonest, over the whole fleet, and never more than the run may change.
import type { BackupSet } from '../domain/backup';
import type { ExpiryDecision } from '../policy/expiry';
import type { TracedSubject } from './extend-subject';

export type Extension = Extract<ExpiryDecision, { action: 'extend' }>;

/** A set that is due, as it was listed. */
export interface DueSet {
  readonly subject: TracedSubject;
  readonly set: BackupSet & { readonly release: string | undefined };
  readonly decision: Extension;
}

export interface Agenda {
  readonly limit: number;
  /** How many sets were due and found no place. */
  readonly refused: number;
  readonly size: number;
  /** Enters a set. Returns the one that finds no place, if any: the set that expires last of all, which may be this one. */
  add(due: DueSet): DueSet | undefined;
  /** The soonest first. */
  inOrder(): readonly DueSet[];
}

/** Holds `limit` sets at most, so that the memory of a run does not grow with the fleet. */
export function makeAgenda(limit: number): Agenda {
  const entries: DueSet[] = [];
  let refused = 0;
  return {
    limit,
    get refused() {
      return refused;
    },
    get size() {
      return entries.length;
    },
    add: (due) => {
      entries.splice(placeOf(entries, due), 0, due);
      if (entries.length <= limit) return undefined;
      refused += 1;
      return entries.pop();
    },
    inOrder: () => [...entries],
  };
}

/** By binary search. */
function placeOf(entries: readonly DueSet[], due: DueSet): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && isSooner(entry, due)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Equal times are ordered by instance and set, so that a plan and its run choose the same. */
function isSooner(a: DueSet, b: DueSet): boolean {
  if (a.decision.expiresAt !== b.decision.expiresAt) return a.decision.expiresAt < b.decision.expiresAt;
  if (a.set.instanceId !== b.set.instanceId) return a.set.instanceId < b.set.instanceId;
  return a.set.id < b.set.id;
}
