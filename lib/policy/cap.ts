// Decides whether a backup may still be made today: the daily cap, counted over rolling 24 hours, with what is reserved for others.
import { DAY_MS, formatInstant, HOUR_MS, type Instant, instant, plusMs } from '../base/instant';
import type { BackupJob, BackupMode, BackupSet } from '../domain/backup';
import type { Guard, Reservation, SeenSet } from '../domain/guard';
import type { CapPolicy } from '../domain/protection-policy';
import { type CapPool, type Intent, isTerminal } from '../domain/slot';

/** The next automatic backup comes about 24 hours after the last one, within a window of an hour: a younger one has met the reserve. */
const AUTOMATIC_IS_RECENT_MS = 22 * HOUR_MS;

/** What is known of an instance's use of the cap. Older observations are safe: what they miss is in the guard. */
export interface CapSituation {
  readonly cap: CapPolicy;
  readonly guard: Guard;
  /** All sets that may have ended in the last 24 hours. */
  readonly sets: readonly BackupSet[];
  readonly runningJobs: readonly BackupJob[];
  /** The instance's intents, as far back as its reservations go. */
  readonly intents: readonly Intent[];
  /** The slot that asks. Its own reservation, if any, does not stand in its way. */
  readonly slotId: string;
  readonly asOf: Instant;
  readonly maxJobMs: number;
}

export interface CapQuestion extends CapSituation {
  readonly units: number;
  readonly pool: CapPool;
}

export type CapDecision =
  | { readonly granted: true; readonly guard: Guard; readonly reason: string }
  | {
      readonly granted: false;
      readonly verdict: 'cap-exhausted' | 'cap-reserved';
      /** When enough will have aged out; undefined: more is wanted than the cap will ever give. */
      readonly until: Instant | undefined;
      readonly reason: string;
      readonly guard: Guard;
    };

/** One thing that uses up the cap. */
interface Counted {
  readonly kind: 'set' | 'reservation' | 'job';
  readonly units: number;
  readonly until: Instant;
}

interface Usage {
  readonly counted: readonly Counted[];
  readonly used: number;
  /** The reservations of other slots that still count. */
  readonly reservations: readonly Reservation[];
  readonly seen: readonly SeenSet[];
}

/**
 * Grants or refuses `units` of the cap. The day boundary of the real cap is not documented; the strictest reading is a rolling window in which a set counts
 * until 24 hours after its end, which covers calendar days in any time zone as well. A granted guard carries the reservation; it takes effect only
 * when its compare-and-swap succeeds. Asking again for the same slot reserves once.
 */
export function decideCap(question: CapQuestion): CapDecision {
  const { cap, units } = question;
  const usage = usageOf(question);
  const guard = nextGuard(question, usage);
  const reserves = reservesOf(question, usage);
  const exhausted = guard.exhausted;
  if (exhausted !== undefined) return refuseExhausted(question, usage, guard, exhausted);

  const figures = describe(cap, usage, reserves, units);
  const excess = usage.used + units - cap.perDay;
  if (excess > 0) return { granted: false, verdict: 'cap-exhausted', until: freedAt(usage, excess), reason: figures, guard };
  const reserved = excess + reserves.automatic + reserves.preRelease;
  if (reserved > 0) return { granted: false, verdict: 'cap-reserved', until: freedAt(usage, reserved), reason: figures, guard };

  return { granted: true, guard: withReservation(question, guard, usage), reason: figures };
}

/**
 * How long to defer after the service said that the cap is used up: until the earliest of what we count ages out, at most 24 hours; 24 hours when we count
 * nothing. The asking slot's own reservation does not count: the service refused it.
 */
export function exhaustedUntil(situation: CapSituation): Instant {
  const limit = plusMs(situation.asOf, DAY_MS);
  return instant(Math.min(limit, ...usageOf(situation).counted.map((each) => each.until)));
}

