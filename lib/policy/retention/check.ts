// Finds what the `retention` of a protection policy cannot mean, and where the service deletes nothing, before anything runs.
import type { Engine } from '../../domain/instance';
import type { CompiledPolicy, RetentionPolicy } from '../../domain/protection-policy';
import type { PolicyProblem } from '../policy-check';
import { problemsOfVariants, type SectionVariant } from '../section-variants';

/** The parts of a rule that are checked; what is undefined has its default. */
type Rule = Partial<Omit<RetentionPolicy, 'keep'>> & { readonly keep: Partial<RetentionPolicy['keep']> };

/** Problems of the section and of its patches, in the order in which they are written. */
export function retentionProblems(policy: CompiledPolicy): readonly PolicyProblem[] {
  return problemsOfVariants(policy, 'retention', (variant) => {
    const rule = ruleOf(variant);
    const { path } = variant;
    return [...emptyProblems(rule, path), ...floorProblems(rule, path), ...engineProblems(rule, variant.engines, path)];
  });
}

function ruleOf({ layers }: SectionVariant<'retention'>): Rule {
  let rule: Rule = { keep: {} };
  for (const { section } of layers) rule = { ...rule, ...section, keep: { ...rule.keep, ...section.keep } };
  return rule;
}

function emptyProblems({ keep, keepWithinMs }: Rule, path: string): readonly PolicyProblem[] {
  if (keepWithinMs !== undefined || Object.values(keep).some((count) => count > 0)) return [];
  const message = 'keeps nothing, and an empty rule would make every set surplus; give at least one count of keep above 0, or within';
  return [{ severity: 'error', path, message, source: 'this policy: retention.keep; an empty rule is refused (and taken as "keeps everything")' }];
}

/** The file has to say so outright (unsafeAllowNoFloor); that it does is worth a line at every check. */
function floorProblems({ floor }: Rule, path: string): readonly PolicyProblem[] {
  if (floor === undefined || floor > 0) return [];
  const message = 'there is no floor: nothing stays of an instance when keep keeps nothing of it';
  return [{ severity: 'warning', path: `${path}.floor`, message, source: 'this policy: retention.floor, unsafeAllowNoFloor' }];
}

const DELETE = 'RDS API, DeleteBackup: MySQL and PostgreSQL, High-availability Edition only';

function engineProblems({ deleteBackupFiles }: Rule, engines: readonly Engine[], path: string): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const warn = (message: string, source: string): void => {
    problems.push({ severity: 'warning', path, message: `marks nothing ${message}`, source });
  };
  if (engines.includes('sqlserver')) {
    if (deleteBackupFiles === true) warn('but single-database sets on sqlserver', 'RDS API, DeleteBackupFile: single-database sets of SQL Server');
    else
      warn('on sqlserver: only accounts on a list of the service can delete there (deleteBackupFiles: true)', 'RDS API, DeleteBackupFile: closed to new users');
  }
  if (engines.includes('mariadb')) warn('on mariadb: the service has no deletion there', DELETE);
  const others = engines.filter((engine) => engine === 'mysql' || engine === 'postgresql');
  if (others.length > 0) warn(`on ${others.join(' and ')} instances that are not of High-availability Edition`, DELETE);
  return problems;
}
