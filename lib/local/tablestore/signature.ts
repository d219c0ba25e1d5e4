// Who sent a request, and whether it arrived as sent: headers, digest, date and HMAC-SHA1 signature; and the signature of answers.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Instant, parseInstant } from '../../base/instant';
import { authFailed, parameterInvalid } from './errors';

/** Somebody who may call. */
export interface Caller {
  readonly secret: string;
  /** Set for temporary credentials: the request must carry the same. */
  readonly securityToken?: string;
  /** RAM's answer for an action such as `ots:GetRow` on a resource such as `acs:ots:...:instance/name/table/runs`. */
  allows(action: string, resource: string): boolean;
}

export interface CredentialStore {
  find(accessKeyId: string): Caller | undefined;
}

export interface AuthenticationRules {
  readonly credentials: CredentialStore;
  readonly instanceName: string;
  /** How far the request's date may lie from the world's. */
  readonly maxSkewMs: number;
  readonly now: Instant;
}

export interface SignedRequest {
  /** The path as sent: `/PutRow`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Authenticated {
  readonly accessKeyId: string;
  readonly caller: Caller;
}

const SIGNATURE = 'x-ots-signature';
const PREFIX = 'x-ots-';

/** Throws OTSParameterInvalid for missing or unreadable headers and OTSAuthFailed for everything that does not fit. */
export function authenticate(request: SignedRequest, rules: AuthenticationRules): Authenticated {
  requireHeader(request, 'x-ots-apiversion');
  const instanceName = requireHeader(request, 'x-ots-instancename');
  const accessKeyId = requireHeader(request, 'x-ots-accesskeyid');
  checkDate(requireHeader(request, 'x-ots-date'), rules);
  const digest = requireHeader(request, 'x-ots-contentmd5');
  const signature = requireHeader(request, SIGNATURE);
  if (digest !== md5(request.body)) throw authFailed('Mismatch between MD5 value of request body and x-ots-contentmd5 in header.');
  const caller = rules.credentials.find(accessKeyId);
  if (caller === undefined) throw authFailed('The AccessKeyID does not exist.');
  if (!equalText(signature, sign(caller.secret, `${request.path}\nPOST\n\n${signedHeaders(request.headers)}`))) throw authFailed('Signature mismatch.');
  if (request.headers['x-ots-ststoken'] !== caller.securityToken) throw authFailed('The security token does not belong to the AccessKeyID.');
  if (instanceName !== rules.instanceName) throw authFailed('The instance is not found.');
  return { accessKeyId, caller };
}

function requireHeader(request: SignedRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw parameterInvalid(`Missing header: '${name}'.`);
}

function checkDate(text: string, rules: AuthenticationRules): void {
  const date = parseInstant(text);
  if (date === undefined) throw parameterInvalid(`Invalid date format: ${text}.`);
  if (Math.abs(date - rules.now) > rules.maxSkewMs) throw authFailed(`Mismatch between system time and x-ots-date: ${text}.`);
}

function signedHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const names = Object.keys(headers).filter((name) => name.startsWith(PREFIX) && name !== SIGNATURE);
  return names
    .sort()
    .map((name) => `${name}:${String(headers[name])}\n`)
    .join('');
}

/** The headers of an answer. They are signed in another order than requests: headers first, then the operation's path. */
export function answerHeaders(answer: {
  readonly path: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly now: Instant;
  readonly signer: { readonly accessKeyId: string; readonly secret: string } | undefined;
}): Record<string, string> {
  const headers: Record<string, string> = {
    'x-ots-contentmd5': md5(answer.body),
    'x-ots-contenttype': 'protocol buffer',
    'x-ots-date': new Date(answer.now).toISOString(),
    'x-ots-requestid': answer.requestId,
  };
  if (answer.signer === undefined) return headers;
  const { accessKeyId, secret } = answer.signer;
  return { ...headers, authorization: `OTS ${accessKeyId}:${sign(secret, `${signedHeaders(headers)}${answer.path}`)}` };
}

function sign(secret: string, text: string): string {
  return createHmac('sha1', secret).update(text, 'utf8').digest('base64');
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

function equalText(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
