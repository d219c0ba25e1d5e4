// Reads what the SDK threw, or what a service put into an answer, as one of five kinds of failure.
import { AlibabaCloudError } from '@alicloud/openapi-core';
import { messageOf } from '../../base/errors';

/** `unsent`: no connection was made. `broken`: the connection failed later. `unreadable`: an answer came that is not what the API promises. */
export type Failure =
  | {
      readonly kind: 'service';
      readonly statusCode: number;
      readonly code: string;
      readonly message: string;
      readonly requestId: string | undefined;
      /** From the header x-acs-retry-after, in milliseconds. */
      readonly retryAfterMs: number | undefined;
      /** The RAM action that was missing, where the service says so. */
      readonly deniedAction: string | undefined;
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unsent'; readonly networkCode: string }
  | { readonly kind: 'broken'; readonly networkCode: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Codes that a socket gives before anything was sent, whatever the system call. */
const UNSENT_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Reads members, not classes: errors of sockets and of the SDK may come from another realm. */
export function readFailure(error: unknown): Failure {
  if (error instanceof AlibabaCloudError) return readServiceError(error);
  if (textOf(error, 'name') === 'RequestTimeoutError') return { kind: 'timeout' };
  if (isParseError(error)) return { kind: 'unreadable', detail: 'it is no JSON' };
  const networkCode = textOf(error, 'code');
  if (networkCode === undefined) return { kind: 'unreadable', detail: messageOf(error) };
  const isUnsent = UNSENT_CODES.has(networkCode) || textOf(error, 'syscall') === 'connect';
  return { kind: isUnsent ? 'unsent' : 'broken', networkCode };
}

/** The parser quotes what it could not read, which may be a part of a download link: its words go nowhere. */
export function isParseError(error: unknown): boolean {
  return textOf(error, 'name') === 'SyntaxError';
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

/** A member of an unknown value, when it is a text. */
export function textOf(value: unknown, member: string): string | undefined {
  if (typeof value !== 'object' || value === null || !(member in value)) return undefined;
  const found: unknown = value[member as keyof typeof value]; // `in` has just said that it is there
  return typeof found === 'string' && found !== '' ? found : undefined;
}
