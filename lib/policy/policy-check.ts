// Finds what a protection policy asks for and no instance can do, before anything runs.
import type { Engine } from '../domain/instance';
import type { CapPolicy, CompiledPolicy, ExtraBackupRule, PolicyPatch } from '../domain/protection-policy';
import { crossRegionProblems } from './cross-region/check';
import { ENGINES, kindsOf, narrowed } from './engine-kinds';
import { expiryProblems } from './expiry-check';
import { decideSpec, type InfeasibleSpec } from './feasibility';
import { preReleaseProblems } from './pre-release-check';
import { retentionProblems } from './retention/check';
import { settingsProblems } from './settings/check';

/** One contradiction between the policy and the service's documents. */
export interface PolicyProblem {
  /** error: can never work. warning: does not work on some of the instances that the rule may meet. */
  readonly severity: 'error' | 'warning';
  /** Dotted path in the policy, as in its origins. */
  readonly path: string;
  readonly message: string;
  /** The documents' rule, or where the figure comes from. */
  readonly source: string;
}

/** A rule as it is written somewhere in the policy: itself, or with one patch. */
interface Variant {
  readonly path: string;
  readonly rule: ExtraBackupRule;
  readonly engines: readonly Engine[];
  readonly cap: CapPolicy;
  readonly capPath: string;
}

/**
 * Every impossible combination of the policy, each with the rule that forbids it; errors first. What can work on no instance in scope is an error; what fails on some
 * of the instances that the rule's selector may let through is a warning (a selector that names engines narrows it).
 */
export function checkPolicyFeasibility(policy: CompiledPolicy): readonly PolicyProblem[] {
  const problems = [
    ...caps(policy).flatMap(([path, cap]) => checkCap(path, cap)),
    ...variants(policy).flatMap((variant) => (variant.rule.enabled ? [...checkEngines(variant), ...checkUnits(variant)] : [])),
    ...expiryProblems(policy),
    ...settingsProblems(policy),
    ...retentionProblems(policy),
    ...crossRegionProblems(policy),
    ...preReleaseProblems(policy, caps(policy)),
  ];
  return [...problems.filter((problem) => problem.severity === 'error'), ...problems.filter((problem) => problem.severity === 'warning')];
}

/** What the reserves leave to timer rules on a day without releases. */
function ordinaryRoom(cap: CapPolicy): number {
  return cap.perDay - cap.reserve.preRelease - (cap.counts === 'all' ? cap.reserve.automatic : 0);
}

function patched(cap: CapPolicy, patch: PolicyPatch['cap']): CapPolicy {
  return { ...cap, ...patch, reserve: { ...cap.reserve, ...patch.reserve } };
}

function caps(policy: CompiledPolicy): readonly (readonly [string, CapPolicy])[] {
  return [
    ['cap', policy.cap],
    ...policy.rules.filter(({ patch }) => hasMembers(patch.cap)).map((group) => [`rules.${group.name}.cap`, patched(policy.cap, group.patch.cap)] as const),
    ...Object.entries(policy.overrides)
      .filter(([, patch]) => hasMembers(patch.cap))
      .map(([id, patch]) => [`overrides.${id}.cap`, patched(policy.cap, patch.cap)] as const),
  ];
}

function checkCap(path: string, cap: CapPolicy): readonly PolicyProblem[] {
  const room = ordinaryRoom(cap);
  if (room > 0) return [];
  const kept = cap.perDay - room;
  const message = `the reserves keep ${kept} of ${cap.perDay} backups a day, which leaves none for the rules of extraBackups; lower the reserves or raise perDay`;
  return [{ severity: 'error', path, message, source: 'this policy: cap.perDay, cap.reserve' }];
}

function variants(policy: CompiledPolicy): readonly Variant[] {
  return policy.extraBackups.flatMap((rule) => {
    const engines = narrowed(narrowed(ENGINES, policy.select.engines), rule.select.engines);
    const own: Variant = { path: `extraBackups.${rule.name}`, rule, engines, cap: policy.cap, capPath: 'cap' };
    const ofGroups = policy.rules.map((group) => variantOf(own, `rules.${group.name}`, group.patch, narrowed(engines, group.select.engines)));
    const ofInstances = Object.entries(policy.overrides).map(([id, patch]) => variantOf(own, `overrides.${id}`, patch, engines));
    return [own, ...[...ofGroups, ...ofInstances].filter((variant) => variant !== undefined)];
  });
}

function variantOf(own: Variant, prefix: string, patch: PolicyPatch, engines: readonly Engine[]): Variant | undefined {
  const change = patch.extraBackups[own.rule.name];
  if (change === undefined) return undefined;
  return {
    path: `${prefix}.extraBackups.${own.rule.name}`,
    rule: { ...own.rule, ...change },
    engines,
    cap: patched(own.cap, patch.cap),
    capPath: hasMembers(patch.cap) ? `${prefix}.cap` : 'cap',
  };
}

function checkEngines({ path, rule, engines }: Variant): readonly PolicyProblem[] {
  if (engines.length === 0) {
    return [{ severity: 'error', path, message: 'its selectors name no engine in common, so it selects no instance', source: 'this policy: select.engines' }];
  }
  const found = engines.map((engine) => ({ engine, refusals: refusalsOf(rule, engine) }));
  const impossible = found.filter(({ refusals }) => refusals.isComplete);
  const severity = impossible.length === engines.length ? 'error' : 'warning';
  return found.flatMap(({ engine, refusals }) => {
    if (refusals.first === undefined) return [];
    if (refusals.isComplete) return [{ severity, path, message: `impossible on ${engine}: ${refusals.first.reason}`, source: refusals.first.source }];
    return [{ severity: 'warning', path, message: `impossible on some ${engine} instances: ${refusals.first.reason}`, source: refusals.first.source }];
  });
}

/** What the matrix says of a rule on every kind of instance of one engine. */
function refusalsOf(rule: ExtraBackupRule, engine: Engine): { readonly first: InfeasibleSpec | undefined; readonly isComplete: boolean } {
  const decisions = kindsOf(engine).map((kind) => decideSpec(rule, kind));
  const refusals = decisions.filter((decision) => !decision.feasible);
  return { first: refusals[0], isComplete: refusals.length === decisions.length };
}

function checkUnits({ path, rule, cap, capPath }: Variant): readonly PolicyProblem[] {
  if (rule.databases === undefined || !('names' in rule.databases)) return [];
  const units = rule.databases.names.length;
  const room = ordinaryRoom(cap);
  if (room <= 0 || units <= room) return [];
  const message = `its ${units} databases count as ${units} backups, and ${capPath} leaves ${room} a day; split the rule`;
  return [{ severity: 'error', path: `${path}.databases`, message, source: 'this policy: cap.perDay, cap.reserve; one unit per database' }];
}

function hasMembers(value: object): boolean {
  return Object.keys(value).length > 0;
}
