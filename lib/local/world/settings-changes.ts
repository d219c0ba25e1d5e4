// What the world does when backup settings change: other times of backup, sets and logs that go, and an instance that is busy for a while.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { nextAutomatic } from './automatic';
import type { WorldDelta } from './deltas';
import type { RdsKnobs } from './knobs';
import { type BackupSettings, BUSY_STATUS, type InstanceSpec, type InstanceState, type SetState } from './state';

/** The changes of one write of settings, which the rules have let pass. */
export function settingsChanges(instance: InstanceState, settings: BackupSettings, now: Instant, knobs: RdsKnobs): readonly WorldDelta[] {
  const { spec } = instance;
  const { busyMs } = knobs.settingsChange;
  const changed: InstanceSpec = { ...spec, settings, ...(busyMs > 0 ? { status: BUSY_STATUS } : {}) };
  return [
    { kind: 'instance', spec: changed },
    ...(busyMs > 0 ? [{ kind: 'busy', instanceId: spec.id, until: plusMs(now, busyMs) } as const] : []),
    ...automaticChanges(spec, changed, now, knobs),
    ...setChanges(instance, settings, now),
    ...logChanges(instance, settings, now),
  ];
}

/** A new time of backup counts from now on; on SQL Server it starts a backup soon by itself. */
function automaticChanges(before: InstanceSpec, after: InstanceSpec, now: Instant, knobs: RdsKnobs): readonly WorldDelta[] {
  if (timesOf(before) === timesOf(after)) return [];
  const { backupAfterMs, busyMs } = knobs.settingsChange;
  const isMoved = before.settings.windowStartMinute !== after.settings.windowStartMinute;
  const next = nextAutomatic(after, now);
  const soon = after.engine === 'SQLServer' && isMoved && backupAfterMs !== null ? plusMs(now, busyMs + backupAfterMs) : undefined;
  const at = soon === undefined || next === undefined ? next : instant(Math.min(soon, next));
  return [{ kind: 'automatic', instanceId: after.id, at: at ?? null }];
}

function timesOf({ settings }: InstanceSpec): string {
  return JSON.stringify([settings.days, settings.windowStartMinute, settings.intervalMinutes ?? null]);
}

/** Automatic sets are kept as the settings say, those that exist included: with a shorter retention the older ones go at once. */
function setChanges(instance: InstanceState, settings: BackupSettings, now: Instant): readonly WorldDelta[] {
  const { spec, starts } = instance;
  if (spec.settings.retentionDays === settings.retentionDays) return [];
  const retained = (set: SetState): SetState => (set.mode === 'Manual' ? set : { ...set, expiresAt: plusMs(set.endedAt, settings.retentionDays * DAY_MS) });
  const sets = instance.sets.map(retained).filter((set) => set.expiresAt === null || set.expiresAt > now);
  return [{ kind: 'history', instanceId: spec.id, sets, starts }];
}

/** Without log backup all logs go, and with them every point in time between two sets. */
function logChanges(instance: InstanceState, settings: BackupSettings, now: Instant): readonly WorldDelta[] {
  const { spec } = instance;
  if (spec.settings.logBackup === settings.logBackup) return [];
  return [{ kind: 'logs', instanceId: spec.id, since: settings.logBackup ? now : null }];
}
