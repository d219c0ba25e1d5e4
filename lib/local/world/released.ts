// What becomes of an instance that is released: its sets and copies are kept for a while, or as its policies say, and then nothing is left.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { isMySqlOnCloudDisk } from './copies';
import type { CrossRegionSettings } from './copy-state';
import type { WorldDelta } from './deltas';
import { closePeriods } from './log-files';
import type { InstanceState, SetState } from './state';

/** Backups of a released instance, unless its released-keep policy keeps them. */
const KEPT_AFTER_RELEASE_DAYS = 7;

/** A running job comes to nothing. */
export function releaseChanges(instance: InstanceState, now: Instant): readonly WorldDelta[] {
  const { spec } = instance;
  const newest = instance.sets.filter((set) => set.outcome === 'Finished').sort((a, b) => b.startedAt - a.startedAt)[0];
  const isKept = (set: SetState): boolean => spec.settings.releasedKeep === 'All' || (spec.settings.releasedKeep === 'Lastest' && set === newest);
  const limit = plusMs(now, KEPT_AFTER_RELEASE_DAYS * DAY_MS);
  const sets = instance.sets.map((set) => ({ ...set, expiresAt: isKept(set) ? null : earlier(set.expiresAt, limit) }));
  return [
    { kind: 'instance', spec: { ...spec, status: 'Released', ...(spec.crossRegion === undefined ? {} : { crossRegion: ended(spec.crossRegion, now) }) } },
    { kind: 'released', instanceId: spec.id, at: now, sets },
    // Copies are kept as long as their own retention says, but for MySQL on cloud disks (engine matrix).
    ...(isMySqlOnCloudDisk(spec) && instance.copies.length > 0 ? [{ kind: 'copies', instanceId: spec.id, copies: [] } as const] : []),
  ];
}

/** ASSUMED: the settings stay as they were, since only their retention can still be changed; no log goes anywhere any more. */
function ended(settings: CrossRegionSettings, now: Instant): CrossRegionSettings {
  return { ...settings, logPeriods: closePeriods(settings.logPeriods, now) };
}

function earlier(expiresAt: Instant | null, limit: Instant): Instant {
  return instant(Math.min(expiresAt ?? limit, limit));
}

/** When the last set or copy of a released instance goes, and the instance with it; undefined when one is kept for ever. */
export function forgottenAt(instance: InstanceState): Instant | undefined {
  let last: number = instance.releasedAt ?? 0;
  for (const { expiresAt } of [...instance.sets, ...instance.copies]) {
    if (expiresAt === null) return undefined;
    last = Math.max(last, expiresAt);
  }
  return instant(last);
}
