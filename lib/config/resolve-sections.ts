// Resolves the sections `settings`, `retention` and `crossRegion` for one instance: the policy's section, or its defaults, with the patches laid over it field by field.
import type { CompiledPolicy, CrossRegionPolicy, RetentionPolicy, SettingsPolicy } from '../domain/protection-policy';
import { baseOrigin, type Layer, noteChange, type Origins } from './layers';
import { defaultCrossRegion, defaultRetention, defaultSettings, withCrossRegionPatch } from './section-defaults';

/** Written out, as a compiled policy that was read back lacks the fields that are undefined. */
const RETENTION_FIELDS: readonly (keyof RetentionPolicy)[] = [
  'mode',
  'timezone',
  'keepWithinMs',
  'floor',
  'recoveryWindowMs',
  'graceMs',
  'runEveryMs',
  'deleteBackupFiles',
];

const CROSS_REGION_FIELDS: readonly (keyof CrossRegionPolicy)[] = [
  'mode',
  'isRequired',
  'destination',
  'retentionDays',
  'copiesLogs',
  'maxLagMs',
  'rpoMs',
  'probeEveryMs',
  'lookBackMs',
  'allowCost',
  'allowDestructive',
];

/** Undefined when neither the policy nor a patch says anything of settings. A patch alone is enough; wishes are laid over each other one by one. */
export function resolveSettings(policy: CompiledPolicy, layers: readonly Layer[], origins: Origins): SettingsPolicy | undefined {
  if (policy.settings === undefined && layers.every(({ patch }) => patch.settings === undefined)) return undefined;
  let settings = policy.settings ?? defaultSettings(policy.timezone);
  const { wanted: base, ...fields } = settings;
  noteBase(policy, 'settings', Object.keys(fields), origins);
  noteBase(policy, 'settings.wanted', Object.keys(base), origins);
  for (const layer of layers) {
    const { wanted, ...rest } = layer.patch.settings ?? {};
    settings = { ...settings, ...rest, wanted: { ...settings.wanted, ...wanted } };
    for (const key of Object.keys(rest)) noteChange(policy, origins, layer, `settings.${key}`);
    for (const key of Object.keys(wanted ?? {})) noteChange(policy, origins, layer, `settings.wanted.${key}`);
  }
  return settings;
}

/**
 * Undefined when neither the policy nor a patch says anything of retention. Patches may leave nothing to keep (all counts 0 and no `keepWithinMs`): the check of the
 * policy refuses that, and whoever reads such a rule all the same must take it as "keeps everything", never as "everything is surplus".
 */
export function resolveRetention(policy: CompiledPolicy, layers: readonly Layer[], origins: Origins): RetentionPolicy | undefined {
  if (policy.retention === undefined && layers.every(({ patch }) => patch.retention === undefined)) return undefined;
  let retention = policy.retention ?? defaultRetention(policy.timezone);
  noteBase(policy, 'retention', RETENTION_FIELDS, origins);
  noteBase(policy, 'retention.keep', Object.keys(retention.keep), origins);
  for (const layer of layers) {
    const { keep, ...rest } = layer.patch.retention ?? {};
    retention = { ...retention, ...rest, keep: { ...retention.keep, ...keep } };
    for (const key of Object.keys(rest)) noteChange(policy, origins, layer, `retention.${key}`);
    for (const key of Object.keys(keep ?? {})) noteChange(policy, origins, layer, `retention.keep.${key}`);
  }
  return retention;
}

/** Undefined when neither the policy nor a patch says anything of copies. A patch alone is enough. */
export function resolveCrossRegion(policy: CompiledPolicy, layers: readonly Layer[], origins: Origins): CrossRegionPolicy | undefined {
  if (policy.crossRegion === undefined && layers.every(({ patch }) => patch.crossRegion === undefined)) return undefined;
  let crossRegion = policy.crossRegion ?? defaultCrossRegion();
  noteBase(policy, 'crossRegion', CROSS_REGION_FIELDS, origins);
  for (const layer of layers) {
    const patch = layer.patch.crossRegion ?? {};
    crossRegion = withCrossRegionPatch(crossRegion, patch);
    for (const key of Object.keys(patch)) noteChange(policy, origins, layer, `crossRegion.${key}`);
  }
  return crossRegion;
}

function noteBase(policy: CompiledPolicy, prefix: string, keys: readonly string[], origins: Origins): void {
  for (const key of keys) {
    const path = `${prefix}.${key}`;
    // Unless told, a section's time zone is the policy's, also where only a patch makes the section.
    const isInherited = key === 'timezone' && policy.origins[path] === undefined;
    origins[path] = baseOrigin(policy, isInherited ? 'timezone' : path);
  }
}
