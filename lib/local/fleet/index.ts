// The fleets of the local cloud.
export { type GeneratedFleetOptions, makeFleet } from './generate';
export { EMPTY_FLEET, SAMPLE_FLEET } from './sample';
export type { FleetMember, FleetSpec } from './spec';
