// Decides whether a release can be opened as it is asked for, and whether a repeat asks for the same as the first request did.
import { canonicalJson } from '../../base/hash';
import { formatInstant, type Instant } from '../../base/instant';
import type { PreReleasePolicy } from '../../domain/protection-policy';
import type { Release, ReleaseWish } from '../../domain/release';

/** Why a release is not opened: nothing was written. The code is stable; message and hint are for people. */
export interface WishRefusal {
  readonly code: 'bad-request' | 'deadline-passed' | 'no-instances' | 'too-many-instances' | 'engine-unknown';
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the wish itself, whatever instances there are. */
export function wishRefusal(wish: ReleaseWish, asOf: Instant): WishRefusal | undefined {
  const { instances, select, databases, deadlineAt } = wish;
  if ((instances === undefined) === (select === undefined)) {
    return { code: 'bad-request', message: `${nameOf(wish)} names instances or gives a selector, one of the two`, hint: 'give either instances or select' };
  }
  if (instances?.length === 0 || databases?.length === 0) {
    const what = instances?.length === 0 ? 'instances' : 'databases';
    return { code: 'bad-request', message: `${nameOf(wish)} has an empty list of ${what}`, hint: `name at least one, or leave ${what} out` };
  }
  if (deadlineAt === undefined || deadlineAt > asOf) return undefined;
  return {
    code: 'deadline-passed',
    message: `the deadline of ${nameOf(wish)} was at ${formatInstant(deadlineAt)}: nothing was begun`,
    hint: 'ask with a deadline that lies ahead, or without one',
  };
}

/** What is wrong with the instances that the wish has come to: none or too many of them, or one whose engine is not known. */
export function membersRefusal(
  wish: ReleaseWish,
  members: readonly { readonly id: string; readonly engine: string }[],
  { maxInstances }: Pick<PreReleasePolicy, 'maxInstances'>,
): WishRefusal | undefined {
  if (members.length === 0) {
    return {
      code: 'no-instances',
      message: `the selector of ${nameOf(wish)} picks no instance in scope of the policy`,
      hint: 'check it against the list of: keeper plan; a release without a backup never passes',
    };
  }
  if (members.length > maxInstances) {
    return {
      code: 'too-many-instances',
      message: `${nameOf(wish)} asks for ${members.length} instances, and one release may ask for ${maxInstances}`,
      hint: 'narrow it, or raise preRelease.maxInstances in keeper.yaml',
    };
  }
  const unknown = members.filter(({ engine }) => engine === 'other').map(({ id }) => id);
  if (unknown.length === 0) return undefined;
  return {
    code: 'engine-unknown',
    message: `${nameOf(wish)} asks for ${unknown.join(', ')}, whose engine is none whose backups this product knows`,
    hint: 'back it up by other means, and leave it out here',
  };
}

/**
 * What a repeat asks for that is something else than what its source and release stand for. What it leaves out of times is as it was, and its deadline counts
 * for a new attempt only. Undefined: it is the same release.
 */
export function otherWish({ wish: first, freshForMs, holdForMs }: Release, wish: ReleaseWish): string | undefined {
  const differs = [
    isSame(first.instances, wish.instances) ? [] : ['instances'],
    canonicalJson(first.select ?? null) === canonicalJson(wish.select ?? null) ? [] : ['select'],
    isSame(first.databases, wish.databases) ? [] : ['databases'],
    (wish.freshForMs ?? freshForMs) === freshForMs ? [] : ['freshFor'],
    (wish.holdForMs ?? holdForMs) === holdForMs ? [] : ['holdFor'],
  ].flat();
  return differs.length === 0 ? undefined : `${nameOf(wish)} was asked for before with other ${differs.join(', ')}`;
}

/** Order and repeats mean nothing. */
function isSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return canonicalJson(a === undefined ? null : sortedUnique(a)) === canonicalJson(b === undefined ? null : sortedUnique(b));
}

function sortedUnique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function nameOf({ source, release }: Pick<ReleaseWish, 'source' | 'release'>): string {
  return `release ${release} of ${source}`;
}
