// Decides who is calling the local Secrets Manager: Signature Version 4, session token, scope and signing date.
import { type Instant, MINUTE_MS, parseInstant } from '../../base/instant';
import { gatewayError, invalidSignature } from './errors';
import { type Authorization, parseAuthorization, type SignedRequest, sameSignature, signatureOf } from './sigv4';
import type { AwsUser } from './users';

/** How far a signing date may be from the world's time, either way. */
export const SIGNING_WINDOW_MS = 5 * MINUTE_MS;

const SERVICE = 'secretsmanager';

export interface AuthenticationContext {
  readonly users: readonly AwsUser[];
  readonly region: string;
  readonly now: Instant;
}

/** The caller. Throws the AwsError for the first thing that is wrong. */
export function authenticate(request: SignedRequest, context: AuthenticationContext): AwsUser {
  const header = request.headers['authorization'];
  if (header === undefined) throw gatewayError('MissingAuthenticationTokenException');
  const authorization = parseAuthorization(header);
  const timestamp = request.headers['x-amz-date'];
  if (authorization === undefined || timestamp === undefined) throw gatewayError('IncompleteSignatureException');
  const user = identify(authorization.accessKeyId, request.headers['x-amz-security-token'], context);
  checkScope(authorization, context.region);
  checkDate(timestamp, authorization.date, context.now);
  checkSignedHeaders(request, authorization.signedHeaders);
  if (!sameSignature(signatureOf(request, authorization, timestamp, user.secretAccessKey), authorization.signature)) throw invalidSignature();
  return user;
}

function identify(accessKeyId: string, token: string | undefined, { users, now }: AuthenticationContext): AwsUser {
  const user = users.find((each) => each.accessKeyId === accessKeyId);
  if (user === undefined || user.sessionToken !== token) throw gatewayError('UnrecognizedClientException');
  if (user.expiresAt !== undefined && user.expiresAt <= now) throw gatewayError('ExpiredTokenException');
  return user;
}

function checkScope({ region, service }: Authorization, own: string): void {
  if (region !== own) throw invalidSignature(`Credential should be scoped to a valid region, not '${region}'. `);
  if (service !== SERVICE) throw invalidSignature(`Credential should be scoped to correct service: '${SERVICE}'. `);
}

function checkDate(timestamp: string, scopeDate: string, now: Instant): void {
  const signedAt = readTimestamp(timestamp);
  if (signedAt === undefined) throw gatewayError('IncompleteSignatureException');
  if (!timestamp.startsWith(scopeDate))
    throw invalidSignature(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: '${timestamp}'.`);
  if (signedAt < now - SIGNING_WINDOW_MS) throw invalidSignature(`Signature expired: ${timestamp} is now earlier than the earliest time allowed.`);
  if (signedAt > now + SIGNING_WINDOW_MS) throw invalidSignature(`Signature not yet current: ${timestamp} is still later than the latest time allowed.`);
}

/** `20261121T010000Z` */
function readTimestamp(text: string): Instant | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  return parts === null ? undefined : parseInstant(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}

/** The documents ask for `host` and every `x-amz-*` header of the request. */
function checkSignedHeaders({ headers }: SignedRequest, signed: readonly string[]): void {
  for (const name of Object.keys(headers)) {
    const isDue = name === 'host' || name.startsWith('x-amz-');
    if (isDue && !signed.includes(name)) throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}
