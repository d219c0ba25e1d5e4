// Secrets from the environment and from files: what other rooms may use.
export { readFileStart } from './read-file';
export { makeSecrets, type SecretsDeps } from './secrets';
