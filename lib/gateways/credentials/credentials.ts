// Finds the credentials that the protection policy names for an account, through the official credentials library.
import Credential, { Config, type CredentialModel } from '@alicloud/credentials';
import type { Clock } from '../../base/clock';
import { KeeperError, messageOf } from '../../base/errors';
import { CredentialsError } from '../../domain/cloud-errors';
import type { Secrets } from '../../domain/ports';
import type { CredentialsPolicy } from '../../domain/protection-policy';
import { type Endpoint, parseEndpoint } from '../openapi/endpoint';
import { redact } from '../openapi/redact';
import { makeRoleLookup } from './assume-role';
import type { CloudCredentials, CurrentCredentials, KeyCredentials } from './kinds';
import { type CredentialLookup, makeSdkCredential } from './sdk-credential';

const OPERATION = 'GetCredentials';
const STS_ENDPOINT: Endpoint = { protocol: 'HTTPS', host: 'sts.aliyuncs.com' };
const NONE_FOUND_HINT =
  'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and ALIBABA_CLOUD_SECURITY_TOKEN for temporary ones), give the function a role, or name credentials for the account in the protection policy';

export interface CredentialsDeps {
  /** The account's name in the protection policy, for messages. */
  readonly account: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMs: number;
  /** Override of the STS endpoint; plain http for loopback hosts only. */
  readonly stsEndpoint?: string;
  /** The invocation's own credentials: they come before the environment for the type `default`. */
  readonly functionCredentials?: KeyCredentials;
}

/**
 * The credentials of one account. Nothing is looked up before the first use. Static values are resolved once; temporary ones are renewed
 * by the library or, for a role, five minutes before they expire. Throws a UsageError at once on a bad STS endpoint.
 */
export function makeCredentials(policy: CredentialsPolicy, deps: CredentialsDeps): CloudCredentials {
  const seen = new Set<string>();
  const lookup = makeLookup(policy, deps, seen);
  const remembering: CredentialLookup = async () => {
    const found = await lookup();
    remember(found, seen);
    return found;
  };
  return {
    current: async () => valuesOf(await remembering(), deps.account),
    sdk: makeSdkCredential(remembering),
    secretValues: () => [...seen],
  };
}

function makeLookup(policy: CredentialsPolicy, deps: CredentialsDeps, seen: Set<string>): CredentialLookup {
  switch (policy.type) {
    case 'default':
      return deps.functionCredentials === undefined ? makeChainLookup(deps.account) : makeStaticLookup(functionConfig(deps.functionCredentials), deps.account);
    case 'ak':
    case 'sts':
    case 'bearer':
      return makeStaticLookup(() => resolveConfig(policy, deps.secrets).catch((error: unknown) => unresolved(error, deps.account)), deps.account);
    case 'role': {
      const source = makeCredentials(policy.source, deps);
      const lookup = makeRoleLookup({
        roleArn: policy.roleArn,
        sessionName: policy.sessionName,
        externalId: policy.externalId,
        source,
        endpoint: deps.stsEndpoint === undefined ? STS_ENDPOINT : parseEndpoint(deps.stsEndpoint, 'the STS endpoint'),
        clock: deps.clock,
        random: deps.random,
        timeoutMs: deps.timeoutMs,
      });
      return async () => {
        const found = await lookup();
        for (const value of source.secretValues()) seen.add(value);
        return found;
      };
    }
  }
}

function functionConfig(values: KeyCredentials): () => Promise<Config> {
  const type = values.securityToken === undefined ? 'access_key' : 'sts';
  return async () => new Config({ type, ...values });
}

async function resolveConfig(policy: Extract<CredentialsPolicy, { type: 'ak' | 'sts' | 'bearer' }>, secrets: Secrets): Promise<Config> {
  if (policy.type === 'bearer') return new Config({ type: 'bearer', bearerToken: await secrets.resolve(policy.token) });
  const [accessKeyId, accessKeySecret] = await Promise.all([secrets.resolve(policy.accessKeyId), secrets.resolve(policy.accessKeySecret)]);
  if (policy.type === 'ak') return new Config({ type: 'access_key', accessKeyId, accessKeySecret });
  return new Config({ type: 'sts', accessKeyId, accessKeySecret, securityToken: await secrets.resolve(policy.securityToken) });
}

/** Static values: the library's object is built once, after the first success. An empty value would make the library read the environment. */
function makeStaticLookup(makeConfig: () => Promise<Config>, account: string): CredentialLookup {
  let credential: Credential | undefined;
  return async () => {
    if (credential === undefined) {
      const config = await makeConfig();
      if (!isComplete(config)) throw missing(account, 'a value is empty');
      credential = new Credential(config);
    }
    return credential.getCredential();
  };
}

function isComplete(config: Config): boolean {
  const wanted = config.type === 'bearer' ? [config.bearerToken] : [config.accessKeyId, config.accessKeySecret];
  return wanted.every((value) => value !== undefined && value !== '');
}

/** The library's chain. After a failure it remembers the last place only, so that a failed chain is thrown away. */
function makeChainLookup(account: string): CredentialLookup {
  let chain: Credential | undefined;
  return async () => {
    chain ??= new Credential();
    try {
      return await chain.getCredential();
    } catch (error) {
      chain = undefined;
      throw missing(account, redact(messageOf(error), []), error);
    }
  };
}

/** A missing secret is a credentials problem of the account to whoever makes a call; the secret's own advice stays. */
function unresolved(error: unknown, account: string): never {
  if (error instanceof KeeperError) throw missing(account, error.message, error, error.hint);
  throw error;
}

function missing(account: string, detail: string, cause?: unknown, hint = NONE_FOUND_HINT): CredentialsError {
  return new CredentialsError(`no credentials found for account ${account}: ${detail}`, {
    operation: OPERATION,
    target: account,
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

function valuesOf(found: CredentialModel, account: string): CurrentCredentials {
  if (found.type === 'bearer' && found.bearerToken) return { bearerToken: found.bearerToken };
  if (!found.accessKeyId || !found.accessKeySecret) throw missing(account, 'the source gave none');
  const { accessKeyId, accessKeySecret, securityToken } = found;
  return securityToken ? { accessKeyId, accessKeySecret, securityToken } : { accessKeyId, accessKeySecret };
}

function remember(found: CredentialModel, seen: Set<string>): void {
  for (const value of [found.accessKeyId, found.accessKeySecret, found.securityToken, found.bearerToken]) {
    if (value !== undefined && value !== '') seen.add(value);
  }
}
