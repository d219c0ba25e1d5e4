// Assumes a role at STS (API version 2015-04-01) and keeps the temporary credentials until shortly before they expire.
import { CredentialModel } from '@alicloud/credentials';
import type { Clock } from '../../base/clock';
import { type Instant, MINUTE_MS, parseInstant, plusMs } from '../../base/instant';
import { AmbiguousError, type CloudError, UnreachableError } from '../../domain/cloud-errors';
import { makeOpenApiCall, type OpenApiCall } from '../openapi/client';
import type { Endpoint } from '../openapi/endpoint';
import { failureInAnswer, textOf } from '../openapi/failure';
import { repeat } from '../openapi/repeat';
import { type CallContext, type Refusal, translateError, translateFailure } from '../openapi/translate';
import type { CloudCredentials } from './kinds';
import { withRenewal } from './renewal';
import type { CredentialLookup } from './sdk-credential';

const STS_VERSION = '2015-04-01';
const ACTION = 'AssumeRole';
const DURATION_SECONDS = 3_600;
/** A call that is signed just before the expiry must still be accepted when it arrives. */
const RENEW_BEFORE_MS = 5 * MINUTE_MS;

export interface AssumeRoleOptions {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  /** Who assumes the role. */
  readonly source: CloudCredentials;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMs: number;
}

interface Session {
  readonly model: CredentialModel;
  readonly renewAt: Instant;
}

/**
 * A lookup that assumes the role when it must; callers at the same time share one call. The `@alicloud/credentials` package could do this but
 * insists on https, which shuts out servers on this machine, and reads the host's clock.
 */
export function makeRoleLookup(options: AssumeRoleOptions): CredentialLookup {
  const call = makeOpenApiCall({ version: STS_VERSION, endpoint: options.endpoint, credential: options.source.sdk, timeoutMs: options.timeoutMs });
  let session: Session | undefined;
  let pending: Promise<Session> | undefined;
  return async (anew = false) => {
    if (!anew && session !== undefined && options.clock.now() < session.renewAt) return session.model;
    pending ??= assumeRole(call, options).finally(() => {
      pending = undefined;
    });
    session = await pending;
    return session.model;
  };
}

/** Throws a CredentialsError, DeniedError, ThrottledError or UnreachableError, never an AmbiguousError: assuming a role changes nothing. */
async function assumeRole(call: OpenApiCall, options: AssumeRoleOptions): Promise<Session> {
  await options.source.current(); // outside the retries: a source that is a role has retries of its own, and a failure of its own
  try {
    return await repeat(() => withRenewal(options.source, () => attempt(call, options)), { clock: options.clock, random: options.random, when: 'any-failure' });
  } catch (error) {
    if (error instanceof AmbiguousError) throw new UnreachableError(error.message, { ...detailsOf(error), cause: error });
    throw error;
  }
}

async function attempt(call: OpenApiCall, options: AssumeRoleOptions): Promise<Session> {
  const context = contextOf(options);
  const answer = await call(ACTION, {
    RoleArn: options.roleArn,
    RoleSessionName: options.sessionName,
    DurationSeconds: DURATION_SECONDS,
    ...(options.externalId === undefined ? {} : { ExternalId: options.externalId }),
  }).catch((error: unknown) => {
    throw translateError(error, context);
  });
  const failure = failureInAnswer(answer.statusCode, answer.body);
  if (failure !== undefined) throw translateFailure(failure, context);
  const session = readSession(answer.body);
  if (session === undefined) throw translateFailure({ kind: 'unreadable', detail: 'no complete credentials in it' }, context);
  return session;
}

function readSession(body: unknown): Session | undefined {
  const credentials: unknown = typeof body === 'object' && body !== null && 'Credentials' in body ? body.Credentials : undefined;
  const accessKeyId = textOf(credentials, 'AccessKeyId');
  const accessKeySecret = textOf(credentials, 'AccessKeySecret');
  const securityToken = textOf(credentials, 'SecurityToken');
  const expiresAt = parseInstant(textOf(credentials, 'Expiration') ?? '');
  if (accessKeyId === undefined || accessKeySecret === undefined || securityToken === undefined || expiresAt === undefined) return undefined;
  return {
    model: new CredentialModel({ accessKeyId, accessKeySecret, securityToken, type: 'sts', providerName: 'ram_role_arn' }),
    renewAt: plusMs(expiresAt, -RENEW_BEFORE_MS),
  };
}

function contextOf(options: AssumeRoleOptions): CallContext {
  return { operation: ACTION, target: options.roleArn, ramAction: 'sts:AssumeRole', changes: false, secretValues: options.source.secretValues(), refusalOf };
}

function refusalOf(code: string): Refusal | undefined {
  return code.startsWith('EntityNotExist') ? { reason: 'other', hint: 'check the role in the protection policy: no such role exists' } : undefined;
}

function detailsOf(error: CloudError): { operation: string; target: string; hint?: string } {
  return { operation: error.operation, target: error.target, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
