// Finds what a call is about, for the caller's account only.
import type { RpcError } from '../rpc/errors';
import { requiredText } from '../rpc/parameters';
import type { Call, ParameterRule, RpcAction } from '../rpc/types';
import { isThere } from '../world/copies';
import { COPY_REGIONS } from '../world/copy-regions';
import type { WorldDelta } from '../world/deltas';
import type { OwnedCopy } from '../world/restore-rules';
import { existsAt, type InstanceState } from '../world/state';
import type { World } from '../world/world';

/** An action of the RDS API on the local world. */
export type RdsAction = RpcAction<World, WorldDelta>;

export const INSTANCE_ID: ParameterRule = { type: 'string', required: true };

/** The instance, if it is the caller's and was there at the time; undefined otherwise: others' and released instances do not exist for a caller. */
export function findInstance(call: Call, world: World, instanceId: string): InstanceState | undefined {
  const found = world.find(instanceId);
  return found === undefined || found.spec.accountId !== call.caller.accountId || !existsAt(found, call.asOf) ? undefined : found;
}

/** The caller's instances of a region that were there at the time, by id. */
export function listInstances(call: Call, world: World, regionId: string): readonly InstanceState[] {
  return world.instancesIn(call.caller.accountId, regionId).filter((instance) => existsAt(instance, call.asOf));
}

/** The instance that DBInstanceId names, or the operation's own answer to an unknown one. */
export function requireInstance(call: Call, world: World, notFound: () => RpcError): InstanceState {
  const found = findInstance(call, world, requiredText(call.parameters, 'DBInstanceId'));
  if (found === undefined) throw notFound();
  return found;
}

/** Whether the operations on copies know the instance: it lives, or it was released and copies of it are kept. */
export function isKnownToCopying(call: Call, instance: InstanceState): boolean {
  if (existsAt(instance, call.asOf)) return true;
  return instance.releasedAt !== undefined && instance.copies.some((copy) => isThere(copy, call.asOf));
}

/** The instance that DBInstanceId names, released ones with copies included, or the operation's own answer to an unknown one. */
export function requireCopiedInstance(call: Call, world: World, notFound: () => RpcError): InstanceState {
  const found = world.find(requiredText(call.parameters, 'DBInstanceId'));
  if (found === undefined || found.spec.accountId !== call.caller.accountId || !isKnownToCopying(call, found)) throw notFound();
  return found;
}

/** RegionId is the instance's own region, or one that has copies of it. */
export function checkCopyRegion(call: Call, { spec, copies }: InstanceState, badRegion: () => RpcError, notFound: () => RpcError): void {
  const regionId = requiredText(call.parameters, 'RegionId');
  if (!COPY_REGIONS.includes(regionId)) throw badRegion();
  const isItsOwn = regionId === spec.regionId || regionId === spec.crossRegion?.destination;
  if (!isItsOwn && !copies.some((copy) => copy.region === regionId)) throw notFound();
}

/** The caller's copy of that id, if it is there; undefined otherwise. */
export function findCopy(call: Call, world: World, copyId: string): OwnedCopy | undefined {
  const found = world.findCopy(copyId);
  return found === undefined || found.instance.spec.accountId !== call.caller.accountId || !isThere(found.copy, call.asOf) ? undefined : found;
}
