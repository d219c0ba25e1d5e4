// The errors that Function Compute itself answers with, whatever the function does (Function Compute, Error codes).

/** An answer of the service that is an error: status, code and message as on the wire. */
export class FcServiceError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'FcServiceError';
    this.status = status;
    this.code = code;
  }
}

/**
 * Status by code, as documented; `RequestTimeTooSkewed`, `InvalidSecurityToken` and `AsyncTaskNotFound` are in no document that we know
 * (not verified on a live account), so callers should go by the status.
 */
const STATUS = {
  InvalidArgument: 400,
  MissingRequiredHeader: 400,
  PathNotSupported: 400,
  EntityTooLarge: 400,
  AccessDenied: 403,
  SignatureNotMatch: 403,
  InvalidAccessKeyID: 403,
  InvalidSecurityToken: 403,
  RequestTimeTooSkewed: 403,
  ServiceNotFound: 404,
  AliasNotFound: 404,
  FunctionNotFound: 404,
  AsyncTaskNotFound: 404,
  StatefulAsyncInvocationNotFound: 404,
  MethodNotAllowed: 405,
  AsyncTaskAlreadyExists: 409,
  StatefulAsyncInvocationAlreadyExists: 409,
  ResourceExhausted: 429,
  InternalServerError: 500,
} as const satisfies Record<string, number>;

export type FcErrorCode = keyof typeof STATUS;

export function fcError(code: FcErrorCode, message: string): FcServiceError {
  return new FcServiceError(STATUS[code], code, message);
}
