// Reads what a connection threw as one of a few kinds of failure: what the clients of all services have in common, without any SDK.
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
  | NetworkFailure;

export type NetworkFailure =
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unsent'; readonly networkCode: string }
  | { readonly kind: 'broken'; readonly networkCode: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Codes that a socket gives before anything was sent, whatever the system call. */
const UNSENT_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Reads members, not classes: errors of sockets and of the SDKs may come from another realm. */
export function readNetworkFailure(error: unknown): NetworkFailure {
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

/** A member of an unknown value, when it is a text. */
export function textOf(value: unknown, member: string): string | undefined {
  if (typeof value !== 'object' || value === null || !(member in value)) return undefined;
  const found: unknown = value[member as keyof typeof value]; // `in` has just said that it is there
  return typeof found === 'string' && found !== '' ? found : undefined;
}