function usageOf(situation: CapSituation): Usage {
  const { guard, sets, runningJobs, asOf, cap } = situation;
  const seen = seenSets(guard, sets, cap.counts, asOf);
  const ours = ourUsage(situation, new Map(sets.map((set) => [set.id, set.endedAt])));
  const counted = [...ours.counted];
  for (const set of seen) {
    if (!ours.sets.has(set.backupId)) counted.push({ kind: 'set', units: 1, until: plusMs(set.endedAt, DAY_MS) });
  }
  for (const job of runningJobs) {
    if (ours.jobs.has(job.id) || !countsMode(cap.counts, job.mode)) continue;
    counted.push({ kind: 'job', units: 1, until: plusMs(asOf, DAY_MS) });
  }
  return { counted, used: counted.reduce((sum, each) => sum + each.units, 0), reservations: ours.reservations, seen };
}

interface OurUsage {
  readonly counted: readonly Counted[];
  readonly reservations: readonly Reservation[];
  /** Sets and jobs that came of these reservations: not to be counted once more. */
  readonly sets: ReadonlySet<string>;
  readonly jobs: ReadonlySet<string>;
}

/** What the other slots' reservations still use. */
function ourUsage(situation: CapSituation, setEnds: ReadonlyMap<string, Instant>): OurUsage {
  const { guard, intents, slotId, asOf } = situation;
  const intentOf = new Map(intents.map((intent) => [intent.slotId, intent]));
  const counted: Counted[] = [];
  const reservations: Reservation[] = [];
  const linkedSets = new Set<string>();
  const linkedJobs = new Set<string>();
  for (const reservation of guard.reservations) {
    if (reservation.slotId === slotId) continue;
    const intent = intentOf.get(reservation.slotId);
    const until = reservationUntil(situation, reservation, intent, setEnds);
    if (until === undefined || until <= asOf) continue;
    reservations.push(reservation);
    counted.push({ kind: 'reservation', units: Math.max(reservation.units, 1), until });
    if (intent?.backupId !== undefined) linkedSets.add(intent.backupId);
    if (intent?.jobId !== undefined) linkedJobs.add(intent.jobId);
  }
  return { counted, reservations, sets: linkedSets, jobs: linkedJobs };
}

/** Until when a reservation counts; undefined when it is released because certainly nothing was made. */
function reservationUntil(
  situation: CapSituation,
  reservation: Reservation,
  intent: Intent | undefined,
  setEnds: ReadonlyMap<string, Instant>,
): Instant | undefined {
  const { asOf, maxJobMs } = situation;
  const latestEnd = plusMs(reservation.reservedAt, maxJobMs);
  if (intent === undefined) return plusMs(latestEnd, DAY_MS);
  if (!isTerminal(intent.state)) return plusMs(instant(Math.max(latestEnd, asOf)), DAY_MS);
  if (intent.state === 'missed' || intent.state === 'refused' || intent.state === 'unneeded') return undefined;
  const setEnd = intent.backupId === undefined ? undefined : setEnds.get(intent.backupId);
  const ends = [intent.endedAt, setEnd].filter((end) => end !== undefined);
  if (ends.length > 0) return plusMs(instant(Math.max(...ends)), DAY_MS);
  return plusMs(intent.sentAt ?? reservation.reservedAt, maxJobMs + DAY_MS);
}

/** What we saw before and see now, as long as it counts. The newer look wins. */
function seenSets(guard: Guard, sets: readonly BackupSet[], counts: CapPolicy['counts'], asOf: Instant): readonly SeenSet[] {
  const byId = new Map<string, SeenSet>();
  for (const set of guard.seen) byId.set(set.backupId, set);
  for (const { id, mode, startedAt, endedAt } of sets) byId.set(id, { backupId: id, mode, startedAt, endedAt });
  return [...byId.values()].filter((set) => countsMode(counts, set.mode) && plusMs(set.endedAt, DAY_MS) > asOf).sort(bySeen);
}

function countsMode(counts: CapPolicy['counts'], mode: BackupMode): boolean {
  return counts === 'all' || mode === 'manual';
}

interface Reserves {
  readonly automatic: number;
  readonly preRelease: number;
}

/** What is kept free for others: the automatic backup that is still to come, and (from ordinary backups only) the releases that have not used theirs. */
function reservesOf({ cap, pool, asOf }: CapQuestion, usage: Usage): Reserves {
  const recentAutomatics = usage.seen.filter((set) => set.mode === 'automated' && set.startedAt > asOf - AUTOMATIC_IS_RECENT_MS).length;
  const releaseUnits = usage.reservations.filter((each) => each.pool === 'release').reduce((sum, each) => sum + each.units, 0);
  return {
    automatic: cap.counts === 'manual' ? 0 : Math.max(0, cap.reserve.automatic - recentAutomatics),
    preRelease: pool === 'release' ? 0 : Math.max(0, cap.reserve.preRelease - releaseUnits),
  };
}

