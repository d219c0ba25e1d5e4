// Decides whether an extra backup is worth making: a good set of the same scope may be fresh enough.
import { DAY_MS, type Instant, plusMs } from '../base/instant';
import type { BackupMethod, BackupSet, BackupSpec } from '../domain/backup';
import type { ExtraBackupRule } from '../domain/protection-policy';
import type { Slot } from '../domain/slot';
import { covers } from './scope';

/** The look-back of every observation: the cap's window, and the longest backup that may have ended in it at its usual length. */
const MIN_LOOK_BACK_MS = 2 * DAY_MS;

export interface FreshnessQuestion {
  readonly rule: Pick<ExtraBackupRule, 'freshForMs' | 'method' | 'type'>;
  readonly spec: BackupSpec;
  readonly occurrence: Instant;
  readonly sets: readonly BackupSet[];
}

/**
 * The newest good set that makes a backup for this occurrence unnecessary: successful, available, covering the scope, and started no
 * more than `freshFor` before the occurrence (or after it). Measured from the occurrence, so that the verdict of a slot does not depend on the tick that looks.
 * A method or `type: full` that the rule asks for must be met.
 */
export function freshSetFor(question: FreshnessQuestion): BackupSet | undefined {
  const { rule, spec, occurrence, sets } = question;
  if (rule.freshForMs === undefined) return undefined;
  const from = plusMs(occurrence, -rule.freshForMs);
  let newest: BackupSet | undefined;
  for (const set of sets) {
    if (set.startedAt < from || !isGood(set) || !covers(set.scope, spec.scope)) continue;
    if (!isMethodGoodEnough(set.method, rule.method, spec.method)) continue;
    if (rule.type === 'full' && set.type !== 'full') continue;
    if (newest === undefined || isNewer(set, newest)) newest = set;
  }
  return newest;
}

/** How far back from `asOf` sets must be listed so that these slots can be decided: for the cap, and for `freshFor` before the oldest slot. */
export function observationLookBackMs(
  due: readonly { readonly rule: Pick<ExtraBackupRule, 'freshForMs'>; readonly slot: Pick<Slot, 'occurrence'> }[],
  maxJobMs: number,
  asOf: Instant,
): number {
  const forFreshness = due.map(({ rule, slot }) => asOf - slot.occurrence + (rule.freshForMs ?? 0));
  return Math.max(MIN_LOOK_BACK_MS, DAY_MS + maxJobMs, ...forFreshness);
}

/** A copy that can be restored from today. */
export function isGood(set: BackupSet): boolean {
  return set.status === 'success' && set.isAvailable;
}

/** Where the rule names no method, physical and snapshot sets stand for each other; a logical dump stands for neither, as it has no recovery to a point in time. */
export function isMethodGoodEnough(found: BackupMethod, asked: BackupMethod | undefined, ours: BackupMethod): boolean {
  if (found === ours) return true;
  return asked === undefined && found !== 'logical' && ours !== 'logical';
}

function isNewer(set: BackupSet, than: BackupSet): boolean {
  return set.startedAt > than.startedAt || (set.startedAt === than.startedAt && set.id > than.id);
}
