// Guards in the ledger: one versioned row per instance, changed by compare-and-swap.
import { emptyGuard, type Guard } from '../../domain/guard';
import type { Ledger } from '../../domain/ports';
import { guardPut, readGuard } from './rows/guards';
import { atVersion } from './rows/intents';
import type { Store } from './store';

export function makeGuards(store: Store, newId: () => string): Pick<Ledger, 'getGuards' | 'putGuard'> {
  return {
    getGuards: async (instanceIds) => {
      const rows = await store.getMany(
        'guards',
        instanceIds.map((id) => [id]),
      );
      return instanceIds.map((id, index) => {
        const row = rows[index];
        return row === undefined ? emptyGuard(id) : readGuard(row);
      });
    },
    putGuard: async (current, next) => {
      const stored: Guard = { ...next, version: current.version + 1 };
      const [outcome] = await store.write([guardPut(stored, newId(), current.version === 0 ? { row: 'absent' } : atVersion(current.version))]);
      return outcome === 'won' ? stored : undefined;
    },
  };
}
