// Says what became of each local set and of each copy.
import { formatInstant, plusMs } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionCopy } from '../../domain/cross-region';
import { expiryText, isLater } from '../expiry';
import { copiedSince, copyExpiryOf, expectationOf, isOfCopiedKind, lookBackStart, RETENTION_TOLERANCE_MS } from './copyable';
import { isSameStart, pairByTime, START_TOLERANCE_MS, type TimePairs } from './pairing';
import { type LagBounds, lagBoundsOf, VISIBILITY_LAG_MS } from './sightings';
import type { CopiesInput, Pair } from './types';
import { durationText } from './words';

/** What can be wrong with a set or its copy, the gravest first. */
export const FAULTS = ['missing', 'failed', 'wrong-region', 'late', 'expiring-early', 'orphan'] as const;
export type Fault = (typeof FAULTS)[number];

export interface JudgedPair extends Pair {
  /** The set, or the copy that is of none. */
  readonly of: BackupSet | CrossRegionCopy;
  /** All that is wrong with it; `state` names the first. */
  readonly faults: readonly Fault[];
  readonly lag: LagBounds | undefined;
}

type Judgement = Pick<JudgedPair, 'state' | 'faults' | 'lag' | 'lagMs' | 'reason'>;

/** Every set, and every copy that is of none of them, oldest first. */
export function judgePairs(input: CopiesInput): readonly JudgedPair[] {
  const pairs = pairsOf(input);
  const ofSets = input.sets.map((set): JudgedPair => {
    const copy = pairs.matched.get(set);
    return { of: set, set, copy, ...(copy === undefined ? judgeAlone(set, pairs.ambiguousSets.has(set), input) : judgeMatched(set, copy, input)) };
  });
  const ofCopies = copiesLeft(input, pairs).map((copy): JudgedPair => ({ of: copy, set: undefined, copy, ...judgeStray(copy, pairs, input) }));
  return [...ofSets, ...ofCopies].sort(byStart);
}

/**
 * The one set whose copies the service should be asked for by the set's id: the newest that should have a copy by now, and for which times name none. Undefined in a
 * healthy world.
 */
export function newestUnmatched(input: CopiesInput): BackupSet | undefined {
  const { matched } = pairByTime(candidatesOf(input), input.copies ?? []);
  return newestWithout(matched, input);
}

function pairsOf(input: CopiesInput): TimePairs {
  const copies = input.copies ?? [];
  const sets = candidatesOf(input);
  const pairs = pairByTime(sets, copies);
  const newest = newestWithout(pairs.matched, input);
  const named = newest === undefined ? undefined : trustedCopy(newest, pairs, input);
  if (newest === undefined || named === undefined) return pairs;
  const others = pairByTime(
    sets.filter((set) => set !== newest),
    copies.filter(({ id }) => id !== named.id),
  );
  return { ...others, matched: new Map([...others.matched, [newest, named]]) };
}

/** A failed backup is never copied; everything else may have been. */
function candidatesOf({ sets }: CopiesInput): readonly BackupSet[] {
  return sets.filter(({ status }) => status === 'success');
}

function newestWithout(matched: TimePairs['matched'], input: CopiesInput): BackupSet | undefined {
  const awaited = input.sets.filter((set) => !matched.has(set) && isOverdue(set, input) && expectationOf(set, input).expected);
  return awaited.reduce<BackupSet | undefined>((newest, set) => (newest === undefined || isNewer(set, newest) ? set : newest), undefined);
}

/** One row with the same start that is nobody else's: whether the service's filter works as documented is not verified on a live account. */
function trustedCopy(set: BackupSet, { matched }: TimePairs, { named }: CopiesInput): CrossRegionCopy | undefined {
  const [row, ...more] = named.get(set.id) ?? [];
  if (row === undefined || more.length > 0 || !isSameStart(set, row)) return undefined;
  return [...matched.values()].some(({ id }) => id === row.id) ? undefined : row;
}

function judgeMatched(set: BackupSet, copy: CrossRegionCopy, input: CopiesInput): Judgement {
  const { settings, policy } = input;
  if (copy.status === 'failed') return fault('failed', `copy ${copy.id} of it failed`);
  const since = copiedSince(input);
  // What was there when copying began was copied later than its end says, and that is nobody's lag.
  const lag = since !== undefined && set.startedAt < since ? undefined : lagBoundsOf(set, copy, input);
  const faults: [Fault, string][] = [];
  if (settings.destination !== undefined && copy.region !== settings.destination) {
    faults.push(['wrong-region', `copy ${copy.id} is in ${copy.region}, and copies should be in ${settings.destination}`]);
  }
  if (lag !== undefined && lag.atLeastMs > policy.maxLagMs) {
    faults.push([
      'late',
      `copy ${copy.id} was not there ${durationText(lag.atLeastMs)} after the end of the backup; ${durationText(policy.maxLagMs)} are allowed`,
    ]);
  }
  const early = isOfCopiedKind(set, input.instance) ? earlyReason(set, copy, input) : undefined;
  if (early !== undefined) faults.push(['expiring-early', early]);
  const [first] = faults;
  const lagText = lag === undefined ? 'when it arrived is not known' : `it was there after ${durationText(lag.atMostMs)} at most`;
  return {
    state: first?.[0] ?? 'matched',
    faults: faults.map(([name]) => name),
    lag,
    lagMs: lag?.atMostMs,
    reason: first === undefined ? `copy ${copy.id}: ${lagText}` : faults.map(([, text]) => text).join('; '),
  };
}

