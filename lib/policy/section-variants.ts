// The shapes that a section of the policy can take: as it is written, and with its patches laid over it, one or two at a time.
import type { Engine } from '../domain/instance';
import type { CompiledPolicy, PolicyPatch } from '../domain/protection-policy';
import { ENGINES, narrowed } from './engine-kinds';
import type { PolicyProblem } from './policy-check';

type SectionName = 'settings' | 'retention' | 'crossRegion';

/** One place where the section, or a part of it, is written. */
export interface SectionLayer<Name extends SectionName> {
  /** `settings`, `rules.gold.settings`, `overrides.rm-1.settings`. */
  readonly path: string;
  readonly section: NonNullable<PolicyPatch[Name]>;
}

/** The section as some instances may have it; later layers win. */
export interface SectionVariant<Name extends SectionName> {
  /** Of the last layer. */
  readonly path: string;
  readonly layers: readonly SectionLayer<Name>[];
  /** Of the instances that may have it. */
  readonly engines: readonly Engine[];
}

type Check<Name extends SectionName> = (variant: SectionVariant<Name>) => readonly PolicyProblem[];

interface Patched<Name extends SectionName> extends SectionVariant<Name> {
  readonly patch: SectionLayer<Name>;
  readonly isOverride: boolean;
}

/** True when some instance may have settings or retention: they are written, in a patch at least. */
export function hasHygiene({ settings, retention, rules, overrides }: CompiledPolicy): boolean {
  const places = [{ settings, retention }, ...rules.map(({ patch }) => patch), ...Object.values(overrides)];
  return places.some((place) => place.settings !== undefined || place.retention !== undefined);
}

/** True when copies of some instance may be verified: the section is written, in a patch at least. */
export function hasCrossRegion({ crossRegion, rules, overrides }: CompiledPolicy): boolean {
  return [{ crossRegion }, ...rules.map(({ patch }) => patch), ...Object.values(overrides)].some((place) => place.crossRegion !== undefined);
}

/**
 * The problems of every variant, each told once: what is wrong without a patch is not told again with it. Two patches are looked at together, as two groups may
 * both select an instance (or a group an instance with an override of its own); three are not.
 */
export function problemsOfVariants<Name extends SectionName>(policy: CompiledPolicy, name: Name, check: Check<Name>): readonly PolicyProblem[] {
  const base = baseOf(policy, name);
  const own = base.layers.length === 0 ? [] : check(base);
  const patched = patchedOf(policy, name, base);
  const single = patched.map((variant) => ({ variant, problems: without(check(variant), own) }));
  const both = single.flatMap((first, index) =>
    single.slice(index + 1).flatMap((second) => {
      const variant = together(first.variant, second.variant);
      if (variant === undefined) return [];
      const problems = without(check(variant), [...own, ...first.problems, ...second.problems]);
      return problems.map((problem) => ({
        ...problem,
        message: `${problem.message} (with both ${first.variant.path} and ${second.variant.path})`,
      }));
    }),
  );
  return [...own, ...single.flatMap(({ problems }) => problems), ...both];
}

function baseOf<Name extends SectionName>(policy: CompiledPolicy, name: Name): SectionVariant<Name> {
  const section: SectionLayer<Name>['section'] | undefined = policy[name];
  return { path: name, layers: section === undefined ? [] : [{ path: name, section }], engines: narrowed(ENGINES, policy.select.engines) };
}

function patchedOf<Name extends SectionName>(policy: CompiledPolicy, name: Name, base: SectionVariant<Name>): readonly Patched<Name>[] {
  const variantOf = (at: string, patch: PolicyPatch, engines: readonly Engine[], isOverride: boolean): readonly Patched<Name>[] => {
    const section = patch[name];
    if (section === undefined || engines.length === 0) return [];
    const layer = { path: `${at}.${name}`, section };
    return [{ path: layer.path, layers: [...base.layers, layer], engines, patch: layer, isOverride }];
  };
  return [
    ...policy.rules.flatMap((group) => variantOf(`rules.${group.name}`, group.patch, narrowed(base.engines, group.select.engines), false)),
    ...Object.entries(policy.overrides).flatMap(([id, patch]) => variantOf(`overrides.${id}`, patch, base.engines, true)),
  ];
}

/** Undefined where no instance can have both. */
function together<Name extends SectionName>(first: Patched<Name>, second: Patched<Name>): SectionVariant<Name> | undefined {
  const engines = first.engines.filter((engine) => second.engines.includes(engine));
  if (engines.length === 0 || (first.isOverride && second.isOverride)) return undefined;
  return { path: second.path, layers: [...first.layers, second.patch], engines };
}

function without(problems: readonly PolicyProblem[], known: readonly PolicyProblem[]): readonly PolicyProblem[] {
  return problems.filter(({ message }) => known.every((other) => other.message !== message));
}
