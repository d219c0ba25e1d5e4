// Finds what the `preRelease` section of a protection policy promises to releases and cannot keep, before anything runs.
import type { CapPolicy, CompiledPolicy } from '../domain/protection-policy';
import type { PolicyProblem } from './policy-check';

/** `caps`: the policy's cap and those of its patches, each with its path. A policy that does not write the section is asked nothing of it. */
export function preReleaseProblems(policy: CompiledPolicy, caps: readonly (readonly [string, CapPolicy])[]): readonly PolicyProblem[] {
  if (policy.origins['preRelease'] === undefined) return [];
  return [...holdProblems(policy), ...caps.flatMap(([path, cap]) => reserveProblems(path, cap))];
}

/** A receipt is good for `freshFor` after the start of the backup: its sets must be there for that long. */
function holdProblems({ preRelease: { holdForMs, freshForMs } }: CompiledPolicy): readonly PolicyProblem[] {
  if (holdForMs >= freshForMs) return [];
  const message = 'is shorter than preRelease.freshFor: a release would count as backed up while its sets are no longer held';
  return [{ severity: 'error', path: 'preRelease.holdForMs', message, source: 'this policy: preRelease.holdFor, preRelease.freshFor' }];
}

function reserveProblems(path: string, { reserve }: CapPolicy): readonly PolicyProblem[] {
  if (reserve.preRelease > 0) return [];
  const message = 'is 0, so a release may find the cap used up by the rules of extraBackups, and fail';
  return [{ severity: 'warning', path: `${path}.reserve.preRelease`, message, source: 'this policy: cap.reserve.preRelease' }];
}
