// The patches that apply to an instance, in order, and the origins that their values carry.
import type { Instance } from '../domain/instance';
import type { CompiledPolicy, PolicyPatch } from '../domain/protection-policy';
import { selects } from './selects';

/** A patch that applies to the instance, with the name that its values' origins carry. */
export interface Layer {
  readonly label: string;
  /** Where the patch's own origins are kept. */
  readonly path: string;
  readonly patch: PolicyPatch;
}

/** Dotted path of a value → where it comes from; filled while the policy is resolved. */
export type Origins = Record<string, string>;

/** The groups that select the instance, in order, and last its own override. */
export function layersOf(policy: CompiledPolicy, instance: Instance): readonly Layer[] {
  const layers: Layer[] = [];
  for (const { name, select, patch } of policy.rules) {
    if (selects(select, instance)) layers.push({ label: `rule:${name}`, path: `rules.${name}`, patch });
  }
  const override = Object.hasOwn(policy.overrides, instance.id) ? policy.overrides[instance.id] : undefined;
  if (override !== undefined) layers.push({ label: `instance:${instance.id}`, path: `overrides.${instance.id}`, patch: override });
  return layers;
}

/** `default`, or `policy (keeper.yaml:12:5)`. */
export function baseOrigin(policy: CompiledPolicy, path: string): string {
  const position = policy.origins[path] ?? 'default';
  return position === 'default' ? position : `policy (${position})`;
}

/** Notes that the layer has changed the value: `rule:gold (keeper.yaml:31:9)`. */
export function noteChange(policy: CompiledPolicy, origins: Origins, layer: Layer, path: string): void {
  const position = policy.origins[`${layer.path}.${path}`];
  origins[path] = position === undefined ? layer.label : `${layer.label} (${position})`;
}
