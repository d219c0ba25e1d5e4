// The local AWS Secrets Manager: what the rest of the local cloud may use.
export { makeSecretsServer, type SecretsServerOptions } from './server';
export { makeSecretStore, type SecretStore, type SecretStoreOptions, type StoredSecret } from './store';
export { AWS_ACCOUNT_ID, AWS_REGION, type AwsUser, DEFAULT_AWS_USER } from './users';
