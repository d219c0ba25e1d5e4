// Reads what the SDK threw, or what a service put into an answer, as one of five kinds of failure.
import { AlibabaCloudError } from '@alicloud/openapi-core';
import { type Failure, readNetworkFailure, textOf } from './network';

export { type Failure, isParseError, textOf } from './network';

/** Errors of the SDK and of its sockets. */
export function readFailure(error: unknown): Failure {
  return error instanceof AlibabaCloudError ? readServiceError(error) : readNetworkFailure(error);
}

/** What operations that report by a field write into `Code` when all went well. */
const SUCCESS_CODE = '200';

/** The failure inside an answer that the SDK took for a success: it reads no error out of statuses below 400. */
export function failureInAnswer(statusCode: number, body: unknown): Failure | undefined {
  const code = textOf(body, 'Code');
  if (code === undefined || code === SUCCESS_CODE) return undefined;
  return {
    kind: 'service',
    statusCode,
    code,
    message: textOf(body, 'Message') ?? '',
    requestId: textOf(body, 'RequestId'),
    retryAfterMs: undefined,
    deniedAction: undefined,
  };
}

/** The SDK writes "undefined" where the service said nothing, and puts code, status and request id into the message: the body is cleaner. */
function readServiceError(error: AlibabaCloudError): Failure {
  const body: unknown = error.data;
  const code = error.code === 'undefined' ? undefined : error.code;
  const retryAfterMs: unknown = error.retryAfter;
  return {
    kind: 'service',
    statusCode: error.statusCode ?? 0,
    code: code ?? '',
    message: textOf(body, 'Message') ?? textOf(body, 'message') ?? '',
    requestId: error.requestId === 'undefined' ? undefined : error.requestId,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined,
    deniedAction: textOf(error.accessDeniedDetail, 'AuthAction'),
  };
}
