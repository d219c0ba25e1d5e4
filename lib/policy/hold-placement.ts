// Decides whether a hold can be placed, and what it makes of the guard row: purge marks that it covers go, and what is being destroyed cannot be held any more.
import { canonicalJson, shortHash } from '../base/hash';
import { DAY_MS, formatInstant, type Instant, instant, plusMs } from '../base/instant';
import type { Correction, Guard, Hold, HoldTarget, PurgeMark } from '../domain/guard';
import { covers, isActive } from './holds';
import { DELETING_MS, settledAt } from './retention/phase';

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
  readonly code: 'hold-text' | 'hold-in-the-past' | 'set-being-deleted' | 'settings-being-changed' | 'too-many-holds';
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
 * One write to the guard places the hold and takes back the marks that it covers, also those of calls that failed and can no longer take effect. `releases` (backup set → key) tells which sets a release has. The hold's id comes from
 * what it says, so that placing it twice, also after a write whose answer was lost, places it once.
 */
export function placeHold(guard: Guard, wish: HoldWish, releases: ReadonlyMap<string, string>, asOf: Instant): Placement {
  const problem = wishProblem(wish, asOf);
  if (problem !== undefined) return { kind: 'refused', refusal: problem };
  const covered = guard.marks.filter(({ backupId }) => covers(wish.target, { id: backupId, release: releases.get(backupId) }));
  const deleting = covered.filter((mark) => mark.state === 'deleting' && asOf < settledAt(mark));
  if (deleting.length > 0) return { kind: 'refused', refusal: beingDeleted(guard.instanceId, deleting) };
  const dropping = guard.corrections.filter(({ isDestructive, at }) => isDestructive === true && asOf < plusMs(at, DELETING_MS));
  if (dropping.length > 0) return { kind: 'refused', refusal: beingDropped(guard.instanceId, dropping) };
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

function beingDeleted(instanceId: string, marks: readonly PurgeMark[]): HoldRefusal {
  const [sets, verb, it] = marks.length === 1 ? ['backup set', 'is', 'it'] : ['backup sets', 'are', 'them'];
  return {
    code: 'set-being-deleted',
    message: `${sets} ${marks.map(({ backupId }) => backupId).join(', ')} of ${instanceId} ${verb} being deleted: no hold can be placed on ${it} any more`,
    hint: `the call can take effect until ${latest(marks.map(settledAt))}: place the hold after that, on what the next run of retention-hygiene has not found gone`,
  };
}

function beingDropped(instanceId: string, corrections: readonly Correction[]): HoldRefusal {
  const settings = [...new Set(corrections.map(({ setting }) => setting))].join(', ');
  return {
    code: 'settings-being-changed',
    message: `${settings} of ${instanceId} ${settings.includes(',') ? 'are' : 'is'} being changed so that the service drops backups: no hold can be placed on its sets now`,
    hint: `the call can take effect until ${latest(corrections.map(({ at }) => plusMs(at, DELETING_MS)))}; place the hold after that, on what is left`,
  };
}

function latest(times: readonly Instant[]): string {
  return formatInstant(instant(Math.max(...times)));
}

function tooMany(instanceId: string): HoldRefusal {
  return {
    code: 'too-many-holds',
    message: `instance ${instanceId} has ${MAX_HOLDS} holds, which is as many as it can have`,
    hint: `release those that nobody needs: keeper hold list --instance ${instanceId}`,
  };
}
