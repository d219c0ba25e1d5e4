// Adds up what the workers of a divided fleet have counted: what a share of the fleet is a share of.
import type { Brakes, FleetPart } from '../../domain/brakes';

/**
 * The brakes with this part's newest count. The fleet's total is known when every part of every scope of the policy has been counted; parts of an earlier division, and
 * scopes that the policy no longer has, drop out.
 */
export function withFleetPart(brakes: Brakes, counted: FleetPart, scopes: readonly string[]): Brakes {
  const others = (brakes.fleetParts ?? []).filter(
    ({ scope, part, parts }) => scopes.includes(scope) && (scope !== counted.scope || (parts === counted.parts && part !== counted.part)),
  );
  const fleetParts = [...others, counted];
  if (!scopes.every((scope) => isCounted(fleetParts, scope))) return { ...brakes, fleetParts };
  const manualSets = fleetParts.reduce((sum, each) => sum + each.manualSets, 0);
  return { ...brakes, fleetParts, fleet: { manualSets, asOf: counted.asOf } };
}

function isCounted(all: readonly FleetPart[], scope: string): boolean {
  const own = all.filter((each) => each.scope === scope);
  return own.length > 0 && own.length === own[0]?.parts;
}
