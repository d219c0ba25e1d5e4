// Capacity units: what an operation is said to have consumed. One unit is 4 KB, rounded up, at least one.

/** Reads and writes in capacity units. */
export interface Consumed {
  readonly capacityUnit: { readonly read: number; readonly write: number };
}

const UNIT_BYTES = 4096;

function units(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES));
}

export function readCost(bytes: number): Consumed {
  return { capacityUnit: { read: units(bytes), write: 0 } };
}

/** A condition has the service read the row first. */
export function writeCost(bytes: number, conditionBytes: number | undefined): Consumed {
  return { capacityUnit: { read: conditionBytes === undefined ? 0 : units(conditionBytes), write: units(bytes) } };
}
