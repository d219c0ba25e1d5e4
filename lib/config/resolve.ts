// Resolves the policy for one instance: defaults, then the groups that select it in order, then its own override, each value with its origin.
import type { Instance } from '../domain/instance';
import type { CapPolicy, CompiledPolicy, EffectivePolicy, ExpiryRule, ExtraBackupRule, PolicyPatch } from '../domain/protection-policy';
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

/** A patch that applies to the instance, with the name that its values' origins carry. */
interface Layer {
  readonly label: string;
  /** Where the patch's own origins are kept. */
  readonly path: string;
  readonly patch: PolicyPatch;
}

/**
 * The policy as it is for this instance, or undefined when the instance is out of scope: of an account or region that the policy does not name, or
 * not selected. Rules that are disabled or do not select the instance are left out.
 */
export function resolvePolicy(policy: CompiledPolicy, instance: Instance): EffectivePolicy | undefined {
  if (!isInScope(policy, instance)) return undefined;
  const layers = layersOf(policy, instance);
  const origins: Record<string, string> = {};
  const cap = resolveCap(policy, layers, origins);
  for (const key of Object.keys(policy.limits)) origins[`limits.${key}`] = baseOrigin(policy, `limits.${key}`);
  const extraBackups: ExtraBackupRule[] = [];
  for (const rule of policy.extraBackups) {
    if (!selects(rule.select, instance)) continue;
    const ruleOrigins: Record<string, string> = {};
    const resolved = resolveRule(policy, rule, layers, ruleOrigins);
    if (!resolved.enabled) continue;
    extraBackups.push(resolved);
    Object.assign(origins, ruleOrigins);
  }
  const expiry = policy.expiry.filter((rule) => rule.enabled && selects(rule.select, instance));
  for (const rule of expiry) {
    for (const key of EXPIRY_FIELDS) origins[`expiry.${rule.name}.${key}`] = baseOrigin(policy, `expiry.${rule.name}.${key}`);
  }
  return { cap, limits: policy.limits, extraBackups, expiry, origins };
}

function isInScope(policy: CompiledPolicy, instance: Instance): boolean {
  const account = policy.accounts.find(({ name }) => name === instance.account);
  if (account === undefined || !(account.regions ?? policy.regions).includes(instance.region)) return false;
  return selects(policy.select, instance);
}

function layersOf(policy: CompiledPolicy, instance: Instance): readonly Layer[] {
  const layers: Layer[] = [];
  for (const { name, select, patch } of policy.rules) {
    if (selects(select, instance)) layers.push({ label: `rule:${name}`, path: `rules.${name}`, patch });
  }
  const override = Object.hasOwn(policy.overrides, instance.id) ? policy.overrides[instance.id] : undefined;
  if (override !== undefined) layers.push({ label: `instance:${instance.id}`, path: `overrides.${instance.id}`, patch: override });
  return layers;
}

function resolveCap(policy: CompiledPolicy, layers: readonly Layer[], origins: Record<string, string>): CapPolicy {
  for (const path of ['cap.perDay', 'cap.counts', 'cap.reserve.automatic', 'cap.reserve.preRelease']) origins[path] = baseOrigin(policy, path);
  let cap = policy.cap;
  for (const layer of layers) {
    const { reserve, ...rest } = layer.patch.cap;
    cap = { ...cap, ...rest, reserve: { ...cap.reserve, ...reserve } };
    for (const key of Object.keys(rest)) note(policy, origins, layer, `cap.${key}`);
    for (const key of Object.keys(reserve ?? {})) note(policy, origins, layer, `cap.reserve.${key}`);
  }
  return cap;
}

function resolveRule(policy: CompiledPolicy, rule: ExtraBackupRule, layers: readonly Layer[], origins: Record<string, string>): ExtraBackupRule {
  const path = `extraBackups.${rule.name}`;
  for (const key of RULE_FIELDS) origins[`${path}.${key}`] = baseOrigin(policy, `${path}.${key}`);
  let resolved = rule;
  for (const layer of layers) {
    const patch = Object.hasOwn(layer.patch.extraBackups, rule.name) ? layer.patch.extraBackups[rule.name] : undefined;
    if (patch === undefined) continue;
    resolved = { ...resolved, ...patch };
    for (const key of Object.keys(patch)) note(policy, origins, layer, `${path}.${key}`);
  }
  return resolved;
}

/** `default`, or `policy (keeper.yaml:12:5)`. */
function baseOrigin(policy: CompiledPolicy, path: string): string {
  const position = policy.origins[path] ?? 'default';
  return position === 'default' ? position : `policy (${position})`;
}

function note(policy: CompiledPolicy, origins: Record<string, string>, layer: Layer, path: string): void {
  const position = policy.origins[`${layer.path}.${path}`];
  origins[path] = position === undefined ? layer.label : `${layer.label} (${position})`;
}
