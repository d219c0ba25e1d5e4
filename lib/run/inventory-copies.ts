// Lists what there is in other regions: cross-region settings, copies of backup sets, copied logs, and what a copy holds. Also of instances that are released.
import { KeeperError } from '../base/errors';
import type { CrossRegionCopy, CrossRegionInstance, CrossRegionSettings, LogFile } from '../domain/cross-region';
import type { AccountRegion } from '../domain/instance';
import type { RdsGateway, SetWindow } from '../domain/ports';
import type { SetContents } from '../domain/restore';
import { findInShards, type Shard, unknownInstances } from './shards';

/** An instance that has, or had, copies, and where it is or was. */
export type LocatedCrossRegion = CrossRegionInstance & AccountRegion;

/** Of all instances that have, or had, the feature on, in the accounts and regions of the policy. */
export async function listCrossRegion(shards: readonly Shard[]): Promise<readonly LocatedCrossRegion[]> {
  const all: LocatedCrossRegion[] = [];
  for (const { gateway, account, region } of shards) {
    for await (const page of gateway.listCrossRegionInstances()) all.push(...page.map((entry) => ({ ...entry, account, region })));
  }
  return all;
}

export interface ShownCrossRegion extends AccountRegion {
  readonly instanceId: string;
  readonly settings: CrossRegionSettings;
  /** Where the service would copy to. */
  readonly destinations: readonly string[];
}

/** Throws a KeeperError `unknown-instance` for an instance that is neither there nor remembered by its copies. */
export async function showCrossRegion(shards: readonly Shard[], instanceId: string): Promise<ShownCrossRegion> {
  const { gateway, settings } = await copiedInstance(shards, instanceId);
  const { account, region } = gateway;
  return { instanceId, account, region, settings, destinations: await gateway.listCopyDestinations() };
}

export interface ListedCopies<T> {
  readonly destination: string;
  readonly rows: readonly T[];
}

/** What to list: `copyRegion` where the copies lie elsewhere than the instance is set to now. */
export interface CopiesQuery {
  readonly instanceId: string;
  readonly copyRegion: string | undefined;
  readonly window: SetWindow;
}

/** The copies whose backup started in the window, oldest first. Throws a KeeperError `never-copied` where no region is known. */
export async function listCopiesOf(shards: readonly Shard[], { instanceId, copyRegion, window }: CopiesQuery): Promise<ListedCopies<CrossRegionCopy>> {
  const { gateway, destination } = await copiesPlace(shards, instanceId, copyRegion);
  return { destination, rows: await gateway.listCopies(instanceId, destination, window) };
}

/** The copied logs that overlap the window, oldest first. */
export async function listCopiedLogsOf(shards: readonly Shard[], { instanceId, copyRegion, window }: CopiesQuery): Promise<ListedCopies<LogFile>> {
  const { gateway, destination } = await copiesPlace(shards, instanceId, copyRegion);
  return { destination, rows: await gateway.listCopiedLogs(instanceId, destination, window) };
}

/** The databases and tables of a copy (MySQL; RDS API, DescribeCrossBackupMetaList). */
export async function listCopyContents(
  shards: readonly Shard[],
  { instanceId, copyId, copyRegion }: { readonly instanceId: string; readonly copyId: string; readonly copyRegion: string | undefined },
): Promise<ListedCopies<SetContents>> {
  const { gateway, destination } = await copiesPlace(shards, instanceId, copyRegion);
  return { destination, rows: await gateway.listSetContents(destination, copyId) };
}

async function copiesPlace(
  shards: readonly Shard[],
  instanceId: string,
  copyRegion: string | undefined,
): Promise<{ readonly gateway: RdsGateway; readonly destination: string }> {
  const { gateway, settings } = await copiedInstance(shards, instanceId);
  const destination = copyRegion ?? settings.destination;
  if (destination !== undefined) return { gateway, destination };
  throw new KeeperError(`instance ${instanceId} has never been copied to another region`, {
    code: 'never-copied',
    hint: 'name the region with --copy-region if you know better; keeper copies settings lists the instances that have copies',
  });
}

/** A released instance is found by the list of those that have copies. */
async function copiedInstance(shards: readonly Shard[], instanceId: string): Promise<{ readonly gateway: RdsGateway; readonly settings: CrossRegionSettings }> {
  const found = await findInShards(shards, instanceId, { withTags: false });
  if (found !== undefined) {
    const { gateway } = found.shard;
    return { gateway, settings: await gateway.readCrossRegionSettings(instanceId) };
  }
  for (const { gateway } of shards) {
    for await (const page of gateway.listCrossRegionInstances()) {
      const entry = page.find((each) => each.instanceId === instanceId);
      if (entry !== undefined) return { gateway, settings: entry };
    }
  }
  throw unknownInstances([instanceId]);
}
