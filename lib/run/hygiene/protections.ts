// What protects sets where the policy has no retention of its own: against deletion by hand, and against what a destructive change of settings would drop.
import { DAY_MS } from '../../base/instant';
import type { RetentionPolicy } from '../../domain/protection-policy';

/** No rule: by itself it lets nothing go. */
export const PROTECTIONS_ONLY: RetentionPolicy = {
  mode: 'audit',
  timezone: 'UTC',
  keep: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  keepWithinMs: undefined,
  floor: 2,
  recoveryWindowMs: undefined,
  graceMs: DAY_MS,
  runEveryMs: DAY_MS,
  deleteBackupFiles: false,
};
