// The protection policy for people: its problems, and its effective values with where they come from.
import { fileKeyOf } from '../../config/section-paths';
import type { Instance } from '../../domain/instance';
import type { CompiledPolicy, EffectivePolicy, PreReleasePolicy } from '../../domain/protection-policy';
import type { PolicyProblem } from '../../policy/policy-check';
import { sanitise } from '../sanitise';
import { valueWords } from './policy-words';
import { paint, type Style } from './style';
import { renderTable } from './table';
import { counted, lines } from './text';

export function problemsText(name: string, policy: CompiledPolicy, problems: readonly PolicyProblem[], { colors }: Style): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return lines(
    ...problems.map(({ severity, path, message, source }) => {
      const at = placeOf(policy, path);
      const where = at === undefined ? '' : ` (${sanitise(at)})`;
      return `${paint(colors, severity === 'error' ? 'bad' : 'waiting', severity.padEnd(7))}  ${sanitise(fileKeyOf(path))}${where}: ${sanitise(message)}\n         ${colors.dim(sanitise(source))}`;
    }),
    `${sanitise(name)}: ${[counted(rulesIn(policy), 'rule'), ...sectionsOf(policy)].join(', ')}, ${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`,
    `policy  ${sanitise(policy.digest)}`,
  );
}

/** The problems as the file has them: `path` is the key, `at` its place. */
export function jsonOfProblems(policy: CompiledPolicy, problems: readonly PolicyProblem[]): object {
  return {
    rules: rulesIn(policy),
    sections: sectionsOf(policy),
    problems: problems.map((problem) => ({ ...problem, path: fileKeyOf(problem.path), at: placeOf(policy, problem.path) })),
  };
}

function rulesIn({ extraBackups, expiry }: CompiledPolicy): number {
  return extraBackups.length + expiry.length;
}

function placeOf({ origins }: CompiledPolicy, path: string): string | undefined {
  const at = origins[path];
  return at === 'default' ? undefined : at;
}

/** `preRelease` is the policy's: it is the same for every instance. */
export function effectiveText(instance: Instance, effective: EffectivePolicy | undefined, preRelease: PreReleasePolicy, style: Style): string {
  const title = `${style.colors.bold(sanitise(instance.id))} (${instance.engine}, ${instance.storage}, ${sanitise(instance.account)} in ${sanitise(instance.region)})`;
  if (effective === undefined) return lines(`${title} is not in scope of the policy`);
  const values = valuesOf(effective, preRelease);
  const rows = Object.entries(effective.origins).map(([path, origin]) => ({ path, value: values.get(path) ?? '-', origin }));
  const table = renderTable(
    rows,
    [
      { head: 'value of', text: (row) => fileKeyOf(row.path) },
      { head: 'is', text: (row) => row.value, isWide: true },
      { head: 'from', text: (row) => row.origin, paint: (row, text) => (row.origin === 'default' ? style.colors.dim(text) : text) },
    ],
    style,
  );
  const rules = coverOf(effective).map(sanitise).join(', ');
  return lines(`${title}: ${rules === '' ? 'no rule covers it' : `covered by ${rules}`}`, '', table);
}

/** The rules by name, and the sections: `nightly, settings (audit)`. */
function coverOf(effective: EffectivePolicy): readonly string[] {
  return [...[...effective.extraBackups, ...effective.expiry].map(({ name }) => name), ...sectionsOf(effective)];
}

/** With what they may do: `settings (audit)`. */
function sectionsOf({ settings, retention, crossRegion }: Pick<EffectivePolicy, 'settings' | 'retention' | 'crossRegion'>): readonly string[] {
  return Object.entries({ settings, retention, crossRegion }).flatMap(([name, section]) => (section === undefined ? [] : [`${name} (${section.mode})`]));
}

/** Every value by its dotted path, as its origins name it. */
function valuesOf(
  { cap, limits, extraBackups, expiry, settings, retention, crossRegion }: EffectivePolicy,
  preRelease: PreReleasePolicy,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const put = (prefix: string, members: object): void => {
    for (const [key, value] of Object.entries(members)) values.set(`${prefix}.${key}`, valueWords(`${prefix}.${key}`, value));
  };
  put('cap', cap);
  put('cap.reserve', cap.reserve);
  put('limits', limits);
  put('preRelease', preRelease);
  for (const rule of extraBackups) put(`extraBackups.${rule.name}`, rule);
  for (const rule of expiry) put(`expiry.${rule.name}`, rule);
  if (settings !== undefined) {
    put('settings', settings);
    put('settings.wanted', settings.wanted);
  }
  if (retention !== undefined) {
    put('retention', retention);
    put('retention.keep', retention.keep);
  }
  if (crossRegion !== undefined) put('crossRegion', { ...crossRegion, probeEveryMs: crossRegion.probeEveryMs ?? 'never' });
  return values;
}
