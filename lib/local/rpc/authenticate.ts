// Decides who is calling: ACS3 or classic signature, security token, bearer token, signing date and nonce.
import { type Instant, MINUTE_MS, parseInstant } from '../../base/instant';
import type { Identities, Identity } from '../identities';
import { gatewayError, missingParameter } from './errors';
import type { RpcRequest } from './request';
import { acs3Signature, classicSignature, parseAcs3, sameSignature } from './signatures';

/** How far a signing date may be from the world's time, either way. */
export const SIGNING_WINDOW_MS = 15 * MINUTE_MS;

/** Remembers nonces for as long as a request that carries one could still be valid. */
export interface NonceStore {
  /** True for a nonce that is new; false when it was used before. */
  use(owner: string, nonce: string, now: Instant): boolean;
}

export function makeNonceStore(): NonceStore {
  const usedAt = new Map<string, Instant>();
  const forgetBefore = (limit: number): void => {
    // A Map lists its keys in the order they came, which is the order of time.
    for (const [key, at] of usedAt) {
      if (at >= limit) return;
      usedAt.delete(key);
    }
  };
  return {
    use: (owner, nonce, now) => {
      forgetBefore(now - 2 * SIGNING_WINDOW_MS);
      const key = `${owner}|${nonce}`;
      if (usedAt.has(key)) return false;
      usedAt.set(key, now);
      return true;
    },
  };
}

export interface AuthenticationContext {
  readonly identities: Identities;
  readonly nonces: NonceStore;
  readonly now: Instant;
}

/** The caller. Throws the gateway's error for the first thing that is wrong. */
export function authenticate(request: RpcRequest, context: AuthenticationContext): Identity {
  const { headers, parameters } = request;
  const bearer = headers['x-acs-bearer-token'] ?? parameters['BearerToken'];
  if (bearer !== undefined) return authenticateBearer(request, bearer, context);
  if (headers['authorization'] !== undefined) return authenticateAcs3(request, headers['authorization'], context);
  if (parameters['Signature'] === undefined) throw missingParameter('AccessKeyId');
  return authenticateClassic(request, parameters['Signature'], context);
}

function authenticateBearer(request: RpcRequest, token: string, context: AuthenticationContext): Identity {
  if (request.parameters['SignatureType'] !== 'BEARERTOKEN') throw gatewayError('SignatureDoesNotMatch');
  const identity = context.identities.findBearer(token);
  if (identity === undefined) throw gatewayError('InvalidBearerToken');
  return identity;
}

function authenticateAcs3(request: RpcRequest, authorization: string, context: AuthenticationContext): Identity {
  const parsed = parseAcs3(authorization);
  if (parsed === undefined) throw gatewayError('SignatureDoesNotMatch');
  const identity = identify(parsed.accessKeyId, request.headers['x-acs-security-token'], context);
  checkDate(request.headers['x-acs-date'], context.now);
  const expected = acs3Signature({ ...request, path: '/' }, parsed.signedHeaders, identity.secret);
  if (expected === undefined || !sameSignature(expected, parsed.signature)) throw gatewayError('SignatureDoesNotMatch');
  checkNonce(identity, request.headers['x-acs-signature-nonce'], context);
  return identity;
}

function authenticateClassic(request: RpcRequest, signature: string, context: AuthenticationContext): Identity {
  const { parameters } = request;
  const accessKeyId = parameters['AccessKeyId'];
  if (accessKeyId === undefined) throw missingParameter('AccessKeyId');
  if (parameters['SignatureMethod'] !== 'HMAC-SHA1' || parameters['SignatureVersion'] !== '1.0') throw gatewayError('SignatureDoesNotMatch');
  const identity = identify(accessKeyId, parameters['SecurityToken'], context);
  checkDate(parameters['Timestamp'], context.now);
  if (!sameSignature(classicSignature(request, identity.secret), signature)) throw gatewayError('SignatureDoesNotMatch');
  checkNonce(identity, parameters['SignatureNonce'], context);
  return identity;
}

function identify(accessKeyId: string, securityToken: string | undefined, context: AuthenticationContext): Identity {
  const identity = context.identities.lookup(accessKeyId);
  if (identity === undefined) throw gatewayError('InvalidAccessKeyId.NotFound');
  if (!identity.isActive) throw gatewayError('InvalidAccessKeyId.Inactive');
  if (identity.securityToken === undefined) {
    if (securityToken !== undefined && securityToken !== '') throw gatewayError('InvalidSecurityToken.MismatchWithAccessKey');
    return identity;
  }
  if (securityToken === undefined || securityToken === '') throw gatewayError('MissingSecurityToken');
  if (!sameSignature(identity.securityToken, securityToken)) throw gatewayError('InvalidSecurityToken.Malformed');
  if (identity.expiresAt !== undefined && identity.expiresAt <= context.now) throw gatewayError('InvalidSecurityToken.Expired');
  return identity;
}

function checkDate(date: string | undefined, now: Instant): void {
  if (date === undefined) throw missingParameter('Timestamp');
  const signedAt = parseInstant(date);
  if (signedAt === undefined) throw gatewayError('InvalidTimeStamp.Format');
  if (Math.abs(signedAt - now) > SIGNING_WINDOW_MS) throw gatewayError('InvalidTimeStamp.Expired');
}

function checkNonce(identity: Identity, nonce: string | undefined, context: AuthenticationContext): void {
  if (nonce === undefined || nonce === '') throw missingParameter('SignatureNonce');
  if (!context.nonces.use(identity.accessKeyId, nonce, context.now)) throw gatewayError('SignatureNonceUsed');
}
