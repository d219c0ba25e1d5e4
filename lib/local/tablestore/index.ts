// The front door of the local Tablestore.
export { listenTablestore, type TablestoreServer, type TablestoreServerOptions } from './server';
export { makeTablestoreService, type TablestoreOptions, type TablestoreService } from './service';
export type { Caller, CredentialStore } from './signature';
