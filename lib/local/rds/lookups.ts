// Finds what a call is about, for the caller's account only.
import type { RpcError } from '../rpc/errors';
import { requiredText } from '../rpc/parameters';
import type { Call, ParameterRule, RpcAction } from '../rpc/types';
import type { WorldDelta } from '../world/deltas';
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
