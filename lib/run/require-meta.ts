// What everything asks of the ledger first.
import { LedgerError } from '../domain/ledger-error';
import type { Ledger, LedgerMeta } from '../domain/ports';

/** Throws a LedgerError when the ledger was never initialised. */
export async function requireMeta(ledger: Pick<Ledger, 'meta'>): Promise<LedgerMeta> {
  const meta = await ledger.meta();
  if (meta !== undefined) return meta;
  throw new LedgerError('ledger-not-initialised', 'the ledger has no meta row', 'run: keeper ledger init');
}
