// Finds the credentials that the protection policy names for an account, through the official credentials library.
import Credential, { Config, type CredentialModel } from '@alicloud/credentials';
import type { Clock } from '../../base/clock';
import { KeeperError, messageOf } from '../../base/errors';
import { type Instant, MINUTE_MS, plusMs } from '../../base/instant';
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

/** After one new look there is no other for so long, however many calls are refused. */
const RENEW_AGAIN_MS = MINUTE_MS;

/**
 * The credentials of one account. Nothing is looked up before the first use. Values from references are asked for at every use, and kept by whoever
 * resolves them; temporary ones are renewed by the library or, for a role, five minutes before they expire. Throws a UsageError at once on
 * a bad STS endpoint.
 */
export function makeCredentials(policy: CredentialsPolicy, deps: CredentialsDeps): CloudCredentials {
  const seen = new Set<string>();
  const lookup = makeLookup(policy, deps, seen);
  let renewal: { readonly at: Instant; readonly done: Promise<CurrentCredentials> } | undefined;
  const remembering = async (anew = false): Promise<CredentialModel> => {
    const found = await lookup(anew);
    remember(found, seen);
    return found;
  };
  const current = async (anew = false): Promise<CurrentCredentials> => valuesOf(await remembering(anew), deps.account);
  return {
    current: () => current(),
    renew: async (refused) => {
      if (!areSame(await current(), refused)) return true; // somebody else has renewed them meanwhile
      const now = deps.clock.now();
      if (renewal === undefined || now >= plusMs(renewal.at, RENEW_AGAIN_MS)) renewal = { at: now, done: current(true) };
      await renewal.done; // shared by all who were refused at the same time
      return !areSame(await current(), refused);
    },
    origin: originOf(policy, deps),
    sdk: makeSdkCredential(() => remembering()),
    secretValues: () => [...seen],
  };
}

function originOf(policy: CredentialsPolicy, deps: CredentialsDeps): string {
  switch (policy.type) {
    case 'default':
      return deps.functionCredentials === undefined ? 'the default credentials of this environment' : "the function's own role";
    case 'ak':
      return `${policy.accessKeyId} and ${policy.accessKeySecret}`;
    case 'sts':
      return `${policy.accessKeyId}, ${policy.accessKeySecret} and ${policy.securityToken}`;
    case 'bearer':
      return policy.token;
    case 'role':
      return `the role ${policy.roleArn}, assumed by ${originOf(policy.source, deps)}`;
  }
}

function makeLookup(policy: CredentialsPolicy, deps: CredentialsDeps, seen: Set<string>): CredentialLookup {
  switch (policy.type) {
    case 'default':
      return deps.functionCredentials === undefined ? makeChainLookup(deps.account) : makeConfigLookup(functionConfig(deps.functionCredentials), deps.account);
    case 'ak':
    case 'sts':
    case 'bearer':
      return makeConfigLookup((anew) => resolveConfig(policy, deps.secrets, anew).catch((error: unknown) => unresolved(error, deps.account)), deps.account);
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
      return async (anew) => {
        const found = await lookup(anew);
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

async function resolveConfig(policy: Extract<CredentialsPolicy, { type: 'ak' | 'sts' | 'bearer' }>, secrets: Secrets, anew: boolean): Promise<Config> {
  const resolve = (reference: string): Promise<string> => secrets.resolve(reference, { anew });
  if (policy.type === 'bearer') return new Config({ type: 'bearer', bearerToken: await resolve(policy.token) });
  // All at once, so that fields of one secret come from one reading of it.
  const token = policy.type === 'sts' ? resolve(policy.securityToken) : undefined;
  const [accessKeyId, accessKeySecret, securityToken] = await Promise.all([resolve(policy.accessKeyId), resolve(policy.accessKeySecret), token]);
  if (securityToken === undefined) return new Config({ type: 'access_key', accessKeyId, accessKeySecret });
  return new Config({ type: 'sts', accessKeyId, accessKeySecret, securityToken });
}

/** Given values: the library's object is built anew when they have changed. An empty value would make the library read the environment. */
function makeConfigLookup(makeConfig: (anew: boolean) => Promise<Config>, account: string): CredentialLookup {
  let built: { readonly config: Config; readonly credential: Credential } | undefined;
  return async (anew = false) => {
    const config = await makeConfig(anew);
    if (!isComplete(config)) throw missing(account, 'a value is empty');
    if (built === undefined || !isSameConfig(built.config, config)) built = { config, credential: new Credential(config) };
    return built.credential.getCredential();
  };
}

function isSameConfig(a: Config, b: Config): boolean {
  return a.accessKeyId === b.accessKeyId && a.accessKeySecret === b.accessKeySecret && a.securityToken === b.securityToken && a.bearerToken === b.bearerToken;
}

function isComplete(config: Config): boolean {
  const wanted = config.type === 'bearer' ? [config.bearerToken] : [config.accessKeyId, config.accessKeySecret];
  return wanted.every((value) => value !== undefined && value !== '');
}

/** The library's chain. After a failure it remembers the last place only, so that a failed chain is thrown away. */
function makeChainLookup(account: string): CredentialLookup {
  let chain: Credential | undefined;
  return async (anew = false) => {
    if (anew) chain = undefined;
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

function areSame(a: CurrentCredentials, b: CurrentCredentials): boolean {
  if ('bearerToken' in a || 'bearerToken' in b) return 'bearerToken' in a && 'bearerToken' in b && a.bearerToken === b.bearerToken;
  return a.accessKeyId === b.accessKeyId && a.accessKeySecret === b.accessKeySecret && a.securityToken === b.securityToken;
}

function remember(found: CredentialModel, seen: Set<string>): void {
  for (const value of [found.accessKeyId, found.accessKeySecret, found.securityToken, found.bearerToken]) {
    if (value !== undefined && value !== '') seen.add(value);
  }
}
