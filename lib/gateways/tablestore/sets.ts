// Set records in the ledger: ownership of backup sets.
import type { Ledger, SetRecord } from '../../domain/ports';
import { readSet, setPut } from './rows/sets';
import { HIGHEST, LOWEST } from './sdk-rows';
import type { Store } from './store';

export function makeSets(store: Store): Pick<Ledger, 'getSet' | 'listSets' | 'putSet'> {
  return {
    getSet: async (instanceId, backupId) => {
      const row = await store.get('sets', [instanceId, backupId]);
      return row === undefined ? undefined : readSet(row);
    },
    listSets: async (instanceId) => {
      const records: SetRecord[] = [];
      for await (const rows of store.scan({ table: 'sets', from: [instanceId, LOWEST], to: [instanceId, HIGHEST] })) records.push(...rows.map(readSet));
      return records;
    },
    // Losing means that a record of a stronger origin stands, which is as it should be.
    putSet: async (record) => {
      await store.write([setPut(record)]);
    },
  };
}
