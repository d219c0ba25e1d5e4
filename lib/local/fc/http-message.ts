// Reads what arrives over HTTP, and writes what is answered, whole or broken as a fault wants it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultReply } from '../kinds';
import { fcError } from './service-error';

/** A request, read to its end. */
export interface FcRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Decoded; of a name that is repeated, the values with commas between them. */
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name; values of a repeated header with commas between them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface FcReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The event of a synchronous invocation (Function Compute, Limits). */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Throws EntityTooLarge; the body is read to its end all the same, so that the answer can be delivered. */
export async function readFcRequest(message: IncomingMessage): Promise<FcRequest> {
  const url = message.url ?? '/';
  const [path = '/'] = url.split('?', 1);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) throw fcError('EntityTooLarge', `payload size exceeds maximum allowed size (${MAX_BODY_BYTES} bytes)`);
  return {
    method: message.method ?? '',
    path,
    query: joined(new URLSearchParams(url.slice(path.length))),
    headers: joined(Object.entries(message.headers).map(([name, value]) => [name, String(value ?? '')])),
    body: Buffer.concat(chunks),
    sourceIp: message.socket.remoteAddress ?? '',
  };
}

function joined(entries: Iterable<readonly [string, string]>): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of entries) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  return Object.fromEntries(values);
}

export function sendReply(response: ServerResponse, { status, headers, body }: FcReply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

const HTML_PAGE = '<html><head><title>Bad Gateway</title></head><body><h1>The proxy could not read the answer</h1></body></html>';

/** Sends what the fault asks for. `normal` is what a faultless call would have answered; `refusal` words an error as the service does. */
export function sendFaultyReply(
  response: ServerResponse,
  fault: FaultReply,
  normal: FcReply,
  refusal: (status: number, code: string, message: string) => FcReply,
): void {
  switch (fault.kind) {
    case 'normal':
    case 'stale':
    case 'unsuccessful':
      sendReply(response, normal);
      return;
    case 'throttle':
      sendReply(response, refusal(429, 'ResourceExhausted', 'the concurrency of the account in this region is used up'));
      return;
    case 'error':
      sendReply(response, refusal(fault.status, fault.code, fault.message));
      return;
    case 'html':
      sendReply(response, { status: fault.status, headers: { 'content-type': 'text/html' }, body: Buffer.from(HTML_PAGE) });
      return;
    case 'empty':
      sendReply(response, { status: fault.status, headers: {}, body: Buffer.alloc(0) });
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'partial':
      sendHalf(response, normal);
      return;
    case 'stall':
      // Nothing is ever sent: the connection stays open until the caller or the server's close drops it.
      return;
  }
}

function sendHalf(response: ServerResponse, { status, headers, body }: FcReply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length + 1 }); // never fulfilled, not even by an empty body
  response.flushHeaders();
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}
