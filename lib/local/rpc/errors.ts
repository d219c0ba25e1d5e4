// The errors that the API gateway itself answers with, whatever the service behind it (Alibaba Cloud, common error codes).

/** Why a call was denied, as the `AccessDeniedDetail` of the answer. */
export type AccessDeniedDetail = Readonly<Record<string, string>>;

export interface RpcErrorOptions {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Sent as `x-acs-retry-after`, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly accessDenied?: AccessDeniedDetail;
}

/** An answer of the service that is an error: status, code and message as on the wire. */
export class RpcError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  readonly accessDenied: AccessDeniedDetail | undefined;

  constructor(options: RpcErrorOptions) {
    super(options.message);
    this.name = 'RpcError';
    this.status = options.status;
    this.code = options.code;
    this.retryAfterMs = options.retryAfterMs;
    this.accessDenied = options.accessDenied;
  }
}

const GATEWAY_ERRORS = {
  'InvalidApi.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  InvalidVersion: [400, 'Specified parameter Version is not valid.'],
  UnsupportedHTTPMethod: [400, 'This http method is not supported.'],
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  'InvalidAccessKeyId.Inactive': [400, 'Specified access key is disabled.'],
  SignatureDoesNotMatch: [400, 'Specified signature is not matched with our calculation.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  MissingSecurityToken: [400, 'SecurityToken is mandatory for this action.'],
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  'InvalidSecurityToken.MismatchWithAccessKey': [400, 'Specified SecurityToken mismatch with the AccessKey.'],
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  InvalidBearerToken: [400, 'Specified bearer token is not valid.'],
  RequestEntityTooLarge: [413, 'The request body is too large.'],
  InternalError: [500, 'The request processing has failed due to some unknown error, exception or failure.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type GatewayCode = keyof typeof GATEWAY_ERRORS;

export function gatewayError(code: GatewayCode): RpcError {
  const [status, message] = GATEWAY_ERRORS[code];
  return new RpcError({ status, code, message });
}

export function missingParameter(name: string): RpcError {
  return new RpcError({ status: 400, code: `Missing${name}`, message: `${name} is mandatory for this action.` });
}

export function invalidParameter(name: string): RpcError {
  return new RpcError({ status: 400, code: `Invalid${name}`, message: `Specified parameter ${name} is not valid.` });
}

/** `Throttling*` answers carry 400 in the tables of RDS's generation; the wait is told in milliseconds. */
export function throttled(retryAfterMs: number): RpcError {
  return new RpcError({ status: 400, code: 'Throttling.User', message: 'Request was denied due to user flow control.', retryAfterMs });
}
