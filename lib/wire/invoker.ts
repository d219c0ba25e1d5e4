// Puts Function Compute behind the Invoker port: which functions, under which names, with which SDK.
import type { Clock } from '../base/clock';
import { KeeperError, UsageError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Invoker } from '../domain/ports';
import type { DeployedFunction } from '../domain/run';
import type { InvokerOptions } from '../gateways/fc';
import { type Environment, type FunctionComputeSettings, readFunctionComputeSettings } from './settings';

const CREDENTIALS_TIMEOUT_MS = 10_000;

export interface OpenInvokerOptions {
  readonly settings: FunctionComputeSettings;
  /** Of a function's context; the settings' own unless told. */
  readonly accountId?: string;
  readonly region?: string;
  readonly credentials: InvokerOptions['credentials'];
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly timeoutsMs?: NonNullable<InvokerOptions['timeoutsMs']>;
}

/** The name that one of our functions is deployed under. */
export function deployedNameOf({ functionPrefix }: Pick<FunctionComputeSettings, 'functionPrefix'>, name: DeployedFunction): string {
  return `${functionPrefix}-${name}`;
}

export interface OwnInvokerOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Calls functions as whoever runs this process: its credentials come from the environment, and neither a ledger nor a policy is needed. Throws a UsageError on a bad environment. */
export function openOwnInvoker({ env, clock, logger }: OwnInvokerOptions): { readonly invoker: Invoker; readonly settings: FunctionComputeSettings } {
  const settings = readFunctionComputeSettings(env);
  const current: InvokerOptions['credentials']['current'] = async () => (await ownCredentials(clock)).current();
  return { settings, invoker: openInvoker({ settings, credentials: { current }, clock, random: Math.random, logger }) };
}

async function ownCredentials(clock: Clock): Promise<InvokerOptions['credentials']> {
  const { makeCredentials } = await import('../gateways/credentials');
  const secrets = { resolve: () => Promise.reject(new KeeperError('the default credentials name no secret', { code: 'secret-missing' })) };
  return makeCredentials({ type: 'default' }, { account: '(keeper)', secrets, clock, random: Math.random, timeoutMs: CREDENTIALS_TIMEOUT_MS });
}

/** Opens nothing yet: the first call loads an SDK, and throws a UsageError when it is not known whose functions to call or where. */
export function openInvoker(options: OpenInvokerOptions): Invoker {
  let pending: Promise<Invoker> | undefined;
  return {
    invoke: async (invocation) => {
      pending ??= load(options);
      return (await pending).invoke(invocation);
    },
  };
}

async function load({ settings, accountId, region, ...rest }: OpenInvokerOptions): Promise<Invoker> {
  const { makeInvoker } = await import('../gateways/fc');
  return makeInvoker({
    ...rest,
    client: settings.client,
    target: settings.target,
    accountId: known(accountId ?? settings.accountId, 'KEEPER_FC_ACCOUNT_ID', 'the number of the account that the functions are deployed in'),
    region: known(region ?? settings.region, 'KEEPER_FC_REGION', 'the region that the functions are deployed in'),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  });
}

function known(value: string | undefined, variable: string, meaning: string): string {
  if (value !== undefined) return value;
  throw new UsageError(`the environment variable ${variable} is not set`, `set it to ${meaning}`);
}
