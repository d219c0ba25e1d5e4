// Recognises that somebody else keeps changing a setting back.
import { type Instant, plusMs } from '../../base/instant';
import type { Correction } from '../../domain/guard';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { SettingName } from '../../domain/settings';

type FightRules = Pick<SettingsPolicy, 'fightAfter' | 'fightWindowMs'>;

/** The times, oldest first, at which this setting was corrected to this very value within the window before `asOf`. */
export function recentCorrections(
  corrections: readonly Correction[],
  setting: SettingName,
  wanted: string,
  { fightWindowMs }: Pick<FightRules, 'fightWindowMs'>,
  asOf: Instant,
): readonly Instant[] {
  return corrections
    .filter((each) => each.setting === setting && each.wanted === wanted && plusMs(each.at, fightWindowMs) > asOf)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
}

/** Until when a setting is left alone, after corrections at these times (oldest first): until fewer than `fightAfter` are left in the window. */
export function pausedUntil(times: readonly Instant[], { fightAfter, fightWindowMs }: FightRules): Instant | undefined {
  const decisive = times[times.length - fightAfter];
  return decisive === undefined ? undefined : plusMs(decisive, fightWindowMs);
}
