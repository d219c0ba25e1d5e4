// Finds which copy is of which local set. The service names no source, so times tell, then whether the copy is good, then sizes.
import { MINUTE_MS } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionCopy } from '../../domain/cross-region';

/** Lists of sets may say minutes where lists of copies say seconds; one job at a time runs on an instance, so starts this close, of what is of the same kind, mean the same backup. */
export const START_TOLERANCE_MS = 2 * MINUTE_MS;

export interface TimePairs {
  /** No set and no copy is in two pairs. */
  readonly matched: ReadonlyMap<BackupSet, CrossRegionCopy>;
  /** Copies and sets that fit each other in more than one way: nobody can tell. */
  readonly ambiguousSets: ReadonlySet<BackupSet>;
  readonly ambiguousCopies: ReadonlySet<CrossRegionCopy>;
  /** Further copies of sets that have one. */
  readonly spares: ReadonlySet<CrossRegionCopy>;
}

/** A set and a copy that may be of it. The smaller its distance, compared member by member, the better they fit. */
interface Fit {
  readonly set: BackupSet;
  readonly copy: CrossRegionCopy;
  readonly distance: readonly number[];
  /** All fits of the set and of the copy, this one among them. */
  readonly ofSet: readonly Fit[];
  readonly ofCopy: readonly Fit[];
}

/**
 * Pairs what fits better with each other than with anything else, best first, until nothing more is clear. The order of the lists never matters. Two equal copies of
 * one set are no riddle: one is its copy, the other a spare.
 */
export function pairByTime(sets: readonly BackupSet[], copies: readonly CrossRegionCopy[]): TimePairs {
  const fits = fitsOf(sets, copies);
  const matched = new Map<BackupSet, CrossRegionCopy>();
  const taken = new Set<CrossRegionCopy>();
  const isOpen = ({ set, copy }: Fit): boolean => !matched.has(set) && !taken.has(copy);
  let open = fits;
  let pairs: number;
  do {
    pairs = matched.size;
    for (const { set, copy } of open.filter((fit) => isClear(fit, isOpen))) {
      matched.set(set, copy);
      taken.add(copy);
    }
    open = open.filter(isOpen);
  } while (matched.size > pairs);
  const ambiguousCopies = new Set(open.map(({ copy }) => copy));
  const spares = fits.map(({ copy }) => copy).filter((copy) => !taken.has(copy) && !ambiguousCopies.has(copy));
  return { matched, ambiguousSets: new Set(open.map(({ set }) => set)), ambiguousCopies, spares: new Set(spares) };
}

/** True when the two lists speak of the same start: exactly, or in the same minute where the set's has no seconds. */
export function isSameStart(set: Pick<BackupSet, 'startedAt'>, copy: Pick<CrossRegionCopy, 'startedAt'>): boolean {
  return timeDistance(set.startedAt, copy.startedAt) === 0;
}

function fitsOf(sets: readonly BackupSet[], copies: readonly CrossRegionCopy[]): readonly Fit[] {
  const candidates = copies.map((copy) => ({ copy, ofCopy: [] as Fit[] }));
  return sets.flatMap((set) => {
    const ofSet: Fit[] = [];
    for (const { copy, ofCopy } of candidates) {
      if (Math.abs(copy.startedAt - set.startedAt) > START_TOLERANCE_MS) continue;
      if (!isSameStart(set, copy) && contradictionsOf(set, copy) > 0) continue;
      const fit = { set, copy, distance: distanceOf(set, copy), ofSet, ofCopy };
      ofSet.push(fit);
      ofCopy.push(fit);
    }
    return ofSet;
  });
}

/** In the order of weight. */
function distanceOf(set: BackupSet, copy: CrossRegionCopy): readonly number[] {
  return [
    timeDistance(set.startedAt, copy.startedAt),
    copy.status === 'failed' ? 1 : 0,
    timeDistance(set.endedAt, copy.endedAt),
    contradictionsOf(set, copy),
    isConsistentWithin(set, copy) ? 0 : 1,
    Math.abs(set.sizeBytes - copy.sizeBytes),
  ];
}

/** In how many ways the two are said to be something else. What starts at another time, too, is something else. */
function contradictionsOf(set: BackupSet, copy: CrossRegionCopy): number {
  const contradictions = [
    copy.method !== undefined && copy.method !== set.method,
    copy.type !== set.type,
    copy.scope !== 'unknown' && set.scope.kind !== 'unknown' && copy.scope !== set.scope.kind,
  ];
  return contradictions.filter(Boolean).length;
}

function timeDistance(local: number, copied: number): number {
  const isSameMinute = local % MINUTE_MS === 0 && Math.floor(copied / MINUTE_MS) * MINUTE_MS === local;
  return isSameMinute ? 0 : Math.abs(local - copied);
}

function isConsistentWithin({ startedAt, endedAt }: BackupSet, { consistentAt }: CrossRegionCopy): boolean {
  return consistentAt === undefined || (consistentAt >= startedAt - START_TOLERANCE_MS && consistentAt <= endedAt + START_TOLERANCE_MS);
}

function isClear(fit: Fit, isOpen: (fit: Fit) => boolean): boolean {
  const isAlone = ({ ofCopy }: Fit): boolean => ofCopy.filter(isOpen).length === 1;
  const beatsForSet = (rival: Fit): boolean => {
    const order = compareDistances(fit.distance, rival.distance);
    return order < 0 || (order === 0 && isAlone(fit) && isAlone(rival) && fit.copy.id < rival.copy.id);
  };
  const beatsForCopy = (rival: Fit): boolean => compareDistances(fit.distance, rival.distance) < 0;
  const rivals = (fits: readonly Fit[]): readonly Fit[] => fits.filter((rival) => rival !== fit && isOpen(rival));
  return rivals(fit.ofSet).every(beatsForSet) && rivals(fit.ofCopy).every(beatsForCopy);
}

function compareDistances(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((value, index) => value !== b[index]);
  return first < 0 ? 0 : Number(a[first]) - Number(b[first]);
}
