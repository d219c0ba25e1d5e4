// Words a drift for verdicts and findings: whoever reads of it, in whatever report, is told when correcting it drops backups.
import type { Drift } from './types';

export const DESTRUCTIVE = ' (destructive)';

/** For example `dataRetentionDays 60 days → 14 days (destructive)`. */
export function driftText({ setting, before, wanted, isDestructive }: Drift): string {
  return `${setting} ${before} → ${wanted}${isDestructive ? DESTRUCTIVE : ''}`;
}
