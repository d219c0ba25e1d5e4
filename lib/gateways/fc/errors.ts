// Turns what Function Compute refuses, and calls without an answer, into our errors.
import {
  AmbiguousError,
  type CloudError,
  type CloudErrorOptions,
  CredentialsError,
  DeniedError,
  RefusedError,
  ThrottledError,
  UnreachableError,
} from '../../domain/cloud-errors';
import type { Failure, NetworkFailure } from '../openapi/network';
import { redact } from '../openapi/redact';

export const OPERATION = 'InvokeFunction';
export const RAM_ACTION = 'fc:InvokeFunction';

type ServiceFailure = Extract<Failure, { kind: 'service' }>;

const CLOCK_CODES = /Time(Too)?Skewed|InvalidTime|RequestExpired|InvalidDate/i;
const TOKEN_CODES = /SecurityToken/i;
const KEY_CODES = /Signature|AccessKey|Credential|Authorization/i;

/** `name` is the function's. No secret value is in the message; the service's own words are left out where it may have printed the string to sign. */
export function translateFailure(failure: Failure, name: string, secretValues: readonly string[]): CloudError {
  if (failure.kind === 'service') return translateRefusal(failure, name, secretValues);
  const options = { operation: OPERATION, target: name };
  if (failure.kind !== 'unsent') return new AmbiguousError(`${subjectOf(name)} may or may not have taken effect: ${describe(failure)}`, options);
  return new UnreachableError(`${subjectOf(name)} could not be sent: no connection (${failure.networkCode})`, {
    ...options,
    hint: 'check KEEPER_FC_ENDPOINT, else the account id and the region, and the network',
  });
}

/** By the status: FC names its codes differently in each API, and @alicloud/fc2 cannot read those of the newer one. */
function translateRefusal(failure: ServiceFailure, name: string, secretValues: readonly string[]): CloudError {
  const { statusCode, code } = failure;
  const options: CloudErrorOptions = {
    operation: OPERATION,
    target: name,
    ...(code === '' ? {} : { serviceCode: code }),
    ...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
  };
  const subject = subjectOf(name);
  const label = code === '' ? `status ${statusCode}` : code;
  if (statusCode < 400 || statusCode === 408 || statusCode >= 500) {
    return new AmbiguousError(`${subject} may or may not have taken effect: the service answered ${statusCode} ${code}`.trimEnd(), options);
  }
  if (statusCode === 429) {
    const hint = 'wait, or raise the concurrency of the function or of the account';
    return new ThrottledError(`${subject} was throttled: ${label}`, {
      ...options,
      hint,
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    });
  }
  const credentials = credentialsHint(failure);
  if (credentials !== undefined)
    return new CredentialsError(`${subject} was refused: the credentials are not accepted (${label})`, { ...options, hint: credentials });
  if (statusCode === 401 || statusCode === 403) return denied(failure, label, name, options);
  const words = redact(failure.message, secretValues);
  const said = `${label}${words === '' ? '' : ` (${words})`}`;
  if (statusCode === 404) {
    return new RefusedError('other', `there is no function ${name} to invoke: ${said}`, {
      ...options,
      hint: 'check that it is deployed in this account and region, and KEEPER_FUNCTION_PREFIX, KEEPER_FC_API and KEEPER_FC_SERVICE',
    });
  }
  return new RefusedError(statusCode === 400 || statusCode === 413 ? 'invalid-request' : 'other', `${subject} was refused: ${said}`, options);
}

/** What to do about credentials that the service does not accept; undefined when it is not about them. */
function credentialsHint({ statusCode, code, message }: ServiceFailure): string | undefined {
  if (statusCode !== 400 && statusCode !== 401 && statusCode !== 403) return undefined;
  if (CLOCK_CODES.test(code) || /time.{0,40}(skew|expired)/i.test(message)) return 'the signing time is off: check the clock of this machine';
  if (TOKEN_CODES.test(code)) return 'the temporary credentials are wrong or expired: fetch new ones';
  return KEY_CODES.test(code) ? 'check the access key id and secret, and KEEPER_FC_ACCOUNT_ID' : undefined;
}

function denied(failure: ServiceFailure, label: string, name: string, options: CloudErrorOptions): DeniedError {
  const action = failure.deniedAction ?? RAM_ACTION;
  return new DeniedError(action, `${subjectOf(name)} is denied: ${label}, the identity may not ${action}`, {
    ...options,
    hint: `grant ${action} on functions/${name} to the identity in RAM`,
  });
}

function subjectOf(name: string): string {
  return `${OPERATION} for ${name}`;
}

function describe(failure: Exclude<NetworkFailure, { kind: 'unsent' }>): string {
  if (failure.kind === 'timeout') return 'no answer in time';
  return failure.kind === 'broken' ? `the connection broke (${failure.networkCode})` : 'the answer cannot be read';
}
