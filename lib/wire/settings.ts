// The environment, read once by the composition roots and checked.
import { UsageError } from '../base/errors';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../base/logger';

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
  readonly logLevel: LogLevel;
}

const DEFAULT_CONFIG_PATH = 'keeper.json';
const DEFAULT_TABLE_PREFIX = 'keeper_';

/** Throws a UsageError that names the variable. */
export function readSettings(env: Environment): Settings {
  return {
    configPath: optional(env, 'KEEPER_CONFIG') ?? DEFAULT_CONFIG_PATH,
    rdsEndpoint: optional(env, 'KEEPER_RDS_ENDPOINT'),
    stsEndpoint: optional(env, 'KEEPER_STS_ENDPOINT'),
    tablestoreEndpoint: required(env, 'KEEPER_TABLESTORE_ENDPOINT', 'https://<instance>.<region>.ots.aliyuncs.com'),
    tablestoreInstance: required(env, 'KEEPER_TABLESTORE_INSTANCE', "the name of the ledger's Tablestore instance"),
    tablePrefix: tablePrefixOf(optional(env, 'KEEPER_TABLE_PREFIX') ?? DEFAULT_TABLE_PREFIX),
    logLevel: logLevelOf(optional(env, 'LOG_LEVEL') ?? 'info'),
  };
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
