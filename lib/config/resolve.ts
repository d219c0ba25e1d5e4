// Resolves the policy for one instance: defaults, then the groups that select it in order, then its own override, each value with its origin.
import type { Instance } from '../domain/instance';
import type {
  CapPolicy,
  CompiledPolicy,
  EffectivePolicy,
  ExpiryRule,
  ExtraBackupRule,
  LimitsPolicy,
  PolicyPatch,
  PreReleasePolicy,
} from '../domain/protection-policy';
import { baseOrigin, type Layer, layersOf, noteChange, type Origins } from './layers';
import { resolveCrossRegion, resolveRetention, resolveSettings } from './resolve-sections';
import { selects } from './selects';

export { policyNeedsTags, selects } from './selects';

/** Every field of a rule that can have an origin, written or not. */
const RULE_FIELDS: readonly (keyof ExtraBackupRule)[] = [
  'enabled',
  'select',
  'schedule',
  'timezone',
  'databases',
  'method',
  'type',
  'retainDays',
  'freshForMs',
  'notDuring',
  'startWithinMs',
  'catchUp',
];

const EXPIRY_FIELDS: readonly (keyof ExpiryRule)[] = ['enabled', 'select', 'databases', 'extendWhenLeftMs', 'keepForMs', 'from', 'atMostMs'];

/** Written out, as a budget that is not set is not in a compiled policy that was read back. */
const LIMIT_FIELDS: readonly (keyof LimitsPolicy)[] = [
  'apiRatePerSecond',
  'crossRegionRatePerSecond',
  'instancesPerWorker',
  'maxJobMs',
  'maxChangesPerRun',
  'maxPurgesPerDay',
  'maxPurgePercentPerDay',
  'maxDestructiveChangesPerDay',
  'planMaxAgeMs',
  'apiCallsPerMonth',
];

/** In the order of the file, which a compiled policy that was read back has lost. */
const PRE_RELEASE_FIELDS: readonly (keyof PreReleasePolicy)[] = ['freshForMs', 'deadlineMs', 'holdForMs', 'maxInstances'];

/**
 * The policy as it is for this instance, or undefined when the instance is out of scope: of an account or region that the policy does not name, or
 * not selected. Rules that are disabled or do not select the instance are left out.
 */
export function resolvePolicy(policy: CompiledPolicy, instance: Instance): EffectivePolicy | undefined {
  if (!isInScope(policy, instance)) return undefined;
  const layers = layersOf(policy, instance);
  const origins: Origins = {};
  const cap = resolveCap(policy, layers, origins);
  for (const key of LIMIT_FIELDS) origins[`limits.${key}`] = baseOrigin(policy, `limits.${key}`);
  const context: Resolving = { policy, instance, layers, origins };
  const extraBackups = resolveRules<ExtraBackupRule>(context, {
    section: 'extraBackups',
    fields: RULE_FIELDS,
    rules: policy.extraBackups,
    patchesOf: (patch) => patch.extraBackups,
  });
  const expiry = resolveRules<ExpiryRule>(context, { section: 'expiry', fields: EXPIRY_FIELDS, rules: policy.expiry, patchesOf: (patch) => patch.expiry });
  const settings = resolveSettings(policy, layers, origins);
  const retention = resolveRetention(policy, layers, origins);
  const crossRegion = resolveCrossRegion(policy, layers, origins);
  return { cap, limits: policy.limits, extraBackups, expiry, settings, retention, crossRegion, origins };
}

/** Where the policy's own `preRelease` values come from: they are nobody's to patch, as a release is about several instances. */
export function preReleaseOrigins(policy: CompiledPolicy): Readonly<Record<string, string>> {
  return Object.fromEntries(PRE_RELEASE_FIELDS.map((key) => [`preRelease.${key}`, baseOrigin(policy, `preRelease.${key}`)]));
}

interface Resolving {
  readonly policy: CompiledPolicy;
  readonly instance: Instance;
  readonly layers: readonly Layer[];
  readonly origins: Origins;
}

interface RuleKind<Rule> {
  readonly section: 'extraBackups' | 'expiry';
  readonly fields: readonly string[];
  readonly rules: readonly Rule[];
  readonly patchesOf: (patch: PolicyPatch) => Readonly<Record<string, Partial<Rule>>>;
}

function isInScope(policy: CompiledPolicy, instance: Instance): boolean {
  const account = policy.accounts.find(({ name }) => name === instance.account);
  if (account === undefined || !(account.regions ?? policy.regions).includes(instance.region)) return false;
  return selects(policy.select, instance);
}

function resolveCap(policy: CompiledPolicy, layers: readonly Layer[], origins: Origins): CapPolicy {
  for (const path of ['cap.perDay', 'cap.counts', 'cap.reserve.automatic', 'cap.reserve.preRelease']) origins[path] = baseOrigin(policy, path);
  let cap = policy.cap;
  for (const layer of layers) {
    const { reserve, ...rest } = layer.patch.cap;
    cap = { ...cap, ...rest, reserve: { ...cap.reserve, ...reserve } };
    for (const key of Object.keys(rest)) noteChange(policy, origins, layer, `cap.${key}`);
    for (const key of Object.keys(reserve ?? {})) noteChange(policy, origins, layer, `cap.reserve.${key}`);
  }
  return cap;
}

/** What the kinds of named rules have in common. */
type NamedRule = Pick<ExtraBackupRule, 'name' | 'enabled' | 'select'>;

/** The enabled rules of one kind that select the instance, with their patches; a patch may put a rule to sleep or wake it up. */
function resolveRules<Rule extends NamedRule>(context: Resolving, kind: RuleKind<Rule>): readonly Rule[] {
  const rules: Rule[] = [];
  for (const rule of kind.rules) {
    if (!selects(rule.select, context.instance)) continue;
    const origins: Origins = {};
    const resolved = resolveRule(context, kind, rule, origins);
    if (!resolved.enabled) continue;
    rules.push(resolved);
    Object.assign(context.origins, origins);
  }
  return rules;
}

function resolveRule<Rule extends NamedRule>(
  { policy, layers }: Resolving,
  { section, fields, patchesOf }: RuleKind<Rule>,
  rule: Rule,
  origins: Origins,
): Rule {
  const path = `${section}.${rule.name}`;
  for (const key of fields) origins[`${path}.${key}`] = baseOrigin(policy, `${path}.${key}`);
  let resolved = rule;
  for (const layer of layers) {
    const patches = patchesOf(layer.patch);
    const patch = Object.hasOwn(patches, rule.name) ? patches[rule.name] : undefined;
    if (patch === undefined) continue;
    resolved = { ...resolved, ...patch };
    for (const key of Object.keys(patch)) noteChange(policy, origins, layer, `${path}.${key}`);
  }
  return resolved;
}
