// The service's errors, worded as in "Tablestore, Error codes": status, code and message are part of the protocol.

/** An answer that refuses the request, or one row of a batch. */
export class OtsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'OtsError';
    this.status = status;
    this.code = code;
  }
}

export function parameterInvalid(message: string): OtsError {
  return new OtsError(400, 'OTSParameterInvalid', message);
}

export function invalidKey(message: string): OtsError {
  return new OtsError(400, 'OTSInvalidPK', message);
}

export function authFailed(message: string): OtsError {
  return new OtsError(403, 'OTSAuthFailed', message);
}

export function noPermission(): OtsError {
  return new OtsError(403, 'OTSNoPermissionAccess', 'You have no permission to access the requested resource, please contact the resource owner.');
}

export function conditionCheckFail(): OtsError {
  return new OtsError(403, 'OTSConditionCheckFail', 'Condition check failed.');
}

export function quotaExhausted(message: string): OtsError {
  return new OtsError(403, 'OTSQuotaExhausted', message);
}

export function objectNotExist(): OtsError {
  return new OtsError(404, 'OTSObjectNotExist', 'Requested table does not exist.');
}

export function objectAlreadyExist(): OtsError {
  return new OtsError(409, 'OTSObjectAlreadyExist', 'Requested table already exists.');
}

export function tableNotReady(): OtsError {
  return new OtsError(404, 'OTSTableNotReady', 'The table is not ready.');
}

export function internalError(cause: unknown): OtsError {
  return new OtsError(500, 'OTSInternalServerError', 'Internal server error.', cause);
}
