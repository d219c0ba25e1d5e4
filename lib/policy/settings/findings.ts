// Words the findings about an instance's own backup settings. A finding's id is stable, so that it opens once.
import { formatInstant, type Instant } from '../../base/instant';
import type { CloudError } from '../../domain/cloud-errors';
import type { Correction } from '../../domain/guard';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { SettingName } from '../../domain/settings';
import type { Finding } from '../../domain/verdict';
import { DESTRUCTIVE } from './drift-text';
import type { SettingDifference } from './read-back';
import type { Drift } from './types';

/** A setting is not as agreed and is reported only: audit mode, or a destructive change that is not allowed, or that would drop what must stay. */
export function settingsDrifted(instanceId: string, drift: Drift): Finding {
  const switches = drift.isDestructive ? 'mode: enforce, with allowDestructive: true if backups may be dropped for it,' : 'mode: enforce';
  return onDrift('settings-drifted', instanceId, drift, `set ${switches} to have it corrected, correct it by hand, or change the wish`);
}

/** The API cannot make a setting as it is wanted. */
export function settingsNotCorrectable(instanceId: string, drift: Drift): Finding {
  return onDrift(
    'settings-not-correctable',
    instanceId,
    drift,
    'wish for it only where it can be had (rules, overrides), or change the wish; keeper policy check names such wishes',
  );
}

/** Somebody else keeps changing a setting back. `corrections` are those of the instance; the evidence names the times of those that count. */
export function settingsFight(
  instanceId: string,
  drift: Drift,
  corrections: readonly Correction[],
  policy: Pick<SettingsPolicy, 'fightAfter' | 'fightWindowMs'>,
): Finding {
  const times = fightTimes(corrections, drift, policy.fightWindowMs);
  return {
    id: `settings-fight:${instanceId}:${drift.setting}`,
    severity: 'error',
    rule: 'settings-fight',
    instanceId,
    message: `somebody else keeps changing ${drift.setting} back to ${drift.before}: it was corrected to ${drift.wanted} ${times.length} times, and enforcement pauses${untilText(drift.until)}`,
    evidence: {
      setting: drift.setting,
      shown: drift.before,
      wanted: drift.wanted,
      corrections: times.length,
      correctedAt: times.map(formatInstant).join(', '),
      fightAfter: policy.fightAfter,
      isDestructive: drift.isDestructive,
    },
    remedy: 'find out who sets it (Terraform, somebody in the console; ActionTrail lists ModifyBackupPolicy), and agree on one value',
  };
}

/** Destructive corrections that would go over the policy's brakes: none of them was made. */
export function settingsDestructiveBraked(
  instanceId: string,
  drifts: readonly Drift[],
  { reason, allowed, used }: { readonly reason: string; readonly allowed: number; readonly used: number },
): Finding {
  const settings = drifts.map(({ setting }) => setting).join(', ');
  return {
    id: `settings-braked:${instanceId}`,
    severity: 'error',
    rule: 'settings-braked',
    instanceId,
    message: `${settings} ${drifts.length === 1 ? 'was' : 'were'} not corrected: ${reason}`,
    evidence: { settings, allowed, used },
    remedy: 'look at the plan; raise limits.maxDestructiveChangesPerDay if so many are meant',
  };
}

/** A write that failed, or whose outcome is not known. The settings were read again, and are not as written. */
export function settingsNotWritten(instanceId: string, drifts: readonly Drift[], error: CloudError): Finding {
  const settings = drifts.map(({ setting }) => setting);
  return {
    id: `settings-not-written:${instanceId}:${settings.join('+')}`,
    severity: 'error',
    rule: 'settings-not-written',
    instanceId,
    message: `${settings.join(', ')} could not be set: ${error.message}`,
    evidence: {
      settings: settings.join(', '),
      isDestructive: drifts.some((drift) => drift.isDestructive),
      operation: error.operation,
      ...(error.serviceCode === undefined ? {} : { serviceCode: error.serviceCode }),
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    },
    remedy: error.hint ?? 'the next run tries again; look at the instance in the console if it stays',
  };
}

/** What the service shows after a write is not what was written, or not only that. */
export function settingsReadBackDiffers(instanceId: string, notWritten: readonly SettingDifference[], alsoChanged: readonly SettingDifference[]): Finding {
  const sentences = [
    ...notWritten.map(({ setting, expected, shown }) => `${setting} was set to ${expected}, and the service shows ${shown}`),
    ...alsoChanged.map(({ setting, expected, shown }) => `${setting} was to stay ${expected}, and the service shows ${shown}`),
  ];
  return {
    id: `settings-read-back-differs:${instanceId}`,
    severity: 'error',
    rule: 'settings-read-back-differs',
    instanceId,
    message: `after writing the backup settings: ${sentences.join('; ')}`,
    evidence: { notWritten: names(notWritten), alsoChanged: names(alsoChanged) },
    remedy: 'look at the settings in the console: the service may round or tie values, or somebody else changed them too; the next run decides anew',
  };
}

function onDrift(rule: string, instanceId: string, { setting, before, wanted, isDestructive, reason }: Drift, remedy: string): Finding {
  return {
    id: `${rule}:${instanceId}:${setting}`,
    severity: 'warning',
    rule,
    instanceId,
    message: `${setting} is ${before}, and the policy wants ${wanted}${isDestructive ? DESTRUCTIVE : ''}: ${reason}`,
    evidence: { setting, shown: before, wanted, isDestructive },
    remedy,
  };
}

/** Those within the window before the newest: the pause rests on them. */
function fightTimes(corrections: readonly Correction[], { setting, wanted }: Drift, fightWindowMs: number): readonly Instant[] {
  const times = corrections.filter((each) => each.setting === setting && each.wanted === wanted).map(({ at }) => at);
  const newest = Math.max(...times);
  return times.filter((at) => at > newest - fightWindowMs).sort((a, b) => a - b);
}

function names(differences: readonly { readonly setting: SettingName }[]): string {
  return differences.map(({ setting }) => setting).join(', ');
}

function untilText(until: Instant | undefined): string {
  return until === undefined ? '' : ` until ${formatInstant(until)}`;
}
