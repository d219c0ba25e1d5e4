// Finds what the expiry rules of a protection policy ask for and no instance can do, before anything runs.
import { DAY_MS } from '../base/instant';
import type { Engine } from '../domain/instance';
import type { CompiledPolicy, ExpiryRule, PolicyPatch } from '../domain/protection-policy';
import type { PolicyProblem } from './policy-check';

const ENGINE_SOURCE = 'RDS API, ModifyBackupSetExpireTime: SQL Server only';
/** What CreateBackup takes as BackupRetentionPeriod; for extensions the documents name no limit. */
const LONGEST_DOCUMENTED_DAYS = 730;

/** A rule as it is written somewhere in the policy: itself, or with one patch. */
interface Variant {
  readonly path: string;
  readonly rule: ExpiryRule;
  /** What all of the selectors leave; an empty list restricts nothing. */
  readonly selected: readonly (readonly Engine[])[];
}

/** Problems of the enabled rules, in their order, then of their patches: what is wrong without a patch is not told again with it. */
export function expiryProblems(policy: CompiledPolicy): readonly PolicyProblem[] {
  return policy.expiry.flatMap((rule) => {
    const own = problemsOf({ path: `expiry.${rule.name}`, rule, selected: [rule.select.engines, policy.select.engines] });
    const patched = patchedOf(policy, rule).flatMap(problemsOf);
    return [...own, ...patched.filter(({ message }) => own.every((known) => known.message !== message))];
  });
}

function patchedOf(policy: CompiledPolicy, rule: ExpiryRule): readonly Variant[] {
  const selected = [rule.select.engines, policy.select.engines];
  const variantOf = (at: string, { expiry }: PolicyPatch, engines: readonly Engine[]): readonly Variant[] => {
    const change = Object.hasOwn(expiry, rule.name) ? expiry[rule.name] : undefined;
    return change === undefined ? [] : [{ path: `${at}.expiry.${rule.name}`, rule: { ...rule, ...change }, selected: [...selected, engines] }];
  };
  return [
    ...policy.rules.flatMap(({ name, select, patch }) => variantOf(`rules.${name}`, patch, select.engines)),
    ...Object.entries(policy.overrides).flatMap(([id, patch]) => variantOf(`overrides.${id}`, patch, [])),
  ];
}

function problemsOf(variant: Variant): readonly PolicyProblem[] {
  return variant.rule.enabled ? [...engineProblems(variant), ...lengthProblems(variant), ...loopProblems(variant)] : [];
}

/** A rule without engines passes over what it cannot serve; one that names a wrong engine asks for the impossible. */
function engineProblems({ path, rule, selected }: Variant): readonly PolicyProblem[] {
  const refusing = selected.find((engines) => engines.length > 0 && !engines.includes('sqlserver'));
  const impossibleOn = (severity: PolicyProblem['severity'], engines: readonly Engine[]): PolicyProblem => ({
    severity,
    path,
    message: `impossible on ${engines.join(', ')}: only backup sets of SQL Server can be kept longer`,
    source: ENGINE_SOURCE,
  });
  if (refusing !== undefined) return [impossibleOn('error', refusing)];
  return rule.select.engines.filter((engine) => engine !== 'sqlserver').map((engine) => impossibleOn('warning', [engine]));
}

function lengthProblems({ path, rule: { keepForMs, atMostMs } }: Variant): readonly PolicyProblem[] {
  const longest = LONGEST_DOCUMENTED_DAYS * DAY_MS;
  if (keepForMs === 'forever' || keepForMs <= longest || (atMostMs !== undefined && atMostMs <= longest)) return [];
  return [
    {
      severity: 'warning',
      path: `${path}.keepForMs`,
      message: `the documents show no retention of more than ${LONGEST_DOCUMENTED_DAYS} days except for ever; the service may refuse it`,
      source: 'RDS API, CreateBackup: BackupRetentionPeriod is 7 to 730 days, or -1',
    },
  ];
}

/** A due set must no longer be due once it was extended. The file's own check finds this in one rule; a patch changes half of it. */
function loopProblems({ path, rule: { from, keepForMs, extendWhenLeftMs } }: Variant): readonly PolicyProblem[] {
  if (from !== 'now' || keepForMs === 'forever' || extendWhenLeftMs < keepForMs) return [];
  const message = 'extendWhenLeft must be shorter than keepFor where from is now: the same sets would be extended at every run';
  return [{ severity: 'error', path: `${path}.extendWhenLeftMs`, message, source: 'this policy: expiry' }];
}
