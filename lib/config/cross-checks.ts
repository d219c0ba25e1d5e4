// Finds what is wrong between the parts of keeper.yaml: names given twice, names that nothing has, regions that are missing.
import { ON_DEMAND_RULE, RELEASE_RULE } from '../domain/slot';
import { parseDuration } from './durations';
import { didYouMean } from './nearest';
import type { UserExpiryRule, UserPatch, UserPolicy } from './schema';

export type Path = readonly (string | number)[];
export interface CrossProblem {
  readonly path: Path;
  readonly message: string;
}

/** Mistakes that no single value shows. The policy has passed the schema. */
export function crossProblems(user: UserPolicy): readonly CrossProblem[] {
  return [
    ...duplicates('extraBackups', user.extraBackups),
    ...reservedNames(user),
    ...duplicates('expiry', user.expiry),
    ...(user.expiry ?? []).flatMap(expiryProblems),
    ...duplicates('accounts', user.accounts),
    ...duplicates('rules', user.rules),
    ...regionProblems(user),
    ...(user.rules ?? []).flatMap((group, index) => patchProblems(user, ['rules', index], group)),
    ...Object.entries(user.overrides ?? {}).flatMap(([id, patch]) => patchProblems(user, ['overrides', id], patch)),
  ];
}

function duplicates(section: string, named: readonly { readonly name: string }[] = []): readonly CrossProblem[] {
  return named.flatMap(({ name }, index) => {
    const first = named.findIndex((other) => other.name === name);
    return first === index ? [] : [{ path: [section, index, 'name'], message: `"${name}" is the name of ${section}[${first}] already; names must be unique` }];
  });
}

/** A due set must no longer be due once it was extended: a rule that extends at every run would write without end. */
function expiryProblems(rule: UserExpiryRule, index: number): readonly CrossProblem[] {
  if (rule.from !== 'now' || rule.keepFor === 'forever') return [];
  if ((parseDuration(rule.extendWhenLeft) ?? 0) < (parseDuration(rule.keepFor) ?? 0)) return [];
  const message = `must be shorter than keepFor (${rule.keepFor}) where from is now: the same sets would be extended at every run`;
  return [{ path: ['expiry', index, 'extendWhenLeft'], message }];
}

function regionProblems(user: UserPolicy): readonly CrossProblem[] {
  if (user.regions !== undefined) return [];
  if (user.accounts?.every((account) => account.regions !== undefined)) return [];
  return [{ path: ['regions'], message: 'is missing; list the regions to look after, for example regions: [cn-hangzhou]' }];
}

const RESERVED_NAMES: ReadonlyMap<string, string> = new Map([
  [ON_DEMAND_RULE, 'asked for by hand'],
  [RELEASE_RULE, 'made for a release'],
]);

/** Slots of the rule could not be told from what is asked for by hand, or made for a release. */
function reservedNames(user: UserPolicy): readonly CrossProblem[] {
  return (user.extraBackups ?? []).flatMap(({ name }, index) => {
    const meaning = RESERVED_NAMES.get(name);
    if (meaning === undefined) return [];
    return [{ path: ['extraBackups', index, 'name'], message: `"${name}" is the name of backups that are ${meaning}; choose another one` }];
  });
}

function patchProblems(user: UserPolicy, path: Path, patch: UserPatch): readonly CrossProblem[] {
  return (['extraBackups', 'expiry'] as const).flatMap((section) => {
    const names = (user[section] ?? []).map((rule) => rule.name);
    return Object.keys(patch[section] ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: [...path, section, name], message: `there is no rule "${name}" in ${section}${didYouMean(name, names)}` }));
  });
}
