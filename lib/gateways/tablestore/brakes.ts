// Brakes in the ledger: one versioned row per policy, changed by compare-and-swap.
import { type Brakes, emptyBrakes } from '../../domain/brakes';
import type { Ledger } from '../../domain/ports';
import { brakesPut, readBrakes } from './rows/brakes';
import { atVersion } from './rows/intents';
import type { Store } from './store';

export function makeBrakes(store: Store, newId: () => string): Pick<Ledger, 'getBrakes' | 'putBrakes'> {
  return {
    getBrakes: async (policy) => {
      const row = await store.get('brakes', [policy]);
      return row === undefined ? emptyBrakes(policy) : readBrakes(row);
    },
    putBrakes: async (current, next) => {
      const stored: Brakes = { ...next, version: current.version + 1 };
      const [outcome] = await store.write([brakesPut(stored, newId(), current.version === 0 ? { row: 'absent' } : atVersion(current.version))]);
      return outcome === 'won' ? stored : undefined;
    },
  };
}
