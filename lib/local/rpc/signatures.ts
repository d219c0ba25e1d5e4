// The two signatures of the RPC style, calculated from what arrived: ACS3-HMAC-SHA256 and the classic HMAC-SHA1.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RpcRequest } from './request';
import type { Parameters } from './types';

/** The parts of `Authorization: ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`. */
export interface Acs3Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export function parseAcs3(authorization: string): Acs3Authorization | undefined {
  const match = /^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization);
  const [, accessKeyId, signedHeaders, signature] = match ?? [];
  if (accessKeyId === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
}

/** RFC 3986: what encodeURIComponent leaves alone and the canonical form does not. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function sortedQuery(query: Parameters, encodeName: (name: string) => string): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encodeName(name)}=${encode(query[name] ?? '')}`)
    .join('&');
}

/** What an ACS3 signature covers of a request. */
export interface Acs3Message {
  readonly method: string;
  /** As sent; `/` in the RPC style. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded query. */
  readonly query: Parameters;
  readonly body: Buffer;
}

/**
 * The signature over the decoded and encoded-again query: clients do not escape `! ( ) *` on the wire, the canonical form does. Every
 * `x-acs-*` header and the host must be signed; undefined when one is not, or when the body is not what its digest says.
 */
export function acs3Signature(message: Acs3Message, signedHeaders: readonly string[], secret: string): string | undefined {
  const mustBeSigned = Object.keys(message.headers).filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'));
  if (mustBeSigned.some((name) => !signedHeaders.includes(name))) return undefined;
  const bodyDigest = message.headers['x-acs-content-sha256'];
  return bodyDigest === sha256Hex(message.body) ? acs3SignatureOver(message, bodyDigest, signedHeaders, secret) : undefined;
}

/** The signature alone: which headers must be in it, and whether the digest is the body's, is for the caller to check. */
export function acs3SignatureOver(message: Acs3Message, bodyDigest: string, signedHeaders: readonly string[], secret: string): string {
  const { method, path, headers, query } = message;
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const canonicalQuery = sortedQuery(query, (name) => name);
  const canonical = [method, path, canonicalQuery, canonicalHeaders, signedHeaders.join(';'), bodyDigest].join('\n');
  return createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`)
    .digest('hex');
}

/** The classic signature: HMAC-SHA1 over all parameters but `Signature`, keyed with the secret and an ampersand. */
export function classicSignature(request: RpcRequest, secret: string): string {
  const { Signature: _signature, ...signed } = request.parameters;
  const stringToSign = `${request.method}&${encode('/')}&${encode(sortedQuery(signed, encode))}`;
  return createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64');
}

/** Compares without telling how far two signatures agree. */
export function sameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
