// Who may call the local Secrets Manager, and what an identity policy allows.
import type { Instant } from '../../base/instant';
import { evaluatePolicy, type RamStatement } from '../ram';

/** The AWS account that owns the local secrets. */
export const AWS_ACCOUNT_ID = '111122223333';
export const AWS_REGION = 'us-east-1';

/** An AWS identity with an access key. */
export interface AwsUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly name: string;
  /** Temporary credentials have one: every request must carry it. */
  readonly sessionToken?: string;
  readonly expiresAt?: Instant;
  /** Everything unless told. Statements of IAM read like those of RAM: Effect, Action, Resource, with `*` and `?`. */
  readonly statements?: readonly RamStatement[];
}

/** May do everything. No secret of anybody: the local cloud listens on the loopback only. */
export const DEFAULT_AWS_USER: AwsUser = { accessKeyId: 'AKIALOCALKEEPER', secretAccessKey: 'local-keeper-aws-secret', name: 'keeper' };

/** Undefined when it is allowed, else IAM's words for the reason. */
export function refusalOf(user: AwsUser, action: string, resource: string): string | undefined {
  if (user.statements === undefined) return undefined;
  const verdict = evaluatePolicy({ Version: '1', Statement: user.statements }, action, resource);
  if (verdict === 'allowed') return undefined;
  return verdict === 'explicit-deny' ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${action} action`;
}
