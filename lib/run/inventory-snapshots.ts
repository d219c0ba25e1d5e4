// Lists, makes and deletes snapshots of RDS Custom disks, by hand only. What changes something is recorded as a run.
import { KeeperError, messageOf, UsageError } from '../base/errors';
import { AmbiguousError } from '../domain/cloud-errors';
import type { CustomSnapshot, CustomSnapshotWish } from '../domain/custom-snapshot';
import type { AccountRegion } from '../domain/instance';
import type { RunSummary } from '../domain/run';
import { snapshotDeleted, snapshotProblems, snapshotStarted } from '../policy/custom-snapshot';
import { inRun } from './envelope';
import { type Shard, scopeOf } from './shards';
import type { RunPorts, RunRequest } from './types';

/** Which of the policy's accounts and regions; undefined: all. */
export interface ShardFilter {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export type LocatedSnapshot = CustomSnapshot & AccountRegion;

/** In the service's order, region by region. Throws a UsageError when the policy has no such account or region. */
export async function listSnapshots(shards: readonly Shard[], filter: ShardFilter, diskId: string | undefined): Promise<readonly LocatedSnapshot[]> {
  const snapshots: LocatedSnapshot[] = [];
  for (const { gateway, account, region } of chosenShards(shards, filter)) {
    for await (const page of gateway.listCustomSnapshots(diskId === undefined ? {} : { diskId })) {
      snapshots.push(...page.map((snapshot) => ({ ...snapshot, account, region })));
    }
  }
  return snapshots;
}

/** Throws a KeeperError `unknown-snapshot` when none of the accounts and regions lists it. */
export async function showSnapshot(shards: readonly Shard[], filter: ShardFilter, snapshotId: string): Promise<LocatedSnapshot> {
  return (await findSnapshot(chosenShards(shards, filter), snapshotId)).snapshot;
}

/** Starts one snapshot. Throws a UsageError, with nothing sent, for a wish that the rules forbid and where the region is not clear; else RunFailedError. */
export async function runCreateSnapshot(request: RunRequest, ports: RunPorts, wish: CustomSnapshotWish, filter: ShardFilter): Promise<RunSummary> {
  const problems = snapshotProblems(wish);
  if (problems.length > 0)
    throw new UsageError(`this snapshot cannot be made: ${problems.join('; ')}`, 'RDS API, CreateRCSnapshot: RetentionDays, Description');
  return inRun('extra-backup', request, ports, {}, async (run) => {
    const { gateway } = onlyShard(run.shards, filter);
    const { snapshotId } = await gateway.createCustomSnapshot(wish).catch((cause: unknown) => {
      throw cause instanceof AmbiguousError ? outcomeUnknown(wish, cause) : cause;
    });
    run.tally.finding(snapshotStarted(snapshotId, wish, gateway));
  });
}

/** Deletes one snapshot that is there: the service takes an unknown id for a success. `isForced`: also when disks were made from it. */
export async function runDeleteSnapshot(
  request: RunRequest,
  ports: RunPorts,
  wanted: { readonly snapshotId: string; readonly isForced: boolean; readonly filter: ShardFilter },
): Promise<RunSummary> {
  const { snapshotId, isForced, filter } = wanted;
  return inRun('retention-hygiene', request, ports, {}, async (run) => {
    const { gateway, snapshot } = await findSnapshot(chosenShards(run.shards, filter), snapshotId);
    await gateway.deleteCustomSnapshot(snapshotId, isForced);
    run.tally.finding(snapshotDeleted(snapshot, gateway));
  });
}

async function findSnapshot(shards: readonly Shard[], snapshotId: string): Promise<Pick<Shard, 'gateway'> & { readonly snapshot: LocatedSnapshot }> {
  for (const { gateway, account, region } of shards) {
    for await (const page of gateway.listCustomSnapshots({ snapshotIds: [snapshotId] })) {
      const snapshot = page.find(({ id }) => id === snapshotId);
      if (snapshot !== undefined) return { gateway, snapshot: { ...snapshot, account, region } };
    }
  }
  throw new KeeperError(`no snapshot ${snapshotId} in ${shards.map(scopeOf).join(', ')}`, {
    code: 'unknown-snapshot',
    hint: 'check the id: keeper snapshots list',
  });
}

function chosenShards(shards: readonly Shard[], { account, region }: ShardFilter): readonly Shard[] {
  const chosen = shards.filter((shard) => (account === undefined || shard.account === account) && (region === undefined || shard.region === region));
  if (chosen.length > 0) return chosen;
  throw new UsageError(`the policy has no ${[account, region].filter((part) => part !== undefined).join('/')}`, `it has: ${shards.map(scopeOf).join(', ')}`);
}

/** A disk is not looked up: its account and region must be clear. */
function onlyShard(shards: readonly Shard[], filter: ShardFilter): Shard {
  const [only, ...others] = chosenShards(shards, filter);
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError('which account and region is the disk in?', `name it with --account and --region; the policy has: ${shards.map(scopeOf).join(', ')}`);
}

function outcomeUnknown({ diskId }: CustomSnapshotWish, cause: AmbiguousError): KeeperError {
  return new KeeperError(`nobody knows whether a snapshot of disk ${diskId} was started: ${messageOf(cause)}`, {
    code: 'snapshot-outcome-unknown',
    hint: `look before you ask again: keeper snapshots list --disk ${diskId}`,
    cause,
  });
}