function earlyReason({ expiresAt }: BackupSet, copy: CrossRegionCopy, { settings }: CopiesInput): string | undefined {
  const copyEnds = copyExpiryOf(copy.endedAt, settings);
  if (copyEnds === undefined || expiresAt === undefined || !isLater(expiresAt, plusMs(copyEnds, RETENTION_TOLERANCE_MS))) return undefined;
  return `copy ${copy.id} goes ${formatInstant(copyEnds)} (${settings.retentionDays} days), and the set is kept ${expiresAt === 'never' ? 'for ever' : `until ${expiryText(expiresAt)}`}`;
}

function judgeAlone(set: BackupSet, isAmbiguous: boolean, input: CopiesInput): Judgement {
  const { settings, policy, asOf, earlier } = input;
  const expectation = expectationOf(set, input);
  if (!expectation.expected) return plain(expectation.why === 'unknown' || input.copies === undefined ? 'unknown' : 'not-copied', expectation.reason);
  if (isAmbiguous) return plain('unknown', 'more than one copy fits it, or one copy fits more than one set, and nothing tells them apart');
  const gone = earlier?.get(set.id)?.copyId;
  if (gone !== undefined)
    return fault(
      'expiring-early',
      `copy ${gone} was there and is gone, and its retention is not over (${settings.retentionDays ?? 'an unknown number of'} days)`,
    );
  // Its age is left out: a finding that stands says the same in every run, or it would be news in every run.
  if (isOverdue(set, input))
    return fault('missing', `there is no copy although more than ${durationText(policy.maxLagMs)} have passed since the end of the backup`);
  return plain(
    'pending',
    `there is no copy yet, ${durationText(asOf - set.endedAt)} after the end of the backup; ${durationText(policy.maxLagMs)} are allowed`,
  );
}

/** A copy that is of none of the sets. */
function judgeStray(copy: CrossRegionCopy, { ambiguousCopies, spares }: TimePairs, input: CopiesInput): Judgement {
  if (ambiguousCopies.has(copy)) return plain('unknown', 'more than one set fits it, or one set fits more than one copy, and nothing tells them apart');
  if (spares.has(copy)) return plain(copy.status === 'failed' ? 'failed' : 'matched', 'its set has another copy');
  if (copy.status === 'failed') return plain('failed', 'its set is not there any more');
  const excuse = excuseOf(copy, input);
  return excuse === undefined ? fault('orphan', `copy ${copy.id} is of no local set, and its set should still be there`) : plain('matched', excuse);
}

/** Why a copy without a set is as it should be: local sets and copies are kept independently of each other. */
function excuseOf({ startedAt, endedAt }: CrossRegionCopy, input: CopiesInput): string | undefined {
  const { sets, asOf } = input;
  const oldest = Math.min(...candidatesOf(input).map((set) => set.startedAt));
  // At the very edge of what is looked at, its set may lie outside.
  if (startedAt < Math.max(oldest, lookBackStart(input) + START_TOLERANCE_MS))
    return 'it is older than all local sets that are listed: its own has gone, or lies outside';
  if (endedAt > asOf - VISIBILITY_LAG_MS) return 'its set may not be listed yet';
  const kept = sets.flatMap((set) => (typeof set.expiresAt === 'number' ? [set.expiresAt - set.endedAt] : []));
  const shortest = Math.min(...kept);
  return endedAt + shortest <= asOf + RETENTION_TOLERANCE_MS ? 'its set has gone by its retention' : undefined;
}

function copiesLeft({ copies }: CopiesInput, { matched }: TimePairs): readonly CrossRegionCopy[] {
  const taken = new Set([...matched.values()].map(({ id }) => id));
  return (copies ?? []).filter(({ id }) => !taken.has(id));
}

function isOverdue({ endedAt }: BackupSet, { asOf, policy }: CopiesInput): boolean {
  return asOf - endedAt > policy.maxLagMs;
}

function isNewer(a: BackupSet, b: BackupSet): boolean {
  return a.startedAt > b.startedAt || (a.startedAt === b.startedAt && a.id > b.id);
}

/** Sets before copies that start with them. */
function byStart(a: JudgedPair, b: JudgedPair): number {
  return a.of.startedAt - b.of.startedAt || Number(a.set === undefined) - Number(b.set === undefined) || (a.of.id < b.of.id ? -1 : 1);
}

function plain(state: Pair['state'], reason: string): Judgement {
  return { state, faults: [], lag: undefined, lagMs: undefined, reason };
}

function fault(name: Fault, reason: string): Judgement {
  return { state: name, faults: [name], lag: undefined, lagMs: undefined, reason };
}
