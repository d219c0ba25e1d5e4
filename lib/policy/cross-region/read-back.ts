// Compares what was written to the cross-region settings with what the service shows afterwards.
import type { CrossRegionSettings, CrossRegionWrite } from '../../domain/cross-region';
import { daysText, switchText } from './words';

/** What differs, in words; undefined when all is as written. Where copies are off the rest does not matter. */
export function settingsDiffer(write: CrossRegionWrite, shown: CrossRegionSettings): string | undefined {
  const sentences: string[] = [];
  const compare = (what: string, expected: string, found: string): void => {
    if (expected !== found) sentences.push(`${what} to be ${expected}, and the service shows ${found}`);
  };
  compare('copies were set', switchText(write.isEnabled), switchText(shown.isEnabled));
  if (write.isEnabled && shown.isEnabled) {
    compare('the destination was set', write.destination, shown.destination ?? 'none');
    compare('the copied logs were set', switchText(write.copiesLogs), switchText(shown.copiesLogs));
  }
  compare('the retention of copies was set', daysText(write.retentionDays), daysText(shown.retentionDays));
  return sentences.length === 0 ? undefined : sentences.join('; ');
}
