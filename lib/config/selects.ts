// Decides whether a selector picks an instance.
import { matchesGlob } from '../base/glob';
import type { Instance } from '../domain/instance';
import type { CompiledPolicy, Selector } from '../domain/protection-policy';

/** A selector that restricts nothing. */
export const EVERYTHING: Selector = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };

/** True when everything the selector gives matches and none of its exclusions does. Names are glob patterns on the description or the id; case matters. */
export function selects(selector: Selector, instance: Instance): boolean {
  const { ids, engines, names, resourceGroups, tags, exclude } = selector;
  if (ids.length > 0 && !ids.includes(instance.id)) return false;
  if (engines.length > 0 && !engines.some((engine) => engine === instance.engine)) return false;
  if (resourceGroups.length > 0 && !(instance.resourceGroupId !== undefined && resourceGroups.includes(instance.resourceGroupId))) return false;
  if (names.length > 0 && !names.some((name) => matchesGlob(name, instance.description) || matchesGlob(name, instance.id))) return false;
  if (!Object.entries(tags).every(([key, value]) => Object.hasOwn(instance.tags, key) && instance.tags[key] === value)) return false;
  return !exclude.some((excluded) => selects(excluded, instance));
}

/** True when any selector of the policy looks at tags: fetching them costs calls of their own. */
export function policyNeedsTags(policy: CompiledPolicy): boolean {
  return [policy, ...policy.extraBackups, ...policy.expiry, ...policy.rules].some(({ select }) => needsTags(select));
}

/** True when the selector, or one of its exclusions, looks at tags. */
export function needsTags(selector: Selector): boolean {
  return Object.keys(selector.tags).length > 0 || selector.exclude.some(needsTags);
}
