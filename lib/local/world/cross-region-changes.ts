// What the world does when cross-region settings change: a first copy, and other ends of those that are there.
import { DAY_MS, type Instant, plusMs } from '../../base/instant';
import { type CopyingOptions, copiesOf, expiryOf, isMySqlOnCloudDisk } from './copies';
import type { CopyState, CrossRegionSettings } from './copy-state';
import type { WorldDelta } from './deltas';
import { makeJob } from './jobs';
import { automaticPlan } from './settle';
import { canBackUp, type InstanceState } from './state';

/** The changes of one write, which the rules have let pass. */
export function crossRegionChanges(instance: InstanceState, settings: CrossRegionSettings | undefined, options: CopyingOptions): readonly WorldDelta[] {
  const { spec } = instance;
  if (settings === undefined) return [];
  const before = spec.crossRegion;
  const isBegun = settings.isEnabled && !(before?.isEnabled === true && before.destination === settings.destination);
  const first = isBegun ? recentCopy(instance, settings, options) : undefined;
  return [
    { kind: 'instance', spec: { ...spec, crossRegion: first === undefined ? settings : withLogsOf(settings, first, options.now) } },
    ...retentionChanges(instance, settings, options.now),
    ...(first === undefined ? [] : [{ kind: 'copy', instanceId: spec.id, copy: first } as const]),
    ...(isBegun && first === undefined ? firstBackup(instance, options) : []),
  ];
}

/** All copies are kept as the settings say now, those that exist and those in another region included. */
function retentionChanges(instance: InstanceState, settings: CrossRegionSettings, now: Instant): readonly WorldDelta[] {
  const before = instance.spec.crossRegion?.retentionDays ?? settings.retentionDays;
  if (before === settings.retentionDays || instance.copies.length === 0) return [];
  // A copy that was planted with an end of its own keeps it.
  const retained = (copy: CopyState): CopyState =>
    copy.expiresAt === expiryOf(copy, before) ? { ...copy, expiresAt: expiryOf(copy, settings.retentionDays) } : copy;
  return [{ kind: 'copies', instanceId: instance.spec.id, copies: instance.copies.map(retained).filter((copy) => copy.expiresAt > now) }];
}

/** ASSUMED: where there is a good set of the last 24 hours, it is copied, from now on. Nothing old is copied of MySQL with cloud disks. */
function recentCopy(instance: InstanceState, settings: CrossRegionSettings, options: CopyingOptions): CopyState | undefined {
  const { now } = options;
  if (isMySqlOnCloudDisk(instance.spec)) return undefined;
  const recent = instance.sets
    .filter((set) => set.outcome === 'Finished' && set.databases === undefined && set.type === 'FullBackup' && set.endedAt > now - DAY_MS)
    .sort((a, b) => b.endedAt - a.endedAt);
  const [copy] = copiesOf(instance.spec, recent.slice(0, 1), settings, options);
  return copy === undefined ? undefined : { ...copy, readyAt: plusMs(now, copy.readyAt - copy.endedAt) };
}

/** With a set that was there before, its logs go over as well. */
function withLogsOf(settings: CrossRegionSettings, copy: CopyState, now: Instant): CrossRegionSettings {
  const logPeriods = settings.logPeriods.map((period) => (period.to === null && period.from === now ? { ...period, from: copy.startedAt } : period));
  return { ...settings, logPeriods };
}

/** Without a good set of the last 24 hours a backup is made (help pages), except on MySQL with cloud disks. */
function firstBackup(instance: InstanceState, { now, ids, knobs }: CopyingOptions): readonly WorldDelta[] {
  const { spec, job } = instance;
  if (isMySqlOnCloudDisk(spec) || job !== undefined || !canBackUp(spec)) return [];
  const plan = { ...automaticPlan(instance, now), type: 'FullBackup' } as const;
  return [{ kind: 'job-started', instanceId: spec.id, job: makeJob(spec, plan, ids.jobId(), now, knobs, instance.nextJob) }];
}
