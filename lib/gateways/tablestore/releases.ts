// Releases in the ledger: one versioned row per release key, changed by compare-and-swap.
import type { Ledger } from '../../domain/ports';
import type { Release } from '../../domain/release';
import { atVersion } from './rows/intents';
import { readRelease, releasePut } from './rows/releases';
import type { Store } from './store';

export function makeReleases(store: Store, newId: () => string): Pick<Ledger, 'getRelease' | 'putRelease'> {
  return {
    getRelease: async (key) => {
      const row = await store.get('releases', [key]);
      return row === undefined ? undefined : readRelease(row);
    },
    putRelease: async (current, next) => {
      const version = current?.version ?? 0;
      const stored: Release = { ...next, version: version + 1 };
      const [outcome] = await store.write([releasePut(stored, newId(), version === 0 ? { row: 'absent' } : atVersion(version))]);
      return outcome === 'won' ? stored : undefined;
    },
  };
}
