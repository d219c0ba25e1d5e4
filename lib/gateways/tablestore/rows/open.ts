// Rows of `open`: the index of unfinished intents. Never the truth, only where to look.
import { type Instant, instant } from '../../../base/instant';
import type { IntentKey } from '../../../domain/ports';
import { COLUMN, openKey } from '../layout';
import type { Row, RowDelete, RowPut } from '../sdk-rows';
import { readColumns } from './document';

export interface OpenEntry extends IntentKey {
  readonly createdAt: Instant;
}

export function openPut(ref: IntentKey, createdAt: Instant): RowPut {
  const columns = { [COLUMN.instanceId]: ref.instanceId, [COLUMN.slotId]: ref.slotId, [COLUMN.createdAt]: createdAt };
  return { kind: 'put', table: 'open', key: openKey(ref.instanceId, ref.slotId), columns, when: { row: 'any' } };
}

/** For terminal intents: they never open again. */
export function openDelete(ref: IntentKey): RowDelete {
  return { kind: 'delete', table: 'open', key: openKey(ref.instanceId, ref.slotId), when: { row: 'any' } };
}

/** For strays: only this very entry goes, not one that was written again meanwhile. */
export function strayDelete(entry: OpenEntry): RowDelete {
  return { ...openDelete(entry), when: { row: 'any', columns: [{ column: COLUMN.createdAt, is: 'equal', value: entry.createdAt }] } };
}

export function readOpenEntry(row: Row): OpenEntry {
  return readColumns('open', row, (columns) => ({
    instanceId: columns.text(COLUMN.instanceId),
    slotId: columns.text(COLUMN.slotId),
    createdAt: instant(columns.integer(COLUMN.createdAt)),
  }));
}
