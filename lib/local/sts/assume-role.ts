// AssumeRole: temporary credentials of a role.
import { shortHash } from '../../base/hash';
import { formatInstant, plusMs, SECOND_MS } from '../../base/instant';
import type { Identities } from '../identities';
import { integer, requiredText, text } from '../rpc/parameters';
import type { RpcAction } from '../rpc/types';
import { stsError } from './errors';

const DEFAULT_DURATION_SECONDS = 3600;

const ROLE_ARN = /^acs:ram::(\d{6,32}):role\/([\w.-]{1,64})$/;

/** The account and name in a role's ARN; undefined for any other text. */
export function parseRoleArn(arn: string): { readonly accountId: string; readonly name: string } | undefined {
  const [, accountId, name] = ROLE_ARN.exec(arn) ?? [];
  return accountId === undefined || name === undefined ? undefined : { accountId, name };
}

export const assumeRole: RpcAction<Identities, never> = {
  name: 'AssumeRole',
  group: 'general',
  // Credentials are sealed in their own id: nothing is stored.
  writes: false,
  parameters: {
    RoleArn: { type: 'string', required: true, pattern: ROLE_ARN, invalid: () => stsError('InvalidParameter.RoleArn') },
    RoleSessionName: { type: 'string', required: true, pattern: /^[\w.@-]{2,64}$/, invalid: () => stsError('InvalidParameter.RoleSessionName') },
    ExternalId: { type: 'string' },
    DurationSeconds: { type: 'int', min: 900, max: 3600, invalid: () => stsError('InvalidParameter.DurationSeconds') },
  },
  run: ({ parameters, now }, identities) => {
    // A policy of its own would have to narrow the role's: the local cloud has no such sessions, and must not pretend to.
    if (text(parameters, 'Policy') !== undefined) throw stsError('InvalidParameter.PolicyGrammar');
    const role = parseRoleArn(requiredText(parameters, 'RoleArn'));
    if (role === undefined) throw stsError('InvalidParameter.RoleArn');
    const session = requiredText(parameters, 'RoleSessionName');
    if (!identities.trusts(role.accountId, role.name, text(parameters, 'ExternalId'))) throw stsError('NoPermission');
    const expiresAt = plusMs(now, (integer(parameters, 'DurationSeconds') ?? DEFAULT_DURATION_SECONDS) * SECOND_MS);
    const credentials = identities.assume(role.accountId, role.name, session, expiresAt);
    if (credentials === undefined) throw stsError('EntityNotExist.Role');
    const roleId = Number.parseInt(shortHash(`${role.accountId}/${role.name}`, 12), 16);
    return {
      body: {
        AssumedRoleUser: { Arn: `acs:ram::${role.accountId}:role/${role.name}/${session}`, AssumedRoleId: `${roleId}:${session}` },
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          AccessKeySecret: credentials.secret,
          SecurityToken: credentials.securityToken,
          Expiration: formatInstant(expiresAt),
        },
      },
    };
  },
};
