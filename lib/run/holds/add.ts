// Places a hold in the guard row of its instance: it either stands before any deletion of what it covers begins, or fails.
import { KeeperError } from '../../base/errors';
import { CloudError } from '../../domain/cloud-errors';
import type { Hold, HoldTarget } from '../../domain/guard';
import type { RdsGateway } from '../../domain/ports';
import { type HoldRefusal, type HoldWish, wishProblem } from '../../policy/hold-placement';
import { requireMeta } from '../require-meta';
import { findInShards, isFatal, unknownInstances } from '../shards';
import { contended, type HoldDesk } from './desk';
import { placeInGuard, takeBack } from './place';
import { releasesOf } from './sets';
import { type HoldView, viewHolds } from './view';

export interface AddHoldRequest extends HoldWish {
  readonly instanceId: string;
}

export interface AddedHold {
  readonly view: HoldView;
  /** True when the same hold was there before. */
  readonly wasStanding: boolean;
  /** The sets that were marked surplus, and are not any more. */
  readonly unmarked: readonly string[];
}

/**
 * Idempotent: the same target, owner, reason and end are the same hold. Throws a KeeperError, and changes nothing, when the target is unknown, when a set that it covers is
 * being deleted, or when the wish is no good (`wishProblem`).
 */
export async function addHold(desk: HoldDesk, request: AddHoldRequest): Promise<AddedHold> {
  const { ledger, shards, asOf } = desk;
  const { instanceId, target } = request;
  await requireMeta(ledger);
  const problem = wishProblem(request, asOf);
  if (problem !== undefined) throw refused(problem);
  const found = await findInShards(shards, instanceId, { withTags: false });
  if (found === undefined) throw unknownInstances([instanceId]);
  const releases = await checkTarget(desk, found.shard.gateway, instanceId, target);
  const placement = await placeInGuard(ledger, instanceId, request, releases, asOf);
  if (placement === undefined) throw contended(instanceId);
  if (placement.kind === 'refused') throw refused(placement.refusal);
  const { hold } = placement;
  await confirmTarget(desk, found.shard.gateway, instanceId, hold);
  const [view] = await viewHolds(desk, found, [hold]);
  if (view === undefined) throw new Error(`no view of hold ${hold.id}`); // one view per hold
  return { view, wasStanding: placement.kind === 'standing', unmarked: placement.kind === 'placed' ? placement.unmarked : [] };
}

/** What the hold is on must exist. Returns the releases of the instance's sets, where they matter. */
async function checkTarget(desk: HoldDesk, gateway: RdsGateway, instanceId: string, target: HoldTarget): Promise<ReadonlyMap<string, string>> {
  if (target.kind === 'instance') return new Map();
  if (target.kind === 'release') {
    const releases = releasesOf(await desk.ledger.listSets(instanceId));
    if ([...releases.values()].includes(target.release)) return releases;
    throw new KeeperError(`instance ${instanceId} has no backup set of release ${target.release}`, {
      code: 'unknown-release',
      hint: 'check the key, and that its backup has finished (keeper status)',
    });
  }
  if ((await gateway.findBackupSet(instanceId, target.backupId)) === undefined) throw unknownSet(instanceId, target.backupId);
  return new Map();
}

/** A purge may have run its whole course between the first look and the write: a hold on a set that is gone by now is taken back, loudly. */
async function confirmTarget({ ledger, asOf }: HoldDesk, gateway: RdsGateway, instanceId: string, { id, target }: Hold): Promise<void> {
  if (target.kind !== 'set') return;
  try {
    if ((await gateway.findBackupSet(instanceId, target.backupId)) !== undefined) return;
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    return; // the hold stands, and its view says that its effect is not known
  }
  await takeBack(ledger, instanceId, id, asOf);
  throw unknownSet(instanceId, target.backupId);
}

function unknownSet(instanceId: string, backupId: string): KeeperError {
  return new KeeperError(`instance ${instanceId} lists no backup set ${backupId}`, {
    code: 'unknown-backup-set',
    hint: 'check both ids; a set may show up a minute after its job has finished',
  });
}

function refused({ code, message, hint }: HoldRefusal): KeeperError {
  const isTyped = code === 'hold-text' || code === 'hold-in-the-past';
  return new KeeperError(message, { code, hint, exitCode: isTyped ? 2 : 1 });
}
