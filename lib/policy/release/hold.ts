// Decides which hold a release places on a set, and what is made of the set once it stands.
import { formatInstant, type Instant } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { Hold } from '../../domain/guard';
import type { Release, ReleaseInstance } from '../../domain/release';
import { isGood } from '../freshness';
import { type HoldRefusal, type HoldWish, MAX_HOLD_TEXT } from '../hold-placement';
import { type ExpiringSet, effectiveUntil, effectText } from '../holds';

/** Who owns the holds of releases. */
const RELEASE_HOLD_OWNER = 'pre-release';

/** An instance whose set has been chosen: the end of its hold is written down before the hold is placed, so that every repeat places the same one. */
export interface ChosenMember extends ReleaseInstance {
  readonly backupId: string;
  readonly heldUntil: Instant;
}

export function isChosen(member: ReleaseInstance): member is ChosenMember {
  return member.status === 'pending' && member.backupId !== undefined && member.heldUntil !== undefined;
}

/** The same for every repeat: by the hold's id it is placed once per release, attempt, instance and set. */
export function releaseHold({ wish: { source, release }, attempt }: Release, { backupId, heldUntil }: ChosenMember): HoldWish {
  const reason = [...`release ${release} of ${source}, attempt ${attempt}`].slice(0, MAX_HOLD_TEXT).join('');
  return { target: { kind: 'set', backupId }, owner: RELEASE_HOLD_OWNER, reason, until: heldUntil };
}

/** What a set that cannot be used any more means: another one is looked for, unless it was this attempt's own: then only a new attempt makes another. */
function withoutSet(member: ChosenMember, reason: string): ReleaseInstance {
  const bare = { ...member, backupId: undefined, heldUntil: undefined, reason };
  return member.isReused ? { ...bare, jobId: undefined, isReused: false } : { ...bare, status: 'failed' };
}

/** The instance when its hold is refused. What changes by itself is waited for. */
export function refusedHold(member: ChosenMember, { code, message, hint }: HoldRefusal): ReleaseInstance {
  const reason = `${message}; ${hint}`;
  switch (code) {
    case 'set-being-deleted':
    case 'hold-in-the-past':
      return withoutSet(member, reason);
    case 'settings-being-changed':
      return { ...member, reason };
    case 'hold-text':
    case 'too-many-holds':
      return { ...member, status: 'failed', reason };
  }
}

/** The instance once its hold stands and the set was read again: passed, or without the set, when it is gone or no good. */
export function heldMember(member: ChosenMember, hold: Hold, set: BackupSet | undefined, expiring: readonly ExpiringSet[]): ReleaseInstance {
  if (set === undefined) return withoutSet(member, `backup set ${member.backupId} is not listed any more, now that it would be held`);
  if (!isGood(set)) return withoutSet(member, `backup set ${set.id} cannot be restored from, now that it would be held`);
  const reason = `backup set ${set.id} of ${formatInstant(set.startedAt)} is held until ${formatInstant(member.heldUntil)}; ${effectText(hold, expiring)}`;
  const { startedAt, endedAt } = set;
  return { ...member, status: 'passed', reason, startedAt, endedAt, holdId: hold.id, effectiveUntil: effectiveUntil(hold, expiring) };
}
