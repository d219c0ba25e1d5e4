// Takes the brakes for a destructive act: compare-and-swap on the policy's one row, decided anew whenever somebody else was faster.
import type { BrakeKind, Brakes, FleetPart } from '../../domain/brakes';
import { type BrakeDecision, type BrakeObject, decideBrakes } from '../../policy/retention/brakes';
import { withFleetPart } from '../../policy/retention/fleet-count';
import type { Run } from '../envelope';
import { GUARD_ATTEMPTS } from '../timing';

/** What the newest full sweep has seen; undefined when this run is no full sweep. */
export type FleetTotal = Brakes['fleet'];

export interface BrakeRequest {
  readonly kind: BrakeKind;
  readonly objects: readonly BrakeObject[];
  readonly fleet: FleetTotal;
  /** What a share is a share of where no full sweep has ever been recorded. */
  readonly seenManualSets: number;
}

/**
 * All of the objects or none. What is granted is written down before the act and never given back; a dry run writes nothing. Other writers who keep winning are a
 * refusal too.
 */
export async function takeBrakes(run: Run, request: BrakeRequest): Promise<BrakeDecision> {
  const { ledger } = run.ports;
  const { name, limits } = run.request.policy;
  let decision: BrakeDecision | undefined;
  for (let attempt = 0; attempt < GUARD_ATTEMPTS; attempt += 1) {
    const current = withFleet(await ledger.getBrakes(name), request.fleet);
    const { kind, objects } = request;
    const fleetManualSets = current.fleet?.manualSets ?? request.seenManualSets;
    decision = decideBrakes({ brakes: current, limits, kind, objects, fleetManualSets, runId: run.id, asOf: run.ports.clock.now() });
    if (!decision.granted || run.request.dryRun) return decision;
    if ((await ledger.putBrakes(current, decision.brakes)) !== undefined) return decision;
  }
  const used = decision?.brakes.entries.length ?? 0;
  return { granted: false, brakes: await ledger.getBrakes(name), reason: 'other runs kept changing the brakes', allowed: 0, used };
}

/** Writes down how many manual sets a full sweep has seen, where that is news. Losing the race is harmless: the winner has swept too. */
export async function recordFleet(run: Run, fleet: NonNullable<FleetTotal>): Promise<void> {
  if (run.request.dryRun) return;
  const current = await run.ports.ledger.getBrakes(run.request.policy.name);
  if (current.fleet?.manualSets === fleet.manualSets) return;
  await run.ports.ledger.putBrakes(current, { ...current, fleet });
}

/** Writes down what this worker has counted, where others count the rest. */
export async function recordFleetPart(run: Run, part: FleetPart, scopes: readonly string[]): Promise<void> {
  const { ledger } = run.ports;
  for (let attempt = 0; attempt < GUARD_ATTEMPTS; attempt += 1) {
    const current = await ledger.getBrakes(run.request.policy.name);
    if ((await ledger.putBrakes(current, withFleetPart(current, part, scopes))) !== undefined) return;
  }
}

function withFleet(brakes: Brakes, fleet: FleetTotal): Brakes {
  return fleet === undefined ? brakes : { ...brakes, fleet };
}
