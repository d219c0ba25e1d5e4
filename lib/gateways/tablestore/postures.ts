// Postures in the ledger: the newest word on each instance, where late writers lose.
import type { Ledger } from '../../domain/ports';
import type { InstancePosture } from '../../domain/posture';
import { posturePut, readPosture } from './rows/posture';
import { HIGHEST, LOWEST } from './sdk-rows';
import type { Store } from './store';

export function makePostures(store: Store): Pick<Ledger, 'getPostures' | 'putPostures' | 'listPostures'> {
  return {
    getPostures: async (scope, instanceIds) => {
      const rows = await store.getMany(
        'posture',
        instanceIds.map((id) => [scope, id]),
      );
      const postures = rows.flatMap((row) => (row === undefined ? [] : readPosture(row)));
      return new Map(postures.map((posture) => [posture.instanceId, posture]));
    },
    putPostures: async (postures) => {
      await store.write([...newestOfEach(postures)].map(posturePut));
    },
    listPostures: async function* (scope) {
      for await (const rows of store.scan({ table: 'posture', from: [scope, LOWEST], to: [scope, HIGHEST] })) yield rows.map(readPosture);
    },
  };
}

/** A batch may name a row once only. */
function newestOfEach(postures: readonly InstancePosture[]): Iterable<InstancePosture> {
  const newest = new Map<string, InstancePosture>();
  for (const posture of postures) {
    const key = JSON.stringify([posture.scope, posture.instanceId]);
    const other = newest.get(key);
    if (other === undefined || other.asOf <= posture.asOf) newest.set(key, posture);
  }
  return newest.values();
}
