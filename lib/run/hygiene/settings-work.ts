// What the settings of one instance are kept by, and the decision on it.
import type { Instant } from '../../base/instant';
import type { Guard } from '../../domain/guard';
import type { RdsGateway } from '../../domain/ports';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { BackupSettings, SettingName } from '../../domain/settings';
import { wouldLose } from '../../policy/retention/would-lose';
import { decideSettings } from '../../policy/settings/decide';
import type { SettingsDecision } from '../../policy/settings/types';
import type { ChangeBudget } from '../change-budget';
import type { Notes } from '../notes';
import { type RetentionSight, retentionInput } from './observe';

export interface SettingsWork {
  readonly gateway: RdsGateway;
  readonly policy: SettingsPolicy;
  readonly settings: BackupSettings;
  readonly guard: Guard;
  /** What a destructive change could cost; undefined where the sets were not listed. */
  readonly sight: RetentionSight | undefined;
  /** When the look began: nothing is written on what was seen too long ago. */
  readonly seenAt: Instant;
  readonly budget: ChangeBudget;
}

/** `only`: the one setting that may be corrected now. */
export function decideOn(work: SettingsWork, { instance }: Notes, asOf: Instant, only?: SettingName): SettingsDecision {
  const { policy, settings, guard } = work;
  const given = only === undefined ? {} : { only };
  return decideSettings({ instance, policy, settings, corrections: guard.corrections, wouldLose: (after) => lossOf(work, guard, after, asOf), asOf, ...given });
}

/** What must stay and would be lost, under the holds of this guard. */
export function lossOf({ sight, settings }: SettingsWork, guard: Guard, after: BackupSettings, asOf: Instant): string | undefined {
  if (sight === undefined) return 'its backup sets could not be listed, so nobody knows what it would drop';
  return wouldLose(retentionInput(sight, guard, asOf), settings, after);
}
