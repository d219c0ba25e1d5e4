// The error of a secret that is not there, whatever its store.
import { KeeperError } from '../../base/errors';

/** A secret is a key or a token: anything larger is the wrong file. Also the limit of AWS Secrets Manager. */
export const MAX_SECRET_BYTES = 64 * 1024;

export function missing(reference: string, why: string, hint = 'create the secret, or correct the reference in the protection policy'): KeeperError {
  return new KeeperError(`cannot resolve ${reference}: ${why}`, { code: 'secret-missing', hint });
}
