// Where AWS Secrets Manager is and with which key it is asked: the standard AWS_* variables and nothing else, no profile files, no metadata service.
import { KeeperError } from '../../base/errors';
import { parseEndpoint } from '../openapi/endpoint';

export interface AwsSettings {
  readonly region: string;
  /** With its scheme. */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The region in an ARN comes before AWS_REGION and AWS_DEFAULT_REGION; AWS_ENDPOINT_URL_SECRETS_MANAGER before AWS_ENDPOINT_URL before the
 * region's own endpoint. Throws a KeeperError `secret-denied` that names the variable that is missing, and a UsageError on an endpoint that is
 * none or plain http to another machine.
 */
export function readAwsSettings(env: Environment, id: string, reference: string): AwsSettings {
  const region = regionOfArn(id) ?? optional(env, 'AWS_REGION') ?? optional(env, 'AWS_DEFAULT_REGION');
  if (region === undefined) throw notSet(reference, 'AWS_REGION', 'set AWS_REGION to the region of the secret, or name the secret by its ARN');
  if (!/^[a-z0-9-]{1,32}$/.test(region)) throw notSet(reference, 'AWS_REGION', 'set AWS_REGION to a region such as eu-central-1', 'is no region');
  const accessKeyId = required(env, 'AWS_ACCESS_KEY_ID', reference);
  const secretAccessKey = required(env, 'AWS_SECRET_ACCESS_KEY', reference);
  const sessionToken = optional(env, 'AWS_SESSION_TOKEN');
  return { region, endpoint: endpointOf(env, region), credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}

function regionOfArn(id: string): string | undefined {
  return id.startsWith('arn:') ? id.split(':')[3] : undefined;
}

function endpointOf(env: Environment, region: string): string {
  for (const name of ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL']) {
    const url = optional(env, name);
    if (url === undefined) continue;
    const { protocol, host } = parseEndpoint(url, name);
    return `${protocol.toLowerCase()}://${host}`;
  }
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function required(env: Environment, name: string, reference: string): string {
  const value = optional(env, name);
  if (value !== undefined) return value;
  throw notSet(reference, name, 'give the keeper an AWS access key that may read this secret: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
}

function notSet(reference: string, name: string, hint: string, what = 'is not set'): KeeperError {
  return new KeeperError(`cannot resolve ${reference}: the environment variable ${name} ${what}`, { code: 'secret-denied', hint });
}

function optional(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
