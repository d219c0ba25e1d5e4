// Keeps secrets for a function's instance: a house lasts for one invocation, what it read may serve the next ones.
import { UsageError } from '../base/errors';
import { SECOND_MS } from '../base/instant';
import { makeSecretCache, SECRET_CACHE_MS, type SecretCache } from '../gateways/secrets';
import type { Environment } from './settings';

interface OwnedCache {
  readonly policyDigest: string;
  readonly cache: SecretCache;
}

/** By the environment itself: what one environment gives is never handed to another. In a function that is the process's, the same for every invocation. */
const caches = new WeakMap<Environment, OwnedCache>();

/** The cache of this environment and policy; another policy begins with an empty one. Throws a UsageError on a bad KEEPER_SECRET_CACHE_SECONDS. */
export function secretCacheOf(env: Environment, policyDigest: string): SecretCache {
  const known = caches.get(env);
  if (known?.policyDigest === policyDigest) return known.cache;
  const cache = makeSecretCache(keepMsOf(env));
  caches.set(env, { policyDigest, cache });
  return cache;
}

const VARIABLE = 'KEEPER_SECRET_CACHE_SECONDS';

function keepMsOf(env: Environment): number {
  const text = env[VARIABLE]?.trim() ?? '';
  if (text === '') return SECRET_CACHE_MS;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 86_400) return Number(text) * SECOND_MS;
  throw new UsageError(
    `${VARIABLE} is not a number of seconds: ${JSON.stringify(text)}`,
    'use a whole number from 0 (nothing is kept) to 86400; 300 unless told',
  );
}
