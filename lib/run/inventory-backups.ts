// Lists backup sets and shows single ones: those of an instance, and those that released instances have left.
import { KeeperError } from '../base/errors';
import type { BackupSet, DetachedSet } from '../domain/backup';
import type { AccountRegion } from '../domain/instance';
import type { DownloadLink, SetWindow } from '../domain/ports';
import { placeOf } from './inventory';
import type { Shard } from './shards';

/** Those that started in the window, oldest first. Throws a KeeperError `unknown-instance`, or what the service throws. */
export async function listBackups(shards: readonly Shard[], instanceId: string, window: SetWindow): Promise<readonly BackupSet[]> {
  const { gateway } = await placeOf(shards, instanceId);
  return gateway.listBackupSets(instanceId, window);
}

export interface ShownBackup {
  readonly set: BackupSet;
  /** They give full access to the data: for the screen only. Undefined: not asked for. */
  readonly links: readonly DownloadLink[] | undefined;
}

/** Throws a KeeperError `unknown-backup-set` for a set that the service does not list. */
export async function showBackup(shards: readonly Shard[], instanceId: string, backupId: string, withLinks: boolean): Promise<ShownBackup> {
  const { gateway } = await placeOf(shards, instanceId);
  const set = await gateway.findBackupSet(instanceId, backupId);
  if (set === undefined) {
    throw new KeeperError(`instance ${instanceId} lists no backup set ${backupId}`, {
      code: 'unknown-backup-set',
      hint: 'check both ids; a set may show up a minute after its job has finished',
    });
  }
  return { set, links: withLinks ? await gateway.listDownloadLinks(instanceId, backupId) : undefined };
}

/** A set of a released instance, and in whose region it lies. */
export type LocatedDetachedSet = DetachedSet & AccountRegion;

/** All that the accounts and regions of the policy list (MySQL on local disks only); of one instance where it is named, and from the window where there is one. */
export async function listDetached(
  shards: readonly Shard[],
  only: { readonly instanceId: string | undefined; readonly window: SetWindow | undefined },
): Promise<readonly LocatedDetachedSet[]> {
  const { instanceId, window } = only;
  const isWanted = (set: DetachedSet): boolean =>
    (instanceId === undefined || set.instanceId === instanceId) && (window === undefined || (set.startedAt >= window.from && set.startedAt < window.to));
  const sets: LocatedDetachedSet[] = [];
  for (const { gateway, account, region } of shards) {
    for await (const page of gateway.listDetachedSets()) sets.push(...page.filter(isWanted).map((set) => ({ ...set, account, region })));
  }
  return sets;
}
