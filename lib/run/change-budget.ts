// Counts the changes that a run may still make, over all of its accounts and regions.

export interface ChangeBudget {
  readonly limit: number;
  /** How often `take` said yes. */
  readonly taken: number;
  /** How often `take` said no. */
  readonly refused: number;
  /** Uses up one change; false when none is left. */
  take(): boolean;
}

export function makeChangeBudget(limit: number): ChangeBudget {
  let taken = 0;
  let refused = 0;
  return {
    limit,
    get taken() {
      return taken;
    },
    get refused() {
      return refused;
    },
    take: () => {
      if (taken < limit) {
        taken += 1;
        return true;
      }
      refused += 1;
      return false;
    },
  };
}