/**
 * The guard without what no longer counts; the very same object when nothing has changed, so that a refusal need not be written. The asking slot keeps a
 * reservation it has, also when it is refused now: another run may be making its call this very moment. It is released when the slot's
 * intent ends without a call.
 */
function nextGuard(question: CapQuestion, usage: Usage): Guard {
  const { guard, asOf } = question;
  const own = ownReservation(question);
  const reservations = [...usage.reservations, ...(own === undefined ? [] : [own])].sort(byReservation);
  const exhausted = guard.exhausted !== undefined && guard.exhausted.until > asOf ? guard.exhausted : undefined;
  const waitingReleases = guard.waitingReleases.filter((waiting) => waiting.until > asOf);
  const isSame =
    isSameList(guard.reservations, reservations, (a, b) => a === b) &&
    isSameList(guard.seen, usage.seen, isSameSet) &&
    guard.exhausted === exhausted &&
    guard.waitingReleases.length === waitingReleases.length;
  return isSame ? guard : { ...guard, reservations, seen: usage.seen, exhausted, waitingReleases };
}

function isSameList<T>(before: readonly T[], after: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return before.length === after.length && after.every((each) => before.some((other) => isSame(each, other)));
}

function isSameSet(a: SeenSet, b: SeenSet): boolean {
  return a.backupId === b.backupId && a.mode === b.mode && a.startedAt === b.startedAt && a.endedAt === b.endedAt;
}

/** Always a new guard, also when the reservation is there already: only a compare-and-swap proves that it still is. */
function withReservation(question: CapQuestion, guard: Guard, usage: Usage): Guard {
  const { slotId, pool, units, asOf } = question;
  const mine: Reservation = { slotId, pool, units, reservedAt: ownReservation(question)?.reservedAt ?? asOf };
  return { ...guard, reservations: [...usage.reservations, mine].sort(byReservation) };
}

function ownReservation({ guard, slotId }: CapQuestion): Reservation | undefined {
  return guard.reservations.find((reservation) => reservation.slotId === slotId);
}

function refuseExhausted({ cap, units }: CapQuestion, usage: Usage, guard: Guard, exhausted: NonNullable<Guard['exhausted']>): CapDecision {
  const ours = freedAt(usage, usage.used + units - cap.perDay);
  const until = instant(Math.max(exhausted.until, ours ?? 0));
  const reason = `the service said at ${formatInstant(exhausted.saidAt)} that the daily cap is used up (we count ${usage.used} of ${cap.perDay}); deferred until ${formatInstant(until)}`;
  return { granted: false, verdict: 'cap-exhausted', until, reason, guard };
}

/** When `excess` units will have aged out; undefined when there are not so many, or nothing need age out. */
function freedAt(usage: Usage, excess: number): Instant | undefined {
  let missing = excess;
  for (const each of [...usage.counted].sort((a, b) => a.until - b.until)) {
    if (missing > 0 && missing <= each.units) return each.until;
    missing -= each.units;
  }
  return undefined;
}

function describe(cap: CapPolicy, usage: Usage, reserves: Reserves, units: number): string {
  const count = (kind: Counted['kind']): number => usage.counted.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.units, 0);
  const parts = [`${count('set')} sets`, `${count('reservation')} by our own slots`, `${count('job')} running`].join(', ');
  const kept = `${reserves.automatic} kept for the automatic backup, ${reserves.preRelease} for releases`;
  return `${usage.used} of ${cap.perDay} backups of the last 24 hours are used (${parts}), ${kept}; this one needs ${units}`;
}

function byReservation(a: Reservation, b: Reservation): number {
  return a.reservedAt - b.reservedAt || compareText(a.slotId, b.slotId);
}

function bySeen(a: SeenSet, b: SeenSet): number {
  return a.startedAt - b.startedAt || compareText(a.backupId, b.backupId);
}

/** Of ids that differ. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
