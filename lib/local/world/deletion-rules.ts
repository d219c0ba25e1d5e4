// Which backup sets may be deleted through the API: the rules behind StoreStatus and DeleteBackup (RDS API; engine matrix).
import { DAY_MS, type Instant } from '../../base/instant';
import type { InstanceSpec, SetState } from './state';

/** Without log backup, sets younger than this are protected. */
const PROTECTED_DAYS = 7;

/** DeleteBackup knows these engines in this edition only. */
export function takesDeletion(spec: Pick<InstanceSpec, 'engine' | 'category'>): boolean {
  return (spec.engine === 'MySQL' || spec.engine === 'PostgreSQL') && spec.category === 'HighAvailability';
}

/**
 * True for StoreStatus `Enabled`: outside the protected window, which is a week, or the log retention where logs are backed up; a log
 * retention as long as that of data protects every set. Manual logical sets are never deleted.
 */
export function isDeletable(set: SetState, spec: InstanceSpec, asOf: Instant): boolean {
  if (!takesDeletion(spec) || (set.mode === 'Manual' && set.method === 'Logical')) return false;
  const { logBackup, logRetentionDays, retentionDays } = spec.settings;
  if (!logBackup) return asOf - set.endedAt > PROTECTED_DAYS * DAY_MS;
  return logRetentionDays < retentionDays && asOf - set.endedAt > logRetentionDays * DAY_MS;
}

/** An expired set is gone, whether or not it has been swept away. */
export function isGone(set: SetState, at: Instant): boolean {
  return set.expiresAt !== null && set.expiresAt <= at;
}
