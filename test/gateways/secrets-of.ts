// Secrets for tests: the environment and files as they are, no store behind, a cache of their own.
import type { Clock } from '../../lib/base/clock';
import type { Secrets } from '../../lib/domain/ports';
import { makeSecretCache, makeSecrets, readFileStart, type SecretsDeps } from '../../lib/gateways/secrets';

export function secretsOf(env: SecretsDeps['env'], clock: Clock, more: Partial<SecretsDeps> = {}): Secrets {
  const readAws = () => Promise.reject(new Error('this test has no store of secrets'));
  return makeSecrets({ env, readFile: readFileStart, readAws, cache: makeSecretCache(), clock, ...more });
}
