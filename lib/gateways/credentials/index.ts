// Credentials of accounts: what other rooms may use.
export { type CredentialsDeps, makeCredentials } from './credentials';
export type { BearerCredentials, CloudCredentials, CurrentCredentials, KeyCredentials } from './kinds';
export { withRenewal } from './renewal';
