import { startLedgerPlace } from '../../support/ledger';
import { ledgerSuite } from './ledger-suite';

describe('the ledger on Tablestore', () => ledgerSuite(() => startLedgerPlace({ notReadyMs: 3_000 })));
