// Decides whether a hold can be placed, and what it makes of the guard row: purge marks that it covers go, and one that is being acted on refuses it.
import { canonicalJson, shortHash } from '../base/hash';
import { DAY_MS, formatInstant, type Instant } from '../base/instant';
import type { Guard, Hold, HoldTarget } from '../domain/guard';
import { covers, isActive } from './holds';

/** A guard row keeps this many at most. */
export const MAX_HOLDS = 200;
/** The longest owner and reason, in characters. */
export const MAX_HOLD_TEXT = 256;
/** Ended holds stay to be seen for so long. */
const KEEP_ENDED_MS = 30 * DAY_MS;

export interface HoldWish {
  readonly target: HoldTarget;
  readonly owner: string;
  readonly reason: string;
  /** Undefined: until it is released. */
  readonly until: Instant | undefined;
}

/** Why a hold is refused. The code is stable; message and hint are for people. */
export interface HoldRefusal {
  readonly code: 'hold-text' | 'hold-in-the-past' | 'set-being-deleted' | 'too-many-holds';
  readonly message: string;
  readonly hint: string;
}

export type Placement =
  | { readonly kind: 'placed'; readonly hold: Hold; readonly guard: Guard; readonly unmarked: readonly string[] }
  /** The same hold was there before. */
  | { readonly kind: 'standing'; readonly hold: Hold }
  | { readonly kind: 'refused'; readonly refusal: HoldRefusal };

/** What is wrong with the wish itself, whatever the guard says. */
export function wishProblem({ owner, reason, until }: HoldWish, asOf: Instant): HoldRefusal | undefined {
  for (const [name, text] of [
    ['owner', owner],
    ['reason', reason],
  ] as const) {
    const length = text.trim() === '' ? 0 : [...text].length;
    if (length < 1 || length > MAX_HOLD_TEXT) {
      return {
        code: 'hold-text',
        message: `the ${name} of a hold has 1 to ${MAX_HOLD_TEXT} characters, this one has ${length}`,
        hint: `write a ${name} that others will understand`,
      };
    }
  }
  if (until === undefined || until > asOf) return undefined;
  return { code: 'hold-in-the-past', message: `a hold until ${formatInstant(until)} would have ended already`, hint: 'give it an end in the future, or none' };
}

/**
 * One write to the guard places the hold and takes back the marks that it covers. `releases` (backup set → key) tells which sets a release has. The hold's id comes from
 * what it says, so that placing it twice, also after a write whose answer was lost, places it once.
 */
export function placeHold(guard: Guard, wish: HoldWish, releases: ReadonlyMap<string, string>, asOf: Instant): Placement {
  const problem = wishProblem(wish, asOf);
  if (problem !== undefined) return { kind: 'refused', refusal: problem };
  const covered = guard.marks.filter(({ backupId }) => covers(wish.target, { id: backupId, release: releases.get(backupId) }));
  const deleting = covered.filter(({ state }) => state === 'deleting').map(({ backupId }) => backupId);
  if (deleting.length > 0) return { kind: 'refused', refusal: beingDeleted(guard.instanceId, deleting) };
  const id = holdIdOf(guard.instanceId, wish);
  const standing = guard.holds.find((hold) => hold.id === id);
  if (standing !== undefined) return { kind: 'standing', hold: standing };
  const others = roomFor(guard.holds, asOf);
  if (others === undefined) return { kind: 'refused', refusal: tooMany(guard.instanceId) };
  const { target, owner, reason, until } = wish;
  const hold: Hold = { id, target, owner, reason, placedAt: asOf, until };
  const marks = guard.marks.filter((mark) => !covered.includes(mark));
  return { kind: 'placed', hold, guard: { ...guard, holds: [...others, hold], marks }, unmarked: covered.map(({ backupId }) => backupId) };
}

export interface Release {
  readonly hold: Hold;
  readonly guard: Guard;
}

/** Undefined when the guard has no such hold. */
export function releaseHold(guard: Guard, holdId: string, asOf: Instant): Release | undefined {
  const hold = guard.holds.find(({ id }) => id === holdId);
  if (hold === undefined) return undefined;
  return { hold, guard: { ...guard, holds: withoutLongEnded(guard.holds, asOf).filter(({ id }) => id !== holdId) } };
}

function holdIdOf(instanceId: string, { target, owner, reason, until }: HoldWish): string {
  return `h-${shortHash(canonicalJson({ instanceId, target, owner, reason, until }), 10)}`;
}

function withoutLongEnded(holds: readonly Hold[], asOf: Instant): readonly Hold[] {
  return holds.filter(({ until }) => until === undefined || asOf - until <= KEEP_ENDED_MS);
}

/** The holds that stay beside a new one. Ended ones make room where there is none. */
function roomFor(holds: readonly Hold[], asOf: Instant): readonly Hold[] | undefined {
  const stay = withoutLongEnded(holds, asOf);
  if (stay.length < MAX_HOLDS) return stay;
  const active = stay.filter((hold) => isActive(hold, asOf));
  return active.length < MAX_HOLDS ? active : undefined;
}

function beingDeleted(instanceId: string, backupIds: readonly string[]): HoldRefusal {
  const [sets, verb] = backupIds.length === 1 ? ['backup set', 'is'] : ['backup sets', 'are'];
  return {
    code: 'set-being-deleted',
    message: `${sets} ${backupIds.join(', ')} of ${instanceId} ${verb} being deleted: no hold can be placed on it any more`,
    hint: 'wait for the next run of retention-hygiene, which says what became of it; then place the hold on what is left',
  };
}

function tooMany(instanceId: string): HoldRefusal {
  return {
    code: 'too-many-holds',
    message: `instance ${instanceId} has ${MAX_HOLDS} holds, which is as many as it can have`,
    hint: `release those that nobody needs: keeper hold list --instance ${instanceId}`,
  };
}
