// Reads an HTTP request of the RPC style: its parameters, headers and action.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gatewayError } from './errors';
import type { Parameters } from './types';

const MAX_BODY_BYTES = 1024 * 1024;

/** A request as the gateway sees it. */
export interface RpcRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded query: what is signed. */
  readonly query: Parameters;
  /** Query and form body together: what the action reads. */
  readonly parameters: Parameters;
  readonly body: Buffer;
  /** From the header `x-acs-action`, or the classic `Action` parameter. */
  readonly action: string;
  readonly version: string;
}

/** Reads the whole request. Throws `UnsupportedHTTPMethod` and `RequestEntityTooLarge`. */
export async function readRpcRequest(message: IncomingMessage): Promise<RpcRequest> {
  const method = message.method ?? '';
  if (method !== 'GET' && method !== 'POST') throw gatewayError('UnsupportedHTTPMethod');
  const headers = flattenHeaders(message.headers);
  const query = Object.fromEntries(new URL(message.url ?? '/', 'http://gateway').searchParams);
  const body = await readBody(message);
  const form = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(body.toString('utf8')))
    : {};
  const parameters = { ...query, ...form };
  return {
    method,
    headers,
    query,
    parameters,
    body,
    action: headers['x-acs-action'] ?? parameters['Action'] ?? '',
    version: headers['x-acs-version'] ?? parameters['Version'] ?? '',
  };
}

function flattenHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]));
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same, so that the answer can be delivered.
  if (bytes > MAX_BODY_BYTES) throw gatewayError('RequestEntityTooLarge');
  return Buffer.concat(chunks);
}
