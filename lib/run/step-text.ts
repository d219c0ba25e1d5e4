// Steps in words: the target, before → after. One line each, without the instance and the reason.
import type { BackupSpec } from '../domain/backup';
import { SETTING_NAMES } from '../domain/settings';
import type { ChangeSettingsStep, PlanStep } from './types';

/** For example `purge backup set 321, marked since 2026-11-21T02:00:00Z`. */
export function stepText(step: PlanStep): string {
  switch (step.action) {
    case 'create-backup':
      return `back up ${specText(step.spec)} for slot ${step.slotId}`;
    case 'extend-expiry':
      return `keep backup set ${step.backupId} longer: ${step.before} → ${step.after}`;
    case 'change-settings':
      return `change ${step.mode} settings: ${changesText(step)}`;
    case 'change-cross-region':
      return `change cross-region settings: ${step.before} → ${step.after}${step.costs ? ' (costs storage and traffic)' : ''}`;
    case 'mark-surplus':
      return `mark backup set ${step.backupId} as surplus`;
    case 'purge':
      return `purge backup set ${step.backupId}, marked since ${step.before}`;
  }
}

function specText({ scope, method, type, retainDays }: BackupSpec): string {
  const what = scope.kind === 'instance' ? 'the instance' : `databases ${scope.databases.join(', ')}`;
  const kept = retainDays === undefined ? [] : [retainDays === 'forever' ? 'kept for ever' : `kept ${retainDays} days`];
  return `${what} (${[type === undefined ? method : `${method} ${type}`, ...kept].join(', ')})`;
}

function changesText({ before, after }: ChangeSettingsStep): string {
  return SETTING_NAMES.filter((name) => name in before || name in after)
    .map((name) => `${name} ${before[name] ?? 'unknown'} → ${after[name] ?? 'unknown'}`)
    .join(', ');
}
