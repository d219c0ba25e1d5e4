// Puts the gateways behind the ports: the one place where an environment and a policy become a working keeper.
import { monotonicFactory } from 'ulid';
import { type Clock, systemClock } from '../base/clock';
import { KeeperError } from '../base/errors';
import { type Logger, makeLogger } from '../base/logger';
import type { AccountRegion } from '../domain/instance';
import { LedgerError } from '../domain/ledger-error';
import type { Ledger, LedgerAdmin, RdsGateway } from '../domain/ports';
import type { AccountPolicy, CompiledPolicy, CredentialsPolicy, LimitsPolicy } from '../domain/protection-policy';
import type { CloudCredentials, KeyCredentials } from '../gateways/credentials';
import { makeAwsReader, makeSecretCache, makeSecrets, readFileStart, type SecretCache } from '../gateways/secrets';
import { type AccessKeySource, makeLedger } from '../gateways/tablestore';
import type { RunPorts } from '../run/types';
import { makeLazyGateway } from './lazy-gateway';
import { secretCacheOf } from './secret-cache';
import { type Environment, readSettings, type Settings } from './settings';

/** One call to the RDS or STS API may take this long in all. */
const CALL_TIMEOUT_MS = 10_000;

export interface HouseOptions {
  readonly env: Environment;
  readonly policy: CompiledPolicy;
  readonly clock?: Clock;
  /** A number in [0, 1); Math.random unless told. */
  readonly random?: () => number;
  /** The credentials of a function's invocation. */
  readonly functionCredentials?: KeyCredentials;
  /** Keeps stdout free for a command's own output. */
  readonly logToStderr?: boolean;
  readonly logger?: Logger;
}

export interface House {
  readonly settings: Settings;
  readonly ports: RunPorts;
  readonly ledger: Ledger & LedgerAdmin;
  readonly logger: Logger;
  close(): void;
}

/** What the ledger needs of an environment; a policy is not part of it. */
export type LedgerOptions = Pick<HouseOptions, 'env' | 'clock' | 'random' | 'functionCredentials'>;

/** Opens the ledger alone. Throws a UsageError on a bad environment. */
export function openLedger(options: LedgerOptions): OpenedLedger {
  return ledgerOf(options, basicsOf(options));
}

type OpenedLedger = Ledger & LedgerAdmin & { close(): void };

function ledgerOf(options: LedgerOptions, basics: Basics): OpenedLedger {
  const { settings, clock, random } = basics;
  const newId = monotonicFactory();
  return makeLedger({
    endpoint: settings.tablestoreEndpoint,
    instanceName: settings.tablestoreInstance,
    tablePrefix: settings.tablePrefix,
    credentials: ledgerKeys(options, makeCredentialsRoom(options, basics, [], makeSecretCache())),
    clock,
    random,
    newId: () => newId(clock.now()),
  });
}

/** Opens nothing yet: connections and credentials are made on first use. Throws a UsageError on a bad environment. */
export function openHouse(options: HouseOptions): House {
  const basics = basicsOf(options);
  const { settings, clock } = basics;
  const logger = options.logger ?? makeLogger({ level: settings.logLevel, toStderr: options.logToStderr === true });
  const ledger = ledgerOf(options, basics);
  const credentialsOf = makeCredentialsRoom(options, basics, options.policy.accounts, secretCacheOf(options.env, options.policy.digest));
  const gateways = new Map<string, RdsGateway>();
  const gatewayOf = (target: AccountRegion): RdsGateway => {
    const key = `${target.account}/${target.region}`;
    const existing = gateways.get(key);
    if (existing !== undefined) return existing;
    const gateway = makeLazyGateway(target, () => openGateway(target, { ...basics, limits: options.policy.limits, logger, credentialsOf }));
    gateways.set(key, gateway);
    return gateway;
  };
  return { settings, logger, ledger, ports: { ledger, gatewayOf, clock, logger }, close: () => ledger.close() };
}

interface Basics {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: () => number;
}

function basicsOf({ env, clock = systemClock, random = Math.random }: LedgerOptions): Basics {
  return { settings: readSettings(env), clock, random };
}

interface GatewayParts extends Basics {
  readonly limits: LimitsPolicy;
  readonly logger: Logger;
  readonly credentialsOf: CredentialsRoom;
}

/** The credentials of an account; made once. */
type CredentialsRoom = (account: string) => Promise<CloudCredentials>;

async function openGateway(target: AccountRegion, parts: GatewayParts): Promise<RdsGateway> {
  const { makeRateBudgets, makeRdsGateway } = await import('../gateways/rds');
  const { limits, clock, random, logger, settings } = parts;
  const credentials = await parts.credentialsOf(target.account);
  return makeRdsGateway({
    ...target,
    ...(settings.rdsEndpoint === undefined ? {} : { endpoint: settings.rdsEndpoint }),
    credentials,
    budgets: makeRateBudgets({ clock, ratePerSecond: limits.apiRatePerSecond, crossRegionRatePerSecond: limits.crossRegionRatePerSecond }),
    clock,
    random,
    timeoutMs: CALL_TIMEOUT_MS,
    logger,
  });
}

/** The name under which the keeper's own identity goes: it opens the ledger. */
const OWN_IDENTITY = '(keeper)';

function makeCredentialsRoom(
  options: LedgerOptions,
  { settings, clock, random }: Basics,
  accounts: readonly AccountPolicy[],
  cache: SecretCache,
): CredentialsRoom {
  const { env } = options;
  const secrets = makeSecrets({ env, readFile: readFileStart, readAws: makeAwsReader({ env, clock, random }), cache, clock });
  const known = new Map<string, CloudCredentials>();
  return async (account) => {
    const { makeCredentials } = await import('../gateways/credentials');
    const existing = known.get(account);
    if (existing !== undefined) return existing;
    const made = makeCredentials(credentialsPolicyOf(accounts, account), {
      account,
      secrets,
      clock,
      random,
      timeoutMs: CALL_TIMEOUT_MS,
      ...(settings.stsEndpoint === undefined ? {} : { stsEndpoint: settings.stsEndpoint }),
      ...(options.functionCredentials === undefined ? {} : { functionCredentials: options.functionCredentials }),
    });
    known.set(account, made);
    return made;
  };
}

function credentialsPolicyOf(accounts: readonly AccountPolicy[], account: string): CredentialsPolicy {
  if (account === OWN_IDENTITY) return { type: 'default' };
  const found = accounts.find(({ name }) => name === account);
  if (found !== undefined) return found.credentials;
  throw new KeeperError(`the protection policy has no account ${account}`, { code: 'unknown-account', hint: 'add it to keeper.yaml under accounts' });
}

/** The ledger signs with an access key: a function's own, else what the environment gives. Tablestore knows no bearer tokens. */
function ledgerKeys({ functionCredentials }: LedgerOptions, credentialsOf: CredentialsRoom): AccessKeySource {
  return {
    current: async () => {
      if (functionCredentials !== undefined) return functionCredentials;
      const current = await (await credentialsOf(OWN_IDENTITY)).current();
      if (!('bearerToken' in current)) return current;
      throw new LedgerError('ledger-credentials', 'the ledger cannot be opened with a bearer token', 'give the keeper an access key or a role of its own');
    },
  };
}
