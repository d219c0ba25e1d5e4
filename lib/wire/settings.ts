// The environment, read once by the composition roots and checked.
import { UsageError } from '../base/errors';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../base/logger';
import type { FcClientName, FcTarget } from '../gateways/fc';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** The compiled protection policy. */
  readonly configPath: string;
  /** Overrides of the services' own endpoints; plain http is accepted for loopback hosts only. */
  readonly rdsEndpoint: string | undefined;
  readonly stsEndpoint: string | undefined;
  readonly tablestoreEndpoint: string;
  readonly tablestoreInstance: string;
  readonly tablePrefix: string;
  readonly functionCompute: FunctionComputeSettings;
  readonly logLevel: LogLevel;
}

/** How the keeper's functions are called. */
export interface FunctionComputeSettings {
  /** Instead of `https://<account id>.<region>.fc.aliyuncs.com`; plain http is accepted for loopback hosts only. */
  readonly endpoint: string | undefined;
  readonly client: FcClientName;
  readonly target: FcTarget;
  /** For the command line: a function has both from its context. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** The functions are deployed as `<prefix>-<function>`. */
  readonly functionPrefix: string;
}

const DEFAULT_CONFIG_PATH = 'keeper.json';
const DEFAULT_TABLE_PREFIX = 'keeper_';
const DEFAULT_FUNCTION_PREFIX = 'keeper';
const FC_CLIENTS = ['fc2', 'fc20230330'] as const;
const FC_APIS = ['2023-03-30', '2016-08-15'] as const;

/** Throws a UsageError that names the variable. */
export function readSettings(env: Environment): Settings {
  return {
    configPath: optional(env, 'KEEPER_CONFIG') ?? DEFAULT_CONFIG_PATH,
    rdsEndpoint: optional(env, 'KEEPER_RDS_ENDPOINT'),
    stsEndpoint: optional(env, 'KEEPER_STS_ENDPOINT'),
    tablestoreEndpoint: required(env, 'KEEPER_TABLESTORE_ENDPOINT', 'https://<instance>.<region>.ots.aliyuncs.com'),
    tablestoreInstance: required(env, 'KEEPER_TABLESTORE_INSTANCE', "the name of the ledger's Tablestore instance"),
    tablePrefix: tablePrefixOf(optional(env, 'KEEPER_TABLE_PREFIX') ?? DEFAULT_TABLE_PREFIX),
    functionCompute: readFunctionComputeSettings(env),
    logLevel: logLevelOf(optional(env, 'LOG_LEVEL') ?? 'info'),
  };
}

/** The part of the settings that calling a function needs: no ledger is named. Throws a UsageError that names the variable. */
export function readFunctionComputeSettings(env: Environment): FunctionComputeSettings {
  const client = choiceOf(env, 'KEEPER_FC_CLIENT', FC_CLIENTS);
  const target = targetOf(env);
  if (client === 'fc20230330' && target.apiVersion !== '2023-03-30')
    throw new UsageError(
      'KEEPER_FC_CLIENT=fc20230330 cannot call the functions of a service: it knows KEEPER_FC_API=2023-03-30 only',
      'use KEEPER_FC_CLIENT=fc2',
    );
  return {
    endpoint: optional(env, 'KEEPER_FC_ENDPOINT'),
    client,
    target,
    accountId: matching(env, 'KEEPER_FC_ACCOUNT_ID', /^\d{6,20}$/, "the account's number, digits only"),
    region: matching(env, 'KEEPER_FC_REGION', /^[a-z][a-z0-9-]{1,63}$/, 'a region, for example cn-hangzhou'),
    functionPrefix:
      matching(env, 'KEEPER_FUNCTION_PREFIX', /^[A-Za-z_][A-Za-z0-9_-]{0,43}$/, 'letters, digits, _ and -, 44 at most, not starting with a digit or -') ??
      DEFAULT_FUNCTION_PREFIX,
  };
}

/** FC 2.0 functions live in services, those of FC 3.0 do not: neither API reaches the other's. */
function targetOf(env: Environment): FcTarget {
  const apiVersion = choiceOf(env, 'KEEPER_FC_API', FC_APIS);
  const serviceName = matching(env, 'KEEPER_FC_SERVICE', /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/, 'the name of the service of FC 2.0');
  if (apiVersion === '2016-08-15') {
    if (serviceName === undefined)
      throw new UsageError('the environment variable KEEPER_FC_SERVICE is not set', 'KEEPER_FC_API=2016-08-15 needs the name of the service');
    return { apiVersion, serviceName };
  }
  if (serviceName !== undefined) throw new UsageError('KEEPER_FC_SERVICE is for FC 2.0 only', 'unset it, or set KEEPER_FC_API=2016-08-15');
  return { apiVersion };
}

/** The first choice is the default. */
function choiceOf<T extends string>(env: Environment, name: string, choices: readonly [T, ...T[]]): T {
  const text = optional(env, name);
  if (text === undefined) return choices[0];
  const known = choices.find((choice) => choice === text);
  if (known !== undefined) return known;
  throw new UsageError(`${name} cannot be ${JSON.stringify(text)}`, `use one of ${choices.join(', ')}`);
}

function matching(env: Environment, name: string, pattern: RegExp, rule: string): string | undefined {
  const text = optional(env, name);
  if (text === undefined || pattern.test(text)) return text;
  throw new UsageError(`${name} cannot be ${JSON.stringify(text)}`, `write ${rule}`);
}

function optional(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function required(env: Environment, name: string, example: string): string {
  const value = optional(env, name);
  if (value === undefined)
    throw new UsageError(`the environment variable ${name} is not set`, `set it to ${example}; "keeper local" prints the values for a rehearsal`);
  return value;
}

/** Table names are [A-Za-z_][A-Za-z0-9_]*, 255 at most (Tablestore, limits). */
function tablePrefixOf(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text)) return text;
  throw new UsageError(`KEEPER_TABLE_PREFIX is not a table prefix: ${JSON.stringify(text)}`, 'use letters, digits and _, starting with a letter');
}

function logLevelOf(text: string): LogLevel {
  if (isLogLevel(text)) return text;
  throw new UsageError(`LOG_LEVEL is not a log level: ${JSON.stringify(text)}`, `use one of ${LOG_LEVELS.join(', ')}`);
}
