// Reads the event that an HTTP trigger makes of a request (Function Compute, HTTP triggers, version v1), and makes the answers that it turns into replies.
import { asFields, decodeUtf8, EventError, type Fields, isFields, MAX_EVENT_BYTES, readJson } from './event-fields';

export interface HttpRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads the HTTP event, or throws the reason why it cannot be read; undefined for what came through another door, readable or not. */
export function httpEventOf(event: Uint8Array): (() => Fields) | undefined {
  try {
    const body = readJson(event);
    return isHttpEvent(body) ? () => body : undefined;
  } catch (error) {
    if (!looksLikeHttpEvent(event)) return undefined;
    return () => {
      throw error;
    };
  }
}

/** Told by what only a trigger writes: nobody sends these in a request of ours by mistake. */
function isHttpEvent(body: unknown): body is Fields {
  return isFields(body) && 'requestContext' in body && 'version' in body;
}

/** True for bytes that are likely an HTTP event which is too large to be read: it wants an answer, not a failed invocation. */
function looksLikeHttpEvent(event: Uint8Array): boolean {
  const ends = [event.subarray(0, 4_096), event.subarray(-4_096)].map((part) => Buffer.from(part).toString('latin1')).join('\n');
  return ends.includes('"requestContext"') && ends.includes('"version"');
}

/** Throws an EventError for what no trigger makes. */
export function readHttpRequest(event: Fields): HttpRequest {
  if (event['version'] !== 'v1') throw new EventError('the HTTP event is not of version v1');
  const http = asFields(asFields(event['requestContext'], 'requestContext')['http'], 'requestContext.http');
  const { method } = http;
  if (typeof method !== 'string' || !/^[A-Za-z]{1,16}$/.test(method)) throw new EventError('requestContext.http.method must be the name of a method');
  return {
    method: method.toUpperCase(),
    query: textsOf(event['queryParameters'], 'queryParameters'),
    headers: Object.fromEntries(Object.entries(textsOf(event['headers'], 'headers')).map(([name, value]) => [name.toLowerCase(), value])),
    body: bodyOf(event),
  };
}

function textsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  return Object.fromEntries(
    Object.entries(asFields(value, what)).map(([name, text]) => {
      if (typeof text !== 'string') throw new EventError(`${what} must be texts by name`);
      return [name, text];
    }),
  );
}

function bodyOf({ body, isBase64Encoded }: Fields): string {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'string') throw new EventError('the body of the HTTP event is not a text');
  const bytes = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.byteLength > MAX_EVENT_BYTES) throw new EventError(`the body has ${bytes.byteLength} bytes, more than ${MAX_EVENT_BYTES}`, 'size');
  return decodeUtf8(bytes, 'the body');
}

export function jsonAnswer(statusCode: number, document: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
    body: JSON.stringify(document),
  };
}
