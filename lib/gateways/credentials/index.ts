// Credentials of accounts: what other rooms may use.
export { type CredentialsDeps, makeCredentials } from './credentials';
export { type BearerCredentials, type CloudCredentials, type CurrentCredentials, isBearer, type KeyCredentials } from './kinds';
