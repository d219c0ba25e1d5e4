// What happens when a service does not accept credentials: they are looked up anew once, and the call is made once more with what was found.
import { messageOf } from '../../base/errors';
import { CredentialsError } from '../../domain/cloud-errors';
import type { CloudCredentials } from './kinds';

/** The signing time is wrong, not the key: other credentials would change nothing. */
const CLOCK_CODES = /^InvalidTime[Ss]tamp/;

/**
 * Makes the call; when the service refuses the credentials, which is certain to have done nothing, and a new look finds others (a secret was
 * rotated, a session revoked), makes it once more. Otherwise the CredentialsError says where the refused credentials come from.
 */
export async function withRenewal<T>(credentials: CloudCredentials, call: () => Promise<T>): Promise<T> {
  const used = await credentials.current(); // before the call, so that a failure here is never taken for a failure of the call
  try {
    return await call();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const isRenewed = await credentials.renew(used).catch((cause: unknown) => {
      throw explained(error, `they could not be looked up anew: ${messageOf(cause)}`, credentials, cause);
    });
    if (!isRenewed) throw explained(error, undefined, credentials);
  }
  try {
    return await call();
  } catch (error) {
    throw isRefusal(error) ? explained(error, undefined, credentials) : error;
  }
}

function isRefusal(error: unknown): error is CredentialsError {
  return error instanceof CredentialsError && error.serviceCode !== undefined && !CLOCK_CODES.test(error.serviceCode);
}

function explained(error: CredentialsError, more: string | undefined, { origin }: CloudCredentials, cause: unknown = error.cause): CredentialsError {
  return new CredentialsError(`${error.message}; they are from ${origin}${more === undefined ? '' : `; ${more}`}`, {
    operation: error.operation,
    target: error.target,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.serviceCode === undefined ? {} : { serviceCode: error.serviceCode }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(cause === undefined ? {} : { cause }),
  });
}
