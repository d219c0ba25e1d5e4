// Finds what a restore starts from: the instance or what its copies remember of it, the set or copy that was named, and the recovery window. Reads only.
import { DAY_MS, type Instant, plusMs } from '../../base/instant';
import { RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionCopy, CrossRegionInstance, RecoveryWindow } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';
import { type FoundSource, type FromCopies, type FromLocal, isFromCopies, type KnownWindow, type RestoreOrigin } from '../../policy/restore-types';
import { findInShards, type Shard, unknownInstances } from '../shards';
import { LOOK_AHEAD_MS } from '../timing';
import type { RestoreDesk } from './desk';

/** Copies are kept for 1,825 days at most (RDS API, ModifyInstanceCrossBackupPolicy). */
const OLDEST_COPY_MS = 1_825 * DAY_MS;

/** What is known before the backup itself is looked at. */
const NOTHING = { set: undefined, copy: undefined, copyRegion: undefined, areCopiesListed: true, window: 'unknown' } as const;

/** Throws a KeeperError `unknown-instance` when no account and region of the policy knows the instance, alive or by its copies. */
export async function findSource(desk: RestoreDesk, origin: RestoreOrigin): Promise<FoundSource> {
  const { from } = origin;
  const place = await placeOf(desk, origin);
  const { shard, instance } = place;
  const details = instance === undefined ? undefined : await shard.gateway.readDetails(instance.id);
  const backup = isFromCopies(from) ? await findInCopies(desk, place, origin, from) : await findLocally(place, from);
  return { account: shard.account, region: shard.region, instance, details, ...NOTHING, ...backup };
}

/** A released instance has no local backups to look for, and the rules say so. */
async function findLocally({ shard: { gateway }, instance }: Place, from: FromLocal): Promise<Partial<FoundSource>> {
  if (instance === undefined) return {};
  if (from.kind === 'set') return { set: await gateway.findBackupSet(instance.id, from.backupId) };
  return { window: await localWindow(gateway, instance) };
}

async function findInCopies(desk: RestoreDesk, place: Place, origin: RestoreOrigin, from: FromCopies): Promise<Partial<FoundSource>> {
  const { instanceId } = origin;
  const { gateway } = place.shard;
  const copyRegion = origin.copyRegion ?? place.entry?.destination ?? (await destinationOf(gateway, instanceId));
  if (copyRegion === undefined) return {};
  const copies = await unlessRefused(undefined, () => copiesOf(desk, gateway, instanceId, copyRegion));
  const areCopiesListed = copies !== undefined;
  if (from.kind === 'copy') return { copyRegion, areCopiesListed, copy: copies?.find(({ id }) => id === from.copyId) };
  return { copyRegion, areCopiesListed, window: copies === undefined ? 'unknown' : await copiedWindow(gateway, instanceId, copies, from.at) };
}

interface Place {
  readonly shard: Shard;
  /** Undefined: released. */
  readonly instance: Instance | undefined;
  readonly entry: CrossRegionInstance | undefined;
}

async function placeOf({ shards }: RestoreDesk, { instanceId }: RestoreOrigin): Promise<Place> {
  const found = await findInShards(shards, instanceId, { withTags: false });
  if (found !== undefined) return { ...found, entry: undefined };
  for (const shard of shards) {
    const entry = await released(shard.gateway, instanceId);
    if (entry !== undefined) return { shard, instance: undefined, entry };
  }
  throw unknownInstances([instanceId]);
}

/** What the list of instances with copies has of one that is gone; regions without the feature have no such list. */
async function released(gateway: RdsGateway, instanceId: string): Promise<CrossRegionInstance | undefined> {
  return unlessRefused(undefined, async () => {
    for await (const page of gateway.listCrossRegionInstances()) {
      const entry = page.find((each) => each.instanceId === instanceId);
      if (entry !== undefined) return entry;
    }
    return undefined;
  });
}

async function destinationOf(gateway: RdsGateway, instanceId: string): Promise<string | undefined> {
  return unlessRefused(undefined, async () => (await gateway.readCrossRegionSettings(instanceId)).destination);
}

async function copiesOf({ asOf }: RestoreDesk, gateway: RdsGateway, instanceId: string, copyRegion: string): Promise<readonly CrossRegionCopy[]> {
  return gateway.listCopies(instanceId, copyRegion, { from: plusMs(asOf, -OLDEST_COPY_MS), to: plusMs(asOf, LOOK_AHEAD_MS) });
}

/** SQL Server is not covered (RDS API, DescribeLocalAvailableRecoveryTime: MySQL, PostgreSQL, MariaDB). */
async function localWindow(gateway: RdsGateway, { id, engine }: Instance): Promise<KnownWindow> {
  if (engine === 'sqlserver') return 'unknown';
  return windowOf(() => gateway.localRecoveryWindow(id));
}

/** Each copy has a window of its own, from the logs after it: the newest copy before the wished time has it, else the oldest one shows where it begins. */
async function copiedWindow(gateway: RdsGateway, instanceId: string, copies: readonly CrossRegionCopy[], at: Instant): Promise<KnownWindow> {
  const usable = copies.filter(({ status }) => status === 'success').sort((a, b) => a.endedAt - b.endedAt);
  const base = usable.findLast(({ endedAt }) => endedAt <= at) ?? usable[0];
  if (base === undefined) return 'none';
  return windowOf(() => gateway.copyRecoveryWindow(instanceId, base.id));
}

async function windowOf(read: () => Promise<RecoveryWindow | undefined>): Promise<KnownWindow> {
  return unlessRefused<KnownWindow>('unknown', async () => (await read()) ?? 'none');
}

/** A service that does not answer the question for this kind of instance leaves it open; every other failure is one. */
export async function unlessRefused<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RefusedError) return otherwise;
    throw error;
  }
}
