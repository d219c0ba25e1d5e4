// Finds what protects sets whatever the rules say: whose they are, holds, the floor, the recovery anchor, and incrementals that build on them.
import { DAY_MS, formatInstant } from '../../base/instant';
import type { Hold } from '../../domain/guard';
import { holdsOn } from '../holds';
import { type Candidate, spanText } from './buckets';
import { isFullInstanceSet, isOurs, isRestorableFull, outlives, successorHorizon } from './classify';
import type { KeepReason, RetentionInput, TracedSet } from './types';

const SERVICE: KeepReason = { cause: 'service', text: 'the service made it and expires it by the settings of the instance' };
const FOREIGN: KeepReason = { cause: 'foreign', text: 'it was not made through the keeper; to let the rules have it: keeper backups claim' };
const ADOPTED: KeepReason = {
  cause: 'foreign',
  text: 'it was adopted by its traces, so nobody knows that it is ours; to say that it is: keeper backups claim',
};
const FUTURE_DATED: KeepReason = { cause: 'future-dated', text: 'it started after the time that is decided for' };
const UNAVAILABLE: KeepReason = { cause: 'unavailable', text: 'it succeeded and is not available now; it may come back' };
const FLOOR_UNKNOWN: KeepReason = { cause: 'floor', text: 'it may count towards the floor: the service does not say when it expires' };
const ANCHOR_UNKNOWN: KeepReason = { cause: 'recovery-anchor', text: 'restores may have to start from it: nobody knows how far back the logs reach' };
const NEEDED: KeepReason = { cause: 'needed-by-incremental', text: 'an incremental set that stays builds on it' };

/** What log retention can be (RDS API, ModifyBackupPolicy). */
const LOG_RETENTION_DAYS = { least: 7, most: 730 };

/** Adds the reasons that lie in the sets themselves, in holds, in the floor and in the recovery window. `candidates` come newest first. */
export function protect(candidates: readonly Candidate[], input: RetentionInput): void {
  for (const { set, reasons } of candidates) protectSet(set, reasons, input);
  protectFloor(candidates, input);
  protectAnchor(candidates, input);
}

function protectSet(set: TracedSet, reasons: KeepReason[], { holds, asOf }: RetentionInput): void {
  if (set.mode === 'automated') reasons.push(SERVICE);
  else if (!isOurs(set)) reasons.push(set.origin === 'adopted' ? ADOPTED : FOREIGN);
  if (holds.length > 0) {
    for (const hold of holdsOn(set, holds, asOf)) reasons.push({ cause: 'held', text: holdText(hold) });
  }
  if (set.startedAt > asOf) reasons.push(FUTURE_DATED);
  if (set.status === 'success' && !set.isAvailable) reasons.push(UNAVAILABLE);
}

function holdText({ id, owner, reason, until }: Hold): string {
  return `hold ${id} of ${owner}: ${reason}, until ${until === undefined ? 'it is released' : formatInstant(until)}`;
}

/**
 * The newest restorable full sets of the whole instance that outlive the next two runs, of any origin. Where the service does not say when a set expires, it does not
 * count, and stays all the same while it could.
 */
function protectFloor(candidates: readonly Candidate[], input: RetentionInput): void {
  const { floor } = input.policy;
  const horizon = successorHorizon(input);
  let certain = 0;
  let possible = 0;
  for (const { set, reasons } of candidates) {
    if (certain >= floor) return;
    if (!isRestorableFull(set, input.asOf)) continue;
    const isLasting = outlives(set, horizon);
    if (isLasting === false) continue;
    possible += 1;
    if (isLasting) {
      certain += 1;
      reasons.push({ cause: 'floor', text: `floor ${certain} of ${floor}` });
    } else if (possible <= floor) reasons.push(FLOOR_UNKNOWN);
  }
}

/** How far back any point in time must stay restorable; a range where that is not known. Undefined: nothing has to. */
interface RecoveryWindow {
  readonly leastMs: number;
  readonly mostMs: number;
}

function recoveryWindowOf({ policy, settings, instance }: RetentionInput): RecoveryWindow | undefined {
  if (policy.recoveryWindowMs !== undefined) return { leastMs: policy.recoveryWindowMs, mostMs: policy.recoveryWindowMs };
  // The log backup of SQL Server cannot be switched off.
  const hasLogs = instance.engine === 'sqlserver' || settings?.logBackup;
  if (hasLogs === false) return undefined;
  const days = hasLogs === undefined ? undefined : settings?.logRetentionDays;
  return { leastMs: (days ?? LOG_RETENTION_DAYS.least) * DAY_MS, mostMs: (days ?? LOG_RETENTION_DAYS.most) * DAY_MS };
}

/**
 * A restore to a point in time starts from the newest full set before it: the one for the oldest wanted point stays. Where that one may expire before the next two runs,
 * the newest that certainly does not stays as well. Where the window is not known, every set that could be the one stays.
 */
function protectAnchor(candidates: readonly Candidate[], input: RetentionInput): void {
  const window = recoveryWindowOf(input);
  if (window === undefined) return;
  const horizon = successorHorizon(input);
  const oldest = input.asOf - window.mostMs;
  const reached = candidates.filter(({ set }) => set.endedAt <= input.asOf - window.leastMs && isRestorableFull(set, input.asOf));
  for (const { set, reasons } of reached) if (set.endedAt > oldest) reasons.push(ANCHOR_UNKNOWN);
  const before = reached.filter(({ set }) => set.endedAt <= oldest);
  const anchors = [before[0], before.find(({ set }) => outlives(set, horizon) !== false), before.find(({ set }) => outlives(set, horizon) === true)];
  const text = `the newest full set from before the recovery window of ${spanText(window.leastMs)}`;
  const reason: KeepReason = window.leastMs === window.mostMs ? { cause: 'recovery-anchor', text } : ANCHOR_UNKNOWN;
  for (const anchor of new Set(anchors)) anchor?.reasons.push(reason);
}

/**
 * Adds a reason to what a kept incremental set cannot be restored without: the newest full set of the whole instance before it, and the incremental ones between the
 * two. Asked last, when all that stays is known. `candidates` come newest first.
 */
export function protectChains(candidates: readonly Candidate[]): void {
  let links: Candidate[] = [];
  let isNeeded = false;
  for (const candidate of candidates) {
    const { set, reasons } = candidate;
    if (set.type === 'incremental' && set.status === 'success') {
      // The newest kept one needs those before it, and is needed by none.
      if (isNeeded) links.push(candidate);
      isNeeded ||= reasons.length > 0;
    } else if (isNeeded && isFullInstanceSet(set)) {
      for (const link of [...links, candidate]) link.reasons.push(NEEDED);
      links = [];
      isNeeded = false;
    }
  }
}
