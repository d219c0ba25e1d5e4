// Decides who is calling Function Compute: its own legacy signature, or ACS3-HMAC-SHA256; the signing date and the security token.
import { createHash, createHmac } from 'node:crypto';
import { type Instant, instant, parseInstant } from '../../base/instant';
import type { Identities, Identity } from '../identities';
import { type NonceStore, SIGNING_WINDOW_MS } from '../rpc/authenticate';
import { acs3Signature, acs3SignatureOver, parseAcs3, sameSignature, sha256Hex } from '../rpc/signatures';
import type { FcRequest } from './http-message';
import type { FcFamily } from './routes';
import { fcError } from './service-error';

export interface FcAuthenticationRules {
  readonly identities: Identities;
  readonly nonces: NonceStore;
  readonly now: Instant;
  /** Whether the routes of 2023-03-30 take the legacy signature too. That the service does so is in no document. */
  readonly acceptsLegacyOn2023: boolean;
}

const MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your access key and signing method';

/** The caller of an API. Throws the service's error for the first thing that is wrong. */
export function authenticateApi(request: FcRequest, family: FcFamily, rules: FcAuthenticationRules): Identity {
  const authorization = requireAuthorization(request);
  const isLegacy = authorization.startsWith('FC ');
  const takesLegacy = family.version === '2016-08-15' || rules.acceptsLegacyOn2023;
  if (isLegacy && takesLegacy) return authenticateLegacy(request, authorization, rules);
  if (!isLegacy && family.version === '2023-03-30') return authenticateAcs3(request, authorization, rules);
  throw fcError('SignatureNotMatch', MISMATCH);
}

/** "Signature authentication", API reference 2016-08-15: `FC <key>:<base64 of HMAC-SHA256>`. */
function authenticateLegacy(request: FcRequest, authorization: string, rules: FcAuthenticationRules): Identity {
  const [, accessKeyId, signature] = /^FC ([^:\s]+):(\S+)$/.exec(authorization) ?? [];
  if (accessKeyId === undefined || signature === undefined) throw fcError('SignatureNotMatch', MISMATCH);
  const identity = identify(accessKeyId, request.headers['x-fc-security-token'], rules);
  checkDate(readHttpDate(requireHeader(request, 'date')), rules.now);
  const digest = request.headers['content-md5'];
  // Signing the digest proves nothing unless it is the body's. The SDK sends the base64 of its hexadecimal form.
  const isWhole = digest === undefined ? request.body.length === 0 : digest === md5OfHex(request.body);
  const expected = createHmac('sha256', identity.secret).update(legacyText(request), 'utf8').digest('base64');
  if (!isWhole || !sameSignature(expected, signature)) throw fcError('SignatureNotMatch', MISMATCH);
  return identity;
}

function legacyText({ method, path, headers }: FcRequest): string {
  const own = Object.keys(headers).filter((name) => name.startsWith('x-fc-'));
  const canonical = own.sort().map((name) => `${name}:${headers[name]}\n`);
  return `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${headers['date'] ?? ''}\n${canonical.join('')}${path}`;
}

function md5OfHex(body: Buffer): string {
  return Buffer.from(createHash('md5').update(body).digest('hex'), 'utf8').toString('base64');
}

/** A date such as `Sat, 21 Nov 2026 01:20:39 GMT`. */
function readHttpDate(text: string): Instant | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : instant(at);
}

function authenticateAcs3(request: FcRequest, authorization: string, rules: FcAuthenticationRules): Identity {
  const { identity, signedHeaders, signature } = readAcs3(request, authorization, rules);
  const expected = acs3Signature(request, signedHeaders, identity.secret);
  if (expected === undefined || !sameSignature(expected, signature)) throw fcError('SignatureNotMatch', MISMATCH);
  const nonce = requireHeader(request, 'x-acs-signature-nonce');
  if (!rules.nonces.use(identity.accessKeyId, nonce, rules.now)) throw fcError('SignatureNotMatch', 'the signature nonce was used before');
  return identity;
}

/**
 * The caller of an HTTP trigger with `authType: function`: ACS3-HMAC-SHA256 over the path and query of its URL. Only `x-acs-date` (and the security
 * token of temporary credentials) must be sent and signed, and the body need not be: the digest is empty unless `x-acs-content-sha256` tells it
 * ("Configure signature authentication for HTTP triggers"; not verified on a live account).
 */
export function authenticateHttpTrigger(request: FcRequest, rules: FcAuthenticationRules): Identity {
  const { identity, signedHeaders, signature } = readAcs3(request, requireAuthorization(request), rules);
  const mustBeSigned = Object.keys(request.headers).filter((name) => name.startsWith('x-acs-'));
  const digest = request.headers['x-acs-content-sha256'] ?? '';
  const isWhole = digest === '' || digest === sha256Hex(request.body);
  const expected = acs3SignatureOver(request, digest, signedHeaders, identity.secret);
  const isCovered = mustBeSigned.every((name) => signedHeaders.includes(name));
  if (!isWhole || !isCovered || !sameSignature(expected, signature)) throw fcError('SignatureNotMatch', MISMATCH);
  return identity;
}

interface Acs3Caller {
  readonly identity: Identity;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readAcs3(request: FcRequest, authorization: string, rules: FcAuthenticationRules): Acs3Caller {
  const parsed = parseAcs3(authorization);
  if (parsed === undefined) throw fcError('SignatureNotMatch', MISMATCH);
  const identity = identify(parsed.accessKeyId, request.headers['x-acs-security-token'], rules);
  checkDate(parseInstant(requireHeader(request, 'x-acs-date')), rules.now);
  return { identity, signedHeaders: parsed.signedHeaders, signature: parsed.signature };
}

function identify(accessKeyId: string, token: string | undefined, { identities, now }: FcAuthenticationRules): Identity {
  const identity = identities.lookup(accessKeyId);
  if (identity === undefined || !identity.isActive) throw fcError('InvalidAccessKeyID', `invalid access key ID '${accessKeyId}'`);
  const given = token === undefined || token === '' ? undefined : token;
  if (identity.securityToken === undefined) {
    if (given !== undefined) throw fcError('InvalidSecurityToken', 'the security token does not belong to the access key');
    return identity;
  }
  if (given === undefined || !sameSignature(identity.securityToken, given)) throw fcError('InvalidSecurityToken', 'the security token is missing or invalid');
  if (identity.expiresAt !== undefined && identity.expiresAt <= now) throw fcError('InvalidSecurityToken', 'the security token has expired');
  return identity;
}

function checkDate(signedAt: Instant | undefined, now: Instant): void {
  if (signedAt === undefined) throw fcError('InvalidArgument', 'the date of the request is not well formatted');
  if (Math.abs(signedAt - now) <= SIGNING_WINDOW_MS) return;
  throw fcError('RequestTimeTooSkewed', 'the request has expired: its date is more than 15 minutes away from the time of the server');
}

function requireHeader(request: FcRequest, name: string): string {
  const value = request.headers[name];
  if (value !== undefined && value !== '') return value;
  throw fcError('MissingRequiredHeader', `required HTTP header ${name} was not specified`);
}

/** Other missing headers are mistakes of form; without this one the caller is nobody. */
function requireAuthorization(request: FcRequest): string {
  const value = request.headers['authorization'];
  if (value !== undefined && value !== '') return value;
  throw fcError('AccessDenied', 'required HTTP header authorization was not specified');
}
