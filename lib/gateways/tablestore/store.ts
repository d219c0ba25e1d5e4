// The ledger's tables as rows: what the parts of the ledger are built on.
import type { LedgerUsage } from '../../domain/ports';
import type { TablestoreClient } from './client';
import { tableName } from './layout';
import { makeRowReader, type RowReader } from './row-reader';
import { makeRowWriter, type RowWriter } from './row-writer';

export interface Store extends RowReader, RowWriter {
  usage(): LedgerUsage;
}

export function makeStore(client: TablestoreClient, prefix: string): Store {
  const used = { reads: 0, writes: 0, rowsRead: 0, rowsWritten: 0 };
  const context = { client, nameOf: tableName.bind(undefined, prefix), used };
  const reader = makeRowReader(context);
  return { ...reader, ...makeRowWriter(context, reader), usage: () => ({ ...used }) };
}
