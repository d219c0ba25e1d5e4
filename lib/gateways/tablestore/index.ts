// The ledger on Tablestore: what other rooms may use.
export type { AccessKey, AccessKeySource } from './client';
export { DEFAULT_TABLE_PREFIX, SCHEMA_VERSION } from './layout';
export { type LedgerOptions, makeLedger } from './ledger';
