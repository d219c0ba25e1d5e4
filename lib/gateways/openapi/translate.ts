// Turns failures of OpenAPI calls into our errors: what every service has in common. Each service adds its own table of refusals.
import {
  AmbiguousError,
  CloudError,
  type CloudErrorOptions,
  CredentialsError,
  DeniedError,
  type RefusalReason,
  RefusedError,
  ThrottledError,
  UnreachableError,
} from '../../domain/cloud-errors';
import { type Failure, isParseError, readFailure, textOf } from './failure';
import { redact } from './redact';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly hint?: string;
}

/** What the translation must know of a call. */
export interface CallContext {
  readonly operation: string;
  /** The object the call is about. */
  readonly target: string;
  /** The RAM action that the call needs. */
  readonly ramAction: string;
  /** Whether the call changes anything: only then is a lost answer a question. */
  readonly changes: boolean;
  readonly secretValues: readonly string[];
  readonly refusalOf: (code: string) => Refusal | undefined;
}

type ServiceFailure = Extract<Failure, { kind: 'service' }>;

/** The service could not do it now, or an identical request was seen before: nobody knows whether the work was begun. */
const AMBIGUOUS_CODES = /^(InternalFailure|InternalError|ServiceUnavailable|UnknownError|IO\.Exception|SignatureNonceUsed|.*TimeoutRetryLater)$/;
const CREDENTIAL_CODES =
  /^(SignatureDoesNotMatch|IncompleteSignature|InvalidSignature|InvalidAccessKeyId|InvalidAccessKeySecret|InvalidSecurityToken|MissingSecurityToken|SecurityToken|InvalidBearerToken|InvalidCredentials|Forbidden\.AccessKey)/;
const CLOCK_CODES = /^InvalidTime[Ss]tamp/;
const DENIED_CODES = /^(Forbidden|NoPermission|Forbidden\..*|.*\.NoPermission|NoPermission\..*|ImplicitDeny|ExplicitDeny|InvalidUserOperatorPermission)$/;

/** Our error for anything that a call threw. An error that is ours already passes through. */
export function translateError(error: unknown, call: CallContext): CloudError {
  if (error instanceof CloudError) return error;
  return translateFailure(readFailure(error), call, error);
}

export function translateFailure(failure: Failure, call: CallContext, original?: unknown): CloudError {
  const options = optionsOf(call, original);
  if (failure.kind === 'service') return translateServiceFailure(failure, call, options);
  if (failure.kind !== 'unsent') return unanswered(describe(failure, call), call, options);
  return new UnreachableError(`${call.operation} for ${call.target} could not be sent: no connection (${failure.networkCode})`, {
    ...options,
    hint: 'check the endpoint, the region name and the network',
  });
}

function translateServiceFailure(failure: ServiceFailure, call: CallContext, base: CloudErrorOptions): CloudError {
  const { code, statusCode } = failure;
  const options: CloudErrorOptions = {
    ...base,
    ...(code === '' ? {} : { serviceCode: code }),
    ...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
  };
  const subject = `${call.operation} for ${call.target}`;
  if (code.includes('Throttling') || statusCode === 429) {
    return new ThrottledError(`${subject} was throttled: ${code || statusCode}`, {
      ...options,
      hint: 'lower the API rate of the protection policy, or wait',
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    });
  }
  if (CLOCK_CODES.test(code))
    return new CredentialsError(`${subject} was refused: the signing time is off (${code})`, { ...options, hint: 'check the clock of this machine' });
  if (CREDENTIAL_CODES.test(code)) return credentialsRefused(code, subject, options);
  if (AMBIGUOUS_CODES.test(code) || statusCode >= 500 || code === '') return unanswered(`the service answered ${statusCode} ${code}`.trimEnd(), call, options);
  const refusal = call.refusalOf(code);
  if (refusal === undefined && DENIED_CODES.test(code)) return denied(failure, call, options);
  const said = redact(failure.message, call.secretValues);
  return new RefusedError(refusal?.reason ?? reasonByShape(code), `${subject} was refused: ${code}${said === '' ? '' : ` (${said})`}`, {
    ...options,
    ...(refusal?.hint === undefined ? {} : { hint: refusal.hint }),
  });
}

/** The service's own words are left out: it prints the string to sign and the key id. */
function credentialsRefused(code: string, subject: string, options: CloudErrorOptions): CredentialsError {
  const hint =
    code.startsWith('InvalidSecurityToken') || code.includes('SecurityToken')
      ? 'the temporary credentials are wrong or expired: fetch new ones'
      : 'check the access key id and secret of this account';
  return new CredentialsError(`${subject} was refused: the credentials are not accepted (${code})`, { ...options, hint });
}

function denied(failure: ServiceFailure, call: CallContext, options: CloudErrorOptions): DeniedError {
  const action = failure.deniedAction ?? call.ramAction;
  return new DeniedError(action, `${call.operation} for ${call.target} is denied: ${failure.code}, the identity may not ${action}`, {
    ...options,
    hint: `grant ${action} to the identity in RAM`,
  });
}

function unanswered(what: string, call: CallContext, options: CloudErrorOptions): AmbiguousError {
  const outcome = call.changes ? 'may or may not have taken effect' : 'failed';
  return new AmbiguousError(`${call.operation} for ${call.target} ${outcome}: ${what}`, options);
}

function describe(failure: Exclude<Failure, { kind: 'service' | 'unsent' }>, call: CallContext): string {
  if (failure.kind === 'timeout') return 'no answer in time';
  if (failure.kind === 'broken') return `the connection broke (${failure.networkCode})`;
  return `the answer cannot be read (${redact(failure.detail, call.secretValues)})`;
}

/** For codes that no table knows: the platform's naming says whether the request itself was at fault. */
function reasonByShape(code: string): RefusalReason {
  return /^(Invalid|Missing|Malformed|Unsupported)/.test(code) ? 'invalid-request' : 'other';
}

/** The SDK's own error holds the raw query and the body: only its name and its redacted message go along. */
function optionsOf(call: CallContext, original: unknown): CloudErrorOptions {
  const base = { operation: call.operation, target: call.target };
  const message = textOf(original, 'message');
  if (message === undefined || isParseError(original)) return base;
  const cause = new Error(redact(message, call.secretValues));
  cause.name = textOf(original, 'name') ?? cause.name;
  return { ...base, cause };
}
