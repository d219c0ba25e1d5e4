// Why the ledger could not be used. Whoever meets one stops acting.
import { KeeperError } from '../base/errors';

export type LedgerErrorCode =
  /** No meta row: never initialised, or somebody else's tables. */
  | 'ledger-not-initialised'
  /** The tables are of a schema this version does not know. */
  | 'ledger-schema'
  | 'ledger-missing-table'
  | 'ledger-denied'
  | 'ledger-credentials'
  | 'ledger-unreachable'
  /** A write whose outcome stayed unknown after all retries. */
  | 'ledger-ambiguous'
  | 'ledger-invalid';

export class LedgerError extends KeeperError {
  declare readonly code: LedgerErrorCode;
  constructor(code: LedgerErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
  }
}
