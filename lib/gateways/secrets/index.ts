// Secrets from the environment, from files and from AWS Secrets Manager: what other rooms may use.
export { makeAwsReader } from './aws';
export { makeSecretCache, SECRET_CACHE_MS, type SecretCache } from './cache';
export { readFileStart } from './read-file';
export { makeSecrets, type SecretsDeps } from './secrets';
