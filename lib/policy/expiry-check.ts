// Finds what the expiry rules of a protection policy ask for and no instance can do, before anything runs.
import { DAY_MS } from '../base/instant';
import type { CompiledPolicy, ExpiryRule } from '../domain/protection-policy';
import type { PolicyProblem } from './policy-check';

const ENGINE_SOURCE = 'RDS API, ModifyBackupSetExpireTime: SQL Server only';
/** What CreateBackup takes as BackupRetentionPeriod; for extensions the documents name no limit. */
const LONGEST_DOCUMENTED_DAYS = 730;

/** Problems of the enabled rules, in their order. */
export function expiryProblems(policy: CompiledPolicy): readonly PolicyProblem[] {
  return policy.expiry.filter((rule) => rule.enabled).flatMap((rule) => [...engineProblems(policy, rule), ...lengthProblems(rule)]);
}

/** A rule without engines passes over what it cannot serve; one that names a wrong engine asks for the impossible. */
function engineProblems(policy: CompiledPolicy, rule: ExpiryRule): readonly PolicyProblem[] {
  const path = `expiry.${rule.name}`;
  const named = rule.select.engines.length === 0 ? policy.select.engines : rule.select.engines;
  const wrong = rule.select.engines.filter((engine) => engine !== 'sqlserver');
  const canServe = [rule.select.engines, policy.select.engines].every((engines) => engines.length === 0 || engines.includes('sqlserver'));
  if (!canServe) {
    return [
      { severity: 'error', path, message: `impossible on ${named.join(', ')}: only backup sets of SQL Server can be kept longer`, source: ENGINE_SOURCE },
    ];
  }
  return wrong.map((engine) => ({
    severity: 'warning',
    path,
    message: `impossible on ${engine}: only backup sets of SQL Server can be kept longer`,
    source: ENGINE_SOURCE,
  }));
}

function lengthProblems({ name, keepForMs, atMostMs }: ExpiryRule): readonly PolicyProblem[] {
  const longest = LONGEST_DOCUMENTED_DAYS * DAY_MS;
  if (keepForMs === 'forever' || keepForMs <= longest || (atMostMs !== undefined && atMostMs <= longest)) return [];
  return [
    {
      severity: 'warning',
      path: `expiry.${name}.keepForMs`,
      message: `the documents show no retention of more than ${LONGEST_DOCUMENTED_DAYS} days except for ever; the service may refuse it`,
      source: 'RDS API, CreateBackup: BackupRetentionPeriod is 7 to 730 days, or -1',
    },
  ];
}
