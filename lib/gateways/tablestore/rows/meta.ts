// The row of `meta`: what this ledger is.
import { instant } from '../../../base/instant';
import type { LedgerMeta } from '../../../domain/ports';
import { COLUMN, META_KEY } from '../layout';
import type { Row, RowPut } from '../sdk-rows';
import { readColumns } from './document';

/** Written once: two installations that start together agree on the first one's id. */
export function metaPut(meta: LedgerMeta, token: string): RowPut {
  const columns = {
    [COLUMN.installationId]: meta.installationId,
    [COLUMN.schemaVersion]: meta.schemaVersion,
    [COLUMN.createdAt]: meta.createdAt,
    [COLUMN.token]: token,
  };
  return { kind: 'put', table: 'meta', key: META_KEY, columns, when: { row: 'absent' } };
}

export function readMeta(row: Row): LedgerMeta {
  return readColumns('meta', row, (columns) => ({
    installationId: columns.text(COLUMN.installationId),
    schemaVersion: columns.integer(COLUMN.schemaVersion),
    createdAt: instant(columns.integer(COLUMN.createdAt)),
  }));
}
