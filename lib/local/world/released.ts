// What becomes of an instance that is released: its sets are kept for a while, or as its released-keep policy says, and then nothing is left.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import type { WorldDelta } from './deltas';
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
    { kind: 'instance', spec: { ...spec, status: 'Released' } },
    { kind: 'released', instanceId: spec.id, at: now, sets },
  ];
}

function earlier(expiresAt: Instant | null, limit: Instant): Instant {
  return instant(Math.min(expiresAt ?? limit, limit));
}

/** When the last set of a released instance goes, and the instance with it; undefined when one is kept for ever. */
export function forgottenAt(instance: InstanceState): Instant | undefined {
  let last: number = instance.releasedAt ?? 0;
  for (const { expiresAt } of instance.sets) {
    if (expiresAt === null) return undefined;
    last = Math.max(last, expiresAt);
  }
  return instant(last);
}
