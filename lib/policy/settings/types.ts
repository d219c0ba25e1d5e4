// What drift is decided from, and what it decides.
import type { Instant } from '../../base/instant';
import type { Correction } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { BackupSettings, SettingName, SettingsWrite } from '../../domain/settings';

export interface SettingsInput {
  readonly instance: Instance;
  readonly policy: SettingsPolicy;
  readonly settings: BackupSettings;
  /** Of this instance, from its guard row. */
  readonly corrections: readonly Correction[];
  /**
   * What a shorter retention or no logs would cost: whether the drop would take a held, floor or anchor set, in words; undefined when it would not. Called with the
   * settings as they would be.
   */
  readonly wouldLose: (after: BackupSettings) => string | undefined;
  readonly asOf: Instant;
  /** The one setting that may be corrected now, if only one may: the others wait. */
  readonly only?: SettingName;
}

/** One setting that is not as agreed. Values are texts for people, the same for equal values. */
export interface Drift {
  readonly setting: SettingName;
  readonly before: string;
  readonly wanted: string;
  readonly isDestructive: boolean;
  /** What becomes of it. `correct` is written by `writes`. */
  readonly action: 'report' | 'correct' | 'not-correctable' | 'wait' | 'paused';
  /** One sentence: why, and where it is not corrected, what to do; with the documents' rule. */
  readonly reason: string;
  /** When it makes sense to look again. */
  readonly until: Instant | undefined;
}

export interface SettingsDecision {
  readonly drifts: readonly Drift[];
  /** In the order in which they must be written; empty when nothing is to be corrected. At most one per mode, except where one must precede another. */
  readonly writes: readonly SettingsWrite[];
}
